"""The answers that a repeated ClientToken gets again; `core.Cloud.handle` keeps one such memory.

Source: spec/eci-image-cache.md section 1, row ClientToken; the 24 hours are a choice (docs/simulator.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from imagecache_simulator.exceptions import IdempotentParameterMismatchError, InvalidParameterError

WINDOW = timedelta(hours=24)
LONGEST_TOKEN = 64


@dataclass(frozen=True)
class _Answer:
    parameters: Mapping[str, str]
    given_at: datetime
    body: Mapping[str, Any]


class Idempotency:
    """Remembers what was answered to each (product, action, region, token), for 24 simulated hours."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, ...], _Answer] = {}

    def answer(
        self, call: tuple[str, ...], parameters: Mapping[str, str], now: datetime
    ) -> Mapping[str, Any] | None:
        """Return what this call was answered before, None if it is new.

        Raises:
            IdempotentParameterMismatchError: the token came before with other parameters.
            InvalidParameterError: the token isn't ASCII, or has more than 64 characters.
        """
        token = call[-1]
        if not token.isascii() or len(token) > LONGEST_TOKEN:
            raise InvalidParameterError("ClientToken", f"It has at most {LONGEST_TOKEN} ASCII characters.")
        self._forget(now)
        earlier = self._answers.get(call)
        if earlier is None:
            return None
        if dict(earlier.parameters) != dict(parameters):
            raise IdempotentParameterMismatchError
        return earlier.body

    def remember(
        self,
        call: tuple[str, ...],
        parameters: Mapping[str, str],
        now: datetime,
        body: Mapping[str, Any],
    ) -> None:
        """Keep the answer of a call that succeeded. A refused call may be made again under its token."""
        self._answers[call] = _Answer(dict(parameters), now, dict(body))

    def _forget(self, now: datetime) -> None:
        """Drop answers past their window; the oldest stand first, as a dict keeps its order."""
        while self._answers:
            oldest = next(iter(self._answers))
            if now - self._answers[oldest].given_at <= WINDOW:
                return
            del self._answers[oldest]
