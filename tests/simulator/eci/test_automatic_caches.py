"""Tests of what image caches are to container groups: used by name, by matching, and made on a miss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.eci.image_cache import ImageCache

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]

FLINK = {"Container__1__Image": "flink:1.17"}
AUTO = {"AutoMatchImageCache": "True"}
DAY = 86400


@pytest.fixture
def started(cloud: Cloud, create_group: Create, describe_group: Describe) -> Callable[..., dict[str, Any]]:
    """Return a function that creates a group and shows it ten simulated minutes later."""

    def make(**parameters: Any) -> dict[str, Any]:
        container_group_id = create_group(**parameters)
        cloud.advance(600)
        return describe_group(container_group_id)

    return make


@pytest.fixture
def ready(cloud: Cloud, create: Create) -> Callable[..., str]:
    """Return a function that creates an image cache, of flink unless told otherwise, and makes it ready."""

    def make(**parameters: Any) -> str:
        image_cache_id = create(**{"Image__1": "flink:1.17", **parameters})
        cloud.advance(3600)
        assert cloud.eci.image_caches[image_cache_id].status == "Ready"
        return image_cache_id

    return make


Started = Callable[..., dict[str, Any]]


def messages(group: dict[str, Any], reason: str) -> list[tuple[str, str]]:
    """Return type and message of a group's events that have a reason."""
    return [(event["Type"], event["Message"]) for event in group["Events"] if event["Reason"] == reason]


def reasons(group: dict[str, Any]) -> list[str]:
    """Return the reasons of a group's events, in their order."""
    return [event["Reason"] for event in group["Events"]]


def seconds_to_start(group: dict[str, Any]) -> float:
    """Return the seconds from a group's creation to its first container."""
    (started,) = (event for event in group["Events"] if event["Reason"] == "Started")
    began, ended = (
        datetime.fromisoformat(text[:-1]) for text in (group["CreationTime"], started["FirstTimestamp"])
    )
    return (ended - began).total_seconds()


def automatic(cloud: Cloud) -> list[ImageCache]:
    """Return the automatic caches, the oldest first."""
    return [cache for cache in cloud.eci.image_caches.values() if cache.automatic]


@pytest.mark.parametrize("how", ["named", "matched"])
def test_a_cache_saves_pulling(ready: Create, started: Started, describe: Describe, how: str) -> None:
    """A group with a cache has its image after 5 seconds instead of 50, and both tell of it."""
    without = started(**FLINK)
    image_cache_id = ready()
    assert "LastMatchedTime" not in describe(image_cache_id)
    use = AUTO if how == "matched" else {"ImageSnapshotId": image_cache_id}
    using = started(**FLINK, **use)
    assert 39 <= seconds_to_start(without) - seconds_to_start(using) <= 55
    assert reasons(using) == [
        "UserInstanceTypeSpec",
        "SuccessfulHitImageCache",
        "Pulled",
        "Created",
        "Started",
    ]
    words = f"Successfully hit image cache {image_cache_id}, eci will be scheduled with this image cache."
    (hit,) = (event for event in using["Events"] if event["Reason"] == "SuccessfulHitImageCache")
    assert (hit["Type"], hit["Message"]) == ("Normal", f"[eci.imagecache]{words}")
    assert messages(using, "Pulled") == [
        ("Normal", 'Container image "flink:1.17" already present on machine')
    ]
    assert describe(image_cache_id)["LastMatchedTime"] == hit["FirstTimestamp"]


@pytest.mark.parametrize(
    ("image", "policy", "helps"),
    [
        ("flink:1.17", "IfNotPresent", True),
        ("flink:1.17", "Never", True),
        ("flink:1.17", "", True),
        ("docker.io/library/flink:1.17", "", True),
        ("flink:1.17", "Always", False),
        ("flink:latest", "IfNotPresent", True),
        ("flink:latest", "", False),
        ("flink", "", False),
    ],
)
def test_pull_policy(ready: Create, started: Started, image: str, policy: str, helps: bool) -> None:
    """A cache helps where the image may be there already; with Always, the latest's default, it doesn't."""
    image_cache_id = ready(Image__2="flink")
    group = started(
        ImageSnapshotId=image_cache_id, Container__1__Image=image, Container__1__ImagePullPolicy=policy
    )
    assert group["Status"] == "Running"
    assert len(messages(group, "SuccessfulHitImageCache")) == 1
    assert ("Pulling" not in reasons(group)) == helps
    assert (seconds_to_start(group) < 30) == helps


def test_a_partial_match_saves_layers(ready: Create, started: Started) -> None:
    """Of an image that the cache has in another version, only the layers are pulled that it lacks."""
    without = started(Container__1__Image="flink:1.18")
    ready(Image__1="flink:1.17")
    using = started(Container__1__Image="flink:1.18", **AUTO)
    assert "SuccessfulHitImageCache" in reasons(using)
    pulled = [messages(group, "Pulled")[0][1] for group in (without, using)]
    took = [float(text.partition(" in ")[2].partition("s ")[0]) for text in pulled]
    assert 0.6 < took[1] / took[0] < 0.95


