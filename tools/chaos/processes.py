"""The processes of a real engine: which they are, ending some of them, and what their arguments show.

`real` and `happenings` call it. An engine leads a session of its own, by which its plugins are found.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

_HOSTS = re.compile("pulumi-resource-(imagecache|pulumi-python)|imagecache_provider.plugin|dynamic.provider")
_SESSION = 3
"""Where a process's session stands in /proc/PID/stat, counted behind its name in brackets."""
_OFTEN = 0.05
"""Seconds between two looks at the processes."""


def session(leader: int) -> dict[int, str]:
    """Give the command lines of a session's processes by ID."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):  # it ended meanwhile
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(stat[_SESSION]) == leader:
                arguments = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = arguments.decode(errors="replace")
    return found


def hosts(leader: int) -> list[int]:
    """Find an engine's plugins and dynamic hosts."""
    return [pid for pid, command in session(leader).items() if _HOSTS.search(command)]


def kill(pids: list[int]) -> int:
    """End processes at once; say how many there were."""
    ended = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            ended += 1
    return ended


@contextlib.contextmanager
def watched(leader: int, arguments: set[str]) -> Iterator[None]:
    """Collect the command lines of a session until the block ends."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_OFTEN):
            arguments.update(session(leader).values())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
