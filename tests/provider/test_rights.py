"""Tests of docs/rights.md: what its policies allow is what the provider needs, right by right."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.provider.world import REGION, World
from tests.rights.walk import FULL, NEEDED, READ_ONLY, rights

from imagecache_provider.eci.image_cache import ImageCache
from imagecache_provider.errors import RefusedError
from imagecache_provider.fields import Change
from imagecache_provider.preflight import Plan
from imagecache_provider.registry import FUNCTIONS
from imagecache_simulator.ram.policies import Policy

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rights.md").read_text()
CLEANING_UP, ONE_TEAM = (Policy.read(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
SMALL = ["busybox:1"]
TAGS = {"team": "web"}
(PREFLIGHT,) = (
    statement["Action"]
    for statement in FULL.document["Statement"]
    if "vpc:DescribeVSwitches" in statement["Action"]
)
"""What nothing but preflight reads."""


def grant(world: World, policy: Any) -> Counter[str]:
    """Give the provider's user another policy; return where what it needs from now on is counted."""
    user = world.cloud.users.grant("simulator", policy)
    user.needed = Counter()
    return user.needed


def without(right: str) -> dict[str, Any]:
    """Return the full policy without a right."""
    document = json.loads(json.dumps(FULL.document))
    for statement in document["Statement"]:
        actions = statement["Action"]
        left = [each for each in ([actions] if isinstance(actions, str) else actions) if each != right]
        statement["Action"] = left
    return {**document, "Statement": [each for each in document["Statement"] if each["Action"]]}


def ask(world: World, function: str, **arguments: Any) -> dict[str, Any]:
    """Ask one of the provider's functions about the region."""
    connection = FUNCTIONS[f"imagecache:eci:{function}"].connect(world.config, {}, world.clock)
    return world.run(connection.function.call({"regionId": REGION, **arguments}))


def everything(world: World) -> None:
    """Do what takes all the rights: a first build with a role, changes of images and tags, reads, an end."""
    process = world.process()
    role = f"acs:ram::{world.cloud.account_id}:role/acr"
    registries = [{"instanceId": "cri-1", "arnService": role}]
    made = process.create(images=SMALL, tags=TAGS, acrRegistryInfos=registries)
    built = process.update(made, images=["nginx:1.27"])
    tagged = process.update(built, tags={"stage": "test"})
    assert world.tags(made.id) == {"stage": "test"}
    read = world.process().read(tagged)
    assert read is not None
    assert ask(world, "getUsage")
    assert ask(world, "getRegions")
    process.delete(read)
    assert world.caches() == {}


def preflight(world: World) -> tuple[str, ...]:
    """Have preflight look at a cache with an EIP, and one that needs a NAT gateway; return its notes."""
    world.cloud.vpc.open_internet(world.cloud.vpc.vswitches[world.network["vswitch"]])
    looked = ImageCache.connect({**world.config, "imagecache:preflight": "warn"}, {}, world.clock).preflight
    assert looked is not None
    inputs = {
        "imageCacheName": "web",
        "images": SMALL,
        "regionId": REGION,
        "vswitchIds": [world.network["vswitch"]],
        "securityGroupId": world.network["group"],
        "resourceGroupId": "rg-none",
    }
    notes: list[str] = []
    for wanted in (inputs, {**inputs, "eipInstanceId": world.network["eip"]}):
        plan = Plan(str(len(wanted)), "stack", wanted, frozenset(wanted), adds=True, builds=True)
        notes.extend(gap.text() for gap in world.run(looked.judge(plan)).gaps)
    return tuple(notes)


def test_full(world: World) -> None:
    """With the full policy everything can be done, and everything needs all of it."""
    needed = grant(world, FULL)
    assert preflight(world) == ()
    everything(world)
    assert sorted(needed) == sorted(rights(FULL))
    NEEDED.update(needed)  # they are calls of the provider like all others


@pytest.mark.parametrize("right", sorted(set(rights(FULL)) - set(PREFLIGHT)))
def test_each_right(world: World, right: str) -> None:
    """Without one of its rights something can't be done: the error names it, who lacks it and the page."""
    grant(world, without(right))
    with pytest.raises(RefusedError) as caught:
        everything(world)
    user = world.cloud.users.named("simulator")
    assert user is not None
    remedy = f"  what to do: have {right} granted to RAM user {user.user_id}; docs/rights.md has the policies"
    assert remedy in str(caught.value).splitlines()


@pytest.mark.parametrize("right", PREFLIGHT)
def test_each_right_of_preflight(world: World, right: str) -> None:
    """Without a right that preflight alone needs, it says what it left out; everything else goes on."""
    grant(world, without(right))
    (note,) = preflight(world)
    assert note.startswith(f"preflight left out what it may not read: grant {right};")
    everything(world)


