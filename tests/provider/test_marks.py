"""Tests of what another stack has marked: it's left alone until that stack has recorded it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from imagecache_provider.errors import ProviderError
from imagecache_provider.lifecycle import Outcome
from imagecache_provider.resource import RESOURCE_TAG, STACK_TAG, Observed

if TYPE_CHECKING:
    from tests.provider.world import Process, World

SMALL = ["busybox:1"]
fronts = pytest.mark.parametrize("front", ["core", "plugin"], indirect=True)
"""The dynamic front has no import."""


def cut_off(world: World, **inputs: Any) -> str:
    """Kill stack alpha in its create; give the cache's ID once it's Ready."""
    world.cut_off(world.process(stack="alpha").creating(images=SMALL, **inputs), lambda: bool(world.caches()))
    world.cloud.advance(3600)
    (id_,) = world.caches()
    return id_


def imported(process: Process, id_: str, name: str = "mine") -> Outcome:
    """Import a cache."""
    seen = process.read(Outcome(id_, {}, {}), name)
    assert seen is not None
    return seen


def hidden(world: World, id_: str) -> tuple[str, str]:
    """Give a cache's mark."""
    tags = world.cloud.eci.image_cache(id_).tags
    return tags[STACK_TAG], tags[RESOURCE_TAG]


@fronts
class TestPending:
    """A cache of stack alpha's, whose create was cut off, in stack beta."""

    @pytest.mark.parametrize("later", [0, 90_000])  # a ClientToken is remembered for a day
    def test_import(self, world: World, later: int) -> None:
        """Beta's import and its refreshes change nothing, and alpha's next `up` finds its cache."""
        id_ = cut_off(world)
        mark = hidden(world, id_)
        beta = world.process(stack="beta")
        world.mark()
        seen = imported(beta, id_)
        assert beta.read(seen, "mine") == replace(seen, warning="")
        assert (world.writes(), hidden(world, id_)) == ([], mark)
        world.cloud.advance(later)
        assert world.process(stack="alpha").create(images=SMALL).id == id_
        assert list(world.caches()) == [id_]

    def test_record_only(self, world: World) -> None:
        """The update behind beta's import, which only records, sends nothing either."""
        id_ = cut_off(world)
        mark = hidden(world, id_)
        beta = world.process(stack="beta")
        seen = imported(beta, id_)
        world.mark()
        updated = beta.update(seen, "mine", zoneId="cn-hangzhou-h", securityGroupId=world.network["group"])
        assert updated.inputs["zoneId"] == "cn-hangzhou-h"
        assert (world.writes(), hidden(world, id_)) == ([], mark)

    @pytest.mark.parametrize(
        "changes", [{"images": ["alpine:3"]}, {"retentionDays": 3}, {"tags": {"a": "b"}}, {"flash": True}]
    )
    def test_update(self, world: World, changes: dict[str, Any]) -> None:
        """An update of beta's that would send something is refused until alpha has recorded its cache."""
        id_ = cut_off(world)
        seen = imported(world.process(stack="beta"), id_)
        world.mark()
        with pytest.raises(Exception, match=r"is marked by another stack.*nothing was sent") as caught:
            world.process(stack="beta").update(seen, "mine", **changes)
        assert f"remove the tag {STACK_TAG}" in str(caught.value)
        assert world.writes() == []
        world.process(stack="alpha").create(images=SMALL)
        world.process(stack="beta").update(seen, "mine", **changes)
        assert "pending" not in hidden(world, id_)[1]

    def test_tag_removed(self, world: World) -> None:
        """Without the stack's tag, as the error says, the cache is nobody's: beta takes it over."""
        id_ = cut_off(world)
        seen = imported(world.process(stack="beta"), id_)
        mark = {"ResourceType": "ImageCache", "ResourceId__1": id_, "TagKey__1": STACK_TAG}
        world.call("UntagResources", **mark)
        world.process(stack="beta").update(seen, "mine", tags={"a": "b"})
        assert world.tags(id_) == {"a": "b"}

    def test_delete(self, world: World) -> None:
        """What beta deletes is gone, and alpha makes another."""
        id_ = cut_off(world)
        beta = world.process(stack="beta")
        beta.delete(imported(beta, id_))
        assert world.caches() == {}
        made = world.process(stack="alpha").create(images=SMALL)
        assert list(world.caches()) == [made.id]


