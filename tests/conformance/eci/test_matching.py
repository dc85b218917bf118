"""DescribeImageCaches with MatchImage: which caches fit images, and which of them is the best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account, Product

pytestmark = pytest.mark.costs("transit instances, their disks and snapshots, for minutes")


@pytest.fixture
def matching(eci: Product, account: Account) -> Callable[..., list[str]]:
    """Return what lists the names of this test's caches that match images, the best first."""
    mine = [{"Key": "conformance", "Value": account.run}]

    def find(*images: str, **parameters: Any) -> list[str]:
        answer = eci("DescribeImageCaches", MatchImage=list(images), Tag=mine, **parameters)
        return [cache["ImageCacheName"] for cache in answer["ImageCaches"]]

    return find


@pytest.fixture
def make(image_cache: Callable[..., str], account: Account) -> Callable[..., str]:
    """Return what makes a cache of this test, Ready unless told otherwise."""
    mine = [{"Key": "conformance", "Value": account.run}]
    return lambda name, *images, **named: image_cache(
        ImageCacheName=name, Image=list(images), Tag=mine, **named
    )


def test_degree(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """A cache of the very image comes before a newer one of another tag; other images don't match."""
    make("exact", "nginx:1.25")
    make("repository", "nginx:1.24")
    make("other", "redis:7")
    assert matching("nginx:1.25") == ["exact", "repository"]


def test_more_images(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """A cache of more of the images comes first."""
    make("both", "nginx:1.25", "redis:7")
    make("one", "nginx:1.25")
    assert matching("nginx:1.25", "redis:7") == ["both", "one"]


def test_newest(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """Of caches that match alike the newest comes first."""
    make("old", "nginx:1.25")
    make("new", "nginx:1.25")
    assert matching("nginx:1.25") == ["new", "old"]


def test_closest_size(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """Of caches that match alike the one with the least besides comes first."""
    make("close", "nginx:1.25")
    make("far", "nginx:1.25", "flink:1.17")
    assert matching("nginx:1.25") == ["close", "far"]


def test_ready_only(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """A cache that isn't Ready doesn't match."""
    make("building", "nginx:1.25", until="")
    assert matching("nginx:1.25") == []


def test_full_match(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """ImageFullMatch leaves those that have all layers of all the images."""
    make("exact", "nginx:1.25", "redis:7")
    make("half", "nginx:1.25")
    assert matching("nginx:1.25", "redis:7", ImageFullMatch=True) == ["exact"]
    assert matching("nginx:1.25", "redis:7", ImageFullMatch=False) == ["exact", "half"]


def test_count(make: Callable[..., str], matching: Callable[..., list[str]]) -> None:
    """ImageMatchCountRequest is the least number of images that must match exactly."""
    make("two", "nginx:1.25", "redis:7")
    make("one", "nginx:1.25")
    assert matching("nginx:1.25", "redis:7", ImageMatchCountRequest=2) == ["two"]
    assert matching("nginx:1.25", "redis:7", ImageMatchCountRequest=1) == ["two", "one"]


def test_refused(eci: Product) -> None:
    """At most 100 images are matched."""
    images = [f"nginx:1.{minor}" for minor in range(101)]
    assert eci.refused("DescribeImageCaches", MatchImage=images) == (400, "InvalidParameter.MatchImage")
