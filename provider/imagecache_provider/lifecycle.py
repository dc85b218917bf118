"""The life of a resource: check, diff, create, read, update, delete; what both fronts call.

What it promises: a create that is repeated after a crash finds what the first one began; a create that must
be new is new; an update that was cut off is neither sent twice nor forgotten; only "not found" means gone.
How, is in docs/architecture.md under "Identity".
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imagecache_provider import check as checks
from imagecache_provider.adoption import Adoption, Memory
from imagecache_provider.clock import Clock
from imagecache_provider.diff import Diff, Difference, Kind, diff, drifted
from imagecache_provider.errors import FailedError, NotFoundError, NotReadyError, ProviderError, TimedOutError
from imagecache_provider.fields import (
    UNKNOWN,
    Change,
    without_secrets,
)
from imagecache_provider.resource import (
    RESOURCE_TAG,
    STACK_TAG,
    Connection,
    Identity,
    Observed,
    Phase,
    Record,
    Token,
    automatic_name,
    build_id,
    update_token,
)
from imagecache_provider.waiter import Waiter

DEFAULT_TIMEOUT = 3600.0
"""Seconds that a build may take; the same as the alicloud provider's."""
_DELETE_TIMEOUT = 600.0
_MISSES = 3
"""A resource that was just asked for may be missing from so many answers before it counts as gone."""
_MOST_GONE = 8
"""A token may be answered with so many caches in a row that don't exist any more."""


class _Watch:
    """Says when to stop waiting: nothing is at work on what is there, or it's missing too often."""

    def __init__(self, misses: int = _MISSES) -> None:
        self.seen_once = False
        self._misses = misses

    def __call__(self, seen: Observed | None) -> bool:
        if seen is None:
            self._misses -= 1
            return self._misses <= 0
        self.seen_once = True
        return not seen.phase.busy


