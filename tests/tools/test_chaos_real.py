"""What the real engine's trials judge by, without an engine: the log, the state's file, exit statuses."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chaos import compare
from chaos.cuts import Cut
from chaos.faults import RACE, REVERTED, SHARED_NAME, WRONG_PASSWORD
from chaos.happenings import FAULTS, Happening
from chaos.programs import PASSWORD, USER
from chaos.real import Bench
from chaos.real_programs import DYNAMIC, PLUGIN, PROJECT, TOKEN, edited, files_of
from imagecache_provider.errors import our_fault
from imagecache_provider.resource import RESOURCE_TAG, STACK_TAG, Identity
from imagecache_simulator import Cloud
from local_stack import LocalStack, Simulator


def cache(id: str, *, tags: dict[str, str] | None = None, events: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a cache as the cloud shows it."""
    return {
        "ImageCacheId": id,
        "CreationTime": f"2026-01-01T00:00:0{id}Z",
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        "Events": [{"Message": message} for message in events],
    }


def call(action: str, status: int = 200, code: str = "", **parameters: Any) -> dict[str, Any]:
    """Return a call as the cloud's log has it."""
    return {"number": 1, "action": action, "status": status, "code": code, "parameters": parameters}


@dataclass
class FakeCloud(Simulator):
    """A cloud that answers with what a test puts there.

    Attributes:
        there: its caches.
        log: its calls.
        faults: its faults.
    """

    there: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:  # noqa: ARG002 - as a simulator's
        """Answer."""
        if path == "clock":
            self.there.clear()
        return {"requests": self.log, "faults": self.faults}.get(path.partition("?")[0], [])

    def caches(self) -> list[dict[str, Any]]:
        """Return its caches."""
        return self.there


@pytest.fixture
def cloud() -> FakeCloud:
    """Return a cloud that has nothing."""
    return FakeCloud("", "", "", "", "", Cloud().region)


