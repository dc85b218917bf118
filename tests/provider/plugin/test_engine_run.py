"""Tests of the name of a run of the engine: its process's, which no other process ever has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imagecache_provider.plugin import engine_run as module
from imagecache_provider.plugin.engine_run import ended, engine_run, machine


def test_name() -> None:
    """The name is the same for all who ask, another for another process, and over with it."""
    ours = engine_run(os.getpid())
    assert ours.startswith(f"{machine()}-{os.getpid()}-")
    assert engine_run(os.getppid()) != ours == engine_run(os.getpid())
    assert not ended(ours)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        theirs = engine_run(child.pid)
        assert theirs
        assert not ended(theirs)
    assert (engine_run(child.pid), ended(theirs)) == ("", True)


def test_pid_is_used_again() -> None:
    """A later process of the same ID is another run."""
    assert ended(f"{machine()}-{os.getpid()}-0123456789abcdef")


def test_another_machine() -> None:
    """Of a process of another machine or container nothing is known."""
    assert not ended(f"elsewhere-{os.getpid()}-0123456789abcdef")


@pytest.mark.parametrize("pid", [0, -1])
def test_no_parent(pid: int) -> None:
    """An engine in another container has no ID here, and its run no name."""
    assert engine_run(pid) == ""


def test_command_with_odd_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose name has brackets and blanks in it is read all the same."""
    behind = " ".join(str(number) for number in range(3, 30))
    monkeypatch.setattr(module, "_read", lambda _file: f"7 (a) b (c) {behind}")
    one = engine_run(7)
    monkeypatch.setattr(module, "_read", lambda _file: f"7 (x) {behind}")
    assert engine_run(7).rpartition("-")[2] == one.rpartition("-")[2]


def test_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Elsewhere than on Linux `ps` tells when a process was started; without it, the run has no name."""
    monkeypatch.setattr(module, "_read", lambda _file: "")
    monkeypatch.setattr(module, "_PROC", tmp_path)
    named = engine_run(os.getpid())
    assert named == engine_run(os.getpid())
    assert named
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engine_run(os.getpid()) == ""
