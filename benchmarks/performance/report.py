"""docs/performance.md, and its plot, made from docs/performance.json.

`__main__` writes them after a run; `make check` runs this with --check, which fails if they aren't what the
figures make.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from performance import rows
from performance.contestants import NOTHING, OURS
from performance.figures import DOCS, NAME, Figures, median
from performance.scenarios import GROWTH

PAGE = "performance.md"
PLOT = "performance.svg"
NOTES = Path(__file__).with_name("notes.md")
"""What explains the figures, written by people."""
_HEADER = """# Performance

Made by `make bench` from docs/performance.json; don't edit.

The real engine, the simulator as the cloud, all on one machine. Contestants take turns, so that what else the
machine does hits all of them; figures are medians unless they say otherwise.

- **plugin**: this package's, through the launcher that `python -m imagecache_provider install` puts there,
  with a YAML program.
- **nothing**: a provider that does nothing (benchmarks/performance/nothing.py), in the same place, started
  in the same way, with the same program and schema: the engine's own floor.
- **alicloud**: pulumi-alicloud's own eci.ImageCache, the real plugin, with a Python program, which is what
  the plugin that `make engine` builds serves. That program's start is in its figures.
- **dynamic host**: Pulumi's stock host of dynamic providers, with this package's dynamic front.

The engine is the one that `make engine` leaves: an optimised build. Caches are built in one vSwitch that
reaches the internet by NAT. Every build takes exactly the seconds that are named: the simulator's clock is
the real one, and `POST /_simulator/builds` says how long each build takes.
"""


def page(figures: Figures) -> str:
    """Make the page."""
    return "\n".join([_HEADER, *_about(figures), *_table(figures), *_growth(figures), *_explained()])


def _about(figures: Figures) -> Iterator[str]:
    machine = figures.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    yield (
        f"`{figures.command}`, {machine.date}, {figures.seconds / 60:.0f} min, {machine.cores} cores,"
        f" {machine.memory_gb} GB; load average {machine.load[0]} before, {machine.load[1]} after."
        f" {versions}."
    )
    yield ""


def _table(figures: Figures) -> Iterator[str]:
    yield "## What must be reached\n"
    yield "| measure | must reach | reached | | |"
    yield "|---|---:|---:|---|---|"
    for row in rows.rows(figures):
        reached = "" if row.reached is None else row.form.format(row.reached)
        word = "not measured" if row.reached is None else "" if row.fine else "**not reached**"
        yield f"| {row.name} | at most {row.form.format(row.must)} | {reached} | {word} | {row.beside} |"
    yield ""
    yield rows.host(figures)
    yield ""


def _growth(figures: Figures) -> Iterator[str]:
    yield "## From 10 to 100 to 1,000 caches\n"
    yield f"![Seconds by number of caches]({PLOT})\n"
    yield (
        "Builds of a second, `up` with `-p 128`, preview and refresh with `-p 8`. In these runs, of both, the"
        " engine writes the state once, at the end (`PULUMI_SKIP_CHECKPOINTS`): else it writes all of it"
        " twice a cache, which with 1,000 takes longer than all the rest.\n"
    )
    yield "| | caches | plugin | nothing | times | API calls | plugin's CPU | plugin's memory |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for command in ("up", "preview", "refresh"):
        for caches in sorted({each.caches for each in figures.samples if each.scenario == GROWTH}):
            ours = figures.of(GROWTH, OURS, command, caches)
            one, other = median(ours), median(figures.of(GROWTH, NOTHING, command, caches))
            if one is None or other is None:
                continue
            yield (
                f"| {command} | {caches} | {one:.1f} s | {other:.1f} s | {one / other:.2f} |"
                f" {median(ours, 'calls'):.0f} | {median(ours, 'provider_cpu'):.1f} s |"
                f" {median(ours, 'provider_megabytes'):.0f} MB |"
            )
    yield ""


def _explained() -> Iterator[str]:
    if NOTES.exists():
        yield NOTES.read_text(encoding="utf-8").strip()
        yield ""


def write(figures: Figures, folder: Path = DOCS) -> None:
    """Write figures, page and plot."""
    figures.write(folder)
    (folder / PAGE).write_text(page(figures), encoding="utf-8")
    # In a process of its own: what draws is large, and warns of things that aren't ours.
    subprocess.run([sys.executable, "-m", "performance.plot", str(folder)], check=True)


def stale(folder: Path = DOCS) -> list[str]:
    """Name what isn't as the figures beside it make it."""
    with tempfile.TemporaryDirectory() as fresh:
        write(Figures.read(folder), Path(fresh))
        wanted = {name: Path(fresh, name).read_bytes() for name in (NAME, PAGE, PLOT)}
    files = {name: folder / name for name in wanted}
    return [
        name
        for name, content in wanted.items()
        if not files[name].exists() or files[name].read_bytes() != content
    ]


def main() -> int:
    """Say whether page and plot are what the figures make, or with none make them so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if they are stale, write nothing")
    check = parser.parse_args().check
    if not (DOCS / NAME).exists():
        print(f"docs/{NAME} isn't there: run `make bench`", file=sys.stderr)
        return 0
    if not check:
        write(Figures.read())
        return 0
    found = stale()
    for name in found:
        print(f"stale: docs/{name}; run `make bench`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
