"""What exists in Eci: the backend that `core.Cloud` holds, of the parts that the other modules keep."""

from __future__ import annotations

from imagecache_simulator.eci.image_cache_models import ImageCacheBackend


class EciBackend(ImageCacheBackend):
    """The image caches of an account, in all its regions."""
