"""Tests of UpdateImageCache: what rebuilds, what applies at once, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.control import resources

Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]
Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]


@pytest.fixture
def ready(cloud: Cloud, create: Create) -> str:
    """Return the ID of a cache that is ready."""
    image_cache_id = create(RetentionDays=7, EliminationStrategy="LRU", Tag__1__Key="a", Tag__1__Value="1")
    cloud.advance(600)
    return image_cache_id


@pytest.mark.parametrize(
    "change",
    [{"Image.1": "redis:7"}, {"ImageCacheSize": 40}, {"Flash": True}, {"AutoMatchImageCache": True}],
)
def test_rebuild(cloud: Cloud, call: Call, describe: Describe, ready: str, change: dict[str, Any]) -> None:
    """Images, size, Flash and reuse are built anew, under the same ID, to another snapshot."""
    before = describe(ready)
    answer = call("UpdateImageCache", {"ImageCacheId": ready, **change})
    assert answer.keys() == {"RequestId"}
    building = describe(ready)
    assert (building["Status"], building["Progress"]) == ("Updating", "0%")
    assert building["ContainerGroupId"] != before["ContainerGroupId"]
    cloud.advance(30)
    assert describe(ready)["Status"] == "Updating"
    cloud.advance(600)
    after = describe(ready)
    assert (after["Status"], after["Progress"]) == ("Ready", "100%")
    assert after["SnapshotId"] != before["SnapshotId"]
    assert after["Tags"] == before["Tags"]
    assert after["ExpireDateTime"] == before["ExpireDateTime"]


def test_images_are_replaced(cloud: Cloud, call: Call, describe: Describe, ready: str) -> None:
    """The images that are named are all that the cache holds afterwards."""
    call("UpdateImageCache", {"ImageCacheId": ready, "Image.1": "redis:7", "Image.2": "nginx:1.27"})
    cloud.advance(600)
    assert describe(ready)["Images"] == ["redis:7", "nginx:1.27"]


def test_failed_rebuild(cloud: Cloud, call: Call, describe: Describe, ready: str) -> None:
    """A rebuild that fails leaves UpdateFailed, which stays longer than a day and can be updated."""
    call("UpdateImageCache", {"ImageCacheId": ready, "Image.1": "missing"})
    cloud.advance(86400 + 600)
    shown = describe(ready)
    assert shown["Status"] == "UpdateFailed"
    assert "missing" in shown["Events"][-1]["Message"]
    call("UpdateImageCache", {"ImageCacheId": ready, "Image.1": "nginx:1.27"})
    cloud.advance(600)
    assert describe(ready)["Status"] == "Ready"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"ImageCacheName": "new"}, {"ImageCacheName": "new"}),
        ({"RetentionDays": 30}, {"RetentionDays": 30, "ExpireDateTime": "2026-01-31T00:00:00Z"}),
        ({"EliminationStrategy": ""}, {"EliminationStrategy": None}),
        ({"FlashCopyCount": 5}, {"FlashCopyCount": 5}),
        ({"StandardCopyCount": 5}, {"StandardCopyCount": 5}),
        (
            {"Tag.1.Key": "b", "Tag.1.Value": "2"},
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
        ),
    ],
)
def test_applies_at_once(
    cloud: Cloud, call: Call, ready: str, change: dict[str, Any], shown: dict[str, Any]
) -> None:
    """Everything else takes effect at once, and the cache stays ready with its snapshot."""
    (before,) = resources(cloud)["image_caches"]
    call("UpdateImageCache", {"ImageCacheId": ready, **change})
    (after,) = resources(cloud)["image_caches"]
    assert after["Status"] == "Ready"
    assert {name: after.get(name) for name in shown} == shown
    same = before.keys() - shown.keys() - {"ExpireDateTime"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_empty_strings(cloud: Cloud, call: Call, create: Create, network: dict[str, str]) -> None:
    """An empty EipInstanceId clears it; an empty name, size or retention changes nothing."""
    image_cache_id = create(EipInstanceId=network["EipInstanceId"], RetentionDays=7)
    cloud.advance(600)
    nothing = {"ImageCacheName": "", "ImageCacheSize": "", "RetentionDays": "", "VSwitchId": ""}
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "EipInstanceId": "", **nothing})
    (shown,) = resources(cloud)["image_caches"]
    assert shown["EipInstanceId"] == ""
    assert (shown["ImageCacheName"], shown["ImageCacheSize"], shown["RetentionDays"]) == ("web", 20, 7)
    assert shown["Status"] == "Ready"


def test_credentials_are_kept_for_a_rebuild(
    cloud: Cloud, call: Call, create: Create, describe: Describe
) -> None:
    """What an update doesn't name stays, credentials included; named ones replace the old."""
    credential = "ImageRegistryCredential.1."
    first = {
        "Server": "private.example.com",
        "UserName": "simulator",
        "Password": "simulator",
    }
    image_cache_id = create(
        Image__1="private.example.com/app:1", **{credential + name: value for name, value in first.items()}
    )
    cloud.advance(600)
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "private.example.com/app:2"})
    cloud.advance(600)
    assert describe(image_cache_id)["Status"] == "Ready"
    wrong = {credential + name: value for name, value in {**first, "Password": "other"}.items()}
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, **wrong})
    assert describe(image_cache_id)["Status"] == "Ready"
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "private.example.com/app:3"})
    cloud.advance(600)
    assert describe(image_cache_id)["Status"] == "UpdateFailed"


