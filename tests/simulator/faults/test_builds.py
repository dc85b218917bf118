"""Tests of faults that strike pulls and builds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]


@pytest.fixture
def endpoint(in_process: str) -> str:
    """Use one door: what happens to a build doesn't depend on it."""
    return in_process


@pytest.mark.parametrize(
    ("settings", "struck"),
    [
        ({"image": "nginx:1.25"}, ["nginx:1.25"]),
        ({"image": "docker.io/library/nginx"}, ["nginx:1.25", "nginx:1.26"]),
        ({"registry": "Ghcr.io"}, ["ghcr.io/team/app"]),
        ({}, ["nginx:1.25", "nginx:1.26", "ghcr.io/team/app"]),
    ],
)
def test_pull_failure(
    cloud: Cloud, create: Create, describe: Describe, settings: dict[str, Any], struck: list[str]
) -> None:
    """The builds that pull the image, or an image of the registry, fail with the message; others don't."""
    cloud.faults.pull_failure(message="429 Too Many Requests", times=None, **settings)
    made = {image: create(Image__1=image) for image in ("nginx:1.25", "nginx:1.26", "ghcr.io/team/app")}
    cloud.advance(1200)
    shown = {image: describe(image_cache_id) for image, image_cache_id in made.items()}
    assert [image for image, cache in shown.items() if cache["Status"] == "Failed"] == struck
    for image in struck:
        event = shown[image]["Events"][-1]
        assert (event["Reason"], event["Type"]) == ("Failed", "Warning")
        assert image in event["Message"]
        assert "429 Too Many Requests" in event["Message"]


def test_pull_failure_without_internet(cloud: Cloud, create: Create, describe: Describe) -> None:
    """The fault is what is told also of a build that has no way out."""
    cloud.registries.need_internet = True
    fault = cloud.faults.pull_failure(message="429 Too Many Requests")
    made = create()
    cloud.advance(1200)
    assert "429 Too Many Requests" in describe(made)["Events"][-1]["Message"]
    assert fault.struck == 1


def test_pull_failure_once(cloud: Cloud, create: Create, describe: Describe) -> None:
    """The second build succeeds."""
    fault = cloud.faults.pull_failure(image="nginx")
    made = [create(), create()]
    cloud.advance(1200)
    assert [describe(each)["Status"] for each in made] == ["Failed", "Ready"]
    assert fault.struck == 1


def test_no_stock_for_a_build(
    cloud: Cloud, create: Create, describe: Describe, network: dict[str, str]
) -> None:
    """A build that finds the zone sold out fails, and gives back what it held."""
    cloud.faults.no_stock(build=True)
    image_cache_id = create(EipInstanceId=network["EipInstanceId"], VSwitchId=network["VSwitchId"])
    assert describe(image_cache_id)["Status"] == "Preparing"
    cloud.advance(60)
    shown = describe(image_cache_id)
    assert (shown["Status"], shown["Progress"]) == ("Failed", "0%")
    assert [event["Reason"] for event in shown["Events"]] == ["Started", "FailedCreate"]
    assert "OperationDenied.NoStock" in shown["Events"][-1]["Message"]
    assert cloud.vpc.eips[network["EipInstanceId"]].instance_id == ""
    assert cloud.eci.transit_instances() == []


def test_hang(cloud: Cloud, create: Create, describe: Describe) -> None:
    """A build that hangs never ends, until it's released; the next one goes on."""
    cloud.faults.hang()
    hanging, free = create(), create()
    cloud.advance(86_400)
    assert [describe(each)["Status"] for each in (hanging, free)] == ["Creating", "Ready"]
    cloud.eci.holds.release("Ready", hanging)
    assert describe(hanging)["Status"] == "Ready"


def test_hang_of_a_rebuild(cloud: Cloud, call: Call, create: Create, describe: Describe) -> None:
    """A rebuild may hang, too, and at another point; an update that builds nothing doesn't use it up."""
    image_cache_id = create()
    cloud.advance(600)
    fault = cloud.faults.hang("UpdateImageCache", at="Creating")
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "RetentionDays": 3})
    assert fault.struck == 0
    call("UpdateImageCache", {"ImageCacheId": image_cache_id, "Image.1": "redis"})
    cloud.advance(3600)
    shown = describe(image_cache_id)
    assert (shown["Status"], shown["Progress"], fault.struck) == ("Updating", "0%", 1)


def test_repeated_token_begins_no_build(cloud: Cloud, create: Create) -> None:
    """A repeated ClientToken doesn't use a fault of builds up."""
    create(ClientToken="once")
    fault = cloud.faults.hang()
    create(ClientToken="once")
    assert fault.struck == 0
