"""Time, passed in wherever it's needed, so that tests can drive it."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from typing import Protocol


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