def test_a_flash_cache_is_used_early(
    cloud: Cloud, create: Create, create_group: Create, describe: Describe, describe_group: Describe
) -> None:
    """A cache can be used from its local snapshot on."""
    image_cache_id = create(Image__1="flink:1.17", Flash="true")
    while describe(image_cache_id)["Status"] != "Ready":
        cloud.advance(1)
    assert "FlashSnapshotId" in describe(image_cache_id)
    group = create_group(**FLINK, **AUTO)
    cloud.advance(10)
    assert "SuccessfulHitImageCache" in reasons(describe_group(group))


def test_the_named_cache_must_be_ready(call: Call, refusal: Refusal, create: Create) -> None:
    """A cache that's being built, or that is of another region, can't be named."""
    asked = {"ContainerGroupName": "shop", "Container.1.Name": "main", "Container.1.Image": "flink:1.17"}
    building = {**asked, "ImageSnapshotId": create()}
    assert refusal("CreateContainerGroup", building) == (400, "ImageSnapshot.IncorrectStatus")
    elsewhere = call(
        "CreateImageCache", {"ImageCacheName": "a", "Image.1": "flink", "RegionId": "cn-beijing"}
    )
    foreign = {**asked, "ImageSnapshotId": elsewhere["ImageCacheId"]}
    assert refusal("CreateContainerGroup", foreign) == (404, "ImageSnapshot.NotFound")


@pytest.mark.parametrize(
    ("meanwhile", "event"),
    [
        (
            "DeleteImageCache",
            (
                "ImageCacheNotFound",
                "Warning",
                "[eci.imagecache]The specified image cache {} does not exist.",
            ),
        ),
        (
            "UpdateImageCache",
            (
                "ImageCacheNotComplete",
                "Normal",
                "[eci.imagecache]The production for specified image cache {} is not yet complete.",
            ),
        ),
    ],
)
def test_the_named_cache_goes_meanwhile(
    cloud: Cloud,
    call: Call,
    ready: Create,
    create_group: Create,
    describe_group: Describe,
    *,
    meanwhile: str,
    event: tuple[str, str, str],
) -> None:
    """A cache that goes or is rebuilt before it's used leaves an event, and the image is pulled."""
    image_cache_id = ready()
    container_group_id = create_group(**FLINK, ImageSnapshotId=image_cache_id, **AUTO)
    call(meanwhile, {"ImageCacheId": image_cache_id, "Image.1": "redis"})
    cloud.advance(600)
    group = describe_group(container_group_id)
    reason, kind, message = event
    assert messages(group, reason) == [(kind, message.format(image_cache_id))]
    assert "Pulling" in reasons(group)
    assert not automatic(cloud)


def test_the_named_cache_goes_before_a_better_one(ready: Create, started: Started) -> None:
    """When a cache is named and matching is on too, the one that's named is used."""
    named = ready(Image__1="redis")
    ready()
    group = started(**FLINK, **AUTO, ImageSnapshotId=named)
    assert named in messages(group, "SuccessfulHitImageCache")[0][1]


def test_made_on_a_miss(
    cloud: Cloud, create_group: Create, describe: Describe, describe_group: Describe, network: dict[str, str]
) -> None:
    """A group that matches none has a cache made of its images, which is ready soon after they're pulled."""
    container_group_id = create_group(
        **FLINK,
        **AUTO,
        Container__2__Name="other",
        Container__2__Image="redis:7",
        VSwitchId=network["VSwitchId"],
        EphemeralStorage=15,
    )
    for _ in range(5):
        cloud.advance(1)
    group = describe_group(container_group_id)
    (cache,) = automatic(cloud)
    assert messages(group, "ImageCacheMissed") == [("Warning", "[eci.imagecache]Missed image cache.")]
    created = f"[eci.imagecache]Image cache {cache.image_cache_id} is auto created"
    assert messages(group, "ImageCacheAutoCreated") == [("Normal", created)]
    shown = describe(cache.image_cache_id)
    assert shown["ImageCacheName"] == f"auto-create-for-{container_group_id}"
    assert (shown["Images"], shown["ImageCacheSize"]) == (["flink:1.17", "redis:7"], 35)
    assert (shown["Status"], shown["ContainerGroupId"]) == ("Preparing", container_group_id)
    assert [each.v_switch_id for each in cloud.eci.instances()] == [network["VSwitchId"]]
    while describe_group(container_group_id)["Status"] != "Running":
        cloud.advance(1)
    assert describe(cache.image_cache_id)["Status"] == "Creating"
    cloud.advance(90)
    shown = describe(cache.image_cache_id)
    assert (shown["Status"], shown["Progress"]) == ("Ready", "100%")
    assert shown["SnapshotId"].startswith("s-")
    assert [event["Reason"] for event in shown["Events"]] == [
        *("Started", "Pulling", "Pulled", "Pulling", "Pulled", "SnapshotCreated")
    ]
    (pulled, _) = (event for event in shown["Events"] if event["Reason"] == "Pulled")
    group = describe_group(container_group_id)
    (own, _) = (event for event in group["Events"] if event["Reason"] == "Pulled")
    assert pulled["FirstTimestamp"] == own["FirstTimestamp"]


