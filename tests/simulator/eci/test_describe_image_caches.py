"""Tests of DescribeImageCaches: fields, filters and pages; and of ListUsage and DescribeRegions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]


def ids(answer: dict[str, Any]) -> list[str]:
    """Return the IDs of the caches in an answer."""
    return [cache["ImageCacheId"] for cache in answer["ImageCaches"]]


def test_fields(cloud: Cloud, create: Create, describe: Describe, network: dict[str, str]) -> None:
    """A cache shows what the documentation lists, plain arrays and real numbers, nothing write-only."""
    image_cache_id = create(
        RetentionDays=7,
        SecurityGroupId=network["SecurityGroupId"],
        VSwitchId=network["VSwitchId"],
        ImageRegistryCredential__1__Server="private.example.com",
        ImageRegistryCredential__1__Password="hunter2",
    )
    cloud.advance(600)
    shown = describe(image_cache_id)
    assert shown.keys() == {
        "ImageCacheId",
        "ImageCacheName",
        "RegionId",
        "ResourceGroupId",
        "ContainerGroupId",
        "SnapshotId",
        "Images",
        "ImageCacheSize",
        "Status",
        "Progress",
        "CreationTime",
        "ExpireDateTime",
        "Tags",
        "Events",
    }
    assert shown["Images"] == ["nginx:1.25"]
    assert shown["ImageCacheSize"] == 20
    assert shown["CreationTime"] == "2026-01-01T00:00:00Z"
    assert "hunter2" not in str(shown)


def test_filters(cloud: Cloud, call: Call, create: Create) -> None:
    """Each filter selects, and all together must hold."""
    group = cloud.resource_manager.add_resource_group("team").resource_group_id
    first = create(ImageCacheName="a", Image__1="registry-vpc.cn-hangzhou.aliyuncs.com/eci_open/nginx:1.15")
    second = create(
        ImageCacheName="b", Image__1="redis", ResourceGroupId=group, Tag__1__Key="k", Tag__1__Value="v"
    )
    cloud.advance(600)
    snapshot = cloud.eci.image_caches[second].snapshot_id

    def found(**filters: str) -> list[str]:
        named = {name.replace("__", "."): value for name, value in filters.items()}
        return ids(call("DescribeImageCaches", named))

    assert found() == [second, first]
    assert found(ImageCacheId=first) == [first]
    assert found(ImageCacheName="b") == [second]
    assert found(SnapshotId=snapshot) == [second]
    assert found(ResourceGroupId=group) == [second]
    assert found(Tag__1__Key="k", Tag__1__Value="v") == [second]
    assert found(Tag__1__Key="k", Tag__1__Value="other") == []
    assert found(ImageCacheName="a", Tag__1__Key="k", Tag__1__Value="v") == []
    assert found(ImageCacheName="") == [second, first]
    assert found(ImageCacheId="imc-none") == []
    assert found(RegionId="cn-beijing") == []


@pytest.mark.parametrize(
    ("wanted", "finds"),
    [
        ("nginx", True),
        ("registry.example.com:5000/open/nginx", True),
        ("registry.example.com:5000/open/nginx:1.15", True),
        ("nginx:1.15", False),
        ("open/nginx", False),
        ("ngin", False),
        ("", True),
    ],
)
def test_image_filter(call: Call, create: Create, wanted: str, finds: bool) -> None:
    """An image is meant by its whole name, by its repository, or by the repository's last part."""
    image_cache_id = create(Image__1="registry.example.com:5000/open/nginx:1.15")
    assert ids(call("DescribeImageCaches", {"Image": wanted})) == [image_cache_id] * finds


def test_pages(cloud: Cloud, call: Call, create: Create) -> None:
    """Pages of 20 at most lead through all caches, once each, though caches go on the way."""
    made = [create() for _ in range(25)]
    first = call("DescribeImageCaches", {"Limit": 100})
    assert (len(first["ImageCaches"]), first["TotalCount"]) == (20, 25)
    cloud.eci.delete_image_cache(cloud.eci.image_cache(ids(first)[-1]))
    second = call("DescribeImageCaches", {"NextToken": first["NextToken"]})
    assert (len(second["ImageCaches"]), second["NextToken"]) == (5, "")
    assert sorted(ids(first) + ids(second)) == sorted(made)


def test_limit(cloud: Cloud, call: Call, create: Create) -> None:
    """Limit makes pages smaller; the largest page is a quota, 20 unless it's changed."""
    for _ in range(21):
        create()
    assert len(call("DescribeImageCaches", {"Limit": 3})["ImageCaches"]) == 3
    cloud.quotas["MaxDescribeImageCachesLimit"] = 50
    answer = call("DescribeImageCaches", {"Limit": 50})
    assert (len(answer["ImageCaches"]), answer["NextToken"]) == (21, "")


def test_exactly_one_page(call: Call, create: Create) -> None:
    """A page that holds all that is left has no token."""
    for _ in range(2):
        create()
    assert call("DescribeImageCaches", {"Limit": 2})["NextToken"] == ""


@pytest.mark.parametrize(("name", "value"), [("Limit", "0"), ("Limit", "many"), ("NextToken", "xyz")])
def test_bad_pages(refusal: Callable[..., Any], name: str, value: str) -> None:
    """A limit or a token that isn't one is refused."""
    assert refusal("DescribeImageCaches", {name: value}) == (400, f"InvalidParameter.{name}")


def test_list_usage(cloud: Cloud, call: Call, create: Create) -> None:
    """Usage is numbers: what may be, and what is."""
    create()
    cloud.quotas["MaxImageCacheCount"] = 9
    usage = call("ListUsage")["Attributes"]
    assert (usage["MaxImageCacheCount"], usage["UsedImageCacheCount"], usage["UsedCpu"]) == (9, 1, 2.0)
    cloud.advance(600)
    assert call("ListUsage")["Attributes"]["UsedCpu"] == 0


def test_describe_regions(call: Call) -> None:
    """A region names its endpoint and its zones, in plain arrays."""
    (region,) = call("DescribeRegions", {"RegionId": "eu-central-1"})["Regions"]
    assert region["RegionEndpoint"] == "eci.eu-central-1.aliyuncs.com"
    assert region["RecommendZones"] == region["Zones"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
