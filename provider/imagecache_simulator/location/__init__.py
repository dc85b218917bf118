"""Where the products are (Location 2015-06-12)."""
