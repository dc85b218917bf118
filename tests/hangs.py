"""An end for tests that hang where no signal reaches them, with a stack of where they did.

A plugin of pytest, which tests/conftest.py loads. pytest-timeout ends what is over its limit by a signal, as
an error at the line where it hangs; the run then goes on. But a call into C that never comes back lets no
signal's handler run, and pytest-timeout's limit is no more once a test has failed: its fixtures may then
hang in their clean-up. So `GRACE` seconds after the limit this process prints the stacks of its threads and
ends. In a run of one process that is the run's end; of pytest-xdist's workers it fails the test, and a new
worker goes on.
"""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Generator
from typing import Any

import pytest

GRACE = float(os.environ.get("HANG_GRACE", "120"))
"""Seconds that a test has for its clean-up once it's over its limit, or has failed."""

_STDERR = pytest.StashKey[int]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep what standard error is while no test's output is caught."""
    config.stash[_STDERR] = os.dup(2)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give it back."""
    os.close(config.stash[_STDERR])


@pytest.hookimpl(optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    """Begin to wait for a test, beside pytest-timeout."""
    _end_in(settings.timeout + GRACE, item.config)


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """Wait for a failed test's clean-up: here pytest-timeout and pytest's own faulthandler stop waiting."""
    if isinstance(node, pytest.Item):
        _end_in(GRACE, node.config)


def _end_in(seconds: float, config: pytest.Config) -> None:
    if not config.getoption("usepdb"):  # a person may take any time
        faulthandler.dump_traceback_later(seconds, exit=True, file=config.stash[_STDERR])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, Any, Any]:
    """Wait no longer once the test is over, its clean-up, too."""
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()
