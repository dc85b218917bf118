"""Tests of how many calls an account may make in a minute."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imagecache_simulator import Cloud

Create = Callable[..., str]
Refusal = Callable[..., tuple[int, str]]


def test_documented_rate(cloud: Cloud, create: Create, refusal: Refusal) -> None:
    """With the documented limit, the 201st create of a simulated minute is throttled."""
    cloud.rates.limit_as_documented()
    for _ in range(2):
        cloud.advance(30)
        for _ in range(100):
            create()
    refused = {"ImageCacheName": "web", "Image.1": "nginx"}
    assert refusal("CreateImageCache", refused) == (400, "Throttling.User")
    assert len(cloud.eci.image_caches) == 200
    cloud.advance(29)
    assert refusal("CreateImageCache", refused) == (400, "Throttling.User")
    cloud.advance(1)
    for _ in range(100):
        create()
    assert refusal("CreateImageCache", refused) == (400, "Throttling.User")


def test_off_at_first(cloud: Cloud, create: Create) -> None:
    """Nothing is limited unless a test says so."""
    for _ in range(201):
        create()
    assert cloud.rates.listing() == {}


def test_any_action(cloud: Cloud, call: Callable[..., object], refusal: Refusal) -> None:
    """Any action can be limited, in any capitals, and be let free again."""
    cloud.rates.limit("listusage", 1)
    call("ListUsage")
    assert refusal("ListUsage")[1] == "Throttling.User"
    cloud.rates.limit("ListUsage", None)
    call("ListUsage")


@pytest.mark.parametrize(("action", "calls"), [("CreateImage", 1), ("ListUsage", -1), ("ListUsage", 10**7)])
def test_bad_limits(cloud: Cloud, action: str, calls: int) -> None:
    """A limit that can't be is refused with its reason."""
    with pytest.raises(ValueError, match=action):
        cloud.rates.limit(action, calls)
    assert cloud.rates.listing() == {}
