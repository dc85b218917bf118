"""NAT gateways: how they are made, given addresses, let vSwitches out, and are deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

Wait = Callable[[Callable[[], Any]], Any]

pytestmark = pytest.mark.costs("a NAT gateway and elastic IP addresses, for minutes")


@pytest.fixture
def gateway(background: Account, vpc: Product, network: dict[str, str], eventually: Wait) -> dict[str, Any]:
    """Return what CreateNatGateway answered for a gateway that is Available."""
    named = {"VpcId": network["VpcId"], "VSwitchId": network["VSwitchId"], "NatType": "Enhanced", "Name": "a"}
    made = background.call("Vpc", "CreateNatGateway", named)
    gateway_id = made["NatGatewayId"]
    eventually(lambda: vpc("GetNatGatewayAttribute", NatGatewayId=gateway_id)["Status"] == "Available")
    return made


@pytest.fixture
def eip(background: Account, vpc: Product, gateway: dict[str, Any], eventually: Wait) -> dict[str, Any]:
    """Return an address that is bound to the gateway."""
    made = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    named = {"AllocationId": made["AllocationId"]}
    bound = {"InstanceId": gateway["NatGatewayId"], "InstanceType": "Nat", **named}
    background.call("Vpc", "AssociateEipAddress", bound)

    def look() -> Any:
        (shown,) = vpc("DescribeEipAddresses", **named)["EipAddresses"]["EipAddress"]
        return shown["Status"] == "InUse"

    eventually(look)
    return made


@pytest.fixture
def table_id(gateway: dict[str, Any]) -> str:
    """Return the ID of the gateway's SNAT table."""
    (found,) = gateway["SnatTableIds"]["SnatTableId"]
    return str(found)


def test_create(vpc: Product, network: dict[str, str], account: Account, eventually: Wait) -> None:
    """A gateway is listed as it was asked for, with its tables; a ClientToken makes but one."""
    named = {
        "VpcId": network["VpcId"],
        "VSwitchId": network["VSwitchId"],
        "NatType": "Enhanced",
        "NetworkType": "internet",
        "Name": "a",
        "Description": "b",
        "InternetChargeType": "PayByLcu",
        "InstanceChargeType": "PostPaid",
        "EipBindMode": "MULTI_BINDED",
        "IcmpReplyEnabled": True,
        "PrivateLinkEnabled": False,
        "Tag": [{"Key": "team", "Value": "a"}],
        "ClientToken": account.run,
    }
    made, again = vpc("CreateNatGateway", **named), vpc("CreateNatGateway", **named)
    assert made["NatGatewayId"] == again["NatGatewayId"]
    assert made["NatGatewayId"].startswith("ngw-")
    gateway = {"NatGatewayId": made["NatGatewayId"]}
    eventually(lambda: vpc("GetNatGatewayAttribute", **gateway)["Status"] == "Available")
    answer = vpc("DescribeNatGateways", **gateway, PageNumber=1, PageSize=10)
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)
    (shown,) = answer["NatGateways"]["NatGateway"]
    assert (shown["Name"], shown["Description"], shown["VpcId"]) == ("a", "b", network["VpcId"])
    assert (shown["NatType"], shown["NetworkType"]) == ("Enhanced", "internet")
    assert (shown["InternetChargeType"], shown["InstanceChargeType"]) == ("PayByLcu", "PostPaid")
    assert (shown["EipBindMode"], shown["IcmpReplyEnabled"]) == ("MULTI_BINDED", True)
    assert shown["SnatTableIds"] == made["SnatTableIds"]
    assert shown["ForwardTableIds"] == made["ForwardTableIds"]
    assert shown["NatGatewayPrivateInfo"]["VswitchId"] == network["VSwitchId"]
    assert {"TagKey": "team", "TagValue": "a"} in shown["Tags"]["Tag"]


def test_attribute(
    vpc: Product, gateway: dict[str, Any], eip: dict[str, Any], network: dict[str, str]
) -> None:
    """GetNatGatewayAttribute shows one gateway, with its tables and addresses."""
    shown = vpc("GetNatGatewayAttribute", NatGatewayId=gateway["NatGatewayId"])
    assert (shown["Name"], shown["VpcId"], shown["Status"]) == ("a", network["VpcId"], "Available")
    assert shown["SnatTable"]["SnatTableId"] == gateway["SnatTableIds"]["SnatTableId"][0]
    assert shown["BillingConfig"]["InstanceChargeType"] == "PostPaid"
    assert shown["PrivateInfo"]["VswitchId"] == network["VSwitchId"]
    (address,) = shown["IpList"]
    assert (address["AllocationId"], address["IpAddress"]) == (eip["AllocationId"], eip["EipAddress"])


