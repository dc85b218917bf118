"""Tests of waiting: one look a tick serves everybody, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from imagecache_provider.errors import Cause, NotFoundError, ProviderError, TryAgainError
from imagecache_provider.resource import Observed, Phase
from imagecache_provider.waiter import LONGEST_TICK, SHORTEST_TICK, Waiter

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop


class Sky:
    """What a waiter looks at: resources that become Ready at a time of their own.

    Args:
        clock: what their times go by.
        ready: for each ID the seconds after which it's Ready.
    """

    def __init__(self, clock: DrivenClock, **ready: float) -> None:
        self.clock = clock
        self.ready = ready
        self.looks: list[tuple[float, set[str]]] = []
        self.takes = 0.0
        self.failure: BaseException | None = None
        self.refused: dict[str, ProviderError] = {}

    async def look(self, ids: Collection[str]) -> dict[str, Observed | ProviderError]:
        """Look IDs up."""
        self.looks.append((self.clock.seconds(), set(ids)))
        if self.takes:
            await self.clock.sleep(self.takes)
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        now = self.clock.seconds()
        phases = {
            id_: Phase.READY if self.ready[id_] <= now else Phase.BUILDING for id_ in ids if id_ in self.ready
        }
        seen = {id_: Observed(id_, phase, phase.value, "", {}, {}) for id_, phase in phases.items()}
        return {**seen, **{id_: error for id_, error in self.refused.items() if id_ in ids}}


def is_ready(seen: Observed | None) -> bool:
    """Whether a wait for Ready is over."""
    return seen is not None and seen.phase is Phase.READY


@pytest.fixture
def sky(clock: DrivenClock) -> Callable[..., Sky]:
    """Return a function that makes what a waiter looks at."""
    return lambda **ready: Sky(clock, **ready)


def test_ready_at_once(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """What is there already takes one look and no time."""
    seen = sky(a=0)
    found = loop.run_until_complete(Waiter(seen.look, clock).wait("a", is_ready, 60))
    assert found is not None
    assert found.id == "a"
    assert seen.looks == [(0, {"a"})]


def test_many_share_a_look(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """However many wait, a tick takes one look, at those who still wait."""
    seen = sky(**{f"r{number}": number for number in range(10)})
    waiter = Waiter(seen.look, clock)

    async def all_of_them() -> None:
        await asyncio.gather(*(waiter.wait(id_, is_ready, 60) for id_ in seen.ready))

    loop.run_until_complete(all_of_them())
    assert [moment for moment, _ in seen.looks] == list(range(10))
    assert [len(ids) for _, ids in seen.looks] == list(range(10, 0, -1))


def test_two_wait_for_one(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """Two who wait for one resource both get it."""
    seen = sky(a=3)
    waiter = Waiter(seen.look, clock)

    async def both() -> list[Observed | None]:
        return list(await asyncio.gather(*(waiter.wait("a", is_ready, 60) for _ in range(2))))

    one, two = loop.run_until_complete(both())
    assert one is not None
    assert one == two
    assert len(seen.looks) == 4


def test_joining_during_a_look(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """Who joins while a look is under way isn't told of its answer, but is looked up right after it."""
    seen = sky(a=5, b=0)
    seen.takes = 0.5
    waiter = Waiter(seen.look, clock)

    async def join() -> float:
        first = asyncio.create_task(waiter.wait("a", is_ready, 60))
        await clock.sleep(0.2)
        await waiter.wait("b", is_ready, 60)
        joined = clock.seconds()
        await first
        return joined

    assert loop.run_until_complete(join()) == 1.0
    assert [ids for _, ids in seen.looks][:2] == [{"a"}, {"b"}]


