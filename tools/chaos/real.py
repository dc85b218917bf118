"""Trials on the real engine: processes are killed and interrupted, the connection to the cloud breaks.

A `Bench` is a stack on this machine that serves one trial after the other. What happens is chosen by the
trial's seed; the moment at which the machine gets there isn't, so that a trial repeats only roughly.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos import compare
from chaos.compare import Finding
from chaos.programs import PASSWORD
from chaos.trial import Result
from imagecache_provider.resource import RESOURCE_TAG
from local_stack import LocalStack, Simulator, end, simulator

PLUGIN, DYNAMIC = "plugin", "dynamic"
FRONTS = (PLUGIN, DYNAMIC)
_DYNAMIC_PROGRAM = """import json
from imagecache_provider.dynamic import eci
for name, inputs in json.load(open("resources.json")).items():
    eci.ImageCache(name, **inputs)
"""
_LONGEST = {PLUGIN: 5.0, DYNAMIC: 8.0}
"""Seconds in which something happens to an `up`; about as long as one takes."""
_MOST_RUNS = 3
_PATIENCE = 120
_HOSTS = re.compile("pulumi-resource-(imagecache|pulumi-python)|imagecache_provider.plugin|dynamic.provider")
_IMAGES = ("nginx:1.27", "redis:7.4", "busybox:1", "python:3.12")


@dataclass
class _Happening:
    """An `up` to which something happens."""

    chance: random.Random
    cloud: Simulator
    engine: subprocess.Popen[str]
    longest: float

    def wait(self) -> None:
        """Let a random part of the run pass."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.engine.wait(self.chance.uniform(0, self.longest))

    def interrupt(self) -> None:
        """^C, if it still runs."""
        if self.engine.poll() is None:
            self.engine.send_signal(signal.SIGINT)


def _kill_engine(run: _Happening) -> None:
    run.wait()
    run.engine.kill()


