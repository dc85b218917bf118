"""The short form of `make chaos`, and tests of what it would find; the real engine is in tests/engine."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.provider.fronts import Plugin
from tests.provider.world import REGION, DrivenClock
from tests.rights.walk import restricted_cloud

from chaos import compare, processes, trial
from chaos.cuts import Cut
from chaos.engine import GATE, Engine, Program, UpFailedError
from chaos.faults import FAULTS
from chaos.fuzz import fuzz
from chaos.loop import KillableLoop, KilledError
from chaos.programs import Programs
from imagecache_provider.eci.readiness_gate import ReadinessGate
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.plugin.codec import decode, encode
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.resource import RESOURCE_TAG, STACK_TAG, Identity
from imagecache_simulator import Cloud, mock_cloud

PROGRAM: dict[str, dict[str, Any]] = {"web": {"images": ["busybox:1"]}}


class Stack:
    """A stack of one cache that is up, for something to be done to."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.clock = DrivenClock(self.cloud, pace=20)
        self.loop = KillableLoop(self.clock)
        self.engine = Engine(self.start)
        self.loop.run_until_complete(self.engine.up(PROGRAM, preview=True))

    async def start(self) -> Plugin:
        """Start a process of the plugin."""
        keys = {"accessKey": "simulator", "secretKey": "simulator"}
        # Ends are counted in turns: those of preflight's questions would come before the first create.
        off = {"preflight": "off"}
        settings = {"region": REGION, "endpoint": "eci.aliyuncs.com", **keys, **off}
        plugin = await Plugin.start(Servicer({}, self.clock), settings)
        plugin.kinds = {GATE: ReadinessGate.token}
        return plugin

    def cache(self) -> Any:
        """Return the cache."""
        (cache,) = self.cloud.eci.image_caches.values()
        return cache

    def found(self, *cuts: Cut) -> list[str]:
        """Return the kinds of what is wrong."""
        compared = compare.compare(self.cloud, self.engine, PROGRAM, "dev", cuts)
        return [finding.kind for finding in (*compared, *compare.shown(self.engine, self.cloud, []))]

    def twin(self, **tags: str) -> None:
        """Put another cache there, with the first one's tags and these."""
        cache = self.cache()
        self.cloud.eci.image_caches["imc-2"] = replace(
            cache, image_cache_id="imc-2", tags={**cache.tags, **tags}
        )


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Yield a stack that is up."""
    cloud = restricted_cloud(seed=7)
    with mock_cloud(cloud):
        made = Stack(cloud)
        yield made
        made.loop.crash()
        made.loop.close()


MENDED = {
    84: "^C before an update without a build was sent: KeyError: 'regionId'",
    172: "a gate's error quoted the registry's words with a user name that the program keeps secret",
}
"""Seeds of trials that found a fault of the provider, and the fault."""


def unexplained(seeds: Iterable[int]) -> list[tuple[int, tuple[str, ...], compare.Finding]]:
    """Run trials; return what is found that no documented line explains."""
    results = [trial.run(seed) for seed in seeds]
    found = [(each.seed, each.faults, finding) for each in results for finding in each.findings]
    return [each for each in found if each[2].kind not in compare.DOCUMENTED]


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_trials(first: int) -> None:
    """In a hundred trials nothing is lost, doubled or wrong that the limitations don't explain."""
    assert unexplained(seed for seed in range(first, first + 25)) == []


@pytest.mark.parametrize("seed", list(MENDED))
def test_mended(seed: int) -> None:
    """What a trial has found stays mended."""
    assert unexplained([seed]) == []


def test_repeats() -> None:
    """A trial is the same each time: faults, findings, and all that is said."""
    assert [trial.run(seed) for seed in (1, 33, 46)] == [trial.run(seed) for seed in (1, 33, 46)]


def test_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lifecycle that takes stale answers for the end of an update is found out."""
    monkeypatch.setattr(Lifecycle, "_shows", lambda *_, **__: True)
    kinds = {finding.kind for finding in trial.run(199).findings}
    assert kinds == {compare.PROPERTY}


def test_every_fault() -> None:
    """A few hundred seeds choose each fault."""
    chosen = {name for seed in range(300) for name in trial.faults_of(random.Random(seed))}  # noqa: S311 - no secrets
    assert chosen == FAULTS.keys()


def test_nothing_wrong(stack: Stack) -> None:
    """A stack that is up is as it should be."""
    assert stack.found() == []
    assert stack.engine.changes == ["create web"]


@pytest.mark.parametrize(
    ("tags", "cut", "kind"),
    [
        ({}, Cut(), compare.DUPLICATE),
        ({}, Cut(handed_over=frozenset(["imc-2"])), compare.HANDED_OVER),
        ({}, Cut(handed_over=frozenset(["imc-3"])), compare.DUPLICATE),
        ({}, Cut(pending=frozenset(["imc-2"])), compare.DUPLICATE),
        ({RESOURCE_TAG: "nothing"}, Cut(pending=frozenset(["imc-2"])), compare.ORPHAN),
        ({RESOURCE_TAG: "a.b.c.pending"}, Cut(pending=frozenset(["imc-2"])), compare.NOT_WANTED),
        ({RESOURCE_TAG: "a.b.c.pending"}, Cut(pending=frozenset(["imc-3"])), compare.ORPHAN),
        ({RESOURCE_TAG: "a.b.c.pending"}, Cut(), compare.ORPHAN),
        ({RESOURCE_TAG: "a.b.c"}, Cut(pending=frozenset(["imc-2"])), compare.ORPHAN),
    ],
)
def test_left_over(stack: Stack, tags: dict[str, str], cut: Cut, kind: str) -> None:
    """A cache of the stack that its state doesn't have is explained only if a cut left it so."""
    stack.twin(**tags)
    assert stack.found(cut) == [kind]


