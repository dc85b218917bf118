"""What may go wrong in a trial: each fault by its name in the report.

A fault is a function of the scene. It arranges itself before a run: in the cloud at once, at a time, or some
turns after the n-th call arrived there. It counts only once it has come to pass: by what the cloud's log
shows, by what became of the account, or by a run that was at work when it was ended.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from tests.provider.world import DrivenClock

from chaos.engine import Engine
from chaos.loop import KillableLoop, KilledError
from imagecache_provider.resource import STACK_TAG

_ACTIONS = (
    "",
    "CreateImageCache",
    "CreateImageCache",
    "UpdateImageCache",
    "DescribeImageCaches",
    "TagResources",
    "DeleteImageCache",
)
_LONGEST_RUN = 12.0
"""Seconds in which things are arranged to happen; most runs take about as long."""
_QUOTA = 500
_MOST_CALLS = 12
_MOST_TURNS = 12
_RETENTIONS_OVER = (1.5 * 86_400, 8 * 86_400)
_WRITES = ("CreateImageCache", "UpdateImageCache", "TagResources", "UntagResources", "DeleteImageCache")
_EXPIRED = "InvalidSecurityToken.Expired"
_REFUSED_PASSWORD = "it refused the user name or password"  # noqa: S105 - a registry's words
RACE, REVERTED = "two stacks race for the names", "change reverted"
WRONG_PASSWORD = "wrong password"  # noqa: S105 - the name of a fault
SHARED_NAME = "shared-name"
"""The name that both stacks of a race give a cache."""
_Evidence = Callable[[Mapping[str, Any]], bool]
"""Whether a call, as the cloud's log has it, shows that a fault has come to pass."""


@dataclass
class Scene:
    """What a fault may touch.

    Attributes:
        chance: what decides.
        clock: the time of both sides.
        loop: where everything runs.
        engine: the engine whose run it's about.
        later: what is to happen at times of that run, in seconds.
        needs_refresh: whether the user has to be told to refresh, since the state can't know.
        timeout: seconds that a build may take; 0 for the default.
        notes: other things that the trial does: `race`, `revert`, `password`.
        struck: the faults that have come to pass, by their names in the report.
        stacks: the hidden tags of the stacks whose runs it's about.
        writes: when calls changed something since faults were arranged.
    """

    chance: random.Random
    clock: DrivenClock
    loop: KillableLoop
    engine: Engine
    later: list[tuple[float, Callable[[], Any]]] = field(default_factory=list)
    needs_refresh: bool = False
    timeout: float = 0
    notes: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    stacks: set[str] = field(default_factory=set)
    writes: list[datetime] = field(default_factory=list)
    _evidence: dict[str, _Evidence] = field(default_factory=dict)
    _name: str = ""
    _calls: int = 0
    _awaited: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)

    def arrange(self, name: str) -> None:
        """Let something go wrong from now on."""
        self._name = name
        known = {fault.id for fault in self.clock.cloud.faults.listing()}
        FAULTS[name](self)
        added = [fault for fault in self.clock.cloud.faults.listing() if fault.id not in known]
        if added and name not in self._evidence:
            self.shown_by(lambda _: any(fault.struck for fault in added))

    def shown_by(self, evidence: _Evidence) -> None:
        """Let the fault that is being arranged count once a call shows that it has come to pass."""
        self._evidence[self._name] = evidence

    def striking(self, act: Callable[[], Any]) -> Callable[[], None]:
        """Give something that is to happen the name of its fault; what gives False didn't come to pass."""
        name = self._name

        def strike() -> None:
            before = name in self.struck
            self.struck.add(name)  # first, as a kill doesn't return
            if act() is False and not before:
                self.struck.discard(name)

        return strike

    @property
    def pace(self) -> float:
        """Seconds there in one here."""
        return self.clock.pace

    def is_new(self, moment: datetime, seconds: float) -> bool:
        """Say whether something was done so short a time ago in the cloud."""
        return self.clock.now() - moment < timedelta(seconds=seconds)

    def action(self) -> str:
        """Choose whose calls; those that matter most more often."""
        return self.chance.choice(_ACTIONS)

    def times(self, most: int) -> int:
        """Choose how often."""
        return self.chance.randint(1, most)

    def at_some_call(self, act: Callable[[], Any]) -> None:
        """Do something a few turns after one of the next calls; what gives False didn't come to pass."""
        call, turns = self.chance.randint(1, _MOST_CALLS), self.chance.randint(0, _MOST_TURNS)
        self._awaited.append((self._calls + call, turns, self.striking(act)))

    def at_some_point(self, act: Callable[[], Any]) -> None:
        """Do something at some call or some time of the run; what gives False didn't come to pass."""
        if self.chance.random() < 0.5:  # noqa: PLR2004 - either
            self.at_some_call(act)
        else:
            self.later.append((self.chance.uniform(0, _LONGEST_RUN), self.striking(act)))

    def called(self, entry: Any) -> None:
        """Hear of a call, from the cloud."""
        if entry is None:
            return
        self._calls += 1
        self._look(entry)
        if entry["action"] in _WRITES and entry["status"] == HTTPStatus.OK:
            self.writes.append(self.clock.now())
        for call, turns, act in self._awaited:
            if call == self._calls:
                self.loop.in_turns(turns, act)

    def _look(self, entry: Mapping[str, Any]) -> None:
        self.struck |= {name for name, shown in self._evidence.items() if shown(entry)}

    def begin(self, stacks: set[str]) -> None:
        """Begin with what goes wrong; what was changed before is forgotten.

        Args:
            stacks: the hidden tags of the stacks whose runs it's about.
        """
        self.stacks = stacks
        self.writes.clear()

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        cloud = self.clock.cloud
        if cloud.requests:
            self._look(cloud.requests[-1])
        self._awaited.clear()
        self._evidence.clear()
        self.loop.calm()
        cloud.faults.clear()
        cloud.eci.holds.release_all()
        cloud.quotas["MaxImageCacheCount"] = _QUOTA