def test_filters(vpc: Product, gateway: dict[str, Any], network: dict[str, str], account: Account) -> None:
    """Gateways are listed by VPC, zone, name, status, kind, charge, resource group and tags."""
    (shown,) = vpc("DescribeNatGateways", NatGatewayId=gateway["NatGatewayId"])["NatGateways"]["NatGateway"]
    found = vpc("DescribeNatGateways", VpcId=network["VpcId"], ZoneId=network["ZoneId"], Name="a",
                Status="Available", NatType="Enhanced", NetworkType="internet",
                InstanceChargeType="PostPaid", ResourceGroupId=shown["ResourceGroupId"],
                Tag=[{"Key": RUN_TAG, "Value": account.run}])["NatGateways"]["NatGateway"]  # fmt: skip
    assert [each["NatGatewayId"] for each in found] == [gateway["NatGatewayId"]]
    assert vpc("DescribeNatGateways", NatGatewayId="ngw-none")["TotalCount"] == 0
    assert vpc.refused("DescribeNatGateways", DryRun=True) == (400, "DryRunOperation")
    (inside,) = vpc("DescribeVpcs", VpcId=network["VpcId"])["Vpcs"]["Vpc"]
    assert gateway["NatGatewayId"] in inside["NatGatewayIds"]["NatGatewayIds"]


def test_modify(vpc: Product, gateway: dict[str, Any]) -> None:
    """Name, description and answers to pings change; what isn't named stays."""
    named = {"NatGatewayId": gateway["NatGatewayId"]}
    vpc("ModifyNatGatewayAttribute", **named, Description="c", IcmpReplyEnabled=False,
        EipBindMode="NAT")  # fmt: skip
    vpc("ModifyNatGatewayAttribute", **named, Name="d")
    (shown,) = vpc("DescribeNatGateways", **named)["NatGateways"]["NatGateway"]
    assert (shown["Name"], shown["Description"], shown["IcmpReplyEnabled"]) == ("d", "c", False)
    assert shown["EipBindMode"] == "NAT"


@pytest.mark.simulator_only("gateways that are PayBySpec aren't sold any more")
def test_specification(vpc: Product, gateway: dict[str, Any], account: Account) -> None:
    """A gateway's specification changes."""
    named = {"NatGatewayId": gateway["NatGatewayId"]}
    vpc("ModifyNatGatewaySpec", **named, Spec="Large", ClientToken=account.run)
    (shown,) = vpc("DescribeNatGateways", **named)["NatGateways"]["NatGateway"]
    assert shown["Spec"] == "Large"
    assert vpc.refused("ModifyNatGatewaySpec", **named, Spec="Huge") == (400, "InvalidParameter.Spec")


def test_nat_type(vpc: Product, gateway: dict[str, Any], network: dict[str, str], account: Account) -> None:
    """An enhanced gateway can't be made one."""
    named = {
        "NatGatewayId": gateway["NatGatewayId"],
        "NatType": "Enhanced",
        "VSwitchId": network["VSwitchId"],
    }
    refusal = (400, "OperationUnsupported.NatType")
    assert vpc.refused("UpdateNatGatewayNatType", **named, ClientToken=account.run) == refusal
    assert vpc.refused("UpdateNatGatewayNatType", **named, DryRun=True) == refusal


def test_addresses(vpc: Product, gateway: dict[str, Any], eip: dict[str, Any]) -> None:
    """A gateway's addresses are listed with it."""
    (shown,) = vpc("DescribeNatGateways", NatGatewayId=gateway["NatGatewayId"])["NatGateways"]["NatGateway"]
    (address,) = shown["IpLists"]["IpList"]
    assert (address["AllocationId"], address["IpAddress"]) == (eip["AllocationId"], eip["EipAddress"])
    assert address["UsingStatus"] == "Idle"


def test_delete(vpc: Product, gateway: dict[str, Any]) -> None:
    """A deleted gateway is 404."""
    named = {"NatGatewayId": gateway["NatGatewayId"]}
    vpc("DeleteNatGateway", **named)
    status, _ = vpc.refused("GetNatGatewayAttribute", **named)
    assert status == 404


def test_delete_in_use(vpc: Product, gateway: dict[str, Any], eip: dict[str, Any], eventually: Wait) -> None:
    """A gateway with addresses is deleted with Force only, which frees them."""
    named = {"NatGatewayId": gateway["NatGatewayId"]}
    status, code = vpc.refused("DeleteNatGateway", **named)
    assert (status, code.partition(".")[0]) == (400, "DependencyViolation")
    vpc("DeleteNatGateway", **named, Force=True)

    def free() -> bool:
        answer = vpc("DescribeEipAddresses", AllocationId=eip["AllocationId"])
        return bool(answer["EipAddresses"]["EipAddress"][0]["Status"] == "Available")

    eventually(free)


def test_in_the_way(vpc: Product, gateway: dict[str, Any], network: dict[str, str]) -> None:
    """Neither its VPC nor its vSwitch can be deleted while a gateway is there."""
    assert gateway["NatGatewayId"]
    status, code = vpc.refused("DeleteVSwitch", VSwitchId=network["VSwitchId"])
    assert (status, code.partition(".")[0]) == (400, "DependencyViolation")