def test_another_stacks(stack: Stack) -> None:
    """Another stack's cache is none of this one's."""
    stack.twin(**{STACK_TAG: Identity.of("project", "prod").stack})
    assert stack.found() == []


def test_missing(stack: Stack) -> None:
    """A cache that the state has and the cloud hasn't is found; so is one that the state lost."""
    stack.cloud.eci.image_caches.clear()
    assert stack.found() == [compare.MISSING]
    stack.engine.state = ()
    assert stack.found() == [compare.LOST]


def test_wrong(stack: Stack) -> None:
    """A property that isn't the program's is found in the cloud, and a mark that stayed."""
    cache = stack.cache()
    cache.inputs = replace(cache.inputs, size=40)
    cache.tags[RESOURCE_TAG] += ".pending"
    assert stack.found() == [compare.PROPERTY, compare.PENDING]


def test_processes() -> None:
    """The processes of a session are found with their arguments while they run, and can be ended."""
    program = subprocess.Popen(["sleep", "60"], start_new_session=True)
    seen: set[str] = set()
    with processes.watched(program.pid, seen):
        while not any("sleep 60" in command for command in seen):
            time.sleep(0.01)
    assert list(processes.session(program.pid)) == [program.pid]
    assert processes.kill([program.pid]) == 1
    assert program.wait() == -9


def test_gate(stack: Stack) -> None:
    """A gate that opened for another build than the state has is found."""
    program: Program = {"web": {"images": ["busybox:1"], "awaitReady": False}, GATE: {"caches": ["web"]}}
    stack.loop.run_until_complete(stack.engine.up(program))
    assert [*compare.compare(stack.cloud, stack.engine, program, "dev")] == []
    gate = stack.engine.live(GATE)
    assert gate is not None
    outputs = {**decode(gate.recorded.outputs).plain, "caches": []}
    other = replace(gate, recorded=replace(gate.recorded, outputs=encode(outputs)))
    stack.engine.state = tuple(other if entry is gate else entry for entry in stack.engine.state)
    (found,) = compare.compare(stack.cloud, stack.engine, program, "dev")
    assert found.kind == compare.PROPERTY


class TestEngine:
    """The engine in this process."""

    def test_failed(self, stack: Stack) -> None:
        """What isn't usable is recorded, read first the next time, and replaced."""
        stack.cloud.faults.pull_failure()
        program = {"job": {"images": ["nginx:1"]}}
        with pytest.raises(UpFailedError, match="ended Failed"):
            stack.loop.run_until_complete(stack.engine.up({**PROGRAM, **program}))
        failed = stack.engine.live("job")
        assert failed is not None
        assert failed.failed
        stack.loop.run_until_complete(stack.engine.up(program))
        assert stack.engine.changes == ["replace job", "delete web", "delete job"]
        assert len(stack.cloud.eci.image_caches) == 1

    @pytest.mark.parametrize("end", ["kill", "kill_plugin", "interrupt"])
    def test_cut_off(self, stack: Stack, end: str) -> None:
        """A run can be ended at any turn; what was begun is found again."""

        def kill() -> None:
            raise KilledError

        ends: dict[str, Callable[[], object]] = {
            "kill": kill,
            "kill_plugin": stack.engine.kill_plugin,
            "interrupt": stack.engine.interrupt,
        }
        program = {**PROGRAM, "job": {"images": ["nginx:1"]}}
        stack.loop.in_turns(25, ends[end])
        with pytest.raises((KilledError, UpFailedError)):
            stack.loop.run_until_complete(stack.engine.up(program))
        stack.loop.crash()
        assert len(stack.cloud.eci.image_caches) == 2
        stack.loop.run_until_complete(stack.engine.up(program))
        assert stack.cloud.eci.image_caches.keys() == {entry.recorded.id for entry in stack.engine.state}

    def test_destroy(self, stack: Stack) -> None:
        """Destroy deletes everything."""
        stack.loop.run_until_complete(stack.engine.destroy())
        assert (stack.engine.state, dict(stack.cloud.eci.image_caches)) == ((), {})


def test_programs() -> None:
    """Programs are the same for the same seed, and an edit changes the program."""
    one, two = (Programs(random.Random(3), "eip-1") for _ in range(2))  # noqa: S311 - no secrets
    program = one.first()
    assert program == two.first()
    assert any(one.edited(program) != program for _ in range(5))


def test_fuzz() -> None:
    """Check, Diff, the codec and the RPCs take whatever comes."""
    fuzzed = fuzz(seed=1, rounds=300)
    assert fuzzed.raised == ()
    assert fuzzed.tried == {"Check": 300, "Diff": 300, "codec": 300, "RPCs": 300}
