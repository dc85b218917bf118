"""Tests of the snapshots of image caches: copies, Flash, and what their deletion does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]


@pytest.fixture
def snapshots(call: Call) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that lists the snapshots that Ecs shows."""

    def make(**parameters: Any) -> list[dict[str, Any]]:
        answer = call("DescribeSnapshots", {"PageSize": 100, **parameters}, product="ecs")
        shown: list[dict[str, Any]] = answer["Snapshots"]["Snapshot"]
        return shown

    return make


Snapshots = Callable[..., list[dict[str, Any]]]


def delete(call: Call, snapshot_id: str) -> None:
    """Delete a snapshot in Ecs."""
    call("DeleteSnapshot", {"SnapshotId": snapshot_id}, product="ecs")


def test_one_snapshot(cloud: Cloud, create: Create, describe: Describe, snapshots: Snapshots) -> None:
    """A cache is one standard snapshot of its transit disk, there as soon as the cache shows it."""
    image_cache_id = create(ImageCacheName="shop", ImageCacheSize=25)
    (transit,) = cloud.eci.transit_instances()
    assert snapshots() == []
    cloud.advance(600)
    (shown,) = snapshots()
    assert shown["SnapshotId"] == describe(image_cache_id)["SnapshotId"]
    assert (shown["SnapshotName"], shown["SourceDiskSize"]) == ("shop", "25")
    assert (shown["SourceDiskId"], shown["Status"]) == (transit.disk_id, "accomplished")
    assert (shown["Category"], shown["InstantAccess"]) == ("standard", False)


def test_copies_of_a_flash_cache(
    cloud: Cloud, create: Create, describe: Describe, snapshots: Snapshots
) -> None:
    """Flash makes its local copies first, then the standard ones, and then the local ones are gone."""
    image_cache_id = create(Flash=True, FlashCopyCount=2, StandardCopyCount=3)
    while describe(image_cache_id)["Status"] != "Ready":
        cloud.advance(1)
    assert [each["InstantAccess"] for each in snapshots()] == [True, True]
    assert describe(image_cache_id)["FlashSnapshotId"] == snapshots()[0]["SnapshotId"]
    cloud.advance(600)
    assert [each["InstantAccess"] for each in snapshots()] == [False] * 3
    assert describe(image_cache_id)["SnapshotId"] == snapshots()[0]["SnapshotId"]


def test_copies_without_flash(cloud: Cloud, create: Create, snapshots: Snapshots) -> None:
    """Without Flash only standard snapshots are made, whatever FlashCopyCount says."""
    create(FlashCopyCount=5, StandardCopyCount=2)
    cloud.advance(600)
    assert [each["Category"] for each in snapshots()] == ["standard"] * 2


def test_new_copy_count(
    cloud: Cloud, call: Call, create: Create, describe: Describe, snapshots: Snapshots
) -> None:
    """An update of the number of copies adds or drops them at once; the one that is shown stays."""
    image_cache_id = create()
    cloud.advance(600)
    first = describe(image_cache_id)["SnapshotId"]
    for count in (4, 2):
        call("UpdateImageCache", {"ImageCacheId": image_cache_id, "StandardCopyCount": count})
        assert len(snapshots()) == count
        assert describe(image_cache_id)["SnapshotId"] == first


def test_update_replaces(
    cloud: Cloud, call: Call, create: Create, describe: Describe, snapshots: Snapshots
) -> None:
    """A rebuild keeps the old snapshots until the new ones are there; a failed one keeps them on."""
    image_cache_id = create(StandardCopyCount=2)
    cloud.advance(600)
    old = [each["SnapshotId"] for each in snapshots()]
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "missing"})
    cloud.advance(600)
    assert describe(image_cache_id)["Status"] == "UpdateFailed"
    assert [each["SnapshotId"] for each in snapshots()] == old
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "redis"})
    assert describe(image_cache_id)["SnapshotId"] == old[0]
    cloud.advance(600)
    assert len(snapshots()) == 2
    assert not {each["SnapshotId"] for each in snapshots()} & set(old)


