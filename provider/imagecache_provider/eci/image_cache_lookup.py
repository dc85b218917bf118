"""`imagecache:eci:getImageCache` and `imagecache:eci:getImageCaches`: image caches, whoever made them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from imagecache_provider.eci.account_function import AccountFunction, AskedRegion
from imagecache_provider.eci.image_cache import list_image_caches, observed
from imagecache_provider.eci.image_cache_model import Image, ObservedImageCache, count
from imagecache_provider.eci.wire import parameters
from imagecache_provider.errors import ProviderError
from imagecache_provider.fields import OPTIONAL, MayBeUnknown, Model, Property, fields
from imagecache_provider.resource import HIDDEN_TAGS


class FoundImageCache(ObservedImageCache):
    """An image cache as the cloud shows it."""

    image_cache_name: Annotated[str, Property("The cache's name.")]
    images: Annotated[list[str], Property("The cached images.")]
    image_cache_size: Annotated[int, Property("The cache's disk in GiB.")]
    elimination_strategy: Annotated[
        str, Property("LRU if the cloud may delete the cache when the quota is full; else empty.")
    ]
    resource_group_id: Annotated[str, Property("The resource group.")] = OPTIONAL
    tags: Annotated[dict[str, str], Property("The cache's tags, without the provider's own.")]


class GetImageCacheArgs(Model):
    """Which image cache to look up: by ID or by name."""

    image_cache_id: Annotated[str, Property("The cache's ID, imc-….", "ImageCacheId")] = OPTIONAL
    image_cache_name: Annotated[str, Property("The cache's name, if only one has it.", "ImageCacheName")] = (
        OPTIONAL
    )
    region_id: AskedRegion = OPTIONAL


class GetImageCachesArgs(Model):
    """Which image caches to list: those for which everything that is given holds."""

    region_id: AskedRegion = OPTIONAL
    image_cache_id: Annotated[str, Property("The cache's ID, imc-….", "ImageCacheId")] = OPTIONAL
    image_cache_name: Annotated[str, Property("The cache's name.", "ImageCacheName")] = OPTIONAL
    snapshot_id: Annotated[str, Property("The cache's snapshot, s-….", "SnapshotId")] = OPTIONAL
    resource_group_id: Annotated[str, Property("The resource group.", "ResourceGroupId")] = OPTIONAL
    image: Annotated[Image, Property("An image that the cache has.", "Image")] = OPTIONAL
    tags: Annotated[
        dict[str, MayBeUnknown[str]],
        Property("Tags that the cache has, up to 20.", "Tag", rules=(count(0, 20, "tags"),)),
    ] = OPTIONAL
    match_images: Annotated[
        list[MayBeUnknown[Image]],
        Property(
            "Images that the cache should serve well, up to 100; the best matching caches come first.",
            "MatchImage",
            rules=(count(0, 100, "images"),),
        ),
    ] = OPTIONAL
    image_full_match: Annotated[
        bool, Property("With matchImages: only caches that have all of those images.", "ImageFullMatch")
    ] = OPTIONAL
    image_match_count_request: Annotated[
        int, Property("With matchImages: how many of them have to match.", "ImageMatchCountRequest")
    ] = OPTIONAL


class GetImageCachesResult(Model):
    """The image caches that were found."""

    image_caches: Annotated[list[FoundImageCache], Property("The caches, in the cloud's order.")]


class GetImageCache(AccountFunction):
    """One image cache. Fulfils `function.Function`."""

    token: ClassVar[str] = "imagecache:eci:getImageCache"  # noqa: S105 - a Pulumi token
    description: ClassVar[str] = (
        "Looks an image cache up by its ID or its name, whoever made it.\n\n"
        "It is an error if there is none, and if several have the name."
    )
    args: ClassVar[type[Model]] = GetImageCacheArgs
    result: ClassVar[type[Model]] = FoundImageCache

    async def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeImageCaches by ID or name."""
        wanted = {name: arguments[name] for name in ("imageCacheId", "imageCacheName") if arguments.get(name)}
        if len(wanted) != 1:
            raise ProviderError("getImageCache takes either imageCacheId or imageCacheName")
        found = await list_image_caches(self._client, parameters(self.args, arguments, arguments))
        ((name, value),) = wanted.items()
        matching = [each for each in map(_found, found) if each[name] == value]
        if len(matching) == 1:
            return matching[0]
        where = f"{name} {value!r} in {arguments['regionId']}"
        if not matching:
            raise ProviderError(f"there is no image cache with {where}")
        ids = ", ".join(each["imageCacheId"] for each in matching)
        raise ProviderError(
            f"{len(matching)} image caches have {where}: name one of them by imageCacheId: {ids}"
        )


class GetImageCaches(AccountFunction):
    """All image caches for which something holds. Fulfils `function.Function`."""

    token: ClassVar[str] = "imagecache:eci:getImageCaches"  # noqa: S105 - a Pulumi token
    description: ClassVar[str] = "Lists the image caches of a region, all or those for which something holds."
    args: ClassVar[type[Model]] = GetImageCachesArgs
    result: ClassVar[type[Model]] = GetImageCachesResult

    async def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeImageCaches with these filters, page by page."""
        found = await list_image_caches(self._client, parameters(self.args, arguments, arguments))
        return {"imageCaches": [_found(cache) for cache in found]}


def _found(cache: Mapping[str, Any]) -> dict[str, Any]:
    """Read one element of DescribeImageCaches."""
    seen = observed(cache)
    tags = {key: value for key, value in seen.tags.items() if key not in HIDDEN_TAGS}
    known = {"imageCacheName": "", "images": [], **seen.outputs, **seen.returned, "tags": tags}
    return {name: value for name, value in known.items() if name in fields(FoundImageCache)}
