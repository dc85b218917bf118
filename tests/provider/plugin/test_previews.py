"""Tests of preflight through the plugin: what the engine is told in previews, and what ends an operation.

The rules themselves are tested in tests/provider/eci/preflight, against facts.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from tests.provider.fronts import AbortedError, Plugin, Recorded

from imagecache_provider.eci import image_cache
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.protocol import provider_pb2

if TYPE_CHECKING:
    from tests.provider.plugin.conftest import Start
    from tests.provider.world import World

Told = list[tuple[str, str, bool]]


def right(world: World, **inputs: Any) -> dict[str, Any]:
    """Give inputs in which there's nothing to find."""
    network = world.network
    return {
        "images": ["busybox:1"],
        "vswitchIds": [network["vswitch"]],
        "securityGroupId": network["group"],
        "eipInstanceId": network["eip"],
        **inputs,
    }


async def previewed(plugin: Plugin, name: str, inputs: dict[str, Any]) -> None:
    """Check and preview a create."""
    await plugin.create(name, await plugin.checked(name, None, encode(inputs)), preview=True)


async def together(plugin: Plugin, caches: dict[str, dict[str, Any]]) -> None:
    """Preview many creates at once, as the engine does."""
    await asyncio.gather(*(previewed(plugin, name, inputs) for name, inputs in caches.items()))


async def created(plugin: Plugin, name: str = "web", **inputs: Any) -> Recorded:
    """Check and create."""
    return await plugin.create(name, await plugin.checked(name, None, encode(inputs)))


async def changed(plugin: Plugin, before: Recorded, news: dict[str, Any], *, name: str = "web") -> None:
    """Check, diff, and preview an update if something differs."""
    inputs = await plugin.checked(name, before.inputs, encode(news))
    found = await plugin.diff(name, before, inputs)
    if found.changes != found.DIFF_NONE:
        await plugin.update(name, before, inputs, preview=True)


def findings(told: Told) -> list[tuple[str, str]]:
    """Give resource and property of each finding that was told, in order."""
    return [(name, text.split(": ")[1]) for text, name, _ in told if "what to do" in text]


def calls(world: World) -> Counter[str]:
    """Count the calls that arrived, by action."""
    return Counter(request["action"] for request in world.cloud.requests)


class TestWarn:
    """`preflight: warn`, the default."""

    def test_finding(self, world: World, start: Start, told: Told) -> None:
        """A finding is told at its resource, with property, fact and remedy, and the preview goes on."""
        plugin = start(preflight=None)
        world.run(previewed(plugin, "web", right(world, vswitchIds=["vsw-none"])))
        ((text, name, _),) = told
        assert name == "web"
        fact, remedy = text.splitlines()
        assert fact == "image cache web: vswitchIds: vsw-none doesn't exist in cn-hangzhou"
        assert remedy.startswith("  what to do: use vSwitches of this region and account")

    def test_nothing_to_find(self, world: World, start: Start, told: Told) -> None:
        """What is right is previewed without a word."""
        world.run(previewed(start(preflight=None), "web", right(world)))
        assert told == []

    def test_unknown(self, world: World, start: Start, told: Told) -> None:
        """What a preview doesn't know is left out; the rest is judged."""
        inputs = right(world, vswitchIds=["vsw-none", UNKNOWN], securityGroupId=UNKNOWN)
        world.run(previewed(start(preflight=None), "web", {**inputs, "eipInstanceId": "eip-none"}))
        assert findings(told) == [("web", "vswitchIds"), ("web", "eipInstanceId")]

    def test_unknown_region(self, world: World, start: Start, told: Told) -> None:
        """Without a region nothing is asked."""
        world.mark()
        world.run(previewed(start(preflight=None), "web", right(world, regionId=UNKNOWN)))
        assert (told, calls(world)) == ([], {})

    def test_create_says_nothing(self, world: World, start: Start, told: Told) -> None:
        """A create outside a preview asks nothing before it: the preview did, or the user skipped it."""
        plugin = start(preflight=None)
        world.run(created(plugin, **right(world)))
        assert findings(told) == []
        assert not calls(world).keys() & {"DescribeVSwitches", "ListUsage", "DescribeEipAddresses"}

    def test_said_once(self, world: World, start: Start, told: Told) -> None:
        """A finding is told once, even if its resource is previewed twice in a process."""
        plugin = start(preflight=None)
        for _ in range(2):
            world.run(previewed(plugin, "web", right(world, eipInstanceId="eip-none")))
        assert findings(told) == [("web", "eipInstanceId")]

    def test_secret(self, world: World, start: Start, told: Told) -> None:
        """A finding about what the program keeps secret doesn't show it."""
        plugin = start(preflight=None)
        inputs = encode(right(world, vswitchIds=["vsw-hidden"]), {("vswitchIds", 0)})
        checked = world.run(plugin.checked("web", None, inputs))
        world.run(plugin.create("web", checked, preview=True))
        ((text, _, _),) = told
        assert "[secret] doesn't exist" in text


