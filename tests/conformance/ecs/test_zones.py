"""ECS's regions and zones: DescribeRegions, DescribeZones, DescribeAvailableResource."""

from __future__ import annotations

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


def test_unknown_region(ecs: Product) -> None:
    """A region that there isn't is refused."""
    for action in ("DescribeZones", "DescribeAvailableResource"):
        refusal = ecs.refused(action, RegionId="cn-atlantis", **(
            {"DestinationResource": "Zone"} if action == "DescribeAvailableResource" else {}
        ))  # fmt: skip
        assert refusal == (404, "InvalidRegionId.NotFound")
