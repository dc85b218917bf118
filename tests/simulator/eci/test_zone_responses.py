"""Tests of DescribeRegions and DescribeAvailableResource of Eci, and that those of Ecs say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.stock import INSTANCE_TYPES, Goods

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]

H, I = "cn-hangzhou-h", "cn-hangzhou-i"  # noqa: E741 - the zones' letters
SIZE = Goods(cores=2, memory=4)


def left(call: Call, zone: str, **wanted: Any) -> dict[str, str]:
    """Return what Eci says is left in a zone, by value."""
    named = {f"DestinationResource.{name}": value for name, value in wanted.items()}
    zones = call("DescribeAvailableResource", {"ZoneId": zone, **named})["AvailableZones"]["AvailableZone"]
    return {
        row["Value"]: row["StatusCategory"]
        for each in zones
        for available in each["AvailableResources"]["AvailableResource"]
        for row in available["SupportedResources"]["SupportedResource"]
    }


def test_form(call: Call) -> None:
    """The arrays are wrapped, and each zone of the region has its row."""
    wanted = {"DestinationResource.Category": "InstanceType", "DestinationResource.Value": "ecs.c6.large"}
    zones = call("DescribeAvailableResource", wanted)["AvailableZones"]["AvailableZone"]
    assert [zone["ZoneId"] for zone in zones] == [f"cn-hangzhou-{letter}" for letter in "bghijk"]
    assert zones[0] == {
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-b",
        "AvailableResources": {
            "AvailableResource": [
                {
                    "Type": "InstanceType",
                    "SupportedResources": {
                        "SupportedResource": [{"Value": "ecs.c6.large", "StatusCategory": "WithStock"}]
                    },
                }
            ]
        },
    }


def test_selection(call: Call) -> None:
    """Types are selected by name or by size, families by name."""
    assert left(call, H, Category="InstanceType", Cores="2", Memory="4.0").keys() == {"ecs.c6.large"}
    assert left(call, H, Category="InstanceType", Cores=4).keys() == {
        "ecs.c6.xlarge",
        "ecs.g6.xlarge",
        "ecs.r6.xlarge",
    }
    assert left(call, H, Category="InstanceType").keys() == INSTANCE_TYPES.keys()
    assert left(call, H, Category="InstanceTypeFamily").keys() == {"ecs.c6", "ecs.g6", "ecs.r6"}
    assert left(call, H, Category="InstanceTypeFamily", Value="ecs.g6") == {"ecs.g6": "WithStock"}
    assert left(call, H, Category="InstanceType", Value="ecs.none") == {}


def test_stock(cloud: Cloud, call: Call) -> None:
    """What is left of a type is told, a family has what its best type has, what isn't offered isn't there."""
    cloud.stock.set(H, "WithoutStock", SIZE)
    cloud.stock.set(H, "NotOffered", Goods(instance_type="ecs.g6.large"))
    assert left(call, H, Category="InstanceType", Cores=2) == {
        "ecs.c6.large": "WithoutStock",
        "ecs.r6.large": "WithStock",
    }
    assert left(call, H, Category="InstanceTypeFamily", Value="ecs.c6") == {"ecs.c6": "WithStock"}
    cloud.stock.close_zone(H)
    assert set(left(call, H, Category="InstanceTypeFamily").values()) == {"ClosedWithoutStock"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"DestinationResource.Category": None}, (400, "MissingDestinationResource.Category")),
        ({"DestinationResource.Category": "Disk"}, (400, "InvalidParameter.DestinationResource.Category")),
        ({"DestinationResource.Cores": "two"}, (400, "InvalidParameter.DestinationResource.Cores")),
        ({"DestinationResource.Memory": "nan"}, (400, "InvalidParameter.DestinationResource.Memory")),
        ({"ZoneId": "cn-beijing-a"}, (404, "InvalidZoneId.NotFound")),
        ({"RegionId": None}, (400, "MissingRegionId")),
    ],
)
def test_refused(refusal: Refusal, changes: dict[str, Any], expected: tuple[int, str]) -> None:
    """What is missing or no value is refused by name."""
    good = {"DestinationResource.Category": "InstanceType"}
    assert refusal("DescribeAvailableResource", {**good, **changes}) == expected


def test_recommended_zones(cloud: Cloud, call: Call) -> None:
    """Eci recommends the zones that have plenty of what a transit instance takes; it lists all."""
    cloud.stock.close_zone(H)
    cloud.stock.set(I, "ClosedWithStock", SIZE)
    (region,) = (each for each in call("DescribeRegions")["Regions"] if each["RegionId"] == "cn-hangzhou")
    assert {H, I} <= set(region["Zones"])
    assert set(region["Zones"]) - set(region["RecommendZones"]) == {H, I}


def test_ecs_says_the_same(cloud: Cloud, call: Call) -> None:
    """Ecs tells of a closed zone and of a type that is sold out, too."""
    cloud.stock.close_zone(H)
    cloud.stock.set(I, "WithoutStock", SIZE)
    cloud.stock.set("cn-hangzhou-j", "NotOffered", Goods(disk_category="cloud_essd"))
    zones = {zone["ZoneId"]: zone for zone in call("DescribeZones", product="ecs")["Zones"]["Zone"]}
    assert zones[H]["AvailableInstanceTypes"]["InstanceTypes"] == []
    assert zones[H]["AvailableResourceCreation"]["ResourceTypes"] == []
    assert "ecs.c6.large" in zones[I]["AvailableInstanceTypes"]["InstanceTypes"]
    assert "cloud_essd" not in zones["cn-hangzhou-j"]["AvailableDiskCategories"]["DiskCategories"]

    def status(**wanted: Any) -> dict[str, tuple[str, str]]:
        answer = call("DescribeAvailableResource", wanted, product="ecs")["AvailableZones"]["AvailableZone"]
        return {zone["ZoneId"]: (zone["Status"], zone["StatusCategory"]) for zone in answer}

    by_zone = status(DestinationResource="Zone")
    assert by_zone[H] == ("SoldOut", "ClosedWithoutStock")
    assert by_zone[I] == ("Available", "WithStock")
    by_type = status(DestinationResource="InstanceType", InstanceType="ecs.c6.large")
    assert by_type[I] == ("SoldOut", "WithoutStock")
    assert status(DestinationResource="InstanceType", Cores=2, Memory=4) == by_type
    by_disk = status(DestinationResource="SystemDisk", SystemDiskCategory="cloud_essd")
    assert by_disk[I] == ("Available", "WithStock")
    assert "cn-hangzhou-j" not in by_disk
