"""One trial in this process: a stack is brought up, changed under faults, and brought up again without.

Everything that is random in it comes from its seed, so that a finding can be looked at again:
`make chaos ARGS='--seed N --trials 1'`.
"""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests.provider.fronts import TOKEN, Plugin
from tests.provider.world import REGION, DrivenClock
from tests.rights.walk import restricted_cloud

from chaos import compare
from chaos.compare import Finding
from chaos.cuts import Cut, unanswered
from chaos.engine import GATE, Engine, Entry, Program, UpFailedError
from chaos.faults import CUTS, FAULTS, RACE, REVERTED, SHARED_NAME, Scene
from chaos.loop import KillableLoop, KilledError
from chaos.programs import ACCESS_SECRET, PASSWORD, REGISTRY, USER, Programs, named, with_wrong_password
from chaos.search import own_faults
from chaos.unhandled import Heard, listening
from imagecache_provider.eci.readiness_gate import ReadinessGate
from imagecache_provider.orphans.search import Search
from imagecache_provider.orphans.stack_state import StackState
from imagecache_provider.plugin.codec import decode
from imagecache_provider.plugin.engine import Engine as Display
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.resource import STACK_TAG, Identity
from imagecache_simulator import mock_cloud

_SETTINGS = {
    "region": REGION,
    "endpoint": "eci.aliyuncs.com",
    "preflight": "off",  # faults are counted in calls, and are to strike the lifecycle's
    "accessKey": "simulator",
    "secretKey": ACCESS_SECRET,
}
_PACE = 20
_BETWEEN_RUNS = 900.0
"""Seconds in the cloud that a user takes to read an error; a build that uses an EIP has ended then."""
_MOST_RUNS = 3
"""So often a user runs `up` again before giving up."""


@dataclass(frozen=True)
class Result:
    """A trial: its seed, the faults that struck, what was wrong afterwards, and what was said to the user."""

    seed: int
    faults: tuple[str, ...]
    findings: tuple[Finding, ...]
    said: tuple[str, ...] = ()


@dataclass
class _Stack:
    """A stack of the trial: its engine, what it should be, and what each run left that was cut off."""

    name: str
    engine: Engine
    program: Program = field(default_factory=dict)
    cuts: list[Cut] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The hidden tag of its caches."""
        return Identity.of("project", self.name).stack

    @property
    def known(self) -> set[str]:
        """The IDs that its state has."""
        return {entry.recorded.id for entry in self.engine.state}


def faults_of(chance: random.Random) -> tuple[str, ...]:
    """Choose a trial's faults: one to three, half of the time with one that cuts the run off."""
    names = chance.sample(list(FAULTS), k=chance.choice([1, 1, 2, 2, 3]))
    if chance.random() < 0.5:  # noqa: PLR2004 - half of the time
        names.append(chance.choice(CUTS))
    return tuple(dict.fromkeys(names))


def chosen(seed: int) -> tuple[str, ...]:
    """Give the faults that a trial chooses; those that strike are among them."""
    return faults_of(random.Random(seed))  # noqa: S311 - a trial is repeated from its seed


def run(seed: int) -> Result:
    """Run one trial."""
    return _Trial(seed).run()


