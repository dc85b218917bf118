"""A test that hangs is ended, with a stack of where it hung, and fails."""

from __future__ import annotations

import pytest
from tests.runs.conftest import Inner

HEAD = """
import collections, itertools, subprocess, sys, time, pytest
pytestmark = pytest.mark.timeout(1)
SLEEP = [sys.executable, "-c", "import time; time.sleep(50)"]
"""
SIGNALLED = """
def test_sleep():
    time.sleep(50)  # a call

def test_child():
    subprocess.run(SLEEP, capture_output=True)  # a child's output

@pytest.fixture(scope="session")
def slow():
    time.sleep(50)  # a session's fixture

def test_fixture(slow):
    pass
"""
IN_C = """
def test_c():
    collections.deque(itertools.repeat(0), maxlen=0)
"""
AT_THE_END = """
@pytest.fixture
def end():
    yield
    time.sleep(50)

def test_end(end):
    assert False
"""
GOOD = "\ndef test_good(): pass\n"


def test_where_a_signal_comes_through(inner: Inner, processes: tuple[str, ...]) -> None:
    """It is an error at the line where it hung, be that in a fixture or at a child, and the run goes on."""
    done = inner(*processes, plugin="hangs", test_it=f"{HEAD}{SIGNALLED}{GOOD}")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "2 failed, 1 passed, 1 error" in done.stdout
    assert done.stdout.count("Failed: Timeout (>1.0s)") >= 3
    for line in ("# a call", "# a child's output", "# a session's fixture"):
        assert line in done.stdout


@pytest.mark.parametrize(
    ("test", "where"), [(IN_C, "in test_c"), (AT_THE_END, "in end")], ids=["C", "clean-up"]
)
def test_where_none_does(inner: Inner, test: str, where: str) -> None:
    """In a call into C, and in the clean-up of a test that failed, the run ends with its stacks."""
    done = inner(plugin="hangs", test_it=f"{HEAD}{test}{GOOD}")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert where in done.stderr


def test_where_none_does_in_a_worker(inner: Inner) -> None:
    """A worker ends with its stacks; its test has failed, and the run goes on in another one."""
    done = inner("-n2", plugin="hangs", test_it=f"{HEAD}{IN_C}{AT_THE_END}{GOOD}")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    for test, where in (("test_c", "in test_c"), ("test_end", "in end")):
        assert f"crashed while running 'test_it.py::{test}'" in done.stdout
        assert where in done.stderr
    assert "1 passed" in done.stdout
