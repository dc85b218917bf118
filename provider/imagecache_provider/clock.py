"""Time, passed in wherever it's needed, so that tests can drive it; and what goes with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import datetime, timezone
from typing import Any, Protocol


class Clock(Protocol):
    """What the provider asks of time."""

    def now(self) -> datetime:
        """The date and time, in UTC."""

    def seconds(self) -> float:
        """Seconds that only ever grow, for measuring."""

    async def sleep(self, seconds: float) -> None:
        """Let this much time pass."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The date and time, in UTC."""
        return datetime.now(timezone.utc)

    def seconds(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let this much time pass."""
        await asyncio.sleep(seconds)


def moment(text: str) -> datetime:
    """Read a moment as clouds write it, `2021-02-09T02:24:07Z`; `ValueError` for what is none."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


async def comes_first(wanted: Awaitable[Any], *others: Awaitable[Any]) -> bool:
    """Wait until one of these has come, and drop the rest; say whether the wanted one has.

    An error of the wanted one is raised.
    """
    first = asyncio.ensure_future(wanted)
    waiting = {first, *map(asyncio.ensure_future, others)}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if first.done():
            first.result()
        return first.done()
    finally:
        for each in waiting:
            each.cancel()


async def acquired(lock: asyncio.Lock, *others: Awaitable[Any]) -> bool:
    """Acquire a lock unless one of the others comes first; say whether it was acquired.

    A caller that is cancelled in the very moment of its turn leaves the lock free: nobody else would.
    """
    acquiring = asyncio.ensure_future(lock.acquire())
    try:
        return await comes_first(acquiring, *others)
    except BaseException:
        if acquiring.done() and not acquiring.cancelled():
            lock.release()
        raise
