"""Tests of the lifecycle against the simulated cloud, through both of its doors, on driven time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from imagecache_provider.diff import Diff
from imagecache_provider.eci.image_cache import ImageCache, observed
from imagecache_provider.eci.image_cache_model import ImageCacheArgs, ImageCacheState
from imagecache_provider.errors import (
    Cause,
    CloudError,
    FailedError,
    GoneError,
    ProviderError,
    RefusedError,
    TimedOutError,
    TryAgainError,
)
from imagecache_provider.fields import UNKNOWN, fields
from imagecache_provider.lifecycle import Lifecycle, Outcome
from imagecache_provider.resource import (
    RESOURCE_TAG,
    STACK_TAG,
    Connection,
    Identity,
    Observed,
    Record,
    Token,
    build_id,
)

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, Process, World

fronts = pytest.mark.parametrize("front", ["core", "plugin", "dynamic"], indirect=True)
"""What the lifecycle promises, and each front over it."""
not_cut_off_here = pytest.mark.not_through("dynamic")
"""The dynamic host's calls block, so that only a process of its own can be cut off: tests/engine does."""
told_by_each_front = pytest.mark.not_through("plugin", "dynamic")
"""How an error reaches the user is each front's own, and tested there."""
SMALL = ["busybox:1"]
OTHER = ["alpine:3"]
PRIVATE = ["private.example.com/web:1"]


def login(password: str = "simulator") -> list[dict[str, str]]:  # noqa: S107 - made up
    """Return credentials for the private registry that every simulated cloud has."""
    return [{"server": "private.example.com", "userName": "simulator", "password": password}]


@fronts
class TestCreate:
    """Create."""

    def test_outputs(self, world: World) -> None:
        """A new cache is Ready, and its outputs are what the cloud shows, complete."""
        made = world.process().create(images=SMALL)
        cache = world.cloud.eci.image_cache(made.id)
        events = made.outputs["events"]
        assert made.outputs == {
            "imageCacheId": made.id,
            "containerGroupId": cache.container_group_id,
            "snapshotId": cache.snapshot_id,
            "flashSnapshotId": "",
            "status": "Ready",
            "progress": "100%",
            "creationTime": "2026-01-01T00:00:00Z",
            "expireDateTime": "",
            "lastMatchedTime": "",
            "events": events,
            "regionId": "cn-hangzhou",
            "buildId": build_id(ImageCacheArgs, made.inputs),
            "accountId": world.cloud.account_id,
        }
        assert made.outputs.keys() == fields(ImageCacheState).keys()
        assert events[-1]["reason"] == "SnapshotCreated"

    def test_events_are_few_and_short(self, world: World) -> None:
        """Of many events the newest three are kept, so that a state stays small."""
        made = world.process().create(images=[f"busybox:{number}" for number in range(1, 21)])
        assert len(made.outputs["events"]) == 3
        assert made.outputs["events"][-1]["reason"] == "SnapshotCreated"
        assert max(len(event["message"]) for event in made.outputs["events"]) <= 200

    def test_all_inputs_arrive(self, world: World) -> None:
        """What the user asks for is what the cloud builds."""
        made = world.process().create(
            images=PRIVATE,
            imageCacheName="mine",
            vswitchIds=[world.network["vswitch"]],
            securityGroupId=world.network["group"],
            eipInstanceId=world.network["eip"],
            imageRegistryCredentials=login(),
            imageCacheSize=40,
            retentionDays=7,
            eliminationStrategy="LRU",
        )
        inputs = world.cloud.eci.image_cache(made.id).inputs
        assert (inputs.name, inputs.size, inputs.retention_days) == ("mine", 40, 7)
        assert inputs.v_switch_ids == (world.network["vswitch"],)
        assert inputs.eip_instance_id == world.network["eip"]
        assert made.outputs["expireDateTime"] == "2026-01-08T00:00:00Z"

    def test_hidden_tags(self, world: World) -> None:
        """The provider's own record is on the cache from the first call, and isn't shown to the user."""
        process = world.process()
        made = process.create(images=SMALL, tags={"team": "a"})
        (request,) = world.sent("CreateImageCache")
        tags = world.cloud.eci.image_cache(made.id).tags
        identity = process.identity()
        assert tags[STACK_TAG] == identity.stack
        token = Token(request["ClientToken"])
        assert Record.read(tags) == Record(identity.resource, token, made.outputs["buildId"])
        assert made.inputs["tags"] == {"team": "a"}
        assert RESOURCE_TAG not in str(made)

    def test_most_tags(self, world: World) -> None:
        """Eighteen tags of the user's and the provider's own are not too many for the cloud."""
        tags = {f"tag-{number}": str(number) for number in range(18)}
        made = world.process().create(images=SMALL, tags=tags)
        assert world.tags(made.id) == tags

    def test_two_names_are_two_caches(self, world: World) -> None:
        """Resources of other names are other caches, though all inputs are the same."""
        process = world.process()
        one = process.create("one", images=SMALL, imageCacheName="same")
        two = process.create("two", images=SMALL, imageCacheName="same")
        assert one.id != two.id

    def test_two_stacks_are_two_caches(self, world: World) -> None:
        """Another stack's resource of the same name is another cache."""
        one = world.process().create(images=SMALL)
        two = world.process(stack="prod").create(images=SMALL)
        assert one.id != two.id

    @told_by_each_front
    def test_one_identity_twice(self, world: World) -> None:
        """Two resources that can't be told apart are an error, not one cache for both."""
        process = world.process()
        process.create(images=SMALL)
        with pytest.raises(ProviderError, match="two resources of one name"):
            process.create(images=OTHER)
        assert len(world.caches()) == 1


@fronts
class TestCreateAgain:
    """Create after a create that was cut off, failed, or whose cache was deleted."""

    @not_cut_off_here
    def test_cut_off_while_building(self, world: World) -> None:
        """A create that is repeated while the first one's cache is being built finds it."""
        world.cut_off(world.process().creating(images=SMALL), lambda: bool(world.caches()))
        (begun,) = world.caches()
        made = world.process().create(images=SMALL)
        assert (made.id, world.caches()) == (begun, {begun: "Ready"})

    @not_cut_off_here
    def test_cut_off_and_ready_since(self, world: World) -> None:
        """A create that is repeated after the first one's cache became Ready finds it."""
        world.cut_off(world.process().creating(images=SMALL), lambda: bool(world.caches()))
        world.clock.advance(60)
        (begun,) = world.caches()
        assert world.process().create(images=SMALL).id == begun
        assert world.caches() == {begun: "Ready"}

    @not_cut_off_here
    def test_token_forgotten(self, world: World) -> None:
        """A create that is repeated after the ClientToken's window finds the cache by its tags."""
        world.cut_off(world.process().creating(images=SMALL), lambda: bool(world.caches()))
        world.cloud.advance(25 * 3600)
        (begun,) = world.caches()
        assert world.process().create(images=SMALL).id == begun
        assert len(world.caches()) == 1

    @not_cut_off_here
    def test_tags_lost(self, world: World) -> None:
        """A create that is repeated finds the cache by the ClientToken where it lost its tags."""
        world.cut_off(world.process().creating(images=SMALL), lambda: bool(world.caches()))
        (begun,) = world.caches()
        world.call("UntagResources", ResourceType="ImageCache", ResourceId__1=begun, All="true")
        assert world.process().create(images=SMALL).id == begun
        assert len(world.caches()) == 1

    @not_cut_off_here
    def test_other_images(self, world: World) -> None:
        """A create with other images deletes what the cut-off one still builds, and makes its own."""
        world.cut_off(world.process().creating(images=SMALL), lambda: bool(world.caches()))
        (begun,) = world.caches()
        made = world.process().create(images=OTHER)
        assert made.id != begun
        assert world.caches() == {made.id: "Ready"}
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("alpine:3",)

    @not_cut_off_here
    def test_other_trigger(self, world: World) -> None:
        """Nor does a create adopt what was begun for another trigger, though the request is the same."""
        first = world.process().creating(images=SMALL, imageCacheName="mine", rebuildTriggers=["1"])
        world.cut_off(first, lambda: bool(world.caches()))
        made = world.process().create(images=SMALL, imageCacheName="mine", rebuildTriggers=["2"])
        assert world.caches() == {made.id: "Ready"}
        assert made.outputs["buildId"] == build_id(ImageCacheArgs, made.inputs)

    @not_cut_off_here
    def test_other_password(self, world: World) -> None:
        """A password that changed after a cut-off doesn't make a second cache."""
        first = world.process().creating(images=PRIVATE, imageRegistryCredentials=login())
        world.cut_off(first, lambda: bool(world.caches()))
        world.cloud.registries.add_registry("private.example.com", users={"simulator": "another"})
        world.process().create(images=PRIVATE, imageRegistryCredentials=login("another"))
        assert list(world.caches().values()) == ["Ready"]

    @told_by_each_front
    def test_timed_out(self, world: World) -> None:
        """A create that took too long says so, and the next one finds its cache."""
        with pytest.raises(TimedOutError, match=r"wasn't Ready after 2 s: Creating \d+%") as caught:
            world.process(timeout=2.4).create(images=SMALL)
        assert "run up again" in str(caught.value)
        made = world.process().create(images=SMALL)
        assert made.id == caught.value.id
        assert len(world.caches()) == 1

    def test_deleted_since(self, world: World) -> None:
        """After a destroy, the same program makes a new cache each time, though its token was used."""
        ids = set()
        for _ in range(3):
            process = world.process()
            made = process.create(images=SMALL)
            world.process().delete(made)
            ids.add(made.id)
        assert len(ids) == 3
        assert world.caches() == {}

    def test_state_lost_after_update(self, world: World) -> None:
        """A cache that holds other images by now isn't adopted for those that it was first made from."""
        process = world.process()
        made = process.create(images=SMALL)
        process.update(made, images=OTHER)
        again = world.process().create(images=SMALL, imageCacheName=made.inputs["imageCacheName"])
        assert world.cloud.eci.image_cache(again.id).inputs.images == ("busybox:1",)

    @not_cut_off_here
    def test_other_images_since_ready(self, world: World) -> None:
        """What a cut-off create made for other images goes, though it became Ready: no state has it."""
        world.cut_off(world.process().creating(images=SMALL), lambda: bool(world.caches()))
        world.clock.advance(60)
        made = world.process().create(images=OTHER)
        assert world.caches() == {made.id: "Ready"}

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.not_through("plugin")  # it records the failure: test_servicer has it
    def test_mark_not_taken_off(self, world: World, after: bool) -> None:
        """A cache that can't be marked as recorded is recorded all the same."""
        world.cloud.faults.drop("TagResources", after=after, times=None)
        made = world.process().create(images=SMALL)
        assert world.caches() == {made.id: "Ready"}

    def test_handed_over(self, world: World) -> None:
        """A cache that was handed over to a state is left alone, though this state doesn't have it."""
        one = world.process().create(images=SMALL)
        two = world.process().create(images=OTHER)
        assert world.caches() == {one.id: "Ready", two.id: "Ready"}


