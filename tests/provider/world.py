"""What the provider's tests run in: driven time, a run of the provider, and a simulated account.

`conftest` makes fixtures of it. The clock jumps from one thing that happens to the next, so that an hour of
waiting takes no time.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from tests.rights.walk import COLLEAGUE, restricted_cloud
from typing_extensions import TypeVarTuple, Unpack

from imagecache_provider.eci.account import read_account
from imagecache_provider.eci.client import OpenApiClient
from imagecache_provider.lifecycle import Lifecycle, Outcome
from imagecache_provider.readiness import DEFAULT_TIMEOUT, Operation
from imagecache_provider.resource import HIDDEN_TAGS, Identity
from imagecache_simulator import Cloud

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")
REGION = "cn-hangzhou"
_NOTHING = 1e-6
"""So many seconds are none: floating point leaves them over."""
_SHORT = 0.05


class DrivenClock:
    """A `clock.Clock` whose time jumps to the earliest sleeper when nothing else can run.

    Args:
        cloud: an account whose simulated time goes with it; one under the policy unless given.
        pace: how much faster than here time goes there; builds then take fewer looks.
    """

    def __init__(self, cloud: Cloud | None = None, pace: float = 1) -> None:
        self.cloud = cloud or restricted_cloud(seed=7)
        self.cloud.registries.need_internet = False
        self.pace = pace
        self.slept: list[float] = []
        self._seconds = 0.0
        self._sleepers: dict[asyncio.Future[None], float] = {}

    def now(self) -> datetime:
        """The simulated date and time."""
        return self.cloud.clock.now()

    def seconds(self) -> float:
        """Seconds since the clock was made."""
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        """Park the task until time has jumped so far."""
        self.slept.append(seconds)
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers[woken] = self._seconds + seconds
        try:
            await woken
        finally:
            self._sleepers.pop(woken, None)

    def jump(self) -> bool:
        """Let time pass until the earliest sleeper wakes; say whether there was one."""
        pending = {sleeper: until for sleeper, until in self._sleepers.items() if not sleeper.done()}
        if not pending:
            return False
        earliest = min(pending.values())
        self.advance(max(0.0, earliest - self._seconds))
        for sleeper, until in pending.items():
            if until <= self._seconds + _NOTHING:
                sleeper.set_result(None)
        return True

    def advance(self, seconds: float) -> None:
        """Let time pass, here and there."""
        self._seconds += seconds
        self.cloud.advance(seconds * self.pace)


class _IdleSelector(selectors.SelectSelector):
    """Lets the clock jump where a loop would go to sleep."""

    def __init__(self, clock: DrivenClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if not self._clock.jump():
            raise AssertionError("everybody waits for something that will never happen")
        return []


class DrivenLoop(asyncio.SelectorEventLoop):
    """A loop on a `DrivenClock`, which runs in its own thread what others give to a pool of threads."""

    def __init__(self, clock: DrivenClock) -> None:
        super().__init__(_IdleSelector(clock))
        self.unhandled: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.unhandled.append(context))

    def run_in_executor(
        self,
        executor: Executor | None,  # noqa: ARG002 - nothing runs beside the loop here
        func: Callable[[Unpack[Arguments]], T],
        *args: Unpack[Arguments],
    ) -> asyncio.Future[T]:
        """Call a function at the loop's next turn."""
        future: asyncio.Future[T] = self.create_future()

        def call() -> None:
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 - it is whoever awaits the future who handles it
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(result)

        self.call_soon(call)
        return future

    def crash(self) -> None:
        """Stop all that is at work, as the end of a process does."""
        self.run_until_complete(_end_all_others())


