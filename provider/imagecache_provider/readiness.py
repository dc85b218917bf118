"""Waiting until a resource is usable, one build at a time where they share something, and what to say if not.

The lifecycle calls it. All that wait in one region share a `waiter.Waiter`; `stop` ends all waiting at once,
which is what Pulumi's Cancel asks for.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from imagecache_provider.clock import Clock, acquired
from imagecache_provider.errors import (
    FailedError,
    GoneError,
    NotReadyError,
    ProviderError,
    RefusedError,
    StoppedError,
    TimedOutError,
)
from imagecache_provider.listing import Listing
from imagecache_provider.resource import SINGLY, STACK_TAG, Observed, Phase, Resource
from imagecache_provider.waiter import Done, Waiter

DEFAULT_TIMEOUT = 3600.0
"""Seconds that a build may take; the same as the alicloud provider's."""
_MISSES = 3
"""A resource may be missing from so many answers in a row before it counts as gone."""
_LONGEST_EVENT = 80
"""So many characters of an event stand in a line of progress."""
_MISSES_OF_NEW = 10
"""The same for one that was just asked for and never seen: a cloud may take seconds to list it."""


class Report(Protocol):
    """Is told in words, at every look, how a resource gets on."""

    def __call__(self, text: str, *, last: bool = False) -> None:
        """Take a line; `last` says that none follows it."""


def _nobody(text: str, *, last: bool = False) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Operation:
    """How one operation runs.

    Attributes:
        timeout: seconds that a build may take.
        report: who is told how it gets on.
    """

    timeout: float = DEFAULT_TIMEOUT
    report: Report = _nobody


Fact = Callable[[Observed], bool]
"""Something that is so, or not, of a resource as it was seen."""


class _Watch:
    """Says when to stop waiting: what is there is as wanted, or it's missing too often.

    Attributes:
        seen_once: whether it was there at all.
        stale: whether what was seen last is from before the change that is waited for.
    """

    def __init__(self, wanted: Fact, *, new: bool = False, changed: Fact | None = None) -> None:
        self.seen_once = False
        self.stale = False
        self._wanted = wanted
        self._new = new
        self._changed = changed
        self._misses = 0
        self._looks_back = 0

    def __call__(self, seen: Observed | None) -> bool:
        if seen is None:
            self._misses += 1
            return self.gone
        self.seen_once = True
        self._misses = 0
        self.stale = self._is_stale(seen)
        return not self.stale and self._wanted(seen)

    def _is_stale(self, seen: Observed) -> bool:
        """A cloud may answer with what was there before a change; one that never shows it is believed."""
        if self._changed is None or seen.phase.busy or self._changed(seen):
            return False
        self._looks_back += 1
        return self._looks_back < _MISSES_OF_NEW

    @property
    def gone(self) -> bool:
        """Whether it was missing often enough to say that it doesn't exist."""
        return self._misses >= (_MISSES_OF_NEW if self._new and not self.seen_once else _MISSES)


@dataclass
class _Region:
    """What all resources of one region share: a waiter, lists, and queues for what only one can use.

    Attributes:
        listings: for Reads, by the hash of the stack that a list is of; empty for all of the region.
    """

    waiter: Waiter
    listings: dict[str, Listing] = field(default_factory=dict)
    queues: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


