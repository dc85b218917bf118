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
from imagecache_provider.plugin.protocol import plugin_pb2, provider_pb2

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


class TestUp:
    """What isn't a preview: its process asks what the preview of the same run of the engine didn't."""

    def test_without_a_preview(self, world: World, start: Start, told: Told) -> None:
        """What is found is told before the cloud is asked for the cache, as after `up --skip-preview`."""
        plugin = start(preflight=None, run="one")
        with pytest.raises(AbortedError, match="CreateImageCache failed"):
            world.run(created(plugin, **right(world, eipInstanceId="eip-none")))
        assert findings(told) == [("web", "eipInstanceId")]

    def test_behind_a_preview(self, world: World, start: Start, told: Told) -> None:
        """What the preview has looked at is neither asked nor told again."""
        inputs = right(world, imageCacheName="taken")
        world.call("CreateImageCache", ImageCacheName="taken", Image__1="busybox:1")
        world.run(previewed(start(preflight=None, run="one"), "web", inputs))
        before = calls(world)
        world.run(created(start(preflight=None, run="one"), **inputs))
        assert findings(told) == [("web", "imageCacheName")]
        assert calls(world)["ListUsage"] == before["ListUsage"] == 1

    @pytest.mark.parametrize("run", ["two", ""])
    def test_behind_a_preview_of_another_run(self, world: World, start: Start, told: Told, run: str) -> None:
        """A preview of another run, or of one that can't be named, doesn't count."""
        inputs = right(world, imageCacheName="taken")
        world.call("CreateImageCache", ImageCacheName="taken", Image__1="busybox:1")
        world.run(previewed(start(preflight=None, run="one" if run else ""), "web", inputs))
        world.run(created(start(preflight=None, run=run), **inputs))
        assert findings(told) == [("web", "imageCacheName")] * 2

    def test_long_after_a_preview(self, world: World, start: Start, told: Told) -> None:
        """Nor does one that was an hour ago, for who was asked whether to go on and went to lunch."""
        inputs = right(world, imageCacheName="taken")
        world.call("CreateImageCache", ImageCacheName="taken", Image__1="busybox:1")
        world.run(previewed(start(preflight=None, run="one"), "web", inputs))
        world.cloud.advance(3700)
        world.run(created(start(preflight=None, run="one"), **inputs))
        assert findings(told) == [("web", "imageCacheName")] * 2

    def test_only_now_known(self, world: World, start: Start, told: Told) -> None:
        """A cache of which the preview didn't know all is looked at again; nothing is told twice."""
        world.call("CreateImageCache", ImageCacheName="taken", Image__1="busybox:1")
        unknown = right(world, imageCacheName="taken", vswitchIds=[UNKNOWN])
        world.run(together(start(preflight=None, run="one"), {"web": unknown, "api": right(world)}))
        assert findings(told) == [("web", "imageCacheName")]
        usage = calls(world)["ListUsage"]
        plugin = start(preflight=None, run="one")
        world.run(created(plugin, "api", **right(world)))
        assert calls(world)["ListUsage"] == usage
        with pytest.raises(AbortedError, match="CreateImageCache failed"):
            world.run(created(plugin, **{**unknown, "vswitchIds": ["vsw-none"]}))
        assert findings(told) == [("web", "imageCacheName"), ("web", "vswitchIds")]

    def test_changed_since(self, world: World, start: Start, told: Told) -> None:
        """So is one that isn't what was previewed."""
        world.run(previewed(start(preflight=None, run="one"), "web", right(world)))
        with pytest.raises(AbortedError, match="CreateImageCache failed"):
            world.run(created(start(preflight=None, run="one"), **right(world, eipInstanceId="eip-none")))
        assert findings(told) == [("web", "eipInstanceId")]

    def test_eip_of_this_run(self, world: World, start: Start, told: Told) -> None:
        """An EIP that a build of the same run has by then is no finding of another."""
        world.run(previewed(start(preflight=None, run="one"), "a", right(world)))
        plugin = start(preflight=None, run="one")

        async def second() -> None:
            building = asyncio.ensure_future(created(plugin, "a", **right(world)))
            while not world.caches():
                await world.clock.sleep(0.1)
            await created(plugin, "b", **right(world))
            await building

        world.run(second())
        assert findings(told) == []

    def test_update(self, world: World, start: Start, told: Told) -> None:
        """An update is looked at as a create is: without a preview, once, and by what it changes."""
        before = world.run(created(start(), **right(world)))
        told.clear()
        news = right(world, eipInstanceId="eip-none")

        async def updated(plugin: Plugin, *, preview: bool) -> None:
            inputs = await plugin.checked("web", before.inputs, encode(news))
            await plugin.diff("web", before, inputs)
            await plugin.update("web", before, inputs, preview=preview)

        world.run(updated(start(preflight=None, run="one"), preview=False))
        assert findings(told) == [("web", "eipInstanceId")]
        world.run(updated(start(preflight=None, run="two"), preview=True))
        asked = calls(world)["DescribeEipAddresses"]
        world.run(updated(start(preflight=None, run="two"), preview=False))
        assert findings(told) == [("web", "eipInstanceId")] * 2
        assert calls(world)["DescribeEipAddresses"] == asked

    def test_state(self, world: World, start: Start, told: Told) -> None:
        """What the state tells is told once a run, whichever of its processes comes to it first."""
        before = world.run(created(start(), **right(world, retentionDays=30)))
        told.clear()
        world.cloud.advance(24 * 86400)
        for run in ("one", "one", "two"):
            plugin = start(preflight=None, run=run)
            world.run(changed(plugin, before, right(world, retentionDays=30)))
        assert findings(told) == [("web", "expireDateTime")] * 2

    @pytest.mark.parametrize(
        ("days", "seconds", "said"), [(29, 72000, "expireDateTime"), (7, 85800, "lastMatchedTime")]
    )
    def test_state_as_time_goes(
        self, world: World, start: Start, told: Told, days: int, seconds: int, said: str
    ) -> None:
        """An hour less, or a day more, between a preview and its update isn't told as something new."""
        before = world.run(created(start(), **right(world, retentionDays=30)))
        told.clear()
        world.cloud.advance(days * 86400 + seconds)
        for _ in range(2):
            plugin = start(preflight=None, run="one")
            seen = world.run(plugin.read("web", before.id, before.inputs, before.outputs))
            assert seen is not None
            world.run(changed(plugin, seen, right(world, retentionDays=30)))
            world.cloud.advance(2400)
        assert [what for _, what in findings(told)].count(said) == 1

    @pytest.mark.parametrize("rule", ["eipInstanceId", "regionId", "vswitchIds"])
    def test_first_too_many(
        self, world: World, start: Start, told: Told, monkeypatch: pytest.MonkeyPatch, rule: str
    ) -> None:
        """What is said at the first cache too many is told once: the update may come to another first."""
        lru = {"eliminationStrategy": "LRU"}
        if rule == "regionId":
            world.run(created(start(), "old", **right(world, **lru)))
            world.cloud.quotas["MaxImageCacheCount"] = 4
        if rule == "vswitchIds":
            monkeypatch.setattr(world.cloud.vpc, "available_addresses", lambda _vswitch: 3)
        names = ["a", "b", "c", "d", "e"]
        unknown = right(world, **lru, securityGroupId=UNKNOWN)
        world.run(together(start(preflight=None, run="one"), dict.fromkeys(names, unknown)))
        plugin = start(preflight=None, run="one")

        async def up() -> None:
            await asyncio.gather(*(created(plugin, name, **right(world, **lru)) for name in reversed(names)))

        world.run(up())
        assert [what for _, what in findings(told)].count(rule) == 1

    def test_gaps(self, world: World, start: Start, told: Told) -> None:
        """What can't be asked is told once a run, too; a process of the update tells what is new of it."""
        for action in ("DescribeVSwitches", "ListUsage"):
            world.cloud.faults.error(action, times=None, code="Forbidden.RAM", status=403, message="No.")
        unknown = right(world, vswitchIds=[UNKNOWN])
        world.run(previewed(start(preflight=None, run="one"), "web", unknown))
        world.run(created(start(preflight=None, run="one"), **right(world)))
        said = [text.partition(";")[0] for text, _, _ in told if text.startswith("preflight")]
        left_out = "preflight left out what it may not read: grant "
        assert said == [f"{left_out}eci:ListUsage", f"{left_out}vpc:DescribeVSwitches"]

    def test_two_providers(self, world: World, start: Start, told: Told) -> None:
        """What is wrong with two providers' settings is told by each of their previews, and by no update."""
        first, second = (start(preflight=None, region="cn-hangzou", run="one") for _ in range(2))
        world.run(previewed(first, "a", {"images": ["busybox:1"]}))
        world.run(previewed(second, "b", {"images": ["busybox:1"]}))
        assert findings(told) == [("a", "regionId"), ("b", "regionId")]
        with pytest.raises(AbortedError, match="InvalidRegionId"):
            world.run(
                created(start(preflight=None, region="cn-hangzou", run="one"), "b", images=["nginx:1.27"])
            )
        assert len(findings(told)) == 2

    def test_attached(self, world: World, start: Start, told: Told) -> None:
        """An engine that attaches is another run: its previews are told all that earlier ones were."""
        plugin = start(preflight=None, run="one")
        for _ in range(2):
            world.run(previewed(plugin, "web", right(world, eipInstanceId="eip-none")))
            world.run(plugin.call("Attach", plugin_pb2.PluginAttach(address="127.0.0.1:1")))
        assert findings(told) == [("web", "eipInstanceId")] * 2

    def test_error(self, world: World, start: Start, told: Told) -> None:
        """With `preflight: error` a create is looked at behind its preview, too: much may have changed."""
        world.run(previewed(start(preflight="error", run="one"), "web", right(world)))
        world.cloud.vpc.eips.clear()
        with pytest.raises(AbortedError, match="preflight found 1 mistake; nothing was built"):
            world.run(created(start(preflight="error", run="one"), **right(world)))
        assert (world.caches(), findings(told)) == ({}, [])

    def test_off(self, world: World, start: Start, told: Told) -> None:
        """Switched off, nothing is asked, preview or not."""
        world.run(created(start(preflight="off", run="one"), **right(world)))
        assert not calls(world).keys() & {"DescribeVSwitches", "ListUsage", "DescribeEipAddresses"}
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
        assert "preflight left out what eci:ListUsage would tell: Odd: No." in [text for text, _, _ in told]
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