class TestLostState:
    """A create of what the cloud has already, in a stack whose state is empty."""

    def test_told(self, world: World, start: Start, told: Told) -> None:
        """It's told, for one more call than none: the list that is asked for any create."""
        made = world.run(created(start(preflight=None), **right(world)))
        told.clear()
        world.mark()
        before = calls(world)["DescribeImageCaches"]
        plugin = start(preflight=None)
        world.run(together(plugin, {"web": right(world), "new": right(world)}))
        assert findings(told) == [("web", "imageCacheId")]
        assert f" web {made.id} --protect=false" in told[0][0]
        assert calls(world)["DescribeImageCaches"] == before + 1

    def test_off(self, world: World, start: Start, told: Told) -> None:
        """With preflight off nothing is asked, and nothing is said."""
        world.run(created(start(preflight=None), **right(world)))
        told.clear()
        seen = len(world.cloud.requests)
        world.run(previewed(start(preflight="off"), "web", right(world)))
        assert (told, len(world.cloud.requests)) == ([], seen)

    def test_error(self, world: World, start: Start, told: Told) -> None:
        """It's advice: the cloud refuses nothing, so that `preflight: error` goes on, too."""
        world.run(created(start(preflight=None), **right(world)))
        told.clear()
        world.run(previewed(start(preflight="error"), "web", right(world)))
        assert findings(told) == [("web", "imageCacheId")]

    def test_pending(self, world: World, start: Start, told: Told) -> None:
        """What the next `up` adopts isn't told: a cache whose create nobody waited for."""
        inputs: dict[str, Any] = {
            "images": ["registry-vpc.cn-hangzhou.aliyuncs.com/team/app:1"],
            "awaitReady": False,
        }
        world.run(created(start(preflight=None), **inputs))
        told.clear()
        world.cloud.advance(3600)
        world.run(previewed(start(preflight=None), "web", inputs))
        assert findings(told) == []

    def test_forced_replacement(self, world: World, start: Start, told: Told) -> None:
        """Nor is one that a forced replacement replaces: all that's seen of the state is DiffConfig."""
        world.run(created(start(preflight=None), **right(world)))
        told.clear()
        plugin = start(preflight=None)
        world.run(plugin.call("DiffConfig", provider_pb2.DiffRequest()))
        world.run(previewed(plugin, "web", right(world)))
        assert findings(told) == []

    def test_new_provider_resource(self, world: World, start: Start, told: Told) -> None:
        """Nor is one whose provider resource is new, but whose old inputs Check was shown."""
        made = world.run(created(start(preflight=None), **right(world)))
        told.clear()
        plugin = start(preflight=None)
        inputs = world.run(plugin.checked("web", made.inputs, encode(right(world))))
        world.run(plugin.create("web", inputs, preview=True))
        assert findings(told) == []


