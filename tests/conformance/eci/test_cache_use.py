"""What image caches are to container groups: ImageSnapshotId, AutoMatchImageCache, pull policies, events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Product

Show = Callable[[str], dict[str, Any]]
Wait = Callable[[Callable[[], Any]], Any]

pytestmark = pytest.mark.costs("transit instances, instances, disks and snapshots, for minutes")


def reasons(shown: dict[str, Any]) -> list[str]:
    """Return the reasons of a group's events."""
    return [event["Reason"] for event in shown["Events"]]


def test_match(
    eci: Product, named: dict[str, Any], image_cache: Callable[..., str], group: Show, eventually: Wait
) -> None:
    """With AutoMatchImageCache a group finds the best cache by itself."""
    image_cache_id = image_cache()
    made = eci("CreateContainerGroup", **named, AutoMatchImageCache=True)
    eventually(lambda: group(made["ContainerGroupId"])["Status"] == "Running")
    (hit,) = (
        event
        for event in group(made["ContainerGroupId"])["Events"]
        if event["Reason"] == "SuccessfulHitImageCache"
    )
    assert hit["Type"] == "Normal"
    assert image_cache_id in hit["Message"]


@pytest.mark.parametrize(("policy", "pulls"), [("IfNotPresent", False), ("Always", True)])
def test_pull_policy(
    eci: Product,
    named: dict[str, Any],
    image_cache: Callable[..., str],
    group: Show,
    eventually: Wait,
    policy: str,
    pulls: bool,
) -> None:
    """A cache helps with IfNotPresent; with Always the image is pulled nevertheless."""
    container = {"Name": "web", "Image": "nginx:1.25", "ImagePullPolicy": policy}
    made = eci("CreateContainerGroup", **{**named, "Container": [container]}, ImageSnapshotId=image_cache())
    eventually(lambda: group(made["ContainerGroupId"])["Status"] == "Running")
    assert ("Pulling" in reasons(group(made["ContainerGroupId"]))) is pulls


@pytest.mark.simulator_only("it leaves an image cache that carries no tag")
def test_miss(eci: Product, named: dict[str, Any], group: Show, eventually: Wait) -> None:
    """Where nothing matches, the images are pulled, and a cache is made of them that the next group finds."""
    made = eci("CreateContainerGroup", **named, AutoMatchImageCache=True)
    container_group_id = made["ContainerGroupId"]
    eventually(lambda: group(container_group_id)["Status"] == "Running")
    events = reasons(group(container_group_id))
    assert "ImageCacheMissed" in events
    assert "Pulling" in events
    automatic = {"ImageCacheName": f"auto-create-for-{container_group_id}"}
    eventually(
        lambda: [
            cache
            for cache in eci("DescribeImageCaches", **automatic)["ImageCaches"]
            if cache["Status"] == "Ready"
        ]
    )
    (cache,) = eci("DescribeImageCaches", **automatic)["ImageCaches"]
    assert (cache["Images"], cache["ImageCacheSize"]) == (["nginx:1.25"], 20)
    assert eci("ListUsage")["Attributes"]["UsedAutoImageCacheCount"] == 1
    again = eci("CreateContainerGroup", **named, AutoMatchImageCache=True)["ContainerGroupId"]
    eventually(lambda: group(again)["Status"] == "Running")
    assert "SuccessfulHitImageCache" in reasons(group(again))


@pytest.mark.simulator_only("it leaves an image cache that carries no tag")
def test_storage(
    eci: Product, named: dict[str, Any], image_cache: Callable[..., str], group: Show, eventually: Wait
) -> None:
    """A cache that is smaller than the ephemeral storage that a group asks for doesn't match."""
    image_cache(ImageCacheSize=20)
    made = eci("CreateContainerGroup", **named, AutoMatchImageCache=True, EphemeralStorage=50)
    eventually(lambda: group(made["ContainerGroupId"])["Status"] == "Running")
    assert "ImageCacheMissed" in reasons(group(made["ContainerGroupId"]))


def test_transit_instance(eci: Product, image_cache: Callable[..., str], shown: Show, group: Show) -> None:
    """A cache's transit instance is a container group of 2 vCPUs and 4 GiB; deleting it fails the build."""
    image_cache_id = image_cache(until="Creating")
    transit = shown(image_cache_id)["ContainerGroupId"]
    assert (group(transit)["Cpu"], group(transit)["Memory"]) == (2.0, 4.0)
    eci("DeleteContainerGroup", ContainerGroupId=transit)
    assert shown(image_cache_id)["Status"] == "Failed"
