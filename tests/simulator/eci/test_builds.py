"""Tests of a build: what a cache goes through as simulated time passes, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.eci.image_cache import Inputs

Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]
Call = Callable[..., dict[str, Any]]


def history(cloud: Cloud, describe: Describe, image_cache_id: str) -> list[dict[str, Any]]:
    """Return what a cache shows every five simulated seconds until nothing more will happen to it."""
    shown = [describe(image_cache_id)]
    while cloud.eci.image_caches[image_cache_id].build is not None:
        cloud.advance(5)
        shown.append(describe(image_cache_id))
    return shown


def ended(cloud: Cloud, describe: Describe, image_cache_id: str) -> dict[str, Any]:
    """Return what a cache shows after twenty simulated minutes."""
    cloud.advance(1200)
    return describe(image_cache_id)


def changes(values: list[Any]) -> list[Any]:
    """Return values without those that repeat the one before."""
    return [value for index, value in enumerate(values) if index == 0 or value != values[index - 1]]


def seconds_of_pulling(shown: dict[str, Any]) -> float:
    """Return the time between the first pull's beginning and the last one's end."""
    at = {event["Reason"]: datetime.fromisoformat(event["LastTimestamp"][:-1]) for event in shown["Events"]}
    first = next(event for event in shown["Events"] if event["Reason"] == "Pulling")
    return (at["Pulled"] - datetime.fromisoformat(first["FirstTimestamp"][:-1])).total_seconds()


def test_way_to_ready(cloud: Cloud, create: Create, describe: Describe) -> None:
    """A cache is prepared, created with growing progress, and then ready with its snapshot."""
    shown = history(cloud, describe, create(Image__1="nginx:1.25", Image__2="flink:1.17"))
    assert changes([each["Status"] for each in shown]) == ["Preparing", "Creating", "Ready"]
    progress = [int(each["Progress"].rstrip("%")) for each in shown]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 100)
    assert len(set(progress)) > 10
    assert all((each["Status"] == "Ready") == ("SnapshotId" in each) for each in shown)
    assert all((each["Status"] == "Ready") == (each["Progress"] == "100%") for each in shown)
    assert shown[-1]["SnapshotId"].startswith("s-")


@pytest.mark.parametrize("image", ["busybox", "nginx:1.25", "flink:1.17", "tensorflow/tensorflow:2.15.0"])
def test_duration(cloud: Cloud, create: Create, describe: Describe, image: str) -> None:
    """An ordinary image takes from one to six simulated minutes."""
    shown = history(cloud, describe, create(Image__1=image))
    seconds = 5 * sum(each["Status"] != "Ready" for each in shown)
    assert 60 <= seconds <= 365


def test_larger_images_take_longer(cloud: Cloud, create: Create, describe: Describe) -> None:
    """Time follows size: flink's 386 MB are pulled in about 50 seconds."""
    shown = ended(cloud, describe, create(Image__1="flink:1.17"))
    at = {event["Reason"]: event["FirstTimestamp"] for event in shown["Events"]}
    pulled = [int(at[reason][14:16]) * 60 + int(at[reason][17:19]) for reason in ("Pulling", "Pulled")]
    assert 44 <= pulled[1] - pulled[0] <= 56


def test_events(cloud: Cloud, create: Create, describe: Describe) -> None:
    """Events tell what happened in order, at the time it happened, each with the seven fields."""
    shown = ended(cloud, describe, create(ImageCacheName="shop", Image__1="nginx", Image__2="redis"))
    events = shown["Events"]
    assert [event["Reason"] for event in events] == [
        "Started",
        "SuccessfulCreate",
        "Pulling",
        "Pulled",
        "Pulling",
        "Pulled",
        "SnapshotCreated",
    ]
    assert events[0]["Message"] == "Successfully check image cache resource."
    assert [event["Message"] for event in events if event["Reason"] == "Pulled"] == [
        "Success pull image nginx",
        "Success pull image redis",
    ]
    times = [event["FirstTimestamp"] for event in events]
    assert times == sorted(times)
    assert times[-1] < "2026-01-01T00:10:00Z"
    fields = {"Count", "FirstTimestamp", "LastTimestamp", "Message", "Name", "Reason", "Type"}
    assert all(event.keys() == fields for event in events)
    assert all(event["Type"] == "Normal" and event["Count"] == 1 for event in events)
    assert all(event["Name"].startswith("shop.") for event in events)


