"""Which processes there are, without a program of the system: slim images of Linux have no `ps`.

`local_stack` and `demo` call it. Where there is no /proc, as on macOS, `ps` is always there.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")


def of_session(leader: int) -> list[int]:
    """Find the processes of a session by its leader's ID, also when the leader has ended."""
    return [pid for pid in _all() if _session(pid) == leader]


def command(pid: int) -> str:
    """Give a process's command line, its arguments apart by blanks; empty if there is no such process."""
    if not _shown_by_linux():
        return _listed("-p", str(pid), "-o", "args=").strip()
    try:
        return (
            (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        )
    except OSError:
        return ""


def _all() -> list[int]:
    if _shown_by_linux():
        return [int(folder.name) for folder in PROC.iterdir() if folder.name.isdecimal()]
    return [int(pid) for pid in _listed("-e", "-o", "pid=").split()]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:  # it ended meanwhile, or isn't this user's
        return 0


def _shown_by_linux() -> bool:
    return (PROC / "self" / "cmdline").exists()


def _listed(*options: str) -> str:
    return subprocess.run(["ps", *options], capture_output=True, text=True, check=False).stdout
