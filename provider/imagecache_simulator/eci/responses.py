"""The actions of Eci: parsing and formatting. `requests` reads the long ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.eci.events import event_form
from imagecache_simulator.eci.image_cache import ImageCache
from imagecache_simulator.eci.requests import read_create, read_update
from imagecache_simulator.eci.selection import page, selected
from imagecache_simulator.exceptions import DryRunOperationError
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import key_value_form, read_tags
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


def create_image_cache(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Accept an image cache; it's built while simulated time passes.

    Source: spec/eci-image-cache.md sections 1 and 2 (API page CreateImageCache).
    """
    region_id = named_region(cloud, parameters)
    inputs, tags = read_create(parameters), read_tags(parameters)
    dry_run = parameters.boolean("DryRun") or False
    cache = cloud.eci.create_image_cache(region_id, inputs, tags, dry_run=dry_run)
    return {"ImageCacheId": cache.image_cache_id, "ContainerGroupId": cache.container_group_id}


def update_image_cache(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change an image cache; rebuild it if images, size, Flash or reuse are named.

    Source: spec/eci-image-cache.md section 3 (API page UpdateImageCache).
    """
    cache = _image_cache(cloud, parameters)
    changes, tags = read_update(parameters, cache.inputs), read_tags(parameters)
    cloud.eci.update_image_cache(cache, changes, tags)
    return {}


def delete_image_cache(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete an image cache in any state.

    Source: spec/eci-image-cache.md section 3 (API page DeleteImageCache).
    """
    cloud.eci.delete_image_cache(_image_cache(cloud, parameters))
    return {}


def describe_image_caches(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the image caches of a region; an unknown ID is an empty list.

    Source: spec/eci-image-cache.md section 4 (API page DescribeImageCaches).
    """
    found = selected(cloud, named_region(cloud, parameters), parameters)
    if parameters.boolean("DryRun"):
        raise DryRunOperationError
    shown, token = page(found, parameters, cloud.quotas["MaxDescribeImageCachesLimit"])
    return {
        "ImageCaches": [image_cache_form(cache) for cache in shown],
        "NextToken": token,
        "TotalCount": len(found),
    }


def list_usage(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Tell the account's quotas in a region and what is used of them, as numbers.

    Source: spec/eci-image-cache.md section 6 (API page ListUsage).
    """
    region_id = named_region(cloud, parameters)
    caches = cloud.eci.of_region(region_id)
    automatic = sum(cache.automatic for cache in caches)
    return {
        "Attributes": {
            "MaxCpu": cloud.quotas["MaxCpu"],
            "UsedCpu": cloud.eci.used_cpu(region_id),
            "MaxImageCacheCount": cloud.quotas["MaxImageCacheCount"],
            "UsedImageCacheCount": len(caches) - automatic,
            "MaxAutoImageCacheCount": cloud.quotas["MaxAutoImageCacheCount"],
            "UsedAutoImageCacheCount": automatic,
            "MaxDataCacheCount": cloud.quotas["MaxDataCacheCount"],
            "UsedDataCacheCount": 0,
        }
    }


def image_cache_form(cache: ImageCache) -> dict[str, Any]:
    """Return an image cache as it's shown: what has no value is left out, what is write-only never shown.

    Source: spec/eci-image-cache.md section 2.
    """
    inputs = cache.inputs
    optional = {
        "SnapshotId": cache.snapshot_id,
        "FlashSnapshotId": cache.flash_snapshot_id,
        "ExpireDateTime": timestamp(cache.expires) if cache.expires else "",
        "LastMatchedTime": timestamp(cache.last_matched) if cache.last_matched else "",
        "EliminationStrategy": inputs.elimination_strategy,
    }
    return {
        "ImageCacheId": cache.image_cache_id,
        "ImageCacheName": inputs.name,
        "RegionId": cache.region_id,
        "ResourceGroupId": inputs.resource_group_id,
        "ContainerGroupId": cache.container_group_id,
        "Images": list(inputs.images),
        "ImageCacheSize": inputs.size,
        "Status": cache.status,
        "Progress": f"{cache.progress}%",
        "CreationTime": timestamp(cache.created),
        "Tags": key_value_form(cache.tags),
        "Events": [event_form(event) for event in cache.events],
        **{name: value for name, value in optional.items() if value},
    }


def _image_cache(cloud: Cloud, parameters: Parameters) -> ImageCache:
    region_id = named_region(cloud, parameters)
    return cloud.eci.image_cache(parameters.required("ImageCacheId"), region_id)
