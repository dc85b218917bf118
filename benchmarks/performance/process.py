"""One run of `pulumi`, measured: how long it took, and what its provider's process took of the machine."""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from local_stack import LocalStack, end

_BETWEEN_LOOKS = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")
_KILOBYTES = 1024


@dataclass(frozen=True)
class Run:
    """A run of a command.

    Attributes:
        seconds: of the whole command, from its start to its end.
        output: all that it printed.
        provider_megabytes: the most memory that was resident in the provider's process.
        provider_cpu: seconds of CPU that it used, as far as was seen.
    """

    seconds: float
    output: str
    provider_megabytes: float
    provider_cpu: float


def run(stack: LocalStack, provider: str, *arguments: str) -> Run:
    """Run a command of Pulumi's that must succeed.

    Args:
        stack: the stack.
        provider: a pattern that the command line of its provider's process, and no other, matches.
        arguments: of `pulumi`.

    Raises:
        RuntimeError: it failed.
    """
    log = stack.folder / "output.txt"
    memory, cpu = 0.0, 0.0
    with log.open("w+") as said:
        began = time.perf_counter()
        # Into a file: a pipe that nobody reads would stop it.
        process = subprocess.Popen(
            ["pulumi", *arguments, "--stack", stack.name, "--non-interactive"],
            cwd=stack.project,
            env=stack.variables,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                for found in _processes(process.pid, provider):
                    memory, cpu = max(memory, _peak(found)), max(cpu, _cpu(found))
                try:
                    process.wait(_BETWEEN_LOOKS)
                except subprocess.TimeoutExpired:
                    continue
            seconds = time.perf_counter() - began
        finally:
            end(process)
    output = log.read_text(errors="replace")
    if process.returncode:
        raise RuntimeError(f"pulumi {' '.join(arguments)} ended with {process.returncode}:\n{output}")
    return Run(seconds, output, memory, cpu)


def _processes(session: int, pattern: str) -> list[Path]:
    """Find the processes of a session whose command line matches."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text()
            command = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it has just ended
            continue
        if stat.rpartition(")")[2].split()[3] == str(session) and re.search(pattern, command):
            found.append(folder)
    return found


def _peak(process: Path) -> float:
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / _KILOBYTES if found else 0.0


def _cpu(process: Path) -> float:
    try:
        parts = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / _TICKS
