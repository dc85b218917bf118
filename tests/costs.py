"""What a run cost, told at its end: seconds and tests of each folder, and the slowest tests.

A plugin of pytest, which tests/conftest.py loads. It counts what reports say, which pytest-xdist hands from
its workers to the process that prints. A fixture that several tests share is paid by the one that came
first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

SLOWEST = 20
_COSTS = pytest.StashKey["Costs"]()


class Costs:
    """Adds up what tests took: to set up, to run, and to clean up."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a part of a test."""
        self.seconds[report.nodeid] += report.duration


def table(seconds: Mapping[str, float]) -> list[str]:
    """Return the lines that tell what tests cost, from each one's name and seconds."""
    folders: defaultdict[str, list[float]] = defaultdict(list)
    for test, cost in seconds.items():
        folders[test.partition("::")[0].rpartition("/")[0] or "."].append(cost)
    dearest = sorted(folders.items(), key=lambda folder: (-sum(folder[1]), folder[0]))
    slowest = sorted(seconds.items(), key=lambda test: (-test[1], test[0]))[:SLOWEST]
    return [
        "seconds  tests  folder",
        *(f"{sum(costs):7.1f}  {len(costs):5d}  {folder}" for folder, costs in dearest),
        f"{sum(seconds.values()):7.1f}  {len(seconds):5d}  all",
        "",
        f"seconds  the {len(slowest)} slowest",
        *(f"{cost:7.1f}  {test}" for test, cost in slowest),
    ]


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.stash[_COSTS] = Costs()
    config.pluginmanager.register(config.stash[_COSTS], "costs of tests")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what the run cost, unless it's asked to be quiet."""
    seconds = config.stash[_COSTS].seconds
    if seconds and config.get_verbosity() >= 0:
        terminalreporter.section("what the tests cost")
        for line in table(seconds):
            terminalreporter.write_line(line)