def test_not_gone_yet(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """Who joins while a look is under way isn't called gone for being missing from its answer."""
    seen = sky(a=5, b=0)
    seen.takes = 0.5
    waiter = Waiter(seen.look, clock)

    async def join() -> Observed | None:
        first = asyncio.create_task(waiter.wait("a", is_ready, 60))
        await clock.sleep(0.2)
        found = await waiter.wait("b", lambda each: each is None or is_ready(each), 60)
        await first
        return found

    assert is_ready(loop.run_until_complete(join()))


def test_joining_later(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """Who joins between looks is seen at the next one, ten seconds later at most."""
    seen = sky(a=1000, b=0)
    waiter = Waiter(seen.look, clock)

    async def join() -> float:
        first = asyncio.create_task(waiter.wait("a", is_ready, 2000))
        await clock.sleep(500)
        await waiter.wait("b", is_ready, 60)
        joined = clock.seconds()
        await first
        return joined

    assert 500 <= loop.run_until_complete(join()) <= 500 + LONGEST_TICK


def test_ticks(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """Ticks grow with the youngest wait's age: at first one second, at last ten."""
    seen = sky(a=600)
    loop.run_until_complete(Waiter(seen.look, clock).wait("a", is_ready, 3600))
    moments = [moment for moment, _ in seen.looks]
    ticks = [round(later - sooner, 6) for sooner, later in pairwise(moments)]
    assert ticks[:20] == [SHORTEST_TICK] * 20
    assert ticks == sorted(ticks)
    assert ticks[-1] == LONGEST_TICK
    assert len(ticks) < 120


def test_a_new_wait_quickens(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """After somebody joins, looks come every second again."""
    seen = sky(a=1000, b=520)
    waiter = Waiter(seen.look, clock)

    async def join() -> float:
        first = asyncio.create_task(waiter.wait("a", is_ready, 2000))
        await clock.sleep(500)
        await waiter.wait("b", is_ready, 60)
        joined = clock.seconds()
        await first
        return joined

    assert loop.run_until_complete(join()) <= 521


def test_timeout(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """A wait ends after its time with what was seen last; others wait on."""
    seen = sky(a=100, b=20)
    waiter = Waiter(seen.look, clock)

    async def both() -> tuple[Observed | None, float, Observed | None]:
        other = asyncio.create_task(waiter.wait("b", is_ready, 60))
        found = await waiter.wait("a", is_ready, 7.5)
        ended = clock.seconds()
        return found, ended, await other

    found, ended, other = loop.run_until_complete(both())
    assert found is not None
    assert (found.phase, ended) == (Phase.BUILDING, 7.5)
    assert is_ready(other)
    assert all(ids == {"b"} for moment, ids in seen.looks if moment > 7.5)


def test_timeout_without_an_answer(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """A wait that ends before the first answer ends with nothing."""
    seen = sky(a=0)
    seen.takes = 100
    assert loop.run_until_complete(Waiter(seen.look, clock).wait("a", is_ready, 5)) is None


def test_gone(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """A wait for absence ends when the resource is missing from an answer."""
    seen = sky(a=1000)

    async def vanish() -> None:
        await clock.sleep(2.5)
        del seen.ready["a"]

    async def both() -> Observed | None:
        found, _ = await asyncio.gather(
            Waiter(seen.look, clock).wait("a", lambda each: each is None, 60), vanish()
        )
        return found

    assert loop.run_until_complete(both()) is None
    assert clock.seconds() == 3


def test_error(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """A look that fails is told to all who were looked for; who comes later is looked for anew."""
    seen = sky(a=0, b=0)
    failure = TryAgainError("DescribeImageCaches", Cause("Throttling", "Slow down."))
    seen.failure = failure
    waiter = Waiter(seen.look, clock)

    async def all_of_them() -> list[Observed | BaseException | None]:
        waits = (waiter.wait(id_, is_ready, 60) for id_ in ("a", "b"))
        return list(await asyncio.gather(*waits, return_exceptions=True))

    assert loop.run_until_complete(all_of_them()) == [failure] * 2
    assert is_ready(loop.run_until_complete(waiter.wait("a", is_ready, 60)))


def test_cancelled(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """A wait that is cancelled isn't looked for any more; the others are."""
    seen = sky(a=1000, b=10)
    waiter = Waiter(seen.look, clock)

    async def cancel() -> None:
        given_up = asyncio.create_task(waiter.wait("a", is_ready, 2000))
        other = asyncio.create_task(waiter.wait("b", is_ready, 60))
        await clock.sleep(3.5)
        given_up.cancel()
        await other

    loop.run_until_complete(cancel())
    assert all(ids == {"b"} for moment, ids in seen.looks if moment > 3.5)


def test_looking_ends(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """When nobody waits any more, nothing looks; a later wait starts it again."""
    seen = sky(a=3, b=100)
    waiter = Waiter(seen.look, clock)

    async def twice() -> None:
        await waiter.wait("a", is_ready, 60)
        await clock.sleep(100)
        assert len(seen.looks) == 4
        await waiter.wait("b", is_ready, 60)

    loop.run_until_complete(twice())
    assert len(seen.looks) == 5


class Building(Sky):
    """What a waiter looks at, with progress: none for a quarter of the build, then time's share.

    Args:
        clock: what the builds go by.
        ready: for each ID the seconds after which it's Ready.
    """

    async def look(self, ids: Collection[str]) -> dict[str, Observed | ProviderError]:
        """Look IDs up."""
        found = await super().look(ids)
        seen = {id_: each for id_, each in found.items() if isinstance(each, Observed)}
        return {id_: replace(each, progress=self.progress(id_)) for id_, each in seen.items()}

    def progress(self, id_: str) -> str:
        """Give the progress in the cloud's words."""
        share = (self.clock.seconds() / self.ready[id_] - 0.25) / 0.75
        return f"{min(99, max(0, int(100 * share)))}%"


class Misleading(Building):
    """The same, whose progress lets expect builds of a hundred seconds."""

    def progress(self, id_: str) -> str:
        """Give the progress in the cloud's words."""
        assert id_ in self.ready
        return f"{int(self.clock.seconds())}%"


@pytest.mark.parametrize(
    ("takes", "late", "looks"), [(5, 1, 6), (20, 1, 14), (300, 15, 75), (3000, 150, 350)]
)
def test_progress(clock: DrivenClock, loop: DrivenLoop, takes: float, late: float, looks: int) -> None:
    """A build's end is seen within a second, or within 5 % of a long build, with fewer looks on the way."""
    seen = Building(clock, a=takes)
    loop.run_until_complete(Waiter(seen.look, clock).wait("a", is_ready, 3600, begun=True))
    assert takes <= clock.seconds() <= takes + late
    assert len(seen.looks) <= looks


def test_progress_that_misleads(clock: DrivenClock, loop: DrivenLoop) -> None:
    """A build that ends much sooner than its progress lets expect is seen before half of its time again."""
    seen = Misleading(clock, a=10)
    loop.run_until_complete(Waiter(seen.look, clock).wait("a", is_ready, 3600))
    assert clock.seconds() <= 15


def test_many_builds(clock: DrivenClock, loop: DrivenLoop) -> None:
    """A hundred that are asked for within three seconds and built in twenty take few looks."""
    seen = Building(clock, **{f"r{number}": 20 + 0.03 * number for number in range(100)})
    waiter = Waiter(seen.look, clock)

    async def one(number: int) -> float:
        await clock.sleep(0.03 * number)
        await waiter.wait(f"r{number}", is_ready, 3600, begun=True)
        return clock.seconds() - seen.ready[f"r{number}"]

    async def all_of_them() -> list[float]:
        return list(await asyncio.gather(*map(one, range(100))))

    assert max(loop.run_until_complete(all_of_them())) <= 1
    assert len(seen.looks) <= 16


def test_just_begun(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """What was only just asked for is looked up after a second; if all waiting ends, at once."""
    seen = sky(a=0.5)
    waiter = Waiter(seen.look, clock)
    loop.run_until_complete(waiter.wait("a", is_ready, 60, begun=True))
    assert clock.seconds() == 1
    waiter.stop()
    loop.run_until_complete(waiter.wait("a", is_ready, 60, begun=True))
    assert clock.seconds() == 1


class SlipError(BaseException):
    """What no handler of errors takes."""


@pytest.mark.parametrize("others", [1, 5])
def test_one_callback_fails(
    clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky], others: int
) -> None:
    """What one wait's callback raises ends that wait with it, at once; all others wait on."""
    seen = sky(a=1000, **{f"r{number}": 20 for number in range(others)})
    waiter = Waiter(seen.look, clock)

    def fail(_: Observed | None) -> bool:
        if clock.seconds() >= 3:
            raise ZeroDivisionError
        return False

    async def failing() -> float:
        with pytest.raises(ZeroDivisionError):
            await waiter.wait("a", fail, 2000)
        return clock.seconds()

    async def all_of_them() -> tuple[float, list[Observed | None]]:
        ended = asyncio.create_task(failing())
        found = await asyncio.gather(*(waiter.wait(f"r{number}", is_ready, 2000) for number in range(others)))
        return await ended, list(found)

    ended, found = loop.run_until_complete(all_of_them())
    assert 3 <= ended <= 4
    assert all(map(is_ready, found))
    assert clock.seconds() <= 22


def test_one_is_refused(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """An error that a look has about one ID ends the wait for that alone."""
    seen = sky(a=1000, b=20)
    seen.refused["a"] = NotFoundError("DescribeImageCaches", Cause("InvalidParameter", "No such ID."))
    waiter = Waiter(seen.look, clock)

    async def both() -> list[Observed | BaseException | None]:
        waits = (waiter.wait(id_, is_ready, 2000) for id_ in ("a", "b"))
        return list(await asyncio.gather(*waits, return_exceptions=True))

    refused, found = loop.run_until_complete(both())
    assert refused is seen.refused["a"]
    assert isinstance(found, Observed)


def test_look_is_cut_off(clock: DrivenClock, loop: DrivenLoop, sky: Callable[..., Sky]) -> None:
    """Whatever ends the looking, nobody waits for it in vain; who comes later is looked for anew."""
    seen = sky(a=20, b=20)
    waiter = Waiter(seen.look, clock)

    async def slip() -> list[Observed | BaseException | None]:
        waits = [asyncio.create_task(waiter.wait(id_, is_ready, 2000)) for id_ in ("a", "b")]
        await clock.sleep(5)
        seen.failure = SlipError()
        return list(await asyncio.gather(*waits, return_exceptions=True))

    async def cancel() -> list[Observed | BaseException | None]:
        waits = [asyncio.create_task(waiter.wait(id_, is_ready, 2000)) for id_ in ("a", "b")]
        await clock.sleep(0.5)
        (tick,) = (task for task in asyncio.all_tasks() if task.get_name() == "waiter")
        tick.cancel()
        return list(await asyncio.gather(*waits, return_exceptions=True))

    assert [type(each) for each in loop.run_until_complete(slip())] == [SlipError] * 2
    assert [type(each) for each in loop.run_until_complete(cancel())] == [asyncio.CancelledError] * 2
    assert clock.seconds() < 20
    assert is_ready(loop.run_until_complete(waiter.wait("a", is_ready, 60)))
