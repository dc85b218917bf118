"""The stack of the repository's root, as `make demo` runs it and as a newcomer with an account would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.prepared import Template

from local_stack import Simulator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo_clone(tmp_path: Path) -> Path:
    """A copy of what the demo needs, so that it doesn't meet a demo that somebody keeps in this clone."""
    for name in ("Pulumi.yaml", "examples", "tools"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.mark.timeout(300)
def test_demo(demo_clone: Path) -> None:
    """`make demo` goes through its nine steps, ends with 0, and leaves no file behind."""
    before = sorted(demo_clone.iterdir())
    done = subprocess.run(
        [sys.executable, "tools/demo.py"], cwd=demo_clone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^Demo passed: 9 steps", done.stdout, re.MULTILINE)
    assert sorted(demo_clone.iterdir()) == before


@pytest.mark.parametrize("asked_to_end", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_demo_leaves_nothing(
    demo_clone: Path, eventually: Callable[[Callable[[], bool], str], None], asked_to_end: signal.Signals
) -> None:
    """^C or a SIGTERM in the middle of the demo ends the simulator, the engine and its plugins."""
    before = sorted(demo_clone.iterdir())
    demo = subprocess.Popen(
        [sys.executable, "tools/demo.py"],
        cwd=demo_clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    backend = demo_clone / ".pulumi-demo" / "backend"
    eventually(lambda: any(backend.rglob("locks/**/*.json")), "the engine is at work")
    mine = _descendants(demo.pid)
    assert len(mine) > 1, "the simulator and the engine run"
    os.kill(demo.pid, asked_to_end)
    _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert "Demo interrupted" in errors
    assert [process for process in mine if Path(f"/proc/{process}").exists()] == []
    assert sorted(demo_clone.iterdir()) == before


def test_real_account_needs_the_switch(cloud: Simulator, template: Template, tmp_path: Path) -> None:
    """Against anything but a simulator the stack makes nothing until createPaidResources is set."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("Pulumi.yaml", "examples"):
        (project / name).symlink_to(ROOT / name)
    stack = template.stack(project, tmp_path / "pulumi", cloud)
    stack.unset("alicloud:endpoints")
    done = stack.pulumi("preview", quiet=True, expect=None)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "pulumi config set createPaidResources true" in said
    assert "Traceback" not in said


def _descendants(leader: int) -> list[int]:
    parents = {int(stat.parent.name): _parent(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
    found = [leader]
    for process in found:
        found.extend(child for child, parent in parents.items() if parent == process)
    return found[1:]


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:  # it ended meanwhile
        return 0
