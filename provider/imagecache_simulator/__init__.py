"""A local cloud with the wire contract of Alibaba Cloud's image caches and the network that they need."""

from __future__ import annotations

try:
    from imagecache_simulator.intercept import mock_cloud
    from imagecache_simulator.server import serve
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"the simulator needs {error.name}: pip install 'pulumi-imagecache[simulator]'", name=error.name
    ) from None

from imagecache_simulator.clock import ManualClock, ScaledClock
from imagecache_simulator.core import Cloud

__all__ = ["Cloud", "ManualClock", "ScaledClock", "mock_cloud", "serve"]
