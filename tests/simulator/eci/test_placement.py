"""Tests of where a transit instance starts: zones, stock, vSwitches and their addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.stock import Goods

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Refusal = Callable[..., tuple[int, str]]

GOOD = {"ImageCacheName": "web", "Image.1": "nginx:1.25"}
SIZE = Goods(cores=2, memory=4)
DISK = Goods(disk_category="cloud_essd")
NO_STOCK = (403, "OperationDenied.NoStock")


@pytest.fixture
def vswitches(cloud: Cloud, network: dict[str, str]) -> list[str]:
    """Return the IDs of a vSwitch in zone h and of one in zone i; the second has 4 addresses."""
    vpc = cloud.vpc.vpcs[network["VpcId"]]
    second = cloud.vpc.create_vswitch(vpc, "cn-hangzhou-i", "10.1.0.0/29")
    return [network["VSwitchId"], second.v_switch_id]


def used_vswitch(cloud: Cloud) -> tuple[str, str]:
    """Return the vSwitch and the zone of the one transit instance that exists."""
    (transit,) = cloud.eci.transit_instances()
    return transit.v_switch_id, transit.zone_id


@pytest.mark.parametrize(
    ("category", "goods", "expected"),
    [
        ("WithoutStock", SIZE, NO_STOCK),
        ("ClosedWithoutStock", SIZE, NO_STOCK),
        ("WithoutStock", DISK, NO_STOCK),
        ("WithoutStock", Goods(), NO_STOCK),
        ("NotOffered", SIZE, (400, "InvalidParameter.CPU.Memory")),
        ("NotOffered", DISK, (400, "DiskVolume.NotSupport")),
    ],
)
def test_zone_without(
    cloud: Cloud, refusal: Refusal, vswitches: list[str], *, category: str, goods: Goods, expected: Any
) -> None:
    """A zone that lacks what a transit instance takes refuses it, named by zone or by vSwitch."""
    cloud.stock.set("cn-hangzhou-h", category, goods)
    assert refusal("CreateImageCache", {**GOOD, "ZoneId": "cn-hangzhou-h"}) == expected
    assert refusal("CreateImageCache", {**GOOD, "VSwitchId": vswitches[0]}) == expected
    assert not cloud.eci.image_caches


def test_little_is_enough(cloud: Cloud, call: Call, vswitches: list[str]) -> None:
    """A zone that has little left, or lacks what isn't needed, still serves."""
    cloud.stock.set("cn-hangzhou-h", "ClosedWithStock", SIZE)
    cloud.stock.set("cn-hangzhou-h", "WithoutStock", Goods(cores=4, memory=8))
    call("CreateImageCache", {**GOOD, "VSwitchId": vswitches[0]})
    assert used_vswitch(cloud) == (vswitches[0], "cn-hangzhou-h")


@pytest.mark.parametrize("how", ["closed", "sold out", "full", "pending"])
def test_next_zone_serves(cloud: Cloud, call: Call, vswitches: list[str], how: str) -> None:
    """With vSwitches in several zones, the next one is used where the first has no place."""
    small, large = vswitches[1], vswitches[0]
    if how == "closed":
        cloud.stock.close_zone("cn-hangzhou-i")
    elif how == "sold out":
        cloud.stock.set("cn-hangzhou-i", "WithoutStock", SIZE)
    elif how == "pending":
        cloud.vpc.vswitches[small].status = "Pending"
    else:
        for _ in range(4):
            call("CreateImageCache", {**GOOD, "VSwitchId": small})
    call("CreateImageCache", {**GOOD, "VSwitchId": f"{small},{large}"})
    assert cloud.eci.transit_instances()[-1].v_switch_id == large


def test_first_place_says_why(cloud: Cloud, refusal: Refusal, vswitches: list[str]) -> None:
    """Where no vSwitch will do, the refusal is about the first one."""
    cloud.stock.close_zone("cn-hangzhou-h")
    cloud.stock.set("cn-hangzhou-i", "WithoutStock")
    closed = (403, "Zone.NotOnSale")
    assert refusal("CreateImageCache", {**GOOD, "VSwitchId": ",".join(vswitches)}) == closed
    assert refusal("CreateImageCache", {**GOOD, "VSwitchId": ",".join(reversed(vswitches))}) == NO_STOCK


def test_without_vswitch(cloud: Cloud, call: Call, refusal: Refusal) -> None:
    """Without a vSwitch the first zone of the region that has stock is used; none is a refusal."""
    zones = cloud.regions["cn-hangzhou"]
    cloud.stock.close_zone(zones[0])
    call("CreateImageCache", GOOD)
    v_switch_id, zone_id = used_vswitch(cloud)
    assert (cloud.vpc.vswitches[v_switch_id].is_default, zone_id) == (True, zones[1])
    for zone in zones[1:]:
        cloud.stock.set(zone, "WithoutStock")
    assert refusal("CreateImageCache", GOOD) == NO_STOCK
    call("CreateImageCache", {**GOOD, "RegionId": "cn-beijing"})


def test_default_vswitch_that_is_there(cloud: Cloud, call: Call) -> None:
    """Without vSwitch and zone a default vSwitch that is there already comes before a zone without one."""
    cloud.reset()
    there = cloud.vpc.default_vswitch("cn-hangzhou", "cn-hangzhou-k")
    call("CreateImageCache", GOOD)
    assert used_vswitch(cloud) == (there.v_switch_id, "cn-hangzhou-k")


def test_state_of_the_vswitch(cloud: Cloud, refusal: Refusal, vswitches: list[str]) -> None:
    """A vSwitch that is still being made can't take an instance."""
    cloud.vpc.vswitches[vswitches[0]].status = "Pending"
    assert refusal("CreateImageCache", {**GOOD, "VSwitchId": vswitches[0]}) == (400, "IncorrectStatus")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ("close", (403, "Zone.NotOnSale")),
        ("sell out", NO_STOCK),
        ("fill", (403, "InvalidVSwitchId.IpNotEnough")),
        ("other zone", (403, "OperationDenied.VswZoneMisMatch")),
        ("other vpc", (403, "OperationDenied.SecurityGroupMisMatch")),
    ],
)
def test_rebuild_needs_a_place(
    cloud: Cloud, call: Call, refusal: Refusal, vswitches: list[str], *, spoil: str, expected: Any
) -> None:
    """An update that rebuilds needs a place as a creation does; one that doesn't goes through without."""
    small = vswitches[1]
    at = {**GOOD, "VSwitchId": small, "ZoneId": "cn-hangzhou-i"}
    image_cache_id = call("CreateImageCache", at)["ImageCacheId"]
    cloud.advance(600)
    change: dict[str, Any] = {"ImageCacheId": image_cache_id, "Image.1": "redis:7"}
    if spoil == "close":
        cloud.stock.close_zone("cn-hangzhou-i")
    elif spoil == "sell out":
        cloud.stock.set("cn-hangzhou-i", "WithoutStock", SIZE)
    elif spoil == "fill":
        for _ in range(4):
            call("CreateImageCache", at)
    elif spoil == "other zone":
        change["VSwitchId"] = vswitches[0]
    else:
        vpc = cloud.vpc.create_vpc("cn-hangzhou", "", "")
        group = cloud.ecs.create_security_group("cn-hangzhou", vpc.vpc_id, "")
        change["SecurityGroupId"] = group.security_group_id
    assert refusal("UpdateImageCache", change) == expected
    cache = cloud.eci.image_caches[image_cache_id]
    assert (cache.status, cache.inputs.images) == ("Ready", ("nginx:1.25",))
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "RetentionDays": 3})
    assert cache.inputs.retention_days == 3