def test_error_on_the_page(world: World) -> None:
    """The page shows the error as it is, but for the request's ID."""
    grant(world, READ_ONLY)
    with pytest.raises(RefusedError) as caught:
        world.process().create(images=SMALL)
    shown = re.search(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
    assert shown is not None
    pattern = re.sub(r"RequestId: \S+", r"RequestId: \\S+", re.sub(r"([.()])", r"\\\1", shown[1]))
    assert re.fullmatch(pattern, str(caught.value))


def test_denied_explicitly(world: World) -> None:
    """A right that a policy denies is told from one that none gives."""
    denial = {"Effect": "Deny", "Action": "eci:Create*", "Resource": "*"}
    grant(world, {"Version": "1", "Statement": [*FULL.document["Statement"], denial]})
    with pytest.raises(RefusedError, match="the policy changed that denies eci:CreateImageCache to RAM user"):
        world.process().create(images=SMALL)


class TestReadOnly:
    """What goes with the read-only policy."""

    def test_reads(self, world: World) -> None:
        """Previews, preflight, refreshes, imports and functions do, and need nothing that isn't in it."""
        made = world.process().create(images=SMALL, tags=TAGS)
        needed = grant(world, READ_ONLY)
        process = world.process()
        wanted = process.check({**made.inputs, "images": ["nginx:1.27"]}, made.inputs)
        found = process.lifecycle.diff(process.identity(), made.id, made.inputs, made.outputs, wanted)
        assert found.properties(Change.BUILD) == ["images"]
        assert process.read(made) == made
        imported = world.run(world.process().lifecycle.read(process.identity(), made.id, {}, {}))
        assert imported is not None
        assert imported.inputs["tags"] == TAGS
        assert ask(world, "getImageCache", imageCacheId=made.id)["status"] == "Ready"
        assert ask(world, "getImageCaches")["imageCaches"]
        assert ask(world, "getImageCacheMatch", images=SMALL)
        assert ask(world, "getUsage")
        assert ask(world, "getRegions")
        assert preflight(world) == ()
        assert set(needed) <= set(rights(READ_ONLY))

    def test_read_of_an_unfinished_cache(self, world: World) -> None:
        """A refresh of a cache that is still pending gives it as usable; the mark stays until up."""
        made = world.process().create(images=SMALL, awaitReady=False)
        world.clock.advance(120)
        needed = grant(world, READ_ONLY)
        read = world.process().read(made)
        assert read is not None
        assert (read.outputs["status"], read.ready) == ("Ready", True)
        assert set(needed) - set(rights(READ_ONLY)) == {"eci:TagResources"}
        assert "pending" in str(world.cloud.eci.image_cache(made.id).tags)
        grant(world, FULL)
        world.process().read(read)
        assert "pending" not in str(world.cloud.eci.image_cache(made.id).tags)

    def test_changes(self, world: World) -> None:
        """Nothing else does, and each error names its right."""
        made = world.process().create(images=SMALL)
        grant(world, READ_ONLY)
        process = world.process()
        for right, change in (
            ("CreateImageCache", lambda: process.create("other", images=SMALL)),
            ("UpdateImageCache", lambda: process.update(made, images=["nginx:1.27"])),
            ("TagResources", lambda: process.update(made, tags=TAGS)),
            ("DeleteImageCache", lambda: process.delete(made)),
        ):
            with pytest.raises(RefusedError, match=f"have eci:{right} granted"):
                change()
        assert world.caches() == {made.id: "Ready"}


class TestNarrower:
    """The page's other policies."""

    def test_cleaning_up(self, world: World) -> None:
        """What is there can be read and deleted, and nothing made."""
        made = world.process().create(images=SMALL, tags=TAGS)
        grant(world, CLEANING_UP)
        process = world.process()
        with pytest.raises(RefusedError, match="have eci:CreateImageCache granted"):
            process.create("other", images=SMALL)
        assert process.read(made) == made
        process.delete(made)
        assert world.caches() == {}

    def test_one_team(self, world: World) -> None:
        """What carries the team's tag can be made, changed and deleted; what doesn't, can't."""
        others = world.process().create("others", images=SMALL)
        grant(world, ONE_TEAM)
        process = world.process()
        with pytest.raises(RefusedError, match="have eci:CreateImageCache granted"):
            process.create("untagged", images=SMALL)
        with pytest.raises(RefusedError, match="have eci:DeleteImageCache granted"):
            process.delete(others)
        with pytest.raises(RefusedError, match="have eci:TagResources granted"):
            process.update(others, "others", tags=TAGS)
        made = process.create("ours", images=SMALL, tags=TAGS)
        built = process.update(made, "ours", images=["nginx:1.27"], tags={**TAGS, "stage": "test"})
        process.delete(built)
        assert world.caches() == {others.id: "Ready"}


def test_every_right_has_a_row() -> None:
    """Each right of the policies is explained on the page, and no other."""
    table = PAGE.partition("## Which right is for what")[2].partition("##")[0]
    named = [
        right
        for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for right in re.findall(r"`(.*?)`", cell)
    ]
    assert sorted(named) == sorted(rights(FULL))


@pytest.mark.parametrize("policy", [READ_ONLY, FULL, CLEANING_UP, ONE_TEAM])
def test_nothing_denied(policy: Policy) -> None:
    """Policies name what they allow, action by action, and deny nothing."""
    assert all(statement["Effect"] == "Allow" for statement in policy.document["Statement"])
    assert not any("*" in right for right in rights(policy))
