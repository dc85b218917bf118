"""The actions of Eci on tags; of the resources that can carry them, the simulator has image caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import MOST_TAGS, add_tags, matches, read_new_tags, read_tags, remove_tags

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.image_cache import ImageCache
    from imagecache_simulator.wire import Parameters

KIND = "ImageCache"


def tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Put tags on image caches.

    Source: spec/eci-image-cache.md section 6 (API page TagResources).
    """
    caches = _named(cloud, parameters)
    add_tags(read_new_tags(parameters), *(cache.tags for cache in caches))
    return {}


def untag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take tags off image caches, by key, or all of them.

    Source: spec/eci-image-cache.md section 6 (API page UntagResources).
    """
    every = parameters.boolean("All") or False
    keys = parameters.texts("TagKey")
    if not keys and not every:
        raise MissingParameterError("TagKey")
    for cache in _named(cloud, parameters):
        remove_tags(cache.tags, keys, every)
    return {}


def list_tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the tags of image caches, one row for each tag.

    Source: spec/eci-image-cache.md section 6 (API page ListTagResources).
    """
    wanted = read_tags(parameters)
    limit = parameters.integer("Limit", 1, 1_000_000) or MOST_TAGS
    start = parameters.integer("NextToken", 0, 10**9) or 0
    if parameters.texts("ResourceId"):
        caches = _named(cloud, parameters)
    else:
        _check_kind(parameters)
        caches = cloud.eci.of_region(named_region(cloud, parameters))
    rows = [
        {"ResourceId": cache.image_cache_id, "ResourceType": KIND, "TagKey": key, "TagValue": value}
        for cache in caches
        if matches(cache.tags, wanted)
        for key, value in cache.tags.items()
    ]
    end = start + limit
    return {"TagResources": rows[start:end], "NextToken": str(end) if end < len(rows) else ""}


def _named(cloud: Cloud, parameters: Parameters) -> list[ImageCache]:
    region_id = named_region(cloud, parameters)
    _check_kind(parameters)
    ids = parameters.texts("ResourceId")
    if not ids:
        raise MissingParameterError("ResourceId")
    return [cloud.eci.image_cache(each, region_id) for each in ids]


def _check_kind(parameters: Parameters) -> None:
    if parameters.required("ResourceType").lower() != KIND.lower():
        raise InvalidParameterError("ResourceType", f"The simulator has {KIND} only.")
