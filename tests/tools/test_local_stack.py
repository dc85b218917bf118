"""The end of what the demo and the engine's tests start: nothing stays, and no `ps` is needed for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import demo
import local_stack
import processes

PLUGIN = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
ENGINE = f"""
import os, subprocess, sys, time
plugin = subprocess.Popen([sys.executable, "-c", {PLUGIN!r}], stdout=subprocess.PIPE, process_group=0,
    close_fds=False)
plugin.stdout.readline()
print(plugin.pid, flush=True)
time.sleep(60)
"""
"""A program with one beside it that ^C doesn't end, in a process group of its own."""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return what starts a program in a session of its own, on a machine with no other program on PATH."""
    monkeypatch.setenv("PATH", "")
    started: list[subprocess.Popen[str]] = []

    def make(*command: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True, pass_fds=pass_fds
        )
        started.append(process)
        return process

    yield make
    for process in started:
        assert process.stdout is not None
        process.kill()
        process.wait()
        process.stdout.close()


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for what a program says first."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("by_itself", [False, True], ids=["asked", "by itself"])
def test_nothing_of_a_session_stays(start: Callable[..., Any], by_itself: bool) -> None:
    """A program's plugins end with it, also if it has ended before they did; others' processes stay."""
    other = start(sys.executable, "-c", PLUGIN)
    assert first_line(other) == "up"
    until_both_ended, held = os.pipe()
    engine = start(sys.executable, "-c", ENGINE, pass_fds=(held,))
    os.close(held)
    plugin = int(first_line(engine))
    assert set(processes.of_session(engine.pid)) == {engine.pid, plugin}
    if by_itself:
        engine.kill()
        engine.wait()
        assert processes.of_session(engine.pid) == [plugin]
    local_stack.end(engine)
    assert os.read(until_both_ended, 1) == b""
    os.close(until_both_ended)
    assert processes.command(plugin) == ""
    assert other.poll() is None


@pytest.mark.parametrize("is_ours", [True, False])
def test_kept_simulator_ends(
    start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_ours: bool
) -> None:
    """The next demo ends the simulator that one with KEEP left, and no other program that has its ID now."""
    kept = start(sys.executable, "-c", PLUGIN, "imagecache_simulator" if is_ours else "another")
    assert first_line(kept) == "up"
    monkeypatch.setattr(demo, "KEPT", tmp_path / "simulator.json")
    demo.KEPT.write_text(json.dumps({"pid": kept.pid}))
    demo.stop_kept()
    if is_ours:
        assert kept.wait(20) == -signal.SIGTERM
        demo.stop_kept()  # which finds nothing any more
    else:
        assert kept.poll() is None


def test_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no /proc, `ps` is asked for what POSIX has it tell."""
    asked: list[tuple[str, ...]] = []

    def listed(*options: str) -> str:
        asked.append(options)
        return f"{os.getpid()}\n" if "pid=" in options else "python -m imagecache_simulator\n"

    monkeypatch.setattr(processes, "PROC", tmp_path)
    monkeypatch.setattr(processes, "_listed", listed)
    assert processes.of_session(os.getsid(0)) == [os.getpid()]
    assert processes.command(7) == "python -m imagecache_simulator"
    assert asked == [("-e", "-o", "pid="), ("-p", "7", "-o", "args=")]
