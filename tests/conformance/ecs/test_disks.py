"""Disks and snapshots: those that image caches are made with, and of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Product

pytestmark = pytest.mark.costs("a transit instance, its disk and a snapshot, for minutes")


@pytest.fixture
def shown(eci: Product) -> Callable[[str], dict[str, Any]]:
    """Return a function that shows one image cache, which must be there."""

    def show(image_cache_id: str) -> dict[str, Any]:
        (cache,) = eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"]
        found: dict[str, Any] = cache
        return found

    return show


def test_disk(
    ecs: Product, image_cache: Callable[..., str], shown: Callable[..., Any], network: dict[str, str]
) -> None:
    """While a cache is built, its transit instance has a disk of the cache's size: an ESSD of level PL1."""
    cache = shown(image_cache(until="Creating"))
    answer = ecs("DescribeDisks", InstanceId=cache["ContainerGroupId"], PageNumber=1, PageSize=10)
    (disk,) = answer["Disks"]["Disk"]
    assert disk["DiskId"].startswith("d-")
    assert (disk["Category"], disk["PerformanceLevel"], disk["Size"]) == ("cloud_essd", "PL1", 20)
    assert (disk["Status"], disk["InstanceId"]) == ("In_use", cache["ContainerGroupId"])
    assert disk["ZoneId"] == network["ZoneId"]
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)
    found = ecs("DescribeDisks", DiskIds=json.dumps([disk["DiskId"]]), ZoneId=network["ZoneId"],
                Status="In_use", Category="cloud_essd", ResourceGroupId=disk["ResourceGroupId"])  # fmt: skip
    assert [each["DiskId"] for each in found["Disks"]["Disk"]] == [disk["DiskId"]]


def test_delete_disk(
    ecs: Product,
    image_cache: Callable[..., str],
    shown: Callable[..., Any],
    eventually: Callable[[Callable[[], Any]], Any],
) -> None:
    """Deleting the disk of a transit instance lets the build fail."""
    image_cache_id = image_cache(until="Creating")
    group_id = shown(image_cache_id)["ContainerGroupId"]
    (disk,) = ecs("DescribeDisks", InstanceId=group_id)["Disks"]["Disk"]
    ecs("DeleteDisk", DiskId=disk["DiskId"])
    eventually(lambda: shown(image_cache_id)["Status"] == "Failed")
    assert ecs.refused("DeleteDisk", DiskId=disk["DiskId"]) == (404, "InvalidDiskId.NotFound")


def test_snapshot(ecs: Product, image_cache: Callable[..., str], shown: Callable[..., Any]) -> None:
    """A Ready cache is a snapshot, which is listed among the account's."""
    cache = shown(image_cache())
    named = {"SnapshotIds": json.dumps([cache["SnapshotId"]])}
    answer = ecs("DescribeSnapshots", **named, PageNumber=1, PageSize=10)
    (snapshot,) = answer["Snapshots"]["Snapshot"]
    assert (snapshot["SnapshotId"], snapshot["Status"]) == (cache["SnapshotId"], "accomplished")
    assert (snapshot["SourceDiskSize"], snapshot["Progress"]) == ("20", "100%")
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)
    found = ecs("DescribeSnapshots", DiskId=snapshot["SourceDiskId"], SnapshotName=snapshot["SnapshotName"],
                Status="accomplished", Category="standard",
                ResourceGroupId=snapshot["ResourceGroupId"])  # fmt: skip
    assert [each["SnapshotId"] for each in found["Snapshots"]["Snapshot"]] == [cache["SnapshotId"]]


def test_delete_snapshot(ecs: Product, image_cache: Callable[..., str], shown: Callable[..., Any]) -> None:
    """Deleting a cache's snapshot makes it useless: it isn't Ready any more."""
    cache = shown(image_cache())
    ecs("DeleteSnapshot", SnapshotId=cache["SnapshotId"])
    assert ecs("DescribeSnapshots", SnapshotIds=json.dumps([cache["SnapshotId"]]))["TotalCount"] == 0
    assert shown(cache["ImageCacheId"])["Status"] == "Failed"
    refusal = ecs.refused("DeleteSnapshot", SnapshotId=cache["SnapshotId"])
    assert refusal == (404, "InvalidSnapshotId.NotFound")


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("DescribeDisks", {"RegionId": None}, (400, "MissingRegionId")),
        ("DescribeDisks", {"DiskIds": "d-1"}, (400, "InvalidParameter.DiskIds")),
        ("DescribeSnapshots", {"RegionId": None}, (400, "MissingRegionId")),
        ("DescribeSnapshots", {"SnapshotIds": "s-1"}, (400, "InvalidParameter.SnapshotIds")),
        ("DeleteDisk", {}, (400, "MissingDiskId")),
        ("DeleteSnapshot", {}, (400, "MissingSnapshotId")),
    ],
)
def test_refused(ecs: Product, action: str, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """What is missing, and a list that is none, is refused."""
    assert ecs.refused(action, **parameters) == refusal
