"""Tests of the pace of creates: the cloud's minute is kept, and throttling is learned from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from imagecache_provider.errors import Cause, RefusedError, StoppedError, ThrottledError
from imagecache_provider.pace import Pace

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

THROTTLED = ThrottledError("CreateImageCache", Cause("Throttling.User", "Slow down."))


class Cloud:
    """Takes some creates in a minute, of us and of others, and throttles the rest.

    Args:
        clock: what its minute goes by.
        takes: how many it takes in any minute.
    """

    def __init__(self, clock: DrivenClock, takes: int) -> None:
        self.clock = clock
        self.takes = takes
        self.taken: list[float] = []
        self.throttled: list[float] = []
        self.lasts = 0.1

    async def create(self) -> None:
        """Take a create, or throttle it."""
        now = self.clock.seconds()
        if sum(now - moment < 60 for moment in self.taken) >= self.takes:
            self.throttled.append(now)
            raise THROTTLED
        self.taken.append(now)
        await self.clock.sleep(self.lasts)


@pytest.fixture
def said() -> list[str]:
    """Return what is told of waiting."""
    return []


@pytest.fixture
def creates(
    clock: DrivenClock, loop: DrivenLoop, said: list[str]
) -> Callable[[Pace, Cloud, int], list[BaseException | None]]:
    """Return a function that runs many creates at once, and gives how each ended."""

    def run(pace: Pace, cloud: Cloud, count: int) -> list[BaseException | None]:
        async def all_of_them() -> list[BaseException | None]:
            works = (pace.run(cloud.create, said.append) for _ in range(count))
            return list(await asyncio.gather(*works, return_exceptions=True))

        return loop.run_until_complete(all_of_them())

    assert clock.seconds() == 0
    return run


Creates = Callable[[Pace, Cloud, int], list[BaseException | None]]


def test_below(clock: DrivenClock, creates: Creates, said: list[str]) -> None:
    """As many as the cloud takes are sent at once, and nothing is told."""
    cloud = Cloud(clock, 200)
    assert creates(Pace(200, clock), cloud, 200) == [None] * 200
    assert set(cloud.taken) == {0}
    assert said == []


def test_above(clock: DrivenClock, creates: Creates, said: list[str]) -> None:
    """The rest follows as the minute moves on, without a throttled call; who waits says for what."""
    cloud = Cloud(clock, 200)
    assert creates(Pace(200, clock), cloud, 300) == [None] * 300
    assert cloud.throttled == []
    assert cloud.taken[-1] == pytest.approx(60.1)
    assert len(said) == 100
    assert said[1] == ("waiting to be sent: the cloud takes 200 creates a minute, 1 before this one")


def test_slow_answers(clock: DrivenClock, creates: Creates) -> None:
    """A minute counts from the answer: how long a call was on its way isn't known."""
    cloud = Cloud(clock, 10)
    cloud.lasts = 25
    assert creates(Pace(10, clock), cloud, 11) == [None] * 11
    assert cloud.taken[-1] == pytest.approx(85)


def test_shared_account(clock: DrivenClock, creates: Creates) -> None:
    """Where others use half of what the cloud takes, ours all go through, with few throttled calls."""
    cloud = Cloud(clock, 100)
    assert creates(Pace(200, clock), cloud, 400) == [None] * 400
    assert len(cloud.throttled) <= 20
    assert clock.seconds() <= 2 * 400 / 100 * 60


def test_comes_back(clock: DrivenClock, loop: DrivenLoop, creates: Creates) -> None:
    """After throttling the limit is half as high, and whole again after some minutes."""
    cloud = Cloud(clock, 100)
    pace = Pace(200, clock)
    creates(pace, cloud, 101)
    cloud.takes = 1000

    def burst() -> int:
        """Count what is sent within a second."""
        before, start = len(cloud.taken), clock.seconds()
        creates(pace, cloud, 250)
        return sum(moment < start + 1 for moment in cloud.taken[before:])

    loop.run_until_complete(clock.sleep(70))
    assert 50 <= burst() <= 140
    loop.run_until_complete(clock.sleep(600))
    assert burst() == 200


def test_given_up(clock: DrivenClock, creates: Creates) -> None:
    """A create that is throttled for ten minutes ends with the cloud's words; it was tried seldom."""
    cloud = Cloud(clock, 0)
    assert creates(Pace(1, clock), cloud, 1) == [THROTTLED]
    assert 600 <= clock.seconds() <= 660
    assert len(cloud.throttled) < 40


def test_refused(clock: DrivenClock, loop: DrivenLoop, said: list[str]) -> None:
    """Another error ends its create alone, and counts as one."""
    pace = Pace(2, clock)
    refused = RefusedError("CreateImageCache", Cause("QuotaExceeded", "No."))

    async def refuse() -> None:
        raise refused

    with pytest.raises(RefusedError):
        loop.run_until_complete(pace.run(refuse, said.append))
    cloud = Cloud(clock, 2)
    loop.run_until_complete(pace.run(cloud.create, said.append))
    loop.run_until_complete(pace.run(cloud.create, said.append))
    assert cloud.taken == [0, 60]


@pytest.mark.parametrize("ahead", [0, 3])
def test_stopped(clock: DrivenClock, loop: DrivenLoop, said: list[str], ahead: int) -> None:
    """Cancel ends all waiting at once, at any place in the line; nothing was sent."""
    pace, cloud = Pace(1, clock), Cloud(clock, 1)

    async def stop() -> list[BaseException | None]:
        await pace.run(cloud.create, said.append)
        waiting = [asyncio.ensure_future(pace.run(cloud.create, said.append)) for _ in range(ahead + 1)]
        await clock.sleep(5)
        pace.stop()
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    ended = loop.run_until_complete(stop())
    assert [type(each) for each in ended] == [StoppedError] * (ahead + 1)
    assert clock.seconds() < 6
    assert len(cloud.taken) == 1


@pytest.mark.parametrize("turns", range(8))
def test_cancelled(clock: DrivenClock, loop: DrivenLoop, said: list[str], turns: int) -> None:
    """A create that is cancelled in the line, at whatever moment of its turn, keeps nobody else waiting."""
    pace, cloud = Pace(1, clock), Cloud(clock, 9)

    async def run() -> None:
        second: asyncio.Task[None]

        async def cancel_the_second() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            second.cancel()
            await cloud.create()

        await pace.run(cloud.create, said.append)
        first = asyncio.create_task(pace.run(cancel_the_second, said.append))
        second = asyncio.create_task(pace.run(cloud.create, said.append))
        third = asyncio.create_task(pace.run(cloud.create, said.append))
        await asyncio.gather(first, second, third, return_exceptions=True)
        assert second.cancelled()

    loop.run_until_complete(run())
    assert len(cloud.taken) == 3
    assert clock.seconds() < 130


def test_teller_fails(clock: DrivenClock, loop: DrivenLoop, said: list[str]) -> None:
    """A create whose teller raises ends with that; the others in the line are sent."""
    pace, cloud = Pace(1, clock), Cloud(clock, 9)

    def fail(text: str) -> None:
        raise ZeroDivisionError(text)

    async def run() -> list[BaseException | None]:
        await pace.run(cloud.create, said.append)
        works = [pace.run(cloud.create, tell) for tell in (said.append, fail, said.append)]
        return list(await asyncio.gather(*works, return_exceptions=True))

    ended = loop.run_until_complete(run())
    assert [type(each) for each in ended] == [type(None), ZeroDivisionError, type(None)]
    assert len(cloud.taken) == 3
