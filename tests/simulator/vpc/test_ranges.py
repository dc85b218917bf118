"""Tests of the ranges of addresses that VPCs have, and of how they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

REGION = "cn-hangzhou"

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]


@pytest.fixture
def vpc(call: Call) -> dict[str, str]:
    """Return how calls name a VPC of 10.0.0.0/16."""
    return {"VpcId": call("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, product="vpc")["VpcId"]}


@pytest.fixture
def vswitch(call: Call, vpc: dict[str, str]) -> Callable[[str], str]:
    """Return a function that makes a vSwitch of a range, and returns its ID."""

    def make(cidr_block: str) -> str:
        wanted = {**vpc, "ZoneId": "cn-hangzhou-i", "CidrBlock": cidr_block}
        made: str = call("CreateVSwitch", wanted, product="vpc")["VSwitchId"]
        return made

    return make


def test_secondary_range(
    call: Call, refusal: Refusal, vpc: dict[str, str], vswitch: Callable[[str], str]
) -> None:
    """A further range takes vSwitches, is shown, and goes when they are gone."""
    wanted = {**vpc, "SecondaryCidrBlock": "192.168.0.0/16"}
    made = call("AssociateVpcCidrBlock", {**wanted, "IpVersion": "IPV4"}, product="vpc")
    assert (made["CidrBlock"], made["IpVersion"]) == ("192.168.0.0/16", "IPV4")
    shown = call("DescribeVpcAttribute", vpc, product="vpc")
    assert shown["SecondaryCidrBlocks"] == {"SecondaryCidrBlock": ["192.168.0.0/16"]}
    inside = {"VSwitchId": vswitch("192.168.1.0/24")}
    used = (400, "OperationFailed.CidrInUse")
    assert refusal("UnassociateVpcCidrBlock", wanted, product="vpc") == used
    call("DeleteVSwitch", inside, product="vpc")
    call("UnassociateVpcCidrBlock", wanted, product="vpc")
    assert call("DescribeVpcAttribute", vpc, product="vpc")["SecondaryCidrBlocks"] == {
        "SecondaryCidrBlock": []
    }
    gone = (404, "InvalidSecondaryCidrBlock.NotFound")
    assert refusal("UnassociateVpcCidrBlock", wanted, product="vpc") == gone


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SecondaryCidrBlock": "10.0.128.0/17"}, (400, "InvalidCidrBlock.Overlapped")),
        ({"SecondaryCidrBlock": "10.1.0.0/24"}, (400, "InvalidCidrBlock.Overlapped")),
        ({"SecondaryCidrBlock": "192.0.0.0/15"}, (400, "InvalidCidrBlock.Malformed")),
        ({"SecondaryCidrBlock": "192.168.0.0/29"}, (400, "InvalidCidrBlock.Malformed")),
        ({"SecondaryCidrBlock": "100.64.0.0/16"}, (400, "InvalidCidrBlock.Malformed")),
        ({"SecondaryCidrBlock": None}, (400, "MissingSecondaryCidrBlock")),
        ({"IpVersion": "IPV6"}, (400, "InvalidParameter.IpVersion")),
        ({"VpcId": "vpc-none"}, (404, "InvalidVpcID.NotFound")),
    ],
)
def test_bad_secondary_range(
    call: Call, refusal: Refusal, vpc: dict[str, str], changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    """A further range is of /16 to /28, and apart from all others of the VPC."""
    call("AssociateVpcCidrBlock", {**vpc, "SecondaryCidrBlock": "10.1.0.0/16"}, product="vpc")
    good = {**vpc, "SecondaryCidrBlock": "192.168.0.0/16"}
    assert refusal("AssociateVpcCidrBlock", {**good, **changes}, product="vpc") == expected


def test_five_secondary_ranges(call: Call, refusal: Refusal, vpc: dict[str, str]) -> None:
    """A VPC has five further ranges at most."""
    for number in range(1, 6):
        call("AssociateVpcCidrBlock", {**vpc, "SecondaryCidrBlock": f"10.{number}.0.0/16"}, product="vpc")
    sixth = {**vpc, "SecondaryCidrBlock": "10.6.0.0/16"}
    refused = refusal("AssociateVpcCidrBlock", sixth, product="vpc")
    assert refused == (400, "QuotaExceeded.SecondaryCidrBlock")


@pytest.mark.parametrize("cidr_block", ["10.0.0.0/8", "10.0.0.0/20", "10.0.0.0/16"])
def test_changed_range(
    call: Call, vpc: dict[str, str], vswitch: Callable[[str], str], cidr_block: str
) -> None:
    """A VPC's range grows and shrinks around its vSwitches."""
    vswitch("10.0.1.0/24")
    call("ModifyVpcAttribute", {**vpc, "CidrBlock": cidr_block}, product="vpc")
    assert call("DescribeVpcAttribute", vpc, product="vpc")["CidrBlock"] == cidr_block


@pytest.mark.parametrize(
    ("cidr_block", "code"),
    [
        ("10.0.0.0/24", "InvalidCidrBlock.Overlapped"),
        ("10.0.0.0/14", "InvalidCidrBlock.Overlapped"),
        ("10.7.0.0/16", "InvalidCidrBlock.Malformed"),
        ("10.0.0.0/7", "InvalidCidrBlock.Malformed"),
        ("nonsense", "InvalidCidrBlock.Malformed"),
    ],
)
def test_bad_changed_range(
    call: Call,
    refusal: Refusal,
    vpc: dict[str, str],
    vswitch: Callable[[str], str],
    cidr_block: str,
    code: str,
) -> None:
    """A range keeps its vSwitches and what it has of itself, and takes nothing of a further one."""
    vswitch("10.0.1.0/24")
    call("AssociateVpcCidrBlock", {**vpc, "SecondaryCidrBlock": "10.2.0.0/16"}, product="vpc")
    wanted = {**vpc, "CidrBlock": cidr_block, "VpcName": "changed"}
    assert refusal("ModifyVpcAttribute", wanted, product="vpc") == (400, code)
    shown = call("DescribeVpcAttribute", vpc, product="vpc")
    assert (shown["CidrBlock"], shown["VpcName"]) == ("10.0.0.0/16", "")


def test_way_out_of_all_ranges(cloud: Cloud, vpc: dict[str, str], call: Call) -> None:
    """A VPC whose internet is opened lets vSwitches of its further ranges out, too."""
    call("AssociateVpcCidrBlock", {**vpc, "SecondaryCidrBlock": "192.168.0.0/16"}, product="vpc")
    found = cloud.vpc.vpcs[vpc["VpcId"]]
    first, second = (
        cloud.vpc.create_vswitch(found, "cn-hangzhou-i", block) for block in ("10.0.1.0/24", "192.168.1.0/24")
    )
    cloud.vpc.open_internet(first)
    assert cloud.vpc.reaches_internet(first)
    assert cloud.vpc.reaches_internet(second)
