"""The life of a resource: create, read, update, delete, list, over what `offline` says; both fronts call it.

What it promises: a create that is repeated after a crash finds what the first one began; a create that must
be new is new; an update that was cut off is neither sent twice nor forgotten; only "not found" means gone.
How, is in docs/architecture.md under "Identity".
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from imagecache_provider import marks
from imagecache_provider.adoption import Adoption
from imagecache_provider.check import check
from imagecache_provider.clock import Clock
from imagecache_provider.diff import Diff, described, diff, drifted
from imagecache_provider.errors import (
    ConfigurationError,
    FailedError,
    GoneError,
    NotFoundError,
    NotReadyError,
    ProviderError,
)
from imagecache_provider.fields import Change, without_secrets
from imagecache_provider.offline import Offline, awaited, last_build
from imagecache_provider.pace import Pace
from imagecache_provider.place import Home
from imagecache_provider.readiness import Operation, Readiness
from imagecache_provider.resource import (
    RESOURCE_TAG,
    STACK_TAG,
    Connection,
    Identity,
    ListArgs,
    Observed,
    Phase,
    Record,
    Token,
    build_id,
    update_token,
)

DELETE_TIMEOUT = 600.0
_MOST_GONE = 8
"""A token may be answered with so many caches in a row that don't exist any more."""


@dataclass(frozen=True)
class Outcome:
    """A resource after an operation.

    Attributes:
        id: its ID.
        inputs: its inputs as they now hold.
        outputs: its outputs.
        trouble: why it isn't usable; only `read` gives one that isn't.
        ready: whether it was seen to be usable; else it's to be read before the next update.
        warning: what the user should know although it worked; empty for nothing.
    """

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    trouble: NotReadyError | None = None
    ready: bool = True
    warning: str = ""


@dataclass(frozen=True)
class Listed:
    """A resource in a list: its ID, and its name in the cloud."""

    id: str
    name: str


