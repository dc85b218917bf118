"""Elastic IP addresses: how they are allocated, listed, changed, bound and released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

pytestmark = pytest.mark.costs("elastic IP addresses, for minutes")


@pytest.fixture
def allocation_id(background: Account) -> str:
    """Return the ID of a free address."""
    named = {"InternetChargeType": "PayByTraffic", "Bandwidth": "5", "Name": "a"}
    made: str = background.call("Vpc", "AllocateEipAddress", named)["AllocationId"]
    return made


def test_allocate(vpc: Product, account: Account) -> None:
    """An address is shown as it was asked for, and is Available."""
    made = vpc("AllocateEipAddress", Bandwidth="10", InternetChargeType="PayByTraffic",
               InstanceChargeType="PostPaid", ISP="BGP", Netmode="public", Name="a", Description="b",
               Tag=[{"Key": "team", "Value": "a"}])  # fmt: skip
    assert made["AllocationId"].startswith("eip-")
    (shown,) = vpc("DescribeEipAddresses", AllocationId=made["AllocationId"])["EipAddresses"]["EipAddress"]
    assert (shown["IpAddress"], shown["ResourceGroupId"]) == (made["EipAddress"], made["ResourceGroupId"])
    assert (shown["Status"], shown["Bandwidth"]) == ("Available", "10")
    assert (shown["InternetChargeType"], shown["ChargeType"]) == ("PayByTraffic", "PostPaid")
    assert (shown["ISP"], shown["Name"], shown["Description"]) == ("BGP", "a", "b")
    assert shown["RegionId"] == account.access.region
    assert {"Key": "team", "Value": "a"} in shown["Tags"]["Tag"]


def test_defaults(vpc: Product) -> None:
    """Unless told otherwise an address has 5 Mbit/s, is of BGP, and is paid afterwards by bandwidth."""
    made = vpc("AllocateEipAddress")
    (shown,) = vpc("DescribeEipAddresses", AllocationId=made["AllocationId"])["EipAddresses"]["EipAddress"]
    assert (shown["Bandwidth"], shown["ISP"]) == ("5", "BGP")
    assert (shown["InternetChargeType"], shown["ChargeType"]) == ("PayByBandwidth", "PostPaid")


def test_resource_group(vpc: Product) -> None:
    """An address is in the resource group that is named."""
    group = vpc("AllocateEipAddress", InternetChargeType="PayByTraffic")["ResourceGroupId"]
    made = vpc("AllocateEipAddress", InternetChargeType="PayByTraffic", ResourceGroupId=group)
    assert made["ResourceGroupId"] == group


def test_client_token(vpc: Product, account: Account) -> None:
    """A repeated call with the same ClientToken makes nothing new."""
    named = {"InternetChargeType": "PayByTraffic", "ClientToken": account.run}
    first, again = (vpc("AllocateEipAddress", **named) for _ in range(2))
    assert first["AllocationId"] == again["AllocationId"]


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"Bandwidth": "0"}, (400, "InvalidParameter.Bandwidth")),
        ({"ResourceGroupId": "rg-none"}, (404, "EntityNotExists.ResourceGroup")),
    ],
)
def test_allocate_refused(vpc: Product, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """A missing region, a bandwidth out of range and an unknown resource group are refused."""
    assert vpc.refused("AllocateEipAddress", **parameters) == refusal


def test_list_filters(vpc: Product, allocation_id: str, account: Account) -> None:
    """Addresses are listed by ID, address, name, status, resource group and tags."""
    (shown,) = vpc("DescribeEipAddresses", AllocationId=allocation_id)["EipAddresses"]["EipAddress"]
    found = vpc("DescribeEipAddresses", EipAddress=shown["IpAddress"], EipName="a", Status="Available",
                ResourceGroupId=shown["ResourceGroupId"], Tag=[{"Key": RUN_TAG, "Value": account.run}],
                PageNumber=1, PageSize=10)  # fmt: skip
    assert [each["AllocationId"] for each in found["EipAddresses"]["EipAddress"]] == [allocation_id]
    assert (found["TotalCount"], found["PageNumber"], found["PageSize"]) == (1, 1, 10)
    assert vpc("DescribeEipAddresses", AllocationId="eip-none")["EipAddresses"]["EipAddress"] == []
    assert vpc.refused("DescribeEipAddresses", DryRun=True) == (400, "DryRunOperation")


def test_modify(vpc: Product, allocation_id: str) -> None:
    """Bandwidth, name and description change; what isn't named stays."""
    vpc("ModifyEipAddressAttribute", AllocationId=allocation_id, Bandwidth="7")
    vpc("ModifyEipAddressAttribute", AllocationId=allocation_id, Description="c")
    (shown,) = vpc("DescribeEipAddresses", AllocationId=allocation_id)["EipAddresses"]["EipAddress"]
    assert (shown["Bandwidth"], shown["Name"], shown["Description"]) == ("7", "a", "c")
    vpc("ModifyEipAddressAttribute", AllocationId=allocation_id, Name="d")
    (shown,) = vpc("DescribeEipAddresses", AllocationId=allocation_id)["EipAddresses"]["EipAddress"]
    assert shown["Name"] == "d"


