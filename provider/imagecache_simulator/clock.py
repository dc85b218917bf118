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
# Simulated seconds in a real one. At more than the fastest a build ends before its answer is sent.
SLOWEST, FASTEST = 0.001, 1_000_000


class Clock(Protocol):
    """Simulated time: tells it, and can be moved forward, or back to where it began."""

    def now(self) -> datetime:
        """Return the simulated moment, in UTC."""

    def advance(self, seconds: float) -> None:
        """Move forward; `ValueError` for a step back or past the calendar's end."""

    def reset(self) -> None:
        """Begin again."""


class ManualClock:
    """A clock that stands still until it's moved.

    Args:
        start: the first moment, in UTC.
    """

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._now = start

    def now(self) -> datetime:
        """Return the simulated moment, in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward; `ValueError` for a step back or past the calendar's end."""
        self._now = _later(self._now, seconds)

    def reset(self) -> None:
        """Begin again at the first moment."""
        self._now = self._start


class ScaledClock:
    """A clock that runs with real time, faster by a factor.

    Args:
        speed: simulated seconds in one real second; can be changed.
        start: the first simulated moment; the real one unless told otherwise.
        monotonic: real seconds since any moment.

    Attributes:
        paused: whether it stands still for now; can be changed.
    """

    _marked: datetime

    def __init__(
        self,
        speed: float = 60,
        start: datetime | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first_speed = self._speed = _checked(speed)
        self._first = start
        self._monotonic = monotonic
        self.reset()

    @property
    def speed(self) -> float:
        """Simulated seconds in one real second, while it isn't paused."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        _checked(speed)
        self._mark()
        self._speed = speed

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._mark()
        self._paused = paused

    def now(self) -> datetime:
        """Return the simulated moment, in UTC."""
        if self._paused:
            return self._marked
        return self._marked + timedelta(seconds=(self._monotonic() - self._marked_at) * self._speed)

    def advance(self, seconds: float) -> None:
        """Move forward; `ValueError` for a step back or past the calendar's end."""
        _later(self.now(), seconds)
        self._marked = _later(self._marked, seconds)

    def reset(self) -> None:
        """Begin again at the first moment, or at the real one, with the first speed."""
        self._speed = self._first_speed
        self._paused = False
        self._marked = self._first or real_now()
        self._marked_at = self._monotonic()

    def _mark(self) -> None:
        """Count from now on: what has passed went by at the speed that it had."""
        self._marked, self._marked_at = self.now(), self._monotonic()


def real_now() -> datetime:
    """Return the real moment in UTC, which signatures are checked against."""
    return datetime.now(timezone.utc)


def _later(moment: datetime, seconds: float) -> datetime:
    if not 0 <= seconds <= (_LATEST - moment).total_seconds():
        raise ValueError("a clock moves forward only, and not past the year 9000")
    return moment + timedelta(seconds=seconds)


def _checked(speed: float) -> float:
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"speed is a number of simulated seconds per second from {SLOWEST} to {FASTEST}")
    return speed