@dataclass(frozen=True)
class Outcome:
    """A resource after an operation: its ID, its inputs as they now hold, and its outputs."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass
class Region:
    """What all resources of one region share: a waiter, and queues for what only one can use."""

    waiter: Waiter
    queues: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


class Lifecycle:
    """Operations on resources of one kind in one account. Used from one event loop.

    Args:
        connection: the kind of resource, bound to the account.
        clock: what waiting and expiry go by.
        timeout: seconds that a build may take.
    """

    def __init__(self, connection: Connection, clock: Clock, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._connection = connection
        self._resource = connection.resource
        self._clock = clock
        self._timeout = timeout
        self._memory = Memory()
        self._adoption = Adoption(self._resource, self._memory)
        self._regions: dict[str, Region] = {}

    def check(
        self, identity: Identity, name: str, olds: Mapping[str, Any], news: dict[str, Any]
    ) -> checks.Checked:
        """Check inputs without a network, and set what the user left out: region and name.

        Args:
            identity: the resource's.
            name: the resource's name in the program, which an automatic name begins with.
            olds: the inputs of the last `up`; empty for a new resource and for a replacement.
            news: the program's inputs.
        """
        checked = checks.check(self._resource.args, news)
        failures = list(checked.failures)
        inputs = dict(checked.inputs)
        if inputs.get("regionId") is None:
            inputs["regionId"] = self._connection.region
        if not inputs["regionId"] and inputs["regionId"] is not UNKNOWN:
            failures.append(checks.CheckFailure("regionId", self._connection.missing_region))
        if not failures and inputs.get(self._resource.name_property) is None:
            old = olds.get(self._resource.name_property)
            inputs[self._resource.name_property] = old or automatic_name(
                self._resource.args, identity, name, inputs
            )
        return checks.Checked(inputs, tuple(failures))

    def diff(
        self,
        identity: Identity,
        id: str,
        olds: Mapping[str, Any],
        outputs: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> Diff:
        """Compare inputs, and see from the recorded outputs whether the resource is still of use."""
        self._memory.show(identity, id)
        found = diff(self._resource.args, olds, news, str(outputs.get("buildId") or ""))
        state = self._state_difference(outputs)
        return Diff((*found.differences, state)) if state else found

    def _state_difference(self, outputs: Mapping[str, Any]) -> Difference | None:
        status = outputs.get("status")
        expires = str(outputs.get("expireDateTime") or "")
        if status == "Failed":
            return Difference("status", Kind.UPDATE, Change.REPLACE, True, "it ended Failed")
        if expires and _moment(expires) <= self._clock.now():
            reason = f"it expired on {expires}"
            return Difference("expireDateTime", Kind.UPDATE, Change.REPLACE, True, reason)
        if status != "Ready":
            return Difference("status", Kind.UPDATE, Change.METADATA, False, f"it was left {status}")
        return None

    async def create(self, identity: Identity, inputs: dict[str, Any]) -> Outcome:
        """Make a resource, or adopt the one that an earlier, cut-off create began; wait until it's Ready.

        Raises:
            FailedError: it ended Failed; it is deleted again, since nothing would record it.
            TimedOutError: it isn't Ready in time; the next create finds it.
        """
        if identity in self._memory.created:
            raise ProviderError(
                f"{self._title(inputs)}: this program has two resources of one name and type under parents of"
                " one name and type\n  what to do: give one of them another name"
            )
        self._memory.created.add(identity)  # at once: the other one may be created beside this one
        try:
            async with self._turn(inputs):
                seen = await self._create(identity, inputs)
                await self._adoption.hand_over(seen, inputs["regionId"])
        except BaseException:
            self._memory.created.discard(identity)
            raise
        return self._outcome(seen, inputs)

    async def _create(self, identity: Identity, inputs: dict[str, Any]) -> Observed:
        gone = ""
        for _ in range(_MOST_GONE):
            id_ = await self._adoption.create(identity, inputs, after=gone)
            watch = _Watch()
            seen = await self._shared(inputs["regionId"]).waiter.wait(id_, watch, self._timeout)
            if seen is None and not watch.seen_once:
                gone = id_  # the token was answered with a cache that is long gone
                continue
            try:
                return self._ready(id_, seen, inputs, "create")
            except FailedError:
                await self._delete_quietly(id_, inputs["regionId"])
                raise
        raise self._absent(gone, inputs)

    async def read(
        self,
        identity: Identity,
        id: str,
        inputs: dict[str, Any],
        outputs: Mapping[str, Any],
    ) -> Outcome | None:
        """See what the cloud has: None if it's gone; else inputs and outputs, with the drift in both."""
        self._memory.show(identity, id)
        seen = (await self._resource.describe(inputs["regionId"], [id])).get(id)
        if seen is None:
            return None
        return self._outcome(
            seen, drifted(self._resource.args, inputs, seen), str(outputs.get("buildId") or "")
        )

    async def update(
        self,
        identity: Identity,
        id: str,
        olds: dict[str, Any],
        outputs: Mapping[str, Any],
        news: dict[str, Any],
    ) -> Outcome:
        """Bring a resource to new inputs in place: send what differs, wait until it's Ready."""
        self._memory.show(identity, id)
        recorded = str(outputs.get("buildId") or "")
        found = diff(self._resource.args, olds, news, recorded)
        seen = await self._present(id, news)
        builds = bool(found.properties(Change.BUILD)) or seen.phase is not Phase.READY
        async with self._turn(news if builds else {}):
            if builds:
                seen = await self._settled(id, news)
            await self._tag(id, news, olds, seen)
            if self._needs_build(found, seen, recorded, news):
                await self._rebuild(identity, id, news)
            elif changed := set(found.properties(Change.METADATA)) - {"tags"}:
                await self._resource.update(id, news, changed, self._update_token(identity, id, news))
            elif not found.properties(Change.METADATA):
                return self._outcome(seen, news, recorded)  # nothing was sent: this is how it is
            after = await self._shared(news["regionId"]).waiter.wait(id, _Watch(), self._timeout)
            seen = self._ready(id, after, news, "update")
        return self._outcome(seen, news, recorded)

    async def delete(self, id: str, region: str) -> None:
        """Delete a resource and wait until it's gone; one that is gone already is fine."""
        try:
            await self._resource.delete(id, region)
        except NotFoundError:
            return
        left = await self._shared(region).waiter.wait(id, lambda seen: seen is None, _DELETE_TIMEOUT)
        if left is not None:
            raise TimedOutError(
                f"{self._resource.noun} {id} is still there {_DELETE_TIMEOUT:.0f} s after its deletion was"
                f" accepted (status {left.status}); run the same command again",
                id,
            )

    def _needs_build(self, found: Diff, seen: Observed, recorded: str, news: dict[str, Any]) -> bool:
        if seen.phase is Phase.UPDATE_FAILED:
            return True
        if not found.properties(Change.BUILD):
            return False
        last = seen.record.build_id if seen.record else recorded
        if last != build_id(self._resource.args, news):
            return True
        now = drifted(self._resource.args, news, seen)  # somebody else may have built it since
        return bool(diff(self._resource.args, now, news, last).properties(Change.BUILD))

    async def _rebuild(self, identity: Identity, id_: str, news: dict[str, Any]) -> None:
        request = self._resource.request(without_secrets(self._resource.args, news))
        token = Token.of(identity, request, id_)
        record = Record(identity.resource, token, build_id(self._resource.args, news))
        tags = {STACK_TAG: identity.stack, RESOURCE_TAG: str(record)}
        await self._resource.rebuild(id_, news, tags, self._update_token(identity, id_, news))

    def _update_token(self, identity: Identity, id_: str, news: dict[str, Any]) -> str:
        """Time tells it from an earlier update to the same inputs, which must not answer for this one."""
        request = without_secrets(self._resource.args, news)
        return update_token(identity, [id_, request, self._clock.now().isoformat()])

    async def _tag(self, id_: str, news: Mapping[str, Any], olds: Mapping[str, Any], seen: Observed) -> None:
        wanted: dict[str, str] = news.get("tags") or {}
        removed = {key for key in olds.get("tags") or {} if key not in wanted and key in seen.tags}
        missing = {key: value for key, value in wanted.items() if seen.tags.get(key) != value}
        await self._resource.tag(id_, news["regionId"], missing, removed)

    async def _present(self, id_: str, inputs: Mapping[str, Any]) -> Observed:
        """See the resource as it is now."""
        seen = await self._shared(inputs["regionId"]).waiter.wait(id_, lambda _: True, self._timeout)
        if seen is None:
            raise self._absent(id_, inputs)
        return seen

    async def _settled(self, id_: str, inputs: Mapping[str, Any]) -> Observed:
        """See the resource once nothing is at work on it."""
        seen = await self._shared(inputs["regionId"]).waiter.wait(id_, _Watch(misses=1), self._timeout)
        if seen is None:
            raise self._absent(id_, inputs)
        if seen.phase.busy or seen.phase is Phase.FAILED:
            raise self._not_ready(seen, inputs, "update")
        return seen

    def _ready(self, id_: str, seen: Observed | None, inputs: Mapping[str, Any], operation: str) -> Observed:
        if seen is None:
            raise self._absent(id_, inputs)
        if seen.phase is not Phase.READY:
            raise self._not_ready(seen, inputs, operation)
        return seen

    def _absent(self, id_: str, inputs: Mapping[str, Any]) -> NotReadyError:
        return NotReadyError(
            f"{self._title(inputs)}: {id_} doesn't exist any more; somebody deleted it, or it expired\n"
            "  what to do: run `pulumi refresh`, then up again: it's made anew",
            id_,
        )

    def _not_ready(self, seen: Observed, inputs: Mapping[str, Any], operation: str) -> NotReadyError:
        title = f"{self._title(inputs)}: {seen.id}"
        if seen.phase.busy:
            return TimedOutError(
                f"{title} isn't Ready after {self._timeout:.0f} s: {seen.status} {seen.progress}\n"
                "  what to do: run up again: it is found and waited for",
                seen.id,
            )
        why = "".join(f"\n  {reason}" for reason in seen.reasons) or "\n  the cloud gives no reason"
        created = operation == "create"
        after = ", and was deleted again" if created else ""
        back = "" if created else "; to take the change back instead, run `pulumi refresh` before up"
        return FailedError(
            f"{title} ended {seen.status}{after}:{why}\n"
            f"  what to do: mend what the events name, then run up again{back}",
            seen.id,
        )

    def _title(self, inputs: Mapping[str, Any]) -> str:
        return f"{self._resource.noun} {inputs.get(self._resource.name_property)!r} in {inputs['regionId']}"

    def _outcome(self, seen: Observed, inputs: dict[str, Any], recorded: str = "") -> Outcome:
        last = seen.record.build_id if seen.record else recorded
        built = last or build_id(self._resource.args, inputs)
        return Outcome(seen.id, inputs, {**seen.outputs, "regionId": inputs["regionId"], "buildId": built})

    async def _delete_quietly(self, id_: str, region: str) -> None:
        """Clean up after a failure whose error matters more than that of the cleaning."""
        try:
            await self.delete(id_, region)
        except ProviderError:
            return

    @asynccontextmanager
    async def _turn(self, inputs: Mapping[str, Any]) -> AsyncIterator[None]:
        """Wait for what only one build can use at a time."""
        name = self._resource.exclusive(inputs) if inputs else None
        if name is None:
            yield
            return
        async with self._shared(inputs["regionId"]).queues[name]:
            yield

    def _shared(self, region: str) -> Region:
        if region not in self._regions:

            async def look(ids: Any) -> dict[str, Observed]:
                return await self._resource.describe(region, ids)

            self._regions[region] = Region(Waiter(look, self._clock))
        return self._regions[region]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
