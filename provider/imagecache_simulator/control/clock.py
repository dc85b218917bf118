"""Simulated time over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from imagecache_simulator.clock import FASTEST, SLOWEST, ScaledClock
from imagecache_simulator.control.request import ControlError, boolean, number
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud

_MOST_SECONDS = 10**10


def show_clock(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET clock`; a clock that moves only when it's told to has neither speed nor pauses."""
    shown: dict[str, Any] = {"now": timestamp(cloud.clock.now())}
    if isinstance(cloud.clock, ScaledClock):
        shown |= {"speed": cloud.clock.speed, "paused": cloud.clock.paused}
    return shown


def change_clock(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST clock`: move to a moment or by seconds; change the speed, pause or let go on."""
    wanted = request.content("advance", "now", "speed", "paused")
    if not wanted or wanted.keys() >= {"advance", "now"}:
        raise ControlError(400, "name one of advance and now, or speed, or paused")
    if wanted.keys() & {"speed", "paused"}:
        running = _running(cloud)
        speed = number("speed", wanted.get("speed", running.speed), SLOWEST, FASTEST)
        paused = boolean("paused", wanted.get("paused", running.paused))
        _move(cloud, wanted)
        running.speed, running.paused = speed, paused
    else:
        _move(cloud, wanted)
    return show_clock(cloud, request)


def _move(cloud: Cloud, wanted: dict[str, Any]) -> None:
    try:
        if "now" in wanted:
            cloud.advance_to(_moment(wanted["now"]))
        if "advance" in wanted:
            cloud.advance(number("advance", wanted["advance"], 0, _MOST_SECONDS))
    except ValueError as error:
        raise ControlError(400, str(error)) from None


def _moment(value: Any) -> datetime:
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
    except (TypeError, ValueError):
        raise ControlError(400, "now is a moment such as 2026-01-01T00:00:00Z") from None


def _running(cloud: Cloud) -> ScaledClock:
    if isinstance(cloud.clock, ScaledClock):
        return cloud.clock
    raise ControlError(400, "this clock moves only when it's told to: it has no speed and can't be paused")
