"""Fixtures for the tests of users; pytest finds them by the package's entry point.

Every run of pytest loads this module where the package is installed. So it imports nothing that takes time,
and a missing `simulator` extra is an error where a fixture is used, not where the package is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import imagecache_simulator

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.server import Server


@pytest.fixture
def mocked_cloud() -> Iterator[Cloud]:
    """Answer what the test itself calls: an account of the simulator whose clock stands still.

    The same as `with mock_cloud() as mocked_cloud:` around the test; its IDs and durations repeat.
    """
    with imagecache_simulator.mock_cloud(imagecache_simulator.Cloud(seed=0)) as cloud:
        yield cloud


@pytest.fixture
def cloud_server() -> Iterator[Server]:
    """Serve an account of the simulator on a free port, for `pulumi up` and other processes.

    `cloud_server.environment` is what a process needs to find it. Simulated time runs 60 times as fast as
    real time; `cloud_server.cloud.advance` moves it on, and `cloud_server.cloud.clock.speed` changes that.
    """
    clock = imagecache_simulator.ScaledClock(60)
    with imagecache_simulator.serve(imagecache_simulator.Cloud(clock=clock, seed=0)) as server:
        yield server