def test_flash(cloud: Cloud, create: Create, describe: Describe) -> None:
    """With Flash a cache is ready from its local snapshot, which goes when the standard one is there."""
    shown = history(cloud, describe, create(Flash="true"))
    phases = changes([(each["Status"], "FlashSnapshotId" in each, "SnapshotId" in each) for each in shown])
    assert phases == [
        ("Preparing", False, False),
        ("Creating", False, False),
        ("Ready", True, False),
        ("Ready", False, True),
    ]
    early = [each["Progress"] for each in shown if "FlashSnapshotId" in each]
    assert len(set(early)) > 1
    assert "100%" not in early


def test_flash_is_sooner(cloud: Cloud, create: Create, describe: Describe) -> None:
    """With Flash a cache is usable earlier."""
    flash, plain = create(Flash="true"), create()
    while describe(flash)["Status"] != "Ready":
        cloud.advance(1)
    assert describe(plain)["Status"] == "Creating"


def test_reuse_is_faster(cloud: Cloud, create: Create, describe: Describe) -> None:
    """With AutoMatchImageCache an image that a ready cache has needn't be pulled from its registry."""
    image = "tensorflow/tensorflow:2.15.0-gpu"
    cloud.registries.add_image(image, 3000)
    create(Image__1=image)
    cloud.advance(3600)
    again, reusing = create(Image__1=image), create(Image__1=image, AutoMatchImageCache="true")
    cloud.advance(180)
    assert describe(reusing)["Status"] == "Ready"
    assert describe(again)["Status"] == "Creating"


def test_eip_serves_while_the_build_lasts(
    cloud: Cloud, call: Call, create: Create, describe: Describe, network: dict[str, str]
) -> None:
    """The address is bound to the transit instance until the build ends, and stays in the account."""
    eip = {"AllocationId": network["EipInstanceId"]}
    cache = describe(create(EipInstanceId=network["EipInstanceId"]))
    (bound,) = call("DescribeEipAddresses", eip, product="vpc")["EipAddresses"]["EipAddress"]
    assert (bound["Status"], bound["InstanceId"]) == ("InUse", cache["ContainerGroupId"])
    assert bound["InstanceType"]
    assert ended(cloud, describe, cache["ImageCacheId"])["Status"] == "Ready"
    (free,) = call("DescribeEipAddresses", eip, product="vpc")["EipAddresses"]["EipAddress"]
    assert (free["Status"], free["InstanceId"]) == ("Available", "")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"Image__1": "nginx", "Image__2": "nginx:does-not-exist"}, ["nginx:does-not-exist", "not found"]),
        (
            {"Image__1": "private.example.com/app:1"},
            ["private.example.com/app:1", "401 Unauthorized", "no credential was given"],
        ),
        (
            {
                "Image__1": "private.example.com/app:1",
                "ImageRegistryCredential__1__Server": "private.example.com",
                "ImageRegistryCredential__1__UserName": "simulator",
                "ImageRegistryCredential__1__Password": "wrong",
            },
            ["private.example.com", "401 Unauthorized", "refused the user name or password of 'simulator'"],
        ),
        ({"Image__1": "http.example.com/app"}, ["http.example.com", "HTTP response to HTTPS client"]),
        ({"Image__1": "self-signed.example.com/app"}, ["self-signed.example.com", "unknown authority"]),
        ({"Image__1": "huge:1"}, ["huge:1", "no space left on device", "20 GiB"]),
    ],
)
def test_way_to_failed(
    cloud: Cloud, create: Create, describe: Describe, parameters: dict[str, Any], words: list[str]
) -> None:
    """A build that can't succeed ends Failed, and its last event says which image and why."""
    cloud.registries.add_image("huge", 9000)
    shown = history(cloud, describe, create(**parameters))
    assert changes([each["Status"] for each in shown]) == ["Preparing", "Creating", "Failed"]
    last = shown[-1]["Events"][-1]
    assert (last["Type"], last["Reason"]) == ("Warning", "Failed")
    assert all(word in last["Message"] for word in words)
    assert "wrong" not in last["Message"]
    assert "SnapshotId" not in shown[-1]
    assert shown[-1]["Progress"] != "100%"


