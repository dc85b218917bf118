"""Which run of the engine this process belongs to: `pulumi up` starts one plugin to preview, another to do.

Both have the engine's process as their parent. `told` keys what they tell each other by its name.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_STARTED = 19
"""The place of a process's start behind its command in /proc/PID/stat: field 22, in ticks since the boot."""
_SECONDS = 2.0
"""As long as `ps` may take."""


def engine_run(pid: int) -> str:
    """Name a run of the engine as no other is named: `MACHINE-PID-START`; empty where it can't be told.

    Args:
        pid: of the engine's process.
    """
    if pid <= 0:  # the parent is in another container
        return ""
    started = _started(pid)
    return f"{machine()}-{pid}-{_short(started)}" if started else ""


def machine() -> str:
    """Name the machine since its start, or the container: what a process ID says something in."""
    boot = _read(_PROC / "sys/kernel/random/boot_id")
    try:
        namespace = str((_PROC / "self/ns/pid").readlink())
    except OSError:  # not Linux
        namespace = ""
    return _short(f"{boot} {namespace}")


def ended(run: str) -> bool:
    """Say whether a run of this machine is over; one of another machine isn't known to be."""
    where, _, rest = run.partition("-")
    pid = rest.partition("-")[0]
    return where == machine() and pid.isdecimal() and engine_run(int(pid)) != run


def _started(pid: int) -> str:
    """Give what tells a process from an earlier one of the same ID; empty if there is none."""
    stat = _read(_PROC / f"{pid}/stat")
    if stat:
        return stat.rpartition(")")[2].split()[_STARTED]
    if (_PROC / "self/stat").exists():
        return ""  # on Linux it's gone, or hidden from this user
    return _listed(pid)


def _listed(pid: int) -> str:
    """Ask `ps`, as on macOS, when a process was started."""
    command, environment = ["ps", "-o", "lstart=", "-p", str(pid)], {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - all of it is ours but a number
            command, capture_output=True, text=True, check=False, timeout=_SECONDS, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
