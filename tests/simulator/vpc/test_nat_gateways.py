"""Tests of NAT gateways and SNAT entries: their life, what depends on them, and whom they let out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]
REGION = "cn-hangzhou"


@pytest.fixture
def vpc_call(call: Call) -> Call:
    """Return `call` for Vpc."""
    return partial(call, product="vpc")


@pytest.fixture
def refused(refusal: Refusal) -> Refusal:
    """Return `refusal` for Vpc."""
    return partial(refusal, product="vpc")


@pytest.fixture
def gateway(vpc_call: Call, network: dict[str, str]) -> dict[str, Any]:
    """Return a gateway in the network, as a list shows it."""
    wanted = {"VpcId": network["VpcId"], "VSwitchId": network["VSwitchId"], "Name": "out", "NatType": ""}
    return shown(vpc_call, vpc_call("CreateNatGateway", wanted)["NatGatewayId"])


@pytest.fixture
def address(cloud: Cloud, vpc_call: Call, network: dict[str, str], gateway: dict[str, Any]) -> str:
    """Return the address of the network's EIP, bound to the gateway."""
    binding = {"AllocationId": network["EipInstanceId"], "InstanceId": gateway["NatGatewayId"]}
    vpc_call("AssociateEipAddress", {**binding, "InstanceType": "Nat"})
    return cloud.vpc.eips[network["EipInstanceId"]].ip_address


def shown(vpc_call: Call, nat_gateway_id: str) -> dict[str, Any]:
    """Return the gateway that DescribeNatGateways shows."""
    rows = vpc_call("DescribeNatGateways", {"NatGatewayId": nat_gateway_id})["NatGateways"]["NatGateway"]
    assert len(rows) == 1
    row: dict[str, Any] = rows[0]
    return row


def table(gateway: dict[str, Any]) -> str:
    """Return the ID of a gateway's SNAT table."""
    (snat_table_id,) = gateway["SnatTableIds"]["SnatTableId"]
    return str(snat_table_id)


def test_life(vpc_call: Call, refused: Refusal, network: dict[str, str], gateway: dict[str, Any]) -> None:
    """A gateway is created, shown in a list and alone, changed and deleted; then none is listed."""
    expected = {
        "Name": "out",
        "Status": "Available",
        "VpcId": network["VpcId"],
        "NatType": "Enhanced",
        "NetworkType": "internet",
        "InternetChargeType": "PayByLcu",
        "InstanceChargeType": "PostPaid",
        "DeletionProtection": False,
    }
    assert {name: gateway[name] for name in expected} == expected
    assert gateway["NatGatewayPrivateInfo"]["VswitchId"] == network["VSwitchId"]
    named = {"NatGatewayId": gateway["NatGatewayId"]}
    vpc_call("ModifyNatGatewayAttribute", {**named, "Description": "b", "IcmpReplyEnabled": "false"})
    changed = shown(vpc_call, gateway["NatGatewayId"])
    assert (changed["Name"], changed["Description"], changed["IcmpReplyEnabled"]) == ("out", "b", False)
    alone = vpc_call("GetNatGatewayAttribute", named)
    assert alone["SnatTable"] == {"SnatTableId": table(gateway), "SnatEntryCount": 0}
    assert alone["BillingConfig"]["InternetChargeType"] == "PayByLcu"
    vpc_call("DeleteNatGateway", named)
    assert vpc_call("DescribeNatGateways", named)["NatGateways"]["NatGateway"] == []
    missing = (404, "InvalidNatGatewayId.NotFound")
    for action in ("GetNatGatewayAttribute", "ModifyNatGatewayAttribute", "DeleteNatGateway"):
        assert refused(action, named) == missing


