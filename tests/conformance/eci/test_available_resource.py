"""ECI's DescribeAvailableResource: what zones have left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account, Product


def zones(answer: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return zone ID to what it has, with its category of stock."""
    return {
        zone["ZoneId"]: {
            each["Value"]: each["StatusCategory"]
            for resource in zone["AvailableResources"]["AvailableResource"]
            for each in resource["SupportedResources"]["SupportedResource"]
        }
        for zone in answer["AvailableZones"]["AvailableZone"]
    }


def test_families(eci: Product, account: Account) -> None:
    """Families of instance types are listed by zone, with what is left of them."""
    answer = eci("DescribeAvailableResource", DestinationResource={"Category": "InstanceTypeFamily"})
    found = zones(answer)
    assert found
    for zone in answer["AvailableZones"]["AvailableZone"]:
        assert zone["RegionId"] == account.access.region
        (resource,) = zone["AvailableResources"]["AvailableResource"]
        assert resource["Type"] == "InstanceTypeFamily"
    assert set().union(*(each.values() for each in found.values())) <= {
        "WithStock", "ClosedWithStock", "WithoutStock", "ClosedWithoutStock"
    }  # fmt: skip


def test_types(eci: Product) -> None:
    """Instance types are chosen by size, by name and by zone."""
    category = {"Category": "InstanceType"}
    sized = zones(eci("DescribeAvailableResource", DestinationResource={**category, "Cores": 2, "Memory": 4}))
    zone_id, types = next(iter(sized.items()))
    name = next(iter(types))
    named = eci("DescribeAvailableResource", DestinationResource={**category, "Value": name}, ZoneId=zone_id)
    assert list(zones(named)) == [zone_id]
    assert list(zones(named)[zone_id]) == [name]


@pytest.mark.simulator_only("a zone that is sold out")
def test_sold_out(eci: Product, drive: Callable[..., Any]) -> None:
    """A zone that is sold out says so."""
    drive("POST", "stock", ZoneId="cn-hangzhou-h", StatusCategory="WithoutStock")
    destination = {"Category": "InstanceType"}
    answer = eci("DescribeAvailableResource", DestinationResource=destination, ZoneId="cn-hangzhou-h")
    assert set(zones(answer)["cn-hangzhou-h"].values()) == {"WithoutStock"}


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"DestinationResource": None}, (400, "MissingDestinationResource.Category")),
        ({"DestinationResource": {"Category": "Pumpkin"}},
         (400, "InvalidParameter.DestinationResource.Category")),
        ({"ZoneId": "cn-atlantis-a"}, (404, "InvalidZoneId.NotFound")),
    ],
)  # fmt: skip
def test_refused(eci: Product, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """Region and category are needed, and the zone must be one."""
    named = {"DestinationResource": {"Category": "InstanceType"}, **parameters}
    assert eci.refused("DescribeAvailableResource", **named) == refusal