class Lifecycle(Offline):
    """Operations on resources of one kind in one account. Used from one event loop.

    Args:
        connection: the kind of resource, bound to the account.
        clock: what waiting and expiry go by.
        keeps_failed: whether the front can record a resource whose create failed; else it's deleted again.
    """

    def __init__(self, connection: Connection, clock: Clock, *, keeps_failed: bool = False) -> None:
        super().__init__(connection, clock)
        self._keeps_failed = keeps_failed
        self._adoption = Adoption(
            self._resource, self._memory, lambda: Pace(connection.creates_per_minute, clock)
        )
        self._readiness = Readiness(self._resource, clock, keeps_failed=keeps_failed)
        self._home = Home(connection.locator)

    def stop(self) -> None:
        """End all waiting: what is under way is answered as it was seen last, and nothing new is begun."""
        self._adoption.stop()
        self._readiness.stop()
        if self._connection.preflight is not None:
            self._connection.preflight.stop()

    def notes(self) -> tuple[str, ...]:
        """Give what the user is to be told of operations so far, once a process; a line each."""
        return self._home.notes()

    async def create(
        self,
        identity: Identity,
        inputs: dict[str, Any],
        operation: Operation = Operation(),  # noqa: B008 - it's frozen
    ) -> Outcome:
        """Make a resource, or adopt the one that an earlier, cut-off create began; wait until it's Ready.

        Raises:
            NotReadyError: it was made but isn't usable. A front that can't record such a resource finds one
                that failed deleted again; one that isn't Ready in time is found by the next create.
        """
        if identity in self._memory.created:
            raise ProviderError(
                f"{self._readiness.title(inputs)}: this program has two resources of one name and type under"
                " parents of one name and type\n  what to do: give one of them another name"
            )
        self._readiness.stack = identity.stack
        self._home.ask()
        self._memory.created.add(identity)  # at once: the other one may be created beside this one
        try:
            async with self._readiness.turn(inputs, operation):
                seen = await self._create(identity, inputs, operation)
                await self._hand_over(seen, inputs)
        except BaseException as error:
            self._memory.created.discard(identity)
            if isinstance(error, NotReadyError):
                await self._home.recorded({})  # `unfinished` records it
            raise
        return await self._placed(self.outcome(seen, inputs), {})

    async def _create(self, identity: Identity, inputs: dict[str, Any], operation: Operation) -> Observed:
        gone = ""
        for _ in range(_MOST_GONE):
            id_ = await self._adoption.create(identity, inputs, operation.report, after=gone)
            if not self._waits(inputs):  # it stays pending until a Read sees it Ready
                if await self._may_exist(identity, id_, inputs["regionId"]):
                    return self._resource.accepted(id_)
                gone = id_
                continue
            try:
                return await self._readiness.ready(id_, inputs, operation, created=True)
            except GoneError as error:
                if error.seen_once:
                    raise
                gone = id_  # the token was answered with a cache that is long gone
            except ProviderError as error:
                raise await self._left_behind(id_, inputs, error) from error.__cause__
        raise ProviderError(
            f"{self._readiness.title(inputs)}: the cloud answered {_MOST_GONE} times with caches that don't"
            f" exist, the last was {gone}\n  what to do: run up again later"
        )

    async def _may_exist(self, identity: Identity, id_: str, region: str) -> bool:
        """Say whether what a token was answered with may be there.

        One call fewer matters more than that it's seen at once, unless an earlier token's cache was missed.
        """
        if identity not in self._memory.missed:
            return True
        return await self._readiness.look(id_, region, new=True) is not None

    async def _hand_over(self, seen: Observed, inputs: dict[str, Any]) -> None:
        """Mark a resource as recorded. It has to be, even if that fails: the mark may be gone all the same.

        A front that can record a failure has it read before anything else, which marks it then.
        """
        region = inputs["regionId"]
        try:
            with self._readiness.changing(seen.id, region):
                await self._adoption.hand_over(seen, region)
        except ProviderError as error:
            if self._keeps_failed:
                raise NotReadyError(str(error), seen) from error.__cause__

    async def _left_behind(self, id_: str, inputs: dict[str, Any], error: ProviderError) -> ProviderError:
        """Settle what becomes of a resource whose create went wrong: recorded, deleted, or found again."""
        if self._keeps_failed:
            # It stays pending until an update of what the state has by then: the engine may be killed before
            # it records anything. Nothing adopts it meanwhile, since the engine reads it before all else.
            return error if isinstance(error, NotReadyError) else NotReadyError(str(error), None, id_)
        if isinstance(error, FailedError):
            await self._quietly(self.delete(id_, inputs["regionId"]))
        return error

    async def read(
        self,
        identity: Identity,
        id: str,
        inputs: dict[str, Any],
        outputs: Mapping[str, Any],
    ) -> Outcome | None:
        """See what the cloud has: None if it's gone; else inputs and outputs, with the drift in both.

        Args:
            identity: the resource's.
            id: its ID; for an import from another region than the configured one, `region/ID`.
            inputs: the recorded inputs; empty for an import.
            outputs: the recorded outputs; empty for an import.
        """
        region, _, id_ = id.rpartition("/")
        region = region or str(inputs.get("regionId") or self._connection.region)
        if not region:
            raise ConfigurationError(f"regionId {self._connection.missing_region}")
        self._memory.show(identity, id_)
        self._readiness.stack = identity.stack
        unseen = outputs.get("status") == ""  # its create was cancelled before it saw it
        seen = await self._readiness.look(id_, region, new=unseen, ours=bool(last_build(outputs)))
        if seen is None:
            await self._home.confirm(self._named(id_, region), outputs)
            if unseen:
                self._memory.forget(identity, id_)
            return None
        recorded = last_build(outputs)
        # Of what isn't Ready an update follows, or another one.
        if seen.phase is Phase.READY and not marks.is_anothers(seen, identity.stack, recorded):
            with self._readiness.changing(id_, region):
                await self._quietly(self._adoption.hand_over(seen, region))
        if inputs:
            now = drifted(self._resource.args, inputs, seen, outputs)
            return await self._placed(self.outcome(seen, now, recorded), outputs)
        self._memory.imported.add(identity)
        now = {**described(self._resource.args, seen), "regionId": region}
        warning = marks.import_warning(self._readiness.title(now), seen, identity)
        outcome = replace(self.outcome(seen, now, recorded, imported=True), warning=warning)
        return await self._placed(outcome, outputs)

    async def update(  # noqa: PLR0917 - what Pulumi's Update says, in its order
        self,
        identity: Identity,
        id: str,
        olds: dict[str, Any],
        outputs: Mapping[str, Any],
        news: dict[str, Any],
        operation: Operation = Operation(),  # noqa: B008 - it's frozen
    ) -> Outcome:
        """Bring a resource to new inputs in place: send what differs, wait until it's Ready.

        Raises:
            MisplacedError: it isn't found, and the state has it elsewhere.
        """
        region = news["regionId"]
        try:
            with self._readiness.changing(id, region):
                outcome = await self._update(identity, id, olds, outputs, news, operation)
        except (GoneError, NotFoundError):
            await self._home.confirm(self._named(id, region), outputs)
            raise
        return await self._placed(outcome, outputs)

    async def _update(  # noqa: PLR0917 - as `update`
        self,
        identity: Identity,
        id: str,
        olds: dict[str, Any],
        outputs: Mapping[str, Any],
        news: dict[str, Any],
        operation: Operation,
    ) -> Outcome:
        self._memory.show(identity, id)
        self._readiness.stack = identity.stack
        recorded = last_build(outputs)
        found = self._compare(identity, olds, outputs, news)
        seen = await self._readiness.present(id, news)
        sends = bool(found.properties(Change.BUILD) or found.properties(Change.METADATA))
        if seen.phase.busy and not sends and not self._waits(news):
            return self.outcome(seen, news, recorded)
        builds = bool(found.properties(Change.BUILD)) or seen.phase is not Phase.READY
        async with self._readiness.turn(news, operation, builds=builds):
            if builds:
                seen = await self._readiness.settled(id, news, operation)
            rebuilt = self._needs_build(found, seen, recorded, news)
            if marks.is_anothers(seen, identity.stack, recorded):
                marks.refuse_to_send(self._readiness.title(news), seen, sends=sends or rebuilt)
                return self.outcome(seen, news, recorded)
            await self._tag(identity, news, olds, seen)
            sent = await self._send(identity, found, id, news, rebuilt=rebuilt)
            if not sent:
                return self.outcome(seen, news, recorded)  # this is how it is
            if rebuilt and not self._waits(news):
                return self._begun(seen, news)
            changed = partial(self._shows, news=news, rebuilt=rebuilt)
            seen = await self._readiness.ready(id, news, operation, changed=changed)
        return self.outcome(seen, news, recorded)

    async def _send(
        self, identity: Identity, found: Diff, id: str, news: dict[str, Any], *, rebuilt: bool
    ) -> bool:
        """Send what differs, but for the tags; say whether anything was, the tags included."""
        changed = set(found.properties(Change.METADATA))
        if rebuilt:
            await self._rebuild(identity, id, news)
        elif changed - {"tags"}:
            token = self._update_token(identity, id, news)
            await self._resource.update(id, news, changed - {"tags"}, token)
        return rebuilt or bool(changed)

    def seconds(self) -> float:
        """Give the clock's seconds, by which waiting goes."""
        return self._clock.seconds()

    async def built(
        self, id: str, build: str, region: str, timeout: float, look: Callable[[str, Observed | None], None]
    ) -> None:
        """Wait until a build has ended, for a `gate`; `look` is told of every look."""
        await self._readiness.built(id, build, region, timeout, look)

    async def delete(
        self,
        id: str,
        region: str,
        timeout: float = DELETE_TIMEOUT,
        outputs: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Delete a resource and wait until it's gone; one that is gone already is fine.

        Args:
            id: its ID.
            region: where it is.
            timeout: seconds that a deletion may take.
            outputs: the recorded outputs.

        Raises:
            MisplacedError: it isn't found, and the state has it elsewhere.
        """
        with self._readiness.changing(id, region):
            try:
                await self._resource.delete(id, region)
            except NotFoundError:
                await self._home.confirm(self._named(id, region), outputs)
                return
            await self._readiness.gone(id, region, Operation(timeout))

    def _named(self, id: str, region: str) -> str:
        return f"{self._resource.noun} {id} in {region}"

    async def _placed(self, outcome: Outcome, outputs: Mapping[str, Any]) -> Outcome:
        """Add where a resource lives that was just seen; `outputs` are those that the state has."""
        return replace(outcome, outputs={**outcome.outputs, **await self._home.recorded(outputs)})

    def _waits(self, inputs: Mapping[str, Any]) -> bool:
        """Say whether to wait for a build: always for what only one build can use, such as an EIP."""
        return awaited(inputs) or self._resource.exclusive(inputs) is not None

    def _begun(self, seen: Observed, news: dict[str, Any]) -> Outcome:
        """Give what is recorded of a resource whose build was only just asked for."""
        begun = replace(seen, phase=Phase.REBUILDING, outputs={**seen.outputs, "status": ""}, tags={})
        return self.outcome(begun, news, build_id(self._resource.args, news))

    def _needs_build(self, found: Diff, seen: Observed, recorded: str, news: dict[str, Any]) -> bool:
        if seen.phase is Phase.UPDATE_FAILED:
            return True
        if not found.properties(Change.BUILD):
            return False
        last = seen.record.build_id if seen.record else recorded
        if last != build_id(self._resource.args, news):
            return True
        return bool(self._drift(seen, news).properties(Change.BUILD))  # somebody else may have built it since

    def _shows(self, seen: Observed, *, news: dict[str, Any], rebuilt: bool) -> bool:
        """Say whether a resource is seen as an update to these inputs leaves it."""
        if rebuilt and seen.record and seen.record.build_id != build_id(self._resource.args, news):
            return False
        return not self._drift(seen, news)

    def _drift(self, seen: Observed, news: dict[str, Any]) -> Diff:
        return diff(self._resource.args, drifted(self._resource.args, news, seen), news, "")

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

    async def _tag(
        self, identity: Identity, news: Mapping[str, Any], olds: Mapping[str, Any], seen: Observed
    ) -> None:
        """Set the user's tags, and say in the hidden ones that this resource is recorded."""
        wanted: dict[str, str] = {**(news.get("tags") or {}), **self._recorded(identity, seen)}
        removed = {key for key in olds.get("tags") or {} if key not in wanted and key in seen.tags}
        missing = {key: value for key, value in wanted.items() if seen.tags.get(key) != value}
        await self._resource.tag(seen.id, news["regionId"], missing, removed)

    @staticmethod
    def _recorded(identity: Identity, seen: Observed) -> dict[str, str]:
        """Give the hidden tags of a resource that the state has under this identity; a rename changes it."""
        if seen.record is None:
            return {}
        record = replace(seen.record, resource=identity.resource, pending=False)
        return {STACK_TAG: identity.stack, RESOURCE_TAG: str(record)}

    def outcome(
        self, seen: Observed, inputs: dict[str, Any], recorded: str = "", *, imported: bool = False
    ) -> Outcome:
        """Put together what is recorded of a resource.

        Args:
            seen: how the cloud shows it.
            inputs: its inputs.
            recorded: the build ID that the state has.
            imported: whether it's only now coming into the state: then its last build isn't known.
        """
        foreign = marks.is_anothers(seen, self._readiness.stack, recorded)
        last = seen.record.build_id if seen.record and not foreign else recorded
        built = last if last or imported or foreign else build_id(self._resource.args, inputs)
        ready = seen.phase is Phase.READY
        fine = ready or (seen.phase.busy and not awaited(inputs))
        trouble = None if fine else self._readiness.trouble(seen, inputs)
        outputs = {**seen.outputs, "regionId": inputs["regionId"], "buildId": built}
        return Outcome(seen.id, inputs, outputs, trouble, ready)

    def unfinished(
        self, error: NotReadyError, inputs: dict[str, Any], outputs: Mapping[str, Any] = MappingProxyType({})
    ) -> Outcome:
        """Put together what is recorded of a resource whose operation ended before it was usable.

        Args:
            error: how it ended.
            inputs: its inputs.
            outputs: what the state has of it so far.
        """
        recorded = last_build(outputs)
        place = self._home.known(outputs)
        if error.seen is not None:
            seen = self.outcome(error.seen, inputs, recorded)
            return replace(seen, outputs={**seen.outputs, **place}, trouble=error)
        built = recorded or build_id(self._resource.args, inputs)
        known = {**outputs, **place, "status": "", "regionId": inputs["regionId"], "buildId": built}
        return Outcome(error.id, inputs, known, error)

    async def list(self, query: Mapping[str, Any]) -> list[Listed]:
        """List the resources of a region.

        Args:
            query: `resource.ListArgs`, plain.

        Raises:
            ConfigurationError: the query is wrong, or no region is set.
        """
        if wrong := check(ListArgs, dict(query)).failures:
            raise ConfigurationError("\n".join(f"{each.property} {each.reason}" for each in wrong))
        region = str(query.get("regionId") or self._connection.region)
        if not region:
            raise ConfigurationError(f"regionId {self._connection.missing_region}")
        found = await self._resource.find(region, query.get("tags") or {})
        return [Listed(seen.id, str(seen.returned.get(self._resource.name_property, ""))) for seen in found]

    @staticmethod
    async def _quietly(work: Coroutine[Any, Any, None]) -> None:
        """Clean up after a failure whose error matters more than that of the cleaning."""
        try:
            await work
        except ProviderError:
            return