class TestRefused:
    """Settings that the cloud refuses whatever is asked: a finding, told once, which `error` ends."""

    def test_region(self, world: World, start: Start, told: Told) -> None:
        """A region that doesn't exist is told once, with the one that is meant; the others are judged."""
        caches = {
            "a": {"images": ["busybox:1"], "regionId": "cn-hangzou"},
            "b": {"images": ["nginx:1.27"], "regionId": "cn-hangzou", "vswitchIds": ["vsw-1"]},
            "c": right(world, eipInstanceId="eip-none"),
        }
        plugin = start(preflight=None)
        world.run(together(plugin, caches))
        world.run(previewed(plugin, "d", {"images": ["busybox:1"], "regionId": "cn-hangzou"}))
        (line,) = [text for text, _, _ in told if "cn-hangzou" in text]
        assert line == (
            "image cache a: regionId: cn-hangzou is no region that has ECI; did you mean cn-hangzhou?\n"
            "  what to do: set regionId, or imagecache:region where it comes from the configuration, to"
            " cn-hangzhou"
        )
        assert findings(told) == [("a", "regionId"), ("c", "eipInstanceId")]
        assert len(told) == 2
        assert calls(world)["DescribeRegions"] == 1

    def test_region_of_the_provider(self, world: World, start: Start) -> None:
        """With `preflight: error` it ends every preview and create there."""
        plugin = start(preflight="error", region="cn-hangzou")
        for name in ("a", "b"):
            with pytest.raises(
                AbortedError, match=r"preflight found 1 mistake(.|\n)*did you mean cn-hangzhou"
            ):
                world.run(previewed(plugin, name, {"images": ["busybox:1"]}))
        with pytest.raises(AbortedError, match="preflight found 1 mistake"):
            world.run(created(plugin, images=["busybox:1"]))
        assert world.sent("CreateImageCache") == []

    def test_region_without_the_list(self, world: World, start: Start, told: Told) -> None:
        """Where the list of regions may not be read, the cloud's own word counts."""
        world.cloud.faults.error(
            "DescribeRegions", times=None, code="Forbidden.RAM", status=403, message="No."
        )
        world.run(previewed(start(preflight=None, region="xy-nowhere-9"), "web", {"images": ["busybox:1"]}))
        ((text, _, _),) = told
        assert "regionId: xy-nowhere-9 is no region that has ECI\n" in text
        assert "such as cn-hangzhou" in text

    def test_new_region(self, world: World, start: Start, told: Told) -> None:
        """A region that is newer than this package is one if the cloud has it."""
        world.cloud.regions["cn-newtown"] = ["cn-newtown-a"]
        plugin = start(preflight="error", region="cn-newtown")
        world.run(previewed(plugin, "web", {"images": ["registry-vpc.cn-newtown.aliyuncs.com/team/app:1"]}))
        assert [text for text, _, _ in told if "region that has" in text or "left out" in text] == []

    @pytest.mark.parametrize(
        ("code", "fact"),
        [
            ("InvalidAccessKeyId.NotFound", "the credentials are refused"),
            ("InvalidSecurityToken.Expired", "the credentials are refused"),
            ("InvalidTimeStamp.Expired", "the time of the calls is refused"),
        ],
    )
    def test_caller(self, world: World, start: Start, told: Told, code: str, fact: str) -> None:
        """A key that is refused, or this machine's time, is one line for all caches; `error` ends each."""
        world.cloud.faults.add("error", {"times": None, "code": code, "status": 400, "message": "No."})
        world.run(together(start(preflight=None), {"a": right(world), "b": right(world)}))
        ((text, _, _),) = told
        assert text.startswith(f"image cache a: {fact}: {code}; nothing more was looked at\n  what to do: ")
        plugin = start(preflight="error")
        for name in ("a", "b"):
            with pytest.raises(AbortedError, match=f"preflight found 1 mistake(.|\n)*{fact}"):
                world.run(previewed(plugin, name, right(world)))

    def test_one_reason(self, world: World, start: Start, told: Told) -> None:
        """Whatever else is refused for one reason is told in one line."""
        world.cloud.faults.add(
            "error", {"times": None, "code": "ServiceNotEnabled", "status": 400, "message": "No."}
        )
        world.run(together(start(preflight="error"), {"a": right(world), "b": right(world)}))
        ((text, _, _),) = told
        assert text.endswith(" would tell: ServiceNotEnabled: No.")
        assert {"eci:ListUsage", "vpc:DescribeVSwitches", "ecs:DescribeSecurityGroups"} <= set(
            text.removeprefix("preflight left out what ").partition(" would tell")[0].split(", ")
        )