def test_address_of_its_own(cloud: Cloud, vpc_call: Call, gateway: dict[str, Any]) -> None:
    """A gateway takes an address of its vSwitch."""
    named = {"VSwitchId": gateway["NatGatewayPrivateInfo"]["VswitchId"]}
    assert vpc_call("DescribeVSwitchAttributes", named)["AvailableIpAddressCount"] == 256 - 4 - 1
    vswitch = cloud.vpc.vswitches[named["VSwitchId"]]
    second = cloud.vpc.nat.create_gateway(cloud.vpc.vpcs[vswitch.vpc_id], vswitch)
    assert second.private_ip_address != gateway["NatGatewayPrivateInfo"]["PrivateIpAddress"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"VpcId": ""}, (400, "MissingVpcId")),
        ({"VSwitchId": ""}, (400, "MissingVSwitchId")),
        ({"VpcId": "vpc-none"}, (404, "InvalidVpcID.NotFound")),
        ({"VSwitchId": "default"}, (404, "InvalidVSwitchId.NotFound")),
        ({"NatType": "Normal"}, (400, "InvalidParameter.NatType")),
        ({"NetworkType": "intranet"}, (400, "InvalidParameter.NetworkType")),
        ({"EipBindMode": "x"}, (400, "InvalidParameter.EipBindMode")),
    ],
)
def test_bad_gateway(
    cloud: Cloud,
    refused: Refusal,
    network: dict[str, str],
    parameters: dict[str, str],
    expected: tuple[int, str],
) -> None:
    """A gateway needs a VPC and a vSwitch of it, and is of the kind that is sold."""
    wanted = {"VpcId": network["VpcId"], "VSwitchId": network["VSwitchId"], **parameters}
    if wanted["VSwitchId"] == "default":
        wanted["VSwitchId"] = cloud.vpc.default_vswitch(REGION).v_switch_id
    before = len(cloud.vpc.nat.gateways)
    assert refused("CreateNatGateway", wanted) == expected
    assert len(cloud.vpc.nat.gateways) == before


def test_what_holds_what(
    vpc_call: Call, refused: Refusal, network: dict[str, str], gateway: dict[str, Any], address: str
) -> None:
    """Entry, address, gateway, vSwitch and VPC can be taken away in this order only."""
    eip, nat = {"AllocationId": network["EipInstanceId"]}, {"NatGatewayId": gateway["NatGatewayId"]}
    vswitch, vpc = {"VSwitchId": network["VSwitchId"]}, {"VpcId": network["VpcId"]}
    entry = {"SnatTableId": table(gateway)}
    source = {"SourceVSwitchId": network["VSwitchId"], "SnatIp": address}
    entry["SnatEntryId"] = vpc_call("CreateSnatEntry", {**entry, **source})["SnatEntryId"]
    assert refused("ReleaseEipAddress", eip) == (400, "IncorrectEipStatus")
    assert refused("UnassociateEipAddress", eip) == (400, "InvalidIpStatus.HasBeenUsedBySnatTable")
    assert refused("DeleteNatGateway", nat) == (400, "DependencyViolation.SnatEntry")
    vpc_call("DeleteSnatEntry", entry)
    assert refused("DeleteNatGateway", nat) == (400, "DependencyViolation.EIPS")
    vpc_call("UnassociateEipAddress", {**eip, "InstanceId": gateway["NatGatewayId"], "InstanceType": "Nat"})
    assert refused("DeleteVSwitch", vswitch) == (400, "DependencyViolation")
    assert refused("DeleteVpc", vpc) == (400, "DependencyViolation.VSwitch")
    vpc_call("DeleteNatGateway", nat)
    vpc_call("ReleaseEipAddress", eip)
    vpc_call("DeleteSecurityGroup", {"SecurityGroupId": network["SecurityGroupId"]}, product="ecs")
    vpc_call("DeleteVSwitch", vswitch)
    vpc_call("DeleteVpc", vpc)


def test_force(
    cloud: Cloud, vpc_call: Call, network: dict[str, str], gateway: dict[str, Any], address: str
) -> None:
    """With Force a gateway goes with its entries, and its addresses are free."""
    source = {"SourceCIDR": "10.0.0.0/8", "SnatIp": address}
    vpc_call("CreateSnatEntry", {"SnatTableId": table(gateway), **source})
    vpc_call("DeleteNatGateway", {"NatGatewayId": gateway["NatGatewayId"], "Force": "true"})
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "Available"
    assert all(
        entry.nat_gateway_id in cloud.vpc.nat.gateways for entry in cloud.vpc.nat.snat_entries.values()
    )


