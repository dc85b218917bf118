"""Pulumi's types of the resources that the policies judge."""

from __future__ import annotations

from typing import Final

PLUGIN: Final = "imagecache:eci:ImageCache"
DYNAMIC: Final = "pulumi-python:dynamic/imagecache/eci:ImageCache"
ALICLOUD: Final = "alicloud:eci/imageCache:ImageCache"
"""pulumi-alicloud's image cache: its inputs have the same names, but no tags and no registries over HTTP."""

OURS: Final = frozenset({PLUGIN, DYNAMIC})
IMAGE_CACHES: Final = OURS | {ALICLOUD}

CONTAINER_GROUP: Final = "alicloud:eci/containerGroup:ContainerGroup"
