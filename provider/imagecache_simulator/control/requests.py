"""The log of requests over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud


def show_requests(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET requests`."""
    return list(cloud.requests)
