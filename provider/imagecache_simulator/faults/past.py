"""Copies of an account as it was, for reads that answer late.

`models.Faults` has one of it, and keeps copies only while a fault needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from imagecache_simulator.clock import ManualClock

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

# Copies are this share of the longest staleness apart at least, so that there are never many.
_APART = 1 / 100


class Past:
    """What an account was like."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._copies: list[tuple[datetime, Cloud]] = []
        self._kept_at: datetime | None = None

    def keep(self, staleness: Sequence[float]) -> None:
        """Keep copies for reads that will be so many seconds behind; none if there are no such reads.

        Called before the account settles: what has been changed since it last did is in the copy of then,
        and the account is led through the moments that will be asked for.
        """
        if not staleness:
            self._copies, self._kept_at = [], None
            return
        now = self._cloud.clock.now()
        if self._kept_at is None:
            self._kept_at = now
        self._copy(self._kept_at, max(staleness))
        for seconds in sorted(staleness, reverse=True):
            moment = now - timedelta(seconds=seconds)
            if moment > self._kept_at:
                self._settle_to(moment)
                self._copy(moment, 0)
        self._kept_at = now
        self._forget(now - timedelta(seconds=max(staleness)))

    def ago(self, seconds: float) -> Cloud:
        """Return the account as it was so many seconds ago.

        Where no copy is as old, it's the oldest there is, without what was created in Eci since.
        """
        moment = self._cloud.clock.now() - timedelta(seconds=seconds)
        old = [copy for copied_at, copy in self._copies if copied_at <= moment]
        if old:
            return old[-1]
        return _without_new(self._copies[0][1] if self._copies else self._cloud, moment)

    def without_new(self, seconds: float) -> Cloud:
        """Return the account as it is, without what was created in Eci in the last so many seconds."""
        return _without_new(self._cloud, self._cloud.clock.now() - timedelta(seconds=seconds))

    def _copy(self, moment: datetime, longest: float) -> None:
        """Copy the account; the last copy goes if it's hardly newer than the one before, the first stays."""
        if len(self._copies) > 1:
            apart = timedelta(seconds=longest * _APART)
            (before, _), (last, _) = self._copies[-2:]
            if moment == last or moment - before < apart:
                self._copies.pop()
        self._copies.append((moment, self._cloud.copied(moment)))

    def _settle_to(self, moment: datetime) -> None:
        clock = self._cloud.clock
        self._cloud.clock = ManualClock(moment)
        try:
            self._cloud.eci.settle()
        finally:
            self._cloud.clock = clock

    def _forget(self, moment: datetime) -> None:
        """Drop the copies that are older than the newest that's old enough."""
        while len(self._copies) > 1 and self._copies[1][0] <= moment:
            del self._copies[0]


def _without_new(cloud: Cloud, moment: datetime) -> Cloud:
    copy = cloud.copied(cloud.clock.now())
    for cache in list(copy.eci.image_caches.values()):
        if cache.created > moment:
            copy.eci.delete_image_cache(cache)
    for group in list(copy.eci.container_groups.values()):
        if group.created > moment:
            copy.eci.delete_container_group(group)
    return copy