class TestUpdate:
    """Previewed updates."""

    def test_no_change(self, world: World, start: Start, told: Told) -> None:
        """A preview without a change asks nothing."""
        plugin = start(preflight=None)
        before = world.run(created(start(), **right(world)))
        told.clear()
        world.mark()
        seen = len(world.cloud.requests)
        world.run(changed(plugin, before, right(world)))
        assert (told, len(world.cloud.requests)) == ([], seen)

    def test_metadata(self, world: World, start: Start, told: Told) -> None:
        """What builds nothing isn't judged by the network that a build would need."""
        plugin = start(preflight=None)
        before = world.run(created(start(), **right(world)))
        world.cloud.vpc.eips.clear()
        seen = Counter(calls(world))
        world.run(changed(plugin, before, right(world, retentionDays=30)))
        assert findings(told) == []
        assert calls(world) == seen

    def test_changed_property(self, world: World, start: Start, told: Told) -> None:
        """What is only recorded for the next build is judged if it's what changed."""
        plugin = start(preflight=None)
        before = world.run(created(start(), **right(world)))
        world.run(changed(plugin, before, right(world, eipInstanceId="eip-none", resourceGroupId="rg-none")))
        assert findings(told) == [("web", "eipInstanceId"), ("web", "resourceGroupId")]

    def test_rebuild(self, world: World, start: Start, told: Told) -> None:
        """A build is judged by all that it uses, but adds nothing to the quota, and keeps its own name."""
        plugin = start(preflight=None)
        before = world.run(created(start(), **right(world)))
        world.cloud.vpc.eips.clear()
        world.cloud.quotas["MaxImageCacheCount"] = 1
        world.run(changed(plugin, before, right(world, images=["nginx:1.27"])))
        assert findings(told) == [("web", "eipInstanceId")]


