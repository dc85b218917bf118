"""Tests of elastic IP addresses."""

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


def listed(vpc_call: Call, **filters: str) -> list[dict[str, Any]]:
    """Return the addresses that DescribeEipAddresses shows."""
    rows: list[dict[str, Any]] = vpc_call("DescribeEipAddresses", filters)["EipAddresses"]["EipAddress"]
    return rows


def test_life(vpc_call: Call, refusal: Refusal) -> None:
    """An address is allocated, shown, changed and released; then none is listed."""
    # The plugin sends an empty InstanceId in the query, and the rest in the form body.
    made = vpc_call(
        "AllocateEipAddress",
        {"InstanceId": ""},
        form={"Bandwidth": "10", "InternetChargeType": "PayByTraffic", "Name": "a"},
    )
    eip = {"AllocationId": made["AllocationId"]}
    (shown,) = listed(vpc_call, **eip)
    assert made["EipAddress"] == shown["IpAddress"]
    assert made["ResourceGroupId"] == shown["ResourceGroupId"]
    expected = {
        "Status": "Available",
        "Bandwidth": "10",
        "InternetChargeType": "PayByTraffic",
        "ChargeType": "PostPaid",
        "Name": "a",
        "InstanceId": "",
        "SecurityProtectionTypes": {"SecurityProtectionType": []},
    }
    assert {name: shown[name] for name in expected} == expected
    vpc_call("ModifyEipAddressAttribute", {**eip, "Bandwidth": "20", "Description": "b"})
    (changed,) = listed(vpc_call, **eip)
    assert (changed["Bandwidth"], changed["Description"], changed["Name"]) == ("20", "b", "a")
    vpc_call("ReleaseEipAddress", eip)
    assert listed(vpc_call, **eip) == []
    missing = (404, "InvalidAllocationId.NotFound")
    assert refusal("ReleaseEipAddress", eip, product="vpc") == missing
    assert refusal("ModifyEipAddressAttribute", eip, product="vpc") == missing


def test_bound_address(
    cloud: Cloud, vpc_call: Call, refusal: Refusal, create: Callable[..., str], network: dict[str, str]
) -> None:
    """An address that a build uses is listed as in use and can't be released until the build ends."""
    eip = {"AllocationId": network["EipInstanceId"]}
    create(EipInstanceId=network["EipInstanceId"])
    assert len(listed(vpc_call, Status="InUse")) == 1
    assert refusal("ReleaseEipAddress", eip, product="vpc") == (400, "IncorrectEipStatus")
    cloud.advance(600)
    vpc_call("ReleaseEipAddress", eip)


def test_time_passes_for_every_product(
    cloud: Cloud, vpc_call: Call, create: Callable[..., str], network: dict[str, str]
) -> None:
    """A build ends by the clock alone: an address is free again though nobody looked at the cache."""
    create(EipInstanceId=network["EipInstanceId"])
    cloud.clock.advance(600)
    assert [eip["Status"] for eip in listed(vpc_call)] == ["Available"]


def test_filters(cloud: Cloud, vpc_call: Call, network: dict[str, str]) -> None:
    """Addresses are selected by ID, address, name, status, group and tag, in their region."""
    eip = cloud.vpc.eips[network["EipInstanceId"]]
    cloud.vpc.allocate_eip("cn-beijing", "")
    eip.tags["a"] = "1"
    assert len(listed(vpc_call)) == 1
    assert len(listed(vpc_call, EipAddress=eip.ip_address)) == 1
    assert len(listed(vpc_call, **{"Tag.1.Key": "a", "Tag.1.Value": "1"})) == 1
    assert listed(vpc_call, Status="InUse") == []
    assert listed(vpc_call, EipName="other") == []
    assert listed(vpc_call, AllocationId="eip-none") == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Bandwidth": "0"}, (400, "InvalidParameter.Bandwidth")),
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"ResourceGroupId": "rg-none"}, (404, "EntityNotExists.ResourceGroup")),
    ],
)
def test_refused(refusal: Refusal, parameters: dict[str, Any], expected: tuple[int, str]) -> None:
    """What breaks a rule is refused."""
    assert refusal("AllocateEipAddress", parameters, product="vpc") == expected