@fronts
class TestReplace:
    """Create of a resource that is in Pulumi's state already."""

    def test_same_inputs(self, world: World) -> None:
        """A replacement is a new cache, though nothing else is new."""
        old = world.process().create(images=SMALL)
        new = world.process().replace(old)
        assert new.id != old.id
        assert world.caches() == {old.id: "Ready", new.id: "Ready"}

    @not_cut_off_here
    def test_cut_off(self, world: World) -> None:
        """A replacement that is repeated after it was cut off finds what it began."""
        old = world.process().create(images=SMALL)
        process = world.process()
        world.cut_off(process.replacing(old, {}), lambda: len(world.caches()) > 1)
        (begun,) = world.caches().keys() - {old.id}
        assert world.process().replace(old).id == begun
        assert len(world.caches()) == 2

    @not_cut_off_here
    def test_cut_off_and_ready_since(self, world: World) -> None:
        """A replacement that is repeated when what it began is Ready finds that, and not the old one."""
        old = world.process().create(images=SMALL)
        process = world.process()
        world.cut_off(process.replacing(old, {}), lambda: len(world.caches()) > 1)
        world.clock.advance(60)
        (begun,) = world.caches().keys() - {old.id}
        assert world.process().replace(old).id == begun

    def test_again_and_again(self, world: World) -> None:
        """Each replacement is another cache."""
        old = world.process().create(images=SMALL)
        ids = {old.id}
        for _ in range(3):
            new = world.process().replace(old)
            world.process().delete(old)
            ids.add(new.id)
            old = new
        assert len(ids) == 4
        assert world.caches() == {old.id: "Ready"}

    def test_forced(self, world: World) -> None:
        """A replacement that is forced looks like any create: it adopts no cache that was handed over."""
        old = world.process().create(images=SMALL)
        new = world.process().create(images=SMALL)
        assert new.id != old.id
        assert world.caches() == {old.id: "Ready", new.id: "Ready"}

    @not_cut_off_here
    def test_forced_while_updating(self, world: World) -> None:
        """Nor while that cache is being built again: it's neither adopted nor deleted."""
        old = world.process().create(images=SMALL)
        updating = world.process().updating(old, {"rebuildTriggers": ["1"]})
        world.cut_off(updating, lambda: "Updating" in world.caches().values())
        new = world.process().create(images=SMALL)
        assert world.caches().keys() == {old.id, new.id}

    @not_cut_off_here
    def test_forced_and_cut_off(self, world: World) -> None:
        """A forced replacement that is repeated after it was cut off finds what it began."""
        old = world.process().create(images=SMALL)
        world.cut_off(world.process().creating(images=SMALL), lambda: len(world.caches()) > 1)
        (begun,) = world.caches().keys() - {old.id}
        assert world.process().create(images=SMALL).id == begun

    def test_another_region(self, world: World) -> None:
        """A cache that moves to another region is made there; the old one is in the way of nobody."""
        old = world.process().create(images=SMALL)
        new = world.process().replace(old, regionId="cn-beijing")
        assert world.cloud.eci.image_cache(new.id).region_id == "cn-beijing"
        assert new.outputs["regionId"] == "cn-beijing"


class TestCreateFails:
    """Create of a cache that the cloud can't build."""

    @pytest.mark.parametrize(
        ("inputs", "reason", "property_name"),
        [
            ({"images": ["library/no-such-image:1"]}, "Failed: .*no-such-image.*not found", "images"),
            ({"images": PRIVATE}, "Failed: .*401 Unauthorized", "imageRegistryCredentials"),
            (
                {"images": PRIVATE, "imageRegistryCredentials": login("secret-12")},
                "401 Unauthorized",
                "imageRegistryCredentials",
            ),
            ({"images": ["big:1"]}, "Failed: .*no space left on device.*has 20 GiB", "imageCacheSize"),
        ],
    )
    def test_reason(self, world: World, inputs: dict[str, Any], reason: str, property_name: str) -> None:
        """The cloud's events and the property are in the error, what failed is deleted, no secret shown."""
        world.cloud.registries.add_image("big:1", 20_000)
        with pytest.raises(
            FailedError, match=f"(?s)ended Failed, and was deleted again:.*{reason}"
        ) as caught:
            world.process().create(**inputs)
        assert world.caches() == {}
        assert f"\n  property: {property_name}\n  what to do: " in str(caught.value)
        assert "secret-12" not in str(caught.value)

    def test_eip_in_use(self, world: World) -> None:
        """An EIP that something else uses fails the cache, with the cloud's word for it."""
        eip = world.cloud.vpc.eip(world.network["eip"])
        world.cloud.vpc.bind_eip(eip, "i-1", "EcsInstance")
        with pytest.raises(
            FailedError, match=r"InUse, bound to EcsInstance i-1(?s:.*)property: eipInstanceId"
        ):
            world.process().create(images=SMALL, eipInstanceId=world.network["eip"])
        assert world.caches() == {}

    @pytest.mark.parametrize("new_process", [False, True])
    def test_mended_outside(self, world: World, new_process: bool) -> None:
        """Once the image exists, the same program makes a new cache."""
        process = world.process()
        with pytest.raises(FailedError) as caught:
            process.create(images=["missing:1"])
        world.cloud.registries.add_image("missing:1", 10)
        made = (world.process() if new_process else process).create(images=["missing:1"])
        assert made.id != caught.value.id
        assert world.caches() == {made.id: "Ready"}

    def test_password_mended(self, world: World) -> None:
        """A right password after a wrong one makes a new cache, though only the secret is new."""
        with pytest.raises(FailedError):
            world.process().create(images=PRIVATE, imageRegistryCredentials=login("wrong"))
        made = world.process().create(images=PRIVATE, imageRegistryCredentials=login())
        assert world.caches() == {made.id: "Ready"}

    def test_failed_after_cut_off(self, world: World) -> None:
        """What a cut-off create left Failed is deleted by the next one."""
        world.cut_off(world.process().creating(images=["missing:1"]), lambda: bool(world.caches()))
        world.clock.advance(60)
        assert list(world.caches().values()) == ["Failed"]
        world.cloud.registries.add_image("missing:1", 10)
        made = world.process().create(images=["missing:1"])
        assert world.caches() == {made.id: "Ready"}

    def test_deleted_while_building(self, world: World) -> None:
        """A cache that somebody deletes while it's being built is an error, not an endless wait."""
        process = world.process()

        async def create_and_delete() -> Outcome:
            creating = world.loop.create_task(process.creating(images=SMALL))
            while not world.caches():
                await world.clock.sleep(0.05)
            await world.clock.sleep(2)
            (begun,) = world.cloud.eci.image_caches.values()
            world.cloud.eci.delete_image_cache(begun)
            return await creating

        with pytest.raises(GoneError, match="doesn't exist any more"):
            world.run(create_and_delete())


