"""Which image caches DescribeImageCaches shows, in which order and on which page; `responses` calls it.

Source: spec/eci-image-cache.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imagecache_simulator.eci.image_cache import ImageCache
from imagecache_simulator.eci.matching import WantedImage, held_count, ranked, wanted_images
from imagecache_simulator.exceptions import InvalidParameterError
from imagecache_simulator.paging import newest_page, read_limit
from imagecache_simulator.references import parse_reference
from imagecache_simulator.tags import matches, read_tags

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

MOST_MATCH_IMAGES = 100


def selected(cloud: Cloud, region_id: str, parameters: Parameters) -> list[ImageCache]:
    """Return the caches that fit all filters, the newest first, with MatchImage the best first."""
    tags = read_tags(parameters)
    values = {name: value for name in _VALUES if (value := parameters.text(name))}
    caches = [
        cache
        for cache in cloud.eci.of_region(region_id)
        if matches(cache.tags, tags) and all(_VALUES[name](cache, value) for name, value in values.items())
    ]
    wanted = _match_images(cloud, parameters)
    full = parameters.boolean("ImageFullMatch") or False
    count = parameters.integer("ImageMatchCountRequest", 1, MOST_MATCH_IMAGES) or 0
    if not wanted:
        return caches
    least = len(wanted) if full else count
    usable = [cache for cache in caches if cache.status == "Ready"]
    return [cache for cache in ranked(wanted, usable) if held_count(cache, wanted) >= least]


def page(found: list[ImageCache], parameters: Parameters, largest: int) -> tuple[list[ImageCache], str]:
    """Return the page that a call asks for, and the token of the next one, empty on the last.

    With MatchImage, where the order isn't by age, a token is the place in the list.
    """
    if not parameters.texts("MatchImage"):
        return newest_page(found, parameters, largest)
    limit = read_limit(parameters, largest)
    start = parameters.integer("NextToken", 1, 10**17) or 0
    end = start + limit
    return found[start:end], str(end) if end < len(found) else ""


def _match_images(cloud: Cloud, parameters: Parameters) -> tuple[WantedImage, ...]:
    images = [image for image in parameters.texts("MatchImage") if image]
    if len(images) > MOST_MATCH_IMAGES:
        raise InvalidParameterError("MatchImage", f"It names at most {MOST_MATCH_IMAGES} images.")
    for image in images:
        if parse_reference(image) is None:
            raise InvalidParameterError("MatchImage", f"{image[:200]!r} is not an image reference.")
    return wanted_images(images, cloud.registries.layers)


def _is_image(image: str, wanted: str) -> bool:
    """Tell whether an image is meant: by its name, its repository, or the repository's last part."""
    reference = parse_reference(image)
    if image == wanted or reference is None:
        return image == wanted
    repository = image.partition("@")[0]
    if ":" in repository.rpartition("/")[2]:
        repository = repository.rpartition(":")[0]
    return wanted in {repository, reference.repository.rpartition("/")[2]}


_VALUES: dict[str, Callable[[ImageCache, str], bool]] = {
    "ImageCacheId": lambda cache, value: cache.image_cache_id == value,
    "ImageCacheName": lambda cache, value: cache.inputs.name == value,
    "SnapshotId": lambda cache, value: cache.snapshot_id == value,
    "ResourceGroupId": lambda cache, value: cache.inputs.resource_group_id == value,
    "Image": lambda cache, value: any(_is_image(image, value) for image in cache.inputs.images),
}
"""The filters that name one value, and whether a cache has it."""
