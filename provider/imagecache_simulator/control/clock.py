"""Simulated time over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, number
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud

_MOST_SECONDS = 10**10


def show_clock(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET clock`."""
    return {"now": timestamp(cloud.clock.now())}


def move_clock(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST clock`."""
    seconds = number("advance", request.content("advance").get("advance"), 0, _MOST_SECONDS)
    try:
        cloud.advance(seconds)
    except ValueError as error:
        raise ControlError(400, str(error)) from None
    return show_clock(cloud, request)