class TestStruck:
    """A fault counts by what came of it, not because it was sent."""

    @pytest.fixture
    def run(self, cloud: FakeCloud) -> Happening:
        """Return a run of an engine that ends by itself at once."""
        engine = subprocess.Popen(["true"], start_new_session=True, text=True)
        engine.wait()
        return self.happening(cloud, engine)

    @staticmethod
    def happening(cloud: FakeCloud, engine: subprocess.Popen[str]) -> Happening:
        """Return a run."""
        stack = LocalStack.__new__(LocalStack)
        return Happening(random.Random(1), cloud, stack, engine, 0, 0.1)  # noqa: S311 - no secrets

    @pytest.mark.parametrize("name", FAULTS)
    def test_over(self, name: str, run: Happening) -> None:
        """No fault strikes a run that is over."""
        assert not FAULTS[name](run)

    @pytest.mark.parametrize(
        ("handler", "struck"), [("lambda *_: sys.exit(1)", False), ("signal.SIG_IGN", True)]
    )
    def test_second_interrupt(self, cloud: FakeCloud, handler: str, struck: bool) -> None:
        """^C twice counts only if the second one still meets the engine."""
        # In Python: a shell can't trap a signal that whoever started it ignores.
        program = (
            "import signal, sys, time\n"
            f"signal.signal(signal.SIGINT, {handler})\n"
            "print(flush=True)\n"
            "while True: time.sleep(0.01)"
        )
        command = [sys.executable, "-c", program]
        with subprocess.Popen(command, start_new_session=True, text=True, stdout=subprocess.PIPE) as engine:
            assert engine.stdout is not None
            engine.stdout.readline()

            def until_its_end(longest: float) -> None:
                if longest and not struck:
                    engine.wait()

            run = self.happening(cloud, engine)
            run.moment = lambda: True  # type: ignore[method-assign] # it's now
            run.wait = until_its_end  # type: ignore[method-assign] # a time is no proof
            try:
                assert FAULTS["^C twice"](run) is struck
            finally:
                engine.kill()

    def test_killed(self, cloud: FakeCloud) -> None:
        """A kill counts by the engine's exit status."""
        with subprocess.Popen(["sleep", "60"], start_new_session=True, text=True) as engine:
            run = self.happening(cloud, engine)
            run.moment = lambda: True  # type: ignore[method-assign] # it's now
            assert FAULTS["engine killed"](run)
        with subprocess.Popen(["true"], start_new_session=True, text=True) as engine:
            engine.wait()
            run = self.happening(cloud, engine)
            run.moment = lambda: True  # type: ignore[method-assign] # it only seems so
            assert not FAULTS["engine killed"](run)

    @pytest.mark.parametrize(
        ("tags", "struck"),
        [(["one", "two"], True), (["one", "one"], False), (["one"], False), ([], False)],
    )
    def test_race(self, tags: list[str], struck: bool, run: Happening, cloud: FakeCloud) -> None:
        """A race counts if both stacks took the name."""
        for stack in tags:
            tag: dict[str, Any] = {"Tag.1.Key": STACK_TAG, "Tag.1.Value": stack}
            cloud.log.append(call("CreateImageCache", ImageCacheName=SHARED_NAME, **tag))
        cloud.log.append(call("CreateImageCache", ImageCacheName="web"))
        assert FAULTS[RACE](run) is struck

    def test_race_by_update(self, run: Happening, cloud: FakeCloud) -> None:
        """A cache that is given the name by an update takes it, too; one that was refused doesn't."""
        cloud.there.append(cache("1", tags={STACK_TAG: "two"}))
        tag: dict[str, Any] = {"Tag.1.Key": STACK_TAG, "Tag.1.Value": "one"}
        created = call("CreateImageCache", ImageCacheName=SHARED_NAME, **tag)
        changed = call("UpdateImageCache", ImageCacheName=SHARED_NAME, ImageCacheId="1")
        cloud.log += [created, {**changed, "status": 400}]
        assert not FAULTS[RACE](run)
        cloud.log.append(changed)
        assert FAULTS[RACE](run)

    def test_wrong_password(self, run: Happening, cloud: FakeCloud) -> None:
        """A wrong password counts if a registry refused it, whatever the run ended with."""
        cloud.there.append(cache("1", events=("Failed to pull image: i/o timeout",)))
        assert not FAULTS[WRONG_PASSWORD](run)
        cloud.there.append(
            cache("2", events=("unexpected status from private.example.com: 401 Unauthorized",))
        )
        assert FAULTS[WRONG_PASSWORD](run)

    def test_quota(self, run: Happening, cloud: FakeCloud) -> None:
        """A full quota counts if a call was refused for it."""
        assert not FAULTS["quota full"](run)
        cloud.log.append(call("CreateImageCache", 400, "QuotaExceeded"))
        assert FAULTS["quota full"](run)

    def test_expired(self, run: Happening, cloud: FakeCloud) -> None:
        """An expiry counts if a cache is gone by it."""
        run.see = lambda *_: True  # type: ignore[method-assign] # the run is at work
        assert not FAULTS["cache expired"](run)
        cloud.there.append(cache("1"))
        assert FAULTS["cache expired"](run)

    def test_reverted(self, run: Happening) -> None:
        """A change that was done before the run could be ended isn't reverted."""
        run.see = lambda *_: True  # type: ignore[method-assign] # its build was at work
        assert not FAULTS[REVERTED](run)


