"""Reads that arrive together: one paged list answers them, so that a refresh takes pages and not a call each.

`readiness` asks it before it looks by itself. A list is never more than somebody's look at the cloud a moment
ago: it's short-lived, tells of each resource once, and of none for which anything was sent since it began.
What isn't in it may exist all the same: only looks of its own say that a resource is gone.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from imagecache_provider.clock import Clock
from imagecache_provider.resource import Observed

Find = Callable[[], Awaitable[list[Observed]]]
"""List everything that Reads may ask for."""

LIFE = 30.0
"""Seconds after its end in which a list answers. A refresh that takes longer makes another."""


class Listing:
    """What one list of the cloud has told, for Reads of one account and region. Used from one event loop.

    Args:
        find: makes the list, in as many calls as it has pages.
        clock: what its life goes by.
    """

    def __init__(self, find: Find, clock: Clock) -> None:
        self._find = find
        self._clock = clock
        self._found: dict[str, Observed] = {}
        self._until = -math.inf
        self._asked = -math.inf
        self._making: asyncio.Task[None] | None = None
        self._changed: set[str] = set()
        """What something was sent for since the list that is being made began."""

    async def see(self, id: str) -> Observed | None:
        """Give what a list tells of a resource; None if it has to be looked for by itself.

        A Read that comes alone doesn't make a list: the second one within its life does, and waits for it, as
        do all that come meanwhile. What the list raises is raised for each of them.
        """
        now = self._clock.seconds()
        alone = now - self._asked > LIFE
        self._asked = now
        if self._making is None and now > self._until:
            self._found.clear()
            if alone:
                return None
            self._making = asyncio.create_task(self._list(), name="listing")
            self._making.add_done_callback(self._heard)
        if self._making is not None:
            await asyncio.shield(self._making)  # who is cancelled doesn't take the list from the others
        return self._found.pop(id, None)

    def forget(self, id: str) -> None:
        """Believe no list about a resource that began before now: something is sent for it."""
        self._found.pop(id, None)
        self._changed.add(id)

    async def _list(self) -> None:
        self._changed.clear()
        try:
            found = await self._find()
        finally:
            self._making = None
        self._found = {seen.id: seen for seen in found if seen.id not in self._changed}
        self._until = self._clock.seconds() + LIFE

    def _heard(self, made: asyncio.Task[None]) -> None:
        """Take note of how a list ended: nobody may wait for it any more, or it never came to begin."""
        if self._making is made:
            self._making = None
        if not made.cancelled():
            made.exception()
