"""One image cache with the arguments of the setting `arguments`, and a password if there is one."""

from __future__ import annotations

import pulumi

from imagecache_provider.dynamic import eci

config = pulumi.Config()
arguments = config.get_object("arguments") or {"images": ["nginx:1.27"]}
password = config.get("password")  # in the clear: the resource has to make a secret of it
if password is not None:
    arguments["image_registry_credentials"] = [
        {"server": "private.example.com", "user_name": "simulator", "password": password}
    ]
if config.get_bool("twins"):  # the URNs differ by the grandparents' types only
    for kind in ("test:index:One", "test:index:Two"):
        outer = pulumi.ComponentResource(kind, kind[-3:])
        inner = pulumi.ComponentResource(
            "test:index:Inner", "inner", opts=pulumi.ResourceOptions(parent=outer)
        )
        eci.ImageCache("twin", images=["nginx:1.27"], opts=pulumi.ResourceOptions(parent=inner))
cache = eci.ImageCache("cache", **arguments)
pulumi.export("id", cache.image_cache_id)
pulumi.export("status", cache.status)