@pytest.mark.parametrize("where", ["a vSwitch", "the default network"])
def test_no_way_to_the_registry(
    create: Create, describe: Describe, cloud: Cloud, network: dict[str, str], where: str
) -> None:
    """Without EIP and NAT gateway a public image can't be pulled: the dial times out after half a minute."""
    cloud.registries.need_internet = True
    chosen = {"VSwitchId": network["VSwitchId"]} if where == "a vSwitch" else {}
    shown = history(cloud, describe, create(Image__1="nginx:1.25", **chosen))
    assert changes([each["Status"] for each in shown]) == ["Preparing", "Creating", "Failed"]
    pulling, failed = shown[-1]["Events"][-2:]
    assert (failed["Type"], failed["Reason"]) == ("Warning", "Failed")
    assert 'Failed to pull image "nginx:1.25"' in failed["Message"]
    assert (
        'Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.25": dial tcp' in failed["Message"]
    )
    assert failed["Message"].endswith(":443: i/o timeout")
    moments = [datetime.fromisoformat(each["FirstTimestamp"].rstrip("Z")) for each in (pulling, failed)]
    assert 30 <= (moments[1] - moments[0]).total_seconds() <= 40


def test_ways_to_the_registry(
    create: Create, describe: Describe, cloud: Cloud, network: dict[str, str]
) -> None:
    """An EIP, a NAT gateway or a registry in the VPC will do, each alone."""
    cloud.registries.need_internet = True
    cloud.registries.add_registry("harbor.example.com", in_vpc=True)
    inside = {"VSwitchId": network["VSwitchId"]}
    made = [
        create(**inside, EipInstanceId=network["EipInstanceId"]),
        create(**inside, Image__1="registry-vpc.cn-hangzhou.aliyuncs.com/team/app:1"),
        create(**inside, Image__1="harbor.example.com/team/app:1"),
    ]
    cloud.vpc.open_internet(cloud.vpc.vswitches[network["VSwitchId"]])
    made.append(create(**inside))
    cloud.advance(1200)
    assert [describe(each)["Status"] for each in made] == ["Ready"] * 4


def test_transit_instance_of_the_default_network(cloud: Cloud, create: Create) -> None:
    """A transit instance that names no vSwitch is in the default one of its zone, which is made for it."""
    create(ZoneId="cn-hangzhou-k")
    (transit,) = cloud.eci.transit_instances()
    vswitch = cloud.vpc.vswitches[transit.v_switch_id]
    assert (vswitch.is_default, vswitch.zone_id) == (True, "cn-hangzhou-k")


def test_large_images_fit_a_large_cache(cloud: Cloud, create: Create, describe: Describe) -> None:
    """Images that don't fit into 20 GiB fit into a cache that was asked to be larger."""
    cloud.registries.add_image("huge", 9000)
    image_cache_id = create(Image__1="huge:1", ImageCacheSize=40)
    cloud.advance(7200)
    assert describe(image_cache_id)["Status"] == "Ready"


def test_sizes_add_up(cloud: Cloud, create: Create, describe: Describe) -> None:
    """It's the images together that must fit."""
    cloud.registries.add_image("half", 5000)
    cloud.registries.add_image("another", 5000)
    image_cache_id = create(Image__1="half", Image__2="another")
    cloud.advance(7200)
    assert describe(image_cache_id)["Status"] == "Failed"


def test_a_shared_layer_counts_once(cloud: Cloud, create: Create, describe: Describe) -> None:
    """A layer that two images of a cache share is pulled and kept once, so that more of them fit."""
    cloud.registries.add_image("half", 5000)
    image_cache_id = create(Image__1="half:1", Image__2="half:2")
    cloud.advance(7200)
    assert describe(image_cache_id)["Status"] == "Ready"


def test_the_same_image_twice(cloud: Cloud, create: Create, describe: Describe) -> None:
    """An image that is named twice, in two spellings, is pulled once."""
    once = ended(cloud, describe, create(Image__1="flink"))
    twice = ended(cloud, describe, create(Image__1="flink", Image__2="docker.io/library/flink:latest"))
    assert seconds_of_pulling(twice) < seconds_of_pulling(once) + 15


@pytest.mark.parametrize(
    ("region", "at_most"), [("cn-hangzhou", 0.5), ("cn-beijing", 2)], ids=["same region", "another"]
)
def test_reused_layers(cloud: Cloud, create: Create, describe: Describe, region: str, at_most: float) -> None:
    """With AutoMatchImageCache the layers that a cache of the region has needn't be pulled again."""
    plain = ended(cloud, describe, create(Image__1="spark-py:3.5"))
    cloud.eci.delete_image_cache(cloud.eci.image_caches[plain["ImageCacheId"]])
    cloud.eci.create_image_cache(region, Inputs("base", ("spark",)), {})
    cloud.advance(1200)
    reusing = ended(cloud, describe, create(Image__1="spark-py:3.5", AutoMatchImageCache="true"))
    assert at_most * 0.4 < seconds_of_pulling(reusing) / seconds_of_pulling(plain) < at_most


