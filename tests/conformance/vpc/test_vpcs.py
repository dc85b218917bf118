"""VPCs and their route tables: how they are made, listed, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

Wait = Callable[[Callable[[], Any]], Any]


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
