"""Tests beside a build of the engine: those that need it come last, and wait for it.

A plugin of pytest, which tests/conftest.py loads. `make test` runs the tests while the engine is built
(tools/beside_engine.py). All processes of a run are told so alike, and agree on the order.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from tests.quick import ENGINE, SUITE

from engine_environment import IN_THE_MAKING, EngineMissingError, wait_for_engine

_PLACES = (*ENGINE.places, "tools/test_generate_sdks.py")
"""Those that need the engine, and those that build something of their own and so want the cache's lock."""


def comes_last(path: Path) -> bool:
    """Say whether the tests of a file wait for the engine."""
    return any(f"{path}/".startswith(f"{SUITE / place}/") for place in _PLACES)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that wait for the engine come last; but for that, their order is as random as it was."""
    if IN_THE_MAKING in os.environ:
        items.sort(key=lambda item: comes_last(item.path))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Wait for the engine before the test's time begins to count; without one it fails by itself."""
    if IN_THE_MAKING in os.environ and comes_last(item.path):
        with contextlib.suppress(EngineMissingError):
            wait_for_engine(os.environ, lambda: time.sleep(1))
    return (yield)
