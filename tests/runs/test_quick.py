"""What the quick form of the suite has, and what it leaves out."""

from __future__ import annotations

import pytest
from tests.quick import KINDS, SUITE, why_not
from tests.runs.conftest import Inner

FILES = sorted(SUITE.rglob("test_*.py"))


def test_places() -> None:
    """All that is left out is there, and is told from what isn't."""
    assert [place for kind in KINDS for place in kind.places if not (SUITE / place).exists()] == []
    assert why_not(SUITE) is None
    assert why_not(SUITE / "provider" / "test_new.py") is None
    assert why_not(SUITE / "provider" / "test_new.py", ["browser", "cloud"]) is KINDS[1]
    assert why_not(SUITE / "engine" / "plugin" / "test_new.py") is KINDS[0]
    assert why_not(SUITE / "engine") is KINDS[0]


def test_needs_no_engine() -> None:
    """No file that the quick form has starts a stack on an engine."""
    with_stacks = {path for path in FILES if "local_stack" in path.read_text()}
    assert with_stacks
    assert [path for path in with_stacks if why_not(path) is None] == []


@pytest.mark.parametrize("option", ["--quick", "--color=no"])
def test_left_out(inner: Inner, option: str) -> None:
    """The option leaves out tests by place and by fixture, and says which kinds; without it all run."""
    test = """
import pytest
@pytest.fixture
def browser(): pass
def test_it(): pass
def test_page(browser): pass
"""
    spy = "from pathlib import Path\nfrom tests import quick\nquick.SUITE = Path(__file__).parent"
    files = {"test_it": test, "test_policy_pack": test, "conftest": spy}
    done = inner(option, plugin="quick", **files)
    assert done.returncode == 0, done.stdout + done.stderr
    quick = option == "--quick"
    assert ("1 passed, 1 deselected" if quick else "4 passed") in done.stdout
    assert ("quick, without tests with an engine; with a browser" in done.stdout) is quick
