"""Tests of the matching: which cache an instance gets in the documented order, and what is said of others."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.eci.image_cache_match import match


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
