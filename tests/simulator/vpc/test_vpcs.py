"""Tests of VPCs and vSwitches: the calls, shapes and refusals that the alicloud plugin relies on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]


@pytest.fixture
def vpc_call(call: Call) -> Call:
    """Return `call` for Vpc."""
    return partial(call, product="vpc")


@pytest.fixture
def vpc_refusal(refusal: Refusal) -> Refusal:
    """Return `refusal` for Vpc."""
    return partial(refusal, product="vpc")


def test_vpc_life(vpc_call: Call, vpc_refusal: Refusal) -> None:
    """A VPC is created, shown with all that the plugin reads, changed and deleted; then it's 404."""
    made = vpc_call("CreateVpc", {"CidrBlock": "10.0.0.0/8", "VpcName": "a", "UserCidr": "10.1.0.0/16"})
    assert made.keys() >= {"VpcId", "VRouterId", "RouteTableId", "ResourceGroupId"}
    vpc = {"VpcId": made["VpcId"]}
    shown = vpc_call("DescribeVpcAttribute", vpc)
    assert (shown["Status"], shown["CidrBlock"], shown["VpcName"]) == ("Available", "10.0.0.0/8", "a")
    assert shown["UserCidrs"]["UserCidr"] == ["10.1.0.0/16"]
    assert shown["SecondaryCidrBlocks"] == {"SecondaryCidrBlock": []}
    vpc_call("ModifyVpcAttribute", {**vpc, "Description": "b"})
    changed = vpc_call("DescribeVpcAttribute", vpc)
    assert (changed["VpcName"], changed["Description"]) == ("a", "b")
    vpc_call("DeleteVpc", vpc)
    assert vpc_refusal("DescribeVpcAttribute", vpc) == (404, "InvalidVpcID.NotFound")
    assert vpc_refusal("DeleteVpc", vpc) == (404, "InvalidVpcID.NotFound")


def test_route_tables(vpc_call: Call) -> None:
    """A VPC has a system route table whose router and resource group are the VPC's own."""
    made = vpc_call("CreateVpc")
    vpc_call("CreateVpc")
    shown = vpc_call("DescribeVpcAttribute", {"VpcId": made["VpcId"]})
    (table,) = vpc_call("DescribeRouteTableList", {"VpcId": made["VpcId"]})["RouterTableList"][
        "RouterTableListType"
    ]
    assert (table["RouteTableType"], table["VpcId"]) == ("System", made["VpcId"])
    assert (table["RouterId"], table["RouteTableId"]) == (made["VRouterId"], made["RouteTableId"])
    assert (table["RouterId"], table["ResourceGroupId"]) == (shown["VRouterId"], shown["ResourceGroupId"])


def test_changed_route_table(vpc_call: Call, vpc_refusal: Refusal) -> None:
    """A route table's name, description and propagation change; what isn't named stays."""
    table = {"RouteTableId": vpc_call("CreateVpc")["RouteTableId"]}
    vpc_call("ModifyRouteTableAttributes", {**table, "RouteTableName": "a", "Description": "b"})
    vpc_call("ModifyRouteTableAttributes", {**table, "RoutePropagationEnable": "false"})
    (shown,) = vpc_call("DescribeRouteTableList", table)["RouterTableList"]["RouterTableListType"]
    assert (shown["RouteTableName"], shown["Description"]) == ("a", "b")
    assert shown["RoutePropagationEnable"] is False
    unknown = {"RouteTableId": "vtb-none", "RouteTableName": "a"}
    gone = (404, "InvalidRouteTableId.NotFound")
    assert vpc_refusal("ModifyRouteTableAttributes", unknown) == gone
    assert vpc_refusal("ModifyRouteTableAttributes", {**table, "RegionId": "cn-beijing"}) == gone


def test_dns_hostnames(vpc_call: Call) -> None:
    """DNS knows a VPC's hosts if it's told so, when the VPC is made or later."""

    def status(vpc: dict[str, Any]) -> Any:
        return vpc_call("DescribeVpcAttribute", {"VpcId": vpc["VpcId"]})["DnsHostnameStatus"]

    assert status(vpc_call("CreateVpc")) == "DISABLED"
    vpc = vpc_call("CreateVpc", {"EnableDnsHostname": "true"})
    assert status(vpc) == "ENABLED"
    vpc_call("ModifyVpcAttribute", {"VpcId": vpc["VpcId"], "VpcName": "a"})
    assert status(vpc) == "ENABLED"
    vpc_call("ModifyVpcAttribute", {"VpcId": vpc["VpcId"], "EnableDnsHostname": "false"})
    assert status(vpc) == "DISABLED"