class TestError:
    """`preflight: error`."""

    def test_preview(self, world: World, start: Start, told: Told) -> None:
        """A preview of what is certain to fail fails, with all of it in one error."""
        plugin = start(preflight="error")
        with pytest.raises(AbortedError, match="preflight found 2 mistakes; nothing was built") as caught:
            world.run(previewed(plugin, "web", right(world, vswitchIds=["vsw-1"], eipInstanceId="eip-1")))
        assert caught.value.code is grpc.StatusCode.FAILED_PRECONDITION
        assert "image cache web: vswitchIds: vsw-1" in caught.value.text
        assert "image cache web: eipInstanceId: eip-1" in caught.value.text
        assert told == []

    def test_create(self, world: World, start: Start) -> None:
        """So does a create, before anything is asked for, as after `up --skip-preview`."""
        plugin = start(preflight="error")
        with pytest.raises(AbortedError, match="preflight found 1 mistake; nothing was built"):
            world.run(created(plugin, **right(world, eipInstanceId="eip-1")))
        assert world.caches() == {}

    def test_right(self, world: World, start: Start, told: Told) -> None:
        """What is right is built; a second cache with its EIP, which the first build has then, too."""
        plugin = start(preflight="error")

        async def both() -> None:
            await asyncio.gather(*(created(plugin, name, **right(world)) for name in ("a", "b")))

        world.run(both())
        assert list(world.caches().values()) == ["Ready", "Ready"]
        assert findings(told) == []

    def test_advice(self, world: World, start: Start, told: Told) -> None:
        """What isn't certain to fail is told, and fails nothing."""
        world.call("CreateImageCache", ImageCacheName="taken", Image__1="busybox:1")
        plugin = start(preflight="error")
        world.run(previewed(plugin, "web", right(world, imageCacheName="taken")))
        assert findings(told) == [("web", "imageCacheName")]

    def test_secret(self, world: World, start: Start) -> None:
        """An error about what the program keeps secret doesn't show it."""
        plugin = start(preflight="error")
        inputs = encode(right(world, eipInstanceId="eip-hidden"), {("eipInstanceId",)})
        checked = world.run(plugin.checked("web", None, inputs))
        with pytest.raises(AbortedError, match=r"\[secret\] doesn't exist"):
            world.run(plugin.create("web", checked, preview=True))


