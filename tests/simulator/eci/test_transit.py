"""Tests of what a cache is being built with: that it's there, and what its loss does to the build."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud, control

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]


def over_http(cloud: Cloud, name: str) -> tuple[int, Any]:
    """Delete something as a colleague would; return status and content."""
    answer = control.handle(cloud, "DELETE", f"/_simulator/{name}")
    return answer.status, json.loads(answer.body)


def test_disk(cloud: Cloud, call: Call, create: Create, network: dict[str, str]) -> None:
    """While a cache is built its disk is in use by the transit instance, in its zone; then it's gone."""
    create(ImageCacheSize=30, VSwitchId=network["VSwitchId"])
    (transit,) = cloud.eci.transit_instances()
    answer = call("DescribeDisks", {"DiskIds": json.dumps([transit.disk_id])}, product="ecs")
    (disk,) = answer["Disks"]["Disk"]
    assert (disk["InstanceId"], disk["Status"]) == (transit.container_group_id, "In_use")
    assert (disk["Category"], disk["PerformanceLevel"], disk["Size"]) == ("cloud_essd", "PL1", 30)
    assert disk["ZoneId"] == "cn-hangzhou-h"
    cloud.advance(600)
    assert call("DescribeDisks", product="ecs")["Disks"]["Disk"] == []


@pytest.mark.parametrize("seconds", [0, 40])
@pytest.mark.parametrize("how", ["DeleteDisk", "disks", "transit-instances"])
def test_loss_fails_the_build(
    cloud: Cloud, call: Call, describe: Describe, network: dict[str, str], *, how: str, seconds: int
) -> None:
    """A transit instance or its disk deleted while a cache is prepared or created fails it at once."""
    parameters = {"ImageCacheName": "web", "Image.1": "flink", **network}
    image_cache_id = call("CreateImageCache", parameters)["ImageCacheId"]
    cloud.advance(seconds)
    assert describe(image_cache_id)["Status"] == ("Creating" if seconds else "Preparing")
    (transit,) = cloud.eci.transit_instances()
    lost = transit.container_group_id if how == "transit-instances" else transit.disk_id
    if how == "DeleteDisk":
        call("DeleteDisk", {"DiskId": lost}, product="ecs")
    else:
        assert over_http(cloud, f"{how}/{lost}") == (200, {})
    shown = describe(image_cache_id)
    assert shown["Status"] == "Failed"
    assert shown["ExpireDateTime"] == f"2026-01-02T00:00:{seconds:02}Z"
    assert shown["Events"][-1]["Type"] == "Warning"
    assert lost in shown["Events"][-1]["Message"]
    assert cloud.eci.transit_instances() == []
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "Available"
    cloud.advance(600)
    assert describe(image_cache_id)["Events"] == shown["Events"]


def test_loss_while_updating(cloud: Cloud, call: Call, create: Create, describe: Describe) -> None:
    """The same during an update leaves the cache UpdateFailed, with its old snapshot, to be updated again."""
    image_cache_id = create()
    cloud.advance(600)
    before = describe(image_cache_id)["SnapshotId"]
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "redis"})
    (transit,) = cloud.eci.transit_instances()
    assert cloud.eci.lose_transit(transit.container_group_id)
    assert (describe(image_cache_id)["Status"], describe(image_cache_id)["SnapshotId"]) == (
        "UpdateFailed",
        before,
    )
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "redis"})
    cloud.advance(600)
    assert describe(image_cache_id)["Status"] == "Ready"


def test_nothing_to_lose(cloud: Cloud, create: Create, refusal: Callable[..., Any]) -> None:
    """What no build has, or had, isn't there: nothing happens."""
    create()
    (transit,) = cloud.eci.transit_instances()
    cloud.advance(600)
    assert not cloud.eci.lose_transit(transit.container_group_id)
    for name in (f"disks/{transit.disk_id}", "transit-instances/eci-none", "snapshots/s-none"):
        status, answer = over_http(cloud, name)
        assert status == 404
        assert name.partition("/")[2] in answer["error"]
    missing = (404, "InvalidDiskId.NotFound")
    assert refusal("DeleteDisk", {"DiskId": transit.disk_id}, product="ecs") == missing
    (cache,) = cloud.eci.image_caches.values()
    assert over_http(cloud, f"snapshots/{cache.snapshot_id}") == (200, {})
    assert cache.status == "Failed"


def test_sold_out_meanwhile(cloud: Cloud, describe: Describe, create: Create) -> None:
    """A zone that is sold out before an instance starts fails its build, and none that has started."""
    early = create(ZoneId="cn-hangzhou-h")
    cloud.advance(60)
    late = create(ZoneId="cn-hangzhou-h")
    cloud.stock.set("cn-hangzhou-h", "WithoutStock")
    cloud.advance(600)
    assert describe(early)["Status"] == "Ready"
    shown = describe(late)
    assert shown["Status"] == "Failed"
    assert shown["Events"][-1]["Reason"] == "FailedCreate"
    assert "OperationDenied.NoStock" in shown["Events"][-1]["Message"]


def test_expiry_while_updating(cloud: Cloud, call: Call, network: dict[str, str]) -> None:
    """A cache whose days are over while it's being rebuilt is gone, and its build holds nothing any more."""
    parameters = {"ImageCacheName": "web", "Image.1": "nginx", "RetentionDays": 1, **network}
    image_cache_id = call("CreateImageCache", parameters)["ImageCacheId"]
    cloud.advance(86400 - 30)
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "flink"})
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "InUse"
    cloud.advance(30)
    assert call("DescribeImageCaches")["ImageCaches"] == []
    assert cloud.eci.transit_instances() == []
    assert cloud.ecs.snapshots == {}
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "Available"
