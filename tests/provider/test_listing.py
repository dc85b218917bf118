"""Tests of the list that answers Reads: few calls, never an answer from before what we sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from imagecache_provider.errors import Cause, TryAgainError
from imagecache_provider.listing import LIFE, Listing
from imagecache_provider.resource import Observed, Phase

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop


class Sky:
    """What is listed: resources, all Ready.

    Args:
        clock: what a list takes time by.
        ids: what there is.
    """

    def __init__(self, clock: DrivenClock, *ids: str) -> None:
        self.ids = list(ids)
        self.clock = clock
        self.lists = 0
        self.takes = 1.0
        self.failure: Exception | None = None

    async def find(self) -> list[Observed]:
        """List them as they are when the list begins."""
        self.lists += 1
        found = [Observed(id_, Phase.READY, f"list {self.lists}", "", {}, {}) for id_ in self.ids]
        await self.clock.sleep(self.takes)
        if self.failure is not None:
            raise self.failure
        return found


@pytest.fixture
def sky(clock: DrivenClock) -> Sky:
    """Return a cloud of four resources, whose list takes a second."""
    return Sky(clock, "a", "b", "c", "d")


@pytest.fixture
def see(loop: DrivenLoop, clock: DrivenClock, sky: Sky) -> Callable[..., list[str | None]]:
    """Return a function that reads IDs at once, and says which list told of each; None of none."""
    listing = Listing(sky.find, clock)

    async def all_of_them(ids: tuple[str, ...]) -> list[str | None]:
        seen = await asyncio.gather(*map(listing.see, ids))
        return [each.status if each else None for each in seen]

    return lambda *ids: loop.run_until_complete(all_of_them(ids))


def test_alone(see: Callable[..., list[str | None]], sky: Sky, clock: DrivenClock) -> None:
    """A Read that comes alone makes no list, however often one comes."""
    for _ in range(3):
        assert see("a") == [None]
        clock.advance(LIFE + 1)
    assert sky.lists == 0


def test_together(see: Callable[..., list[str | None]], sky: Sky) -> None:
    """All but the first of Reads that arrive together are answered from one list."""
    assert see("a", "b", "c", "d") == [None, "list 1", "list 1", "list 1"]
    assert sky.lists == 1


def test_one_after_the_other(see: Callable[..., list[str | None]], sky: Sky) -> None:
    """So are Reads that follow each other, as a small --parallel makes them."""
    assert [see(id_) for id_ in ("a", "b", "c", "d")] == [[None], ["list 1"], ["list 1"], ["list 1"]]
    assert sky.lists == 1


def test_not_listed(see: Callable[..., list[str | None]]) -> None:
    """What isn't in a list has to be looked for by itself: nothing is gone for being missing from it."""
    assert see("a", "b", "x") == [None, "list 1", None]


def test_told_once(see: Callable[..., list[str | None]], sky: Sky) -> None:
    """A list tells of each resource once: who asks again wants to know what it's like by now."""
    assert see("a", "b", "b") == [None, "list 1", None]
    assert see("b") == [None]
    assert sky.lists == 1


def test_old(see: Callable[..., list[str | None]], sky: Sky, clock: DrivenClock) -> None:
    """A list answers for half a minute; Reads that go on after that get another one."""
    see("a", "b")
    clock.advance(LIFE)
    assert see("c") == ["list 1"]
    clock.advance(0.1)
    assert see("d") == ["list 2"]
    clock.advance(2 * LIFE)
    assert see("a") == [None]
    assert sky.lists == 2


def test_changed_since(loop: DrivenLoop, clock: DrivenClock, sky: Sky) -> None:
    """A list doesn't tell of what something was sent for after it ended."""
    listing = Listing(sky.find, clock)

    async def read() -> list[Observed | None]:
        await listing.see("a")
        await listing.see("b")
        listing.forget("c")
        return [await listing.see("c"), await listing.see("d")]

    changed, other = loop.run_until_complete(read())
    assert changed is None
    assert other is not None


def test_changed_meanwhile(loop: DrivenLoop, clock: DrivenClock, sky: Sky) -> None:
    """A list doesn't tell of what something was sent for while it was made; the next list does."""
    listing = Listing(sky.find, clock)

    async def read() -> list[Observed | None]:
        await listing.see("a")
        reading = asyncio.gather(*map(listing.see, ("b", "c")))
        await clock.sleep(sky.takes / 2)
        listing.forget("c")
        return [*await reading, await listing.see("c")]

    other, changed, later = loop.run_until_complete(read())
    assert other is not None
    assert (changed, later) == (None, None)
    clock.advance(LIFE)
    loop.run_until_complete(listing.see("d"))
    clock.advance(1)
    assert loop.run_until_complete(listing.see("c")) is not None


def test_error(see: Callable[..., list[str | None]], sky: Sky) -> None:
    """A list that fails fails all Reads that wait for it, and the next one makes another."""
    sky.failure = TryAgainError("DescribeImageCaches", Cause("Throttling", "Slow down."))
    see("a")
    with pytest.raises(TryAgainError):
        see("b", "c")
    assert sky.lists == 1
    sky.failure = None
    assert see("b", "c") == ["list 2", "list 2"]


def test_cancelled(loop: DrivenLoop, clock: DrivenClock, sky: Sky) -> None:
    """A Read that is cancelled takes the list from nobody, and one that all have left ends unseen."""
    listing = Listing(sky.find, clock)

    async def read() -> Observed | None:
        await listing.see("a")
        cancelled, other = (asyncio.ensure_future(listing.see(id_)) for id_ in ("b", "c"))
        await asyncio.sleep(0)
        cancelled.cancel()
        return await other

    async def leave() -> None:
        leaving = asyncio.ensure_future(listing.see("d"))
        await asyncio.sleep(0)
        leaving.cancel()
        await clock.sleep(2 * sky.takes)

    assert loop.run_until_complete(read()) is not None
    clock.advance(LIFE)
    loop.run_until_complete(listing.see("a"))
    sky.failure = TryAgainError("DescribeImageCaches", Cause("Throttling", "Slow down."))
    clock.advance(LIFE / 2)
    loop.run_until_complete(leave())


def test_never_begun(loop: DrivenLoop, clock: DrivenClock, sky: Sky) -> None:
    """A list that was cut off before it began is made anew for whoever comes next."""
    listing = Listing(sky.find, clock)

    async def run() -> list[Observed | BaseException | None]:
        await listing.see("a")
        cut_off = asyncio.create_task(listing.see("b"))
        await asyncio.sleep(0)
        (making,) = (task for task in asyncio.all_tasks() if task.get_name() == "listing")
        making.cancel()
        ended = await asyncio.gather(cut_off, return_exceptions=True)
        return [*ended, await listing.see("c")]

    cut_off, found = loop.run_until_complete(run())
    assert isinstance(cut_off, asyncio.CancelledError)
    assert isinstance(found, Observed)
    assert sky.lists == 1
