"""A limit to the disk of a cache, which is what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import IMAGE_CACHES
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_DEFAULT_SIZE = 20
"""GiB of a cache that says nothing, as CreateImageCache has it."""

_MOST_GIB = Setting("maxGiB", 100, "The largest disk of a cache, in GiB.")


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    size = inputs.value("imageCacheSize")
    size = _DEFAULT_SIZE if size is None else size
    most = settings[_MOST_GIB.name]
    if isinstance(size, (int, float)) and size > most:
        yield f"imageCacheSize is {size:g} GiB, more than {most:g}: lower it, or cache fewer images in it"


POLICY = resource_policy(
    "image-cache-size",
    "Image caches have disks of a limited size.",
    _faults,
    types=IMAGE_CACHES,
    settings=(_MOST_GIB,),
)