class FakeStack(LocalStack):
    """A stack that is a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.path = folder / "backend" / ".pulumi" / "stacks" / PROJECT / f"{name}.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.keep({})

    def keep(self, latest: dict[str, Any]) -> None:
        """Write its state."""
        self.path.write_text(json.dumps({"checkpoint": {"latest": latest}}))


class FakeBench(Bench):
    """A bench without an engine."""

    def __init__(self, folder: Path, cloud: FakeCloud) -> None:
        self.stack = self._stack = FakeStack(folder, "simulated")
        self._other = FakeStack(folder, "other")
        self._cloud = cloud
        self._events = folder / "events.json"
        self._key_secret = "canary-key-secret"
        self.arguments = self._arguments = set[str]()
        self._said: list[str] = []

    def say(self, text: str) -> None:
        """Let an engine have printed something."""
        self._said.append(text)

    def cut(self, *, host_killed: bool = False) -> Cut:
        """Return what a run for `web` left."""
        return self._cut({"web": {}}, {"9"}, 0, host_killed=host_killed)

    def found(self) -> list[tuple[str, str]]:
        """Return what is found in what was shown, each with the place."""
        shown = self._shown(random.Random(2), time.time(), 0)  # noqa: S311 - no secrets
        return [(each.kind, each.detail.partition(" in ")[2].partition(":")[0]) for each in shown]


@pytest.fixture
def bench(tmp_path: Path, cloud: FakeCloud) -> FakeBench:
    """Return a bench without an engine."""
    return FakeBench(tmp_path, cloud)


WEB = Identity.of(PROJECT, "simulated", TOKEN, "web").resource
URN = f"urn:pulumi:simulated::{PROJECT}::{TOKEN}::web"


class TestCut:
    """What a real run left that was cut off."""

    def test_by_the_state(self, bench: FakeBench, cloud: FakeCloud) -> None:
        """A create that the engine had begun when it was killed stands in its state."""
        cloud.there.append(cache("1", tags={RESOURCE_TAG: f"{WEB}.token.build.pending"}))
        assert bench.cut() == Cut()
        for kind, cut in (("updating", Cut()), ("creating", Cut(pending=frozenset("1")))):
            bench.stack.keep({"pending_operations": [{"type": kind, "resource": {"urn": URN}}]})
            assert bench.cut() == cut

    def test_by_a_killed_host(self, bench: FakeBench, cloud: FakeCloud) -> None:
        """Where the host was killed, each create of the program may have been cut off."""
        cloud.there.append(cache("1", tags={RESOURCE_TAG: f"{WEB}.token.build"}))
        cloud.log.append(call("TagResources") | {"parameters": {"ResourceId.1": "1"}})
        assert bench.cut() == Cut()
        assert bench.cut(host_killed=True) == Cut(handed_over=frozenset("1"))
        bench.stack.keep({"resources": [{"type": TOKEN, "urn": URN, "id": "1"}]})
        assert bench.cut(host_killed=True) == Cut()

    def test_by_the_log(self, bench: FakeBench, cloud: FakeCloud) -> None:
        """A create without an answer was cut off by the end of its connection."""
        tag = f"{WEB}.token.build.pending"
        cloud.there.append(cache("1", tags={RESOURCE_TAG: tag}))
        for status, cut in ((200, Cut()), (0, Cut(pending=frozenset("1")))):
            cloud.log[:] = [call("CreateImageCache", status) | {"parameters": {"Tag.1.Value": tag}}]
            assert bench.cut() == cut


class TestShown:
    """What is looked for in all that a trial shows."""

    def test_nothing(self, bench: FakeBench) -> None:
        """A run that says what it should has nothing."""
        bench.say("Updating (simulated)\nerror: CreateImageCache failed: Throttling")
        assert bench.found() == []

    @pytest.mark.parametrize(
        "say",
        [
            our_fault(KeyError("regionId")),
            "Task exception was never retrieved",
            "Traceback (most recent call last)",
        ],
    )
    def test_own_fault(self, say: str, bench: FakeBench) -> None:
        """A fault of our own code in what was printed is found."""
        bench.say(say)
        assert bench.found() == [(compare.OWN_FAULT, "output 0")]

    def test_secrets(self, bench: FakeBench, cloud: FakeCloud) -> None:
        """A secret is found in what was printed, in the arguments, in any file, and in the cloud's log."""
        bench.say(PASSWORD)
        bench.arguments.add(f"--password={PASSWORD}")
        cloud.log.append(call("CreateImageCache", Password=PASSWORD, UserName=USER))
        backend = bench.stack.folder / "backend"
        for folder in ("history", "backups"):  # files of one name
            (backend / folder).mkdir()
            (backend / folder / "same.json").write_text(PASSWORD if folder == "history" else "")
        assert sorted(bench.found()) == [
            (compare.SECRET, place)
            for place in ("arguments", "backend/history/same.json", "output 0", "the cloud's log")
        ]


@pytest.mark.parametrize("front", [PLUGIN, DYNAMIC])
def test_programs(front: str) -> None:
    """An edit leaves something to do, and no file of either front has a secret."""
    chance = random.Random(1)  # noqa: S311 - no secrets
    before: dict[str, dict[str, Any]] = {}
    for shared in (False, True) * 10:
        after = edited(chance, before, creates=shared, shared=shared)
        assert after != before
        assert not shared or SHARED_NAME in {each.get("imageCacheName") for each in after.values()}
        text = "".join(files_of(front, after, short=False).values())
        assert all(name in text for name in after)
        assert not {PASSWORD, USER} & set(text.split('"'))
        before = after
