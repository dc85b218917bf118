"""What may happen to a real `up`: each fault by its name in the report.

`real` lets one happen to a run that has just begun. A fault strikes at a moment that is chosen by what the
cloud's log shows, or within the length of an undisturbed run; each says whether it did strike, since only
such a trial counts.
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from chaos import processes
from chaos.faults import RACE, REVERTED, SHARED_NAME, WRONG_PASSWORD
from imagecache_provider.resource import STACK_TAG
from local_stack import LocalStack, Simulator

_OFTEN = 0.02
"""Seconds between two looks at the log."""
_WRITES = ("CreateImageCache", "UpdateImageCache", "DeleteImageCache")
_BUILD = 1.2
"""Seconds in which most builds end at the bench's speed."""
_HELD = 2
"""Seconds that an answer is kept back for a kill between request and answer."""
_OUTDATED = 600
"""Simulated seconds by which a stale answer lies behind: five real ones."""
_PAST_RETENTION = 8 * 86_400
_REFUSED_PASSWORD = "401 Unauthorized"  # noqa: S105 - a registry's words
_RIVALS = ("one stack", "the other")
HOST_KILLED = "host killed"
"""The note that creates may have been cut off although the engine went on."""


@dataclass
class Happening:
    """A run to which something happens.

    Attributes:
        chance: what decides.
        cloud: its cloud.
        stack: the stack.
        engine: the engine's process.
        since: the number of the last request before it.
        length: seconds that an undisturbed run takes.
        notes: what the trial has to know afterwards: `host killed`, `refresh`.
    """

    chance: random.Random
    cloud: Simulator
    stack: LocalStack
    engine: subprocess.Popen[str]
    since: int
    length: float
    notes: set[str] = field(default_factory=set)

    @property
    def running(self) -> bool:
        """Whether the engine is still at work."""
        return self.engine.poll() is None

    def requests(self) -> list[dict[str, Any]]:
        """Give the run's calls so far."""
        found: list[dict[str, Any]] = self.cloud.ask(f"requests?since={self.since}")
        return found

    def see(self, actions: tuple[str, ...], count: int = 1) -> bool:
        """Wait for so many calls of these actions; say whether they came before the end."""
        while self.running:
            if sum(each["action"] in actions for each in self.requests()) >= count:
                return True
            time.sleep(_OFTEN)
        return False

    def wait(self, longest: float) -> None:
        """Let a random time pass, or the rest of the run."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.engine.wait(self.chance.uniform(0, longest))

    def moment(self) -> bool:
        """Wait for a moment: any, at a call, between a request and its answer, or during a build."""
        match self.chance.choice(("any", "call", "call", "answer", "build", "end")):
            case "any":
                self.wait(self.length)
            case "call":
                self.see((*_WRITES, "DescribeImageCaches", "TagResources"), self.chance.randint(1, 8))
            case "answer":
                action = self.chance.choice((*_WRITES[:2], "TagResources"))
                self.fault("latency", action=action, seconds=_HELD)
                if self.see((action,)):
                    self.wait(_HELD / 2)
            case "build":
                self.see(_WRITES[:2])
                self.wait(_BUILD)
            case _:  # a cache is handed over in these milliseconds
                self.see(("TagResources",))
        return self.running

    def cache_ids(self) -> set[str]:
        """Give the IDs of the caches that there are."""
        return {each["ImageCacheId"] for each in self.cloud.caches()}

    def fault(self, kind: str, **settings: Any) -> None:
        """Add a fault to the cloud."""
        self.cloud.ask("faults", "POST", {"kind": kind, **settings})

    def struck(self) -> bool:
        """Say whether any of the cloud's faults has struck."""
        return any(each["struck"] for each in self.cloud.ask("faults"))

    def end(self) -> None:
        """Wait for the end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.engine.wait(self.length * 20)


Fault = Callable[[Happening], bool]


def _kill_engine(run: Happening) -> bool:
    if not run.moment():
        return False
    run.engine.kill()
    return _was_killed(run)


def _kill_host(run: Happening) -> bool:
    if not run.moment() or not processes.kill(processes.hosts(run.engine.pid)):
        return False
    run.notes.add(HOST_KILLED)
    return True


def _kill_all(run: Happening) -> bool:
    if not run.moment():
        return False
    return processes.kill(list(processes.session(run.engine.pid))) > 1 and _was_killed(run)


def _was_killed(run: Happening) -> bool:
    """Say whether the engine ended by it; it may have been just about to end."""
    return run.engine.wait() == -signal.SIGKILL


def _interrupt(run: Happening, *, twice: bool) -> bool:
    if not run.moment():
        return False
    run.engine.send_signal(signal.SIGINT)
    if twice:
        run.wait(0.5)
        if not run.running:
            return False
        run.engine.send_signal(signal.SIGINT)
    return True


def _in_the_cloud(run: Happening, kind: str, **settings: Any) -> bool:
    run.fault(kind, **settings)
    run.end()
    return run.struck()


def _drop_before(run: Happening) -> bool:
    return _in_the_cloud(run, "drop", times=run.chance.randint(1, 8))


def _drop_after(run: Happening) -> bool:
    return _in_the_cloud(run, "drop", action="", after=True, times=run.chance.randint(1, 8))


def _drop_during_the_wait(run: Happening) -> bool:
    if not run.see(_WRITES[:2]):
        return False
    return _in_the_cloud(run, "drop", action="DescribeImageCaches", times=run.chance.randint(1, 8))


def _throttle(run: Happening) -> bool:
    if run.chance.random() < 0.5:  # noqa: PLR2004 - a burst, or a lasting storm
        return _in_the_cloud(run, "throttle", times=run.chance.randint(4, 12))
    return _in_the_cloud(run, "throttle", times=None, probability=0.4)


def _server_error(run: Happening) -> bool:
    status = run.chance.choice((500, 502, 503))
    return _in_the_cloud(
        run, "error", status=status, code="ServiceUnavailable", times=run.chance.randint(1, 8)
    )


def _hang(run: Happening) -> bool:
    at = run.chance.choice(("Preparing", "Ready"))
    run.fault("hang", action="UpdateImageCache", times=2, at=at)
    return _in_the_cloud(run, "hang", times=2, at=at)


def _pull_failure(run: Happening) -> bool:
    return _in_the_cloud(run, "pull_failure", times=run.chance.randint(1, 2))


def _expired(run: Happening) -> bool:
    if not run.see(("DescribeImageCaches", *_WRITES), run.chance.randint(1, 4)):
        return False
    run.notes.add("refresh")  # this machine's clock doesn't go with the cloud's
    there = run.cache_ids()
    run.cloud.ask("clock", "POST", {"advance": _PAST_RETENTION})
    return not there <= run.cache_ids()


def _deleted(run: Happening) -> bool:
    if not run.see(("DescribeImageCaches", *_WRITES), run.chance.randint(1, 4)):
        return False
    there = sorted(run.cache_ids())
    if not there:
        return False
    run.notes.add("refresh")
    with contextlib.suppress(OSError):  # it's just being deleted by the run itself
        run.cloud.ask(f"image-caches/{run.chance.choice(there)}", "DELETE")
        return True
    return False


def _credentials_expired(run: Happening) -> bool:
    if not run.see(("DescribeImageCaches", *_WRITES), run.chance.randint(1, 4)):
        return False
    return _in_the_cloud(
        run,
        "error",
        status=403,
        code="InvalidSecurityToken.Expired",
        message="The token expired.",
        times=None,
    )


def _quota(run: Happening) -> bool:
    run.cloud.ask("quotas", "POST", {"MaxImageCacheCount": 0})
    run.end()
    return any("Quota" in str(each["code"]) for each in run.requests())


def _race(run: Happening) -> bool:
    """The trial has begun another stack's run beside it; both must have taken the name."""
    run.end()
    until = time.monotonic() + run.length
    while len(_takers(run)) < len(_RIVALS) and time.monotonic() < until:
        time.sleep(_OFTEN)
    return len(_takers(run)) == len(_RIVALS)


