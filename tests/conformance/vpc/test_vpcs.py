"""VPCs and their route tables: how they are made, listed, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

Wait = Callable[[Callable[[], Any]], Any]
DRY = (400, "DryRunOperation")


@pytest.fixture
def vpc_id(background: Account, vpc: Product, eventually: Wait) -> str:
    """Return the ID of a VPC that is Available."""
    made: str = background.call("Vpc", "CreateVpc", {"CidrBlock": "10.0.0.0/8", "VpcName": "a"})["VpcId"]
    eventually(lambda: vpc("DescribeVpcAttribute", VpcId=made)["Status"] == "Available")
    return made


def test_create(vpc: Product, eventually: Wait, account: Account) -> None:
    """A VPC is made with its router and its route table, and is shown as it was asked for."""
    made = vpc("CreateVpc", CidrBlock="10.0.0.0/8", VpcName="a", Description="b", UserCidr="10.1.0.0/16",
               Tag=[{"Key": "team", "Value": "a"}])  # fmt: skip
    assert made["VpcId"].startswith("vpc-")
    assert made["VRouterId"].startswith("vrt-")
    assert made["RouteTableId"].startswith("vtb-")
    eventually(lambda: vpc("DescribeVpcAttribute", VpcId=made["VpcId"])["Status"] == "Available")
    shown = vpc("DescribeVpcAttribute", VpcId=made["VpcId"])
    assert (shown["CidrBlock"], shown["VpcName"], shown["Description"]) == ("10.0.0.0/8", "a", "b")
    assert shown["RegionId"] == account.access.region
    assert shown["VRouterId"] == made["VRouterId"]
    assert shown["ResourceGroupId"] == made["ResourceGroupId"]
    assert shown["UserCidrs"]["UserCidr"] == ["10.1.0.0/16"]
    assert shown["IsDefault"] is False
    assert {"Key": "team", "Value": "a"} in shown["Tags"]["Tag"]
    (listed,) = vpc("DescribeVpcs", VpcId=made["VpcId"])["Vpcs"]["Vpc"]
    assert listed["UserCidrs"] == shown["UserCidrs"]


def test_default_range(vpc: Product) -> None:
    """Without a range a VPC has 172.16.0.0/12."""
    made = vpc("CreateVpc")
    assert vpc("DescribeVpcAttribute", VpcId=made["VpcId"])["CidrBlock"] == "172.16.0.0/12"


def test_resource_group(vpc: Product, vpc_id: str) -> None:
    """A VPC is in the resource group that is named."""
    group = vpc("DescribeVpcAttribute", VpcId=vpc_id)["ResourceGroupId"]
    made = vpc("CreateVpc", ResourceGroupId=group)
    assert made["ResourceGroupId"] == group


def test_client_token(vpc: Product, account: Account) -> None:
    """A repeated call with the same ClientToken makes nothing new; with other parameters it's refused."""
    first, again = (vpc("CreateVpc", ClientToken=account.run) for _ in range(2))
    assert first["VpcId"] == again["VpcId"]
    refusal = vpc.refused("CreateVpc", ClientToken=account.run, VpcName="other")
    assert refusal == (400, "IdempotentParameterMismatch")


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"RegionId": "cn-atlantis"}, (404, "InvalidRegionId.NotFound")),
        ({"CidrBlock": "10.0.0.0/7"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "127.0.0.0/8"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "nonsense"}, (400, "InvalidCidrBlock.Malformed")),
        ({"ResourceGroupId": "rg-none"}, (404, "EntityNotExists.ResourceGroup")),
    ],
)
def test_create_refused(vpc: Product, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """A region that there isn't, and a range that is none, are refused."""
    assert vpc.refused("CreateVpc", **parameters) == refusal


def test_list(vpc: Product, vpc_id: str, network: dict[str, str]) -> None:
    """DescribeVpcs shows the same as DescribeVpcAttribute, with the vSwitches of each VPC."""
    (listed,) = vpc("DescribeVpcs", VpcId=network["VpcId"])["Vpcs"]["Vpc"]
    shown = vpc("DescribeVpcAttribute", VpcId=network["VpcId"])
    assert listed["VSwitchIds"]["VSwitchId"] == [network["VSwitchId"]]
    same = (
        "VpcId",
        "VpcName",
        "CidrBlock",
        "Status",
        "VRouterId",
        "CreationTime",
        "ResourceGroupId",
        "RegionId",
    )
    assert {name: listed[name] for name in same} == {name: shown[name] for name in same}
    both = vpc("DescribeVpcs", VpcId=f"{vpc_id},{network['VpcId']}")
    assert both["TotalCount"] == 2


def test_list_filters(vpc: Product, vpc_id: str, account: Account) -> None:
    """VPCs are listed by name, resource group and tags."""
    mine = [{"Key": RUN_TAG, "Value": account.run}]
    group = vpc("DescribeVpcAttribute", VpcId=vpc_id)["ResourceGroupId"]
    found = vpc("DescribeVpcs", VpcName="a", ResourceGroupId=group, Tag=mine)["Vpcs"]["Vpc"]
    assert [each["VpcId"] for each in found] == [vpc_id]
    assert vpc("DescribeVpcs", VpcName="b", Tag=mine)["TotalCount"] == 0


def test_list_default(vpc: Product, vpc_id: str) -> None:
    """IsDefault chooses the default VPCs, or all others."""
    assert vpc("DescribeVpcs", VpcId=vpc_id, IsDefault=True)["TotalCount"] == 0
    assert vpc("DescribeVpcs", VpcId=vpc_id, IsDefault=False)["TotalCount"] == 1


def test_dry_runs(vpc: Product, vpc_id: str, account: Account) -> None:
    """With DryRun a call is checked and not carried out, be it one that reads."""
    dry = {"DryRun": True}
    assert vpc.refused("CreateVpc", **dry) == DRY
    assert vpc.refused("CreateVpc", CidrBlock="x", **dry) == (400, "InvalidCidrBlock.Malformed")
    assert vpc.refused("DescribeVpcs", **dry) == DRY
    for action in ("DeleteVpc", "DescribeVpcAttribute"):
        assert vpc.refused(action, VpcId=vpc_id, **dry) == DRY
    mine = [{"Key": RUN_TAG, "Value": account.run}]
    assert [each["VpcId"] for each in vpc("DescribeVpcs", Tag=mine)["Vpcs"]["Vpc"]] == [vpc_id]


def test_list_pages(vpc: Product, vpc_id: str, account: Account) -> None:
    """PageNumber and PageSize cut pages; TotalCount counts everything."""
    vpc("CreateVpc")
    mine = [{"Key": RUN_TAG, "Value": account.run}]
    pages = [vpc("DescribeVpcs", Tag=mine, PageSize=1, PageNumber=number) for number in (1, 2)]
    ids = [page["Vpcs"]["Vpc"][0]["VpcId"] for page in pages]
    assert len(set(ids)) == 2
    assert vpc_id in ids
    assert [(page["TotalCount"], page["PageNumber"], page["PageSize"]) for page in pages] == [
        (2, 1, 1),
        (2, 2, 1),
    ]
    assert vpc.refused("DescribeVpcs", PageSize=51) == (400, "InvalidParameter.PageSize")


def test_modify(vpc: Product, vpc_id: str) -> None:
    """Name and description change; what isn't named stays."""
    vpc("ModifyVpcAttribute", VpcId=vpc_id, Description="c")
    shown = vpc("DescribeVpcAttribute", VpcId=vpc_id)
    assert (shown["VpcName"], shown["Description"]) == ("a", "c")
    vpc("ModifyVpcAttribute", VpcId=vpc_id, VpcName="d")
    assert vpc("DescribeVpcAttribute", VpcId=vpc_id)["VpcName"] == "d"


def test_dns_hostnames(vpc: Product, eventually: Wait) -> None:
    """DNS knows a VPC's hosts if it's told so, when the VPC is made or later."""
    made = {"VpcId": vpc("CreateVpc", EnableDnsHostname=True)["VpcId"]}
    eventually(lambda: vpc("DescribeVpcAttribute", **made)["Status"] == "Available")
    assert vpc("DescribeVpcAttribute", **made)["DnsHostnameStatus"] == "ENABLED"
    vpc("ModifyVpcAttribute", **made, EnableDnsHostname=False)
    eventually(lambda: vpc("DescribeVpcAttribute", **made)["DnsHostnameStatus"] == "DISABLED")
    (listed,) = vpc("DescribeVpcs", **made)["Vpcs"]["Vpc"]
    assert listed["DnsHostnameStatus"] == "DISABLED"


def test_changed_range(vpc: Product, vpc_id: str) -> None:
    """A VPC's range shrinks and grows; it can't become another one."""
    named = {"VpcId": vpc_id}
    vpc("ModifyVpcAttribute", **named, CidrBlock="10.0.0.0/16")
    assert vpc("DescribeVpcAttribute", **named)["CidrBlock"] == "10.0.0.0/16"
    refusal = vpc.refused("ModifyVpcAttribute", **named, CidrBlock="192.168.0.0/16")
    assert refusal == (400, "InvalidCidrBlock.Malformed")


def test_secondary_range(vpc: Product, vpc_id: str, eventually: Wait) -> None:
    """A VPC gets a further range of addresses, apart from those that it has, and loses it again."""
    named = {"VpcId": vpc_id, "SecondaryCidrBlock": "192.168.0.0/16"}
    made = vpc("AssociateVpcCidrBlock", **named, IpVersion="IPV4")
    assert (made["CidrBlock"], made["IpVersion"]) == ("192.168.0.0/16", "IPV4")

    def shown() -> Any:
        return vpc("DescribeVpcAttribute", VpcId=vpc_id)["SecondaryCidrBlocks"]["SecondaryCidrBlock"]

    eventually(lambda: shown() == ["192.168.0.0/16"])
    (listed,) = vpc("DescribeVpcs", VpcId=vpc_id)["Vpcs"]["Vpc"]
    assert listed["SecondaryCidrBlocks"]["SecondaryCidrBlock"] == ["192.168.0.0/16"]
    overlapped = (400, "InvalidCidrBlock.Overlapped")
    assert vpc.refused("AssociateVpcCidrBlock", **named) == overlapped
    vpc("UnassociateVpcCidrBlock", **named)
    eventually(lambda: not shown())
    gone = (404, "InvalidSecondaryCidrBlock.NotFound")
    assert vpc.refused("UnassociateVpcCidrBlock", **named) == gone


def test_secondary_range_in_use(vpc: Product, vpc_id: str, eventually: Wait) -> None:
    """A further range can't be taken away while a vSwitch is in it."""
    named = {"VpcId": vpc_id, "SecondaryCidrBlock": "192.168.0.0/16"}
    vpc("AssociateVpcCidrBlock", **named)
    zone_id = vpc("DescribeZones")["Zones"]["Zone"][0]["ZoneId"]
    eventually(lambda: vpc("DescribeVpcAttribute", VpcId=vpc_id)["Status"] == "Available")
    vpc("CreateVSwitch", VpcId=vpc_id, ZoneId=zone_id, CidrBlock="192.168.0.0/24")
    assert vpc.refused("UnassociateVpcCidrBlock", **named) == (400, "OperationFailed.CidrInUse")


@pytest.mark.simulator_only("what it makes takes no tags, so that it couldn't be swept")
def test_default_network(vpc: Product, account: Account) -> None:
    """A region has one default VPC, and a zone of it one default vSwitch."""
    zone_id = vpc("DescribeZones")["Zones"]["Zone"][0]["ZoneId"]
    assert vpc.refused("CreateDefaultVSwitch", ZoneId=zone_id) == (404, "InvalidVpcID.NotFound")
    group = vpc("DescribeVpcAttribute", VpcId=vpc("CreateVpc")["VpcId"])["ResourceGroupId"]
    named = {"ResourceGroupId": group, "ClientToken": account.run}
    made, again = vpc("CreateDefaultVpc", **named), vpc("CreateDefaultVpc", **named)
    assert made["VpcId"] == again["VpcId"]
    shown = vpc("DescribeVpcAttribute", VpcId=made["VpcId"])
    assert (shown["IsDefault"], shown["VRouterId"]) == (True, made["VRouterId"])
    (table,) = vpc("DescribeRouteTableList", VpcId=made["VpcId"])["RouterTableList"]["RouterTableListType"]
    assert table["RouteTableId"] == made["RouteTableId"]
    assert vpc.refused("CreateDefaultVpc") == (400, "OperationDenied.DefaultVpcExist")
    vswitch = vpc("CreateDefaultVSwitch", ZoneId=zone_id, ClientToken=f"{account.run}-v")
    inside = vpc("DescribeVSwitchAttributes", VSwitchId=vswitch["VSwitchId"])
    assert (inside["IsDefault"], inside["VpcId"], inside["ZoneId"]) == (True, made["VpcId"], zone_id)
    refusal = (400, "OperationDenied.DefaultVSwitchExist")
    assert vpc.refused("CreateDefaultVSwitch", ZoneId=zone_id) == refusal


def test_delete(vpc: Product, vpc_id: str, account: Account) -> None:
    """A deleted VPC is 404; the same ClientToken may repeat the deletion."""
    vpc("DeleteVpc", VpcId=vpc_id, ClientToken=account.run)
    vpc("DeleteVpc", VpcId=vpc_id, ClientToken=account.run)
    assert vpc.refused("DescribeVpcAttribute", VpcId=vpc_id) == (404, "InvalidVpcID.NotFound")
    assert vpc.refused("DeleteVpc", VpcId=vpc_id) == (404, "InvalidVpcID.NotFound")
    assert vpc.refused("ModifyVpcAttribute", VpcId=vpc_id, VpcName="a") == (404, "InvalidVpcID.NotFound")


def test_delete_in_use(vpc: Product, ecs: Product, vpc_id: str, network: dict[str, str]) -> None:
    """A VPC with vSwitches, or with security groups, can't be deleted."""
    assert vpc.refused("DeleteVpc", VpcId=network["VpcId"]) == (400, "DependencyViolation.VSwitch")
    ecs("CreateSecurityGroup", VpcId=vpc_id)
    assert vpc.refused("DeleteVpc", VpcId=vpc_id) == (400, "DependencyViolation.SecurityGroup")


def test_route_table(vpc: Product, network: dict[str, str]) -> None:
    """A VPC has a system route table, whose router and resource group are the VPC's own."""
    shown = vpc("DescribeVpcAttribute", VpcId=network["VpcId"])
    answer = vpc("DescribeRouteTableList", VpcId=network["VpcId"])
    (table,) = answer["RouterTableList"]["RouterTableListType"]
    assert table["RouteTableType"] == "System"
    assert table["RouterId"] == shown["VRouterId"]
    assert table["ResourceGroupId"] == shown["ResourceGroupId"]
    assert table["VpcId"] == network["VpcId"]
    assert table["VSwitchIds"]["VSwitchId"] == [network["VSwitchId"]]


def test_route_table_filters(vpc: Product, network: dict[str, str]) -> None:
    """Route tables are listed by their own ID and their router's, in pages."""
    named = {"VpcId": network["VpcId"]}
    (table,) = vpc("DescribeRouteTableList", **named)["RouterTableList"]["RouterTableListType"]
    ids = {"RouteTableId": table["RouteTableId"], "RouterId": table["RouterId"]}
    answer = vpc("DescribeRouteTableList", **ids, PageNumber=1, PageSize=10)
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)
    assert vpc("DescribeRouteTableList", RouteTableId="vtb-none")["TotalCount"] == 0


def test_changed_route_table(vpc: Product, network: dict[str, str]) -> None:
    """A route table's name, description and propagation change."""
    (table,) = vpc("DescribeRouteTableList", VpcId=network["VpcId"])["RouterTableList"]["RouterTableListType"]
    named = {"RouteTableId": table["RouteTableId"]}
    changed = {"RouteTableName": "a", "Description": "b", "RoutePropagationEnable": False}
    vpc("ModifyRouteTableAttributes", **named, **changed)
    (shown,) = vpc("DescribeRouteTableList", **named)["RouterTableList"]["RouterTableListType"]
    assert {name: shown[name] for name in changed} == changed
    refusal = vpc.refused("ModifyRouteTableAttributes", RouteTableId="vtb-none")
    assert refusal == (404, "InvalidRouteTableId.NotFound")
