"""Image caches (Eci 2018-08-08)."""