def _end_the_process() -> None:
    raise KilledError


def _kill(scene: Scene) -> None:
    scene.at_some_call(_end_the_process)


def _kill_plugin(scene: Scene) -> None:
    scene.at_some_call(scene.engine.kill_plugin)


def _cancel(scene: Scene) -> None:
    scene.at_some_call(scene.engine.interrupt)


def _cancel_twice(scene: Scene) -> None:
    second = scene.striking(_end_the_process)

    def first() -> bool:
        scene.engine.interrupt()
        scene.loop.in_turns(scene.chance.randint(1, 3 * _MOST_TURNS), second)
        return False  # it may end before the second one

    scene.at_some_call(first)


def _drop(scene: Scene, *, after: bool) -> None:
    scene.clock.cloud.faults.drop(scene.action(), after=after, times=scene.times(7))


def _throttle(scene: Scene) -> None:
    if scene.chance.random() < 0.5:  # noqa: PLR2004 - a burst, or a lasting storm
        scene.clock.cloud.faults.throttle(scene.action(), times=scene.times(12))
    else:
        scene.clock.cloud.faults.throttle(scene.action(), times=None, probability=0.5)


def _server_error(scene: Scene) -> None:
    status = scene.chance.choice([500, 502, 503])
    scene.clock.cloud.faults.error(
        scene.action(), status=status, code="ServiceUnavailable", times=scene.times(9)
    )


def _stale(scene: Scene) -> None:
    seconds = scene.pace * scene.chance.uniform(0.5, 8)
    fault = scene.clock.cloud.faults.stale(seconds=seconds, times=None)
    scene.shown_by(
        lambda entry: _strikes(fault, entry) and any(scene.is_new(each, seconds) for each in scene.writes)
    )


def _hidden(scene: Scene) -> None:
    seconds = scene.pace * scene.chance.uniform(0.5, 8)
    fault = scene.clock.cloud.faults.hide_new(seconds=seconds, times=None)
    caches = scene.clock.cloud.eci.image_caches
    scene.shown_by(
        lambda entry: (
            _strikes(fault, entry) and any(scene.is_new(each.created, seconds) for each in caches.values())
        )
    )


