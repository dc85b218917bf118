"""Tests of gates: many caches are waited for at once, and what is wrong is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from imagecache_provider.eci.readiness_gate import ReadinessGate
from imagecache_provider.errors import Cause, NotFoundError, ProviderError
from imagecache_provider.gate import Gate
from imagecache_provider.readiness import Operation
from imagecache_provider.resource import Identity, Observed, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.provider.world import DrivenClock, Process, World

IDENTITY = Identity.of("project", "dev", ReadinessGate.token, "gate")


class Lines:
    """Remembers what is told of a gate."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def __call__(self, text: str, *, last: bool = False) -> None:
        """Take a line."""
        self.all.append(f"{text}." if last else text)


def gate(process: Process) -> Gate:
    """Return a gate for the caches of a run."""
    return Gate(ReadinessGate, process.lifecycle, "cn-hangzhou", "is set nowhere")


def made(process: Process, *images: str) -> list[dict[str, Any]]:
    """Begin a cache for each image; give them as a gate takes them."""
    caches = [
        process.create(f"web-{number}", images=[image], awaitReady=False)
        for number, image in enumerate(images)
    ]
    return [{"imageCacheId": each.id, "buildId": each.outputs["buildId"]} for each in caches]


def test_opens(world: World) -> None:
    """A gate opens once all are Ready, and tells of all of them in one line."""
    process, lines = world.process(), Lines()
    caches = made(process, "nginx:1.27", "nginx:1.26", "redis:7", "redis:6")
    inputs = {"caches": caches, "regionId": "cn-hangzhou"}
    opened = world.run(gate(process).create(IDENTITY, inputs, Operation(report=lines)))
    assert set(world.caches().values()) == {"Ready"}
    assert opened.outputs == {"ready": 4}
    assert any(line.startswith("0 of 4 Ready, 4 Preparing, ") for line in lines.all)
    assert lines.all[-1].startswith("4 of 4 Ready, ")
    assert world.run(gate(process).read(IDENTITY, opened.id, inputs, {})) == opened


def test_failure(world: World) -> None:
    """What failed, what isn't there and what took too long is named, each with its reason."""
    process = world.process()
    failing = made(process, "missing:1")
    absent = {"imageCacheId": "imc-absent", "buildId": ""}
    inputs = {"caches": [*failing, absent], "regionId": "cn-hangzhou"}
    with pytest.raises(ProviderError, match="2 of 2 caches aren't Ready") as caught:
        world.run(gate(process).create(IDENTITY, inputs))
    assert f"{failing[0]['imageCacheId']} ended Failed: Failed: " in str(caught.value)
    assert "imc-absent doesn't exist" in str(caught.value)
    slow = {"caches": made(world.process(), "nginx:1.27"), "regionId": "cn-hangzhou", "timeout": 2}
    with pytest.raises(ProviderError, match=r"imc-\w+ is still (Preparing|Creating) \d+%"):
        world.run(gate(process).create(IDENTITY, slow))


def test_another_build(world: World) -> None:
    """A cache that is Ready from another build than the awaited one isn't taken for it."""
    process = world.process()
    cache = process.create(images=["nginx:1.27"])
    inputs = {
        "caches": [{"imageCacheId": cache.id, "buildId": "another"}],
        "regionId": "cn-hangzhou",
        "timeout": 30,
    }
    with pytest.raises(ProviderError, match=f"{cache.id} is Ready from another build"):
        world.run(gate(process).create(IDENTITY, inputs))


def test_diff(world: World) -> None:
    """Another build of a cache means to wait again, in place."""
    process = world.process()
    olds = {"caches": [{"imageCacheId": "imc-1", "buildId": "a"}], "regionId": "cn-hangzhou"}
    news = {**olds, "caches": [{"imageCacheId": "imc-1", "buildId": "b"}]}
    assert not gate(process).diff(IDENTITY, "gate", olds, {}, olds)
    found = gate(process).diff(IDENTITY, "gate", olds, {}, news)
    assert [each.property for each in found.differences] == ["caches"]
    assert found.replaces == []


def test_check(world: World) -> None:
    """The region is that of the provider unless given; wrong inputs are named."""
    ours = gate(world.process())
    checked = ours.check(IDENTITY, "gate", {}, {"caches": []})
    assert checked.inputs == {"caches": [], "regionId": "cn-hangzhou"}
    (failure,) = ours.check(IDENTITY, "gate", {}, {"caches": [{"imageCacheId": "imc-1"}]}).failures
    assert failure.property == "caches[0].buildId"


def test_import(world: World) -> None:
    """A gate can't be imported, and says why."""
    with pytest.raises(ProviderError, match="nothing of it is in the cloud"):
        world.run(gate(world.process()).read(IDENTITY, "x", {}, {}))


class Builds:
    """A lifecycle as far as a gate sees it, whose waits end as they are told to.

    Args:
        clock: what waiting goes by.
        errors: what the wait for an ID raises after a second; the others are Ready after a minute.
    """

    def __init__(self, clock: DrivenClock, errors: dict[str, Exception]) -> None:
        self.clock = clock
        self.errors = errors

    def seconds(self) -> float:
        """The clock's seconds."""
        return self.clock.seconds()

    async def built(
        self, id: str, build: str, region: str, timeout: float, look: Callable[[str, Observed | None], None]
    ) -> None:
        """Wait."""
        assert (build, region, timeout) == ("b", "cn-hangzhou", 3600)
        if id in self.errors:
            await self.clock.sleep(1)
            raise self.errors[id]
        await self.clock.sleep(60)
        look(id, Observed(id, Phase.READY, "Ready", "100%", {}, {}))


class TestOneFails:
    """Looking at one of several caches fails."""

    REFUSED = NotFoundError("DescribeImageCaches", Cause("InvalidParameter", "No such ID."))

    def wait(self, world: World, **errors: Exception) -> None:
        """Wait for three caches."""
        builds = Builds(world.clock, errors)
        ours = Gate(ReadinessGate, builds, "cn-hangzhou", "")  # type: ignore[arg-type] # as far as it's used
        caches = [{"imageCacheId": id_, "buildId": "b"} for id_ in ("one", "two", "three")]
        world.run(ours.create(IDENTITY, {"caches": caches, "regionId": "cn-hangzhou"}))

    def test_the_others_are_waited_for(self, world: World) -> None:
        """The others are waited for to their end, and the error is told beside its cache."""
        with pytest.raises(ProviderError, match="1 of 3 caches aren't Ready") as caught:
            self.wait(world, two=self.REFUSED)
        assert world.clock.seconds() >= 60
        assert "  two: DescribeImageCaches failed: InvalidParameter: No such ID." in str(caught.value)

    def test_all_fail(self, world: World) -> None:
        """What keeps all of them from being looked up is said once."""
        with pytest.raises(NotFoundError):
            self.wait(world, one=self.REFUSED, two=self.REFUSED, three=self.REFUSED)

    def test_slip(self, world: World) -> None:
        """A slip of ours is none of the caches' failures."""
        with pytest.raises(ZeroDivisionError):
            self.wait(world, two=ZeroDivisionError())