class TestRefused:
    """What the cloud refuses is told with code, property, remedy and request, and without a secret."""

    @pytest.mark.parametrize(
        ("inputs", "code", "property_name"),
        [
            ({"vswitchIds": ["vsw-none"]}, "InvalidVSwitchId.NotFound", "vswitchIds"),
            ({"securityGroupId": "sg-none"}, "InvalidSecurityGroupId.NotFound", "securityGroupId"),
            ({"eipInstanceId": "eip-none"}, "InvalidEipInstanceId.NotFound", "eipInstanceId"),
            ({"resourceGroupId": "rg-none"}, "InvalidResourceGroup.NotFound", "resourceGroupId"),
            ({"zoneId": "cn-hangzhou-x"}, "InvalidZoneId.NotFound", "zoneId"),
            ({"regionId": "cn-atlantis"}, "InvalidRegionId.NotFound", "regionId"),
            ({"osType": "Windows"}, "Forbidden.OnlyForInvitedTest", ""),
        ],
    )
    def test_input(self, world: World, inputs: dict[str, Any], code: str, property_name: str) -> None:
        """An input that names what isn't there."""
        credentials = login("secret-12")
        with pytest.raises(RefusedError) as caught:
            world.process().create(images=PRIVATE, imageRegistryCredentials=credentials, **inputs)
        self.assert_readable(str(caught.value), code, property_name)

    def test_vswitch_of_another_zone(self, world: World) -> None:
        """A vSwitch in another zone than the one that is named."""
        with pytest.raises(RefusedError) as caught:
            world.process().create(
                images=SMALL, vswitchIds=[world.network["vswitch"]], zoneId="cn-hangzhou-k"
            )
        self.assert_readable(str(caught.value), "OperationDenied.VswZoneMisMatch", "zoneId")

    def test_security_group_of_another_vpc(self, world: World) -> None:
        """A security group in another VPC than the vSwitch."""
        vpc = world.cloud.vpc.create_vpc("cn-hangzhou", "192.168.0.0/16", "")
        group = world.cloud.ecs.create_security_group("cn-hangzhou", vpc.vpc_id, "")
        with pytest.raises(RefusedError) as caught:
            world.process().create(
                images=SMALL,
                vswitchIds=[world.network["vswitch"]],
                securityGroupId=group.security_group_id,
            )
        code = "OperationDenied.SecurityGroupMisMatch"
        self.assert_readable(str(caught.value), code, "securityGroupId")

    def test_full_quota(self, world: World) -> None:
        """A quota that is full."""
        world.cloud.quotas["MaxImageCacheCount"] = 1
        process = world.process()
        process.create(images=SMALL)
        with pytest.raises(RefusedError) as caught:
            process.create("other", images=OTHER)
        self.assert_readable(str(caught.value), "QuotaExceeded", "")

    def test_vswitch_without_addresses(self, world: World) -> None:
        """A vSwitch in which every address is taken."""
        vpc = world.cloud.vpc.create_vpc("cn-hangzhou", "192.168.0.0/16", "")
        vswitch = world.cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", "192.168.0.0/29")
        process = world.process()
        for number in range(4):
            world.call(
                "CreateImageCache",
                ImageCacheName=f"{number}",
                Image__1="busybox",
                VSwitchId=vswitch.v_switch_id,
            )
        with pytest.raises(RefusedError) as caught:
            process.create(images=SMALL, vswitchIds=[vswitch.v_switch_id])
        self.assert_readable(str(caught.value), "InvalidVSwitchId.IpNotEnough", "vswitchIds")

    @pytest.mark.parametrize(
        ("credentials", "code"),
        [
            ({"imagecache:secretKey": "secret-12"}, "SignatureDoesNotMatch"),
            ({"imagecache:accessKey": "another"}, "InvalidAccessKeyId.NotFound"),
        ],
    )
    def test_credentials(self, world: World, credentials: dict[str, str], code: str) -> None:
        """An access key that doesn't exist, or has another secret."""
        with pytest.raises(RefusedError) as caught:
            world.process(config=credentials).create(images=SMALL)
        self.assert_readable(str(caught.value), code, "")
        assert "accessKey" in str(caught.value)

    def assert_readable(self, text: str, code: str, property_name: str) -> None:
        """Assert that a text has what a user needs, line by line."""
        first, *rest = text.splitlines()
        lines = dict(line.strip().split(": ", 1) for line in rest)
        assert f" failed: {code}: " in first
        assert lines.get("property", "") == property_name
        assert len(lines["what to do"]) > 10
        assert len(lines["RequestId"]) == 36
        assert "secret-12" not in text


