"""What VPC's resources share: regions and zones, tags, resource groups."""

from __future__ import annotations

from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product


def test_regions(vpc: Product, account: Account) -> None:
    """DescribeRegions lists the regions with their names and endpoints."""
    regions = {region["RegionId"]: region for region in vpc("DescribeRegions")["Regions"]["Region"]}
    mine = regions[account.access.region]
    assert mine["LocalName"]
    assert mine["RegionEndpoint"].startswith("vpc.")


def test_zones(vpc: Product, account: Account) -> None:
    """DescribeZones lists the zones of a region with their names."""
    zones = vpc("DescribeZones")["Zones"]["Zone"]
    assert all(zone["ZoneId"].startswith(account.access.region) and zone["LocalName"] for zone in zones)
    assert vpc.refused("DescribeZones", RegionId="cn-atlantis") == (404, "InvalidRegionId.NotFound")


@pytest.mark.parametrize("kind", ["VPC", "VSWITCH"])
def test_tags(vpc: Product, network: dict[str, str], kind: str) -> None:
    """VPCs and vSwitches are tagged, listed by their tags, and untagged by key."""
    resource_id = network["VpcId" if kind == "VPC" else "VSwitchId"]
    named = {"ResourceType": kind, "ResourceId": [resource_id]}
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    vpc("TagResources", **named, Tag=tags)
    rows = vpc("ListTagResources", **named, Tag=tags[:1])["TagResources"]["TagResource"]
    assert {row["TagKey"]: row["TagValue"] for row in rows if row["TagKey"] != RUN_TAG} == {
        "a": "1",
        "b": "2",
    }
    assert {(row["ResourceId"], row["ResourceType"]) for row in rows} == {(resource_id, kind)}
    vpc("UnTagResources", **named, TagKey=["a", "b"])
    rows = vpc("ListTagResources", **named)["TagResources"]["TagResource"]
    assert [row["TagKey"] for row in rows] == [RUN_TAG]


@pytest.mark.costs("an elastic IP address, for minutes")
def test_tags_of_addresses(vpc: Product, background: Account) -> None:
    """Elastic IP addresses are tagged as VPCs are."""
    made = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    named = {"ResourceType": "EIP", "ResourceId": [made["AllocationId"]]}
    vpc("TagResources", **named, Tag=[{"Key": "a", "Value": "1"}])
    vpc("UnTagResources", **named, TagKey=["a"])
    rows = vpc("ListTagResources", **named)["TagResources"]["TagResource"]
    assert [row["TagKey"] for row in rows] == [RUN_TAG]


@pytest.mark.simulator_only("it takes the tag off by which the sweep finds the VPC")
def test_untag_all(vpc: Product, network: dict[str, str]) -> None:
    """All takes every tag off."""
    named = {"ResourceType": "VPC", "ResourceId": [network["VpcId"]]}
    vpc("UnTagResources", **named, All=True)
    assert vpc("ListTagResources", **named)["TagResources"]["TagResource"] == []


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("TagResources", {"ResourceType": None}, (400, "MissingResourceType")),
        ("TagResources", {"ResourceType": "PUMPKIN"}, (400, "InvalidParameter.ResourceType")),
        ("TagResources", {"ResourceId": None}, (400, "MissingResourceId")),
        ("TagResources", {"ResourceId": ["vpc-none"]}, (404, "InvalidResourceId.NotFound")),
        ("TagResources", {"Tag": None}, (400, "MissingTag")),
        ("TagResources", {"Tag": [{"Key": f"key-{number}", "Value": ""} for number in range(20)]},
         (400, "NumberExceed.Tags")),
        ("UnTagResources", {"Tag": None, "ResourceId": ["vpc-none"], "TagKey": ["a"]},
         (404, "InvalidResourceId.NotFound")),
    ],
)  # fmt: skip
def test_tags_refused(
    vpc: Product, network: dict[str, str], action: str, parameters: dict[str, Any], refusal: tuple[int, str]
) -> None:
    """What is missing, too much or not there is refused."""
    named = {"ResourceType": "VPC", "ResourceId": [network["VpcId"]], "Tag": [{"Key": "a", "Value": "1"}]}
    assert vpc.refused(action, **{**named, **parameters}) == refusal


def test_move_resource_group(vpc: Product, network: dict[str, str]) -> None:
    """A VPC is moved to another resource group, which must be there."""
    group = vpc("DescribeVpcAttribute", VpcId=network["VpcId"])["ResourceGroupId"]
    named = {"ResourceType": "VPC", "ResourceId": network["VpcId"]}
    vpc("MoveResourceGroup", **named, NewResourceGroupId=group)
    assert vpc("DescribeVpcAttribute", VpcId=network["VpcId"])["ResourceGroupId"] == group
    refusal = vpc.refused("MoveResourceGroup", **named, NewResourceGroupId="rg-none")
    assert refusal == (404, "EntityNotExists.ResourceGroup")
