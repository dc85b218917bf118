"""The actions of Ecs on disks and snapshots: those that image caches are made with, and of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.ecs.exceptions import DiskNotFoundError, SnapshotNotFoundError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.builds import TransitInstance
    from imagecache_simulator.eci.image_cache import ImageCache
    from imagecache_simulator.ecs.snapshots import Snapshot
    from imagecache_simulator.wire import Parameters

_LARGEST_PAGE = 100


def describe_disks(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the disks of a region: those of the transit instances.

    Source: spec/eci-image-cache.md section 3, row transit instance (API page DescribeDisks).
    """
    region_id = named_region(cloud, parameters)
    rows = [
        disk_form(cache, cache.build.transit)
        for cache in cloud.eci.of_region(region_id)
        if cache.build is not None and cache.build.transit is not None
    ]
    names = {"DiskId": "DiskIds", "InstanceId": "", "ZoneId": "", "Status": "", "Category": ""}
    page, numbers = page_of(_selected(rows, parameters, names), parameters, largest=_LARGEST_PAGE)
    return {"Disks": {"Disk": page}, "NextToken": "", **numbers}


def delete_disk(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a transit instance's disk, which lets the build fail.

    Source: spec/eci-image-cache.md section 3, row transit instance (API page DeleteDisk).
    """
    disk_id = parameters.required("DiskId")
    if all(transit.disk_id != disk_id for transit in cloud.eci.transit_instances()):
        raise DiskNotFoundError
    cloud.eci.lose_transit(disk_id)
    return {}


def describe_snapshots(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the snapshots of a region: those of the image caches.

    Source: spec/eci-image-cache.md section 3, row snapshot (API page DescribeSnapshots).
    """
    region_id = named_region(cloud, parameters)
    rows = [
        snapshot_form(snapshot)
        for snapshot in cloud.ecs.snapshots.values()
        if snapshot.region_id == region_id and not snapshot.managed
    ]
    names = {"SnapshotId": "SnapshotIds", "SourceDiskId": "DiskId", "SnapshotName": "", "Category": ""}
    found = _selected(rows, parameters, names)
    if parameters.text("Status") not in {"", "all", "accomplished"}:
        found = []
    page, numbers = page_of(found, parameters, largest=_LARGEST_PAGE)
    return {"Snapshots": {"Snapshot": page}, "NextToken": "", **numbers}


def delete_snapshot(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a snapshot; the image cache that has no other can't be used any more.

    Source: spec/eci-image-cache.md section 3, row snapshot (API page DeleteSnapshot).
    """
    snapshot = cloud.ecs.snapshots.get(parameters.required("SnapshotId"))
    if snapshot is None or snapshot.managed:
        raise SnapshotNotFoundError
    cloud.eci.delete_snapshot(snapshot)
    return {}


def disk_form(cache: ImageCache, transit: TransitInstance) -> dict[str, Any]:
    """Return the disk of a transit instance as it's shown."""
    return {
        "DiskId": transit.disk_id,
        "RegionId": cache.region_id,
        "ZoneId": transit.zone_id,
        "InstanceId": transit.container_group_id,
        "Status": "In_use",
        "Category": "cloud_essd",
        "PerformanceLevel": "PL1",
        "Size": cache.inputs.size,
        "Type": "data",
        "DiskChargeType": "PostPaid",
        "DeleteWithInstance": True,
        "Encrypted": False,
        "Portable": False,
        "ResourceGroupId": cache.inputs.resource_group_id,
        "Tags": {"Tag": []},
    }


def snapshot_form(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as it's shown."""
    return {
        "SnapshotId": snapshot.snapshot_id,
        "SnapshotName": snapshot.name,
        "RegionId": snapshot.region_id,
        "Status": "accomplished",
        "Progress": "100%",
        "Available": True,
        "Category": "flash" if snapshot.local else "standard",
        "InstantAccess": snapshot.local,
        "SourceDiskId": snapshot.disk_id,
        "SourceDiskSize": str(snapshot.size),
        "SourceDiskType": "data",
        "Encrypted": False,
        "Usage": "none",
        "ResourceGroupId": snapshot.resource_group_id,
        "CreationTime": timestamp(snapshot.created),
        "Tags": {"Tag": []},
    }


def _selected(
    rows: list[dict[str, Any]], parameters: Parameters, names: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the rows that a call is about.

    Args:
        rows: all there are.
        parameters: the call's.
        names: field of a row -> parameter that selects by it, empty where both have one name. A parameter
            that ends in `Ids` is a JSON array.
    """
    for field, parameter in {**names, "ResourceGroupId": ""}.items():
        wanted = _values(parameters, parameter or field)
        rows = [row for row in rows if not wanted or row[field] in wanted]
    return rows


def _values(parameters: Parameters, name: str) -> list[str]:
    if name.endswith("Ids"):
        return parameters.ids(name) or []
    text = parameters.text(name)
    return [text] if text else []
