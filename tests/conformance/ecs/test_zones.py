"""ECS's regions and zones: DescribeRegions, DescribeZones, DescribeAvailableResource."""

from __future__ import annotations

from typing import Any

import pytest

from conformance_account import Account, Product


def test_regions(ecs: Product, account: Account) -> None:
    """DescribeRegions lists the regions with their names and endpoints."""
    regions = {region["RegionId"]: region for region in ecs("DescribeRegions")["Regions"]["Region"]}
    mine = regions[account.access.region]
    assert mine["LocalName"]
    assert mine["RegionEndpoint"].startswith("ecs.")


def test_zones(ecs: Product) -> None:
    """DescribeZones tells what can be made in each zone of a region."""
    zones = ecs("DescribeZones")["Zones"]["Zone"]
    assert zones
    for zone in zones:
        assert zone["LocalName"]
        assert zone["AvailableInstanceTypes"]["InstanceTypes"]
        assert zone["AvailableDiskCategories"]["DiskCategories"]
        assert "VSwitch" in zone["AvailableResourceCreation"]["ResourceTypes"]


def test_available_zones(ecs: Product, account: Account) -> None:
    """DescribeAvailableResource lists the zones in which something can be had, or the one that is named."""
    everywhere = ecs("DescribeAvailableResource", DestinationResource="Zone")["AvailableZones"][
        "AvailableZone"
    ]
    assert all(zone["RegionId"] == account.access.region for zone in everywhere)
    named = everywhere[0]["ZoneId"]
    answer = ecs("DescribeAvailableResource", DestinationResource="Zone", ZoneId=named)
    (zone,) = answer["AvailableZones"]["AvailableZone"]
    assert (zone["ZoneId"], zone["Status"], zone["StatusCategory"]) == (named, "Available", "WithStock")


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [
        ({"DestinationResource": "InstanceType", "Cores": 2, "Memory": 4}, "InstanceType"),
        ({"DestinationResource": "SystemDisk", "SystemDiskCategory": "cloud_essd"}, "SystemDisk"),
        ({"DestinationResource": "DataDisk", "DataDiskCategory": "cloud_essd"}, "DataDisk"),
    ],
)
def test_what_is_left(ecs: Product, parameters: dict[str, Any], kind: str) -> None:
    """Instance types of a size, and disks of a category, are listed with what is left of them."""
    for zone in ecs("DescribeAvailableResource", **parameters)["AvailableZones"]["AvailableZone"]:
        (available,) = zone["AvailableResources"]["AvailableResource"]
        assert available["Type"] == kind
        for each in available["SupportedResources"]["SupportedResource"]:
            assert each["Value"]
            assert each["Status"] in {"Available", "SoldOut"}
            assert each["StatusCategory"].endswith("Stock")


def test_one_type(ecs: Product) -> None:
    """An instance type is asked for by name."""
    sized = {"DestinationResource": "InstanceType", "Cores": 2, "Memory": 4}
    (first, *_) = ecs("DescribeAvailableResource", **sized)["AvailableZones"]["AvailableZone"]
    (available,) = first["AvailableResources"]["AvailableResource"]
    name = available["SupportedResources"]["SupportedResource"][0]["Value"]
    answer = ecs("DescribeAvailableResource", DestinationResource="InstanceType", InstanceType=name,
                 ZoneId=first["ZoneId"])  # fmt: skip
    (zone,) = answer["AvailableZones"]["AvailableZone"]
    (available,) = zone["AvailableResources"]["AvailableResource"]
    assert [each["Value"] for each in available["SupportedResources"]["SupportedResource"]] == [name]


def test_unknown_region(ecs: Product) -> None:
    """A region that there isn't is refused."""
    for action in ("DescribeZones", "DescribeAvailableResource"):
        refusal = ecs.refused(action, RegionId="cn-atlantis", **(
            {"DestinationResource": "Zone"} if action == "DescribeAvailableResource" else {}
        ))  # fmt: skip
        assert refusal == (404, "InvalidRegionId.NotFound")
