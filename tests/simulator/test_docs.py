"""Tests of docs/simulator.md: its examples run, and it names what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from imagecache_simulator import control
from imagecache_simulator.__main__ import parser
from imagecache_simulator.eci.holds import TRANSITIONS
from imagecache_simulator.faults.kinds import KINDS, CallFault
from imagecache_simulator.urls import PRODUCTS

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()


EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python examples run as they stand, one after the other."""
    names: dict[str, Any] = {}
    examples = [example for example in EXAMPLES if "def test_" not in example]
    assert len(examples) == 6
    for example in examples:
        exec(compile(example, "docs/simulator.md", "exec"), names)  # noqa: S102 - the page's own code
    assert capsys.readouterr().out.startswith("127.0.0.1:")


def test_example_of_fixtures_runs(tmp_path: Path) -> None:
    """The example of the fixtures is a test file that passes, in a pytest of its own."""
    (example,) = [example for example in EXAMPLES if "def test_" in example]
    (tmp_path / "test_example.py").write_text(example)
    arguments = ["-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], capture_output=True, text=True, check=False
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_every_action_is_listed() -> None:
    """Each action that the simulator has is named on the page."""
    words = {word.lower() for word in re.findall(r"\w+", PAGE)}
    actions = {action for product in PRODUCTS.values() for action in product.actions}
    assert actions <= words


def test_every_path_is_listed() -> None:
    """Each path that drives the simulator is named on the page."""
    assert all(f"/_simulator/{name}" in PAGE for _, name in control.TABLE)


def test_every_option_is_listed() -> None:
    """Each option of the command is named on the page."""
    options = re.findall(r"--[a-z-]+", parser().format_usage())
    assert options
    assert all(option in PAGE for option in options)


def test_every_kind_of_fault_is_listed() -> None:
    """Each kind of fault has its row, with all fields of its own."""
    common = CallFault.model_fields.keys()
    for kind, fault in KINDS.items():
        (row,) = re.findall(rf"^\| `{kind}` \|.*$", PAGE, re.MULTILINE)
        assert all(f"`{name}`" in row for name in fault.model_fields.keys() - common)


def test_every_transition_is_listed() -> None:
    """Each transition that can be held has its row."""
    assert all(f"\n| `{name}` |" in PAGE for name in TRANSITIONS)
