"""What may go wrong in a trial: each fault by its name in the report.

A fault is a function of the scene. It arranges itself before a run: in the cloud at once, at a time, or some
turns after the n-th call arrived there.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.provider.world import DrivenClock

from chaos.engine import Engine
from chaos.loop import KillableLoop, KilledError

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
_RETENTION_OVER = 1.5 * 86_400


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
        cut_off: whether a process was killed before it could record.
        timeout: seconds that a build may take; 0 for the default.
        notes: other things that the trial does: `race`, `revert`, `password`.
        struck: the faults that have come to pass, by their names in the report.
    """

    chance: random.Random
    clock: DrivenClock
    loop: KillableLoop
    engine: Engine
    later: list[tuple[float, Callable[[], Any]]] = field(default_factory=list)
    needs_refresh: bool = False
    cut_off: bool = False
    timeout: float = 0
    notes: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    _arranged: dict[str, str] = field(default_factory=dict)
    _name: str = ""
    _calls: int = 0
    _awaited: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)

    def arrange(self, name: str) -> None:
        """Let something go wrong from now on."""
        self._name = name
        notes = set(self.notes)
        FAULTS[name](self)
        self._arranged |= {
            fault.id: name for fault in self.clock.cloud.faults.listing() if fault.id not in self._arranged
        }
        if self.notes != notes:  # the trial does it
            self.struck.add(name)

    def _striking(self, act: Callable[[], Any]) -> Callable[[], None]:
        """Give something that is to happen the name of its fault."""
        name = self._name

        def strike() -> None:
            self.struck.add(name)
            if act() is False:
                self.struck.discard(name)

        return strike

    @property
    def pace(self) -> float:
        """Seconds there in one here."""
        return self.clock.pace

    def action(self) -> str:
        """Choose whose calls; those that matter most more often."""
        return self.chance.choice(_ACTIONS)

    def times(self, most: int) -> int:
        """Choose how often."""
        return self.chance.randint(1, most)

    def at_some_call(self, act: Callable[[], None]) -> None:
        """Do something a few turns after one of the next calls has arrived, whichever it is."""
        call, turns = self.chance.randint(1, _MOST_CALLS), self.chance.randint(0, _MOST_TURNS)
        self._awaited.append((self._calls + call, turns, self._striking(act)))

    def at_some_point(self, act: Callable[[], Any]) -> None:
        """Do something at some call or some time of the run; what gives False didn't do it."""
        if self.chance.random() < 0.5:  # noqa: PLR2004 - either
            self.at_some_call(act)
        else:
            self.later.append((self.chance.uniform(0, _LONGEST_RUN), self._striking(act)))

    def called(self, entry: Any) -> None:
        """Hear of a call, from the cloud."""
        if entry is None:
            return
        self._calls += 1
        for call, turns, act in self._awaited:
            if call == self._calls:
                self.loop.in_turns(turns, act)

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        cloud = self.clock.cloud
        self.struck |= {
            self._arranged[each.id]
            for each in cloud.faults.listing()
            if each.struck and each.id in self._arranged
        }
        if cloud.quotas["MaxImageCacheCount"] < _QUOTA and any(
            "Quota" in request["code"] for request in cloud.requests
        ):
            self.struck.add("quota full")
        self._awaited.clear()
        self.loop.calm()
        cloud.faults.clear()
        cloud.eci.holds.release_all()
        cloud.quotas["MaxImageCacheCount"] = _QUOTA


def _kill(scene: Scene) -> None:
    def kill() -> None:
        scene.cut_off = True
        raise KilledError

    scene.at_some_call(kill)


def _kill_plugin(scene: Scene) -> None:
    def kill() -> None:
        scene.cut_off = True
        scene.engine.kill_plugin()

    scene.at_some_call(kill)


def _cancel(scene: Scene) -> None:
    scene.at_some_call(scene.engine.interrupt)


def _cancel_twice(scene: Scene) -> None:
    def kill() -> None:
        scene.cut_off = True
        raise KilledError

    def first() -> None:
        scene.engine.interrupt()
        scene.loop.in_turns(scene.chance.randint(1, 3 * _MOST_TURNS), kill)

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
    scene.clock.cloud.faults.stale(seconds=scene.pace * scene.chance.uniform(0.5, 8), times=None)


def _hidden(scene: Scene) -> None:
    scene.clock.cloud.faults.hide_new(seconds=scene.pace * scene.chance.uniform(0.5, 8), times=None)


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
    scene.at_some_point(lambda: scene.clock.cloud.advance(_RETENTION_OVER))


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
    def expire() -> None:
        scene.clock.cloud.faults.error(
            status=403, code="InvalidSecurityToken.Expired", message="The token expired.", times=None
        )

    scene.at_some_point(expire)


def _quota(scene: Scene) -> None:
    scene.needs_refresh = True  # the cloud deletes caches of the LRU strategy to make room
    scene.clock.cloud.quotas["MaxImageCacheCount"] = scene.chance.randint(0, 2)


def _note(scene: Scene, *, what: str) -> None:
    scene.notes.add(what)


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
    "two stacks race for the names": partial(_note, what="race"),
    "change reverted": partial(_note, what="revert"),
    "wrong password": partial(_note, what="password"),
}
"""Every fault by its name in the report."""
CUTS = ("engine and plugin killed", "plugin killed", "^C", "^C twice")
"""Those that end a run early."""
