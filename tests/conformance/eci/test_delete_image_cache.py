"""DeleteImageCache."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance_account import Account, Product

BUILDS = pytest.mark.costs("a transit instance, its disk and a snapshot, for minutes")


@BUILDS
@pytest.mark.parametrize("status", ["", "Ready"])
def test_gone(eci: Product, image_cache: Callable[..., str], status: str) -> None:
    """A deleted cache isn't shown any more, whether it was being built or Ready."""
    image_cache_id = image_cache(until=status)
    assert eci("DeleteImageCache", ImageCacheId=image_cache_id)["RequestId"]
    assert eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"] == []


@BUILDS
def test_twice(eci: Product, image_cache: Callable[..., str], account: Account) -> None:
    """A second deletion is refused, unless it repeats the first one's ClientToken."""
    named = {"ImageCacheId": image_cache(until="")}
    eci("DeleteImageCache", **named, ClientToken=account.run)
    eci("DeleteImageCache", **named, ClientToken=account.run)
    assert eci.refused("DeleteImageCache", **named) == (404, "InvalidParameter.NotFound")


@pytest.mark.parametrize("name", ["RegionId", "ImageCacheId"])
def test_required(eci: Product, name: str) -> None:
    """Region and ID are required."""
    named = {"ImageCacheId": "imc-none", name: None}
    assert eci.refused("DeleteImageCache", **named) == (400, f"Missing{name}")