class _Trial:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._names = chosen(seed)
        self._chance = random.Random(f"trial {seed}")  # noqa: S311 - a trial is repeated from its seed
        cloud = restricted_cloud(seed=seed, access_key_secret=ACCESS_SECRET)
        cloud.registries.add_registry(REGISTRY, users={USER: PASSWORD})
        self._clock = DrivenClock(cloud, pace=_PACE)
        self._loop = KillableLoop(self._clock)
        self._told: list[str] = []
        self._heard = Heard()
        self._stacks = [_Stack("dev", Engine(self._starter("dev"), self._chance.choice([1, 4])))]
        self._scene = Scene(self._chance, self._clock, self._loop, self._stacks[0].engine)
        cloud.subscribe(self._scene.called)
        eip = cloud.vpc.allocate_eip(REGION, "")
        self._programs = Programs(self._chance, eip.allocation_id)

    def run(self) -> Result:
        """Run it; what it leaves of tasks ends with it."""
        findings: list[Finding] = []
        with listening(self._loop) as heard, _heard(self._told):
            self._heard = heard
            with mock_cloud(self._clock.cloud), _repeatable(self._seed):
                try:
                    findings.extend(self._play())
                except Exception:  # noqa: BLE001 - whatever it is, its seed has to be told
                    heard.faults.append(traceback.format_exc())
                finally:
                    self._scene.calm()
                    self._loop.crash()
                    self._loop.close()
        said = tuple(text for stack in self._stacks for text in stack.engine.said)
        shown = {"errors": "\n".join(said), "progress": "\n".join([*self._told, *heard.said])}
        findings += [*own_faults(shown), *(Finding(compare.OWN_FAULT, text) for text in heard.faults)]
        struck = tuple(name for name in self._names if name in self._scene.struck)
        return Result(self._seed, struck, tuple(findings), said)

    def _play(self) -> Iterator[Finding]:
        base = self._programs.first()
        edited = self._programs.edited(base)
        if self._chance.random() < 0.6:  # noqa: PLR2004 - else the faults meet the first run
            self._complete(self._stacks[0].engine.up(base))
            self._pause()
        else:
            edited = base
        if RACE in self._names:
            edited = named(edited, SHARED_NAME)
        self._go_wrong(edited)
        wanted = self._second_thoughts(base, edited)
        for stack in self._stacks:
            stack.program = wanted
            yield from self._recover(stack)
        for stack in self._stacks:  # once no other one's build uses the EIP
            yield from self._force(stack)
        for stack in self._stacks:
            yield from compare.compare(self._clock.cloud, stack.engine, stack.program, stack.name, stack.cuts)
            yield from compare.shown(stack.engine, self._clock.cloud, [*self._told, *self._heard.said])
            yield from self._listed(stack)
        yield from self._taken_down()

    def _go_wrong(self, program: Program) -> None:
        """Run `up` with all the faults, once or twice."""
        if RACE in self._names:
            self._stacks.append(_Stack("prod", Engine(self._starter("prod"))))
        self._scene.begin({stack.tag for stack in self._stacks})
        for name in self._names:
            self._scene.arrange(name)
        asked = with_wrong_password(program) if "password" in self._scene.notes else program
        for _ in range(self._chance.choice([1, 1, 2])):
            self._suffer(asked)
        self._scene.calm()

    def _second_thoughts(self, base: Program, edited: Program) -> Program:
        """Take the edit back, or edit again, or leave it."""
        if "revert" in self._scene.notes:
            if base != edited and self._scene.writes:
                self._scene.struck.add(REVERTED)
            return base
        if self._chance.random() < 0.15:  # noqa: PLR2004 - now and then the user goes on editing
            return self._programs.edited(edited)
        return edited

    def _suffer(self, program: Program) -> None:
        """Run `up` of all stacks with the faults; it may end anyhow."""
        self._pause()
        before = {stack.name: self._made_before(stack) for stack in self._stacks}
        since = self._calls()

        async def happen() -> None:
            runs = [stack.engine.up(program, preview=self._sometimes()) for stack in self._stacks]
            events = [asyncio.ensure_future(self._happen(*each)) for each in self._scene.later]
            self._scene.later = []
            ends = await asyncio.gather(*runs, return_exceptions=True)
            self._heard.faults += [repr(end) for end in ends if _is_wrong(end)]
            for event in events:
                event.cancel()

        try:
            self._complete(happen())
        except KilledError:
            pass
        finally:
            self._loop.crash()
        for stack in self._stacks:
            stack.cuts.append(self._cut(stack, before[stack.name], since))

    def _calls(self) -> int:
        requests = self._clock.cloud.requests
        return int(requests[-1]["number"]) if requests else 0

    def _caches(self, stack: _Stack) -> dict[str, Mapping[str, str]]:
        """Give the tags of a stack's caches by ID, oldest first."""
        caches = sorted(self._clock.cloud.eci.image_caches.items(), key=lambda each: each[1].number)
        return {id_: cache.tags for id_, cache in caches if cache.tags.get(STACK_TAG) == stack.tag}

    def _made_before(self, stack: _Stack) -> set[str]:
        """Give a stack's caches that a run finds, but for what an earlier one left that was cut off."""
        return self._caches(stack).keys() - {id_ for cut in stack.cuts for id_ in cut.left}

    def _cut(self, stack: _Stack, before: set[str], since: int) -> Cut:
        """See what a run left whose creates were cut off: by a process's end, or by that of a connection."""
        requests = [entry for entry in self._clock.cloud.requests if entry["number"] > since]
        ended = {_resource(stack, name) for name in stack.engine.creating}
        lost = {_resource(stack, name) for name in stack.engine.refused} & unanswered(requests)
        return Cut.of(ended | lost, self._caches(stack), stack.known, before, requests)

    async def _happen(self, seconds: float, act: Callable[[], Any]) -> None:
        await self._clock.sleep(seconds)
        act()

    def _recover(self, stack: _Stack) -> Iterator[Finding]:
        """Run `up` as often as a user would, then see that nothing is left to do."""
        why = ""
        for _ in range(_MOST_RUNS):
            try:
                self._complete(
                    stack.engine.up(
                        stack.program,
                        preview=self._sometimes(),
                        refresh=self._scene.needs_refresh
                        or bool(stack.engine.interrupted)
                        or "`pulumi refresh`" in why,
                    )
                )
            except UpFailedError as error:  # noqa: PERF203 - a run takes a thousand times as long
                why = str(error)
                self._clock.cloud.advance(_BETWEEN_RUNS)
            else:
                break
        else:
            yield Finding(compare.NOT_HEALED, why)
            return
        yield from self._settled(stack)
        try:
            self._complete(stack.engine.up(stack.program, refresh=self._sometimes()))
        except UpFailedError as error:
            yield Finding(compare.NOT_HEALED, f"then: {error}")
        if stack.engine.changes:
            yield Finding(compare.RESTLESS, ", ".join(stack.engine.changes))

    def _settled(self, stack: _Stack) -> Iterator[Finding]:
        """Run `up` until all that isn't waited for is seen to be Ready; what failed is replaced."""
        for _ in range(_MOST_RUNS):
            if all(_ready(entry) for entry in stack.engine.state) and not stack.engine.failed:
                return
            self._clock.cloud.advance(_BETWEEN_RUNS)
            with suppress(UpFailedError):  # a gate tells of what failed; it's replaced the next time
                self._complete(stack.engine.up(stack.program))
        if not all(_ready(entry) for entry in stack.engine.state):
            yield Finding(compare.NOT_HEALED, "it isn't seen to be Ready")

    def _force(self, stack: _Stack) -> Iterator[Finding]:
        """Replace a resource by force, now and then: another cache takes its place."""
        if not stack.program or not self._sometimes():
            return
        name = self._chance.choice([name for name in stack.program if name != GATE])
        before = stack.engine.live(name)
        try:
            self._complete(stack.engine.up(stack.program, forced=name))
        except UpFailedError as error:
            # A gate tells of what failed, and an orphan's build holds its EIP until it ends; both heal.
            if GATE not in stack.program and "the EIP is InUse" not in str(error):
                yield Finding(compare.NOT_HEALED, f"--target-replace: {error}")
        after = stack.engine.live(name)
        if before and after and before.recorded.id == after.recorded.id:
            yield Finding(compare.LOST, f"--target-replace of {name} kept {after.recorded.id}")
        yield from self._settled(stack)

    def _listed(self, stack: _Stack) -> Iterator[Finding]:
        """Let the command that lists orphans look, and remove what it finds: it must be all that is left."""
        known = frozenset(stack.known)
        left = compare.left_over(self._clock.cloud, set(known), stack.program, stack.name)
        wanted = {finding.detail.partition(" ")[0] for finding in left}
        config = {f"imagecache:{name}": value for name, value in _SETTINGS.items()}
        search = Search(config, {}, self._clock, "")
        state = StackState("project", stack.name, known, (), {}, frozenset())
        found = self._loop.run_until_complete(search.orphans(state, [REGION]))
        if {each.id for each in found} != wanted:
            yield Finding(compare.COMMAND, f"{sorted(wanted)} were left: {found}")
        for each in found:
            self._complete(search.remove(each))

    def _taken_down(self) -> Iterator[Finding]:
        for stack in self._stacks:
            try:
                self._complete(stack.engine.destroy())
            except UpFailedError as error:
                yield Finding(compare.NOT_HEALED, f"destroy: {error}")
            for left in compare.left_over(self._clock.cloud, set(), {}, stack.name):
                yield Finding(compare.LEFT, left.detail)

    def _complete(self, work: Coroutine[Any, Any, None]) -> None:
        self._loop.run_until_complete(work)

    def _pause(self) -> None:
        """Let the user think: for a moment, or until tokens are forgotten."""
        self._clock.cloud.advance(self._chance.choice([1, 60, 3_600, 30_000]))

    def _sometimes(self) -> bool:
        return self._chance.random() < 0.3  # noqa: PLR2004 - seldom

    def _starter(self, stack: str) -> Callable[[], Coroutine[Any, Any, Plugin]]:
        async def start() -> Plugin:
            plugin = await Plugin.start(Servicer({}, self._clock), _SETTINGS, stack)
            plugin.timeout = self._scene.timeout
            plugin.kinds = {GATE: ReadinessGate.token}
            return plugin

        return start


def _resource(stack: _Stack, name: str) -> str:
    return Identity.of("project", stack.name, TOKEN, name).resource


def _is_wrong(end: BaseException | None) -> bool:
    """Say whether a run ended as none may; it may fail."""
    return end is not None and not isinstance(end, (UpFailedError, asyncio.CancelledError))


def _ready(entry: Entry) -> bool:
    return entry.name == GATE or decode(entry.recorded.outputs).plain["status"] == "Ready"


@contextmanager
def _heard(told: list[str]) -> Iterator[None]:
    """Keep what the plugin tells the engine's display."""

    async def log(_display: Display, _severity: int, text: str, _urn: str, **_how: Any) -> None:
        told.append(text)

    with patch.object(Display, "log", log):
        yield


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """Let the pauses between attempts be the same in every run of a trial."""
    with patch("imagecache_provider.eci.image_cache.random") as chance:
        chance.Random = lambda: random.Random(seed)  # noqa: S311 - see above
        yield
