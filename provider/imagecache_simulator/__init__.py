"""A local cloud with the wire contract of Alibaba Cloud's image caches and the network that they need."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagecache_simulator.clock import ManualClock, ScaledClock
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.intercept import mock_cloud
    from imagecache_simulator.server import serve

__all__ = ["Cloud", "ManualClock", "ScaledClock", "mock_cloud", "serve"]

_HOMES = {
    "Cloud": "core",
    "ManualClock": "clock",
    "ScaledClock": "clock",
    "mock_cloud": "intercept",
    "serve": "server",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a public name when it's asked for: pytest loads the package in every run of its users."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            home = import_module(f"{__name__}.{_HOMES[name]}")
        except ModuleNotFoundError as error:
            reason = f"the simulator needs {error.name}: pip install 'pulumi-imagecache[simulator]'"
            raise ModuleNotFoundError(reason, name=error.name) from None
        return getattr(home, name)