class TestRecorded:
    """What the state tells, in Diff."""

    def test_expires(self, world: World, start: Start, told: Told) -> None:
        """A cache that expires within a week is told of, once a process, without a call."""
        plugin = start(preflight=None)
        before = world.run(created(start(), **right(world, retentionDays=30)))
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
        before = world.run(created(start(), **right(world, retentionDays=30)))
        world.cloud.advance(24 * 86400)
        world.run(changed(plugin, before, right(world, retentionDays=90)))
        assert findings(told) == []

    @pytest.mark.parametrize(("days", "expected"), [(3, 0), (0, 0), (6, 1)])
    def test_expiry_warning_days(
        self, world: World, start: Start, told: Told, days: int, expected: int
    ) -> None:
        """How long before it expires is the user's choice; 0 is never."""
        plugin = start(preflight=None, expiryWarningDays=days)
        before = world.run(created(start(), **right(world, retentionDays=30)))
        told.clear()
        world.cloud.advance(24 * 86400)
        world.run(changed(plugin, before, right(world, retentionDays=30)))
        assert len(findings(told)) == expected

    def test_unused(self, world: World, start: Start, told: Told) -> None:
        """A cache that was read in this run and that nothing has matched for long is told of; no other."""
        plugin = start(preflight=None)
        before = world.run(created(start(), **right(world)))
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
        before = world.run(created(start(), "old", **right(world)))
        later = world.run(created(start(), "later", **right(world)))
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
