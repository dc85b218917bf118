"""DescribeImageCaches: filters and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account, Product

BUILDS = pytest.mark.costs("transit instances, their disks and snapshots, for minutes")


@pytest.fixture
def two(image_cache: Callable[..., str], account: Account) -> tuple[str, str]:
    """Return the IDs of two caches that differ in everything that can be selected by."""
    mark = [{"Key": "conformance", "Value": account.run}]
    first = image_cache(
        ImageCacheName="first", Image=["nginx:1.25"], Tag=[*mark, {"Key": "team", "Value": "a"}]
    )
    second = image_cache(
        ImageCacheName="second", Image=["bitnami/redis:7.2"], Tag=[*mark, {"Key": "team", "Value": "b"}]
    )
    return first, second


def ids(answer: dict[str, Any]) -> list[str]:
    """Return the IDs of the caches in an answer."""
    return [cache["ImageCacheId"] for cache in answer["ImageCaches"]]


@BUILDS
@pytest.mark.parametrize(
    "selection",
    [
        {"ImageCacheName": "first"},
        {"Image": "nginx:1.25"},
        {"Image": "nginx"},
        {"Tag": [{"Key": "team", "Value": "a"}]},
    ],
)
def test_filters(eci: Product, two: tuple[str, str], account: Account, selection: dict[str, Any]) -> None:
    """Name, image, by its whole name or its repository, and tags select; several must all be met."""
    tags = [{"Key": "conformance", "Value": account.run}, *selection.get("Tag", [])]
    assert ids(eci("DescribeImageCaches", **{**selection, "Tag": tags})) == [two[0]]


@BUILDS
@pytest.mark.parametrize("name", ["ImageCacheId", "SnapshotId"])
def test_filters_by_id(eci: Product, two: tuple[str, str], name: str) -> None:
    """A cache is found by its own ID and by its snapshot's; both must be met."""
    (cache,) = eci("DescribeImageCaches", ImageCacheId=two[1])["ImageCaches"]
    assert ids(eci("DescribeImageCaches", **{name: cache[name]})) == [two[1]]
    assert ids(eci("DescribeImageCaches", **{name: cache[name]}, ImageCacheName="first")) == []


@BUILDS
def test_resource_group(eci: Product, two: tuple[str, str]) -> None:
    """A resource group selects its caches."""
    (cache,) = eci("DescribeImageCaches", ImageCacheId=two[0])["ImageCaches"]
    found = ids(eci("DescribeImageCaches", ResourceGroupId=cache["ResourceGroupId"]))
    assert set(two) <= set(found)
    assert ids(eci("DescribeImageCaches", ResourceGroupId="rg-none")) == []


def test_nothing(eci: Product) -> None:
    """An ID that there isn't is an empty list, and no error."""
    answer = eci("DescribeImageCaches", ImageCacheId="imc-none")
    assert (answer["ImageCaches"], answer["TotalCount"], answer.get("NextToken") or "") == ([], 0, "")


@BUILDS
def test_pages(eci: Product, two: tuple[str, str], account: Account) -> None:
    """Limit cuts pages, the newest first; NextToken leads on, and is empty on the last one."""
    mine = [{"Key": "conformance", "Value": account.run}]
    first = eci("DescribeImageCaches", Tag=mine, Limit=1)
    assert (ids(first), first["TotalCount"]) == ([two[1]], 2)
    second = eci("DescribeImageCaches", Tag=mine, Limit=1, NextToken=first["NextToken"])
    assert (ids(second), second.get("NextToken") or "") == ([two[0]], "")


@pytest.mark.simulator_only("21 caches")
def test_largest_page(eci: Product, image_cache: Callable[..., str]) -> None:
    """A page has at most 20 caches, however many are asked for."""
    made = [image_cache(until="") for _ in range(21)]
    page = eci("DescribeImageCaches", Limit=100)
    assert ids(page) == made[:0:-1]
    assert ids(eci("DescribeImageCaches")) == made[:0:-1]
    assert ids(eci("DescribeImageCaches", NextToken=page["NextToken"])) == [made[0]]


@pytest.mark.simulator_only("it needs another region")
def test_regions_apart(eci: Product, image_cache: Callable[..., str]) -> None:
    """Caches of another region aren't shown."""
    image_cache(until="")
    assert eci("DescribeImageCaches", RegionId="cn-beijing")["ImageCaches"] == []


@BUILDS
def test_secrets_stay(eci: Product, image_cache: Callable[..., str]) -> None:
    """What was given to reach registries and the network is never shown."""
    image_cache_id = image_cache(
        until="",
        ImageRegistryCredential=[{"Server": "a.example.com", "UserName": "user-1", "Password": "secret-1"}],
    )
    shown = str(eci("DescribeImageCaches", ImageCacheId=image_cache_id))
    assert not any(word in shown for word in ("user-1", "secret-1", "vsw-", "sg-"))


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"RegionId": "cn-atlantis"}, (404, "InvalidRegionId.NotFound")),
        ({"Limit": 0}, (400, "InvalidParameter.Limit")),
        ({"NextToken": "nonsense"}, (400, "InvalidParameter.NextToken")),
    ],
)
def test_refused(eci: Product, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """A missing or unknown region, and pages that can't be, are refused."""
    assert eci.refused("DescribeImageCaches", **parameters) == refusal
