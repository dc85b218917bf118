"""Waiting: one look per tick at the cloud serves everybody who waits for a resource of one region.

`readiness` calls `wait`. While anybody waits, one task looks up those who are due, many of them all at once,
and wakes those whose resource is where they want it; it takes no thread and ends with the last of them. What
fails for one of them is raised for that one alone: the others wait on.
When a wait is due again follows from its age, and from what its resource's progress lets expect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from imagecache_provider.clock import Clock, comes_first
from imagecache_provider.errors import ProviderError
from imagecache_provider.resource import SINGLY, Observed

Look = Callable[[Collection[str]], Awaitable[Mapping[str, "Observed | ProviderError"]]]
"""Look these IDs up; what doesn't exist is missing from the answer, and an error is about its ID alone."""
Done = Callable[["Observed | None"], bool]
"""Whether the waiting is over, given what was seen; None for a resource that doesn't exist."""

SHORTEST_TICK = 1.0
LONGEST_TICK = 10.0
_TICK_SHARE = 0.05
"""A wait is looked at again after this share of its age: what ends is seen about that much late."""
_EARLY = 0.25
"""Who is due within so many seconds is looked up with those who are due now."""
_REMAINING_SHARE = 0.75
"""Of the time that a build should still take, by its progress so far, this share passes without a look."""
_AGE_SHARE = 0.5
"""No more than this share of its age passes without a look, whatever the progress lets expect."""
_WHOLE = 100.0


@dataclass(eq=False)
class _Wait:
    id: str
    done: Done
    since: float
    due: float
    ended: asyncio.Future[Observed | None]
    last: Observed | None = None
    looked: bool = False
    began: tuple[float, float] | None = None
    """When progress was seen first, and how much it was, in percent."""


class Waiter:
    """Waits for resources of one account and region.

    Args:
        look: looks up many IDs in as few calls as it can.
        clock: what passes between looks.
    """

    def __init__(self, look: Look, clock: Clock) -> None:
        self._look = look
        self._clock = clock
        self._waits: list[_Wait] = []  # who came first is woken first
        self._ticking: asyncio.Task[None] | None = None
        self._joined = asyncio.Event()
        self._stopped = False

    def stop(self) -> None:
        """End all waits with what was seen last; one that hasn't been looked up yet gets one look."""
        self._stopped = True
        self._joined.set()
        for wait in list(self._waits):
            if wait.looked:
                self._end(wait)

    async def wait(self, id: str, done: Done, timeout: float, *, begun: bool = False) -> Observed | None:
        """Wait until `done` says so; give what was seen then.

        Args:
            id: the resource's ID.
            done: asked after every look.
            timeout: seconds, after which the wait ends with what was seen last, done or not.
            begun: whether the resource was only just asked for: then nothing is to be seen yet, and the first
                look can wait for others.

        Raises:
            Exception: what a look raised, or what `done` did; that of another wait never.
        """
        ended: asyncio.Future[Observed | None] = asyncio.get_running_loop().create_future()
        now = self._clock.seconds()
        first = now + min(SHORTEST_TICK, timeout / 2) if begun else now
        wait = _Wait(id, done, now, first, ended)
        self._waits.append(wait)
        self._joined.set()
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick(), name="waiter")
            self._ticking.add_done_callback(self._ticked)
        try:
            in_time = await comes_first(ended, self._clock.sleep(timeout))
            return ended.result() if in_time else wait.last
        finally:
            self._leave(wait)

    async def _tick(self) -> None:
        while self._waits:
            self._joined.clear()
            if asked := self._asked():
                await self._look_once(asked)
            else:
                await self._sleep()

    def _ticked(self, tick: asyncio.Task[None]) -> None:
        """Let nobody wait for a tick that was cut off, by the end of the loop or by a slip here."""
        error = None if tick.cancelled() else tick.exception()
        if tick is not self._ticking:
            return
        for wait in list(self._waits):
            if error is not None:
                self._end(wait, error)
            else:
                wait.ended.cancel()

    def _asked(self) -> list[_Wait]:
        """Choose who is looked up now: who is due, or all if they are many."""
        now = self._clock.seconds()
        if not any(self._is_due(wait, now) for wait in self._waits):
            return []
        due = [wait for wait in self._waits if self._is_due(wait, now + _EARLY)]
        return due if len({wait.id for wait in due}) <= SINGLY else list(self._waits)

    def _is_due(self, wait: _Wait, moment: float) -> bool:
        return wait.due <= moment or (self._stopped and not wait.looked)

    async def _sleep(self) -> None:
        """Let time pass until somebody is due, or joins."""
        seconds = min(wait.due for wait in self._waits) - self._clock.seconds()
        await comes_first(self._clock.sleep(seconds), self._joined.wait())

    async def _look_once(self, asked: list[_Wait]) -> None:
        try:
            seen = await self._look({wait.id for wait in asked})
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to hear of it
            for wait in asked:
                self._end(wait, error)
            return
        now = self._clock.seconds()
        few = len(self._waits) <= SINGLY
        for wait in asked:
            try:
                self._take(wait, seen.get(wait.id), now, few=few)
            except Exception as error:  # noqa: BLE001, PERF203 - whatever a callback raises is about its wait
                self._end(wait, error)

    def _take(self, wait: _Wait, seen: Observed | ProviderError | None, now: float, *, few: bool) -> None:
        """Tell a wait what was seen, and say when it's due again if that isn't its end."""
        if isinstance(seen, ProviderError):
            raise seen
        wait.last, wait.looked = seen, True
        if wait.done(seen) or self._stopped:
            self._end(wait)
        else:
            wait.due = now + _pause(wait, now, few=few)

    def _end(self, wait: _Wait, error: BaseException | None = None) -> None:
        self._leave(wait)
        if wait.ended.done():
            return
        if error is not None:
            wait.ended.set_exception(error)
        else:
            wait.ended.set_result(wait.last)

    def _leave(self, wait: _Wait) -> None:
        if wait in self._waits:
            self._waits.remove(wait)


def _pause(wait: _Wait, now: float, *, few: bool) -> float:
    """Say after how many seconds to look again.

    Args:
        wait: whose resource was seen just now.
        now: the moment.
        few: whether so few wait that a look costs little.
    """
    age = now - wait.since
    usual = min(LONGEST_TICK, max(SHORTEST_TICK, age * _TICK_SHARE))
    percent = _percent(wait.last)
    if percent is None:
        return usual
    if percent == 0:
        return usual if few else 2 * usual  # its build hasn't really begun
    since, before = wait.began or (wait.since, 0.0)
    wait.began = wait.began or (now, percent)
    if percent <= before:
        return usual
    remaining = (_WHOLE - percent) * (now - since) / (percent - before)
    return max(usual, min(remaining * _REMAINING_SHARE, age * _AGE_SHARE, LONGEST_TICK))


def _percent(seen: Observed | None) -> float | None:
    """Read how far a build is, in percent; None where the cloud doesn't say."""
    number, sign, _ = seen.progress.partition("%") if seen is not None else ("", "", "")
    return float(number) if sign and number.isdecimal() else None
