"""One image cache."""

from __future__ import annotations

import pulumi
import pulumi_imagecache as imagecache

cache = imagecache.eci.ImageCache("web", images=["nginx:1.27"])
pulumi.export("id", cache.image_cache_id)
