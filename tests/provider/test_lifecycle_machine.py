"""A state machine over the lifecycle: programs, faults and kills in any order, told by hypothesis.

Whatever went before: an `up` without faults ends where one direct `up` ends, a refresh shows the truth, and
`destroy` leaves nothing. The engine is the one of `make chaos`, which calls the plugin as Pulumi's does.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.chance import examples
from tests.provider.fronts import Plugin
from tests.provider.world import REGION, DrivenClock
from tests.rights.walk import restricted_cloud

from chaos.engine import Engine, UpFailedError
from chaos.loop import KillableLoop, KilledError
from imagecache_provider.plugin.codec import decode
from imagecache_provider.plugin.servicer import Servicer
from imagecache_simulator import mock_cloud

INPUTS = st.fixed_dictionaries(
    {"images": st.sampled_from([["busybox:1"], ["alpine:3"], ["alpine:3", "nginx:1.27"]])},
    optional={
        "imageCacheName": st.sampled_from(["mine", "yours"]),
        "imageCacheSize": st.sampled_from([20, 40]),
        "retentionDays": st.sampled_from([7, 30]),
        "eliminationStrategy": st.just("LRU"),
        "annotations": st.just("{}"),
        "tags": st.sampled_from([{"team": "a"}, {"team": "b", "stage": "c"}]),
        "rebuildTriggers": st.sampled_from([["1"], ["2"]]),
        "awaitReady": st.just(False),
    },
)
PROGRAMS = st.dictionaries(st.sampled_from(["web", "api"]), INPUTS, max_size=2)
CALLS = ("CreateImageCache", "UpdateImageCache", "DescribeImageCaches", "TagResources", "DeleteImageCache")


class LifecycleMachine(RuleBasedStateMachine):
    """One stack in one account."""

    @initialize()
    def begin(self) -> None:
        """Begin with an account that has nothing."""
        self.cloud = restricted_cloud(seed=7)
        self.clock = DrivenClock(self.cloud, pace=20)
        self.loop = KillableLoop(self.clock)
        self.engine = Engine(self.start)
        self.wanted: dict[str, Any] = {}
        self.door = ExitStack()
        self.door.enter_context(mock_cloud(self.cloud))

    async def start(self) -> Plugin:
        """Start a process of the plugin."""
        settings = {"region": REGION, "endpoint": "eci.aliyuncs.com"}
        # Kills are counted in turns, and are to strike the lifecycle: preflight only asks, before it.
        keys = {"accessKey": "simulator", "secretKey": "simulator", "preflight": "off"}
        return await Plugin.start(Servicer({}, self.clock), {**settings, **keys})

    @rule(program=PROGRAMS)
    def edit(self, program: dict[str, Any]) -> None:
        """Change the program."""
        self.wanted = program

    @rule(program=PROGRAMS, turns=st.integers(1, 120))
    def killed(self, program: dict[str, Any], turns: int) -> None:
        """Kill an `up` of a program somewhere on its way."""

        def kill() -> None:
            raise KilledError

        self.loop.in_turns(turns, kill)
        self.suffer(program)

    @rule(program=PROGRAMS, turns=st.integers(1, 120))
    def cancelled(self, program: dict[str, Any], turns: int) -> None:
        """Interrupt an `up` of a program somewhere on its way."""
        self.loop.in_turns(turns, self.engine.interrupt)
        self.suffer(program)

    @rule(program=PROGRAMS, action=st.sampled_from(CALLS), times=st.integers(1, 7), after=st.booleans())
    def unanswered(self, program: dict[str, Any], action: str, times: int, after: bool) -> None:
        """Lose answers during an `up` of a program."""
        self.cloud.faults.drop(action, times=times, after=after)
        self.suffer(program)

    @rule(program=PROGRAMS, seconds=st.integers(20, 120))
    def stale(self, program: dict[str, Any], seconds: int) -> None:
        """Answer with what was there before during an `up` of a program."""
        self.cloud.faults.stale(seconds=seconds, times=None)
        self.suffer(program)

    @rule(program=PROGRAMS)
    def failed(self, program: dict[str, Any]) -> None:
        """Let the builds of an `up` fail."""
        self.cloud.faults.pull_failure(times=None)
        self.suffer(program)

    @rule(seconds=st.sampled_from([60, 3_600, 100_000]))
    def later(self, seconds: int) -> None:
        """Let time pass."""
        self.cloud.advance(seconds)

    @rule()
    def refresh(self) -> None:
        """A refresh shows the truth: what is recorded is there, as it is."""
        self.loop.run_until_complete(self.engine.refresh())
        for entry in self.engine.state:
            if not entry.delete:
                cache = self.cloud.eci.image_caches[entry.recorded.id]
                shown = decode(entry.recorded.outputs).plain
                assert shown["status"] == cache.status
                assert sorted(shown["images"]) == sorted(cache.inputs.images)
                assert shown["imageCacheName"] == cache.inputs.name

    @rule()
    def destroy(self) -> None:
        """A `destroy` ends empty, whatever went before, and leaves nothing that the state had."""
        recorded = {entry.recorded.id for entry in self.engine.state}
        self.loop.run_until_complete(self.engine.destroy())
        assert self.engine.state == ()
        assert not recorded & self.cloud.eci.image_caches.keys()

    @rule()
    def up(self) -> None:
        """An `up` without faults ends where one direct `up` ends, with nothing left to do."""
        for _ in range(4):  # what had failed may fail once more before it's replaced; some isn't waited for
            try:
                self.loop.run_until_complete(self.engine.up(self.wanted, refresh=True))
            except UpFailedError:  # noqa: PERF203 - seldom
                self.cloud.advance(900)
            else:
                if not any(entry.recorded.refresh for entry in self.engine.state):
                    break
                self.cloud.advance(900)
        self.loop.run_until_complete(self.engine.up(self.wanted))
        assert self.engine.changes == []
        assert {entry.name for entry in self.engine.state} == self.wanted.keys()
        for entry in self.engine.state:
            self.as_wanted(entry.recorded.id, self.wanted[entry.name])

    def as_wanted(self, id_: str, inputs: dict[str, Any]) -> None:
        """See that a cache is what a direct `up` makes."""
        cache = self.cloud.eci.image_caches[id_]
        tags = {key: value for key, value in cache.tags.items() if not key.startswith("pulumi-imagecache")}
        assert cache.status == "Ready"
        assert sorted(cache.inputs.images) == sorted(inputs["images"])
        assert cache.inputs.size == inputs.get("imageCacheSize", 20)
        assert cache.inputs.retention_days == inputs.get("retentionDays")
        assert cache.inputs.elimination_strategy == inputs.get("eliminationStrategy", "")
        assert tags == inputs.get("tags", {})

    def suffer(self, program: dict[str, Any]) -> None:
        """Run `up`, which may end anyhow."""

        async def run() -> None:
            await asyncio.gather(self.engine.up(program), return_exceptions=True)

        try:
            self.loop.run_until_complete(run())
        except KilledError:
            pass
        finally:
            self.loop.crash()
        self.cloud.faults.clear()

    def teardown(self) -> None:
        """Everything ends with an `up` and a `destroy`, which leaves nothing that the state had."""
        if not hasattr(self, "door"):
            return
        try:
            self.up()
            self.destroy()
        finally:
            self.door.close()
            self.loop.crash()
            self.loop.close()


TestLifecycle = LifecycleMachine.TestCase
TestLifecycle.settings = examples(
    25, same=True, stateful_step_count=8, suppress_health_check=list(HealthCheck)
)
