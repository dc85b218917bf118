"""How many calls of an action the account may make in a simulated minute; `core.Cloud` asks before each.

There are no limits unless tests set them through `Cloud.rates`: a cloud that throttles makes every other test
slower. What is documented is in `DOCUMENTED`.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from imagecache_simulator.exceptions import ApiError
from imagecache_simulator.urls import PRODUCTS

# Source: the API page of CreateImageCache, as issue 4 of this project gives it.
DOCUMENTED = {"CreateImageCache": 200}
HIGHEST_RATE = 1_000_000
_WINDOW = timedelta(minutes=1)
_ACTIONS = {action for product in PRODUCTS.values() for action in product.actions}


class RateExceededError(ApiError):
    """The account has made as many calls of the action in the last minute as it may."""

    code = "Throttling.User"
    message = "Request was denied due to user flow control."


class Rates:
    """The limits of one account, and the calls of the last minute."""

    def __init__(self) -> None:
        self._limits: dict[str, tuple[str, int]] = {}
        self._calls: dict[str, deque[datetime]] = {}

    def limit(self, action: str, calls: int | None) -> None:
        """Set how many calls of an action are admitted in a simulated minute; None: as many as come.

        Raises:
            ValueError: no product has the action, or the number isn't from 0 to 1,000,000.
        """
        key = action.lower()
        if key not in _ACTIONS:
            raise ValueError(f"there is no action {action!r}; see docs/simulator.md, Actions")
        if calls is None:
            self._limits.pop(key, None)
            self._calls.pop(key, None)
            return
        if not 0 <= calls <= HIGHEST_RATE:
            raise ValueError(f"{action} is limited to a number of calls from 0 to {HIGHEST_RATE}")
        self._limits[key] = action, calls
        self._calls.setdefault(key, deque())

    def limit_as_documented(self) -> None:
        """Set the limits that the cloud documents: 200 calls of CreateImageCache in a minute."""
        for action, calls in DOCUMENTED.items():
            self.limit(action, calls)

    def listing(self) -> dict[str, int]:
        """Return the limits by action."""
        return dict(self._limits.values())

    def check(self, action: str, now: datetime) -> None:
        """Admit a call and count it, or raise `RateExceededError`; refused calls don't count."""
        key = action.lower()
        if key not in self._limits:
            return
        calls = self._calls[key]
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= self._limits[key][1]:
            raise RateExceededError
        calls.append(now)
