"""Where tests hold image caches: a transition that's held waits at its very point until it's released.

`image_cache_lifecycle` asks before each step of a build and before a cache expires.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagecache_simulator.eci.builds import Effect, Step

if TYPE_CHECKING:
    from imagecache_simulator.eci.image_cache import ImageCache

TRANSITIONS = {
    "Preparing": "a first build's beginning: nothing of it has happened yet",
    "Updating": "a rebuild's beginning: nothing of it has happened yet",
    "Creating": "the start of the transit instance, which pulling begins with",
    "LocalSnapshot": "the local snapshot of a Flash build",
    "StandardSnapshot": "the standard snapshot, at the end of a good build",
    "Ready": "whichever snapshot makes the cache usable",
    "Failed": "a failure, of a first build or of a rebuild",
    "Expiry": "the removal of a cache that has expired, or that failed a day ago",
}
_BY_EFFECT = {
    Effect.START_PULLING: "Creating",
    Effect.LOCAL_SNAPSHOT: "LocalSnapshot",
    Effect.STANDARD_SNAPSHOT: "StandardSnapshot",
    Effect.FAIL: "Failed",
}
_SNAPSHOTS = frozenset({Effect.LOCAL_SNAPSHOT, Effect.STANDARD_SNAPSHOT})
MOST_HOLDS = 10_000


@dataclass(frozen=True)
class Hold:
    """A transition that waits: one of `TRANSITIONS`, of the caches with this ID or name, or of all."""

    transition: str
    image_cache: str = ""


class Holds:
    """The holds of an account; there are none at first.

    Args:
        settle: lets everything happen that was due, before a hold begins or ends.
    """

    def __init__(self, settle: Callable[[], None]) -> None:
        self._settle = settle
        self._holds: dict[Hold, None] = {}

    def hold(self, transition: str, image_cache: str = "") -> Hold:
        """Let a transition wait from now on.

        Args:
            transition: one of `TRANSITIONS`.
            image_cache: the ID or the name of the caches that wait; all of them unless given. There needn't
                be one yet.

        Raises:
            ValueError: there's no such transition, or there are too many holds.
        """
        hold = _hold(transition, image_cache)
        if len(self._holds) >= MOST_HOLDS:
            raise ValueError(f"there are {MOST_HOLDS} holds already: release some first")
        self._settle()
        self._holds[hold] = None
        return hold

    def release(self, transition: str, image_cache: str = "") -> None:
        """Let what this hold stopped go on; it may be held by another one still.

        Raises:
            ValueError: there's no such transition.
        """
        hold = _hold(transition, image_cache)
        self._settle()
        self._holds.pop(hold, None)
        self._settle()

    def release_all(self) -> None:
        """Let everything go on."""
        self._settle()
        self._holds.clear()
        self._settle()

    def listing(self) -> list[Hold]:
        """Return the holds, the oldest first."""
        return list(self._holds)

    def stop_step(self, cache: ImageCache, step: Step) -> bool:
        """Tell whether the next step of a cache's build has to wait."""
        return bool(self._holds) and any(self._stop(cache, each) for each in _transitions(cache, step))

    def stop_expiry(self, cache: ImageCache) -> bool:
        """Tell whether a cache has to stay although it has expired."""
        return self._stop(cache, "Expiry")

    def _stop(self, cache: ImageCache, transition: str) -> bool:
        names = ("", cache.image_cache_id, cache.inputs.name)
        return any(Hold(transition, name) in self._holds for name in names)


def _hold(transition: str, image_cache: str) -> Hold:
    if transition not in TRANSITIONS:
        raise ValueError(f"there is no transition {transition!r}; there are {', '.join(TRANSITIONS)}")
    return Hold(transition, image_cache)


def _transitions(cache: ImageCache, step: Step) -> list[str]:
    """Return what a step would be to its cache: its effect, the build's beginning, becoming Ready."""
    found = [_BY_EFFECT[step.effect]] if step.effect in _BY_EFFECT else []
    if cache.build is not None and cache.build.done == 0:
        found.append("Updating" if cache.status == "Updating" else "Preparing")
    if step.effect in _SNAPSHOTS and cache.status != "Ready":
        found.append("Ready")
    return found
