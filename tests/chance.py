"""Chance in tests: one seed that repeats a run, and how many examples hypothesis tries.

A plugin of pytest, which tests/conftest.py loads; tests take `examples` as their hypothesis settings. The
seed is pytest-randomly's: it sets the order of tests, what `random` gives in each, and hypothesis's
examples.
"""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

DEEP = "deep"
"""The profile of `make test-deep`."""
_DEEPER = 20

# How long an example takes says how busy the machine is.
for _name in ("default", "ci", DEEP):
    settings.register_profile(
        _name,
        settings(
            deadline=None,
            max_examples=100 * (_DEEPER if _name == DEEP else 1),
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def examples(count: int, *, same: bool = False, **more: Any) -> settings:
    """Return settings for so many examples, or twenty times as many in the deep form.

    Args:
        count: how many examples a run tries.
        same: try the same ones in every run; the deep form always tries others.
        more: other settings.
    """
    if settings.get_current_profile_name() == DEEP:
        return settings(max_examples=count * _DEEPER, **more)
    return settings(max_examples=count, derandomize=same, **more)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the run's seed before pytest-randomly and hypothesis read their options; workers are told."""
    seed = config.getoption("randomly_seed", default=None)
    if seed is None or config.pluginmanager.is_blocked("randomly"):
        return
    if hasattr(config, "workerinput"):
        seed = config.option.randomly_seed = config.workerinput["randomly_seed"]
    if seed == "default":
        seed = config.option.randomly_seed = secrets.randbits(32)
    if seed == "last":
        seed = config.option.randomly_seed = _last(config)
    if config.getoption("hypothesis_seed", default=None) is None:
        config.option.hypothesis_seed = str(seed)


def _last(config: pytest.Config) -> int:
    cache = config.cache
    assert cache is not None
    return int(cache.get("randomly_seed", secrets.randbits(32)))


def pytest_report_header(config: pytest.Config) -> str:
    """Say what repeats hypothesis's examples, beside pytest-randomly's line on what repeats the order."""
    profile, seed = settings.get_current_profile_name(), config.getoption("hypothesis_seed", default=None)
    return f"Using --hypothesis-seed={seed} --hypothesis-profile={profile}"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Say once more what repeats a run that failed."""
    option = terminalreporter.config.getoption
    if exitstatus != pytest.ExitCode.OK and isinstance(option("randomly_seed", default=None), int):
        terminalreporter.write_line(f"The same order again: --randomly-seed={option('randomly_seed')}")
