"""Tests of Invoke: every function through the plugin, against the simulated account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.provider.fronts import AbortedError, Plugin

from imagecache_provider.fields import UNKNOWN, fields
from imagecache_provider.plugin.codec import Path, decode, encode
from imagecache_provider.plugin.protocol import provider_pb2
from imagecache_provider.registry import FUNCTIONS

if TYPE_CHECKING:
    from tests.provider.plugin.conftest import Start
    from tests.provider.world import World

REGION = "cn-hangzhou"
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def plugin(start: Start) -> Plugin:
    """Return a process of the plugin."""
    return start()


def invoke(
    world: World, plugin: Plugin, name: str, arguments: dict[str, Any], secrets: tuple[Path, ...] = ()
) -> Any:
    """Ask a function as the engine does; return its answer on the wire."""
    request = provider_pb2.InvokeRequest(tok=f"imagecache:eci:{name}", args=encode(arguments, secrets))
    return world.run(plugin.call("Invoke", request))


@pytest.fixture
def ask(world: World, plugin: Plugin) -> Ask:
    """Return what asks a function that must answer, and holds the answer to the function's model."""

    def answered(name: str, **arguments: Any) -> dict[str, Any]:
        answer = invoke(world, plugin, name, arguments)
        assert list(answer.failures) == []
        found = decode(getattr(answer, "return")).plain
        known = fields(FUNCTIONS[f"imagecache:eci:{name}"].result)
        assert {field.name for field in known.values() if field.required} <= set(found) <= set(known)
        return found

    return answered


def made(world: World, name: str, *images: str, **parameters: str) -> str:
    """Make a cache behind the provider's back; return its ID once it's Ready."""
    numbered = {f"Image__{number}": image for number, image in enumerate(images or ("busybox:1",), 1)}
    eip = world.network["eip"]
    answer = world.call("CreateImageCache", ImageCacheName=name, EipInstanceId=eip, **numbered, **parameters)
    world.clock.advance(120)
    assert world.caches()[str(answer["ImageCacheId"])] == "Ready"
    return str(answer["ImageCacheId"])


class TestGetImageCache:
    """`imagecache:eci:getImageCache`."""

    def test_by_id_and_by_name(self, world: World, ask: Ask) -> None:
        """A cache is found by either, with all that the cloud tells of it."""
        made(world, "other")
        id_ = made(world, "mine", "nginx:1.27", ImageCacheSize="40", Tag__1__Key="team", Tag__1__Value="web")
        found = ask("getImageCache", imageCacheId=id_)
        assert found == ask("getImageCache", imageCacheName="mine")
        assert (found["imageCacheId"], found["imageCacheName"], found["status"]) == (id_, "mine", "Ready")
        assert (found["images"], found["imageCacheSize"]) == (["nginx:1.27"], 40)
        assert (found["tags"], found["regionId"]) == ({"team": "web"}, REGION)

    def test_one_of_a_stack(self, world: World, ask: Ask) -> None:
        """The provider's own tags aren't shown."""
        outcome = world.process().create(images=["busybox:1"], eipInstanceId=world.network["eip"])
        assert ask("getImageCache", imageCacheId=outcome.id)["tags"] == {}

    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ({"imageCacheId": "imc-none"}, "there is no image cache with imageCacheId 'imc-none' in cn-hang"),
            ({}, "takes either imageCacheId or imageCacheName"),
            ({"imageCacheId": "imc-1", "imageCacheName": "mine"}, "takes either imageCacheId or"),
        ],
        ids=["none", "neither", "both"],
    )
    def test_errors(self, world: World, plugin: Plugin, arguments: dict[str, Any], text: str) -> None:
        """None, nothing said and too much said are one readable error each."""
        with pytest.raises(AbortedError) as caught:
            invoke(world, plugin, "getImageCache", arguments)
        assert text in caught.value.text

    def test_several_of_one_name(self, world: World, plugin: Plugin) -> None:
        """Several of one name are an error that names them."""
        ids = {made(world, "twin"), made(world, "twin")}
        with pytest.raises(AbortedError, match="2 image caches have imageCacheName 'twin'") as caught:
            invoke(world, plugin, "getImageCache", {"imageCacheName": "twin"})
        assert all(id_ in caught.value.text for id_ in ids)


class TestGetImageCaches:
    """`imagecache:eci:getImageCaches`."""

    def test_all_pages(self, world: World, ask: Ask) -> None:
        """All caches of the region come, however many pages they take."""
        for number in range(23):
            world.call("CreateImageCache", ImageCacheName=f"cache-{number}", Image__1="busybox:1")
        world.mark()
        names = {each["imageCacheName"] for each in ask("getImageCaches")["imageCaches"]}
        assert names == {f"cache-{number}" for number in range(23)}
        assert len(world.sent("DescribeImageCaches")) == 2

    def test_other_region(self, world: World, ask: Ask) -> None:
        """Another region's caches are those of that region."""
        made(world, "here")
        assert ask("getImageCaches", regionId="cn-beijing") == {"imageCaches": []}

    def test_filters_are_sent(self, world: World, ask: Ask) -> None:
        """Each filter goes out under the API's name."""
        ask(
            "getImageCaches",
            imageCacheId="imc-1",
            imageCacheName="mine",
            snapshotId="s-1",
            resourceGroupId="rg-1",
            image="nginx:1.27",
            tags={"team": "web"},
            matchImages=["nginx:1.27", "redis:7"],
            imageFullMatch=True,
            imageMatchCountRequest=2,
        )
        (sent,) = world.sent("DescribeImageCaches")
        wanted = {
            "ImageCacheId": "imc-1",
            "ImageCacheName": "mine",
            "SnapshotId": "s-1",
            "ResourceGroupId": "rg-1",
            "Image": "nginx:1.27",
            "Tag.1.Key": "team",
            "Tag.1.Value": "web",
            "MatchImage.1": "nginx:1.27",
            "MatchImage.2": "redis:7",
            "ImageFullMatch": "true",
            "ImageMatchCountRequest": "2",
        }
        assert wanted.items() <= sent.items()

    def test_best_match_first(self, world: World, ask: Ask) -> None:
        """With matchImages the cloud's order is kept: the best first."""
        made(world, "half", "nginx:1.27")
        best = made(world, "best", "nginx:1.27", "redis:7.4")
        made(world, "no", "busybox:1")
        found = ask("getImageCaches", matchImages=["nginx:1.27", "redis:7.4"])["imageCaches"]
        assert [each["imageCacheName"] for each in found] == ["best", "half"]
        assert found[0]["imageCacheId"] == best


