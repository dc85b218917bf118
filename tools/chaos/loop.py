"""A loop on driven time that can be stopped between any two of its turns, as a killed process is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from tests.provider.world import DrivenClock, DrivenLoop

_MOST_TURNS = 300_000
"""No run of these trials takes a tenth of it."""


class KilledError(Exception):
    """The process was killed."""


class KillableLoop(DrivenLoop):
    """A loop in which something can be done after so many turns.

    Args:
        clock: the time that it runs on.
    """

    def __init__(self, clock: DrivenClock) -> None:
        super().__init__(clock)
        self._turns = 0
        self._crashing = False
        self._due: list[tuple[int, Callable[[], object]]] = []

    def in_turns(self, turns: int, act: Callable[[], object]) -> None:
        """Do something after so many turns; what it raises ends the run."""
        if not self._crashing:
            self._due.append((self._turns + turns, act))

    def calm(self) -> None:
        """Forget what was to be done."""
        self._due.clear()
        self._turns = 0

    def crash(self) -> None:
        """Stop all that is at work; a run that was just about to end when it was killed has left its stop."""
        self.calm()
        self._crashing = True
        with contextlib.suppress(RuntimeError):
            self.run_until_complete(asyncio.sleep(0))
        super().crash()
        self._crashing = False

    def _run_once(self) -> None:
        super()._run_once()  # type: ignore[misc] # asyncio's own, and no part of its types
        self._turns += 1
        if self._turns > _MOST_TURNS:
            raise AssertionError("it runs for ever")
        due = [act for turn, act in self._due if turn <= self._turns]
        self._due = [(turn, act) for turn, act in self._due if turn > self._turns]
        for act in due:
            act()
