"""What will happen, and when: the base of an image cache's build and of a container group's start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """Something that happens `at` so many seconds after its timeline began."""

    @property
    def at(self) -> float:
        """Seconds after the beginning."""


StepT = TypeVar("StepT", bound=Timed)


@dataclass(kw_only=True)
class Timeline(Generic[StepT]):
    """Steps in order of time, and how far they have come.

    Attributes:
        steps: everything that will happen; more may be put at the end.
        elapsed: seconds that have passed.
        done: how many steps have happened.
    """

    steps: list[StepT]
    elapsed: float = 0.0
    done: int = 0

    @property
    def finished(self) -> bool:
        """Whether all has happened."""
        return self.done >= len(self.steps)

    def due(self, held: Callable[[StepT], bool] = lambda _: False) -> Iterator[StepT]:
        """Yield the steps that have come due, each counted as done; at one that's held time stands still."""
        while not self.finished and self.steps[self.done].at <= self.elapsed:
            step = self.steps[self.done]
            if held(step):
                self.elapsed = step.at
                return
            self.done += 1
            yield step
