"""Tests of the matching: which cache an instance gets in the documented order, and what is said of others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from imagecache_provider.check import check
from imagecache_provider.eci.image_cache_match import GetImageCacheMatch, GetImageCacheMatchArgs, match
from imagecache_provider.eci.products import ECI, Product


def cache(id: str, *images: str, **fields: Any) -> dict[str, Any]:
    """Return an element of DescribeImageCaches: Ready, of 20 GiB, from 2026."""
    return {
        "ImageCacheId": id,
        "ImageCacheName": f"name-{id}",
        "Status": "Ready",
        "Images": list(images),
        "ImageCacheSize": 20,
        "CreationTime": "2026-01-01T00:00:00Z",
        **fields,
    }


def reasons(found: dict[str, Any]) -> dict[str, str]:
    """Return what is said of the caches that were passed over, by ID, in order."""
    return {each["imageCacheId"]: each["reason"] for each in found["passedOver"]}


@pytest.mark.parametrize(
    ("best", "other", "reason"),
    [
        (
            cache("a", "nginx:1.27", "redis:7"),
            cache("b", "nginx:1.27", CreationTime="2026-02-01T00:00:00Z"),
            "it has 1 of the images in this version; a has 2",
        ),
        (
            cache("a", "nginx:1.27", "redis:6"),
            cache("b", "nginx:1.27", CreationTime="2026-02-01T00:00:00Z"),
            "it has 1 of the images in any version; a has 2",
        ),
        (
            cache("a", "nginx:1.27", ImageCacheSize=40),
            cache("b", "nginx:1.27", "flink:1.20", CreationTime="2026-02-01T00:00:00Z"),
            "it is further in size: it has 1 other images; a has 0",
        ),
        (
            cache("a", "nginx:1.27"),
            cache("b", "nginx:1.27", ImageCacheSize=40, CreationTime="2026-02-01T00:00:00Z"),
            "it is further in size: its disk has 40 GiB; that of a has 20",
        ),
        (
            cache("a", "nginx:1.27", CreationTime="2026-01-01T00:00:01Z"),
            cache("b", "nginx:1.27"),
            "it is as good as a, which is newer",
        ),
    ],
    ids=["version", "repository", "other images", "disk", "age"],
)
def test_order(best: dict[str, Any], other: dict[str, Any], reason: str) -> None:
    """The match degree goes before size, and size before age; the loser is told what the best has over it."""
    for caches in ([best, other], [other, best]):
        found = match(caches, ["nginx:1.27", "redis:7"], 0)
        assert (found["imageCacheId"], found["imageCacheName"]) == ("a", "name-a")
        assert reasons(found) == {"b": reason}
        assert f"b comes next: {reason}" in found["reason"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (cache("b", "nginx:1.27", Status="Creating"), "it is Creating; only Ready caches are used"),
        (cache("b", "nginx:1.27", ImageCacheSize=30), "its disk has 30 GiB; the instance asks for 40"),
        (cache("b", "redis:7", ImageCacheSize=40), "it has none of the images, in any version"),
    ],
    ids=["status", "storage", "images"],
)
def test_out_of_the_question(other: dict[str, Any], reason: str) -> None:
    """Only a Ready cache that is big enough and has one of the images is used."""
    found = match([other], ["nginx:1.27"], 40)
    assert (found["imageCacheId"], found["imageCacheName"]) == ("", "")
    assert found["reason"] == "no Ready cache of the region has one of the images and is big enough"
    assert reasons(found) == {"b": reason}


def test_the_only_one() -> None:
    """One that is alone is told by what it has, a version that differs too."""
    found = match([cache("a", "nginx:1.27", "redis:6")], ["docker.io/library/nginx:1.27", "redis:7"], 20)
    wanted = "it has 1 of 2 images in this version and 1 in another; no other usable cache has any of them"
    assert found["reason"] == wanted
    assert found["passedOver"] == []
    found = match([cache("a", "nginx:1.27", "redis:6", "mongo:6")], ["nginx:1.27", "redis:7", "mongo:7"], 20)
    assert found["reason"].startswith("it has 1 of 3 images in this version and 2 in another; ")


def test_nearest_first() -> None:
    """Those that were passed over are told in the order in which they would have been taken."""
    caches = [
        cache("d", "redis:7"),
        cache("c", "nginx:1.26"),
        cache("b", "nginx:1.27", "redis:7"),
        cache("a", "nginx:1.27"),
    ]
    found = match(caches, ["nginx:1.27"], 0)
    assert found["imageCacheId"] == "a"
    assert list(reasons(found)) == ["b", "c", "d"]
    behind = "it is further in size: it has 1 other images; a has 0"
    assert found["reason"] == f"it has 1 of 1 images in this version; b comes next: {behind}"


def test_as_good_and_as_old() -> None:
    """Of two that nothing tells apart, the first of the list is named, and told to be one of two."""
    for first, second in (("a", "b"), ("b", "a")):
        found = match([cache(first, "nginx:1.27"), cache(second, "nginx:1.27")], ["nginx:1.27"], 0)
        assert found["imageCacheId"] == first
        assert reasons(found) == {second: f"it is as good and as old as {first}: the cloud may take either"}


def test_what_is_not_told() -> None:
    """A cache of which the cloud tells neither name, images nor size is passed over, not stumbled over."""
    bare = {"ImageCacheId": "a", "Status": "Ready"}
    found = match([bare], ["nginx"], 0)
    assert found["passedOver"] == [
        {"imageCacheId": "a", "imageCacheName": "", "reason": "it has none of the images, in any version"}
    ]
    assert reasons(match([bare], ["nginx"], 1)) == {"a": "its disk has 0 GiB; the instance asks for 1"}


def test_told_in_another_type() -> None:
    """A size that the cloud tells as text is a number, and what else it tells as numbers are texts."""
    told = cache("", "nginx", ImageCacheId=1, ImageCacheName=2, ImageCacheSize="9", CreationTime=2025)
    found = match([told, cache("a", "nginx", ImageCacheSize=9)], ["nginx"], 9)
    assert found["imageCacheId"] == "a"
    reason = "it is as good as a, which is newer"
    assert found["passedOver"] == [{"imageCacheId": "1", "imageCacheName": "2", "reason": reason}]


def test_age_not_told() -> None:
    """A cache whose age the cloud doesn't tell is taken for the older one, or for as old as its like."""
    bare = cache("a", "nginx", CreationTime=None)
    found = match([bare, cache("b", "nginx")], ["nginx"], 0)
    assert reasons(found) == {"a": "it is as good as b, which is newer"}
    found = match([bare, cache("b", "nginx", CreationTime="")], ["nginx"], 0)
    assert reasons(found) == {"b": "it is as good and as old as a: the cloud may take either"}


