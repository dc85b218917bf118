"""`make bench`: measures, prints the table, and with --record writes docs/performance.json, .md and .svg."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from build_plugin import DIST
from imagecache_provider.install import Place, archive_name, archived, launcher
from measure_plugin import start
from performance import report, rows
from performance.cloud import account
from performance.contestants import NOTHING, plugin
from performance.figures import Figures, Start, load, machine
from performance.scenarios import SCENARIOS, Sample, Scenario, measure

STARTS = "starts"


def main() -> int:
    """Run it; the exit status is 1 when a figure isn't reached, or a scenario couldn't be measured."""
    given = _options().parse_args()
    before, began = load(), time.monotonic()
    command = "make bench" + (f" ARGS='{' '.join(sys.argv[1:])}'" if sys.argv[1:] != ["--record"] else "")
    figures = Figures(command, 0, machine(before))
    wanted = [scenario for scenario in SCENARIOS if not given.only or scenario.name in given.only]
    failed = [
        each.name for each in wanted if not _measured(_shortened(each, given.caches, given.rounds), figures)
    ]
    if not given.only or STARTS in given.only:
        figures.starts = list(_starts(given.starts))
    figures.seconds, figures.machine = round(time.monotonic() - began), machine(before)
    if given.record:
        report.write(figures)
    if given.caches:  # what must be reached is about other numbers
        return 1 if failed else 0
    return 0 if _verdict(figures) and not failed else 1


def _measured(scenario: Scenario, figures: Figures) -> bool:
    """Run a scenario; say whether that went well: the others are worth having if it didn't."""
    try:
        with account() as cloud:
            for found in measure(scenario, cloud):
                if isinstance(found, Sample):
                    figures.samples.append(found)
                    _tell(found)
                else:
                    figures.states.append(found)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(f"{scenario.name} couldn't be measured: {error}", file=sys.stderr)
        return False
    return True


def _verdict(figures: Figures) -> bool:
    """Print what is reached; say whether all is that was measured."""
    measured = [row for row in rows.rows(figures) if row.reached is not None]
    for row in measured:
        word = "" if row.fine else "  NOT REACHED"
        print(f"{row.name}: {row.form.format(row.reached or 0)}, at most {row.form.format(row.must)}{word}")
    return all(row.fine for row in measured)


def _options() -> argparse.ArgumentParser:
    names = [*(scenario.name for scenario in SCENARIOS), STARTS]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write docs/performance.*")
    parser.add_argument("--only", nargs="+", choices=names, help="measure these")
    parser.add_argument("--caches", type=int, help="at most so many in each scenario, for a trial")
    parser.add_argument("--rounds", type=int, help="at most so many of each, for a trial")
    parser.add_argument("--starts", type=int, default=15, help="of the plugin (default: %(default)s)")
    return parser


def _shortened(scenario: Scenario, caches: int | None, rounds: int | None) -> Scenario:
    counts = tuple(dict.fromkeys(min(count, caches or count) for count in scenario.counts))
    fewer = min(scenario.rounds, rounds or scenario.rounds)
    return replace(scenario, counts=counts, rounds=fewer, looks=min(scenario.looks, rounds or scenario.looks))


def _tell(sample: Sample) -> None:
    print(
        f"{sample.scenario:9}{sample.contestant:16}{sample.command:8}{sample.caches:5} caches"
        f"{sample.seconds:8.1f} s{sample.describes:6} Describe of{sample.calls:6} calls"
        f"{sample.provider_cpu:7.1f} s CPU{sample.provider_megabytes:5.0f} MB",
        flush=True,
    )


def _starts(count: int) -> Iterator[Start]:
    """Start the plugin in every way that there is, and the one that does nothing."""
    archive = DIST / archive_name()
    plugins = {"launcher": launcher(sys.executable), NOTHING: plugin(NOTHING)}
    if archive.exists():
        plugins["archive"] = archived(archive)
    with tempfile.TemporaryDirectory() as folder:
        programs: dict[str, Sequence[str | Path]] = {}
        for way, files in plugins.items():
            place = Place.of({"PULUMI_HOME": str(Path(folder, way))})
            place.put(files, "")
            programs[way] = [place.program]
            start(programs[way])  # the first one reads it from the disk
        measured = [(way, start(command)) for _ in range(count) for way, command in programs.items()]
    for way in programs:
        mine = [each for name, each in measured if name == way]
        seconds = statistics.median(each.seconds for each in mine)
        megabytes = statistics.median(each.megabytes for each in mine)
        yield Start(way, round(seconds, 3), round(megabytes, 1), count)


if __name__ == "__main__":
    sys.exit(main())
