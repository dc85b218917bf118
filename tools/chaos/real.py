"""Trials on the real engine: processes are killed and interrupted, the cloud and the way there fail.

A `Bench` is a stack on this machine that serves one trial after the other: each changes what the one before
left. What happens is chosen by the trial's seed; the moment at which the machine gets there isn't, so that a
trial repeats only roughly.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chaos import compare, processes
from chaos.compare import Finding
from chaos.happenings import CREATES, FAULTS, KILLS, Happening, choose
from chaos.programs import ACCESS_SECRET, CANARIES, PASSWORD, SECURITY_TOKEN, USER
from chaos.search import secrets_shown
from chaos.trial import Result
from imagecache_provider.resource import HIDDEN_TAGS, Identity, Record
from local_stack import LocalStack, Simulator, end, simulator

PLUGIN, DYNAMIC = "plugin", "dynamic"
FRONTS = (PLUGIN, DYNAMIC)
_PROJECT = "chaos"
_TOKEN = "imagecache:eci:ImageCache"  # noqa: S105 - a Pulumi type token
_DYNAMIC_PROGRAM = """import json
import pulumi
from imagecache_provider.dynamic import eci
config = pulumi.Config()
login = {"server": "private.example.com", "user_name": config.require_secret("user"),
         "password": config.require_secret("password")}
for name, inputs in json.load(open("resources.json")).items():
    eci.ImageCache(name, **inputs, image_registry_credentials=[login])
"""
_KEY = "canary-key"
"""A RAM user, whose secret is a canary, too."""
_LOGIN = {"server": "private.example.com", "userName": "${user}", "password": "${password}"}
_VERBOSE = ("-v=9", "--logtostderr", "--logflow")
_PULUMIS_OWN = "arshaling property for RPC["
"""So begin the lines in which Pulumi shows secrets; docs/limitations.md tells of it."""
_MOST_RUNS = 3
_MOST_ATTEMPTS = 3
"""So often a trial is begun in which its fault doesn't strike."""
_PATIENCE = 120
_ORPHANED = 3
"""Seconds that what a killed engine started has to end by itself."""
_SHORT = "4s"
_SHORT_MINUTES = "0.07"
_IMAGES = ("nginx:1.27", "redis:7.4", "busybox:1", "python:3.12", "alpine:3.20")
_PRIVATE = "private.example.com/team/app:1"
"""It asks for another password than ours."""
_NAMES = ("web", "api", "job", "more", "edge")
_SHARED_NAME = "shared-name"
_QUOTA = 500
_WRONG = "wrong password"
_RACE, _REVERTED = "two stacks race for the names", "change reverted"

Program = dict[str, dict[str, Any]]


