"""One run of the conformance suite, as pytest sees it: its options, what it leaves out, what its tests saw.

tests/conformance/conftest.py takes in these hooks, and has the fixtures. tests/whole_run.py looks at what all
tests saw together.
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

import conformance_record
from conformance_account import Account, Cap, CapExceededError, new_run
from conformance_sweep import NoCredentialsError, environment_access

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "conformance"
_REAL_TEST_SECONDS = 3600


@dataclass
class Suite:
    """What the command line says, and what is kept until the run's end.

    Attributes:
        cloud: what to run against.
        region: the region of a real account.
        endpoint: `host:port` of a simulator that stands in for the real cloud.
        interval: seconds between two looks at a real account.
        paid: run what costs money, too.
        run: the tag's value; each test's own has a number behind it.
        cap: counts what is made.
        left_out: reason to number of tests.
    """

    cloud: Literal["simulator", "real"]
    region: str
    endpoint: str
    interval: float
    paid: bool
    cap: Cap
    run: str = field(default_factory=new_run)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def real(self) -> bool:
        """Whether this is a run against a real account."""
        return self.cloud == "real"


SUITE = pytest.StashKey[Suite]()
ACCOUNT = pytest.StashKey[Account]()
"""The account of a test, from which its report reads what crossed the wire."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("conformance", "the conformance suite (tests/conformance)")
    group.addoption("--cloud", choices=["simulator", "real"], default="simulator", help="what to run against")
    group.addoption("--cloud-region", default="", help="the one region of the account that may be used")
    group.addoption("--cloud-cap", type=int, default=20, help="the most calls that make something (20)")
    group.addoption("--cloud-paid", action="store_true", help="run what costs money, too")
    group.addoption("--cloud-interval", type=float, default=10, help="seconds between two looks (10)")
    group.addoption("--cloud-endpoint", default="", help="host:port of a simulator that stands in for it")
    group.addoption("--record", action="store_true", help="write docs/conformance.json")


def pytest_configure(config: pytest.Config) -> None:
    """Read the options. In a run of all tests this is loaded too late for them to be there."""
    config.addinivalue_line("markers", "simulator_only(reason): can't be driven on a real account")
    config.addinivalue_line("markers", "costs(what): makes something that a real account is charged for")
    suite = Suite(
        cloud=config.getoption("cloud", default="simulator"),
        region=config.getoption("cloud_region", default=""),
        endpoint=config.getoption("cloud_endpoint", default=""),
        interval=config.getoption("cloud_interval", default=0),
        paid=config.getoption("cloud_paid", default=False),
        cap=Cap(),
    )
    if suite.real:
        if not suite.region:
            raise pytest.UsageError("--cloud real needs --cloud-region: the one region that it may use")
        if hasattr(config, "workerinput") or config.getoption("numprocesses", default=None):
            raise pytest.UsageError("--cloud real goes without -n: one process counts what it makes")
        try:
            environment_access(suite.region, suite.endpoint)
        except NoCredentialsError as error:
            raise pytest.UsageError(f"--cloud real: {error}") from None
        suite.cap.most = config.getoption("cloud_cap")
        # SIGTERM ends the run as ^C does, with its sweep.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    elif suite.region or suite.endpoint or suite.paid:
        raise pytest.UsageError("--cloud-region, --cloud-endpoint and --cloud-paid go with --cloud real")
    config.stash[SUITE] = suite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let every test be made by both kinds of client; on a real account once is enough."""
    if "caller" in metafunc.fixturenames:
        real = metafunc.config.stash[SUITE].real
        metafunc.parametrize("caller", ["sync"] if real else ["sync", "async"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a real account, leave out what can't be driven there, and what costs money unless it's asked for."""
    suite = config.stash[SUITE]
    if not suite.real:
        return
    reasons = {item: _why_not(item, suite) for item in items}
    for item, reason in reasons.items():
        if reason:
            suite.left_out[reason] = suite.left_out.get(reason, 0) + 1
        item.add_marker(pytest.mark.timeout(_REAL_TEST_SECONDS))
    items[:] = [item for item in items if not reasons[item]]
    config.hook.pytest_deselected(items=[item for item in reasons if reasons[item]])


def _why_not(item: pytest.Item, suite: Suite) -> str:
    if "caller" not in getattr(item, "fixturenames", ()):
        return "not a test of this suite"
    if only := item.get_closest_marker("simulator_only"):
        return f"can't be driven on a real account: {only.args[0]}"
    costs = item.get_closest_marker("costs")
    return f"costs money, --cloud-paid runs it: {costs.args[0]}" if costs and not suite.paid else ""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what a run against a real account made, and what it left out, and why."""
    suite = config.stash[SUITE]
    if suite.real:
        terminalreporter.write_line(f"run {suite.run}: {suite.cap.made} creating calls of {suite.cap.most}")
    for reason, count in sorted(suite.left_out.items()):
        terminalreporter.write_line(f"left out {count}: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what a test saw if it passed; end the run where it would make more than it may."""
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(CapExceededError):
        item.session.shouldfail = str(call.excinfo.value)
    account = item.stash.get(ACCOUNT, None)
    if account is not None:
        recorder, test = item.config.stash[conformance_record.RECORDER], _name(item)
        if not report.passed:
            recorder.failed(test)
        elif call.when == "call":
            recorder.passed(test, account.crossings)
    return report


def _name(item: pytest.Item) -> str:
    """Return a test's file, from the suite's folder on, and its function; both callers have the same."""
    function = item.name.partition("[")[0]
    return f"{item.path.relative_to(FOLDER)}::{function}"
