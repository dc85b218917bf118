"""The pace of creates: no more of them in a minute than a cloud takes from one account in one region.

`adoption` runs every create through it. Who comes over the limit waits in line. What the cloud throttles all
the same, because somebody else uses the account too, goes back into the line, and the limit falls for a time.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from imagecache_provider.clock import Clock, acquired, comes_first
from imagecache_provider.errors import StoppedError, ThrottledError

T = TypeVar("T")
_WINDOW = 60.0
"""Seconds that the cloud counts over."""
_PATIENCE = 600.0
"""Seconds after which a create that was throttled all the time is given up."""
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 30.0
_LOOK = 1.0
"""Seconds between two looks at a limit that is coming back."""
_RECOVERY = 0.1
"""After throttling, the limit comes back by this share of the whole a minute."""


class Pace:
    """The creates of one process in one account and region. Used from one event loop.

    Args:
        most: how many the cloud takes in a minute.
        clock: what the minute goes by.
    """

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._turn = asyncio.Lock()  # wakes who came first first
        self._ahead = 0
        self._under_way = 0
        self._ended: deque[float] = deque()
        self._slowed_to = float(most)
        self._slowed_at = -math.inf
        self._not_before = -math.inf
        self._pause = 0.0
        self._changed = asyncio.Event()
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End all waiting, now and from now on, with `StoppedError`."""
        self._stopped.set()

    async def run(self, work: Callable[[], Awaitable[T]], tell: Callable[[str], None]) -> T:
        """Do the work when it's its turn.

        Args:
            work: sends one create; it's done again when it raises `ThrottledError`.
            tell: is told what is waited for, if anything is.

        Raises:
            StoppedError: the waiting was ended.
            ThrottledError: it was throttled for ten minutes.
        """
        first: float | None = None
        while True:
            await self._admitted(tell)
            admitted = self._clock.seconds()
            try:
                done = await work()
            except ThrottledError:
                self._left(counted=False)
                first = admitted if first is None else first
                if self._clock.seconds() - first >= _PATIENCE:
                    raise
                self._slow_down(admitted)
            except BaseException:
                self._left(counted=True)
                raise
            else:
                self._left(counted=True)
                self._pause = 0.0
                return done

    async def _admitted(self, tell: Callable[[str], None]) -> None:
        """Wait for a place; it's taken until a minute after the answer, when the cloud surely counts anew."""
        if self._stopped.is_set():
            raise _stopped()
        if not self._turn.locked() and self._seconds() == 0:
            self._under_way += 1
            return
        tell(self._waited_for())
        self._ahead += 1
        try:
            if not await acquired(self._turn, self._stopped.wait()):
                raise _stopped()
            try:
                while (seconds := self._seconds()) > 0:
                    self._changed.clear()
                    if not await comes_first(self._passed(seconds), self._stopped.wait()):
                        raise _stopped()
                self._under_way += 1
            finally:
                self._turn.release()
        finally:
            self._ahead -= 1

    async def _passed(self, seconds: float) -> None:
        """Let time pass, or until a create is answered."""
        if seconds == math.inf:
            await self._changed.wait()
        else:
            await comes_first(self._changed.wait(), self._clock.sleep(seconds))

    def _seconds(self) -> float:
        """Give the seconds until there may be a place; infinity if it depends on an answer."""
        now = self._clock.seconds()
        while self._ended and now - self._ended[0] >= _WINDOW:
            self._ended.popleft()
        if now < self._not_before:
            return self._not_before - now
        if self._under_way + len(self._ended) < self._limit():
            return 0.0
        free = self._ended[0] + _WINDOW - now if self._ended else math.inf
        return min(free, _LOOK) if self._limit() < self._most else free

    def _limit(self) -> int:
        minutes = (self._clock.seconds() - self._slowed_at) / _WINDOW
        return int(max(1.0, min(self._most, self._slowed_to + minutes * _RECOVERY * self._most)))

    def _left(self, *, counted: bool) -> None:
        self._under_way -= 1
        if counted:
            self._ended.append(self._clock.seconds())
        self._changed.set()

    def _slow_down(self, admitted: float) -> None:
        """Take half of the limit away, once for all that were under way when the cloud began to throttle."""
        if admitted <= self._slowed_at:
            return
        self._slowed_to = self._limit() / 2
        self._slowed_at = self._clock.seconds()
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause) or _FIRST_PAUSE
        self._not_before = self._slowed_at + self._pause

    def _waited_for(self) -> str:
        ahead = f", {self._ahead} before this one" if self._ahead else ""
        return f"waiting to be sent: the cloud takes {self._limit()} creates a minute{ahead}"


def _stopped() -> StoppedError:
    return StoppedError("the operation was cancelled before anything was sent")
