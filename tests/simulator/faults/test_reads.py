"""Tests of reads that are behind what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]


@pytest.fixture
def endpoint(in_process: str) -> str:
    """Use one door: what is read doesn't depend on it."""
    return in_process


@pytest.fixture
def seen(call: Call) -> Callable[[], dict[str, str]]:
    """Return a function that lists the caches' statuses by ID."""

    def make() -> dict[str, str]:
        caches = call("DescribeImageCaches")["ImageCaches"]
        return {cache["ImageCacheId"]: cache["Status"] for cache in caches}

    return make


def test_stale(cloud: Cloud, create: Create, call: Call, seen: Callable[[], dict[str, str]]) -> None:
    """Reads see what was made, what became of it and its deletion so many seconds later."""
    cloud.faults.stale("DescribeImageCaches", seconds=30, times=None)
    made = create()
    assert seen() == {}
    cloud.advance(29)
    assert seen() == {}
    cloud.advance(1)
    assert seen() == {made: "Preparing"}
    cloud.advance(600)
    assert seen() == {made: "Ready"}
    call("DeleteImageCache", {"ImageCacheId": made})
    assert made not in cloud.eci.image_caches
    assert seen() == {made: "Ready"}
    cloud.advance(30)
    assert seen() == {}


def test_stale_in_one_step(cloud: Cloud, create: Create, seen: Callable[[], dict[str, str]]) -> None:
    """However far time is moved at once, the state is that of so many seconds ago."""
    made, before = create(), Cloud(seed=7)
    cloud.faults.stale("DescribeImageCaches", seconds=580, times=None)
    cloud.advance(600)
    assert before.clock.now() < cloud.clock.now()
    assert seen() == {made: "Preparing"}
    assert cloud.eci.image_caches[made].status == "Ready"


def test_stale_update(cloud: Cloud, create: Create, call: Call) -> None:
    """What an update changed is seen late, and IDs are those that really are."""
    made = create(Tag__1__Key="stage", Tag__1__Value="old")
    cloud.advance(600)
    cloud.faults.stale(seconds=60, times=None)
    tag = {"Tag.1.Key": "a", "Tag.1.Value": ""}
    call("TagResources", {"ResourceType": "imagecache", "ResourceId.1": made, **tag})

    def keys() -> list[str]:
        (cache,) = call("DescribeImageCaches")["ImageCaches"]
        assert cache["SnapshotId"] == cloud.eci.image_caches[made].snapshot_id
        return [tag["Key"] for tag in cache["Tags"]]

    assert keys() == ["stage"]
    cloud.advance(60)
    assert keys() == ["stage", "a"]


def test_stale_reads_of_networks(cloud: Cloud, call: Call) -> None:
    """Any reading action may be behind; what isn't read, never."""
    cloud.faults.stale("DescribeVpcs", seconds=10, times=None)
    call("CreateVpc", {"CidrBlock": "10.0.0.0/8"}, product="vpc")
    cloud.advance(9)
    assert call("DescribeVpcs", product="vpc")["TotalCount"] == 0
    cloud.advance(1)
    assert call("DescribeVpcs", product="vpc")["TotalCount"] == 1


def test_stale_once(cloud: Cloud, create: Create, seen: Callable[[], dict[str, str]]) -> None:
    """A fault that has struck keeps nothing back any more."""
    fault = cloud.faults.stale("DescribeImageCaches", seconds=30)
    made = create()
    assert seen() == {}
    assert fault.spent
    assert seen() == {made: "Preparing"}


def test_copies_are_few(cloud: Cloud, create: Create, seen: Callable[[], dict[str, str]]) -> None:
    """Many looks don't pile up copies of the account."""
    cloud.faults.stale("DescribeImageCaches", seconds=100, times=None)
    create()
    for _ in range(1000):
        cloud.advance(0.2)
    assert len(cloud.faults._past._copies) < 250  # noqa: SLF001 - memory can't be seen otherwise
    assert seen()


def test_hide_new_groups(cloud: Cloud, call: Call) -> None:
    """Container groups that are new aren't shown for a while either, nor the addresses made for them."""
    named = {"ContainerGroupName": "shop", "Container.1.Name": "web", "Container.1.Image": "nginx:1.25"}
    cloud.faults.hide_new(seconds=20, times=None)
    made = call("CreateContainerGroup", {**named, "AutoCreateEip": True})["ContainerGroupId"]
    assert call("DescribeContainerGroups")["ContainerGroups"] == []
    cloud.advance(20)
    (shown,) = call("DescribeContainerGroups")["ContainerGroups"]
    assert shown["ContainerGroupId"] == made
    assert cloud.eci.container_groups[made].internet_ip


def test_hide_new(cloud: Cloud, create: Create, seen: Callable[[], dict[str, str]]) -> None:
    """Caches that are new aren't shown for a while; those that are, are shown as they are."""
    old = create()
    cloud.advance(600)
    cloud.faults.hide_new("DescribeImageCaches", seconds=20, times=None)
    new = create()
    assert seen() == {old: "Ready"}
    cloud.advance(20)
    assert seen() == {old: "Ready", new: "Preparing"}
    assert len(cloud.eci.image_caches) == 2
