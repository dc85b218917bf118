"""Security groups and zones (Ecs 2014-05-26)."""
