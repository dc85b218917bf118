"""`imagecache:eci:getUsage` and `imagecache:eci:getRegions`: what an account may use, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from imagecache_provider.eci.account_function import AccountFunction, AskedRegion
from imagecache_provider.fields import OPTIONAL, Model, Property, fields


class GetUsageArgs(Model):
    """Of which region to tell quotas and their use."""

    region_id: AskedRegion = OPTIONAL


class GetUsageResult(Model):
    """Quotas of a region and how much of them is used; what the cloud doesn't tell is left out."""

    max_image_cache_count: Annotated[
        int, Property("How many image caches there may be.", "MaxImageCacheCount")
    ] = OPTIONAL
    used_image_cache_count: Annotated[
        int, Property("How many image caches there are.", "UsedImageCacheCount")
    ] = OPTIONAL
    max_auto_image_cache_count: Annotated[
        int, Property("How many automatic image caches there may be.", "MaxAutoImageCacheCount")
    ] = OPTIONAL
    used_auto_image_cache_count: Annotated[
        int, Property("How many automatic image caches there are.", "UsedAutoImageCacheCount")
    ] = OPTIONAL
    max_data_cache_count: Annotated[
        int, Property("How many data caches there may be.", "MaxDataCacheCount")
    ] = OPTIONAL
    used_data_cache_count: Annotated[
        int, Property("How many data caches there are.", "UsedDataCacheCount")
    ] = OPTIONAL
    max_cpu: Annotated[float, Property("How many vCPUs instances may have in all.", "MaxCpu")] = OPTIONAL
    used_cpu: Annotated[float, Property("How many vCPUs instances have in all.", "UsedCpu")] = OPTIONAL


class GetRegionsArgs(Model):
    """Nothing has to be said."""


class EciRegion(Model):
    """A region that has ECI."""

    region_id: Annotated[str, Property("The region's ID.", "RegionId")]
    region_endpoint: Annotated[str, Property("Where ECI is called for it.", "RegionEndpoint")]
    zones: Annotated[list[str], Property("Its zones that have ECI.", "Zones")]
    recommend_zones: Annotated[list[str], Property("Those that the cloud recommends.", "RecommendZones")]


class GetRegionsResult(Model):
    """The regions that have ECI."""

    regions: Annotated[list[EciRegion], Property("The regions.")]


class GetUsage(AccountFunction):
    """Quotas and their use. Fulfils `function.Function`."""

    token: ClassVar[str] = "imagecache:eci:getUsage"  # noqa: S105 - a Pulumi token
    description: ClassVar[str] = "Tells a region's quotas, and how much of them is used."
    args: ClassVar[type[Model]] = GetUsageArgs
    result: ClassVar[type[Model]] = GetUsageResult

    async def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """ListUsage."""
        answer = await self._client.call("ListUsage", {"RegionId": arguments["regionId"]})
        told = answer.get("Attributes") or {}
        return {
            name: field.annotation(told[field.property.wire])
            for name, field in fields(GetUsageResult).items()
            if told.get(field.property.wire) is not None
        }


class GetRegions(AccountFunction):
    """The regions that have ECI. Fulfils `function.Function`."""

    token: ClassVar[str] = "imagecache:eci:getRegions"  # noqa: S105 - a Pulumi token
    description: ClassVar[str] = "Lists the regions that have ECI, with their zones."
    args: ClassVar[type[Model]] = GetRegionsArgs
    result: ClassVar[type[Model]] = GetRegionsResult

    async def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - it takes none
        """DescribeRegions."""
        answer = await self._client.call("DescribeRegions", {})
        return {"regions": [_region(region) for region in answer.get("Regions") or []]}


def _region(region: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "regionId": str(region["RegionId"]),
        "regionEndpoint": str(region.get("RegionEndpoint") or ""),
        "zones": [str(zone) for zone in region.get("Zones") or []],
        "recommendZones": [str(zone) for zone in region.get("RecommendZones") or []],
    }