def test_forced_off(cloud: Cloud, vpc_call: Call, network: dict[str, str], gateway: dict[str, Any]) -> None:
    """An address taken off by force is in no entry any more; an entry with none left is gone."""
    second = cloud.vpc.allocate_eip(REGION, "")
    ids = [network["EipInstanceId"], second.allocation_id]
    bound = {"InstanceId": gateway["NatGatewayId"], "InstanceType": "Nat"}
    for allocation_id in ids:
        vpc_call("AssociateEipAddress", {"AllocationId": allocation_id, **bound})
    both = ",".join(cloud.vpc.eips[allocation_id].ip_address for allocation_id in ids)
    wanted = {"SnatTableId": table(gateway), "SourceCIDR": "10.0.0.0/8", "SnatIp": both}
    vpc_call("CreateSnatEntry", wanted)
    listing = {"NatGatewayId": gateway["NatGatewayId"]}
    vpc_call("UnassociateEipAddress", {"AllocationId": ids[0], "Force": "true"})
    (left,) = vpc_call("DescribeSnatTableEntries", listing)["SnatTableEntries"]["SnatTableEntry"]
    assert left["SnatIp"] == second.ip_address
    vpc_call("UnassociateEipAddress", {"AllocationId": ids[1], "Force": "true"})
    assert vpc_call("DescribeSnatTableEntries", listing)["TotalCount"] == 0


def test_entry(vpc_call: Call, network: dict[str, str], gateway: dict[str, Any], address: str) -> None:
    """An entry shows its source and its addresses, is listed by each of them, and is renamed."""
    source = {"SourceVSwitchId": network["VSwitchId"], "SnatIp": address, "SnatEntryName": "a"}
    made = vpc_call("CreateSnatEntry", {"SnatTableId": table(gateway), **source})
    named = {"SnatTableId": table(gateway), "SnatEntryId": made["SnatEntryId"]}
    for filters in (named, source, {"NatGatewayId": gateway["NatGatewayId"]}):
        (entry,) = vpc_call("DescribeSnatTableEntries", filters)["SnatTableEntries"]["SnatTableEntry"]
        assert entry["SnatEntryId"] == made["SnatEntryId"]
    assert (entry["Status"], entry["SourceCIDR"], entry["SnatIp"]) == ("Available", "10.0.0.0/24", address)
    vpc_call("ModifySnatEntry", {**named, "SnatEntryName": "b", "SnatIp": address})
    assert vpc_call("DescribeSnatTableEntries", {**named, "SnatEntryName": "b"})["TotalCount"] == 1
    assert vpc_call("DescribeSnatTableEntries", {"SnatEntryName": "a"})["TotalCount"] == 0


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"SnatTableId": "stb-none"}, (404, "InvalidSnatTableId.NotFound")),
        ({"SnatIp": ""}, (400, "MissingSnatIp")),
        ({"SnatIp": "198.51.100.1"}, (400, "EIP_NOT_IN_GATEWAY")),
        ({"SourceCIDR": ""}, (400, "MissingSourceVSwitchId")),
        ({"SourceCIDR": "10.0.0.1/8"}, (400, "InvalidParameter.SourceCIDR")),
        ({"SourceVSwitchId": "vsw-none"}, (400, "InvalidParameter.SourceCIDR")),
        ({"SourceVSwitchId": "vsw-none", "SourceCIDR": ""}, (404, "InvalidVSwitchId.NotFound")),
        ({"SourceVSwitchId": "default", "SourceCIDR": ""}, (404, "InvalidVSwitchId.NotFound")),
        ({"SourceCIDR": "10.0.9.0/24"}, (400, "Forbidden.SourceVSwitchId.Duplicated")),
        ({"EipAffinity": "2"}, (400, "InvalidParameter.EipAffinity")),
    ],
)
def test_bad_entry(
    *,
    cloud: Cloud,
    vpc_call: Call,
    refused: Refusal,
    gateway: dict[str, Any],
    address: str,
    parameters: dict[str, str],
    expected: tuple[int, str],
) -> None:
    """An entry needs one source, of the gateway's VPC and not taken, and addresses of the gateway."""
    right = {"SnatTableId": table(gateway), "SnatIp": address, "SourceCIDR": "10.0.1.0/24"}
    vpc_call("CreateSnatEntry", {**right, "SourceCIDR": "10.0.9.0/24"})
    wrong = {**right, **parameters}
    if wrong.get("SourceVSwitchId") == "default":
        wrong["SourceVSwitchId"] = cloud.vpc.default_vswitch(REGION).v_switch_id
    assert refused("CreateSnatEntry", wrong) == expected


