"""vSwitches: how they are made, listed, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

Wait = Callable[[Callable[[], Any]], Any]


def test_create(vpc: Product, network: dict[str, str], eventually: Wait) -> None:
    """A vSwitch is shown as it was asked for, with the addresses that it has left and its route table."""
    made = vpc("CreateVSwitch", VpcId=network["VpcId"], ZoneId=network["ZoneId"], CidrBlock="10.1.0.0/24",
               VSwitchName="a", Description="b", Tag=[{"Key": "team", "Value": "a"}])  # fmt: skip
    vswitch = {"VSwitchId": made["VSwitchId"]}
    assert made["VSwitchId"].startswith("vsw-")
    eventually(lambda: vpc("DescribeVSwitchAttributes", **vswitch)["Status"] == "Available")
    shown = vpc("DescribeVSwitchAttributes", **vswitch)
    assert (shown["VpcId"], shown["ZoneId"]) == (network["VpcId"], network["ZoneId"])
    assert (shown["VSwitchName"], shown["Description"]) == ("a", "b")
    assert (shown["CidrBlock"], shown["AvailableIpAddressCount"]) == ("10.1.0.0/24", 252)
    assert shown["RouteTable"]["RouteTableType"] == "System"
    assert {"Key": "team", "Value": "a"} in shown["Tags"]["Tag"]


def test_client_token(vpc: Product, network: dict[str, str], account: Account) -> None:
    """A repeated call with the same ClientToken makes nothing new."""
    named = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"], "CidrBlock": "10.1.0.0/24"}
    first, again = (vpc("CreateVSwitch", **named, ClientToken=account.run) for _ in range(2))
    assert first["VSwitchId"] == again["VSwitchId"]


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"VpcId": None}, (400, "MissingVpcId")),
        ({"ZoneId": None}, (400, "MissingZoneId")),
        ({"CidrBlock": None}, (400, "MissingCidrBlock")),
        ({"VpcId": "vpc-none"}, (404, "InvalidVpcID.NotFound")),
        ({"ZoneId": "cn-atlantis-a"}, (404, "InvalidZoneId.NotFound")),
        ({"CidrBlock": "10.1.0.0/15"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "192.168.0.0/24"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "10.0.0.0/25"}, (400, "InvalidCidrBlock.Overlapped")),
    ],
)
def test_create_refused(
    vpc: Product, network: dict[str, str], parameters: dict[str, Any], refusal: tuple[int, str]
) -> None:
    """What is missing, not there, outside the VPC's range or taken already is refused."""
    named = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"], "CidrBlock": "10.1.0.0/24", **parameters}
    assert vpc.refused("CreateVSwitch", **named) == refusal


def test_list(vpc: Product, network: dict[str, str]) -> None:
    """DescribeVSwitches shows the same as DescribeVSwitchAttributes."""
    answer = vpc("DescribeVSwitches", VSwitchId=network["VSwitchId"], PageNumber=1, PageSize=10)
    (listed,) = answer["VSwitches"]["VSwitch"]
    shown = vpc("DescribeVSwitchAttributes", VSwitchId=network["VSwitchId"])
    same = ("VSwitchId", "VpcId", "ZoneId", "CidrBlock", "Status", "CreationTime", "ResourceGroupId")
    assert {name: listed[name] for name in same} == {name: shown[name] for name in same}
    assert listed["RouteTable"]["RouteTableId"] == shown["RouteTable"]["RouteTableId"]
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)


def test_list_filters(vpc: Product, network: dict[str, str], account: Account) -> None:
    """VSwitches are listed by VPC, zone, name and tags."""
    made = vpc("CreateVSwitch", VpcId=network["VpcId"], ZoneId=network["ZoneId"], CidrBlock="10.1.0.0/24",
               VSwitchName="a")["VSwitchId"]  # fmt: skip
    mine = [{"Key": RUN_TAG, "Value": account.run}]
    where = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"]}
    found = vpc("DescribeVSwitches", **where, VSwitchName="a", Tag=mine)["VSwitches"]["VSwitch"]
    assert [each["VSwitchId"] for each in found] == [made]
    assert vpc("DescribeVSwitches", VpcId="vpc-none")["TotalCount"] == 0


def test_list_default(vpc: Product, network: dict[str, str]) -> None:
    """IsDefault chooses the default vSwitches, or all others."""
    named = {"VSwitchId": network["VSwitchId"]}
    assert vpc("DescribeVSwitches", **named, IsDefault=True)["TotalCount"] == 0
    assert vpc("DescribeVSwitches", **named, IsDefault=False)["TotalCount"] == 1


def test_dry_runs(vpc: Product, network: dict[str, str]) -> None:
    """With DryRun a call is checked and not carried out, be it one that reads."""
    named = {"VSwitchId": network["VSwitchId"]}
    for action in ("DeleteVSwitch", "DescribeVSwitchAttributes", "DescribeVSwitches"):
        assert vpc.refused(action, **named, DryRun=True) == (400, "DryRunOperation")
    assert vpc("DescribeVSwitches", **named)["TotalCount"] == 1


def test_modify(vpc: Product, network: dict[str, str]) -> None:
    """Name and description change; what isn't named stays."""
    vswitch = {"VSwitchId": network["VSwitchId"]}
    vpc("ModifyVSwitchAttribute", **vswitch, VSwitchName="c")
    vpc("ModifyVSwitchAttribute", **vswitch, Description="d")
    shown = vpc("DescribeVSwitchAttributes", **vswitch)
    assert (shown["VSwitchName"], shown["Description"]) == ("c", "d")


def test_delete(vpc: Product, network: dict[str, str], eventually: Wait) -> None:
    """A deleted vSwitch is shown as one with an empty ID, and can't be deleted again."""
    made = vpc("CreateVSwitch", VpcId=network["VpcId"], ZoneId=network["ZoneId"], CidrBlock="10.1.0.0/24")
    vswitch = {"VSwitchId": made["VSwitchId"]}
    eventually(lambda: vpc("DescribeVSwitchAttributes", **vswitch)["Status"] == "Available")
    vpc("DeleteVSwitch", **vswitch)
    eventually(lambda: not vpc("DescribeVSwitchAttributes", **vswitch).get("VSwitchId"))
    assert vpc.refused("DeleteVSwitch", **vswitch) == (404, "InvalidVSwitchId.NotFound")
    assert vpc.refused("ModifyVSwitchAttribute", **vswitch, VSwitchName="a") == (
        404,
        "InvalidVSwitchId.NotFound",
    )


@pytest.mark.costs("a transit instance, its disk and a snapshot, for minutes")
def test_delete_in_use(vpc: Product, network: dict[str, str], image_cache: Callable[..., str]) -> None:
    """A vSwitch in which a transit instance runs can't be deleted, and has an address less."""
    shown = vpc("DescribeVSwitchAttributes", VSwitchId=network["VSwitchId"])
    image_cache(until="Creating")
    assert vpc.refused("DeleteVSwitch", VSwitchId=network["VSwitchId"]) == (400, "DependencyViolation")
    after = vpc("DescribeVSwitchAttributes", VSwitchId=network["VSwitchId"])
    assert after["AvailableIpAddressCount"] == shown["AvailableIpAddressCount"] - 1