def test_building(world: World) -> None:
    """A cache that alpha is building is waited for by beta, which then leaves it as it is."""
    alpha, beta = world.process(stack="alpha"), world.process(stack="beta")
    world.cut_off(alpha.creating(images=SMALL), lambda: bool(world.caches()))
    (id_,) = world.caches()
    mark = hidden(world, id_)
    seen = imported(beta, id_)
    assert seen.trouble is not None
    assert seen.outputs["buildId"] == ""
    world.mark()
    done = beta.update(seen, "mine")
    assert (done.trouble, done.outputs["status"], done.outputs["buildId"]) == (None, "Ready", "")
    assert (world.writes(), hidden(world, id_)) == ([], mark)


def test_gate(world: World) -> None:
    """A gate behind beta's import opens at once: to beta the cache is Ready, of whatever build."""
    id_ = cut_off(world)
    beta = world.process(stack="beta")
    build = imported(beta, id_).outputs["buildId"]
    looks: list[Observed | None] = []
    waits = beta.lifecycle.built(id_, build, "cn-hangzhou", 3600, lambda _, seen: looks.append(seen))
    world.run(waits)
    (seen,) = looks
    assert seen is not None
    assert seen.built(build)


def test_building_too_long(world: World) -> None:
    """One that beta waited for in vain isn't taken for beta's own afterwards."""
    world.cut_off(world.process(stack="alpha").creating(images=SMALL), lambda: bool(world.caches()))
    (id_,) = world.caches()
    beta = world.process(stack="beta", timeout=0.5)
    seen = imported(beta, id_)
    with pytest.raises(ProviderError) as caught:
        beta.update(seen, "mine")
    error: Any = caught.value
    left = beta.lifecycle.unfinished(error, seen.inputs, seen.outputs)
    assert left.outputs["buildId"] == ""


class TestWarning:
    """What an import is told."""

    def test_pending(self, world: World) -> None:
        """That another stack will take the cache up, and what to do."""
        warning = imported(world.process(stack="beta"), cut_off(world)).warning
        assert "is marked by another stack" in warning
        assert "what to do: run up in that stack" in warning

    def test_recorded(self, world: World) -> None:
        """That another stack may have the cache, too."""
        made = world.process(stack="alpha").create(images=SMALL)
        warning = imported(world.process(stack="beta"), made.id).warning
        assert "carries the mark of another stack" in warning
        assert "pulumi state delete" in warning

    def test_nothing(self, world: World) -> None:
        """Nothing of what this stack made under any name, nor of what nobody marked."""
        made = world.process(stack="alpha").create(images=SMALL)
        assert imported(world.process(stack="alpha"), made.id, "other").warning == ""
        world.call("CreateImageCache", ImageCacheName="by-hand", Image__1="busybox:1")
        by_hand = list(world.caches())[-1]
        assert imported(world.process(stack="beta"), by_hand).warning == ""

    def test_refresh(self, world: World) -> None:
        """A refresh repeats no warning."""
        beta = world.process(stack="beta")
        seen = beta.read(imported(beta, cut_off(world)), "mine")
        assert seen is not None
        assert seen.warning == ""


@fronts
class TestOurs:
    """What goes on working."""

    def test_other_name(self, world: World) -> None:
        """A cache of the same stack's is taken over under another name, as after an alias."""
        id_ = cut_off(world)
        seen = imported(world.process(stack="alpha"), id_, "renamed")
        assert "pending" not in hidden(world, id_)[1]
        world.process(stack="alpha").update(seen, "renamed", tags={"a": "b"})
        assert world.tags(id_) == {"a": "b"}

    def test_renamed_stack(self, world: World) -> None:
        """A stack that was renamed goes on with what it had in its state, pending or not."""
        made = world.process(stack="alpha").create(images=SMALL, awaitReady=False)
        world.cloud.advance(3600)
        renamed = world.process(stack="beta")
        seen = renamed.read(made)
        assert seen is not None
        assert seen.outputs["status"] == "Ready"
        assert "pending" not in hidden(world, made.id)[1]
        renamed.update(seen, images=["alpine:3"], awaitReady=None)
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("alpine:3",)

    def test_renamed_stack_before_a_read(self, world: World) -> None:
        """The same without a Read in between."""
        made = world.process(stack="alpha").create(images=SMALL, awaitReady=False)
        world.process(stack="beta").update(made, tags={"a": "b"}, awaitReady=None)
        assert world.tags(made.id) == {"a": "b"}

    def test_moved(self, world: World) -> None:
        """A recorded cache that moves to another stack is built there under its mark."""
        made = world.process(stack="alpha").create(images=SMALL)
        before = hidden(world, made.id)
        beta = world.process(stack="beta")
        beta.update(imported(beta, made.id), "mine", images=["alpine:3"])
        assert hidden(world, made.id)[0] != before[0]