def test_release(vpc: Product, allocation_id: str) -> None:
    """A released address isn't listed any more, and can't be released again."""
    vpc("ReleaseEipAddress", AllocationId=allocation_id)
    assert vpc("DescribeEipAddresses", AllocationId=allocation_id)["TotalCount"] == 0
    gone = (404, "InvalidAllocationId.NotFound")
    assert vpc.refused("ReleaseEipAddress", AllocationId=allocation_id) == gone
    assert vpc.refused("ModifyEipAddressAttribute", AllocationId=allocation_id, Name="a") == gone


@pytest.mark.costs("an elastic IP address, a transit instance, its disk and a snapshot, for minutes")
def test_in_use(vpc: Product, eci: Product, allocation_id: str, image_cache: Callable[..., str]) -> None:
    """An address that a transit instance has shows it, is found by it, and can't be released."""
    image_cache_id = image_cache(until="Creating", EipInstanceId=allocation_id)
    (cache,) = eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"]
    bound = {"AssociatedInstanceId": cache["ContainerGroupId"], "AssociatedInstanceType": "EciInstance"}
    (shown,) = vpc("DescribeEipAddresses", **bound)["EipAddresses"]["EipAddress"]
    assert (shown["AllocationId"], shown["Status"]) == (allocation_id, "InUse")
    assert (shown["InstanceId"], shown["InstanceType"]) == (cache["ContainerGroupId"], "EciInstance")
    refusal = vpc.refused("ReleaseEipAddress", AllocationId=allocation_id)
    assert refusal == (400, "IncorrectEipStatus")


def test_mode(vpc: Product, allocation_id: str, account: Account) -> None:
    """How an address stands before its instance changes."""
    vpc("ModifyEipForwardMode", InstanceId=allocation_id, Mode="MULTI_BINDED", ClientToken=account.run)
    (shown,) = vpc("DescribeEipAddresses", AllocationId=allocation_id)["EipAddresses"]["EipAddress"]
    assert shown["Mode"] == "MULTI_BINDED"
    refusal = vpc.refused("ModifyEipForwardMode", InstanceId=allocation_id, Mode="Maybe")
    assert refusal == (400, "InvalidParameter.Mode")


def test_monitoring(vpc: Product, allocation_id: str) -> None:
    """Second-by-second monitoring is turned on, and tells where it's logged."""
    named = {"InstanceId": allocation_id, "InstanceType": "EIP"}
    vpc("SetHighDefinitionMonitorLogStatus", **named, Status="ON", LogProject="a", LogStore="b")
    (shown,) = vpc("DescribeEipAddresses", AllocationId=allocation_id)["EipAddresses"]["EipAddress"]
    assert shown["HDMonitorStatus"] == "ON"
    log = vpc("DescribeHighDefinitionMonitorLogAttribute", **named)
    assert (log["LogProject"], log["LogStore"]) == ("a", "b")
    assert (log["InstanceId"], log["InstanceType"]) == (allocation_id, "EIP")
    refusal = vpc.refused("SetHighDefinitionMonitorLogStatus", **named, Status="Maybe")
    assert refusal == (400, "InvalidParameter.Status")


def test_deletion_protection(vpc: Product, allocation_id: str, account: Account) -> None:
    """A protected address can't be released until it's let go."""
    named = {"InstanceId": allocation_id, "Type": "EIP"}
    vpc("DeletionProtection", **named, ProtectionEnable=True, ClientToken=f"{account.run}-on")
    (shown,) = vpc("DescribeEipAddresses", AllocationId=allocation_id)["EipAddresses"]["EipAddress"]
    assert shown["DeletionProtection"] is True
    refusal = vpc.refused("ReleaseEipAddress", AllocationId=allocation_id)
    assert refusal == (400, "OperationDenied.DeletionProtection")
    vpc("DeletionProtection", **named, ProtectionEnable=False)
    vpc("ReleaseEipAddress", AllocationId=allocation_id)
