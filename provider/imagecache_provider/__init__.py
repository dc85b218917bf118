"""A Pulumi provider for container image caches; programs import its fronts, such as `dynamic.eci`."""
