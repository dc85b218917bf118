"""The simulated time that builds, timestamps and expiry follow; `core.Cloud` is given one.

Tests pass a `ManualClock`, which moves only when it's told to; the server runs on a `ScaledClock`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Protocol

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
# Retention adds up to 65536 days to a moment, and the calendar ends with the year 9999.
_LATEST = datetime(9000, 1, 1, tzinfo=timezone.utc)


class Clock(Protocol):
    """Simulated time: tells it, and can be moved forward."""

    def now(self) -> datetime:
        """Return the simulated moment, in UTC."""

    def advance(self, seconds: float) -> None:
        """Move forward; `ValueError` for a step back or past the calendar's end."""


class ManualClock:
    """A clock that stands still until it's moved.

    Args:
        start: the first moment, in UTC.
    """

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the simulated moment, in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward; `ValueError` for a step back or past the calendar's end."""
        self._now = _later(self._now, seconds)


class ScaledClock:
    """A clock that runs with real time, faster by a factor.

    Args:
        speed: simulated seconds in one real second.
        start: the first simulated moment; the real one unless told otherwise.
        monotonic: real seconds since any moment.
    """

    def __init__(
        self,
        speed: float = 60,
        start: datetime | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 < speed <= 1e6:  # noqa: PLR2004 - beyond it a build ends before its answer is sent
            raise ValueError("speed must be above 0 and at most 1000000 simulated seconds per second")
        self._speed = speed
        self._start = start or real_now()
        self._monotonic = monotonic
        self._began = monotonic()

    def now(self) -> datetime:
        """Return the simulated moment, in UTC."""
        return self._start + timedelta(seconds=(self._monotonic() - self._began) * self._speed)

    def advance(self, seconds: float) -> None:
        """Move forward; `ValueError` for a step back or past the calendar's end."""
        _later(self.now(), seconds)
        self._start = _later(self._start, seconds)


def real_now() -> datetime:
    """Return the real moment in UTC, which signatures are checked against."""
    return datetime.now(timezone.utc)


def _later(moment: datetime, seconds: float) -> datetime:
    if not 0 <= seconds <= (_LATEST - moment).total_seconds():
        raise ValueError("a clock moves forward only, and not past the year 9000")
    return moment + timedelta(seconds=seconds)