@fronts
class TestUpdate:
    """Update."""

    def test_images(self, world: World) -> None:
        """Other images are built in place: the ID stays, and the build is asked for once."""
        process = world.process()
        made = process.create(images=SMALL)
        updated = process.update(made, images=OTHER)
        assert updated.id == made.id
        assert updated.outputs["status"] == "Ready"
        assert updated.outputs["snapshotId"] != made.outputs["snapshotId"]
        assert updated.outputs["buildId"] != made.outputs["buildId"]
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("alpine:3",)
        assert len(world.sent("UpdateImageCache")) == 1

    def test_build_is_complete(self, world: World) -> None:
        """A build in place is sent with all that it needs, so that it doesn't rest on what went before."""
        process = world.process()
        made = process.create(
            images=PRIVATE,
            imageCacheName="mine",
            imageRegistryCredentials=login(),
            vswitchIds=[world.network["vswitch"]],
            securityGroupId=world.network["group"],
            tags={"team": "a"},
            annotations="{}",
            zoneId="cn-hangzhou-h",
        )
        process.update(made, imageCacheSize=40)
        (sent,) = world.sent("UpdateImageCache")
        (token,) = {sent["ClientToken"]}
        tags = {name: value for name, value in sent.items() if name.startswith("Tag.")}
        assert token != world.sent("CreateImageCache")[0]["ClientToken"]
        assert {name: value for name, value in sent.items() if name not in {"ClientToken", *tags}} == {
            "RegionId": "cn-hangzhou",
            "ImageCacheId": made.id,
            "ImageCacheName": "mine",
            "Image.1": PRIVATE[0],
            "ImageCacheSize": "40",
            "SecurityGroupId": world.network["group"],
            "VSwitchId": world.network["vswitch"],
            "EipInstanceId": "",
            "AutoMatchImageCache": "false",
            "Flash": "false",
            "FlashCopyCount": "1",
            "StandardCopyCount": "1",
            "EliminationStrategy": "",
            "ImageRegistryCredential.1.Server": "private.example.com",
            "ImageRegistryCredential.1.UserName": "simulator",
            "ImageRegistryCredential.1.Password": "***",
        }
        assert {STACK_TAG, RESOURCE_TAG, "team"} <= set(tags.values())

    def test_rebuild_triggers(self, world: World) -> None:
        """A trigger builds again from the same images."""
        process = world.process()
        made = process.create(images=SMALL)
        updated = process.update(made, rebuildTriggers=["sha256:1"])
        assert updated.outputs["snapshotId"] != made.outputs["snapshotId"]
        assert len(world.sent("UpdateImageCache")) == 1

    def test_the_same_images_back(self, world: World) -> None:
        """Going back to earlier images is another build, though that was asked for before."""
        process = world.process()
        made = process.create(images=SMALL)
        there = process.update(made, images=OTHER)
        back = process.update(there, images=SMALL)
        again = process.update(back, images=OTHER)
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("alpine:3",)
        assert len({each.outputs["snapshotId"] for each in (made, there, back, again)}) == 4

    def test_password_rotated(self, world: World) -> None:
        """A rotated password is recorded for the next build; nothing is sent."""
        process = world.process()
        made = process.create(images=PRIVATE, imageRegistryCredentials=login())
        world.mark()
        updated = process.update(made, imageRegistryCredentials=login("rotated"))
        assert world.writes() == []
        assert updated.inputs["imageRegistryCredentials"] == login("rotated")
        assert updated.outputs == made.outputs

    def test_rotated_password_serves_the_next_build(self, world: World) -> None:
        """The next build uses the password that was recorded last."""
        process = world.process()
        made = process.create(images=PRIVATE, imageRegistryCredentials=login())
        rotated = process.update(made, imageRegistryCredentials=login("rotated"))
        world.cloud.registries.add_registry("private.example.com", users={"simulator": "rotated"})
        assert process.update(rotated, imageCacheSize=21).outputs["status"] == "Ready"

    @pytest.mark.parametrize(
        ("name", "value", "wire", "text"),
        [
            ("imageCacheName", "renamed", "ImageCacheName", "renamed"),
            ("retentionDays", 5, "RetentionDays", "5"),
            ("eliminationStrategy", "LRU", "EliminationStrategy", "LRU"),
            ("flashCopyCount", 2, "FlashCopyCount", "2"),
            ("standardCopyCount", 3, "StandardCopyCount", "3"),
        ],
    )
    def test_metadata(self, world: World, name: str, value: Any, wire: str, text: str) -> None:
        """A change of metadata sends itself and what is required, and builds nothing."""
        process = world.process()
        made = process.create(images=SMALL, imageCacheName="mine")
        world.mark()
        updated = process.update(made, **{name: value})
        (sent,) = world.sent("UpdateImageCache")
        required = {"RegionId": "cn-hangzhou", "ImageCacheId": made.id, "ImageCacheName": "mine"}
        assert sent == {**required, wire: text, "ClientToken": sent["ClientToken"]}
        assert world.writes() == ["UpdateImageCache"]
        assert updated.outputs["snapshotId"] == made.outputs["snapshotId"]
        assert updated.outputs["buildId"] == made.outputs["buildId"]

    def test_resource_group(self, world: World) -> None:
        """A cache moves to another resource group in place."""
        process = world.process()
        made = process.create(images=SMALL)
        group = world.cloud.resource_manager.add_resource_group("team", "Team")
        process.update(made, resourceGroupId=group.resource_group_id)
        assert world.cloud.eci.image_cache(made.id).inputs.resource_group_id == group.resource_group_id

    def test_the_same_metadata_back(self, world: World) -> None:
        """Going back to an earlier value is sent again, though it was asked for before."""
        process = world.process()
        made = process.create(images=SMALL, retentionDays=5)
        for days in (6, 5, 6):
            made = process.update(made, retentionDays=days)
            world.clock.advance(1)
        assert world.cloud.eci.image_cache(made.id).inputs.retention_days == 6

    def test_tags(self, world: World) -> None:
        """Of the tags, only what is new, changed or removed is sent."""
        process = world.process()
        made = process.create(images=SMALL, tags={"stays": "1", "changes": "1", "goes": "1"})
        world.mark()
        process.update(made, tags={"stays": "1", "changes": "2", "comes": "1"})
        (untagged,), (tagged,) = world.sent("UntagResources"), world.sent("TagResources")
        assert world.writes() == ["UntagResources", "TagResources"]
        assert {name: value for name, value in untagged.items() if "TagKey" in name} == {"TagKey.1": "goes"}
        assert {name: value for name, value in tagged.items() if name.startswith("Tag.")} == {
            "Tag.1.Key": "changes",
            "Tag.1.Value": "2",
            "Tag.2.Key": "comes",
            "Tag.2.Value": "1",
        }
        assert world.tags(made.id) == {"stays": "1", "changes": "2", "comes": "1"}

    def test_no_tags_any_more(self, world: World) -> None:
        """Tags that were removed from the program are removed from the cache; the hidden ones stay."""
        process = world.process()
        made = process.create(images=SMALL, tags={"a": "1"})
        process.update(made, tags=None)
        assert world.cloud.eci.image_cache(made.id).tags.keys() == {STACK_TAG, RESOURCE_TAG}

    def test_tags_of_others_stay(self, world: World) -> None:
        """A tag that somebody else set isn't the program's to remove."""
        process = world.process()
        made = process.create(images=SMALL, tags={"a": "1"})
        world.call(
            "TagResources",
            ResourceType="ImageCache",
            ResourceId__1=made.id,
            Tag__1__Key="theirs",
            Tag__1__Value="x",
        )
        process.update(made, tags={"a": "2"})
        assert world.tags(made.id) == {"a": "2", "theirs": "x"}

    def test_tag_removed_twice(self, world: World) -> None:
        """A tag that somebody removed already isn't removed again."""
        process = world.process()
        made = process.create(images=SMALL, tags={"a": "1"})
        world.call("UntagResources", ResourceType="ImageCache", ResourceId__1=made.id, TagKey__1="a")
        world.mark()
        process.update(made, tags=None)
        assert world.writes() == []

    def test_all_tags_exchanged(self, world: World) -> None:
        """Eighteen tags give way to eighteen others without being too many for a moment."""
        process = world.process()
        made = process.create(images=SMALL, tags={f"old-{number}": "1" for number in range(18)})
        new = {f"new-{number}": "1" for number in range(18)}
        process.update(made, tags=new)
        assert world.tags(made.id) == new

    @pytest.mark.parametrize(
        ("name", "value", "wire", "default"),
        [
            ("eliminationStrategy", "LRU", "EliminationStrategy", ""),
            ("flashCopyCount", 2, "FlashCopyCount", "1"),
            ("standardCopyCount", 2, "StandardCopyCount", "1"),
            ("imageCacheSize", 40, "ImageCacheSize", "20"),
            ("flash", True, "Flash", "false"),
            ("autoMatchImageCache", True, "AutoMatchImageCache", "false"),
        ],
    )
    def test_removed(self, world: World, name: str, value: Any, wire: str, default: str) -> None:
        """A property that was removed is sent as the default that the cloud documents."""
        process = world.process()
        made = process.create(images=SMALL, **{name: value})
        changes: dict[str, Any] = {name: None}
        updated = process.update(made, **changes)
        assert world.sent("UpdateImageCache")[-1][wire] == default
        assert name not in updated.inputs

    def test_removed_eip(self, world: World) -> None:
        """An EIP that was removed isn't used by the next build."""
        process = world.process()
        made = process.create(images=SMALL, eipInstanceId=world.network["eip"])
        removed = process.update(made, eipInstanceId=None)
        process.update(removed, images=OTHER)
        assert world.cloud.eci.image_cache(made.id).inputs.eip_instance_id == ""

    @not_cut_off_here
    def test_cut_off(self, world: World) -> None:
        """A build that was cut off is waited for, not asked for again."""
        made = world.process().create(images=SMALL)
        updating = world.process().updating(made, {"images": OTHER})
        world.cut_off(updating, lambda: "Updating" in world.caches().values())
        updated = world.process().update(made, images=OTHER)
        assert len(world.sent("UpdateImageCache")) == 1
        assert updated.outputs["status"] == "Ready"
        assert updated.outputs["buildId"] == build_id(ImageCacheArgs, updated.inputs)

    @not_cut_off_here
    def test_cut_off_and_ready_since(self, world: World) -> None:
        """A build that was cut off and is Ready by now isn't asked for again."""
        made = world.process().create(images=SMALL)
        updating = world.process().updating(made, {"images": OTHER})
        world.cut_off(updating, lambda: "Updating" in world.caches().values())
        world.clock.advance(60)
        world.process().update(made, images=OTHER)
        assert len(world.sent("UpdateImageCache")) == 1

    @pytest.mark.parametrize("changes", [{"images": OTHER}, {"imageCacheName": "renamed"}])
    def test_stale_answers(self, world: World, changes: dict[str, Any]) -> None:
        """Answers from before an update aren't taken for its end."""
        made = world.process().create(images=SMALL)
        world.cloud.faults.stale(seconds=80, times=None)  # four looks
        updated = world.process().update(made, **changes)
        assert world.caches() == {made.id: "Ready"}
        assert updated.outputs["buildId"] == build_id(ImageCacheArgs, updated.inputs)
        cache = world.cloud.eci.image_cache(made.id)
        assert updated.outputs["containerGroupId"] == cache.container_group_id

    @told_by_each_front
    def test_stale_answers_all_the_time(self, world: World) -> None:
        """Nothing but answers from before an update until the time is up: it isn't known to be Ready."""
        made = world.process().create(images=SMALL)
        world.cloud.faults.stale(seconds=80, times=None)
        with pytest.raises(TimedOutError, match="wasn't seen with its changes after 3 s"):
            world.process(timeout=3).update(made, images=OTHER)

    def test_changes_that_are_never_shown(self, world: World) -> None:
        """A cloud that never shows an update is believed after ten looks."""
        made = world.process().create(images=SMALL)
        world.cloud.advance(7200)
        world.cloud.faults.stale(seconds=3600, times=None)
        assert world.process().update(made, images=OTHER).id == made.id

    @not_cut_off_here
    def test_cut_off_then_other_images(self, world: World) -> None:
        """After a build that was cut off, other images are built once it has ended."""
        made = world.process().create(images=SMALL)
        updating = world.process().updating(made, {"images": OTHER})
        world.cut_off(updating, lambda: "Updating" in world.caches().values())
        world.process().update(made, images=["hello-world:1"])
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("hello-world:1",)
        assert len(world.sent("UpdateImageCache")) == 2

    @told_by_each_front
    def test_timed_out(self, world: World) -> None:
        """A build that takes too long says so; the next update waits for it."""
        made = world.process().create(images=SMALL)
        with pytest.raises(TimedOutError, match="wasn't Ready after 2 s: Updating"):
            world.process(timeout=2).update(made, images=OTHER)
        world.process().update(made, images=OTHER)
        assert len(world.sent("UpdateImageCache")) == 1

    @told_by_each_front
    def test_deleted_behind_our_back(self, world: World) -> None:
        """An update of a cache that is gone says so, and what to do."""
        made = world.process().create(images=SMALL)
        world.call("DeleteImageCache", ImageCacheId=made.id)
        with pytest.raises(GoneError, match=r"doesn't exist any more(?s:.*)pulumi refresh") as caught:
            world.process().update(made, images=OTHER)
        assert made.id in str(caught.value)
        assert made.inputs["imageCacheName"] in str(caught.value)

    @told_by_each_front
    def test_failed_and_retried(self, world: World) -> None:
        """A build in place that failed says why; the cache stays, and the next update builds again."""
        made = world.process().create(images=SMALL)
        with pytest.raises(FailedError, match=r"(?s)ended UpdateFailed:.*Failed: .*missing:1") as caught:
            world.process().update(made, images=["missing:1"])
        assert "deleted" not in str(caught.value)
        assert world.caches() == {made.id: "UpdateFailed"}
        world.cloud.registries.add_image("missing:1", 10)
        assert world.process().update(made, images=["missing:1"]).outputs["status"] == "Ready"
        assert world.caches() == {made.id: "Ready"}

    @told_by_each_front
    def test_failed_then_refreshed(self, world: World) -> None:
        """After a refresh has seen UpdateFailed, an update without other inputs builds again."""
        process = world.process()
        made = process.create(images=SMALL)
        with pytest.raises(FailedError):
            process.update(made, images=["missing:1"])
        seen = process.read(made)
        assert seen is not None
        assert seen.outputs["status"] == "UpdateFailed"
        assert process.update(seen, images=SMALL).outputs["status"] == "Ready"
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("busybox:1",)

    def test_left_building(self, world: World) -> None:
        """An update of a cache that was recorded while it was being built only waits."""
        world.call("CreateImageCache", ImageCacheName="mine", Image__1="busybox:1")
        (id_,) = world.caches()
        inputs = {"images": SMALL, "imageCacheName": "mine", "regionId": "cn-hangzhou"}
        world.mark()
        process = world.process()
        left = process.read(Outcome(id_, inputs, {}))
        assert left is not None
        assert left.outputs["status"] == "Preparing"
        assert process.update(left).outputs["status"] == "Ready"
        assert world.writes() == []

    @told_by_each_front
    def test_failed_cache(self, world: World) -> None:
        """A cache that ended Failed can't be updated; the error says why it failed."""
        world.call("CreateImageCache", ImageCacheName="mine", Image__1="missing:1")
        (id_,) = world.caches()
        world.clock.advance(60)
        process = world.process()
        inputs = {"images": SMALL, "imageCacheName": "mine", "regionId": "cn-hangzhou"}
        identity = process.identity()
        with pytest.raises(FailedError, match="ended Failed"):
            world.run(process.lifecycle.update(identity, id_, inputs, {"status": "Ready"}, inputs))