def test_status_must_allow_it(cloud: Cloud, call: Call, refusal: Refusal, create: Create) -> None:
    """Only a cache that is Ready or UpdateFailed is updated."""
    change = {"RetentionDays": 3}
    building, failed = create(), create(Image__1="missing")
    expected = (400, "ImageCache.IncorrectStatus")
    assert refusal("UpdateImageCache", {"ImageCacheId": building, **change}) == expected
    cloud.advance(600)
    assert refusal("UpdateImageCache", {"ImageCacheId": failed, **change}) == expected
    call("UpdateImageCache", {"ImageCacheId": building, "Image.1": "redis"})
    assert refusal("UpdateImageCache", {"ImageCacheId": building, **change}) == expected


def test_refused_update_changes_nothing(
    cloud: Cloud, refusal: Refusal, describe: Describe, ready: str
) -> None:
    """An update that breaks a rule leaves the cache as it was."""
    before = describe(ready)
    for change in (
        {"ImageCacheSize": 5},
        {"Image.1": "Bad Image"},
        {"RetentionDays": 0},
        {"VSwitchId": "vsw-none"},
        {"EipInstanceId": "eip-none"},
        {f"Tag.{n}.Key": f"k{n}" for n in range(1, 21)},
    ):
        assert refusal("UpdateImageCache", {"ImageCacheId": ready, **change})[0] in {400, 404}
    assert describe(ready) == before
    assert not cloud.eci.transit_instances()


def test_unknown_cache(refusal: Refusal, ready: str) -> None:
    """A cache that isn't there, or is in another region, isn't found."""
    missing = (404, "InvalidParameter.NotFound")
    assert refusal("UpdateImageCache", {"ImageCacheId": "imc-none", "RetentionDays": 3}) == missing
    assert refusal("UpdateImageCache", {"ImageCacheId": ready, "RegionId": "cn-beijing"}) == missing
    assert refusal("UpdateImageCache") == (400, "MissingImageCacheId")


def test_rebuild_of_a_flash_cache_on_its_way(
    cloud: Cloud, call: Call, create: Create, describe: Describe
) -> None:
    """A Flash cache is ready before its standard snapshot, and may be rebuilt then."""
    image_cache_id = create(Flash="true")
    while describe(image_cache_id)["Status"] != "Ready":
        cloud.advance(1)
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "redis:7"})
    assert describe(image_cache_id)["Status"] == "Updating"
    cloud.advance(1200)
    shown = describe(image_cache_id)
    assert (shown["Status"], shown["Images"]) == ("Ready", ["redis:7"])
    assert "FlashSnapshotId" not in shown