def _takers(run: Happening) -> set[str]:
    """Give the hidden tags of the stacks that gave a cache the name that they share."""
    stacks = {each["ImageCacheId"]: _stack_of(each["Tags"]) for each in run.cloud.caches()}
    found = set()
    for request in run.requests():
        asked = request["parameters"]
        if asked.get("ImageCacheName") == SHARED_NAME and request["status"] == HTTPStatus.OK:
            keys = [name for name, value in asked.items() if value == STACK_TAG]
            own = [asked[name.replace("Key", "Value")] for name in keys]
            found.update(own or [stacks.get(asked.get("ImageCacheId", ""), "")])
    return found - {""}


def _stack_of(tags: list[dict[str, str]]) -> str:
    return next((tag["Value"] for tag in tags if tag["Key"] == STACK_TAG), "")


def _wrong_password(run: Happening) -> bool:
    """The trial has put a cache into the program whose registry refuses the password."""
    while run.running:
        if _refused(run):
            run.end()
            return True
        time.sleep(_OFTEN)
    return _refused(run)


def _refused(run: Happening) -> bool:
    events = [event for cache in run.cloud.caches() for event in cache["Events"]]
    return any(_REFUSED_PASSWORD in event["Message"] for event in events)


def _reverted(run: Happening) -> bool:
    """The trial takes the change back afterwards; the run is ended somehow while its build is at work."""
    run.cloud.ask("holds", "POST", {"ImageCaches": True})
    if not run.see(_WRITES[:2]):
        return False
    run.wait(_BUILD)
    if not run.running:
        return False
    if run.chance.random() < 0.5:  # noqa: PLR2004 - either
        run.engine.send_signal(signal.SIGINT)
        return True
    run.engine.kill()
    return _was_killed(run)


FAULTS: dict[str, Fault] = {
    "engine killed": _kill_engine,
    "plugin or dynamic host killed": _kill_host,
    "engine and plugin killed": _kill_all,
    "^C": partial(_interrupt, twice=False),
    "^C twice": partial(_interrupt, twice=True),
    "connection dropped before the request": _drop_before,
    "connection dropped after the request": _drop_after,
    "connection dropped during the wait": _drop_during_the_wait,
    "throttling storm": _throttle,
    "5xx": _server_error,
    "stale reads": partial(_in_the_cloud, kind="stale", seconds=_OUTDATED, times=None),
    "new caches hidden": partial(_in_the_cloud, kind="hide_new", seconds=_OUTDATED, times=None),
    "hanging build": _hang,
    "pull failure": _pull_failure,
    "cache expired": _expired,
    "cache deleted by somebody": _deleted,
    "credentials expired": _credentials_expired,
    "quota full": _quota,
    RACE: _race,
    REVERTED: _reverted,
    WRONG_PASSWORD: _wrong_password,
}
"""What may happen in a real run, by its name in the report."""
KILLS = ("engine killed", "plugin or dynamic host killed", "engine and plugin killed", "^C", "^C twice")
"""Those that end processes; they are chosen more often."""
CREATES = ("hanging build", "pull failure", "quota full", RACE)
"""Those that only a create meets."""


def choose(chance: random.Random) -> str:
    """Choose a fault: a kill half of the time."""
    return chance.choice(KILLS) if chance.random() < 0.5 else chance.choice(list(FAULTS))  # noqa: PLR2004 - half