def test_associate(
    vpc: Product, gateway: dict[str, Any], background: Account, account: Account, eventually: Wait
) -> None:
    """An address is bound to a gateway and taken off it again."""
    made = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    named = {"AllocationId": made["AllocationId"]}

    def shown() -> dict[str, Any]:
        (found,) = vpc("DescribeEipAddresses", **named)["EipAddresses"]["EipAddress"]
        address: dict[str, Any] = found
        return address

    bound = {"InstanceId": gateway["NatGatewayId"], "InstanceType": "Nat", **named}
    vpc("AssociateEipAddress", **bound, ClientToken=f"{account.run}-a")
    eventually(lambda: shown()["Status"] == "InUse")
    assert (shown()["InstanceId"], shown()["InstanceType"]) == (gateway["NatGatewayId"], "Nat")
    assert vpc.refused("AssociateEipAddress", **bound) == (400, "IncorrectEipStatus")
    vpc("UnassociateEipAddress", **bound, Force=False, ClientToken=f"{account.run}-u")
    eventually(lambda: shown()["Status"] == "Available")


def test_associate_with_nothing(vpc: Product, background: Account) -> None:
    """An address can't be bound to what isn't there, nor one that isn't there to anything."""
    made = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    nothing = {"InstanceId": "ngw-none", "InstanceType": "Nat"}
    refusal = vpc.refused("AssociateEipAddress", AllocationId=made["AllocationId"], **nothing)
    assert refusal == (404, "InvalidInstanceId.NotFound")
    gone = (404, "InvalidAllocationId.NotFound")
    assert vpc.refused("AssociateEipAddress", AllocationId="eip-none", **nothing) == gone
    assert vpc.refused("UnassociateEipAddress", AllocationId="eip-none") == gone


def test_snat_entry(
    vpc: Product,
    table_id: str,
    gateway: dict[str, Any],
    eip: dict[str, Any],
    network: dict[str, str],
    account: Account,
) -> None:
    """An SNAT entry lets a vSwitch out by an address of the gateway."""
    named = {"SnatTableId": table_id, "SourceVSwitchId": network["VSwitchId"], "SnatIp": eip["EipAddress"]}
    assert vpc.refused("CreateSnatEntry", **named, DryRun=True) == (400, "DryRunOperation")
    made = vpc("CreateSnatEntry", **named, SnatEntryName="a", EipAffinity=1, ClientToken=account.run)
    entry_id = made["SnatEntryId"]
    assert entry_id.startswith("snat-")
    answer = vpc("DescribeSnatTableEntries", SnatTableId=table_id, SnatEntryId=entry_id, SnatEntryName="a",
                 SourceVSwitchId=network["VSwitchId"], SnatIp=eip["EipAddress"],
                 NatGatewayId=gateway["NatGatewayId"], PageNumber=1, PageSize=10)  # fmt: skip
    (shown,) = answer["SnatTableEntries"]["SnatTableEntry"]
    assert (shown["SnatEntryId"], shown["SnatTableId"]) == (entry_id, table_id)
    assert (shown["SnatIp"], shown["SourceVSwitchId"]) == (eip["EipAddress"], network["VSwitchId"])
    assert (shown["SnatEntryName"], shown["EipAffinity"]) == ("a", "1")
    assert shown["NatGatewayId"] == gateway["NatGatewayId"]
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)


def test_snat_entry_for_a_range(
    vpc: Product, table_id: str, eip: dict[str, Any], eventually: Wait, account: Account
) -> None:
    """An SNAT entry may be for a range of addresses; it's changed and deleted."""
    named = {"SnatTableId": table_id}
    made = vpc("CreateSnatEntry", **named, SourceCIDR="10.0.0.0/24", SnatIp=eip["EipAddress"])
    entry = {**named, "SnatEntryId": made["SnatEntryId"]}

    def shown() -> list[dict[str, Any]]:
        answer = vpc("DescribeSnatTableEntries", **named, SourceCIDR="10.0.0.0/24")
        rows: list[dict[str, Any]] = answer["SnatTableEntries"]["SnatTableEntry"]
        return rows

    eventually(lambda: shown()[0]["Status"] == "Available")
    assert shown()[0]["SourceCIDR"] == "10.0.0.0/24"
    dry = {"SnatEntryName": "c", "SnatIp": eip["EipAddress"], "DryRun": True}
    assert vpc.refused("ModifySnatEntry", **entry, **dry) == (400, "DryRunOperation")
    vpc("ModifySnatEntry", **entry, SnatEntryName="b", SnatIp=eip["EipAddress"], EipAffinity=0,
        ClientToken=f"{account.run}-m")  # fmt: skip
    assert shown()[0]["SnatEntryName"] == "b"
    vpc("DeleteSnatEntry", **entry, ClientToken=f"{account.run}-d")
    eventually(lambda: not shown())


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("CreateNatGateway", {"VpcId": "vpc-none", "VSwitchId": "vsw-none"}, (404, "InvalidVpcID.NotFound")),
        ("CreateNatGateway", {"VSwitchId": "vsw-none"}, (400, "MissingVpcId")),
        ("CreateSnatEntry", {"SnatIp": "198.18.0.1"}, (400, "MissingSnatTableId")),
        ("DescribeNatGateways", {"RegionId": None}, (400, "MissingRegionId")),
    ],
)
def test_refused(vpc: Product, action: str, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """What is missing or not there is refused."""
    assert vpc.refused(action, **parameters) == refusal
