"""What drives the simulator over HTTP, under `/_simulator/`: unsigned JSON, for this machine only.

`server` sends such requests here. One more path is one more line in the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from imagecache_simulator.control.account import (
    reset,
    set_quotas,
    set_rates,
    set_switches,
    show_quotas,
    show_rates,
    show_switches,
)
from imagecache_simulator.control.clock import change_clock, show_clock
from imagecache_simulator.control.faults import add_fault, remove_faults, show_faults
from imagecache_simulator.control.holds import release_all, set_builds, set_holds, show_builds, show_holds
from imagecache_simulator.control.request import ControlError, ControlRequest
from imagecache_simulator.control.requests import clear_requests, show_requests
from imagecache_simulator.control.resources import (
    delete_disk,
    delete_image_cache,
    delete_snapshot,
    delete_transit_instance,
    open_internet,
    resources,
    show_resources,
)
from imagecache_simulator.control.stock import set_stock, show_stock
from imagecache_simulator.control.users import add_user, remove_user, show_users
from imagecache_simulator.wire import Response

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

__all__ = ["PREFIX", "TABLE", "handle", "resources"]

PREFIX = "/_simulator/"
_WITH_ID = frozenset({"faults", "image-caches", "transit-instances", "disks", "snapshots", "users"})


def handle(cloud: Cloud, method: str, path: str, body: bytes = b"", query: str = "") -> Response:
    """Answer one request.

    Args:
        cloud: the account to show or change.
        method: the HTTP method.
        path: with its `/_simulator/`.
        body: JSON, for POST.
        query: what followed the question mark.

    Returns:
        200 with JSON, or 400 or 404 with `{"error": …}`.
    """
    name, _, rest = path.removeprefix(PREFIX).partition("/")
    answer = TABLE.get((method, name))
    if answer is None or (rest and name not in _WITH_ID):
        return Response.of_json(404, {"error": f"there is no {method} {path}"})
    request = ControlRequest(rest, dict(parse_qsl(query, keep_blank_values=True)), body)
    try:
        with cloud.lock:
            cloud.settle()
            content = answer(cloud, request)
            if method != "GET":
                cloud.changed()
            return Response.of_json(200, content)
    except ControlError as error:
        return Response.of_json(error.status, {"error": str(error)})


TABLE: dict[tuple[str, str], Callable[[Cloud, ControlRequest], Any]] = {
    ("GET", "resources"): show_resources,
    ("GET", "requests"): show_requests,
    ("DELETE", "requests"): clear_requests,
    ("GET", "clock"): show_clock,
    ("POST", "clock"): change_clock,
    ("GET", "quotas"): show_quotas,
    ("POST", "quotas"): set_quotas,
    ("GET", "rates"): show_rates,
    ("POST", "rates"): set_rates,
    ("GET", "faults"): show_faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): remove_faults,
    ("GET", "builds"): show_builds,
    ("POST", "builds"): set_builds,
    ("GET", "holds"): show_holds,
    ("POST", "holds"): set_holds,
    ("DELETE", "holds"): release_all,
    ("GET", "switches"): show_switches,
    ("POST", "switches"): set_switches,
    ("GET", "users"): show_users,
    ("POST", "users"): add_user,
    ("DELETE", "users"): remove_user,
    ("POST", "reset"): reset,
    ("GET", "stock"): show_stock,
    ("POST", "stock"): set_stock,
    ("POST", "internet"): open_internet,
    ("DELETE", "image-caches"): delete_image_cache,
    ("DELETE", "transit-instances"): delete_transit_instance,
    ("DELETE", "disks"): delete_disk,
    ("DELETE", "snapshots"): delete_snapshot,
}
