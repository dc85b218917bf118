"""The actions of Eci on tags, which image caches and container groups carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import MOST_TAGS, add_tags, matches, read_new_tags, read_tags, remove_tags

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

KINDS = ("ImageCache", "ContainerGroup")


@dataclass(frozen=True)
class _Tagged:
    resource_id: str
    tags: dict[str, str]


def tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Put tags on image caches or container groups.

    Source: spec/eci-image-cache.md section 6 (API page TagResources).
    """
    tagged = _named(cloud, parameters)
    add_tags(read_new_tags(parameters), *(each.tags for each in tagged))
    return {}


def untag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take tags off image caches or container groups, by key, or all of them.

    Source: spec/eci-image-cache.md section 6 (API page UntagResources).
    """
    every = parameters.boolean("All") or False
    keys = parameters.texts("TagKey")
    if not keys and not every:
        raise MissingParameterError("TagKey")
    for each in _named(cloud, parameters):
        remove_tags(each.tags, keys, every)
    return {}


def list_tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the tags of image caches or container groups, one row for each tag.

    Source: spec/eci-image-cache.md section 6 (API page ListTagResources).
    """
    wanted = read_tags(parameters)
    limit = parameters.integer("Limit", 1, 1_000_000) or MOST_TAGS
    start = parameters.integer("NextToken", 0, 10**9) or 0
    kind = _kind(parameters)
    tagged = _named(cloud, parameters) if parameters.texts("ResourceId") else _all(cloud, parameters)
    rows = [
        {"ResourceId": each.resource_id, "ResourceType": kind, "TagKey": key, "TagValue": value}
        for each in tagged
        if matches(each.tags, wanted)
        for key, value in each.tags.items()
    ]
    end = start + limit
    return {"TagResources": rows[start:end], "NextToken": str(end) if end < len(rows) else ""}


def _named(cloud: Cloud, parameters: Parameters) -> list[_Tagged]:
    region_id = named_region(cloud, parameters)
    kind = _kind(parameters)
    ids = parameters.texts("ResourceId")
    if not ids:
        raise MissingParameterError("ResourceId")
    if kind == "ImageCache":
        return [_Tagged(each, cloud.eci.image_cache(each, region_id).tags) for each in ids]
    return [_Tagged(each, cloud.eci.container_group(each, region_id).tags) for each in ids]


def _all(cloud: Cloud, parameters: Parameters) -> list[_Tagged]:
    """Return all resources of the kind and region that a call names, the newest first."""
    region_id = named_region(cloud, parameters)
    if _kind(parameters) == "ImageCache":
        return [_Tagged(cache.image_cache_id, cache.tags) for cache in cloud.eci.of_region(region_id)]
    groups = reversed(cloud.eci.container_groups.values())
    return [_Tagged(each.container_group_id, each.tags) for each in groups if each.region_id == region_id]


def _kind(parameters: Parameters) -> str:
    wanted = parameters.required("ResourceType").lower()
    for kind in KINDS:
        if wanted == kind.lower():
            return kind
    raise InvalidParameterError("ResourceType", f"The simulator has {' and '.join(KINDS)}.")