def test_unknown_entry(refused: Refusal, gateway: dict[str, Any]) -> None:
    """An entry that isn't in the table isn't found, nor is one of a table that isn't there."""
    named = {"SnatTableId": table(gateway), "SnatEntryId": "snat-none"}
    for action in ("ModifySnatEntry", "DeleteSnatEntry"):
        assert refused(action, named) == (404, "InvalidSnatEntryId.NotFound")
        assert refused(action, {**named, "SnatTableId": "x"}) == (404, "InvalidSnatTableId.NotFound")
    assert refused("DescribeSnatTableEntries", {"SnatTableId": "x"}) == (404, "InvalidSnatTableId.NotFound")


def test_binding(
    cloud: Cloud, vpc_call: Call, refused: Refusal, network: dict[str, str], gateway: dict[str, Any]
) -> None:
    """An address is bound to a gateway of its region, once, and taken off that gateway only."""
    eip = {"AllocationId": network["EipInstanceId"]}
    binding = {**eip, "InstanceId": gateway["NatGatewayId"], "InstanceType": "Nat"}
    missing = (404, "InvalidInstanceId.NotFound")
    assert refused("AssociateEipAddress", {**binding, "InstanceId": "ngw-none"}) == missing
    assert refused("AssociateEipAddress", {**binding, "InstanceType": "EcsInstance"}) == missing
    elsewhere = {"AllocationId": cloud.vpc.allocate_eip("cn-beijing", "").allocation_id, "RegionId": None}
    assert refused("AssociateEipAddress", {**binding, **elsewhere}) == missing
    vpc_call("AssociateEipAddress", binding)
    (bound,) = vpc_call("DescribeEipAddresses", eip)["EipAddresses"]["EipAddress"]
    assert (bound["Status"], bound["InstanceType"]) == ("InUse", "Nat")
    assert bound["InstanceId"] == gateway["NatGatewayId"]
    wrong = (400, "IncorrectEipStatus")
    assert refused("AssociateEipAddress", binding) == wrong
    assert refused("UnassociateEipAddress", {**binding, "InstanceId": "ngw-none"}) == wrong
    vpc_call("UnassociateEipAddress", binding)
    assert refused("UnassociateEipAddress", binding) == wrong


def test_address_of_a_build_stays(
    refused: Refusal, create: Callable[..., str], network: dict[str, str]
) -> None:
    """An address that a transit instance uses can't be taken off it."""
    create(EipInstanceId=network["EipInstanceId"])
    wanted = {"AllocationId": network["EipInstanceId"], "Force": "true"}
    assert refused("UnassociateEipAddress", wanted) == (400, "IncorrectEipStatus")


