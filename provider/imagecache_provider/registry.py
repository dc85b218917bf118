"""Every resource of the provider, one line each. The fronts look their resources up here."""

from __future__ import annotations

from imagecache_provider.eci.image_cache import ImageCache

RESOURCES = {resource.token: resource for resource in (ImageCache,)}
"""Resource classes by Pulumi type token."""
