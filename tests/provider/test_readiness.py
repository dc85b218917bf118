"""Tests of what all waits of one region share: what one of them fails at is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from imagecache_provider.errors import Cause, NotFoundError, RefusedError, StoppedError
from imagecache_provider.readiness import Operation, Readiness
from imagecache_provider.resource import SINGLY, STACK_TAG, Observed, Phase

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

REGION = "cn-hangzhou"


class Sky:
    """A kind of resource, as far as waiting sees it: all are Ready; IDs that begin with `bad` are refused.

    Args:
        ours: the IDs that carry the stack's tag.
    """

    noun = "thing"
    name_property = "name"

    def __init__(self, *ours: str) -> None:
        self.ours = ours
        self.calls = 0

    def exclusive(self, inputs: Mapping[str, Any]) -> str | None:
        """All builds share one address."""
        return "address" if inputs else None

    async def describe(self, region: str, ids: Collection[str]) -> dict[str, Observed]:
        """Look IDs up, in a call each, or in one over the whole region."""
        assert region == REGION
        self.calls += 1
        if any(id_.startswith("bad") for id_ in ids) and len(ids) <= SINGLY:
            raise NotFoundError("Describe", Cause("InvalidParameter", "That is no ID."))
        return {id_: self.seen(id_) for id_ in ids if not id_.startswith("bad")}

    async def find(self, region: str, tags: Mapping[str, str]) -> list[Observed]:
        """List those of the stack."""
        assert (region, tags) == (REGION, {STACK_TAG: "ours"})
        self.calls += 1
        return [self.seen(id_) for id_ in self.ours]

    def seen(self, id_: str) -> Observed:
        """Give one, Ready."""
        tags = {STACK_TAG: "ours"} if id_ in self.ours else {}
        return Observed(id_, Phase.READY, "Ready", "100%", {}, {}, tags=tags)


def readiness(sky: Sky, clock: DrivenClock) -> Readiness:
    """Return what waits for these resources."""
    made = Readiness(sky, clock, keeps_failed=True)  # type: ignore[arg-type] # as far as it's used
    made.stack = "ours"
    return made


@pytest.mark.parametrize("count", [1, 2, 5])
def test_one_is_refused(clock: DrivenClock, loop: DrivenLoop, count: int) -> None:
    """An ID that the cloud refuses, as that of a mistyped import, fails nobody who is looked up with it."""
    ours = [f"imc-{number}" for number in range(count)]
    waiting = readiness(Sky(*ours), clock)

    async def together() -> list[Observed | BaseException]:
        inputs = {"name": "x", "regionId": REGION}
        looks = (waiting.present(id_, inputs) for id_ in (*ours, "bad"))
        return list(await asyncio.gather(*looks, return_exceptions=True))

    *found, refused = loop.run_until_complete(together())
    assert [each.id for each in found if isinstance(each, Observed)] == ours
    assert isinstance(refused, RefusedError)


@pytest.mark.parametrize("turns", range(8))
def test_cancelled_in_the_queue(clock: DrivenClock, loop: DrivenLoop, turns: int) -> None:
    """A build that is cancelled at whatever moment of its turn at an address leaves it to the next."""
    waiting = readiness(Sky(), clock)
    inputs = {"name": "x", "regionId": REGION}
    built: list[str] = []

    async def build(name: str) -> None:
        async with waiting.turn(inputs, Operation()):
            await clock.sleep(10)
            built.append(name)

    async def run() -> None:
        first, second, third = (asyncio.create_task(build(name)) for name in ("one", "two", "three"))
        await first
        for _ in range(turns):
            await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, third, return_exceptions=True)
        assert second.cancelled()

    loop.run_until_complete(run())
    assert built == ["one", "three"]


@pytest.mark.parametrize("builds", [True, False])
def test_stopped(clock: DrivenClock, loop: DrivenLoop, builds: bool) -> None:
    """Once all waiting was ended nothing begins, a build or not, and the error names the resource."""
    waiting = readiness(Sky(), clock)
    waiting.stop()

    async def run() -> None:
        async with waiting.turn({"name": "x", "regionId": REGION}, Operation(), builds=builds):
            raise AssertionError

    with pytest.raises(StoppedError, match=r"x.*cancelled before anything was sent"):
        loop.run_until_complete(run())


def test_no_build_waits_for_nothing(clock: DrivenClock, loop: DrivenLoop) -> None:
    """What doesn't build passes by those that wait for the same address."""
    waiting = readiness(Sky(), clock)
    inputs = {"name": "x", "regionId": REGION}

    async def run() -> None:
        async with waiting.turn(inputs, Operation()), waiting.turn(inputs, Operation(), builds=False):
            return

    loop.run_until_complete(asyncio.wait_for(run(), 1))


def test_reporter_fails_in_the_queue(clock: DrivenClock, loop: DrivenLoop) -> None:
    """A build whose reporter raises ends with that; the others have their turns."""
    waiting = readiness(Sky(), clock)
    inputs = {"name": "x", "regionId": REGION}
    built: list[int] = []

    def fail(text: str, *, last: bool = False) -> None:
        raise ZeroDivisionError(text, last)

    async def build(number: int, operation: Operation) -> None:
        await clock.sleep(number)
        async with waiting.turn(inputs, operation):
            await clock.sleep(10)
            built.append(number)

    async def run() -> list[BaseException | None]:
        operations = (Operation(), Operation(report=fail), Operation())
        builds = (build(number, operation) for number, operation in enumerate(operations))
        return list(await asyncio.gather(*builds, return_exceptions=True))

    assert [type(each) for each in loop.run_until_complete(run())] == [
        type(None),
        ZeroDivisionError,
        type(None),
    ]
    assert built == [0, 2]