def test_specification(vpc_call: Call, refused: Refusal, gateway: dict[str, Any]) -> None:
    """A gateway's specification changes to one that there is."""
    named = {"NatGatewayId": gateway["NatGatewayId"]}
    vpc_call("ModifyNatGatewaySpec", {**named, "Spec": "Large"})
    assert shown(vpc_call, gateway["NatGatewayId"])["Spec"] == "Large"
    assert refused("ModifyNatGatewaySpec", {**named, "Spec": "Huge"}) == (400, "InvalidParameter.Spec")
    unknown = {"NatGatewayId": "ngw-none", "Spec": "Small"}
    assert refused("ModifyNatGatewaySpec", unknown) == (404, "InvalidNatGatewayId.NotFound")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (400, "OperationUnsupported.NatType")),
        ({"NatType": "Normal"}, (400, "InvalidParameter.NatType")),
        ({"NatType": None}, (400, "MissingNatType")),
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"NatGatewayId": "ngw-none"}, (404, "InvalidNatGatewayId.NotFound")),
    ],
)
def test_nat_type(
    *,
    refused: Refusal,
    network: dict[str, str],
    gateway: dict[str, Any],
    changes: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    """An enhanced gateway can't be made one."""
    named = {"NatGatewayId": gateway["NatGatewayId"], "VSwitchId": network["VSwitchId"]}
    assert refused("UpdateNatGatewayNatType", {**named, "NatType": "Enhanced", **changes}) == expected


def test_protection(
    vpc_call: Call, refused: Refusal, network: dict[str, str], gateway: dict[str, Any]
) -> None:
    """What is protected isn't deleted until it's protected no more."""
    nat = {"NatGatewayId": gateway["NatGatewayId"]}
    eip = {"AllocationId": network["EipInstanceId"]}
    cases = [("NATGW", "DeleteNatGateway", nat), ("EIP", "ReleaseEipAddress", eip)]
    for kind, action, named in cases:
        wanted = {"InstanceId": next(iter(named.values())), "Type": kind}
        vpc_call("DeletionProtection", {**wanted, "ProtectionEnable": "true"})
        assert refused(action, named) == (400, "OperationDenied.DeletionProtection")
        vpc_call("DeletionProtection", {**wanted, "ProtectionEnable": "false"})
        vpc_call(action, named)
        assert refused("DeletionProtection", {**wanted, "ProtectionEnable": "true"})[0] == 404
    assert refused("DeletionProtection", {"Type": "EIP"}) == (400, "MissingProtectionEnable")


def test_tags(vpc_call: Call, gateway: dict[str, Any]) -> None:
    """A gateway carries tags, and is listed by them."""
    named = {"ResourceType": "NATGATEWAY", "ResourceId.1": gateway["NatGatewayId"]}
    vpc_call("TagResources", {**named, "Tag.1.Key": "team", "Tag.1.Value": "web"})
    assert shown(vpc_call, gateway["NatGatewayId"])["Tags"]["Tag"] == [{"TagKey": "team", "TagValue": "web"}]
    assert vpc_call("ListTagResources", named)["TagResources"]["TagResource"][0]["TagValue"] == "web"
    wanted = {"Tag.1.Key": "team", "Tag.1.Value": "web"}
    assert vpc_call("DescribeNatGateways", wanted)["TotalCount"] == 1


@pytest.mark.parametrize(
    ("cidr", "reaches"),
    [("10.0.0.0/24", True), ("10.0.0.0/8", True), ("10.0.0.0/25", False), ("10.0.1.0/24", False)],
)
def test_who_is_let_out(
    *, cloud: Cloud, vpc_call: Call, gateway: dict[str, Any], address: str, cidr: str, reaches: bool
) -> None:
    """An entry lets a vSwitch out if its range holds all of it."""
    vswitch = cloud.vpc.vswitches[gateway["NatGatewayPrivateInfo"]["VswitchId"]]
    assert not cloud.vpc.reaches_internet(vswitch)
    vpc_call("CreateSnatEntry", {"SnatTableId": table(gateway), "SnatIp": address, "SourceCIDR": cidr})
    assert cloud.vpc.reaches_internet(vswitch) is reaches


def test_vswitch_is_let_out(
    cloud: Cloud, vpc_call: Call, network: dict[str, str], gateway: dict[str, Any], address: str
) -> None:
    """An entry for a vSwitch lets that one out, and no other of the VPC; nor one of another VPC."""
    vpc = cloud.vpc.vpcs[network["VpcId"]]
    vswitch, other = (
        cloud.vpc.vswitches[network["VSwitchId"]],
        cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", "10.0.1.0/24"),
    )
    far = cloud.vpc.create_vpc(REGION, "10.0.0.0/8", "")
    twin = cloud.vpc.create_vswitch(far, "cn-hangzhou-h", "10.0.0.0/24")
    wanted = {"SnatTableId": table(gateway), "SnatIp": address, "SourceVSwitchId": vswitch.v_switch_id}
    vpc_call("CreateSnatEntry", wanted)
    assert [cloud.vpc.reaches_internet(each) for each in (vswitch, other, twin)] == [True, False, False]
    assert cloud.vpc.reaches_internet(other, network["EipInstanceId"])
