"""The limits and the state of an account over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, boolean, integer
from imagecache_simulator.rates import HIGHEST_RATE, Rates
from imagecache_simulator.switches import SWITCHES

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud

_HIGHEST_QUOTA = 1_000_000


def show_quotas(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET quotas`."""
    return dict(cloud.quotas)


def set_quotas(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST quotas`, with names and new limits."""
    wanted = request.content(*sorted(cloud.quotas))
    for name, value in wanted.items():
        integer(name, value, 0, _HIGHEST_QUOTA)
    if wanted.get("MaxDescribeImageCachesLimit") == 0:
        raise ControlError(400, "MaxDescribeImageCachesLimit is 1 at least")
    cloud.quotas.update(wanted)
    return dict(cloud.quotas)


def show_rates(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET rates`."""
    return cloud.rates.listing()


def set_rates(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST rates`, with actions and how many calls are admitted in a minute; null for all."""
    wanted = request.content()
    tried = Rates()
    for rates in (tried, cloud.rates):
        for action, calls in wanted.items():
            if calls is not None:
                integer(action, calls, 0, HIGHEST_RATE)
            try:
                rates.limit(action, calls)
            except ValueError as error:
                raise ControlError(400, str(error)) from None
    return cloud.rates.listing()


def show_switches(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET switches`."""
    return cloud.switches.listing()


def set_switches(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST switches`, with names and whether they're on."""
    wanted = request.content(*SWITCHES)
    for name, on in wanted.items():
        boolean(name, on)
    for name, on in wanted.items():
        (cloud.switches.turn_on if on else cloud.switches.turn_off)(name)
    return cloud.switches.listing()


def reset(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `POST reset`."""
    cloud.reset()
    return {}