class Bench:
    """A stack on the real engine, through one front, for one trial after the other.

    Args:
        front: PLUGIN or DYNAMIC.
        folder: where it may write.
        cloud: its cloud.

    Attributes:
        missed: how many runs ended before their fault struck; they don't count as trials.
    """

    def __init__(self, front: str, folder: Path, cloud: Simulator) -> None:
        self._front = front
        self._cloud = cloud
        self._said: list[str] = []
        self._arguments: set[str] = set()
        self._program: Program = {}
        self._events = folder / "events.json"
        self.missed = 0
        project = folder / "project"
        project.mkdir()
        debug = {"PULUMI_DEBUG_COMMANDS": "true"}  # offers --event-log
        self._stack = LocalStack(project, folder / "pulumi", cloud, variables=debug)
        self._other = LocalStack(project, folder / "pulumi", cloud, name="other", variables=debug)
        cloud.ask("internet", "POST", {"RegionId": cloud.region})
        self._write({})
        for stack in (self._stack, self._other):
            stack.create()
            key, self._key_secret = cloud.provider_key(_KEY)
            stack.configure({"imagecache:accessKey": key})
            keys = {"imagecache:secretKey": self._key_secret, "imagecache:securityToken": SECURITY_TOKEN}
            stack.configure({**keys, "user": USER, "password": PASSWORD}, secret=True)
        self._length = self._measured()

    def _measured(self) -> float:
        """Make the first cache; give the seconds that this takes without any fault."""
        self._write({"web": {"images": [_IMAGES[0]]}})
        since = time.monotonic()
        self._stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
        return time.monotonic() - since

    def run(self, seed: int) -> Result:
        """Run one trial; one whose fault doesn't strike is begun again, with another."""
        chance = random.Random(seed)  # noqa: S311 - a trial is repeated from its seed
        self._said, self._arguments = [], set()
        findings: list[Finding] = []
        for _ in range(_MOST_ATTEMPTS):
            name = choose(chance) if chance.random() > 1 / (len(FAULTS) + 1) else _WRONG
            struck, found = self._trial(chance, name)
            findings += found
            if struck or findings:
                return Result(seed, (name,), tuple(findings), tuple(self._said))
            self.missed += 1
        return Result(seed, (), (), tuple(self._said))

    def _trial(self, chance: random.Random, name: str) -> tuple[bool, list[Finding]]:
        began, since = time.time(), self._since()
        before = self._program
        program = self._edited(chance, creates=name in CREATES, shared=name == _RACE)
        struck, notes = self._disturbed(chance, name, program, since)
        self._write(before if name == _REVERTED else program)
        findings = [*self._recovered(self._stack, notes)]
        if name == _RACE:
            findings += self._recovered(self._other, set())
        if not findings:
            findings += self._quiet() if chance.random() < 0.4 else ()  # noqa: PLR2004 - it takes a while
            findings += self._compared(self._stack, cut="cut" in notes)
        findings += self._secrets(chance, began, since)
        self._calm(name, chance, findings)
        return struck, findings

    def _disturbed(
        self, chance: random.Random, name: str, program: Program, since: int
    ) -> tuple[bool, set[str]]:
        """Run `up`, or now and then `destroy`, with the fault."""
        hanging = name == "hanging build"
        asked = program
        if name == _WRONG:
            asked = {**program, chance.choice(list(program)): {"images": [_PRIVATE]}}
        self._write(asked, short=hanging)
        if hanging and self._front == DYNAMIC:
            self._stack.configure({"imagecache:timeoutMinutes": _SHORT_MINUTES})
        command = "destroy" if name in KILLS and chance.random() < 0.1 else "up"  # noqa: PLR2004 - seldom
        flags = [*_VERBOSE, "--event-log", str(self._events)] if chance.random() < 0.2 else []  # noqa: PLR2004 - it's long
        rival = self._other.start("up", "--yes", "--skip-preview") if name == _RACE else None
        engine = self._stack.start(command, "--yes", "--skip-preview", *flags)
        run = Happening(chance, self._cloud, self._stack, engine, since, self._length)
        try:
            with self._heard(engine), processes.watched(engine.pid, self._arguments):
                struck = FAULTS[name](run) if name in FAULTS else True
        finally:
            end(engine)
            if rival is not None:
                self._said += rival.communicate(timeout=_PATIENCE)
                end(rival)
        if name == _WRONG:
            struck = engine.returncode != 0
        if hanging and self._front == DYNAMIC:
            self._stack.pulumi("config", "rm", "imagecache:timeoutMinutes", quiet=True)
        self._cloud.ask("faults", "DELETE")
        self._cloud.ask("holds", "DELETE")
        self._cloud.ask("holds", "POST", {"ImageCaches": False})
        self._cloud.ask("quotas", "POST", {"MaxImageCacheCount": _QUOTA})
        return struck, run.notes

    @contextlib.contextmanager
    def _heard(self, engine: subprocess.Popen[str]) -> Iterator[None]:
        """Take in all that an engine prints until it ends; what outlives it for long is ended, too."""
        reader = threading.Thread(target=lambda: self._said.extend(engine.communicate()))
        reader.start()
        try:
            yield
            with contextlib.suppress(subprocess.TimeoutExpired):
                engine.wait(_PATIENCE)
            reader.join(_ORPHANED)
        finally:
            processes.kill(list(processes.session(engine.pid)))
            reader.join()

    def _edited(self, chance: random.Random, *, creates: bool, shared: bool) -> Program:
        """Change the program; something is left to do in any case."""
        names = chance.sample(_NAMES, k=chance.randint(1, 3))
        fresh = [name for name in _NAMES if name not in self._program]
        if creates and set(names) <= self._program.keys() and fresh:
            names.append(fresh[0])
        program = {
            name: self._program[name]
            if name in self._program and chance.random() < 0.4  # noqa: PLR2004 - some stay
            else self._cache(chance)
            for name in names
        }
        if shared:
            program[names[-1]] = {**self._cache(chance), "imageCacheName": _SHARED_NAME}
        if program == self._program:
            program[names[0]] = {**self._cache(chance), "rebuildTriggers": [str(chance.random())]}
        return program

    def _cache(self, chance: random.Random) -> dict[str, Any]:
        inputs: dict[str, Any] = {
            "images": chance.sample(_IMAGES, k=chance.choice([1, 1, 2])),
            "retentionDays": 7,
        }
        if chance.random() < 0.3:  # noqa: PLR2004 - some
            inputs["imageCacheSize"] = 30
        if chance.random() < 0.3:  # noqa: PLR2004 - some
            inputs["tags"] = {"team": chance.choice("ab")}
        return inputs

    def _write(self, program: Program, *, short: bool = False) -> None:
        """Write the program; a secret password goes with each cache.

        Args:
            program: the caches' inputs by name.
            short: whether a build may take but a few seconds.
        """
        self._program = program
        about: dict[str, Any] = {"name": _PROJECT, "runtime": "yaml" if self._front == PLUGIN else "python"}
        if self._front == PLUGIN:
            secret = {"type": "string", "secret": True}
            timeouts = {"customTimeouts": {"create": _SHORT, "update": _SHORT}} if short else {}
            about["config"] = {"user": secret, "password": secret}
            about["resources"] = {
                name: {
                    "type": _TOKEN,
                    "properties": {**inputs, "imageRegistryCredentials": [_LOGIN]},
                    "options": timeouts,
                }
                for name, inputs in program.items()
            }
        else:
            named = {name: _python_names(inputs) for name, inputs in program.items()}
            (self._stack.project / "__main__.py").write_text(_DYNAMIC_PROGRAM)
            (self._stack.project / "resources.json").write_text(json.dumps(named))
        (self._stack.project / "Pulumi.yaml").write_text(json.dumps(about))  # YAML, too

    def _pulumi(self, stack: LocalStack, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = stack.pulumi(*arguments, quiet=True, expect=None)
        self._said.append(done.stdout + done.stderr)
        return done

    def _recovered(self, stack: LocalStack, notes: set[str]) -> Iterator[Finding]:
        """Run `up` as often as a user would, with --refresh where the engine or somebody says so."""
        if list(stack.folder.glob(f"backend/.pulumi/locks/*/*/{stack.name}/*.json")):
            self._pulumi(stack, "cancel", "--yes")
        for _ in range(_MOST_RUNS):
            operations = self._checkpoint(stack).get("pending_operations") or []
            interrupted = any(each["type"] in {"deleting", "updating"} for each in operations)
            refresh = ("--refresh",) if interrupted or "refresh" in notes else ()
            done = self._pulumi(stack, "up", "--yes", "--skip-preview", *refresh)
            if done.returncode == 0:
                return
        yield Finding(compare.NOT_HEALED, done.stdout + done.stderr)

    def _quiet(self) -> Iterator[Finding]:
        """See that a preview finds nothing to do."""
        done = self._pulumi(self._stack, "preview", "--expect-no-changes")
        if done.returncode:
            yield Finding(compare.RESTLESS, done.stdout + done.stderr)

    def _checkpoint(self, stack: LocalStack) -> dict[str, Any]:
        """Read the state where the backend keeps it: a folder."""
        path = stack.folder / "backend" / ".pulumi" / "stacks" / _PROJECT / f"{stack.name}.json"
        found: dict[str, Any] = json.loads(path.read_text())["checkpoint"].get("latest") or {}
        return found

    def _caches(self, stack: LocalStack) -> dict[str, dict[str, Any]]:
        """Give the caches of a stack's state by name; what is about to be deleted by its ID."""
        found = [each for each in self._checkpoint(stack).get("resources") or [] if _is_cache(each)]
        return {each["id"] if each.get("delete") else each["urn"].rpartition("::")[2]: each for each in found}

    def _compared(self, stack: LocalStack, *, cut: bool) -> Iterator[Finding]:
        state = self._caches(stack)
        there = {cache["ImageCacheId"]: cache for cache in self._cloud.caches()}
        for name in state.keys() - self._program.keys():
            yield Finding(compare.MISSING, f"{name} should be gone from the state")
        for name, inputs in self._program.items():
            id_ = state[name]["id"] if name in state else ""
            if not id_:
                yield Finding(compare.LOST, name)
            elif id_ not in there:
                yield Finding(compare.MISSING, f"{name} {id_}")
            else:
                yield from _resource(name, inputs, there[id_], state[name])
        yield from self._left_over(stack, there, cut=cut)

    def _left_over(
        self, stack: LocalStack, there: Mapping[str, dict[str, Any]], *, cut: bool
    ) -> Iterator[Finding]:
        """Yield the caches that no state has, and hold the command that lists them to that."""
        known = {each["id"] for one in (stack, self._other) for each in self._caches(one).values()}
        wanted = {Identity.of(_PROJECT, stack.name, _TOKEN, name).resource for name in self._program}
        left = {id_: _tags(cache) for id_, cache in there.items() if id_ not in known}
        for id_, tags in left.items():
            yield Finding(compare.kind_of_orphan(Record.read(tags), wanted, cut_off=cut), f"{id_} {tags}")
        if left:
            yield from self._removed(stack, set(left))

    def _removed(self, stack: LocalStack, left: set[str]) -> Iterator[Finding]:
        """Remove orphans as a user does; the command must find exactly these."""
        command = ["orphans", "--stack", stack.name, "--json", "--remove", "--yes", "--building"]
        done = subprocess.run(
            [sys.executable, "-m", "imagecache_provider", *command],
            cwd=stack.project,
            env=stack.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        self._said.append(done.stdout + done.stderr)
        removed = set(json.loads(done.stdout)["removed"]) if done.returncode == 0 else set()
        if removed != left:
            yield Finding(compare.COMMAND, f"{sorted(left)} were left: {done.stdout}{done.stderr}")

    def _secrets(self, chance: random.Random, began: float, since: int) -> Iterator[Finding]:
        """Look for every canary in all that was said, shown or written since the trial began."""
        if chance.random() < 0.2:  # noqa: PLR2004 - it's what the backend's file has
            self._pulumi(self._stack, "stack", "export")
        files = [*self._stack.folder.glob("backend/**/*"), self._events]
        fresh = [path for path in files if path.is_file() and path.stat().st_mtime >= began - 1]
        places = {
            **{f"output {number}": _without_pulumis_own(text) for number, text in enumerate(self._said)},
            **{path.name: path.read_text(errors="replace") for path in fresh},
            "arguments": "\n".join(self._arguments),
        }
        log = {"the cloud's log": json.dumps(self._cloud.ask(f"requests?since={since}"))}
        yield from secrets_shown({**places, **log}, (*CANARIES, self._key_secret))
        yield from secrets_shown(places, (USER,))

    def _since(self) -> int:
        requests = self._cloud.ask("requests")
        return int(requests[-1]["number"]) if requests else 0

    def _calm(self, name: str, chance: random.Random, findings: list[Finding]) -> None:
        """Leave a stack that a next trial can begin with: now and then, and after a finding, an empty one."""
        if name == _RACE:
            self._pulumi(self._other, "destroy", "--yes", "--skip-preview")
        if not findings and chance.random() < 0.9:  # noqa: PLR2004 - mostly it goes on
            return
        unexplained = [each for each in findings if each.kind not in compare.DOCUMENTED]
        done = self._pulumi(self._stack, "destroy", "--yes", "--skip-preview")
        if not unexplained and (done.returncode or self._cloud.caches()):
            findings.append(Finding(compare.LEFT, f"{self._cloud.caches()} {done.stdout}{done.stderr}"))
        for cache in self._cloud.caches():
            self._cloud.ask(f"image-caches/{cache['ImageCacheId']}", "DELETE")
        self._write({})


def _without_pulumis_own(text: str) -> str:
    """Leave out the lines in which Pulumi's engine and SDKs write down every property at -v=9."""
    return "\n".join(line for line in text.splitlines() if _PULUMIS_OWN not in line)


def _python_names(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name): each for name, each in inputs.items()
    }


def _is_cache(resource: Mapping[str, Any]) -> bool:
    return str(resource["type"]).endswith(":ImageCache") and not resource.get("external")


def _tags(cache: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in cache.get("Tags", [])}


def _resource(
    name: str, inputs: Mapping[str, Any], cache: Mapping[str, Any], recorded: Mapping[str, Any]
) -> Iterator[Finding]:
    """Hold a cache to the program, in the cloud and in the state."""
    tags = _tags(cache)
    there = {
        "status": cache["Status"],
        "images": sorted(cache["Images"]),
        "imageCacheSize": cache["ImageCacheSize"],
        "retentionDays": cache["RetentionDays"],
        "tags": {key: value for key, value in tags.items() if key not in HIDDEN_TAGS},
    }
    wanted = {"status": "Ready", "imageCacheSize": 20, "retentionDays": None, "tags": {}}
    wanted |= {key: value for key, value in inputs.items() if key in there}
    wanted["images"] = sorted(inputs["images"])
    outputs = {"imageCacheSize": 20, "retentionDays": None, "tags": {}, **recorded["outputs"]}
    for key, value in wanted.items():
        if there[key] != value:
            yield Finding(compare.PROPERTY, f"{name}.{key} is {there[key]}, not {value}, in the cloud")
        stored = sorted(outputs[key]) if key == "images" else outputs[key]
        if stored != value:
            yield Finding(compare.PROPERTY, f"{name}.{key} is {stored}, not {value}, in the state")
    record = Record.read(tags)
    if record is None or record.pending:
        yield Finding(compare.PENDING, f"{name} {tags}")


@contextlib.contextmanager
def bench(front: str, folder: Path, seed: int = 7) -> Iterator[Bench]:
    """Run a bench until the block ends."""
    secret = ("--access-key-secret", ACCESS_SECRET)
    with simulator("--speed", "120", "--seed", str(seed), *secret) as cloud:
        yield Bench(front, folder, cloud)