@pytest.mark.parametrize("bound_to", ["a transit instance", "something else"])
def test_eip_in_use(
    cloud: Cloud, create: Create, describe: Describe, network: dict[str, str], bound_to: str
) -> None:
    """An address that serves something already lets the build fail, and stays where it is."""
    eip = cloud.vpc.eips[network["EipInstanceId"]]
    if bound_to == "a transit instance":
        create(EipInstanceId=eip.allocation_id)
    else:
        cloud.vpc.bind_eip(eip, "i-1", "EcsInstance")
    holder = eip.instance_id
    second = create(EipInstanceId=eip.allocation_id)
    cloud.advance(15)
    shown = describe(second)
    assert shown["Status"] == "Failed"
    assert eip.allocation_id in shown["Events"][-1]["Message"]
    assert holder in shown["Events"][-1]["Message"]
    assert eip.instance_id == holder


def test_failed_build_frees_its_eip(
    cloud: Cloud, create: Create, describe: Describe, network: dict[str, str]
) -> None:
    """A build that failed holds nothing any more."""
    failed = create(Image__1="missing", EipInstanceId=network["EipInstanceId"])
    assert ended(cloud, describe, failed)["Status"] == "Failed"
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "Available"
    assert not cloud.eci.transit_instances()


def test_failed_cache_vanishes_after_a_day(
    cloud: Cloud, call: Call, create: Create, describe: Describe
) -> None:
    """A failed cache says when it will go, and is gone a day after its failure."""
    image_cache_id = create(Image__1="missing")
    expires = ended(cloud, describe, image_cache_id)["ExpireDateTime"]
    assert "2026-01-02T00:00:25Z" < expires < "2026-01-02T00:02:00Z"
    cloud.advance(23 * 3600)
    assert describe(image_cache_id)["Status"] == "Failed"
    cloud.advance(3600)
    assert call("DescribeImageCaches", {"ImageCacheId": image_cache_id})["ImageCaches"] == []


def test_retention(cloud: Cloud, call: Call, create: Create, describe: Describe) -> None:
    """A cache is removed when its days are over; one without retention stays."""
    short, forever = create(RetentionDays=2), create()
    assert describe(short)["ExpireDateTime"] == "2026-01-03T00:00:00Z"
    cloud.advance(2 * 86400 - 1)
    assert describe(short)["Status"] == "Ready"
    cloud.advance(1)
    left = call("DescribeImageCaches")["ImageCaches"]
    assert [cache["ImageCacheId"] for cache in left] == [forever]


def test_all_at_once(cloud: Cloud, call: Call, create: Create) -> None:
    """A step over days does the same as many small ones: a build fails, and its cache is gone a day later."""
    create(Image__1="missing")
    cloud.advance(3 * 86400)
    assert call("DescribeImageCaches")["ImageCaches"] == []


def test_seed_makes_builds_repeat() -> None:
    """Two accounts with one seed build at the same pace, second by second."""
    ways = []
    for _ in range(2):
        cloud = Cloud(seed=5)
        cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("a", ("nginx",)), {})
        cloud.advance(600)
        ways.append([(event.name, event.message) for event in cache.events])
    assert ways[0] == ways[1]


def test_hold(cloud: Cloud, create: Create, describe: Describe) -> None:
    """Held builds stand still however long; released they go on from where they were."""
    image_cache_id = create()
    cloud.advance(40)
    before = describe(image_cache_id)
    cloud.eci.hold(True)
    cloud.advance(10 * 3600)
    assert describe(image_cache_id) == before
    cloud.eci.hold(False)
    assert describe(image_cache_id) == before
    cloud.advance(1200)
    assert describe(image_cache_id)["Status"] == "Ready"


@pytest.mark.parametrize(("image", "status"), [("nginx:1.25", "Ready"), ("nginx:no-such", "Failed")])
def test_seconds(cloud: Cloud, create: Create, describe: Describe, image: str, status: str) -> None:
    """Builds take exactly as long as the account is told, good or bad, with all their steps on the way."""
    usual = ended(cloud, describe, create(Image__1=image))
    cloud.eci.build_seconds = 20
    image_cache_id = create(Image__1=image)
    cloud.advance(19.9)
    assert describe(image_cache_id)["Status"] == "Creating"
    cloud.advance(0.1)
    shown = describe(image_cache_id)
    assert shown["Status"] == status
    assert [each["Reason"] for each in shown["Events"]] == [each["Reason"] for each in usual["Events"]]
