"""Front 2: the plugin, a Pulumi provider for every Pulumi language.

`python -m imagecache_provider.plugin` runs it, as the engine does.
"""