async def _end_all_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass
class Process:
    """A run of the provider: a lifecycle whose memory begins with it, and ends with it.

    Its methods do what Pulumi's engine does before and with them.
    """

    lifecycle: Lifecycle
    loop: DrivenLoop
    stack: str = "dev"
    operation: Operation = field(default_factory=Operation)

    def identity(self, name: str = "web") -> Identity:
        """Give the identity that the fronts make of a resource's name."""
        return Identity.of("project", self.stack, "imagecache:eci:ImageCache", name)

    def check(
        self, news: dict[str, Any], olds: Mapping[str, Any] | None = None, name: str = "web"
    ) -> dict[str, Any]:
        """Check inputs that must be right; give them complete."""
        checked = self.lifecycle.check(self.identity(name), name, olds or {}, news)
        assert checked.failures == ()
        return checked.inputs

    def creating(self, name: str = "web", **news: Any) -> Coroutine[Any, Any, Outcome]:
        """Check inputs and begin to create."""
        return self.lifecycle.create(self.identity(name), self.check(news, name=name), self.operation)

    def create(self, name: str = "web", **news: Any) -> Outcome:
        """Create a new resource: check, then create."""
        return self.loop.run_until_complete(self.creating(name, **news))

    def updating(
        self, before: Outcome, changes: dict[str, Any], name: str = "web"
    ) -> Coroutine[Any, Any, Outcome]:
        """Check changed inputs, None for what is removed; begin an update, which must be in place."""
        wanted = {key: value for key, value in {**before.inputs, **changes}.items() if value is not None}
        news = self.check(wanted, before.inputs, name)
        identity = self.identity(name)
        assert self.lifecycle.diff(identity, before.id, before.inputs, before.outputs, news).replaces == []
        return self.lifecycle.update(identity, before.id, before.inputs, before.outputs, news, self.operation)

    def update(self, before: Outcome, name: str = "web", **changes: Any) -> Outcome:
        """Update a resource: check, diff, then update."""
        return self.loop.run_until_complete(self.updating(before, changes, name))

    def replacing(
        self, before: Outcome, changes: dict[str, Any], name: str = "web"
    ) -> Coroutine[Any, Any, Outcome]:
        """Begin to replace a resource, the new one first: check, diff, check without old inputs, create."""
        news = self.check({**before.inputs, **changes}, before.inputs, name)
        identity = self.identity(name)
        self.lifecycle.diff(identity, before.id, before.inputs, before.outputs, news)
        return self.lifecycle.create(identity, self.check(news, name=name), self.operation)

    def replace(self, before: Outcome, name: str = "web", **changes: Any) -> Outcome:
        """Replace a resource."""
        return self.loop.run_until_complete(self.replacing(before, changes, name))

    def read(self, before: Outcome, name: str = "web") -> Outcome | None:
        """Refresh a resource."""
        reading = self.lifecycle.read(self.identity(name), before.id, before.inputs, before.outputs)
        return self.loop.run_until_complete(reading)

    def delete(self, before: Outcome) -> None:
        """Delete a resource."""
        region = before.inputs["regionId"]
        self.loop.run_until_complete(self.lifecycle.delete(before.id, region, outputs=before.outputs))


Begin = Callable[[Mapping[str, str], float, str], Process]
"""Start a run of the provider: its configuration, the seconds that a build may take, the stack."""


@dataclass
class World:
    """A simulated account, how to reach it, and a clock for both sides."""

    clock: DrivenClock
    loop: DrivenLoop
    config: Mapping[str, str]
    network: Mapping[str, str]
    begin: Begin
    _mark: int = field(default=0, repr=False)

    @property
    def cloud(self) -> Cloud:
        """The account's other side."""
        return self.clock.cloud

    def process(
        self,
        timeout: float = DEFAULT_TIMEOUT,
        stack: str = "dev",
        config: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a run of the provider, with some configuration of its own if any is given."""
        return self.begin({**self.config, **(config or {})}, timeout, stack)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work to its end."""
        return self.loop.run_until_complete(work)

    def cut_off(self, work: Coroutine[Any, Any, Any], after: Callable[[], bool]) -> None:
        """Run work until something is so, then end its process."""

        async def until() -> None:
            task = asyncio.create_task(work)
            while not after():
                assert not task.done(), f"it ended before it was cut off: {task}"
                await self.clock.sleep(_SHORT)

        self.run(until())
        self.loop.crash()

    def call(self, action: str, **parameters: str) -> dict[str, Any]:
        """Do something behind the provider's back; two underscores stand for a dot."""
        account = read_account({**self.config, **COLLEAGUE}, {})
        client = OpenApiClient(account, self.clock, random.Random(7))  # noqa: S311 - spreads retries
        named = {name.replace("__", "."): value for name, value in parameters.items()}
        return self.run(client.call(action, {"RegionId": REGION, **named}))

    def caches(self) -> dict[str, str]:
        """Give the status of each image cache in the cloud, by ID."""
        return {id_: cache.status for id_, cache in self.cloud.eci.image_caches.items()}

    def tags(self, id_: str) -> dict[str, str]:
        """Give a cache's tags in the cloud, but for the provider's own."""
        tags = self.cloud.eci.image_cache(id_).tags
        return {key: value for key, value in tags.items() if key not in HIDDEN_TAGS}

    def mark(self) -> None:
        """Forget the requests so far."""
        self._mark = len(self.cloud.requests)

    def sent(self, action: str) -> list[dict[str, str]]:
        """Give the parameters of the requests for an action since the mark, in order."""
        requests = list(self.cloud.requests)[self._mark :]
        return [request["parameters"] for request in requests if request["action"] == action]

    def writes(self) -> list[str]:
        """Give the actions since the mark that change something, in order."""
        requests = list(self.cloud.requests)[self._mark :]
        return [
            request["action"] for request in requests if not request["action"].startswith(("Describe", "Get"))
        ]