def test_gone_with_the_cache(cloud: Cloud, call: Call, create: Create, snapshots: Snapshots) -> None:
    """Snapshots go with their cache, be it deleted or expired."""
    deleted = create()
    create(RetentionDays=1)
    cloud.advance(600)
    assert len(snapshots()) == 2
    call("DeleteImageCache", {"ImageCacheId": deleted})
    assert len(snapshots()) == 1
    cloud.advance(86400)
    assert snapshots() == []


def test_deleting_all_copies(
    cloud: Cloud, call: Call, create: Create, describe: Describe, snapshots: Snapshots
) -> None:
    """A cache shows another copy while one is left; without any it has failed for good."""
    image_cache_id = create(StandardCopyCount=2)
    cloud.advance(600)
    first, second = (each["SnapshotId"] for each in snapshots())
    delete(call, first)
    assert (describe(image_cache_id)["Status"], describe(image_cache_id)["SnapshotId"]) == ("Ready", second)
    delete(call, second)
    shown = describe(image_cache_id)
    assert shown["Status"] == "Failed"
    assert "SnapshotId" not in shown
    assert "ExpireDateTime" not in shown
    assert (shown["Events"][-1]["Type"], second in shown["Events"][-1]["Message"]) == ("Warning", True)
    cloud.advance(3 * 86400)
    assert describe(image_cache_id)["Status"] == "Failed"


def test_deleting_the_local_snapshot(cloud: Cloud, call: Call, create: Create, describe: Describe) -> None:
    """The local snapshot deleted before the standard one is there ends the build."""
    image_cache_id = create(Flash=True)
    while describe(image_cache_id)["Status"] != "Ready":
        cloud.advance(1)
    delete(call, describe(image_cache_id)["FlashSnapshotId"])
    cloud.advance(600)
    shown = describe(image_cache_id)
    assert (shown["Status"], "SnapshotId" in shown, "FlashSnapshotId" in shown) == ("Failed", False, False)


def test_deleting_the_old_one_while_updating(
    cloud: Cloud, call: Call, create: Create, describe: Describe
) -> None:
    """The old snapshot deleted during an update goes out of sight; the update makes a new one."""
    image_cache_id = create()
    cloud.advance(600)
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "redis"})
    delete(call, describe(image_cache_id)["SnapshotId"])
    shown = describe(image_cache_id)
    assert (shown["Status"], "SnapshotId" in shown) == ("Updating", False)
    cloud.advance(600)
    assert describe(image_cache_id)["SnapshotId"]


def test_selection(cloud: Cloud, create: Create, snapshots: Snapshots) -> None:
    """Snapshots are selected by ID, name and region, and come in pages."""
    create(ImageCacheName="a")
    create(ImageCacheName="b")
    cloud.advance(600)
    first, second = snapshots()
    assert snapshots(SnapshotIds=f'["{second["SnapshotId"]}"]') == [second]
    assert snapshots(SnapshotName="a") == [first]
    assert snapshots(RegionId="cn-beijing") == []
    assert snapshots(Status="failed") == []
    assert snapshots(PageSize=1, PageNumber=2) == [second]


def test_automatic_cache(cloud: Cloud, call: Call, snapshots: Snapshots, refusal: Callable[..., Any]) -> None:
    """The snapshot of an automatic cache is Alibaba Cloud's: the account neither sees nor deletes it."""
    group = {"ContainerGroupName": "web", "Container.1.Name": "web", "Container.1.Image": "nginx"}
    call("CreateContainerGroup", {**group, "AutoMatchImageCache": True})
    cloud.advance(1200)
    (cache,) = cloud.eci.image_caches.values()
    assert cache.snapshot_id
    assert snapshots() == []
    missing = (404, "InvalidSnapshotId.NotFound")
    assert refusal("DeleteSnapshot", {"SnapshotId": cache.snapshot_id}, product="ecs") == missing
    assert cache.status == "Ready"


def test_refused(cloud: Cloud, create: Create, refusal: Callable[..., Any]) -> None:
    """A snapshot that isn't there is 404; IDs that are no JSON array are 400."""
    create()
    cloud.advance(600)
    missing = (404, "InvalidSnapshotId.NotFound")
    assert refusal("DeleteSnapshot", {"SnapshotId": "s-none"}, product="ecs") == missing
    bad = {"SnapshotIds": "s-1,s-2"}
    expected = (400, "InvalidParameter.SnapshotIds")
    assert refusal("DescribeSnapshots", bad, product="ecs") == expected