@pytest.mark.parametrize("policy", ["IfNotPresent", "Always"])
def test_a_cache_spares_the_internet(
    cloud: Cloud, ready: Create, started: Started, network: dict[str, str], policy: str
) -> None:
    """An image that a cache brings needs no way to its registry, unless it's always pulled."""
    image_cache_id = ready()
    cloud.registries.need_internet = True
    place = {"VSwitchId": network["VSwitchId"], "Container__1__ImagePullPolicy": policy}
    group = started(**FLINK, **place, ImageSnapshotId=image_cache_id)
    assert group["Status"] == ("Running" if policy == "IfNotPresent" else "Failed")


def test_the_next_group_uses_it(cloud: Cloud, started: Started) -> None:
    """The next group of the same images uses the automatic cache, and makes none."""
    started(**FLINK, **AUTO)
    group = started(**FLINK, **AUTO)
    assert "SuccessfulHitImageCache" in reasons(group)
    assert len(automatic(cloud)) == 1


def test_all_at_once(cloud: Cloud, create_group: Create) -> None:
    """A step over hours does the same as many small ones: the group runs and its cache is ready."""
    create_group(**FLINK, **AUTO)
    cloud.advance(6 * 3600)
    (cache,) = automatic(cloud)
    assert cache.status == "Ready"
    assert cache.events[-1].first.hour == cache.created.hour == 0


def test_without_matching_none_is_made(cloud: Cloud, started: Started) -> None:
    """Without AutoMatchImageCache there's no word of caches, and none is made."""
    group = started(**FLINK)
    assert not [reason for reason in reasons(group) if "Cache" in reason]
    assert not automatic(cloud)


def test_storage_decides_who_matches(ready: Create, started: Started) -> None:
    """A cache smaller than the ephemeral storage asked for isn't used, a larger one is."""
    small, large = ready(), ready(ImageCacheSize=60)
    group = started(**FLINK, **AUTO, EphemeralStorage=50)
    assert large in messages(group, "SuccessfulHitImageCache")[0][1]
    group = started(**FLINK, **AUTO, EphemeralStorage=61)
    assert "ImageCacheMissed" in reasons(group)
    assert small != large


def test_quota(cloud: Cloud, call: Call, create: Create, started: Started) -> None:
    """Automatic caches have a quota of their own; when it's used up an event says so, and none is made."""
    cloud.quotas["MaxAutoImageCacheCount"] = 1
    cloud.quotas["MaxImageCacheCount"] = 1
    started(**FLINK, **AUTO)
    group = started(Container__1__Image="redis:7", **AUTO)
    assert messages(group, "QuotaFull") == [("Warning", "[eci.imagecache]ImageCache quota is full.")]
    assert (len(automatic(cloud)), group["Status"]) == (1, "Running")
    create()
    cloud.quotas["MaxAutoImageCacheCount"] = 2
    started(Container__1__Image="redis:7", **AUTO)
    usage = call("ListUsage")["Attributes"]
    assert (usage["UsedAutoImageCacheCount"], usage["UsedImageCacheCount"]) == (2, 1)


@pytest.mark.parametrize("used", [False, True])
def test_reclaimed(cloud: Cloud, started: Started, used: bool) -> None:
    """An automatic cache goes 30 days after its last use, 7 days after it was made if it had none."""
    started(**FLINK, **AUTO)
    if used:
        cloud.advance(6 * DAY)
        started(**FLINK, **AUTO)
    cloud.advance((30 if used else 7) * DAY - 700)
    assert len(automatic(cloud)) == 1
    cloud.advance(700)
    assert not automatic(cloud)


def test_a_group_that_fails_makes_none(cloud: Cloud, started: Started) -> None:
    """When an image can't be pulled, the automatic cache fails with its group."""
    group = started(**FLINK, **AUTO, Container__2__Name="b", Container__2__Image="missing:1")
    (cache,) = automatic(cloud)
    assert (group["Status"], cache.status) == ("Failed", "Failed")
    assert "missing:1" in cache.events[-1].message


@pytest.mark.parametrize(("seconds", "status"), [(30, "Failed"), (600, "Ready")])
def test_a_group_that_goes(cloud: Cloud, call: Call, create_group: Create, seconds: int, status: str) -> None:
    """A group that is deleted before its automatic cache is made takes it along; afterwards it doesn't."""
    container_group_id = create_group(**FLINK, **AUTO)
    cloud.advance(seconds)
    call("DeleteContainerGroup", {"ContainerGroupId": container_group_id})
    (cache,) = automatic(cloud)
    assert cache.status == status
    assert (container_group_id in cache.events[-1].message) == (status == "Failed")


def test_never_without_a_cache(cloud: Cloud, started: Started) -> None:
    """With Never a group fails at once where no cache brings its image, and the cache with it."""
    group = started(**FLINK, **AUTO, Container__1__ImagePullPolicy="Never")
    assert messages(group, "ErrImageNeverPull")
    (cache,) = automatic(cloud)
    assert cache.status == "Failed"
