"""How fast the plugin starts, and how much memory it then takes: `.venv/bin/python tools/measure_plugin.py`.

One line a way of running it: the module, what `python -m imagecache_provider install` leaves, and the archive
that `make plugin` left. The ways take turns, so that what else the machine does hits all of them. Seconds are
from the start of the process to its port line; memory is what is resident then.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from build_plugin import DIST
from imagecache_provider.install import Place, Plugin, archive_name, archived, launcher

_PAGE = 1024
"""Kilobytes in a megabyte."""


@dataclass(frozen=True)
class Start:
    """One start of the plugin.

    Attributes:
        seconds: until the port line.
        cpu: seconds of CPU time in all of its life, which a busy machine doesn't lengthen.
        megabytes: resident when the port line came.
    """

    seconds: float
    cpu: float
    megabytes: float


def start(command: Sequence[str | Path]) -> Start:
    """Start the plugin once, and end it.

    Raises:
        RuntimeError: it ended without a port line.
    """
    before = _cpu()
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/", text=True) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            line = process.stdout.readline()
            seconds = time.perf_counter() - begun
            if not line.strip().isdigit():
                raise RuntimeError(f"{command[0]} ended without a port line")
            megabytes = resident(process.pid)
        finally:
            process.terminate()
            process.wait()
    return Start(seconds, _cpu() - before, megabytes)


def resident(process: int) -> float:
    """Give a process's resident memory, in megabytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / _PAGE if found else 0.0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measure every way that there is, and print a table."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--starts", type=int, default=15, help="of each way (default: %(default)s)")
    starts = parser.parse_args().starts
    archive = DIST / archive_name()
    with tempfile.TemporaryDirectory() as home:
        ways: dict[str, Sequence[str | Path]] = {
            "module": [sys.executable, "-m", "imagecache_provider.plugin"],
            "launcher": [_put(Path(home, "launcher"), launcher(sys.executable))],
        }
        if archive.exists():
            ways["archive"] = [_put(Path(home, "archive"), archived(archive))]
        measured: dict[str, list[Start]] = {way: [start(ways[way])] for way in ways}
        for _ in range(starts - 1):
            for way, command in ways.items():
                measured[way].append(start(command))
    print(f"{'':10}{'seconds':>9}{'(best)':>9}{'CPU':>9}{'MB':>9}   median of {starts}")
    for way, found in measured.items():
        seconds = [each.seconds for each in found]
        cpu = statistics.median(each.cpu for each in found)
        megabytes = statistics.median(each.megabytes for each in found)
        print(f"{way:10}{statistics.median(seconds):9.2f}{min(seconds):9.2f}{cpu:9.2f}{megabytes:9.0f}")
    return 0


def _put(home: Path, plugin: Plugin) -> Path:
    place = Place.of({"PULUMI_HOME": str(home)})
    place.put(plugin, "")
    return place.program


if __name__ == "__main__":
    sys.exit(main())
