"""An engine in this process: it does with plugin and state what Pulumi's does, and can be cut off anywhere.

`trial` runs stacks with it. A step is recorded after its RPC, with a turn of the loop before and after, so
that a kill can come between. Source: step_generator.go, step.go and step_executor.go of pulumi/pulumi.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from tests.provider.fronts import AbortedError, Plugin, Recorded

from imagecache_provider.fields import UNKNOWN
from imagecache_provider.plugin.codec import decode, encode
from imagecache_provider.plugin.protocol import provider_pb2

T = TypeVar("T")
_SECRETS = ("imageRegistryCredentials",)
"""The properties that Pulumi's SDKs mark as secrets."""
_Step = Callable[[], Coroutine[Any, Any, None]]
Program = Mapping[str, Mapping[str, Any]]
"""What a program wants: resources by name, each the inputs of an image cache, but for GATE."""
GATE = "gate"
"""The name of a readiness gate; its `caches` are names of the program, whose IDs and builds it's given."""


@dataclass(frozen=True)
class Entry:
    """A resource in the state.

    Attributes:
        name: its name in the program.
        recorded: its ID, inputs and outputs.
        failed: it has init errors: it's read before anything else, and updated.
        delete: it was replaced, and is deleted at the end.
    """

    name: str
    recorded: Recorded
    failed: bool = False
    delete: bool = False


class UpFailedError(Exception):
    """A run that ended with errors."""


