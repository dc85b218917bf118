"""Tests of what goes with time: reading moments, and waiting for what comes first."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from imagecache_provider.clock import comes_first, moment

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop


def test_moment() -> None:
    """A moment is read in UTC; what is none is an error."""
    assert moment("2021-02-09T02:24:07Z") == datetime(2021, 2, 9, 2, 24, 7, tzinfo=timezone.utc)
    with pytest.raises(ValueError, match="soon"):
        moment("soon")


@pytest.mark.parametrize(("wanted", "other", "first"), [(1, 2, True), (2, 1, False), (1, 1, True)])
def test_comes_first(clock: DrivenClock, loop: DrivenLoop, wanted: float, other: float, first: bool) -> None:
    """It's told whether the wanted one has come when the first has, and the rest is dropped."""

    async def wait() -> bool:
        came = await comes_first(clock.sleep(wanted), clock.sleep(other))
        assert clock.seconds() == min(wanted, other)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return came

    assert loop.run_until_complete(wait()) is first
