"""The actions of Eci on regions, zones and what they have left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.eci.placement import TRANSIT_SIZE
from imagecache_simulator.exceptions import InvalidParameterError, InvalidZoneNotFoundError
from imagecache_simulator.regions import named_region
from imagecache_simulator.stock import INSTANCE_TYPES, NOT_OFFERED, Goods, best

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

_FAMILY, _TYPE = "InstanceTypeFamily", "InstanceType"
_MOST_CORES = 1024
_MOST_MEMORY = 65536


def describe_regions(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the regions, or the one that is named, with their zones and those that have plenty.

    Source: spec/eci-image-cache.md section 6 (API page DescribeRegions).
    """
    wanted = named_region(cloud, parameters) if parameters.text("RegionId") else ""
    regions = [
        {
            "RegionId": region,
            "RegionEndpoint": f"eci.{region}.aliyuncs.com",
            "Zones": zones,
            "RecommendZones": [
                zone for zone in zones if cloud.stock.category(zone, TRANSIT_SIZE) == "WithStock"
            ],
        }
        for region, zones in cloud.regions.items()
        if wanted in {"", region}
    ]
    return {"Regions": regions}


def describe_available_resource(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the zones of a region that offer instance types or families, and what is left of them.

    Source: spec/eci-image-cache.md section 6 (API page DescribeAvailableResource).
    """
    region_id = named_region(cloud, parameters)
    wanted = parameters.text("ZoneId")
    if wanted and wanted not in cloud.regions[region_id]:
        raise InvalidZoneNotFoundError
    category = parameters.required("DestinationResource.Category")
    names = _wanted_types(category, parameters)
    zones = []
    for zone in cloud.regions[region_id]:
        found = _supported(cloud, zone, category, names)
        if wanted in {"", zone} and found:
            zones.append(
                {
                    "RegionId": region_id,
                    "ZoneId": zone,
                    "AvailableResources": {
                        "AvailableResource": [
                            {"Type": category, "SupportedResources": {"SupportedResource": found}}
                        ]
                    },
                }
            )
    return {"AvailableZones": {"AvailableZone": zones}}


def _wanted_types(category: str, parameters: Parameters) -> list[str]:
    """Return the instance types that a call is about."""
    prefix = "DestinationResource."
    value = parameters.text(prefix + "Value")
    if category == _FAMILY:
        return [name for name in INSTANCE_TYPES if value in {"", _family_of(name)}]
    if category != _TYPE:
        raise InvalidParameterError(prefix + "Category", f"It is {_FAMILY} or {_TYPE}.")
    cores = parameters.number(prefix + "Cores", 0, _MOST_CORES)
    memory = parameters.number(prefix + "Memory", 0, _MOST_MEMORY)
    return [
        name
        for name, (its_cores, its_memory) in INSTANCE_TYPES.items()
        if value in {"", name} and cores in {None, its_cores} and memory in {None, its_memory}
    ]


def _supported(cloud: Cloud, zone: str, category: str, names: list[str]) -> list[dict[str, str]]:
    """Return what a zone offers of some instance types, one by one or by family; a family's best counts."""
    left: dict[str, list[str]] = {}
    for name in names:
        value = _family_of(name) if category == _FAMILY else name
        left.setdefault(value, []).append(cloud.stock.category(zone, Goods(instance_type=name)))
    rows = [{"Value": value, "StatusCategory": best(categories)} for value, categories in left.items()]
    return [row for row in rows if row["StatusCategory"] != NOT_OFFERED]


def _family_of(instance_type: str) -> str:
    return instance_type.rpartition(".")[0]
