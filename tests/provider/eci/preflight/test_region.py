"""Tests of whether there is a region, by what the cloud's list of them says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from imagecache_provider.eci.preflight.region import no_such_region
from imagecache_provider.eci.products import ECI, Product
from imagecache_provider.errors import Cause, RefusedError
from imagecache_provider.preflight import Finding

HINT = "; did you mean "


class Regions:
    """A cloud that tells of its regions; None for one that refuses to."""

    def __init__(self, regions: list[str] | None) -> None:
        self._regions = regions

    async def call(
        self,
        action: str,
        parameters: Mapping[str, str],
        *,
        paced: bool = False,  # noqa: ARG002 - as `client.Client`
        product: Product = ECI,
    ) -> dict[str, Any]:
        """Answer."""
        assert (action, parameters, product) == ("DescribeRegions", {}, ECI)
        if self._regions is None:
            raise RefusedError(action, Cause("Forbidden.RAM", "No."))
        return {"Regions": [{"RegionId": region} for region in self._regions]}


def asked(region: str, there: list[str] | None, *, disbelieved: bool) -> Finding | None:
    """Ask."""
    return asyncio.run(no_such_region(Regions(there), region, disbelieved=disbelieved))


@pytest.mark.parametrize("disbelieved", [True, False])
def test_it_exists(disbelieved: bool) -> None:
    """A region in the list is one, whatever made it doubtful."""
    assert asked("cn-newtown", ["cn-hangzhou", "cn-newtown"], disbelieved=disbelieved) is None


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("cn-hangzou", f"{HINT}cn-hangzhou?"),
        ("cn-bejing", f"{HINT}cn-beijing?"),
        ("hangzhou", f"{HINT}cn-hangzhou?"),
        ("xy-nowhere-9", ""),
    ],
)
def test_missing(region: str, hint: str) -> None:
    """One that isn't in it is certain to be refused; the one most like it is named."""
    found = asked(region, ["cn-beijing", "cn-hangzhou", "us-west-1"], disbelieved=False)
    assert found is not None
    assert (found.property, found.fact) == ("regionId", f"{region} is no region that has ECI{hint}")
    assert (found.certain, found.everywhere) == (True, True)


@pytest.mark.parametrize("there", [None, []])
def test_no_list(there: list[str] | None) -> None:
    """Without a list the cloud's refusal counts; a name without an address alone doesn't."""
    assert asked("cn-newtown", there, disbelieved=False) is None
    found = asked("cn-newtown", there, disbelieved=True)
    assert found is not None
    assert found.fact == "cn-newtown is no region that has ECI"
