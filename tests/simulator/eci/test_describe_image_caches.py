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


def test_match_image(cloud: Cloud, call: Call, create: Create) -> None:
    """MatchImage lists the ready caches that match, the best first; those with none of the images are out."""
    part = create(Image__1="nginx:1.25")
    create(Image__1="mongo")
    whole = create(Image__1="redis:7", Image__2="nginx:1.25")
    other = create(Image__1="redis:6")
    cloud.advance(1200)
    create(Image__1="redis:7", Image__2="nginx:1.25")
    wanted = {"MatchImage.1": "redis:7", "MatchImage.2": "docker.io/library/nginx:1.25"}
    answer = call("DescribeImageCaches", wanted)
    assert ids(answer) == [whole, part, other]
    assert answer["TotalCount"] == 3
    assert ids(call("DescribeImageCaches", {**wanted, "ImageFullMatch": "True"})) == [whole]
    assert ids(call("DescribeImageCaches", {**wanted, "ImageMatchCountRequest": 1})) == [whole, part]
    assert ids(call("DescribeImageCaches", {**wanted, "ImageMatchCountRequest": 3})) == []
    both = {**wanted, "ImageMatchCountRequest": 1, "ImageFullMatch": True}
    assert ids(call("DescribeImageCaches", both)) == [whole]
    assert ids(call("DescribeImageCaches", {**wanted, "Image": "redis:6"})) == [other]
    assert len(ids(call("DescribeImageCaches", {"ImageFullMatch": True}))) == 5


def test_full_match_is_about_layers(cloud: Cloud, call: Call, create: Create) -> None:
    """A cache fully matches an image when it has all its layers, for instance as another's base."""
    python = create(Image__1="python:3.12")
    cloud.advance(1200)
    found = call("DescribeImageCaches", {"MatchImage.1": "debian", "ImageFullMatch": True})
    assert ids(found) == [python]


def test_pages_of_matches(cloud: Cloud, call: Call, create: Create) -> None:
    """Pages lead through the matches in their order."""
    worse = [create(Image__1="nginx:1") for _ in range(3)]
    best = create(Image__1="nginx:2")
    create(Image__1="mongo")
    cloud.advance(1200)
    wanted = {"MatchImage.1": "nginx:2", "Limit": 3}
    first = call("DescribeImageCaches", wanted)
    second = call("DescribeImageCaches", {**wanted, "NextToken": first["NextToken"]})
    assert ids(first) + ids(second) == [best, *reversed(worse)]
    assert (len(ids(first)), second["NextToken"], second["TotalCount"]) == (3, "", 4)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({f"MatchImage.{n}": f"nginx:{n}" for n in range(1, 102)}, "MatchImage"),
        ({"MatchImage.1": "Not An Image"}, "MatchImage"),
        ({"MatchImage.1": "nginx", "ImageFullMatch": "perhaps"}, "ImageFullMatch"),
        ({"MatchImage.1": "nginx", "ImageMatchCountRequest": 0}, "ImageMatchCountRequest"),
    ],
)
def test_bad_matches(refusal: Callable[..., Any], parameters: dict[str, Any], name: str) -> None:
    """More than 100 images, one that isn't an image, and values that aren't any are refused."""
    assert refusal("DescribeImageCaches", parameters) == (400, f"InvalidParameter.{name}")