def test_vswitch_life(vpc_call: Call, network: dict[str, str]) -> None:
    """A vSwitch is created, shown, changed and deleted; then it's 200 with an empty VSwitchId."""
    made = vpc_call(
        "CreateVSwitch",
        {
            "VpcId": network["VpcId"],
            "ZoneId": "cn-hangzhou-i",
            "CidrBlock": "10.2.0.0/24",
            "VSwitchName": "a",
        },
    )
    vswitch = {"VSwitchId": made["VSwitchId"]}
    shown = vpc_call("DescribeVSwitchAttributes", vswitch)
    assert (shown["Status"], shown["VpcId"], shown["ZoneId"]) == (
        "Available",
        network["VpcId"],
        "cn-hangzhou-i",
    )
    assert (shown["CidrBlock"], shown["AvailableIpAddressCount"]) == ("10.2.0.0/24", 252)
    vpc = vpc_call("DescribeVpcAttribute", {"VpcId": network["VpcId"]})
    assert made["VSwitchId"] in vpc["VSwitchIds"]["VSwitchId"]
    vpc_call("ModifyVSwitchAttribute", {**vswitch, "VSwitchName": "", "Description": "b"})
    changed = vpc_call("DescribeVSwitchAttributes", vswitch)
    assert (changed["VSwitchName"], changed["Description"]) == ("", "b")
    vpc_call("DeleteVSwitch", vswitch)
    gone = vpc_call("DescribeVSwitchAttributes", vswitch)
    assert gone["VSwitchId"] == ""
    assert gone.keys() == {"VSwitchId", "RequestId"}


def test_lists(cloud: Cloud, vpc_call: Call, network: dict[str, str]) -> None:
    """Lists are wrapped, paged by number, and selected by ID, name, parent and tag."""
    for number in range(12):
        vpc_call("CreateVpc", {"VpcName": f"v{number}", "Tag.1.Key": "n", "Tag.1.Value": str(number % 2)})
    first = vpc_call("DescribeVpcs")
    assert (len(first["Vpcs"]["Vpc"]), first["TotalCount"], first["PageSize"]) == (10, 13, 10)
    assert len(vpc_call("DescribeVpcs", {"PageNumber": 2})["Vpcs"]["Vpc"]) == 3
    assert vpc_call("DescribeVpcs", {"Tag.1.Key": "n", "Tag.1.Value": "1"})["TotalCount"] == 6
    assert vpc_call("DescribeVpcs", {"VpcName": "v3"})["TotalCount"] == 1
    two = ",".join(list(cloud.vpc.vpcs)[:2])
    assert vpc_call("DescribeVpcs", {"VpcId": two})["TotalCount"] == 2
    (vswitch,) = vpc_call("DescribeVSwitches", {"VpcId": network["VpcId"]})["VSwitches"]["VSwitch"]
    assert vswitch["VSwitchId"] == network["VSwitchId"]
    assert vpc_call("DescribeVSwitches", {"ZoneId": "cn-hangzhou-b"})["TotalCount"] == 0