@fronts
class TestRead:
    """Read."""

    def test_nothing_changed(self, world: World) -> None:
        """A refresh without drift gives back the user's own form, to the letter."""
        process = world.process()
        made = process.create(images=["docker.io/library/nginx:latest", "busybox"], tags={"a": "1"})
        assert process.read(made) == made

    def test_other_spelling(self, world: World) -> None:
        """The same images in another order and spelling are no drift."""
        process = world.process()
        made = process.create(images=["nginx", "busybox"])
        world.call(
            "UpdateImageCache",
            ImageCacheId=made.id,
            Image__1="docker.io/library/busybox:latest",
            Image__2="nginx:latest",
        )
        world.clock.advance(60)
        seen = process.read(made)
        assert seen is not None
        assert seen.inputs == made.inputs

    @pytest.mark.parametrize(
        ("change", "drift"),
        [
            ({"Image__1": "alpine:3"}, {"images": ["alpine:3"]}),
            ({"ImageCacheSize": "40"}, {"imageCacheSize": 40}),
            ({"ImageCacheName": "theirs"}, {"imageCacheName": "theirs"}),
            ({"EliminationStrategy": "LRU"}, {"eliminationStrategy": "LRU"}),
        ],
    )
    def test_drift(self, world: World, change: dict[str, str], drift: dict[str, Any]) -> None:
        """What somebody changed is in the inputs, and nothing else is."""
        process = world.process()
        made = process.create(images=SMALL, retentionDays=5)
        world.call("UpdateImageCache", ImageCacheId=made.id, **change)
        world.clock.advance(60)
        seen = process.read(made)
        assert seen is not None
        assert seen.inputs == {**made.inputs, **drift}

    def test_retention(self, world: World) -> None:
        """A retention that somebody changed is drift, which the next update undoes without a build."""
        process = world.process()
        made = process.create(images=SMALL, retentionDays=30)
        world.call("UpdateImageCache", ImageCacheId=made.id, RetentionDays="1")
        seen = process.read(made)
        assert seen is not None
        assert seen.inputs == {**made.inputs, "retentionDays": 1}
        world.mark()
        mended = process.update(seen, retentionDays=30)
        (sent,) = world.sent("UpdateImageCache")
        assert sent["RetentionDays"] == "30"
        assert "Image.1" not in sent
        assert world.cloud.eci.image_cache(made.id).inputs.retention_days == 30
        assert process.read(mended) == mended

    @pytest.mark.parametrize("days", [None, 1, 7, 65536])
    def test_retention_unchanged(self, world: World, days: int | None) -> None:
        """A retention that nobody changed is no drift, whatever the cache's age and our own updates."""
        process = world.process()
        made = process.create(images=SMALL, retentionDays=days)
        world.clock.advance(1_000)
        assert process.read(made) == made
        updated = process.update(made, images=OTHER, retentionDays=8 if days else None)
        world.clock.advance(1_000)
        assert process.read(updated) == updated

    @told_by_each_front
    def test_retention_nobody_wanted(self, world: World) -> None:
        """One that somebody gave a cache without is drift: it takes another cache, as removing it does."""
        process = world.process()
        made = process.create(images=SMALL)
        world.call("UpdateImageCache", ImageCacheId=made.id, RetentionDays="1")
        seen = process.read(made)
        assert seen is not None
        assert seen.inputs == {**made.inputs, "retentionDays": 1}
        found = process.lifecycle.diff(process.identity(), made.id, seen.inputs, seen.outputs, made.inputs)
        assert found.replaces == ["retentionDays"]

    def test_drift_is_a_difference(self, world: World) -> None:
        """After a refresh that found drift, the program's inputs differ, and an update undoes the drift."""
        process = world.process()
        made = process.create(images=SMALL)
        world.call("UpdateImageCache", ImageCacheId=made.id, Image__1="alpine:3")
        world.clock.advance(60)
        seen = process.read(made)
        assert seen is not None
        process.update(seen, images=SMALL)
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("busybox:1",)

    def test_drift_to_the_default(self, world: World) -> None:
        """An elimination strategy that somebody took away is drift, though the cloud shows nothing then."""
        process = world.process()
        made = process.create(images=SMALL, eliminationStrategy="LRU")
        world.call("UpdateImageCache", ImageCacheId=made.id, EliminationStrategy="")
        seen = process.read(made)
        assert seen is not None
        assert seen.inputs.get("eliminationStrategy", "") == ""

    def test_tags(self, world: World) -> None:
        """Tags that others set, changed or removed are drift; hidden ones and the cloud's own are not."""
        process = world.process()
        made = process.create(images=SMALL, tags={"a": "1", "b": "1"})
        tags = world.cloud.eci.image_cache(made.id).tags
        tags.update({"a": "2", "c": "1", "acs:rm:rgId": "rg-1"})
        del tags["b"]
        seen = process.read(made)
        assert seen is not None
        assert seen.inputs["tags"] == {"a": "2", "c": "1"}

    def test_resource_group(self, world: World) -> None:
        """The group that the cloud chose is no drift; one that the user chose and others changed is."""
        process = world.process()
        default = process.create("default", images=SMALL)
        group = world.cloud.resource_manager.add_resource_group("team", "Team")
        chosen = process.create("chosen", images=SMALL, resourceGroupId=group.resource_group_id)
        other = world.cloud.resource_manager.add_resource_group("other", "Other").resource_group_id
        world.call("UpdateImageCache", ImageCacheId=chosen.id, ResourceGroupId=other)
        first, second = process.read(default), process.read(chosen)
        assert first == default
        assert second is not None
        assert second.inputs["resourceGroupId"] == other

    def test_gone(self, world: World) -> None:
        """A cache that is gone is None."""
        process = world.process()
        made = process.create(images=SMALL)
        world.call("DeleteImageCache", ImageCacheId=made.id)
        assert process.read(made) is None

    @told_by_each_front
    def test_expired(self, world: World) -> None:
        """A cache whose retention has passed is gone; until a refresh sees that, Diff replaces it."""
        process = world.process()
        made = process.create(images=SMALL, retentionDays=1)
        world.cloud.advance(86_400)
        found = process.lifecycle.diff(process.identity(), made.id, made.inputs, made.outputs, made.inputs)
        assert found.replaces == ["expireDateTime"]
        assert process.read(made) is None

    @told_by_each_front
    def test_refused(self, world: World) -> None:
        """Another error than "not found" never counts as gone."""
        made = world.process().create(images=SMALL)
        wrong = {"imagecache:secretKey": "wrong"}
        with pytest.raises(RefusedError, match="SignatureDoesNotMatch"):
            world.process(config=wrong).read(made)


