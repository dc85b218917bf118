"""The snapshots of an account's disks, on plain data; `eci.snapshots` takes those of image caches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Snapshot:
    """A snapshot of a disk.

    Attributes:
        snapshot_id: `s-…`.
        image_cache_id: the image cache that it belongs to.
        name: the image cache's.
        disk_id: what it was taken of; that disk is gone.
        size: of the disk, in GiB.
        managed: it's of an automatic cache, so Alibaba Cloud's own: the account doesn't see it.
        local: usable at once and for a while only, in the words of Ecs: with instant access.
    """

    snapshot_id: str
    region_id: str
    image_cache_id: str
    name: str
    disk_id: str
    size: int
    local: bool
    managed: bool
    resource_group_id: str
    created: datetime
