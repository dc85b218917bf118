"""The snapshots that an image cache consists of: taken by its build, as many as it has copies.

`image_cache_lifecycle` calls it as a build goes on. A cache shows the first one of each kind; all of them
exist in Ecs. Source: spec/eci-image-cache.md section 3, rows snapshot and Flash.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.ecs.snapshots import Snapshot

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.image_cache import ImageCache


def snapshots_of(cloud: Cloud, cache: ImageCache, *, local: bool) -> list[Snapshot]:
    """Return the snapshots of a cache, the local or the standard ones, the oldest first."""
    return [
        snapshot
        for snapshot in cloud.ecs.snapshots.values()
        if snapshot.image_cache_id == cache.image_cache_id and snapshot.local is local
    ]


def take_snapshots(cloud: Cloud, cache: ImageCache, disk_id: str, moment: datetime, *, local: bool) -> None:
    """Take a cache's snapshots of a disk, as many as it has copies; those that it had until now go."""
    drop_snapshots(cloud, cache)
    for _ in range(_copies(cache, local=local)):
        _take(cloud, cache, disk_id, moment, local=local)
    show_snapshots(cloud, cache)


def adjust_copies(cloud: Cloud, cache: ImageCache, moment: datetime) -> None:
    """Copy a finished cache's standard snapshot, or drop copies, until there are as many as it shall have."""
    present = snapshots_of(cloud, cache, local=False)
    wanted = _copies(cache, local=False)
    for snapshot in present[wanted:]:
        del cloud.ecs.snapshots[snapshot.snapshot_id]
    if present:
        for _ in range(wanted - len(present)):
            _take(cloud, cache, present[0].disk_id, moment, local=False)


def drop_snapshots(cloud: Cloud, cache: ImageCache) -> None:
    """Delete all snapshots of a cache."""
    for local in (True, False):
        for snapshot in snapshots_of(cloud, cache, local=local):
            del cloud.ecs.snapshots[snapshot.snapshot_id]
    show_snapshots(cloud, cache)


def show_snapshots(cloud: Cloud, cache: ImageCache) -> None:
    """Let a cache show the first snapshot of each kind that it has."""
    standard, local = (snapshots_of(cloud, cache, local=kind) for kind in (False, True))
    cache.snapshot_id = standard[0].snapshot_id if standard else ""
    cache.flash_snapshot_id = local[0].snapshot_id if local else ""


def _copies(cache: ImageCache, *, local: bool) -> int:
    return cache.inputs.flash_copy_count if local else cache.inputs.standard_copy_count


def _take(cloud: Cloud, cache: ImageCache, disk_id: str, moment: datetime, *, local: bool) -> None:
    snapshot = Snapshot(
        snapshot_id=cloud.new_id("s"),
        region_id=cache.region_id,
        image_cache_id=cache.image_cache_id,
        name=cache.inputs.name,
        disk_id=disk_id,
        size=cache.inputs.size,
        local=local,
        managed=cache.automatic,
        resource_group_id=cache.inputs.resource_group_id,
        created=moment,
    )
    cloud.ecs.snapshots[snapshot.snapshot_id] = snapshot