def _strikes(fault: Any, entry: Mapping[str, Any]) -> bool:
    return any(each["id"] == fault.id for each in entry["faults"])


def _hang(scene: Scene) -> None:
    at = scene.chance.choice(["Preparing", "Ready"])
    for action in ("CreateImageCache", "UpdateImageCache"):
        scene.clock.cloud.faults.hang(action, times=scene.times(2), at=at)
    scene.timeout = scene.chance.choice([30, 120])


def _pull_failure(scene: Scene) -> None:
    scene.clock.cloud.faults.pull_failure(times=scene.times(3))


def _no_stock(scene: Scene) -> None:
    scene.clock.cloud.faults.no_stock(build=scene.chance.random() < 0.5, times=scene.times(3))  # noqa: PLR2004 - either


def _expiry(scene: Scene) -> None:
    def expire() -> bool:
        cloud = scene.clock.cloud
        before = set(cloud.eci.image_caches)
        cloud.advance(scene.chance.choice(_RETENTIONS_OVER))
        return not before <= cloud.eci.image_caches.keys()

    scene.at_some_point(expire)


def _deleted(scene: Scene) -> None:
    scene.needs_refresh = True

    def delete() -> bool:
        eci = scene.clock.cloud.eci
        if eci.image_caches:
            eci.delete_image_cache(eci.image_caches[scene.chance.choice(list(eci.image_caches))])
            return True
        return False

    scene.at_some_point(delete)


def _expired_credentials(scene: Scene) -> None:
    scene.shown_by(lambda entry: entry["code"] == _EXPIRED)

    def expire() -> bool:
        scene.clock.cloud.faults.error(status=403, code=_EXPIRED, message="The token expired.", times=None)
        return False  # a call has yet to be refused

    scene.at_some_point(expire)


def _quota(scene: Scene) -> None:
    scene.needs_refresh = True  # the cloud deletes caches of the LRU strategy to make room
    scene.clock.cloud.quotas["MaxImageCacheCount"] = scene.chance.randint(0, 2)
    scene.shown_by(lambda entry: "Quota" in entry["code"])


def _race(scene: Scene) -> None:
    scene.notes.add("race")
    caches = scene.clock.cloud.eci.image_caches
    stacks: set[str] = set()

    def both(entry: Mapping[str, Any]) -> bool:
        asked = entry["parameters"]
        if asked.get("ImageCacheName") == SHARED_NAME and entry["status"] == HTTPStatus.OK:
            cache = caches.get(asked.get("ImageCacheId", ""))
            stacks.update(
                {*asked.values()} & scene.stacks if cache is None else {cache.tags.get(STACK_TAG, "")}
            )
        return len(stacks) > 1

    scene.shown_by(both)


def _revert(scene: Scene) -> None:
    scene.notes.add("revert")  # it counts once the trial takes the change back


def _wrong_password(scene: Scene) -> None:
    scene.notes.add("password")
    caches = scene.clock.cloud.eci.image_caches
    scene.shown_by(
        lambda _: any(_REFUSED_PASSWORD in event.message for each in caches.values() for event in each.events)
    )


FAULTS: dict[str, Callable[[Scene], None]] = {
    "engine and plugin killed": _kill,
    "plugin killed": _kill_plugin,
    "^C": _cancel,
    "^C twice": _cancel_twice,
    "connection dropped before the request": partial(_drop, after=False),
    "connection dropped after the request": partial(_drop, after=True),
    "throttling storm": _throttle,
    "5xx": _server_error,
    "stale reads": _stale,
    "new caches hidden": _hidden,
    "hanging build": _hang,
    "pull failure": _pull_failure,
    "no stock": _no_stock,
    "cache expired": _expiry,
    "cache deleted by somebody": _deleted,
    "credentials expired": _expired_credentials,
    "quota full": _quota,
    RACE: _race,
    REVERTED: _revert,
    WRONG_PASSWORD: _wrong_password,
}
"""Every fault by its name in the report."""
CUTS = ("engine and plugin killed", "plugin killed", "^C", "^C twice")
"""Those that end a run early."""
