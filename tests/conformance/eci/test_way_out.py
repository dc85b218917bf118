"""How builds reach public registries: by an elastic IP address or a NAT gateway, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account

pytestmark = [
    pytest.mark.costs("transit instances, their disks, an elastic IP address and a NAT gateway, for minutes"),
    pytest.mark.usefixtures("needs_internet"),
]


@pytest.fixture
def closed(background: Account, network: dict[str, str]) -> str:
    """Return the ID of a vSwitch that nothing lets out."""
    named = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"], "CidrBlock": "10.4.0.0/24"}
    made: str = background.call("Vpc", "CreateVSwitch", named)["VSwitchId"]
    return made


def test_no_way_out(closed: str, image_cache: Callable[..., str], shown: Callable[..., Any]) -> None:
    """Without an address of its own and without a NAT gateway a build can't pull a public image."""
    cache = shown(image_cache(until="Failed", VSwitchId=closed))
    assert "nginx:1.25" in cache["Events"][-1]["Message"]


def test_address(closed: str, image_cache: Callable[..., str], background: Account) -> None:
    """With an elastic IP address a build pulls public images."""
    eip = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    assert image_cache(VSwitchId=closed, EipInstanceId=eip["AllocationId"])


def test_nat_gateway(
    closed: str,
    image_cache: Callable[..., str],
    background: Account,
    network: dict[str, str],
    eventually: Callable[[Callable[[], Any]], Any],
) -> None:
    """With a NAT gateway that lets its vSwitch out a build pulls public images."""
    eip = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    named = {"VpcId": network["VpcId"], "VSwitchId": closed, "NatType": "Enhanced"}
    gateway = background.call("Vpc", "CreateNatGateway", named)
    shown = {"NatGatewayId": gateway["NatGatewayId"]}
    eventually(lambda: background.call("Vpc", "GetNatGatewayAttribute", shown)["Status"] == "Available")
    bound = {
        "AllocationId": eip["AllocationId"],
        "InstanceId": gateway["NatGatewayId"],
        "InstanceType": "Nat",
    }
    background.call("Vpc", "AssociateEipAddress", bound)

    def is_bound() -> bool:
        answer = background.call("Vpc", "DescribeEipAddresses", {"AllocationId": eip["AllocationId"]})
        return bool(answer["EipAddresses"]["EipAddress"][0]["Status"] == "InUse")

    eventually(is_bound)
    (table_id,) = gateway["SnatTableIds"]["SnatTableId"]
    entry = {"SnatTableId": table_id, "SourceVSwitchId": closed, "SnatIp": eip["EipAddress"]}
    background.call("Vpc", "CreateSnatEntry", entry)
    assert image_cache(VSwitchId=closed)