class Engine:
    """Runs programs of one stack.

    Args:
        start: starts a process of the plugin.
        parallel: how many resources are worked on at once.

    Attributes:
        state: what is recorded.
        said: the errors of all runs.
        changes: what the last run did or tried: `create web`.
        failed: whether the last run ended with errors.
        running: whether a run is at work.
        interrupted: the IDs of updates and deletions that were begun and not recorded.
        creating: the names of the last run's creates that were begun, and neither recorded nor answered.
        refused: the names of the last run's creates that were answered with an error, and not recorded.
        shown: every resource that was ever recorded or previewed.
    """

    def __init__(self, start: Callable[[], Awaitable[Plugin]], parallel: int = 1) -> None:
        self.state: tuple[Entry, ...] = ()
        self.said: list[str] = []
        self.changes: list[str] = []
        self.interrupted: set[str] = set()
        self.creating: set[str] = set()
        self.refused: set[str] = set()
        self.shown: list[Entry] = []
        self.failed = False
        self.running = False
        self._start = start
        self._parallel = parallel
        self._plugin: Plugin | None = None
        self._calls: set[asyncio.Task[Any]] = set()
        self._dead = False
        self._stopping = False
        self._forced = ""

    def live(self, name: str) -> Entry | None:
        """Give the resource of this name that isn't about to be deleted."""
        return next((entry for entry in self.state if entry.name == name and not entry.delete), None)

    async def up(
        self, program: Program, *, preview: bool = False, refresh: bool = False, forced: str = ""
    ) -> None:
        """Bring the stack to a program; `UpFailedError` with all that was said if that failed.

        Args:
            program: what is wanted.
            preview: do what `up` does without --skip-preview.
            refresh: `up --refresh`.
            forced: the resource that --target-replace names.
        """
        self._forced = forced
        if preview:
            await self._run(program, refresh=refresh, preview=True)
        await self._run(program, refresh=refresh, preview=False)

    async def refresh(self) -> None:
        """Read everything."""
        await self._begin()
        errors = await self._all([partial(self._read, entry) for entry in self.state if not entry.delete])
        await self._end(errors)

    async def destroy(self) -> None:
        """Delete everything."""
        await self._run({}, refresh=False, preview=False)

    def interrupt(self) -> bool:
        """^C: no step is begun any more, and the plugin is told; say whether a run was at work."""
        self._stopping = True
        if self._plugin is not None and not self._dead:
            self._calls.add(asyncio.ensure_future(self._plugin.call("Cancel", Empty())))
        return self.running

    def kill_plugin(self) -> bool:
        """End the plugin's process; the calls to it break. Say whether a run was at work."""
        self._dead = True
        for call in self._calls:
            call.cancel()
        return self.running

    async def _run(self, program: Program, *, refresh: bool, preview: bool) -> None:
        await self._begin()
        before = self.state
        caches = [partial(self._step, name, refresh, preview, program) for name in program if name != GATE]
        errors = await self._all(caches)
        if not errors and GATE in program:  # it depends on them
            errors = await self._all([partial(self._step, GATE, refresh, preview, program)])
        if not errors and not preview:
            gone = [entry for entry in self.state if entry.delete or entry.name not in program]
            gates = [entry for entry in gone if entry.name == GATE]
            for entries in (gates, [entry for entry in gone if entry.name != GATE]):
                errors = errors or await self._all([partial(self._delete, entry) for entry in entries])
        if preview:
            self.state = before
        await self._end(errors)

    async def _begin(self) -> None:
        self._dead = self._stopping = False
        self.running = True
        self.changes = []
        self.creating.clear()
        self.refused.clear()
        self._plugin = await self._start()

    async def _end(self, errors: list[str]) -> None:
        self.said += errors
        self.failed = bool(errors)
        if self._plugin is not None and not self._dead:
            await self._plugin.call("Cancel", Empty())
        self.running = False
        if errors:
            raise UpFailedError("\n".join(errors))

    async def _all(self, work: Sequence[_Step]) -> list[str]:
        """Run steps, so many at once; after the first that fails none is begun."""
        errors: list[str] = []
        free = asyncio.Semaphore(self._parallel)

        async def one(step: _Step) -> None:
            async with free:
                if errors or self._stopping or self._dead:
                    errors.append("not begun")
                    return
                try:
                    await step()
                except AbortedError as error:
                    errors.append(error.text)

        await asyncio.gather(*(one(step) for step in work))
        return errors

    async def _call(self, work: Coroutine[Any, Any, T]) -> T:
        """Call the plugin, which may die meanwhile."""
        task = asyncio.ensure_future(work)
        self._calls.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if not self._dead:
                raise
            raise AbortedError(grpc.StatusCode.UNAVAILABLE, "the plugin ended", None) from None
        finally:
            self._calls.discard(task)

    @property
    def _process(self) -> Plugin:
        if self._plugin is None:
            raise AssertionError("no run has begun")
        return self._plugin

    def _given(self, name: str, program: Program) -> dict[str, Any]:
        """Give a resource's inputs; what a gate waits for is known once it's recorded."""
        if name != GATE:
            return dict(program[name])
        entries = [self.live(each) for each in program[GATE]["caches"]]
        outputs = [None if entry is None else decode(entry.recorded.outputs).plain for entry in entries]
        return {
            "caches": [
                {"imageCacheId": each["imageCacheId"], "buildId": each["buildId"]} if each else UNKNOWN
                for each in outputs
            ]
        }

    async def _step(self, name: str, refresh: bool, preview: bool, program: Program) -> None:
        inputs = self._given(name, program)
        entry = self.live(name)
        if entry is not None and (refresh or entry.failed or entry.recorded.refresh):
            await self._read(entry)
            entry = self.live(name)
        news, failures = await self._call(
            self._process.check(name, entry.recorded.inputs if entry else None, _marked(inputs))
        )
        if failures:
            raise AbortedError(grpc.StatusCode.OK, str(failures), None)
        if entry is None:
            await self._create(name, news, preview)
            return
        if name == self._forced:  # comes without a Diff, and without any word of what is replaced
            news, _ = await self._call(self._process.check(name, None, _marked(inputs)))
            await self._replace(entry, news, preview)
            return
        found = await self._call(self._process.diff(name, entry.recorded, news))
        if found.replaces:
            news, _ = await self._call(self._process.check(name, None, _marked(inputs)))
            await self._replace(entry, news, preview)
        elif found.changes == provider_pb2.DiffResponse.DIFF_SOME or entry.failed:
            await self._update(entry, news, preview)

    async def _create(self, name: str, news: Struct, preview: bool) -> None:
        self.changes.append(f"create {name}")
        if preview:
            made = await self._call(self._process.create(name, news, preview=True))
            self.shown.append(Entry(name, made))
            return
        await self._make(name, news, self._add)

    async def _replace(self, entry: Entry, news: Struct, preview: bool) -> None:
        self.changes.append(f"replace {entry.name}")
        if preview:
            made = await self._call(self._process.create(entry.name, news, preview=True))
            self.shown.append(Entry(entry.name, made))
            return

        def replaced(made: Entry) -> None:
            self._put(entry, replace(entry, delete=True))
            self._add(made)

        await self._make(entry.name, news, replaced)

    async def _make(self, name: str, news: Struct, record: Callable[[Entry], None]) -> None:
        """Create a resource and record it; a create that a process's end cuts off stays in `creating`."""
        self.creating.add(name)
        try:
            await self._record(name, self._call(self._process.create(name, news)), record)
        except AbortedError:
            if not self._dead and name in self.creating:
                self.creating.discard(name)
                self.refused.add(name)
            raise

    async def _update(self, entry: Entry, news: Struct, preview: bool) -> None:
        self.changes.append(f"update {entry.name}")
        if preview:
            made = await self._call(self._process.update(entry.name, entry.recorded, news, preview=True))
            self.shown.append(Entry(entry.name, made))
            return
        self.interrupted.add(entry.recorded.id)
        updating = self._call(self._process.update(entry.name, entry.recorded, news))

        def updated(changed: Entry) -> None:
            self._put(entry, changed)
            self.interrupted.discard(entry.recorded.id)

        await self._record(entry.name, updating, updated)

    async def _record(
        self, name: str, work: Coroutine[Any, Any, Recorded], record: Callable[[Entry], None]
    ) -> None:
        """Run a step and record it, also one that leaves a resource that isn't usable."""
        try:
            made = Entry(name, await work)
        except AbortedError as error:
            if error.failed is None:
                raise
            await asyncio.sleep(0)
            record(Entry(name, Recorded.failed(error), failed=True))
            raise
        await asyncio.sleep(0)
        record(made)
        await asyncio.sleep(0)

    async def _read(self, entry: Entry) -> None:
        before = entry.recorded
        reading = self._process.read(entry.name, before.id, before.inputs, before.outputs)
        try:
            seen = await self._call(reading)
        except AbortedError as error:
            if error.failed is None:
                raise
            self._put(entry, Entry(entry.name, Recorded.failed(error), failed=True))
            return
        await asyncio.sleep(0)
        self._put(entry, None if seen is None else Entry(entry.name, seen))
        self.interrupted.discard(before.id)

    async def _delete(self, entry: Entry) -> None:
        self.changes.append(f"delete {entry.name}")
        self.interrupted.add(entry.recorded.id)
        await self._call(self._process.delete(entry.name, entry.recorded))
        await asyncio.sleep(0)
        self._put(entry, None)
        self.interrupted.discard(entry.recorded.id)

    def _add(self, entry: Entry) -> None:
        self.state = (*self.state, entry)
        self.shown.append(entry)
        self.creating.discard(entry.name)

    def _put(self, before: Entry, after: Entry | None) -> None:
        if after is not None:
            self.shown.append(after)
        kept = [after if entry is before else entry for entry in self.state]
        self.state = tuple(entry for entry in kept if entry is not None)


def _marked(inputs: Mapping[str, Any]) -> Struct:
    """Put a program's inputs on the wire, with the marks that Pulumi's SDKs set."""
    return encode(inputs, {(name,) for name in _SECRETS if name in inputs})
