"""Waiting: one look per tick at the cloud serves everybody who waits for a resource of one region.

`readiness` calls `wait`. While anybody waits, one task looks up all awaited IDs at once and wakes those whose
resource is where they want it; it takes no thread and ends with the last of them. Who joins is looked up at
once, and all who join during a look together at the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from imagecache_provider.clock import Clock
from imagecache_provider.resource import Observed

Look = Callable[[Collection[str]], Awaitable[dict[str, Observed]]]
"""Look these IDs up; what doesn't exist is missing from the answer."""
Done = Callable[["Observed | None"], bool]
"""Whether the waiting is over, given what was seen; None for a resource that doesn't exist."""

SHORTEST_TICK = 1.0
LONGEST_TICK = 10.0
_TICK_SHARE = 0.05
"""A tick is this share of the youngest wait: what ends is seen about that much late."""


@dataclass(eq=False)
class _Wait:
    id: str
    done: Done
    since: float
    ended: asyncio.Future[Observed | None]
    last: Observed | None = None
    looked: bool = False


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
        for wait in list(self._waits):
            if wait.looked:
                self._end(wait)

    async def wait(self, id: str, done: Done, timeout: float) -> Observed | None:
        """Wait until `done` says so; give what was seen then.

        Args:
            id: the resource's ID.
            done: asked after every look.
            timeout: seconds, after which the wait ends with what was seen last, done or not.
        """
        ended: asyncio.Future[Observed | None] = asyncio.get_running_loop().create_future()
        wait = _Wait(id, done, self._clock.seconds(), ended)
        self._waits.append(wait)
        self._joined.set()
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick(), name="waiter")
        limit = asyncio.create_task(self._clock.sleep(timeout))
        try:
            first: set[asyncio.Future[Any]] = {ended, limit}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            return ended.result() if ended.done() else wait.last
        finally:
            self._leave(wait)
            limit.cancel()

    async def _tick(self) -> None:
        while self._waits:
            self._joined.clear()
            await self._look_once()
            if self._waits and not self._joined.is_set():
                await self._sleep()

    async def _sleep(self) -> None:
        """Let the tick pass, or end it when somebody joins."""
        tick = asyncio.create_task(self._clock.sleep(self._pause()))
        joining = asyncio.create_task(self._joined.wait())
        try:
            await asyncio.wait({tick, joining}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tick.cancel()
            joining.cancel()

    async def _look_once(self) -> None:
        asked = list(self._waits)  # who joins during the look is asked about at the next one
        try:
            seen = await self._look({wait.id for wait in asked})
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to hear of it
            for wait in asked:
                self._end(wait, error)
            return
        for wait in asked:
            wait.last, wait.looked = seen.get(wait.id), True
            if wait.done(wait.last) or self._stopped:
                self._end(wait)

    def _end(self, wait: _Wait, error: Exception | None = None) -> None:
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

    def _pause(self) -> float:
        youngest = min(self._clock.seconds() - wait.since for wait in self._waits)
        return min(LONGEST_TICK, max(SHORTEST_TICK, youngest * _TICK_SHARE))
