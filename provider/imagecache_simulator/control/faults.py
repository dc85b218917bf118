"""Faults over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, text

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud


def show_faults(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET faults`."""
    return [fault.form() for fault in cloud.faults.listing()]


def add_fault(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST faults`: a kind, and the fields that it has."""
    settings = request.content()
    kind = text("kind", settings.pop("kind", None))
    try:
        return cloud.faults.add(kind, settings).form()
    except ValueError as error:
        raise ControlError(400, str(error)) from None


def remove_faults(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE faults/{id}`, and without an ID remove them all."""
    if not request.rest:
        cloud.faults.clear()
        return {}
    try:
        cloud.faults.remove(request.rest)
    except KeyError:
        raise ControlError(404, f"there is no fault {request.rest}") from None
    return {}