class Readiness:
    """Waits for resources of one kind in one account. Used from one event loop.

    Args:
        resource: the kind of resource.
        clock: what waiting goes by.
        keeps_failed: whether the front can record a resource whose create failed; else it's deleted again.

    Attributes:
        stack: the hash of the stack that this process works on; empty as long as it isn't known.
    """

    def __init__(self, resource: Resource, clock: Clock, *, keeps_failed: bool) -> None:
        self._resource = resource
        self._clock = clock
        self._keeps_failed = keeps_failed
        self._stopped = asyncio.Event()
        self._regions: dict[str, _Region] = {}
        self._strangers: set[str] = set()
        self.stack = ""

    def stop(self) -> None:
        """End all waiting, now and from now on: who waits is answered with what was seen last."""
        self._stopped.set()
        for region in self._regions.values():
            region.waiter.stop()

    def title(self, inputs: Mapping[str, Any]) -> str:
        """Name a resource in a sentence: what it is, its name, its region."""
        return f"{self._resource.noun} {inputs.get(self._resource.name_property)!r} in {inputs['regionId']}"

    async def look(self, id: str, region: str, *, new: bool = False, ours: bool = True) -> Observed | None:
        """See the resource as it is, together with all others that are looked at; None if it's gone.

        Args:
            id: its ID.
            region: where it is.
            new: whether it was asked for and never seen yet.
            ours: whether it was ever built by us, so that the stack's list has it.

        Raises:
            StoppedError: the waiting was ended before enough looks had missed it.
        """
        listed = await self._listing(region, self.stack if ours else "").see(id)
        if listed is not None:
            return listed
        watch = _Watch(lambda _: True, new=new)
        seen = await self._wait(id, region, watch, Operation())
        if seen is None and not watch.gone:
            raise StoppedError(
                f"{self._resource.noun} {id} in {region}: the operation was cancelled before it was certain"
                " whether it still exists"
            )
        return seen

    @contextmanager
    def changing(self, id: str, region: str) -> Iterator[None]:
        """Send something for a resource: what was listed before or meanwhile doesn't tell of it any more."""
        listings = self._shared(region).listings
        for listing in listings.values():
            listing.forget(id)
        try:
            yield
        finally:
            for listing in listings.values():
                listing.forget(id)

    async def present(self, id: str, inputs: Mapping[str, Any]) -> Observed:
        """See the resource as it is now; `GoneError` if it isn't there."""
        watch = _Watch(lambda _: True)
        seen = await self._wait(id, inputs["regionId"], watch, Operation())
        if seen is None:
            raise self._missing(id, inputs, watch)
        return seen

    async def settled(self, id: str, inputs: Mapping[str, Any], operation: Operation) -> Observed:
        """See the resource once nothing is at work on it, so that it can be updated.

        Raises:
            NotReadyError: something still is, or it's beyond updates.
        """
        watch = _Watch(lambda seen: not seen.phase.busy)
        seen = await self._wait(id, inputs["regionId"], watch, operation)
        if seen is None:
            raise self._missing(id, inputs, watch)
        if seen.phase.busy or seen.phase is Phase.FAILED:
            raise self.not_ready(seen, inputs, operation)
        return seen

    async def ready(
        self,
        id: str,
        inputs: Mapping[str, Any],
        operation: Operation,
        *,
        created: bool = False,
        changed: Fact | None = None,
    ) -> Observed:
        """See the resource once it's Ready.

        Args:
            id: its ID.
            inputs: its inputs, which name it and its region.
            operation: how long to wait, and whom to tell.
            created: whether it was just created.
            changed: tells it as it is after an update from as it was before; None if it wasn't updated.

        Raises:
            GoneError: it doesn't exist.
            FailedError: its build failed.
            TimedOutError: it isn't Ready in time, or the waiting was ended.
        """
        watch = _Watch(lambda seen: not seen.phase.busy, new=created, changed=changed)
        seen = await self._wait(id, inputs["regionId"], watch, operation, begun=created)
        if seen is None:
            raise self._missing(id, inputs, watch)
        if watch.stale:
            raise self._unfinished(seen, inputs, f"wasn't seen with its changes {self._ended(operation)}")
        if seen.phase is not Phase.READY:
            raise self.not_ready(seen, inputs, operation, created=created)
        return seen

    async def built(
        self, id: str, build: str, region: str, timeout: float, look: Callable[[str, Observed | None], None]
    ) -> None:
        """Wait until a build has ended; `look` is told of every look."""

        def ended(seen: Observed) -> bool:
            return seen.built(build) or not (seen.phase.busy or seen.phase is Phase.READY)

        watch = _Watch(ended, new=True)

        def asked(seen: Observed | None) -> bool:
            look(id, seen)
            return watch(seen)

        await self._shared(region).waiter.wait(id, asked, timeout)

    async def gone(self, id: str, region: str, operation: Operation) -> None:
        """Wait until the resource doesn't exist any more; `TimedOutError` if it still does."""
        left = await self._wait(id, region, lambda seen: seen is None, operation)
        if left is not None:
            raise TimedOutError(
                f"{self._resource.noun} {id} is still there {self._ended(operation)}, though its deletion was"
                f" accepted (status {left.status})\n  what to do: run the same command again",
                left,
            )

    @asynccontextmanager
    async def turn(
        self, inputs: Mapping[str, Any], operation: Operation, *, builds: bool = True
    ) -> AsyncIterator[None]:
        """Wait for what only one build can use at a time; `StoppedError` if the waiting was ended.

        Args:
            inputs: the resource's.
            operation: the create or update.
            builds: whether it builds; what doesn't waits for nothing.
        """
        if self._stopped.is_set():
            raise self._cancelled(inputs)
        name = self._resource.exclusive(inputs) if builds else None
        if name is None:
            yield
            return
        queue = self._shared(inputs["regionId"]).queues[name]
        if queue.locked():
            operation.report(f"waiting for {name}, which another build uses")
        if not await acquired(queue, self._stopped.wait()):
            raise self._cancelled(inputs)
        try:
            yield
        finally:
            queue.release()

    def not_ready(
        self, seen: Observed, inputs: Mapping[str, Any], operation: Operation, *, created: bool = False
    ) -> NotReadyError:
        """Say why a resource isn't usable after all waiting, and what to do about it."""
        if seen.phase.busy:
            return self._unfinished(seen, inputs, f"wasn't Ready {self._ended(operation)}")
        return self._failed(seen, inputs, created=created)

    def trouble(self, seen: Observed, inputs: Mapping[str, Any]) -> NotReadyError:
        """Say why a resource that was only looked at isn't usable."""
        if seen.phase.busy:
            return self._unfinished(seen, inputs, "isn't Ready yet")
        return self._failed(seen, inputs, created=False)

    def _ended(self, operation: Operation) -> str:
        """Say when the waiting ended."""
        stopped = self._stopped.is_set()
        return "when the operation was cancelled" if stopped else f"after {operation.timeout:.0f} s"

    def _unfinished(self, seen: Observed, inputs: Mapping[str, Any], what: str) -> TimedOutError:
        return TimedOutError(
            f"{self.title(inputs)}: {seen.id} {what}: {seen.status} {seen.progress}\n"
            "  what to do: run up again: it is found and waited for",
            seen,
        )

    def _failed(self, seen: Observed, inputs: Mapping[str, Any], *, created: bool) -> FailedError:
        why = "".join(f"\n  {reason}" for reason in seen.reasons) or "\n  the cloud gives no reason"
        after = ", and was deleted again" if created and not self._keeps_failed else ""
        about = f"\n  property: {seen.failing_property}" if seen.failing_property else ""
        remedy = seen.remedy or "mend what the events name"
        return FailedError(
            f"{self.title(inputs)}: {seen.id} ended {seen.status}{after}:{why}{about}\n"
            f"  what to do: {remedy}; then run up again{self._next(seen, created=created)}",
            seen,
        )

    def _next(self, seen: Observed, *, created: bool) -> str:
        if self._keeps_failed:
            return ": it is replaced" if seen.phase is Phase.FAILED else ": it is built again"
        if seen.phase is Phase.FAILED or created:
            return ""
        return "; to take the change back instead, run `pulumi refresh` before up"

    def _missing(self, id_: str, inputs: Mapping[str, Any], watch: _Watch) -> GoneError | TimedOutError:
        if not watch.gone:
            return TimedOutError(
                f"{self.title(inputs)}: {id_} was accepted, but not seen yet\n"
                "  what to do: run up again: it is found and waited for",
                None,
                id_,
            )
        return GoneError(
            f"{self.title(inputs)}: {id_} doesn't exist any more; somebody deleted it, or it expired\n"
            "  what to do: run `pulumi refresh`, then up again: it's made anew",
            seen_once=watch.seen_once,
        )

    def _cancelled(self, inputs: Mapping[str, Any]) -> StoppedError:
        return StoppedError(f"{self.title(inputs)}: the operation was cancelled before anything was sent")

    async def _wait(
        self, id_: str, region: str, done: Done, operation: Operation, *, begun: bool = False
    ) -> Observed | None:
        since = self._clock.seconds()
        built = False

        def asked(seen: Observed | None) -> bool:
            nonlocal built
            if seen is not None and (built or seen.phase.busy):
                built = True
                passed = self._clock.seconds() - since
                operation.report(_progress(seen, passed), last=not seen.phase.busy)
            return done(seen)

        return await self._shared(region).waiter.wait(id_, asked, operation.timeout, begun=begun)

    def _shared(self, region: str) -> _Region:
        if region not in self._regions:

            async def look(ids: Collection[str]) -> Mapping[str, Observed | ProviderError]:
                return await self._looked_up(region, ids)

            self._regions[region] = _Region(Waiter(look, self._clock))
            if self._stopped.is_set():
                self._regions[region].waiter.stop()
        return self._regions[region]

    def _listing(self, region: str, stack: str) -> Listing:
        listings = self._shared(region).listings
        if stack not in listings:
            tags = {STACK_TAG: stack} if stack else {}
            listings[stack] = Listing(lambda: self._resource.find(region, tags), self._clock)
        return listings[stack]

    async def _looked_up(self, region: str, ids: Collection[str]) -> Mapping[str, Observed | ProviderError]:
        """Look many up by a list of the stack's, which has fewer pages than the region's.

        What isn't in it is looked up without: an import that we never built doesn't carry the stack's tag.
        """
        strangers = self._strangers.intersection(ids)
        if not self.stack or len(ids) - len(strangers) <= SINGLY:
            return await self._described(region, ids)
        listed = await self._resource.find(region, {STACK_TAG: self.stack})
        found: dict[str, Observed | ProviderError] = {seen.id: seen for seen in listed if seen.id in ids}
        if left := set(ids) - set(found):
            others = await self._described(region, left)
            self._strangers.update(id for id, seen in others.items() if self._is_stranger(seen))
            found.update(others)
        return found

    def _is_stranger(self, seen: Observed | ProviderError) -> bool:
        return isinstance(seen, Observed) and seen.stack != self.stack

    async def _described(self, region: str, ids: Collection[str]) -> Mapping[str, Observed | ProviderError]:
        """Look IDs up; a refused one, such as that of a mistyped import, keeps no other from its answer."""
        if len(ids) > SINGLY:
            return await self._resource.describe(region, ids)
        found: dict[str, Observed | ProviderError] = {}
        for id in ids:
            try:
                found.update(await self._resource.describe(region, [id]))
            except RefusedError as error:  # noqa: PERF203 - a call takes a thousand times as long
                found[id] = error
        return found


def _progress(seen: Observed, seconds: float) -> str:
    """Say in a line how a build gets on: status, percent, the last event, seconds."""
    if not seen.phase.busy:
        return f"{seen.status} after {seconds:.0f} s"
    last = seen.event if len(seen.event) <= _LONGEST_EVENT else f"{seen.event[:_LONGEST_EVENT]}…"
    parts = [f"{seen.status} {seen.progress}".strip(), last, f"{seconds:.0f} s"]
    return ", ".join(part for part in parts if part)