def test_an_image_counts_once() -> None:
    """An image that is listed twice, in two spellings, is one wanted and one held."""
    images = ["nginx:1.27", "docker.io/library/nginx:1.27"]
    found = match([cache("a", *images)], images, 20)
    assert found["reason"] == "it has 1 of 1 images in this version; no other usable cache has any of them"


def test_digests() -> None:
    """An image is known by its digest whatever its tag; by another digest it's another version."""
    one, two = (f"sha256:{64 * digit}" for digit in "12")
    found = match([cache("a", f"nginx:1@{one}"), cache("b", f"nginx:2@{two}")], [f"nginx:2@{one}"], 0)
    assert found["imageCacheId"] == "a"
    assert reasons(found) == {"b": "it has 0 of the images in this version; a has 1"}


class Prepared:
    """A client whose region has these caches; it notes what it's asked."""

    def __init__(self, *caches: dict[str, Any]) -> None:
        self.caches = caches
        self.calls: list[tuple[str, str]] = []

    async def call(
        self, action: str, parameters: Mapping[str, str], *, paced: bool = False, product: Product = ECI
    ) -> dict[str, Any]:
        """List the caches."""
        del paced, product
        self.calls.append((action, parameters["RegionId"]))
        return {"ImageCaches": self.caches}


@pytest.mark.parametrize(
    ("asked", "storage"), [({}, 0), ({"ephemeralStorage": 20.0}, 20), ({"ephemeralStorage": 40.0}, 40)]
)
def test_call(asked: dict[str, Any], storage: int) -> None:
    """The caches of the region that is asked for are matched, with a storage of 0 where none is given."""
    caches = [
        cache("a", "nginx"),
        cache("b", "nginx", ImageCacheSize=40),
        cache("c", "nginx", ImageCacheSize=0),
    ]
    client = Prepared(*caches)
    arguments = {"images": ["nginx"], "regionId": "cn-beijing", **asked}
    assert asyncio.run(GetImageCacheMatch(client).call(arguments)) == match(caches, ["nginx"], storage)
    assert client.calls == [("DescribeImageCaches", "cn-beijing")]


@pytest.mark.parametrize(("count", "right"), [(0, False), (1, True), (100, True), (101, False)])
def test_how_many_images(count: int, right: bool) -> None:
    """An instance has 1 to 100 images."""
    images = [f"nginx:{number}" for number in range(count)]
    failures = check(GetImageCacheMatchArgs, {"images": images}).failures
    assert not failures if right else [failure.property for failure in failures] == ["images"]
