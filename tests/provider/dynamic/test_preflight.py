"""Tests of preflight in the dynamic front, whose host calls it at creates and updates, never in previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from imagecache_provider.dynamic import host
from imagecache_provider.errors import ProviderError

if TYPE_CHECKING:
    from tests.provider.world import World

pytestmark = pytest.mark.parametrize("front", ["dynamic"], indirect=True)
WARN = {"imagecache:preflight": "warn"}


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the engine is asked to show."""
    texts: list[str] = []
    monkeypatch.setattr(host, "warn", texts.append)
    return texts


def right(world: World, **inputs: Any) -> dict[str, Any]:
    """Give inputs in which there's nothing to find."""
    network = world.network
    return {
        "images": ["nginx:1.27"],
        "vswitchIds": [network["vswitch"]],
        "securityGroupId": network["group"],
        "eipInstanceId": network["eip"],
        **inputs,
    }


def test_nothing_to_find(world: World, warned: list[str]) -> None:
    """What is right is built without a word."""
    made = world.process(config=WARN).create(**right(world))
    assert (made.outputs["status"], warned) == ("Ready", [])


def test_warns(world: World, warned: list[str]) -> None:
    """A finding is shown before the cloud refuses the create."""
    with pytest.raises(ProviderError, match="CreateImageCache failed"):
        world.process(config=WARN).create(**right(world, eipInstanceId="eip-none"))
    (text,) = warned
    assert text.startswith("image cache web: eipInstanceId: eip-none doesn't exist in cn-hangzhou")


def test_errors(world: World, warned: list[str]) -> None:
    """What is certain to fail isn't asked for, be it a create or a build of one that exists."""
    process = world.process(config={"imagecache:preflight": "error"})
    with pytest.raises(ProviderError, match="preflight found 1 mistake; nothing was built"):
        process.create(**right(world, eipInstanceId="eip-none"))
    assert world.caches() == {}
    before = process.create(**right(world))
    with pytest.raises(ProviderError, match="image cache web: vswitchIds: vsw-none doesn't exist"):
        process.update(before, images=["redis:7.4"], vswitchIds=["vsw-none"])
    assert (list(world.caches().values()), warned) == (["Ready"], [])


def test_off(world: World, warned: list[str]) -> None:
    """Switched off, nothing is asked."""
    world.process().create(**right(world))
    assert (world.sent("DescribeVSwitches"), warned) == ([], [])


def test_notes(world: World, warned: list[str]) -> None:
    """What couldn't be looked at is told, too."""
    world.cloud.faults.error("ListUsage", times=None, code="Forbidden.RAM", status=403, message="No.")
    world.process(config=WARN).create(**right(world))
    (text,) = warned
    assert "grant eci:ListUsage" in text


def test_unknown_region(world: World, warned: list[str]) -> None:
    """A region that doesn't exist is told once, with the one that is meant; an error for each cache."""
    process = world.process(config={**WARN, "imagecache:region": "cn-hangzou"})
    for name in ("a", "b"):
        with pytest.raises(ProviderError, match=r"InvalidRegionId\.NotFound"):
            process.create(name, images=["busybox:1"])
    (text,) = warned
    assert text.startswith(
        "image cache a: regionId: cn-hangzou is no region that has ECI; did you mean cn-han"
    )
    process = world.process(config={"imagecache:preflight": "error", "imagecache:region": "cn-hangzou"})
    for name in ("a", "b"):
        with pytest.raises(ProviderError, match=f"image cache {name}: regionId: cn-hangzou is no region"):
            process.create(name, images=["busybox:1"])