@fronts
class TestDelete:
    """Delete."""

    def test_gone_at_the_end(self, world: World) -> None:
        """A deleted cache is looked for until it's gone."""
        process = world.process()
        made = process.create(images=SMALL)
        world.mark()
        process.delete(made)
        assert world.caches() == {}
        assert len(world.sent("DescribeImageCaches")) == 1

    def test_gone_before(self, world: World) -> None:
        """Deleting what is gone succeeds."""
        process = world.process()
        made = process.create(images=SMALL)
        process.delete(made)
        world.mark()
        world.process().delete(made)
        assert world.writes() == ["DeleteImageCache"]

    def test_while_building(self, world: World) -> None:
        """A cache that is being built is deleted without waiting for its end."""
        world.call("CreateImageCache", ImageCacheName="mine", Image__1="busybox:1")
        (id_,) = world.caches()
        world.process().delete(Outcome(id_, {"regionId": "cn-hangzhou"}, {}))
        assert world.caches() == {}
        assert world.clock.seconds() < 2


class TestTogether:
    """Many resources at once."""

    def test_one_eip(self, world: World) -> None:
        """Two creates that share an EIP wait for each other: it is never in use twice."""
        process = world.process()
        eip = world.network["eip"]

        async def both() -> list[str]:
            one = world.loop.create_task(process.creating("one", images=SMALL, eipInstanceId=eip))
            two = world.loop.create_task(process.creating("two", images=SMALL, eipInstanceId=eip))
            return [(await one).id, (await two).id]

        ids = world.run(both())
        assert world.caches() == dict.fromkeys(ids, "Ready")
        created = sorted(cache.created for cache in world.cloud.eci.image_caches.values())
        assert (created[1] - created[0]).total_seconds() > 60

    def test_one_eip_and_a_failure(self, world: World) -> None:
        """A build that fails lets the next one have the EIP."""
        process = world.process()
        eip = world.network["eip"]

        async def both() -> Outcome:
            one = world.loop.create_task(process.creating("one", images=["missing:1"], eipInstanceId=eip))
            two = world.loop.create_task(process.creating("two", images=SMALL, eipInstanceId=eip))
            with pytest.raises(FailedError, match="not found"):
                await one
            return await two

        assert world.run(both()).outputs["status"] == "Ready"

    def test_one_eip_in_updates(self, world: World) -> None:
        """Builds in place take their turn for the EIP too; changes of metadata don't wait for it."""
        process = world.process()
        eip = world.network["eip"]
        one = process.create("one", images=SMALL, eipInstanceId=eip)
        two = process.create("two", images=SMALL, eipInstanceId=eip)
        three = process.create("three", images=SMALL, eipInstanceId=eip)
        finished: list[str] = []

        async def update(name: str, before: Outcome, **changes: Any) -> None:
            await process.updating(before, changes, name)
            finished.append(name)

        async def all_three() -> None:
            updates = [
                world.loop.create_task(update("one", one, images=OTHER)),
                world.loop.create_task(update("two", two, images=OTHER)),
                world.loop.create_task(update("three", three, retentionDays=5)),
            ]
            for each in updates:
                await each

        world.run(all_three())
        assert finished == ["three", "one", "two"]
        assert set(world.caches().values()) == {"Ready"}

    def test_one_eip_and_failed_updates(self, world: World) -> None:
        """Builds that mend a failed one take their turn too, though the program only changed metadata."""
        process = world.process()
        eip = world.network["eip"]
        caches = {name: process.create(name, images=SMALL, eipInstanceId=eip) for name in ("one", "two")}
        for name, made in caches.items():
            with pytest.raises(FailedError, match="not found"):
                process.update(made, name, images=["missing:1"])

        async def both() -> None:
            updates = [
                world.loop.create_task(process.updating(made, {"retentionDays": 5}, name))
                for name, made in caches.items()
            ]
            for each in updates:
                await each

        world.run(both())
        assert list(world.caches().values()) == ["Ready", "Ready"]

    def test_many_share_looks(self, world: World) -> None:
        """Thirty creates at once are looked at together: by pages of the region, not one by one."""
        process = world.process()

        async def all_of_them() -> None:
            creates = [
                world.loop.create_task(process.creating(f"cache-{number}", images=SMALL))
                for number in range(30)
            ]
            for each in creates:
                await each

        world.run(all_of_them())
        assert list(world.caches().values()) == ["Ready"] * 30
        assert len(world.sent("DescribeImageCaches")) < 30

    def test_100_builds_of_20_seconds(self, world: World) -> None:
        """A hundred caches that are asked for in three seconds and built in twenty take 80 looks at most."""
        world.clock.pace = 5
        process = world.process()

        async def one(number: int) -> None:
            await world.clock.sleep(0.03 * number)
            await process.creating(f"cache-{number}", images=SMALL)

        async def all_of_them() -> None:
            await asyncio.gather(*map(one, range(100)))

        world.run(all_of_them())
        assert list(world.caches().values()) == ["Ready"] * 100
        assert 15 < world.clock.seconds() < 30
        assert len(world.sent("DescribeImageCaches")) <= 80

    def test_only_the_stacks_pages(self, world: World) -> None:
        """Many are looked up by their stack's tag; one without it is found all the same."""
        for number in range(50):
            world.call("CreateImageCache", ImageCacheName=f"other-{number}", Image__1="nginx")
        imported = world.call("CreateImageCache", ImageCacheName="theirs", Image__1="nginx")["ImageCacheId"]
        made = [world.process().create(f"ours-{number}", images=SMALL) for number in range(6)]
        process = world.process()
        world.run(process.lifecycle.read(process.identity("theirs"), imported, {}, {}))
        world.mark()
        seen: dict[str, Observed | None] = {}

        async def all_of_them() -> None:
            builds = {imported: "", **{each.id: each.outputs["buildId"] for each in made}}
            waits = (
                process.lifecycle.built(id_, build, "cn-hangzhou", 60, seen.__setitem__)
                for id_, build in builds.items()
            )
            await asyncio.gather(*waits)

        world.run(all_of_them())
        assert [each.id for each in seen.values() if each] == [imported, *(each.id for each in made)]
        sent = world.sent("DescribeImageCaches")
        assert len(sent) == 2
        assert sent[0]["Tag.1.Key"] == "pulumi-imagecache-stack"
        assert sent[1]["ImageCacheId"] == imported

    def test_one_listing_of_the_stack(self, world: World) -> None:
        """What cut-off creates left is listed once for all resources of a run."""
        process = world.process()
        for number in range(5):
            process.create(f"cache-{number}", images=SMALL)
        listings = [each for each in world.sent("DescribeImageCaches") if "Tag.1.Key" in each]
        assert len(listings) == 1