@pytest.mark.parametrize(
    ("cidr_block", "code"),
    [
        ("10.0.0.0/7", "InvalidCidrBlock.Malformed"),
        ("10.0.0.0/29", "InvalidCidrBlock.Malformed"),
        ("10.0.0.1/8", "InvalidCidrBlock.Malformed"),
        ("ten", "InvalidCidrBlock.Malformed"),
        ("100.64.0.0/16", "InvalidCidrBlock.Malformed"),
        ("224.0.0.0/8", "InvalidCidrBlock.Malformed"),
    ],
)
def test_bad_range_of_a_vpc(vpc_refusal: Refusal, cidr_block: str, code: str) -> None:
    """A VPC's range is one of addresses, from /8 to /28, and not one of the reserved."""
    assert vpc_refusal("CreateVpc", {"CidrBlock": cidr_block}) == (400, code)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"CidrBlock": "10.0.0.128/25"}, (400, "InvalidCidrBlock.Overlapped")),
        ({"CidrBlock": "192.168.0.0/24"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "10.4.0.0/30"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "10.0.0.0/15"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": None}, (400, "MissingCidrBlock")),
        ({"ZoneId": "cn-hangzhou-z"}, (404, "InvalidZoneId.NotFound")),
        ({"ZoneId": None}, (400, "MissingZoneId")),
        ({"VpcId": "vpc-none"}, (404, "InvalidVpcID.NotFound")),
    ],
)
def test_bad_vswitch(
    vpc_refusal: Refusal, network: dict[str, str], changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    """A vSwitch lies within its VPC, beside the others, in a zone of the region."""
    good = {"VpcId": network["VpcId"], "ZoneId": "cn-hangzhou-i", "CidrBlock": "10.4.0.0/24"}
    assert vpc_refusal("CreateVSwitch", {**good, **changes}) == expected


def test_dependencies(
    cloud: Cloud,
    vpc_call: Call,
    vpc_refusal: Refusal,
    network: dict[str, str],
    create: Callable[..., str],
) -> None:
    """What is in use can't be deleted, each with its code, until what uses it is gone."""
    vpc, vswitch = {"VpcId": network["VpcId"]}, {"VSwitchId": network["VSwitchId"]}
    create(**vswitch)
    assert vpc_refusal("DeleteVSwitch", vswitch) == (400, "DependencyViolation")
    assert vpc_refusal("DeleteVpc", vpc) == (400, "DependencyViolation.VSwitch")
    cloud.advance(600)
    vpc_call("DeleteVSwitch", vswitch)
    assert vpc_refusal("DeleteVpc", vpc) == (400, "DependencyViolation.SecurityGroup")
    cloud.ecs.delete_security_group(network["SecurityGroupId"])
    vpc_call("DeleteVpc", vpc)


def test_tags_and_resource_groups(
    cloud: Cloud, vpc_call: Call, vpc_refusal: Refusal, network: dict[str, str]
) -> None:
    """VPCs, vSwitches and addresses are tagged and moved by their types, in the client's capitals."""
    by_type = {
        "VPC": network["VpcId"],
        "VSWITCH": network["VSwitchId"],
        "EIP": network["EipInstanceId"],
    }
    for kind, resource_id in by_type.items():
        on = {"ResourceType": kind, "ResourceId.1": resource_id}
        vpc_call("TagResources", {**on, "Tag.1.Key": "a", "Tag.1.Value": "1", "Tag.2.Key": "b"})
        vpc_call("UnTagResources", {**on, "TagKey.1": "b"})
        (row,) = vpc_call("ListTagResources", on)["TagResources"]["TagResource"]
        assert (row["TagKey"], row["TagValue"]) == ("a", "1")
    shown = vpc_call("DescribeVpcAttribute", {"VpcId": network["VpcId"]})
    assert shown["Tags"] == {"Tag": [{"Key": "a", "Value": "1"}]}
    group = cloud.resource_manager.add_resource_group("team").resource_group_id
    move = {"ResourceType": "EIP", "ResourceId": network["EipInstanceId"], "NewResourceGroupId": group}
    vpc_call("MoveResourceGroup", move)
    assert cloud.vpc.eips[network["EipInstanceId"]].resource_group_id == group
    assert vpc_refusal("MoveResourceGroup", {**move, "ResourceId": "eip-none"}) == (
        404,
        "InvalidResourceId.NotFound",
    )
    assert vpc_refusal("TagResources", {"ResourceType": "NAT"})[1] == "MissingResourceId"
    assert vpc_refusal("TagResources", {"ResourceType": "NAT", "ResourceId.1": "x"})[0] == 400


def test_regions_and_zones(vpc_call: Call) -> None:
    """Vpc lists regions and zones in wrapped arrays."""
    regions = vpc_call("DescribeRegions")["Regions"]["Region"]
    assert {"cn-hangzhou", "cn-beijing", "ap-southeast-1"} <= {region["RegionId"] for region in regions}
    zones = vpc_call("DescribeZones", {"RegionId": "cn-hongkong"})["Zones"]["Zone"]
    assert [zone["ZoneId"] for zone in zones] == ["cn-hongkong-b", "cn-hongkong-c", "cn-hongkong-d"]


def test_default_network() -> None:
    """What names no vSwitch gets the region's default one; it's made once, and another for another zone."""
    cloud = Cloud(seed=1)
    first = cloud.vpc.default_vswitch("cn-beijing")
    assert cloud.vpc.default_vswitch("cn-beijing") is first
    other = cloud.vpc.default_vswitch("cn-beijing", "cn-beijing-k")
    assert (other.vpc_id, other.zone_id) == (first.vpc_id, "cn-beijing-k")
    assert cloud.vpc.vpcs[first.vpc_id].is_default
    assert cloud.vpc.default_vswitch("cn-hangzhou").vpc_id != first.vpc_id
    assert (first.cidr_block, other.cidr_block) == ("172.31.0.0/20", "172.31.16.0/20")


def test_default_network_by_call(vpc_call: Call, refusal: Refusal) -> None:
    """A region has one default VPC, a zone of it one default vSwitch."""
    zone = {"ZoneId": "cn-hangzhou-h"}
    missing = (404, "InvalidVpcID.NotFound")
    assert refusal("CreateDefaultVSwitch", zone, product="vpc") == missing
    vpc_id = vpc_call("CreateDefaultVpc")["VpcId"]
    assert vpc_call("DescribeVpcAttribute", {"VpcId": vpc_id})["IsDefault"] is True
    made = vpc_call("CreateDefaultVSwitch", zone)
    shown = vpc_call("DescribeVSwitchAttributes", {"VSwitchId": made["VSwitchId"]})
    assert (shown["VpcId"], shown["IsDefault"], shown["ZoneId"]) == (vpc_id, True, "cn-hangzhou-h")
    assert refusal("CreateDefaultVpc", product="vpc") == (400, "OperationDenied.DefaultVpcExist")
    again = (400, "OperationDenied.DefaultVSwitchExist")
    assert refusal("CreateDefaultVSwitch", zone, product="vpc") == again
