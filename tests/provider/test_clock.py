"""Tests of what goes with time: reading moments, and waiting for what comes first."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from imagecache_provider.clock import acquired, comes_first, moment

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop


def test_moment() -> None:
    """A moment is read in UTC; what is none is an error."""
    assert moment("2021-02-09T02:24:07Z") == datetime(2021, 2, 9, 2, 24, 7, tzinfo=timezone.utc)
    with pytest.raises(ValueError, match="soon"):
        moment("soon")


@pytest.mark.parametrize(("wanted", "other", "first"), [(1, 2, True), (2, 1, False), (1, 1, True)])
def test_comes_first(clock: DrivenClock, loop: DrivenLoop, wanted: float, other: float, first: bool) -> None:
    """It's told whether the wanted one has come when the first has, and the rest is dropped."""

    async def wait() -> bool:
        came = await comes_first(clock.sleep(wanted), clock.sleep(other))
        assert clock.seconds() == min(wanted, other)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return came

    assert loop.run_until_complete(wait()) is first


def test_error_comes_first(clock: DrivenClock, loop: DrivenLoop) -> None:
    """What the wanted one raises is raised, and not taken for its end."""

    async def fail() -> None:
        await clock.sleep(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop.run_until_complete(comes_first(fail(), clock.sleep(2)))


@pytest.mark.parametrize("turns", range(8))
def test_lock_is_left_free(loop: DrivenLoop, turns: int) -> None:
    """Whoever is cancelled before, in or after the moment of its turn doesn't keep the lock from the next."""

    async def run() -> bool:
        lock = asyncio.Lock()
        await lock.acquire()
        cancelled = asyncio.create_task(acquired(lock, asyncio.Event().wait()))
        await asyncio.sleep(0)
        following = asyncio.create_task(acquired(lock, asyncio.Event().wait()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        lock.release()
        for _ in range(turns):
            await asyncio.sleep(0)
        if not cancelled.cancel():
            assert cancelled.result()
            lock.release()
        await asyncio.gather(cancelled, return_exceptions=True)
        return await following

    assert loop.run_until_complete(run())


def test_lock_is_not_waited_for(clock: DrivenClock, loop: DrivenLoop) -> None:
    """What comes before the lock ends the waiting, without it."""

    async def run() -> bool:
        lock = asyncio.Lock()
        await lock.acquire()
        came = await acquired(lock, clock.sleep(1))
        lock.release()
        await asyncio.sleep(0)
        return came or lock.locked()

    assert not loop.run_until_complete(run())
