"""`imagecache:eci:getImageCacheMatch`: the cache that an instance would get, and why none of the others.

Source: seed 003. First those of the region whose size satisfies the instance's ephemeral storage; of these
the one with the highest match degree (repository and version of the images), then the one closest in size,
then the newest. The API tells a cache's images and disk, not its layers: how close two caches are is taken
from how many other images they have, then from their disks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from imagecache_provider.eci import image_reference
from imagecache_provider.eci.account_function import AccountFunction, AskedRegion
from imagecache_provider.eci.image_cache import list_image_caches
from imagecache_provider.eci.image_cache_model import Image, count
from imagecache_provider.fields import OPTIONAL, MayBeUnknown, Model, Property


class GetImageCacheMatchArgs(Model):
    """What the instance is going to be like."""

    images: Annotated[
        list[MayBeUnknown[Image]],
        Property("The images of all its containers.", rules=(count(1, 100, "images"),)),
    ]
    ephemeral_storage: Annotated[
        int, Property("The GiB of ephemeral storage that it asks for. Default: none.")
    ] = OPTIONAL
    region_id: AskedRegion = OPTIONAL


class PassedOverImageCache(Model):
    """An image cache that the instance wouldn't get."""

    image_cache_id: Annotated[str, Property("The cache's ID.")]
    image_cache_name: Annotated[str, Property("The cache's name.")]
    reason: Annotated[str, Property("Why the instance wouldn't get it.")]


class GetImageCacheMatchResult(Model):
    """The image cache that the instance would get."""

    image_cache_id: Annotated[str, Property("The cache's ID; empty if none matches.")]
    image_cache_name: Annotated[str, Property("The cache's name; empty if none matches.")]
    reason: Annotated[str, Property("Why the instance would get it, or none.")]
    passed_over: Annotated[
        list[PassedOverImageCache], Property("The region's other caches, the nearest first.")
    ]


@dataclass(frozen=True)
class Candidate:
    """A usable cache, as far as its matching goes.

    Attributes:
        id: its ID.
        name: its name.
        exact: how many of the wanted images it has, in this version.
        repository: how many it has in any version.
        others: how many images it has besides.
        size: its disk in GiB.
        created: when it was made, in UTC.
    """

    id: str
    name: str
    exact: int
    repository: int
    others: int
    size: int
    created: str

    @property
    def rank(self) -> tuple[int, int, int, int, str]:
        """What the cloud goes by, the most important first; the highest wins."""
        return self.exact, self.repository, -self.others, -self.size, self.created


class GetImageCacheMatch(AccountFunction):
    """The cache that an instance would get. Fulfils `function.Function`."""

    token: ClassVar[str] = "imagecache:eci:getImageCacheMatch"  # noqa: S105 - a Pulumi token
    description: ClassVar[str] = (
        "Tells which image cache an instance with these images would get if it were created now with"
        " automatic matching, and why.\n\n"
        "The order is the documented one: Ready caches of the region whose disk holds the ephemeral storage;"
        " of these the one that has the most images in the right version, then in any version; then the one"
        " closest in size; then the newest. Layers that images have in common aren't seen, since the API"
        " doesn't tell them: where no cache names any of the images, the cloud may still find one."
    )
    args: ClassVar[type[Model]] = GetImageCacheMatchArgs
    result: ClassVar[type[Model]] = GetImageCacheMatchResult

    async def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeImageCaches of the region; the rest is computed."""
        caches = await list_image_caches(self._client, {"RegionId": arguments["regionId"]})
        return match(caches, arguments["images"], int(arguments.get("ephemeralStorage") or 0))


def match(
    caches: Iterable[Mapping[str, Any]], images: Sequence[str], ephemeral_storage: int
) -> dict[str, Any]:
    """Find the best cache.

    Args:
        caches: elements of DescribeImageCaches.
        images: the instance's images.
        ephemeral_storage: the GiB that it asks for.
    """
    wanted = {image_reference.canonical(image) for image in images}
    usable: list[Candidate] = []
    passed_over: list[dict[str, str]] = []
    for cache in caches:
        candidate = _candidate(cache, wanted)
        reason = _unusable(cache, candidate, ephemeral_storage)
        if reason:
            passed_over.append(_passed_over(candidate, reason))
        else:
            usable.append(candidate)
    ranked = sorted(usable, key=lambda each: each.rank, reverse=True)
    if not ranked:
        reason = "no Ready cache of the region has one of the images and is big enough"
        return {"imageCacheId": "", "imageCacheName": "", "reason": reason, "passedOver": passed_over}
    best, *others = ranked
    nearest = [_passed_over(other, _behind(other, best)) for other in others]
    return {
        "imageCacheId": best.id,
        "imageCacheName": best.name,
        "reason": _chosen(best, others, len(wanted)),
        "passedOver": [*nearest, *passed_over],
    }


def _candidate(cache: Mapping[str, Any], wanted: set[str]) -> Candidate:
    held = {image_reference.canonical(image) for image in cache.get("Images") or []}
    repositories = {image_reference.repository(image) for image in held}
    return Candidate(
        id=str(cache["ImageCacheId"]),
        name=str(cache.get("ImageCacheName") or ""),
        exact=len(wanted & held),
        repository=sum(image_reference.repository(image) in repositories for image in wanted),
        others=len(held - wanted),
        size=int(cache.get("ImageCacheSize") or 0),
        created=str(cache.get("CreationTime") or ""),
    )


def _unusable(cache: Mapping[str, Any], candidate: Candidate, ephemeral_storage: int) -> str:
    """Say why a cache is out of the question; empty if it isn't."""
    if cache.get("Status") != "Ready":
        return f"it is {cache.get('Status')}; only Ready caches are used"
    if candidate.size < ephemeral_storage:
        return f"its disk has {candidate.size} GiB; the instance asks for {ephemeral_storage}"
    if not candidate.repository:
        return "it has none of the images, in any version"
    return ""


def _passed_over(candidate: Candidate, reason: str) -> dict[str, str]:
    return {"imageCacheId": candidate.id, "imageCacheName": candidate.name, "reason": reason}


def _behind(other: Candidate, best: Candidate) -> str:
    """Say what the best one has over another: the first thing in the order in which they differ."""
    if other.exact != best.exact:
        return f"it has {other.exact} of the images in this version; {best.id} has {best.exact}"
    if other.repository != best.repository:
        return f"it has {other.repository} of the images in any version; {best.id} has {best.repository}"
    if other.others != best.others:
        return f"it is further in size: it has {other.others} other images; {best.id} has {best.others}"
    if other.size != best.size:
        return f"it is further in size: its disk has {other.size} GiB; that of {best.id} has {best.size}"
    if other.created != best.created:
        return f"it is as good as {best.id}, which is newer"
    return f"it is as good and as old as {best.id}: the cloud may take either"


def _chosen(best: Candidate, others: Sequence[Candidate], wanted: int) -> str:
    text = f"it has {best.exact} of {wanted} images in this version"
    if best.repository > best.exact:
        text += f" and {best.repository - best.exact} in another"
    if not others:
        return f"{text}; no other usable cache has any of them"
    return f"{text}; {others[0].id} comes next: {_behind(others[0], best)}"
