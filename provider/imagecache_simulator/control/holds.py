"""How builds go on, over HTTP: how long they take, and what is held, all of them or single transitions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, boolean, number, text

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud

_SHORTEST_BUILD, _LONGEST_BUILD = 0.001, 1e9


def show_builds(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET builds`."""
    return {"seconds": cloud.eci.build_seconds}


def set_builds(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST builds`, with the simulated seconds that each takes from now on, or null."""
    seconds = request.content("seconds").get("seconds")
    if seconds is not None:
        seconds = number("seconds", seconds, _SHORTEST_BUILD, _LONGEST_BUILD)
    cloud.eci.build_seconds = seconds
    return show_builds(cloud, request)


def show_holds(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET holds`."""
    transitions = [asdict(hold) for hold in cloud.eci.holds.listing()]
    return {"ImageCaches": cloud.eci.held, "transitions": transitions}


def set_holds(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST holds`, with all builds or a transition, to hold it or to let it go on."""
    wanted = request.content("ImageCaches", "transition", "image_cache", "held")
    if "ImageCaches" in wanted:
        if len(wanted) > 1:
            raise ControlError(400, "ImageCaches stands alone")
        cloud.eci.hold(boolean("ImageCaches", wanted["ImageCaches"]))
        return show_holds(cloud, request)
    transition = text("transition", wanted.get("transition"))
    image_cache = text("image_cache", wanted.get("image_cache", ""))
    holds = cloud.eci.holds
    change = holds.hold if boolean("held", wanted.get("held", True)) else holds.release
    try:
        change(transition, image_cache)
    except ValueError as error:
        raise ControlError(400, str(error)) from None
    return show_holds(cloud, request)


def release_all(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE holds`."""
    cloud.eci.hold(held=False)
    cloud.eci.holds.release_all()
    return show_holds(cloud, request)
