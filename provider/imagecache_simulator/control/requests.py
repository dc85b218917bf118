"""The log of requests over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud

_FILTERS = ("product", "action", "status", "code", "since")


def show_requests(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `GET requests`: those that fit all filters; `since` leaves out up to that number."""
    wanted = dict(request.query)
    unknown = sorted(wanted.keys() - set(_FILTERS))
    if unknown:
        raise ControlError(400, f"there is no filter {unknown[0]}; there are {', '.join(_FILTERS)}")
    since = wanted.pop("since", "0")
    if not re.fullmatch("[0-9]{1,15}", since):
        raise ControlError(400, "since is the number of a request")
    return [
        entry
        for entry in cloud.requests
        if entry["number"] > int(since)
        and all(str(entry[name]).lower() == value.lower() for name, value in wanted.items())
    ]


def clear_requests(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `DELETE requests`; numbers go on."""
    cloud.requests.clear()
    return {}
