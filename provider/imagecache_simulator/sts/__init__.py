"""Who is calling (Sts 2015-04-01)."""
