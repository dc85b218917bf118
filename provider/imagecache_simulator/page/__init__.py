"""The account as a person would want to see it: a page at the server's `/`, and the stream that feeds it."""
