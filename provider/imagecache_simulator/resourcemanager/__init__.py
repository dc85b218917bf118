"""Resource groups (ResourceManager 2020-03-31)."""
