"""The judges of `make chaos` must bite: each is fed a case of what it's there for."""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.provider.fronts import TOKEN, Plugin, Recorded
from tests.provider.world import REGION, DrivenClock
from tests.rights.walk import restricted_cloud

from chaos import compare, happenings, trial
from chaos.cuts import Cut, unanswered
from chaos.engine import Engine, Entry
from chaos.faults import FAULTS, RACE, REVERTED, WRONG_PASSWORD, Scene
from chaos.loop import KillableLoop
from chaos.programs import PASSWORD, USER, Programs
from chaos.search import own_faults, secrets_shown
from imagecache_provider.adoption import Adoption
from imagecache_provider.errors import our_fault
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.resource import Identity
from imagecache_simulator import Cloud, mock_cloud
from imagecache_simulator.faults.models import Faults

PLAIN: dict[str, Any] = {"images": ["busybox:1"]}
CLEAR = encode({"images": [PASSWORD]})
SECRET = encode({"images": [PASSWORD]}, {("images",)})
LOGIN = {"server": "private.example.com", "userName": USER, "password": PASSWORD}


def kinds(seed: int) -> set[str]:
    """Return the kinds of what is found in a trial."""
    return {finding.kind for finding in trial.run(seed).findings}


class Scenery:
    """A cloud and an engine without anything, for faults to be arranged in."""

    def __init__(self) -> None:
        self.cloud: Cloud = restricted_cloud(seed=7)
        self.clock = DrivenClock(self.cloud, pace=20)
        self.loop = KillableLoop(self.clock)
        self.engine = Engine(self.start)
        self.scene = Scene(random.Random(1), self.clock, self.loop, self.engine)  # noqa: S311 - no secrets
        self.cloud.subscribe(self.scene.called)

    async def start(self) -> Plugin:
        """Start a process of the plugin."""
        keys = {"accessKey": "simulator", "secretKey": "simulator"}
        settings = {"region": REGION, "endpoint": "eci.aliyuncs.com", **keys}
        return await Plugin.start(Servicer({}, self.clock), settings)

    def up(self, **inputs: Any) -> None:
        """Bring one cache up."""
        self.loop.run_until_complete(self.engine.up({"web": {**PLAIN, **inputs}}, preview=True))


@pytest.fixture
def scenery() -> Iterator[Scenery]:
    """Yield a scene that nothing has happened in."""
    made = Scenery()
    with mock_cloud(made.cloud):
        yield made
        made.loop.crash()
        made.loop.close()


