"""Tests of matching: which caches fit images at all, and which of them is the best."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest

from imagecache_simulator.eci.image_cache import ImageCache, Inputs
from imagecache_simulator.eci.matching import degree, ranked, wanted_images
from imagecache_simulator.registries import Registries

REGISTRIES = Registries()
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def cache(
    name: str, *images: str, size: int = 20, number: int = 1, created: datetime | None = None
) -> ImageCache:
    """Return a ready cache of images, newer with a higher number unless it was made at another time."""
    return ImageCache(
        image_cache_id=name,
        number=number,
        region_id="cn-hangzhou",
        container_group_id="eci-1",
        created=created or NOW + timedelta(hours=number),
        inputs=Inputs(name, images, size=size),
        tags={},
        layers=frozenset(layer for image in images for layer in REGISTRIES.layers(image)),
    )


def order(images: Sequence[str], *caches: ImageCache, storage: int = 0) -> list[str]:
    """Return the names of the caches that fit, the best first."""
    return [each.inputs.name for each in ranked(wanted_images(images, REGISTRIES.layers), caches, storage)]


def test_degree() -> None:
    """A degree counts images by name, by content and by repository, and measures the layers in common."""
    wanted = wanted_images(["nginx:1.25", "redis:7", "debian", "mongo"], REGISTRIES.layers)
    fits = degree(cache("a", "nginx:1.25", "redis:6", "python:3.12"), wanted)
    assert tuple(fits) == (1, 2, 2, 71 + 48)


@pytest.mark.parametrize(
    ("images", "better", "worse"),
    [
        (["nginx:1", "redis:7"], ["nginx:1", "redis:7"], ["nginx:1", "redis:6"]),
        (["nginx:1", "redis:7"], ["nginx:1"], ["nginx:2", "redis:6"]),
        (["nginx:1", "redis:7"], ["nginx:1", "redis:6"], ["nginx:1", "mongo"]),
        (["debian"], ["debian"], ["python:3.12"]),
        (["debian"], ["python:3.12"], ["debian:11"]),
        (["nginx"], ["docker.io/library/nginx:latest", "mongo"], ["nginx:1"]),
        (["nginx:1"], ["ghcr.io/mirror/nginx:1"], ["nginx:2"]),
        (["nginx:1", "flink:1.17"], ["nginx:1", "spark:3.5"], ["nginx:1", "mongo"]),
    ],
)
def test_match_degree_is_first(images: list[str], better: list[str], worse: list[str]) -> None:
    """The cache with more of the images wins, by name before content before repository, whatever its age."""
    old, new = cache("better", *better, number=1), cache("worse", *worse, number=2)
    assert order(images, new, old) == ["better", "worse"]


def test_then_the_closest_size() -> None:
    """Of caches that match alike, the one wins whose images are together closest in size to those wanted."""
    near, far = cache("near", "nginx", "mysql", number=1), cache("far", "nginx", "tritonserver", number=2)
    assert order(["nginx"], far, near) == ["near", "far"]


def test_then_the_newest() -> None:
    """Of caches that are alike, the newest wins."""
    old, new = cache("old", "nginx", number=1), cache("new", "nginx", number=2)
    assert order(["nginx"], old, new) == ["new", "old"]


def test_then_the_one_made_last() -> None:
    """Of caches that are alike and of one second, the one that was made after the other wins."""
    first, second = (cache(f"cache-{number}", "nginx", number=number, created=NOW) for number in (1, 2))
    assert order(["nginx"], first, second) == order(["nginx"], second, first) == ["cache-2", "cache-1"]


def test_age_is_before_number() -> None:
    """A newer cache wins over an older one, whichever has the higher number."""
    old = cache("old", "nginx", number=2, created=NOW)
    new = cache("new", "nginx", number=1, created=NOW + timedelta(seconds=1))
    assert order(["nginx"], old, new) == ["new", "old"]


def test_size_goes_both_ways() -> None:
    """Closest in size is the smallest difference, be the cache smaller or larger than what is wanted."""
    images = ["nginx:1", "tritonserver"]
    smaller, larger = cache("smaller", "nginx:1", number=1), cache("larger", "nginx:1", "mysql", number=2)
    assert order(images, smaller, larger) == ["larger", "smaller"]
    assert order(["nginx:1"], smaller, larger) == ["smaller", "larger"]


def test_what_is_no_image_is_left_out() -> None:
    """What isn't an image's name is looked for in no cache, and an image that is named twice counts once."""
    wanted = wanted_images(["No Image", "nginx", "docker.io/library/nginx:latest"], REGISTRIES.layers)
    assert [str(image.reference) for image in wanted] == ["docker.io/library/nginx:latest"]
    assert degree(cache("a", "No Image", "nginx"), wanted).exact == 1
    assert wanted_images(["No Image"], REGISTRIES.layers) == ()


def test_a_tag_beside_a_digest_is_none() -> None:
    """Two names with one digest are one image, whatever their tags."""
    images = [f"nginx:{tag}@sha256:{64 * '1'}" for tag in (1, 2)]
    assert len(wanted_images(images, REGISTRIES.layers)) == 1


def test_size_must_satisfy_the_storage() -> None:
    """A cache that is smaller than the ephemeral storage asked for is no candidate, however well it fits."""
    small, large = cache("small", "nginx:1", size=20), cache("large", "nginx:2", size=50)
    assert order(["nginx:1"], small, large, storage=50) == ["large"]
    assert order(["nginx:1"], small, large, storage=20) == ["small", "large"]
    assert order(["nginx:1"], small, large, storage=51) == []


@pytest.mark.parametrize("images", [["redis"], ["missing"], []])
def test_no_match(images: list[str]) -> None:
    """A few layers in common are no match, and what doesn't exist matches nothing."""
    assert order(images, cache("a", "nginx"), cache("b", "python")) == []