class TestRefresh:
    """Reads of many resources, as a refresh makes them: so many at once, and one after the other."""

    PARALLEL = 8

    @pytest.fixture
    def refresh(self, world: World) -> Callable[..., list[Outcome | None]]:
        """Return a function that reads outcomes in a new process, or another one, eight at a time."""

        def all_of_them(made: list[Outcome], process: Process | None = None) -> list[Outcome | None]:
            process = process or world.process()
            lifecycle, gate = process.lifecycle, asyncio.Semaphore(self.PARALLEL)

            async def read(number: int, before: Outcome) -> Outcome | None:
                async with gate:
                    identity = process.identity(f"cache-{number}")
                    return await lifecycle.read(identity, before.id, before.inputs, before.outputs)

            async def refresh() -> list[Outcome | None]:
                return list(await asyncio.gather(*(read(*each) for each in enumerate(made))))

            return world.run(refresh())

        return all_of_them

    def made(self, world: World, count: int) -> list[Outcome]:
        """Make caches, and one of another stack."""
        process = world.process()

        async def all_of_them() -> list[Outcome]:
            creates = (process.creating(f"cache-{number}", images=SMALL) for number in range(count))
            return list(await asyncio.gather(*creates))

        world.process(stack="other").create("theirs", images=SMALL)
        made = world.run(all_of_them())
        world.mark()
        return made

    def test_calls(self, world: World, refresh: Callable[..., list[Outcome | None]]) -> None:
        """A refresh takes the pages of the stack's list and two calls more at most."""
        made = self.made(world, 45)
        seen = refresh(made)
        assert [each and each.outputs for each in seen] == [each.outputs for each in made]
        sent = world.sent("DescribeImageCaches")
        assert len([each for each in sent if "Tag.1.Key" in each]) == 3
        assert len(sent) <= 3 + 2
        assert world.writes() == []

    def test_one(self, world: World, refresh: Callable[..., list[Outcome | None]]) -> None:
        """A refresh of one resource of many is one call."""
        made = self.made(world, 30)
        refresh(made[:1])
        (sent,) = world.sent("DescribeImageCaches")
        assert sent["ImageCacheId"] == made[0].id

    def test_changes(self, world: World, refresh: Callable[..., list[Outcome | None]]) -> None:
        """It finds what somebody deleted and changed; that something is gone takes looks of its own."""
        made = self.made(world, 12)
        world.call("DeleteImageCache", ImageCacheId=made[5].id)
        world.call(
            "TagResources",
            ResourceType="ImageCache",
            ResourceId__1=made[7].id,
            Tag__1__Key="by",
            Tag__1__Value="hand",
        )
        world.mark()
        seen = refresh(made)
        assert seen[5] is None
        assert seen[7] is not None
        assert seen[7].inputs["tags"] == {"by": "hand"}
        assert sum(each is None for each in seen) == 1
        looks = [each for each in world.sent("DescribeImageCaches") if each.get("ImageCacheId") == made[5].id]
        assert len(looks) == 3

    def test_changed_by_us(self, world: World, refresh: Callable[..., list[Outcome | None]]) -> None:
        """What this process changed or deleted since the list isn't read from it."""
        made = self.made(world, 6)
        process = world.process()
        refresh(made[:4], process)  # the list has all six
        process.update(made[4], "cache-4", tags={"by": "us"})
        process.delete(made[5])
        world.mark()
        seen = refresh(made[4:], process)
        assert seen[0] is not None
        assert seen[0].inputs["tags"] == {"by": "us"}
        assert seen[1] is None

    def test_imported(self, world: World, refresh: Callable[..., list[Outcome | None]]) -> None:
        """Imports that we never built are answered from a list of the region: the stack's lacks them."""
        for number in range(25):
            world.call("CreateImageCache", ImageCacheName=f"theirs-{number}", Image__1="nginx")
        world.clock.advance(60)
        imported = [Outcome(id_, {}, {}) for id_ in world.caches()]
        world.mark()
        assert None not in refresh(imported)
        assert len(world.sent("DescribeImageCaches")) <= 2 + 2


class TestCheck:
    """Check, and what it sets."""

    def test_region(self, offline: Process) -> None:
        """The region is the configuration's where the program names none."""
        assert offline.check({"images": SMALL})["regionId"] == "cn-hangzhou"
        assert offline.check({"images": SMALL, "regionId": "cn-beijing"})["regionId"] == "cn-beijing"

    def test_no_region(self, clock: DrivenClock) -> None:
        """Without a region anywhere, that is a failure beside all others, and says what to do."""
        lifecycle = Lifecycle(ImageCache.connect({}, {}, clock), clock)
        checked = lifecycle.check(Identity("a", "b"), "web", {}, {"images": ["a b"]})
        assert [failure.property for failure in checked.failures] == ["images[0]", "regionId"]
        assert "pulumi config set imagecache:region" in checked.failures[1].reason

    def test_unknown_region(self, offline: Process) -> None:
        """A region that isn't known yet stays so."""
        assert offline.check({"images": SMALL, "regionId": UNKNOWN})["regionId"] is UNKNOWN

    def test_name(self, offline: Process) -> None:
        """The automatic name is the resource's own with a few digits, the same in every process."""
        name = offline.check({"images": SMALL})["imageCacheName"]
        assert re.fullmatch("web-[0-9a-f]{7}", name)
        assert offline.check({"images": SMALL})["imageCacheName"] == name

    def test_names_differ(self, offline: Process) -> None:
        """Other inputs or another resource get another name, so that a replacement has one of its own."""
        names = {
            offline.check({"images": SMALL})["imageCacheName"],
            offline.check({"images": OTHER})["imageCacheName"],
            offline.check({"images": SMALL, "flash": True})["imageCacheName"],
            offline.check({"images": SMALL}, name="web2")["imageCacheName"],
        }
        assert len(names) == 4

    def test_own_name(self, offline: Process) -> None:
        """The program's own name stays as it is."""
        assert offline.check({"images": SMALL, "imageCacheName": "mine"})["imageCacheName"] == "mine"

    def test_name_is_kept(self, offline: Process) -> None:
        """A resource keeps its automatic name when its inputs change."""
        olds = offline.check({"images": SMALL})
        assert offline.check({"images": OTHER}, olds)["imageCacheName"] == olds["imageCacheName"]

    def test_unknown_name(self, offline: Process) -> None:
        """The automatic name isn't known while an input isn't; one that was given before is."""
        news = {"images": SMALL, "vswitchIds": [UNKNOWN]}
        assert offline.check(news)["imageCacheName"] is UNKNOWN
        assert offline.check(news, {"imageCacheName": "old"})["imageCacheName"] == "old"

    def test_no_secret_in_the_name(self, offline: Process) -> None:
        """A password is no part of the name, not even as a digest."""
        one = offline.check({"images": PRIVATE, "imageRegistryCredentials": login("one")})
        two = offline.check({"images": PRIVATE, "imageRegistryCredentials": login("two")})
        assert one["imageCacheName"] == two["imageCacheName"]

    def test_failures(self, offline: Process) -> None:
        """Wrong inputs have failures and no name, and are otherwise as they came."""
        checked = offline.lifecycle.check(offline.identity(), "web", {}, {"images": [], "color": "red"})
        assert {failure.property for failure in checked.failures} == {"images", "color"}
        assert "imageCacheName" not in checked.inputs


class TestDiff:
    """Diff, and what it sees in the recorded outputs."""

    INPUTS: ClassVar = {"images": SMALL, "imageCacheName": "mine", "regionId": "cn-hangzhou"}

    def diff(self, offline: Process, outputs: dict[str, Any], **changes: Any) -> Diff:
        """Compare inputs of a cache that has these outputs."""
        news = {**self.INPUTS, **changes}
        return offline.lifecycle.diff(offline.identity(), "imc-1", self.INPUTS, outputs, news)

    def test_nothing(self, offline: Process) -> None:
        """The same inputs of a Ready cache don't differ."""
        assert not self.diff(offline, {"status": "Ready", "expireDateTime": ""})

    @pytest.mark.parametrize("status", ["Preparing", "Creating", "Updating", "UpdateFailed", None])
    def test_left(self, offline: Process, status: str | None) -> None:
        """A cache that was left unfinished differs, so that an update finishes it."""
        found = self.diff(offline, {"status": status})
        assert [difference.property for difference in found.differences] == ["status"]
        assert found.replaces == []

    def test_failed(self, offline: Process) -> None:
        """A cache that ended Failed is replaced."""
        assert self.diff(offline, {"status": "Failed"}).replaces == ["status"]

    @pytest.mark.parametrize(
        ("moment", "replaces"),
        [
            ("2025-12-31T23:59:59Z", ["expireDateTime"]),
            ("2026-01-01T00:00:00Z", ["expireDateTime"]),
            ("2026-01-01T00:00:01Z", []),
            ("", []),
            ("2025-12-31T23:59:59", []),
            ("never", []),
        ],
    )
    def test_expired(self, offline: Process, moment: str, replaces: list[str]) -> None:
        """A cache whose time is over is replaced, by the clock of now."""
        assert self.diff(offline, {"status": "Ready", "expireDateTime": moment}).replaces == replaces

    def test_both(self, offline: Process) -> None:
        """What the inputs say and what the outputs say comes together."""
        found = self.diff(offline, {"status": "Updating"}, images=OTHER)
        assert [difference.property for difference in found.differences] == ["images", "status"]


class Sky(ImageCache):
    """A kind of resource whose cloud does what the simulator never does.

    Args:
        looks: what each look sees, the last one for ever; an error is raised.
    """

    def __init__(self, *looks: str | Exception | None) -> None:
        self.looks = list(looks)
        self.deleted: list[str] = []
        self.created = 0

    async def create(self, inputs: Mapping[str, Any], tags: Mapping[str, str], token: str) -> str:
        """Give an ID."""
        assert inputs["regionId"]
        assert tags
        assert token
        self.created += 1
        return f"imc-{self.created}"

    async def find(self, region: str, tags: Mapping[str, str]) -> list[Observed]:
        """List nothing."""
        assert region
        assert tags
        return []

    async def describe(self, region: str, ids: Collection[str]) -> dict[str, Observed]:
        """Look: a status, nothing, or an error."""
        assert region
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        return {id_: observed({"ImageCacheId": id_, "Status": look}) for id_ in ids if look is not None}

    async def delete(self, id: str, region: str) -> None:
        """Note a deletion."""
        assert region
        self.deleted.append(id)

    async def tag(self, id: str, region: str, tags: Mapping[str, str], removed: Collection[str]) -> None:
        """Take tags and forget them."""