class TestGetImageCacheMatch:
    """`imagecache:eci:getImageCacheMatch`."""

    def test_as_the_cloud(self, world: World, ask: Ask) -> None:
        """It names the cache that the cloud's own MatchImage puts first, and says why not the others."""
        half = made(world, "half", "nginx:1.27")
        best = made(world, "best", "nginx:1.27", "redis:7.4")
        images = ["nginx:1.27", "redis:7.4"]
        found = ask("getImageCacheMatch", images=images)
        first = ask("getImageCaches", matchImages=images)["imageCaches"][0]
        assert found["imageCacheId"] == first["imageCacheId"] == best
        assert found["reason"].startswith("it has 2 of 2 images in this version; ")
        (passed,) = found["passedOver"]
        assert passed["imageCacheId"] == half
        assert passed["reason"] == f"it has 1 of the images in this version; {best} has 2"

    def test_storage(self, world: World, ask: Ask) -> None:
        """One whose disk is smaller than the ephemeral storage is passed over."""
        small = made(world, "small", "nginx:1.27")
        big = made(world, "big", "nginx:1.27", ImageCacheSize="60")
        assert ask("getImageCacheMatch", images=["nginx:1.27"])["imageCacheId"] == small
        assert ask("getImageCacheMatch", images=["nginx:1.27"], ephemeralStorage=50)["imageCacheId"] == big


class TestAccount:
    """`imagecache:eci:getUsage` and `imagecache:eci:getRegions`."""

    def test_usage(self, world: World, ask: Ask) -> None:
        """A new cache counts; quotas are numbers."""
        before = ask("getUsage")
        made(world, "mine")
        after = ask("getUsage")
        assert after["usedImageCacheCount"] == before["usedImageCacheCount"] + 1
        assert after["maxImageCacheCount"] >= after["usedImageCacheCount"]

    def test_regions(self, ask: Ask) -> None:
        """The account's regions come with their zones."""
        regions = {region["regionId"]: region for region in ask("getRegions")["regions"]}
        assert REGION in regions
        assert all(zone.startswith(REGION) for zone in regions[REGION]["zones"])
        assert regions[REGION]["zones"]


class TestArguments:
    """What may be given."""

    def test_faults_are_failures(self, world: World, plugin: Plugin) -> None:
        """All that is wrong is told at once, each at its property."""
        answer = invoke(world, plugin, "getImageCacheMatch", {"images": ["no scheme://"], "storage": 1})
        assert {failure.property for failure in answer.failures} == {"images[0]", "storage"}
        assert all("images[0]" not in failure.reason for failure in answer.failures)
        assert not getattr(answer, "return").fields

    def test_secret_is_not_shown_in_a_failure(self, world: World, plugin: Plugin) -> None:
        """A property that is a secret is named, as SDKs show no values; its reason doesn't quote it."""
        answer = invoke(world, plugin, "getImageCaches", {"image": "Hidden Image"}, (("image",),))
        (failure,) = answer.failures
        assert failure.property == "image"
        assert failure.reason.startswith("'[secret]' has no valid repository")
        assert "Hidden Image" not in failure.reason

    @pytest.mark.parametrize("place", [{"image": UNKNOWN}, {"tags": {"team": UNKNOWN}}])
    def test_unknown_is_no_fault(self, world: World, plugin: Plugin, place: dict[str, Any]) -> None:
        """What a preview doesn't know yet gives an answer without anything in it, and no call."""
        answer = invoke(world, plugin, "getImageCaches", place)
        assert list(answer.failures) == []
        assert not getattr(answer, "return").fields
        assert world.sent("DescribeImageCaches") == []

    def test_secrets_stay_secret(self, world: World, plugin: Plugin) -> None:
        """An answer that repeats a secret argument is a secret."""
        made(world, "hidden-name")
        answer = invoke(
            world, plugin, "getImageCache", {"imageCacheName": "hidden-name"}, (("imageCacheName",),)
        )
        assert decode(getattr(answer, "return")).secrets == {("imageCacheName",)}

    def test_region_is_needed(self, world: World, start: Start) -> None:
        """Without a region anywhere, the failure says where to set one."""
        plugin = start(region=None)
        (failure,) = invoke(world, plugin, "getUsage", {}).failures
        assert failure.property == "regionId"
        assert "pulumi config set imagecache:region" in failure.reason

    def test_no_such_function(self, world: World, plugin: Plugin) -> None:
        """A token that isn't ours gets the nearest one that is."""
        with pytest.raises(AbortedError, match=r"did you mean imagecache:eci:getImageCache\?"):
            invoke(world, plugin, "getImagesCache", {})
