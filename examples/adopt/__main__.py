"""Caches that were made by hand or by a script, taken into a stack by their IDs; nothing is built for it.

`pulumi config set --path adopt.flink.id imc-…` and
`pulumi config set --path 'adopt.flink.images[0]' flink:1.20` name one. The first `pulumi up` imports it; if
the program says something else than the cloud has, the preview shows it, and the same `up` changes the cache.
After that it's a resource like any other.
"""

import pulumi
from pulumi_imagecache import eci

for name, cache in pulumi.Config().require_object("adopt").items():
    adopted = eci.ImageCache(
        name,
        image_cache_name=cache.get("name"),
        images=cache["images"],
        image_cache_size=cache.get("size"),
        retention_days=cache.get("retentionDays"),
        tags=cache.get("tags"),
        opts=pulumi.ResourceOptions(import_=cache["id"]),
    )
    pulumi.export(name, adopted.status)