class TestSecrets:
    """What the judge of secrets searches."""

    @pytest.mark.parametrize(
        ("inputs", "outputs", "places"),
        [
            (CLEAR, SECRET, ["inputs of web"]),
            (SECRET, CLEAR, ["outputs of web"]),
            (CLEAR, CLEAR, ["inputs of web", "outputs of web"]),
            (SECRET, SECRET, []),
        ],
    )
    def test_recorded(self, inputs: Any, outputs: Any, places: list[str], scenery: Scenery) -> None:
        """A password that is recorded in the clear is found in inputs and in outputs, each by itself."""
        scenery.engine.shown += [
            Entry("web", Recorded("imc-1", inputs, outputs)),
            Entry("web", Recorded("imc-2", SECRET, SECRET)),
        ]
        found = compare.shown(scenery.engine, scenery.cloud, [])
        assert [finding.detail for finding in found] == places

    def test_recorded_once(self, scenery: Scenery) -> None:
        """What was in the clear in an earlier state, or in a preview, is found although it isn't any more."""
        scenery.up(annotations=PASSWORD)
        scenery.up(annotations="{}")
        found = {finding.detail for finding in compare.shown(scenery.engine, scenery.cloud, [])}
        assert {"inputs of web", "outputs of web"} <= found

    def test_marked(self, scenery: Scenery) -> None:
        """Credentials are recorded as secrets, with the user name; the cloud's log may show that."""
        scenery.cloud.registries.add_registry("private.example.com", users={USER: PASSWORD})
        scenery.up(imageRegistryCredentials=[LOGIN])
        assert USER in str(list(scenery.cloud.requests))
        assert list(compare.shown(scenery.engine, scenery.cloud, [])) == []

    def test_said(self, scenery: Scenery) -> None:
        """What was said as an error, or told as progress, is searched."""
        scenery.engine.said.append(f"failed: {PASSWORD}")
        found = compare.shown(scenery.engine, scenery.cloud, [f"login of {USER}"])
        assert [finding.detail for finding in found] == ["errors", "progress"]

    def test_in_a_trial(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A trial whose program has a password in an input that is no secret has a finding."""
        images = Programs._images  # noqa: SLF001 - it's the program that is broken here
        monkeypatch.setattr(Programs, "_images", lambda self: {**images(self), "annotations": PASSWORD})
        assert compare.SECRET in kinds(3)

    def test_canaries(self) -> None:
        """A canary is found wherever it stands, and told with what is around it."""
        (found,) = secrets_shown({"output": f"error: {PASSWORD} is wrong", "log": ""}, [PASSWORD, "other"])
        assert (found.kind, found.detail) == (
            compare.SECRET,
            f"{PASSWORD} in output: …error: {PASSWORD} is wrong…",
        )


async def _failing() -> None:
    raise ValueError("lost")


def _raise() -> None:
    raise ValueError("unexpected")


def _in_a_callback() -> None:
    asyncio.get_running_loop().call_soon(_raise)


def _in_a_lost_task() -> None:
    asyncio.ensure_future(_failing())  # noqa: RUF006 - it gets lost


def _in_no_task() -> None:
    _failing()  # type: ignore[unused-coroutine] # it's never awaited


def _warning() -> None:
    warnings.warn("old", DeprecationWarning, stacklevel=1)


def _printing() -> None:
    sys.stderr.write("look out\n")


def _logging() -> None:
    logging.getLogger("imagecache_provider").error("broken")


class _Dying:
    def __del__(self) -> None:
        raise ValueError("at the end")


class TestOwnFaults:
    """What is told of a fault of our own code is a finding."""

    @pytest.mark.parametrize(
        "text",
        [
            our_fault(ValueError("x")),
            "error: INTERNAL ERROR: x",
            "rpc error: code = Internal desc = x",
            "Traceback (most recent call last):\n  File",
            "Task exception was never retrieved\nfuture: <Task",
            "Future exception was never retrieved",
            "Task was destroyed but it is pending!",
            "coroutine 'x' was never awaited",
            "Exception ignored in: <function x>",
            "Exception in callback x()",
            "Exception in thread x:",
            "Fatal Python error: Aborted",
            "x.py:3: DeprecationWarning: old",
            "ResourceWarning: unclosed",
        ],
    )
    def test_texts(self, text: str) -> None:
        """Each word for a fault that nobody handled is found, with what follows it."""
        (found,) = own_faults({"output": f"before\n{text}\nafter", "log": "error: CreateImageCache failed"})
        assert found.kind == compare.OWN_FAULT
        assert "after" in found.detail

    @pytest.mark.parametrize(
        "text",
        [
            "error: CreateImageCache failed: Throttling: too many requests\n  RequestId: 1",
            "rpc error: code = Unavailable desc = error reading from server: EOF",
            "warning: image cache web expires in 3 days",
            "500 InternalError: The request processing has failed due to some unknown error.",
        ],
    )
    def test_no_fault(self, text: str) -> None:
        """An error of the cloud, of a dead process, or a warning for the user is none."""
        assert list(own_faults({"output": text})) == []

    @pytest.mark.parametrize(
        "fault", [_raise, _in_a_callback, _in_a_lost_task, _in_no_task, _warning, _printing, _logging, _Dying]
    )
    def test_in_a_trial(self, fault: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """A trial in which the provider has such a fault has the finding, and ends."""
        create = Lifecycle.create

        async def broken(*arguments: Any) -> Any:
            fault()
            return await create(*arguments)

        monkeypatch.setattr(Lifecycle, "create", broken)
        assert compare.OWN_FAULT in kinds(3)

    def test_trial_that_breaks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An error that would end the trial is a finding with the trial's seed."""
        monkeypatch.setattr(Servicer, "Cancel", lambda *_: _failing())
        result = trial.run(3)
        assert (result.seed, {finding.kind for finding in result.findings}) == (3, {compare.OWN_FAULT})


class TestStruck:
    """A fault counts once it has come to pass, not when it was chosen."""

    @pytest.mark.parametrize("name", FAULTS)
    def test_chosen_only(self, name: str, scenery: Scenery) -> None:
        """A fault that nothing came of doesn't count."""
        scenery.scene.begin(set())
        scenery.scene.arrange(name)
        scenery.scene.calm()
        assert scenery.scene.struck == set()

    @pytest.mark.parametrize(
        "name",
        [name for name in FAULTS if name not in {"stale reads", "connection dropped before the request"}],
    )
    def test_read_only(self, name: str, scenery: Scenery) -> None:
        """Nothing but what may happen to any call counts if all that comes is a list of an empty account."""
        scenery.scene.begin(set())
        scenery.scene.action = lambda: "CreateImageCache"  # type: ignore[method-assign] # chosen
        scenery.scene.arrange(name)
        scenery.loop.run_until_complete(scenery.engine.refresh())
        scenery.scene.calm()
        assert scenery.scene.struck == set()

    @pytest.mark.parametrize("name", FAULTS)
    def test_strikes(self, name: str) -> None:
        """Some trial out of the first that choose it is struck by it."""
        choosing = (seed for seed in range(3000) if name in trial.chosen(seed))
        tried = (trial.run(seed) for _, seed in zip(range(60), choosing, strict=False))
        assert any(name in result.faults for result in tried)

    @pytest.mark.parametrize(
        ("name", "where", "attribute", "instead"),
        [
            ("5xx", Faults, "error", lambda *_, **__: None),
            ("credentials expired", Faults, "error", lambda *_, **__: None),
            (RACE, trial, "named", lambda program, _: program),
            (WRONG_PASSWORD, trial, "with_wrong_password", lambda program: program),
            (REVERTED, Programs, "edited", lambda _, before: before),
        ],
    )
    def test_pretended(
        self, name: str, where: Any, attribute: str, instead: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A fault that is only pretended strikes in none of the trials that choose it."""
        monkeypatch.setattr(where, attribute, instead)
        choosing = (seed for seed in range(3000) if trial.chosen(seed) == (name,))
        tried = [trial.run(seed) for _, seed in zip(range(3), choosing, strict=False)]
        assert [name in result.faults for result in tried] == [False] * 3

    def test_on_the_engine(self) -> None:
        """Every fault of the real engine's trials decides by itself whether it came to pass."""
        assert {RACE, REVERTED, WRONG_PASSWORD} <= happenings.FAULTS.keys()


HASH = Identity.of("project", "dev", TOKEN, "web").resource
HANDED_OVER, PENDING = f"{HASH}.token.build", f"{HASH}.token.build.pending"


def call(action: str, status: int = 200, **parameters: str) -> dict[str, Any]:
    """Return a call as the cloud's log has it."""
    return {"action": action, "status": status, "parameters": parameters}


class TestCut:
    """What a run that was cut off explains."""

    @pytest.mark.parametrize(
        ("tag", "calls", "cut"),
        [
            (HANDED_OVER, [("DescribeImageCaches", "1"), ("TagResources", "1")], Cut(frozenset("1"))),
            (HANDED_OVER, [("TagResources", "1"), ("DescribeImageCaches", "1")], Cut()),
            (HANDED_OVER, [("TagResources", "1"), ("DescribeImageCaches", "2")], Cut(frozenset("1"))),
            (HANDED_OVER, [], Cut()),
            (PENDING, [], Cut(pending=frozenset("1"))),
            ("of nobody", [("TagResources", "1")], Cut()),
        ],
    )
    def test_left(self, tag: str, calls: list[tuple[str, str]], cut: Cut) -> None:
        """Only what the create had asked for, or had handed over in its last call, is what a cut left."""
        caches = {"1": {"pulumi-imagecache-resource": tag}}
        requests = [call(action, ResourceId=id_) for action, id_ in calls]
        assert Cut.of([HASH], caches, [], [], requests) == cut

    @pytest.mark.parametrize(
        ("resources", "known", "before"), [([], [], []), ([HASH], ["1"], []), ([HASH], [], ["1"])]
    )
    def test_not_left(self, resources: list[str], known: list[str], before: list[str]) -> None:
        """A cache of no create that was cut off, of the state, or from before the run isn't."""
        caches = {"1": {"pulumi-imagecache-resource": PENDING}}
        assert Cut.of(resources, caches, known, before, []) == Cut()

    def test_one_each(self) -> None:
        """Of two caches of one create that was cut off, only the newest is explained."""
        caches = {id_: {"pulumi-imagecache-resource": PENDING} for id_ in "12"}
        assert Cut.of([HASH], caches, [], [], []) == Cut(pending=frozenset("2"))

    def test_unanswered(self) -> None:
        """A create that got no answer is one that the end of a connection cut off."""
        lost, refused = call("CreateImageCache", 0, **{"Tag.1.Value": PENDING}), call("CreateImageCache", 400)
        assert unanswered([lost, refused, call("DescribeImageCaches", 0, **{"Tag.1.Value": "a.b"})]) == {HASH}

    def test_orphan_of_another_kind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A provider that makes every cache twice is found out in trials that are cut off, too."""
        make = Adoption._make

        async def twice(self: Adoption, wanted: Any, salt: str, not_these: set[str], tell: Any) -> str:
            first = await make(self, wanted, salt, not_these, tell)
            return await make(self, wanted, first, {*not_these, first}, tell)

        monkeypatch.setattr(Adoption, "_make", twice)
        killed = [seed for seed in range(300) if "engine and plugin killed" in trial.chosen(seed)]
        assert compare.DUPLICATE in set().union(*(kinds(seed) for seed in killed[:4]))

    def test_handed_over_too_early(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A provider that hands caches over before it waits for them leaves orphans that nothing explains."""
        make = Adoption._make

        async def early(self: Adoption, wanted: Any, salt: str, not_these: set[str], tell: Any) -> str:
            id_ = await make(self, wanted, salt, not_these, tell)
            region = wanted.inputs["regionId"]
            (seen,) = (await self._resource.describe(region, [id_])).values()
            await self.hand_over(replace(seen), region)
            return id_

        monkeypatch.setattr(Adoption, "_make", early)
        killed = [seed for seed in range(300) if trial.chosen(seed) == ("engine and plugin killed",)]
        found = set().union(*(kinds(seed) for seed in killed[:8]))
        assert found & {compare.DUPLICATE, compare.ORPHAN}
