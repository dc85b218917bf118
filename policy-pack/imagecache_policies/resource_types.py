"""Pulumi's types of the resources that the policies judge."""

from __future__ import annotations

from typing import Final

PLUGIN: Final = "imagecache:eci:ImageCache"
DYNAMIC: Final = "pulumi-python:dynamic/imagecache/eci:ImageCache"
OURS: Final = frozenset({PLUGIN, DYNAMIC})

ALICLOUD: Final = frozenset(
    {
        "alicloud:eci/imageCache:ImageCache",
        "alicloud:eci/openApiImageCache:OpenApiImageCache",  # the same under another name
    }
)
"""pulumi-alicloud's: their inputs have the same names, but no tags and no registries over plain HTTP."""

IMAGE_CACHES: Final = OURS | ALICLOUD

CONTAINER_GROUP: Final = "alicloud:eci/containerGroup:ContainerGroup"
SCALING_CONFIGURATION: Final = "alicloud:ess/eciScalingConfiguration:EciScalingConfiguration"
"""What Auto Scaling makes container groups by."""