class TestOff:
    """Where nothing is asked: by the user's word, or because nothing can be."""

    def test_off(self, world: World, start: Start, told: Told) -> None:
        """`preflight: off` asks nothing and says nothing; so does the word that YAML makes a boolean of."""
        for word in ("off", False):
            plugin = start(preflight=word)
            world.run(previewed(plugin, "web", right(world, eipInstanceId="eip-none")))
        assert (told, calls(world)) == ([], {})

    def test_no_credentials(self, world: World, start: Start, told: Told) -> None:
        """Without credentials previews work, and one line says what they leave out, for all resources."""
        plugin = start(accessKey=None, secretKey=None, preflight=None)
        world.run(together(plugin, {"a": right(world), "b": right(world)}))
        world.run(previewed(plugin, "c", right(world)))
        ((text, _, _),) = told
        assert text == (
            "preflight looked at nothing more: there are no usable credentials; set preflight to off if"
            " that's meant to be so"
        )

    def test_wrong_credentials(self, world: World, start: Start, told: Told) -> None:
        """So does one with credentials that the cloud refuses, named by its code."""
        plugin = start(secretKey="wrong-secret", preflight=None)
        world.run(together(plugin, {"a": right(world), "b": right(world)}))
        ((text, _, _),) = told
        assert "the credentials are refused: SignatureDoesNotMatch" in text
        assert "wrong-secret" not in text

    @pytest.mark.parametrize("kind", ["drop", "timeout"])
    def test_no_network(
        self, world: World, start: Start, told: Told, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without a network one line says so, before long."""
        # What the SDK waits for a server that says nothing is real time, once for each of a dozen calls.
        monkeypatch.setattr(image_cache, "_BRIEF_TIMEOUT", 0.1)
        world.cloud.faults.add(kind, {"times": None})
        before = world.clock.seconds()
        plugin = start(preflight=None)
        world.run(together(plugin, {"a": right(world), "b": right(world)}))
        world.run(previewed(plugin, "c", right(world)))
        ((text, _, _),) = told
        assert "no answer from http" in text
        assert world.clock.seconds() - before < 11

    def test_forbidden(self, world: World, start: Start, told: Told) -> None:
        """What the credentials may not read is named in one line; the other rules still hold."""
        for action in ("DescribeVSwitches", "ListUsage"):
            world.cloud.faults.error(action, times=None, code="Forbidden.RAM", status=403, message="No.")
        plugin = start(preflight=None)
        inputs = right(world, vswitchIds=["vsw-none"], eipInstanceId="eip-none")
        world.run(together(plugin, {"a": inputs, "b": right(world)}))
        (note,) = [text for text, _, _ in told if "what to do" not in text]
        assert note.startswith(
            "preflight left out what it may not read: grant eci:ListUsage, vpc:DescribeVSwitches;"
        )
        assert findings(told) == [("a", "eipInstanceId")]

    def test_other_refusal(self, world: World, start: Start, told: Told) -> None:
        """Any other refusal is told in the cloud's words, and hides nothing else."""
        world.cloud.faults.error("ListUsage", times=None, code="Odd", status=400, message="No.")
        world.run(previewed(start(preflight=None), "web", right(world, eipInstanceId="eip-none")))
        assert "preflight left out what eci:ListUsage tells: Odd: No." in [text for text, _, _ in told]
        assert findings(told) == [("web", "eipInstanceId")]

    def test_cancelled(self, world: World, start: Start, told: Told) -> None:
        """Cancel ends the asking: the preview goes on with nothing."""
        plugin = start(preflight=None)

        async def cancelled() -> None:
            previewing = asyncio.ensure_future(previewed(plugin, "web", right(world, eipInstanceId="eip-1")))
            await asyncio.sleep(0)
            plugin.servicer.stop()
            await previewing

        world.run(cancelled())
        assert findings(told) == []


class TestUpdate:
    """Previewed updates."""

    def test_no_change(self, world: World, start: Start, told: Told) -> None:
        """A preview without a change asks nothing."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world)))
        told.clear()
        world.mark()
        seen = len(world.cloud.requests)
        world.run(changed(plugin, before, right(world)))
        assert (told, len(world.cloud.requests)) == ([], seen)

    def test_metadata(self, world: World, start: Start, told: Told) -> None:
        """What builds nothing isn't judged by the network that a build would need."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world)))
        world.cloud.vpc.eips.clear()
        seen = Counter(calls(world))
        world.run(changed(plugin, before, right(world, retentionDays=30)))
        assert findings(told) == []
        assert calls(world) == seen

    def test_changed_property(self, world: World, start: Start, told: Told) -> None:
        """What is only recorded for the next build is judged if it's what changed."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world)))
        world.run(changed(plugin, before, right(world, eipInstanceId="eip-none", resourceGroupId="rg-none")))
        assert findings(told) == [("web", "eipInstanceId"), ("web", "resourceGroupId")]

    def test_rebuild(self, world: World, start: Start, told: Told) -> None:
        """A build is judged by all that it uses, but adds nothing to the quota, and keeps its own name."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world)))
        world.cloud.vpc.eips.clear()
        world.cloud.quotas["MaxImageCacheCount"] = 1
        world.run(changed(plugin, before, right(world, images=["nginx:1.27"])))
        assert findings(told) == [("web", "eipInstanceId")]


class TestRecorded:
    """What the state tells, in Diff."""

    def test_expires(self, world: World, start: Start, told: Told) -> None:
        """A cache that expires within a week is told of, once a process, without a call."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world, retentionDays=30)))
        told.clear()
        world.cloud.advance(24 * 86400)
        seen = len(world.cloud.requests)
        for _ in range(2):
            world.run(changed(plugin, before, right(world, retentionDays=30)))
        assert findings(told) == [("web", "expireDateTime")]
        assert "in 5 days" in told[0][0]
        assert len(world.cloud.requests) == seen

    def test_retention_is_raised(self, world: World, start: Start, told: Told) -> None:
        """A change of the retention is the remedy: nothing is said then."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world, retentionDays=30)))
        world.cloud.advance(24 * 86400)
        world.run(changed(plugin, before, right(world, retentionDays=90)))
        assert findings(told) == []

    @pytest.mark.parametrize(("days", "expected"), [(3, 0), (0, 0), (6, 1)])
    def test_expiry_warning_days(
        self, world: World, start: Start, told: Told, days: int, expected: int
    ) -> None:
        """How long before it expires is the user's choice; 0 is never."""
        plugin = start(preflight=None, expiryWarningDays=days)
        before = world.run(created(plugin, **right(world, retentionDays=30)))
        told.clear()
        world.cloud.advance(24 * 86400)
        world.run(changed(plugin, before, right(world, retentionDays=30)))
        assert len(findings(told)) == expected

    def test_unused(self, world: World, start: Start, told: Told) -> None:
        """A cache that was read in this run and that nothing has matched for long is told of; no other."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, **right(world)))
        world.cloud.advance(8 * 86400)
        told.clear()
        world.run(changed(plugin, before, right(world)))
        assert findings(told) == []
        seen = world.run(plugin.read("web", before.id, before.inputs, before.outputs))
        assert seen is not None
        world.run(changed(plugin, seen, right(world)))
        assert findings(told) == [("web", "lastMatchedTime")]

    def test_unused_beside_others(self, world: World, start: Start, told: Told) -> None:
        """What is asked for a new cache tells of one that exists, too, whichever of them comes first."""
        plugin = start(preflight=None)
        before = world.run(created(plugin, "old", **right(world)))
        later = world.run(created(plugin, "later", **right(world)))
        world.cloud.advance(8 * 86400)
        told.clear()

        async def preview() -> None:
            await changed(plugin, before, right(world), name="old")
            await previewed(plugin, "web", right(world))
            await changed(plugin, later, right(world), name="later")

        world.run(preview())
        assert findings(told) == [("old", "lastMatchedTime"), ("later", "lastMatchedTime")]


def test_calls_are_bounded(world: World, start: Start, told: Told) -> None:
    """A hundred caches with a vSwitch, group and EIP each take a few calls: lists, and their pages."""
    cloud = world.cloud
    vpc = cloud.vpc.create_vpc("cn-hangzhou", "10.0.0.0/8", "")
    caches = {}
    for number in range(100):
        vswitch = cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", f"10.1.{number}.0/24")
        group = cloud.ecs.create_security_group("cn-hangzhou", vpc.vpc_id, "")
        eip = cloud.vpc.allocate_eip("cn-hangzhou", "")
        caches[f"web-{number}"] = right(
            world,
            vswitchIds=[vswitch.v_switch_id],
            securityGroupId=group.security_group_id,
            eipInstanceId=eip.allocation_id,
        )
    plugin = start(preflight=None)
    world.run(together(plugin, caches))
    assert told == []
    assert calls(world) == {
        "ListUsage": 1,
        "DescribeAvailableResource": 1,
        "DescribeContainerGroups": 1,
        "DescribeImageCaches": 1,
        "DescribeSecurityGroups": 1,
        "DescribeEipAddresses": 2,
        "DescribeVSwitches": 3,
    }


def test_one_after_the_other(world: World, start: Start, told: Told) -> None:
    """Caches that come one by one, as under `--parallel 1`, are asked about one by one only for a while."""
    cloud = world.cloud
    eips = [cloud.vpc.allocate_eip("cn-hangzhou", "").allocation_id for _ in range(20)]
    plugin = start(preflight=None)
    for number, eip in enumerate(eips):
        world.run(previewed(plugin, f"web-{number}", right(world, eipInstanceId=eip)))
    assert told == []
    assert calls(world)["DescribeEipAddresses"] == 4
    assert sum(calls(world).values()) == 10
