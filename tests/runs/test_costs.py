"""What a run says that its tests cost."""

from __future__ import annotations

import re

from tests.costs import SLOWEST, table
from tests.runs.conftest import Inner


def test_folders() -> None:
    """Each folder has its seconds and its tests, the dearest first; below is all."""
    seconds = {
        "tests/a/test_1.py::one[a::b/c]": 1.0,
        "tests/a/test_2.py::two": 2.0,
        "tests/b/test_3.py::x": 4.0,
    }
    folders = table(seconds)[:4]
    assert [line.split() for line in folders] == [
        ["seconds", "tests", "folder"],
        ["4.0", "1", "tests/b"],
        ["3.0", "2", "tests/a"],
        ["7.0", "3", "all"],
    ]


def test_slowest() -> None:
    """The slowest tests come by name, the slowest first, and no more of them than that."""
    lines = table({f"test_it.py::test_{number}": float(number) for number in range(SLOWEST + 5)})
    shown = [line.split() for line in lines[lines.index("") + 2 :]]
    assert shown[0] == [f"{SLOWEST + 4}.0", f"test_it.py::test_{SLOWEST + 4}"]
    assert len(shown) == SLOWEST


def test_all_that_a_test_takes(inner: Inner, processes: tuple[str, ...]) -> None:
    """A test's fixtures count, before it and after it, in whatever process it runs."""
    test = """
import time, pytest
@pytest.fixture
def slow():
    time.sleep(0.3)
    yield
    time.sleep(0.3)
def test_it(slow):
    time.sleep(0.3)
def test_other():
    pass
"""
    done = inner(*processes, plugin="costs", test_it=test)
    assert done.returncode == 0, done.stdout + done.stderr
    ((seconds, tests),) = re.findall(r"^ +([\d.]+) +(\d+)  all$", done.stdout, re.MULTILINE)
    assert 0.9 <= float(seconds) < 30
    assert tests == "2"


def test_quiet(inner: Inner) -> None:
    """A run that is to be quiet says nothing of it."""
    assert "seconds" not in inner("-q", plugin="costs", test_it="def test_it(): pass").stdout
