"""The actions of Ecs on regions and zones, from which the alicloud plugin makes its getZones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.regions import named_region

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

_INSTANCE_TYPES = ["ecs.c6.large", "ecs.g6.large", "ecs.r6.large"]
_DISK_CATEGORIES = ["cloud_efficiency", "cloud_ssd", "cloud_essd"]
_RESOURCE_TYPES = ["VSwitch", "IoOptimized", "Instance", "DedicatedHost", "Disk"]


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
    """List the zones of a region with what can be created there.

    Source: spec/networking.md section 4, alicloud_zones.
    """
    zones = [
        {
            "ZoneId": zone,
            "LocalName": zone,
            "ZoneType": "AvailabilityZone",
            "AvailableInstanceTypes": {"InstanceTypes": _INSTANCE_TYPES},
            "AvailableDiskCategories": {"DiskCategories": _DISK_CATEGORIES},
            "AvailableResourceCreation": {"ResourceTypes": _RESOURCE_TYPES},
            "AvailableResources": {"ResourcesInfo": []},
            "AvailableVolumeCategories": {"VolumeCategories": []},
            "AvailableDedicatedHostTypes": {"DedicatedHostType": []},
            "DedicatedHostGenerations": {"DedicatedHostGeneration": []},
        }
        for zone in cloud.regions[named_region(cloud, parameters)]
    ]
    return {"Zones": {"Zone": zones}}


def describe_available_resource(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the zones of a region in which something can be had; all of them have everything.

    Source: spec/networking.md section 4, alicloud_zones.
    """
    region_id = named_region(cloud, parameters)
    wanted = parameters.text("ZoneId")
    zones = [
        {
            "RegionId": region_id,
            "ZoneId": zone,
            "Status": "Available",
            "StatusCategory": "WithStock",
            "AvailableResources": {"AvailableResource": []},
        }
        for zone in cloud.regions[region_id]
        if wanted in {"", zone}
    ]
    return {"AvailableZones": {"AvailableZone": zones}}