def _kill_host(run: _Happening) -> None:
    run.wait()
    for pid in _hosts(run.engine.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _interrupt(run: _Happening) -> None:
    run.wait()
    run.interrupt()


def _interrupt_twice(run: _Happening) -> None:
    run.wait()
    run.interrupt()
    time.sleep(run.chance.uniform(0, 1))
    run.interrupt()


def _fault(kind: str, **settings: Any) -> Callable[[_Happening], None]:
    def add(run: _Happening) -> None:
        run.cloud.ask("faults", "POST", {"kind": kind, **settings})

    return add


FAULTS: dict[str, Callable[[_Happening], None]] = {
    "engine killed": _kill_engine,
    "plugin or dynamic host killed": _kill_host,
    "^C": _interrupt,
    "^C twice": _interrupt_twice,
    "connection dropped before the request": _fault("drop", times=7),
    "connection dropped after the request": _fault("drop", action="CreateImageCache", after=True, times=7),
    "throttling storm": _fault("throttle", times=8),
    "5xx": _fault("error", status=503, code="ServiceUnavailable", times=7),
    "stale reads": _fault("stale", seconds=600, times=None),
    "new caches hidden": _fault("hide_new", seconds=600, times=None),
    "pull failure": _fault("pull_failure", times=1),
}
"""What may happen in a real run, by its name in the report."""
CUTS = ("engine killed", "plugin or dynamic host killed", "^C", "^C twice")


class Bench:
    """A stack on the real engine, through one front, for one trial after the other.

    Args:
        front: PLUGIN or DYNAMIC.
        folder: where it may write.
        cloud: its cloud.
    """

    def __init__(self, front: str, folder: Path, cloud: Simulator) -> None:
        self._front = front
        self._cloud = cloud
        self._said: list[str] = []
        project = folder / "project"
        project.mkdir()
        self._stack = LocalStack(project, folder / "pulumi", cloud)
        cloud.ask("internet", "POST", {"RegionId": cloud.region})
        self._write({})
        self._stack.create()

    def run(self, seed: int) -> Result:
        """Run one trial, and take its stack down again."""
        chance = random.Random(seed)  # noqa: S311 - a trial is repeated from its seed
        name = chance.choice(CUTS if chance.random() < 0.7 else list(FAULTS))  # noqa: PLR2004 - mostly
        self._said = []
        before = self._program(chance, {})
        if chance.random() < 0.5:  # noqa: PLR2004 - half of them change what is there
            self._write(before)
            self._pulumi("up", "--yes", "--skip-preview")
        program = self._program(chance, before)
        self._write(program)
        self._happen(name, chance)
        findings = [*self._recovered(), *self._compared(program, killed=name in CUTS), *self._shown()]
        self._take_down()
        return Result(seed, (name,), tuple(findings), tuple(self._said))

    def _program(self, chance: random.Random, before: Mapping[str, Any]) -> dict[str, Any]:
        names = ["web", "api", "job"][: chance.randint(1, 3)]
        return {
            name: before[name]
            if name in before and chance.random() < 0.3  # noqa: PLR2004 - some stay
            else {"images": [chance.choice(_IMAGES)]}
            for name in names
        }

    def _write(self, program: Mapping[str, Any]) -> None:
        """Write the program; a password goes with each cache that no registry asks for."""
        about = {"name": "chaos", "runtime": "yaml" if self._front == PLUGIN else "python"}
        login = ("server", "userName" if self._front == PLUGIN else "user_name", "password")
        logins = [dict(zip(login, ("other.example.com", "me", PASSWORD), strict=True))]
        credentials = "imageRegistryCredentials" if self._front == PLUGIN else "image_registry_credentials"
        inputs = {name: {**each, credentials: logins} for name, each in program.items()}
        if self._front == PLUGIN:
            kind = "imagecache:eci:ImageCache"
            about["resources"] = {  # type: ignore[assignment] # YAML takes any
                name: {"type": kind, "properties": each} for name, each in inputs.items()
            }
        else:
            (self._stack.project / "__main__.py").write_text(_DYNAMIC_PROGRAM)
            (self._stack.project / "resources.json").write_text(json.dumps(inputs))
        (self._stack.project / "Pulumi.yaml").write_text(json.dumps(about))  # YAML, too

    def _pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self._stack.pulumi(*arguments, quiet=True, expect=None)
        self._said.append(done.stdout + done.stderr)
        return done

    def _happen(self, name: str, chance: random.Random) -> None:
        engine = self._stack.start("up", "--yes", "--skip-preview")
        try:
            FAULTS[name](_Happening(chance, self._cloud, engine, _LONGEST[self._front]))
            with contextlib.suppress(subprocess.TimeoutExpired):
                output, errors = engine.communicate(timeout=_PATIENCE)
                self._said.append(output + errors)
        finally:
            end(engine)
        self._cloud.ask("faults", "DELETE")

    def _recovered(self) -> Iterator[Finding]:
        """Run `up` as often as a user would, then see that a preview finds nothing to do."""
        self._stack.pulumi("cancel", "--yes", quiet=True, expect=None)
        for _ in range(_MOST_RUNS):
            done = self._pulumi("up", "--yes", "--skip-preview")
            if done.returncode == 0:
                break
        else:
            yield Finding(compare.NOT_HEALED, done.stdout + done.stderr)
            return
        done = self._pulumi("preview", "--expect-no-changes")
        if done.returncode:
            yield Finding(compare.RESTLESS, done.stdout + done.stderr)

    def _compared(self, program: Mapping[str, Any], *, killed: bool) -> Iterator[Finding]:
        state = self._state()
        there = {cache["ImageCacheId"]: cache for cache in self._cloud.caches()}
        for name, inputs in program.items():
            id_ = state.get(name, "")
            if not id_:
                yield Finding(compare.LOST, name)
            elif id_ not in there:
                yield Finding(compare.MISSING, f"{name} {id_}")
            elif (there[id_]["Status"], there[id_]["Images"]) != ("Ready", inputs["images"]):
                yield Finding(compare.PROPERTY, f"{name} {there[id_]}")
        for id_ in there.keys() - state.values():
            tags = {tag["Key"]: tag["Value"] for tag in there[id_].get("Tags", [])}
            over = killed and not tags.get(RESOURCE_TAG, ".pending").endswith(".pending")
            yield Finding(compare.HANDED_OVER if over else compare.DUPLICATE, f"{id_} {tags}")

    def _state(self) -> dict[str, str]:
        exported = self._pulumi("stack", "export").stdout
        resources = json.loads(exported)["deployment"].get("resources", [])
        return {
            each["urn"].rpartition("::")[2]: each["id"]
            for each in resources
            if each["type"].endswith(":ImageCache") and not each.get("delete")
        }

    def _shown(self) -> Iterator[Finding]:
        """Look for the password in what was said, in the state's files, and in the cloud's log."""
        places = {
            "output": "".join(self._said),
            "files": "".join(
                each.read_text(errors="replace") for each in self._stack.folder.rglob("backend/**/*.json*")
            ),
            "log": json.dumps(self._cloud.ask("requests")),
        }
        for place, text in places.items():
            if PASSWORD in text:
                yield Finding(compare.SECRET, place)

    def _take_down(self) -> None:
        """Leave an empty stack and an empty cloud, whatever the trial left."""
        self._pulumi("destroy", "--yes", "--skip-preview")
        for cache in self._cloud.caches():
            self._cloud.ask(f"image-caches/{cache['ImageCacheId']}", "DELETE")
        self._cloud.ask("requests", "DELETE")


@contextlib.contextmanager
def bench(front: str, folder: Path) -> Iterator[Bench]:
    """Run a bench until the block ends."""
    with simulator("--speed", "120", "--seed", "7") as cloud:
        yield Bench(front, folder, cloud)


def _hosts(leader: int) -> list[int]:
    """Find the plugins and dynamic hosts of an engine."""
    listing = subprocess.run(
        ["ps", "-e", "-o", "pid=,sid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 2) for line in listing.splitlines())
    return [int(pid) for pid, session, command in rows if session == str(leader) and _HOSTS.search(command)]
