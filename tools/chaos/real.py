"""Trials on the real engine: processes are killed and interrupted, the cloud and the way there fail.

A `Bench` is a stack on this machine that serves one trial after the other: each changes what the one before
left. What happens is chosen by the trial's seed; the moment at which the machine gets there isn't, so that a
trial repeats only roughly.
"""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chaos import compare, processes
from chaos.compare import Finding
from chaos.cuts import Cut, unanswered
from chaos.faults import RACE, REVERTED, WRONG_PASSWORD
from chaos.happenings import CREATES, FAULTS, HOST_KILLED, KILLS, Happening, choose
from chaos.programs import ACCESS_SECRET, CANARIES, PASSWORD, SECURITY_TOKEN, USER
from chaos.real_caches import differences, tags_of
from chaos.real_programs import (
    DYNAMIC,
    FIRST_IMAGE,
    PRIVATE_IMAGE,
    PROJECT,
    TOKEN,
    Program,
    edited,
    files_of,
)
from chaos.search import own_faults, secrets_shown
from chaos.trial import Result
from imagecache_provider.resource import Identity, Record
from local_stack import LocalStack, Simulator, end, simulator

_KEY = "canary-key"
"""A RAM user, whose secret is a canary, too."""
_VERBOSE = ("-v=9", "--logtostderr", "--logflow")
_PULUMIS_OWN = "arshaling property for RPC["
"""So begin the lines in which Pulumi shows secrets; docs/limitations.md tells of it."""
_MOST_RUNS = 3
_MOST_ATTEMPTS = 3
"""So often a trial is begun in which its fault doesn't strike."""
_PATIENCE = 120
_ORPHANED = 3
"""Seconds that what a killed engine started has to end by itself."""
_SHORT_MINUTES = "0.07"
_QUOTA = 500


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
        # The first offers --event-log; the second has the SDK print all calls, in which no canary may be.
        debug = {"PULUMI_DEBUG_COMMANDS": "true", "DEBUG": "sdk"}
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
        self._write({"web": {"images": [FIRST_IMAGE]}})
        since = time.monotonic()
        self._stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
        return time.monotonic() - since

    def run(self, seed: int) -> Result:
        """Run one trial; one whose fault doesn't strike is begun again, with another."""
        chance = random.Random(seed)  # noqa: S311 - a trial is repeated from its seed
        self._said, self._arguments = [], set()
        findings: list[Finding] = []
        for _ in range(_MOST_ATTEMPTS):
            name = choose(chance)
            struck, found = self._trial(chance, name)
            findings += found
            if struck or findings:
                return Result(seed, (name,), tuple(findings), tuple(self._said))
            self.missed += 1
        return Result(seed, (), (), tuple(self._said))

    def _trial(self, chance: random.Random, name: str) -> tuple[bool, list[Finding]]:
        began, since = time.time(), self._since()
        before = self._program
        program = edited(chance, before, creates=name in CREATES, shared=name == RACE)
        there = {cache["ImageCacheId"] for cache in self._cloud.caches()}
        struck, notes = self._disturbed(chance, name, program, since)
        cut = self._cut(program, there, since, host_killed=HOST_KILLED in notes)
        self._write(before if name == REVERTED else program)
        findings = [*self._recovered(self._stack, notes)]
        if name == RACE:
            findings += self._recovered(self._other, set())
        if not findings:
            findings += self._quiet() if chance.random() < 0.4 else ()  # noqa: PLR2004 - it takes a while
            findings += self._compared(self._stack, cut)
        self._calm(name, chance, findings)
        findings += self._shown(chance, began, since)
        return struck, findings

    def _disturbed(
        self, chance: random.Random, name: str, program: Program, since: int
    ) -> tuple[bool, set[str]]:
        """Run `up`, or now and then `destroy`, with the fault."""
        hanging = name == "hanging build"
        asked = program
        if name == WRONG_PASSWORD:
            asked = {**program, chance.choice(list(program)): {"images": [PRIVATE_IMAGE]}}
        self._write(asked, short=hanging)
        if hanging and self._front == DYNAMIC:
            self._stack.configure({"imagecache:timeoutMinutes": _SHORT_MINUTES})
        command = "destroy" if name in KILLS and chance.random() < 0.1 else "up"  # noqa: PLR2004 - seldom
        flags = [*_VERBOSE, "--event-log", str(self._events)] if chance.random() < 0.2 else []  # noqa: PLR2004 - it's long
        rival = self._other.start("up", "--yes", "--skip-preview") if name == RACE else None
        engine = self._stack.start(command, "--yes", "--skip-preview", *flags)
        run = Happening(chance, self._cloud, self._stack, engine, since, self._length)
        try:
            with self._heard(engine), processes.watched(engine.pid, self._arguments):
                struck = FAULTS[name](run)
        finally:
            end(engine)
            if rival is not None:
                self._said += rival.communicate(timeout=_PATIENCE)
                end(rival)
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

    def _write(self, program: Program, *, short: bool = False) -> None:
        """Write the program; `short` lets a build take but a few seconds."""
        self._program = program
        for path, text in files_of(self._front, program, short=short).items():
            (self._stack.project / path).write_text(text)

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
        path = stack.folder / "backend" / ".pulumi" / "stacks" / PROJECT / f"{stack.name}.json"
        found: dict[str, Any] = json.loads(path.read_text())["checkpoint"].get("latest") or {}
        return found

    def _caches(self, stack: LocalStack) -> dict[str, dict[str, Any]]:
        """Give the caches of a stack's state by name; what is about to be deleted by its ID."""
        found = [each for each in self._checkpoint(stack).get("resources") or [] if _is_cache(each)]
        return {each["id"] if each.get("delete") else each["urn"].rpartition("::")[2]: each for each in found}

    def _cut(self, asked: Program, before: set[str], since: int, *, host_killed: bool) -> Cut:
        """See what the run left whose creates were cut off.

        The engine keeps the creates that were at work when it ended itself. Of those that a connection's end
        cut off, or a host's, the state has nothing.

        Args:
            asked: the program of the run.
            before: the IDs of the caches that it found.
            since: the number of the last request before it.
            host_killed: whether its plugin or dynamic host was killed.
        """
        operations = self._checkpoint(self._stack).get("pending_operations") or []
        begun = [each["resource"]["urn"] for each in operations if each["type"] == "creating"]
        names = {urn.rpartition("::")[2] for urn in begun} | (set(asked) if host_killed else set())
        hashes = {name: Identity.of(PROJECT, self._stack.name, TOKEN, name).resource for name in asked}
        requests = self._cloud.ask(f"requests?since={since}")
        lost = unanswered(requests)
        resources = {each for name, each in hashes.items() if name in names or each in lost}
        caches = sorted(self._cloud.caches(), key=lambda each: str(each["CreationTime"]))
        tags = {each["ImageCacheId"]: tags_of(each) for each in caches}
        return Cut.of(resources, tags, self._known(), before, requests)

    def _known(self) -> set[str]:
        """Give the IDs that either state has."""
        return {each["id"] for one in (self._stack, self._other) for each in self._caches(one).values()}

    def _compared(self, stack: LocalStack, cut: Cut) -> Iterator[Finding]:
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
                yield from differences(name, inputs, there[id_], state[name])
        yield from self._left_over(stack, there, cut)

    def _left_over(
        self, stack: LocalStack, there: Mapping[str, dict[str, Any]], cut: Cut
    ) -> Iterator[Finding]:
        """Yield the caches that no state has, and hold the command that lists them to that."""
        known = self._known()
        wanted = {Identity.of(PROJECT, stack.name, TOKEN, name).resource for name in self._program}
        left = {id_: tags_of(cache) for id_, cache in there.items() if id_ not in known}
        for id_, tags in left.items():
            yield Finding(compare.kind_of_orphan(id_, Record.read(tags), wanted, [cut]), f"{id_} {tags}")
        if left:
            yield from self._removed(stack, set(left))

    def _removed(self, stack: LocalStack, left: set[str]) -> Iterator[Finding]:
        """Remove orphans by their IDs, as a user does; the command must find exactly these."""
        found = {each["id"] for each in self._orphans(stack).get("orphans", [])}
        if found == left:
            removed = self._orphans(stack, "--remove", *sorted(left), "--yes", "--building").get(
                "removed", []
            )
            found = set(removed)
        if found != left:
            yield Finding(compare.COMMAND, f"{sorted(left)} were left: {self._said[-1]}")

    def _orphans(self, stack: LocalStack, *arguments: str) -> dict[str, Any]:
        """Run the command that lists orphans; give what it found, nothing if it failed."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "imagecache_provider",
                "orphans",
                "--stack",
                stack.name,
                "--json",
                *arguments,
            ],
            cwd=stack.project,
            env=stack.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        self._said.append(done.stdout + done.stderr)
        answer: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
        return answer

    def _shown(self, chance: random.Random, began: float, since: int) -> Iterator[Finding]:
        """Look for every canary in all that was said, shown or written since the trial began.

        What was said may tell of no fault of our own code, either.
        """
        if chance.random() < 0.2:  # noqa: PLR2004 - it's what the backend's file has
            self._pulumi(self._stack, "stack", "export")
        files = [*self._stack.folder.glob("backend/**/*"), self._events]
        fresh = [path for path in files if path.is_file() and path.stat().st_mtime >= began - 1]
        said = {f"output {number}": _without_pulumis_own(text) for number, text in enumerate(self._said)}
        yield from own_faults(said)
        places = {
            **said,
            **{
                str(path.relative_to(self._events.parent)): path.read_text(errors="replace") for path in fresh
            },
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
        if name == RACE:
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


def _is_cache(resource: Mapping[str, Any]) -> bool:
    return str(resource["type"]).endswith(":ImageCache") and not resource.get("external")


@contextlib.contextmanager
def bench(front: str, folder: Path, seed: int = 7) -> Iterator[Bench]:
    """Run a bench until the block ends."""
    secret = ("--access-key-secret", ACCESS_SECRET)
    with simulator("--speed", "120", "--seed", str(seed), *secret) as cloud:
        yield Bench(front, folder, cloud)
