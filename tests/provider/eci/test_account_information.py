"""Tests of what an account may use, and where: how answers are read. test_invoke asks a simulated one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from imagecache_provider.eci.account_information import GetRegions, GetUsage
from imagecache_provider.eci.products import ECI, Product


class Prepared:
    """A client with one answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    async def call(
        self, action: str, parameters: Mapping[str, str], *, paced: bool = False, product: Product = ECI
    ) -> dict[str, Any]:
        """Give the answer."""
        del action, parameters, paced, product
        return self.answer


def test_usage_leaves_out_what_isnt_told() -> None:
    """Quotas that the cloud doesn't tell are left out, zero is told, and vCPUs may be broken numbers."""
    told = {"MaxImageCacheCount": 500, "UsedImageCacheCount": 0, "UsedCpu": 16.5, "MaxCpu": None, "New": 1}
    usage = asyncio.run(GetUsage(Prepared({"Attributes": told})).call({"regionId": "cn-hangzhou"}))
    assert usage == {"maxImageCacheCount": 500, "usedImageCacheCount": 0, "usedCpu": 16.5}


def test_no_attributes() -> None:
    """An answer without any is no error."""
    assert asyncio.run(GetUsage(Prepared({})).call({"regionId": "cn-hangzhou"})) == {}


def test_region_without_zones() -> None:
    """A region of which the cloud tells only the ID has empty lists."""
    found = asyncio.run(GetRegions(Prepared({"Regions": [{"RegionId": "cn-hangzhou"}]})).call({}))
    region = {"regionId": "cn-hangzhou", "regionEndpoint": "", "zones": [], "recommendZones": []}
    assert found == {"regions": [region]}
