"""The actions of Ecs on regions and zones, from which the alicloud plugin makes its getZones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.regions import named_region
from imagecache_simulator.stock import DISK_CATEGORIES, INSTANCE_TYPES, NOT_OFFERED, SOLD, Goods, best

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

_RESOURCE_TYPES = ["VSwitch", "IoOptimized", "Instance", "DedicatedHost", "Disk"]
_MOST_CORES = 1024
_MOST_MEMORY = 65536


def describe_regions(cloud: Cloud, _: Parameters) -> dict[str, Any]:
    """List the regions and their endpoints.

    Source: spec/networking.md section 5, item 1.
    """
    regions = [
        {"RegionId": region, "LocalName": region, "RegionEndpoint": f"ecs.{region}.aliyuncs.com"}
        for region in cloud.regions
    ]
    return {"Regions": {"Region": regions}}


def describe_zones(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the zones of a region with what can be created there; a closed zone has nothing.

    Source: spec/networking.md section 4, alicloud_zones.
    """
    zones = [_zone_form(cloud, zone) for zone in cloud.regions[named_region(cloud, parameters)]]
    return {"Zones": {"Zone": zones}}


def describe_available_resource(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the zones of a region that offer something, and what is left of it.

    Source: spec/networking.md section 4, alicloud_zones.
    """
    region_id = named_region(cloud, parameters)
    wanted = parameters.text("ZoneId")
    kind, goods = _wanted_goods(parameters)
    zones = []
    for zone in cloud.regions[region_id]:
        found = {name: cloud.stock.category(zone, each) for name, each in goods.items()}
        offered = {name: category for name, category in found.items() if category != NOT_OFFERED}
        if wanted in {"", zone} and offered:
            zones.append(_available_form(region_id, zone, kind, offered))
    return {"AvailableZones": {"AvailableZone": zones}}


def _wanted_goods(parameters: Parameters) -> tuple[str, dict[str, Goods]]:
    """Return the kind of what a call asks for, and the goods by name."""
    kind = parameters.text("DestinationResource")
    if kind in {"SystemDisk", "DataDisk"}:
        disk = parameters.text(f"{kind}Category")
        names = [name for name in DISK_CATEGORIES if disk in {"", name}]
        return kind, {name: Goods(disk_category=name) for name in names}
    cores = parameters.number("Cores", 0, _MOST_CORES)
    memory = parameters.number("Memory", 0, _MOST_MEMORY)
    named = parameters.text("InstanceType")
    types = [
        name
        for name, (its_cores, its_memory) in INSTANCE_TYPES.items()
        if named in {"", name} and cores in {None, its_cores} and memory in {None, its_memory}
    ]
    return kind, {name: Goods(instance_type=name) for name in types}


def _available_form(region_id: str, zone: str, kind: str, offered: dict[str, str]) -> dict[str, Any]:
    """Return a zone and, unless it's zones that were asked for, what is left of each thing in it."""
    category = best(list(offered.values()))
    resources = [
        {
            "Value": name,
            "Status": _status(each),
            "StatusCategory": each,
        }
        for name, each in offered.items()
    ]
    lists_them = kind in {"InstanceType", "SystemDisk", "DataDisk"}
    available = [{"Type": kind, "SupportedResources": {"SupportedResource": resources}}] if lists_them else []
    return {
        "RegionId": region_id,
        "ZoneId": zone,
        "Status": _status(category),
        "StatusCategory": category,
        "AvailableResources": {"AvailableResource": available},
    }


def _status(category: str) -> str:
    return "Available" if category in SOLD else "SoldOut"


def _zone_form(cloud: Cloud, zone: str) -> dict[str, Any]:
    stock = cloud.stock
    is_open = stock.is_open(zone)
    types = [
        name
        for name in INSTANCE_TYPES
        if is_open and stock.category(zone, Goods(instance_type=name)) != NOT_OFFERED
    ]
    disks = [
        name
        for name in DISK_CATEGORIES
        if is_open and stock.category(zone, Goods(disk_category=name)) != NOT_OFFERED
    ]
    return {
        "ZoneId": zone,
        "LocalName": zone,
        "ZoneType": "AvailabilityZone",
        "AvailableInstanceTypes": {"InstanceTypes": types},
        "AvailableDiskCategories": {"DiskCategories": disks},
        "AvailableResourceCreation": {"ResourceTypes": _RESOURCE_TYPES if is_open else []},
        "AvailableResources": {"ResourcesInfo": []},
        "AvailableVolumeCategories": {"VolumeCategories": []},
        "AvailableDedicatedHostTypes": {"DedicatedHostType": []},
        "DedicatedHostGenerations": {"DedicatedHostGeneration": []},
    }