class TestSlowCloud:
    """A cloud that takes its time, or fails."""

    INPUTS: ClassVar = {"images": SMALL, "imageCacheName": "mine", "regionId": "cn-hangzhou"}

    @pytest.fixture
    def process(self, start: Callable[[Connection], Process]) -> Callable[..., Process]:
        """Return a function that starts a run of the provider under a cloud that shows these looks."""
        return lambda *looks: start(Connection(Sky(*looks), "cn-hangzhou", "", ()))

    def test_not_listed_yet(self, process: Callable[..., Process]) -> None:
        """A new cache that the first looks don't show yet is waited for, not made again."""
        made = process(*[None] * 9, "Preparing", "Ready").create(images=SMALL)
        assert made.id == "imc-1"

    def test_never_listed(self, process: Callable[..., Process]) -> None:
        """A cloud that never shows what it made is an error in the end."""
        with pytest.raises(ProviderError, match="caches that don't exist"):
            process(None).create(images=SMALL)

    def test_missing_for_a_moment(self, process: Callable[..., Process]) -> None:
        """A cache that one look doesn't show isn't gone."""
        made = process("Preparing", None, "Creating", "Ready").create(images=SMALL)
        assert made.id == "imc-1"

    def test_deletion_takes_time(self, process: Callable[..., Process], clock: DrivenClock) -> None:
        """A deletion is waited for."""
        process("Ready", "Ready", "Ready", None).delete(Outcome("imc-1", self.INPUTS, {}))
        assert clock.seconds() == 3

    def test_deletion_takes_too_long(self, process: Callable[..., Process]) -> None:
        """A deletion that takes ten minutes is told."""
        with pytest.raises(TimedOutError, match=r"imc-1 is still there after 600 s.*status Ready"):
            process("Ready").delete(Outcome("imc-1", self.INPUTS, {}))

    @pytest.mark.parametrize(
        "error",
        [
            TryAgainError("DescribeImageCaches", Cause("InternalError", "Try later.")),
            RefusedError("DescribeImageCaches", Cause("Forbidden.SubUser", "No.")),
            RefusedError("DescribeImageCaches", Cause("InvalidAction.NotFound", "No such action.")),
        ],
    )
    def test_read_fails(self, process: Callable[..., Process], error: CloudError) -> None:
        """A read that fails is an error, and never "gone"."""
        with pytest.raises(CloudError) as caught:
            process(error).read(Outcome("imc-1", self.INPUTS, {}))
        assert caught.value is error

    def test_waiting_fails(self, start: Callable[[Connection], Process]) -> None:
        """An error while a cache is waited for ends the create and deletes nothing: the next one finds it."""
        sky = Sky("Preparing", TryAgainError("DescribeImageCaches", Cause("InternalError", "Later.")))
        with pytest.raises(TryAgainError):
            start(Connection(sky, "cn-hangzhou", "", ())).create(images=SMALL)
        assert sky.deleted == []


class TestPace:
    """More creates than the cloud takes in a minute."""

    @pytest.fixture
    def clock(self, clock: DrivenClock) -> DrivenClock:
        """Return a driven clock whose cloud's minute is ours."""
        clock.pace = 1
        return clock

    def test_less_where_set(self, world: World) -> None:
        """`imagecache:maxCreatesPerMinute` sets how many are sent, in each region by itself."""
        process = world.process(config={"imagecache:maxCreatesPerMinute": "2"})
        lines: list[str] = []

        def note(text: str, *, last: bool = False) -> None:
            if not last:
                lines.append(text)

        process.operation = replace(process.operation, report=note)

        async def all_of_them() -> None:
            regions = ["cn-hangzhou"] * 3 + ["cn-beijing"] * 2
            works = (
                process.creating(f"web-{number}", images=SMALL, regionId=region)
                for number, region in enumerate(regions)
            )
            await asyncio.gather(*works)

        world.run(all_of_them())
        waited = [line for line in lines if line.startswith("waiting")]
        assert waited == ["waiting to be sent: the cloud takes 2 creates a minute"]


@pytest.mark.parametrize("front", ["core", "plugin", "dynamic"], indirect=True)
class TestNotAwaited:
    """Caches that nobody waits for: `awaitReady: false`."""

    def test_answered_with_what_is_gone(self, world: World) -> None:
        """A token may be answered with a cache that is long gone: the Read tells, and it's made anew."""
        made = world.process().create(images=SMALL, awaitReady=False)
        world.process().delete(made)
        again = world.process().create(images=SMALL, awaitReady=False)
        assert (again.id, world.caches()) == (made.id, {})
        for _ in range(2):  # the next token's cache may be gone, too
            process = world.process()
            assert process.read(again) is None
            new = process.create(images=SMALL, awaitReady=False)
            assert list(world.caches()) == [new.id]
            world.process().delete(new)

    def test_answered_with_what_was_hidden(self, world: World) -> None:
        """One that a Read missed and that is there after all is taken: nothing is made twice."""
        made = world.process().create(images=SMALL, awaitReady=False)
        world.cloud.faults.hide_new(seconds=10_000, times=None)
        process = world.process()
        assert process.read(made) is None
        world.cloud.faults.clear()
        assert process.create(images=SMALL, awaitReady=False).id == made.id
        assert list(world.caches()) == [made.id]

    def test_create(self, world: World) -> None:
        """A create ends once the cloud has accepted it, with the ID; nothing is called unfinished."""
        process = world.process()
        made = process.create(images=SMALL, awaitReady=False)
        assert list(world.caches().items()) == [(made.id, "Preparing")]
        assert made.outputs["imageCacheId"] == made.id
        assert made.outputs["buildId"]
        assert made.outputs["status"] == ""
        assert world.clock.seconds() < 1

    def test_read(self, world: World) -> None:
        """A Read shows how far it is, without an error; once it's Ready, it's recorded as such."""
        process = world.process()
        made = process.create(images=SMALL, awaitReady=False)
        seen = process.read(made)
        assert seen is not None
        assert seen.trouble is None
        assert (seen.outputs["status"], seen.outputs["buildId"]) == ("Preparing", made.outputs["buildId"])
        assert process.update(seen).id == made.id
        world.cloud.advance(3600)
        done = process.read(seen)
        assert done is not None
        assert done.outputs["status"] == "Ready"
        assert "pending" not in world.cloud.eci.image_cache(made.id).tags["pulumi-imagecache-resource"]
        assert world.writes() == ["CreateImageCache", "TagResources"]

    def test_rebuild(self, world: World) -> None:
        """An update that builds again ends once it's accepted, with the new build's ID."""
        process = world.process()
        made = process.create(images=SMALL)
        world.mark()
        again = process.update(made, rebuildTriggers=["2"], awaitReady=False)
        assert world.caches() == {made.id: "Updating"}
        assert again.outputs["buildId"] != made.outputs["buildId"]
        assert again.outputs["status"] == ""
        world.cloud.advance(3600)
        done = process.read(again)
        assert done is not None
        assert done.outputs["buildId"] == again.outputs["buildId"]

    def test_retention(self, world: World) -> None:
        """A retention is no drift once it's first seen, after a create as after a build; a changed one is."""
        process = world.process()
        made = process.create(images=SMALL, retentionDays=7, awaitReady=False)
        early = process.read(made)
        assert early is not None
        assert early.inputs == made.inputs
        world.cloud.advance(3600)
        done = process.read(made)
        assert done is not None
        assert done.inputs == made.inputs
        again = process.update(done, rebuildTriggers=["2"], retentionDays=9)
        world.cloud.advance(3600)
        built = process.read(again)
        assert built is not None
        assert built.inputs == again.inputs
        world.call("UpdateImageCache", ImageCacheId=made.id, RetentionDays="30")
        for before in (made, again, built):
            seen = process.read(before)
            assert seen is not None
            assert seen.inputs["retentionDays"] == 30

    def test_awaited_again(self, world: World) -> None:
        """Without the setting, the next update waits for what is still being built."""
        process = world.process()
        made = process.create(images=SMALL, awaitReady=False)
        done = process.update(made, awaitReady=None)
        assert done.outputs["status"] == "Ready"
        assert len(world.sent("CreateImageCache")) == 1

    def test_one_eip(self, world: World) -> None:
        """A build that has an EIP to itself is waited for all the same."""
        made = world.process().create(images=SMALL, awaitReady=False, eipInstanceId=world.network["eip"])
        assert made.outputs["status"] == "Ready"


def test_failed_unawaited(world: World) -> None:
    """A cache that nobody waited for and that ended Failed is told by a Read, and then replaced."""
    process = world.process()
    made = process.create(images=["missing:1"], awaitReady=False)
    world.cloud.advance(3600)
    seen = process.read(made)
    assert seen is not None
    assert isinstance(seen.trouble, FailedError)
    found = process.lifecycle.diff(process.identity(), made.id, seen.inputs, seen.outputs, seen.inputs)
    assert found.replaces == ["status"]
