"""Holds docs/reliability.json to what can be held: `make check` runs `python -m chaos.verify`.

Every figure is counted again from the trials that it lists, and each trial in one process is held to the
faults that its seed chooses. `--again N` runs N of these trials again. A trial on the engine doesn't repeat:
whoever makes one up, and the digest anew, is found out only by running all of them again.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from chaos import compare, happenings, trial
from chaos.record import Trial, code_digest, outcome_of, python_version, today
from chaos.report import (
    FIGURES,
    IN_PROCESS,
    KINDS,
    LEAST,
    LEAST_ROUNDS,
    PAGE,
    Run,
    about_of,
    made_of,
    page,
    read,
)

FUZZED = ("Check", "Diff", "codec", "RPCs")


def wrong_in(run: Run) -> Iterator[str]:
    """Yield what is wrong with figures, each in a sentence."""
    yield from _wrong_in_records(run.records)
    first = min((each.seed for each in run.records), default=run.seed)
    if first != run.seed:
        yield f"the first trial's seed is {first}, not {run.seed}"
    if not any(each.kind not in KINDS for each in run.records):
        yield from _wrong_in_sums(run)
    yield from _wrong_in_date(run.date)
    if run.unexplained:
        yield f"{run.unexplained} findings aren't explained: mend what they found, and record again"


def _wrong_in_sums(run: Run) -> Iterator[str]:
    """Count everything again."""
    counted = asdict(made_of(about_of(run), run.date, run.records))
    for name, value in asdict(run).items():
        if name not in {"records", "digest"} and value != counted[name]:
            yield f"{name} is {value}, but the records make it {counted[name]}"
    if run.digest != counted["digest"]:
        yield f"digest is {run.digest}, but the records and the other lines make it {counted['digest']}"


def _wrong_in_records(records: Sequence[Trial]) -> Iterator[str]:
    for kind, number in Counter(each.kind for each in records).items():
        if kind not in KINDS:
            yield f"{number} trials are of the kind {kind!r}; there are {', '.join(KINDS)}"
    twice = [key for key, number in Counter((each.kind, each.seed) for each in records).items() if number > 1]
    for kind, seed in twice:
        yield f"the trial {kind} of seed {seed} is listed twice"
    seeds = sorted({each.seed for each in records if each.kind == IN_PROCESS})
    if seeds and seeds != list(range(seeds[0], seeds[0] + len(seeds))):
        yield "trials in this process are missing: their seeds count up by one"
    for each in records:
        yield from _wrong_in(each)


def _wrong_in(each: Trial) -> Iterator[str]:
    name = f"the trial {each.kind} of seed {each.seed}"
    chosen = trial.chosen(each.seed) if each.kind == IN_PROCESS else tuple(happenings.FAULTS)
    for fault in each.faults:
        if fault not in chosen:
            yield f"{name} has the fault {fault!r}, which it can't have: {', '.join(chosen)}"
    for finding in each.findings:
        if finding not in compare.KINDS:
            yield f"{name} has a finding of no known kind: {finding!r}"
    if not each.counts and not each.missed:
        yield f"{name} neither counts nor missed its fault"
    if (each.kind == IN_PROCESS) != bool(each.outcome):
        yield f"{name} has {'an' if each.outcome else 'no'} outcome"


def _wrong_in_date(day: str) -> Iterator[str]:
    try:
        future = date.fromisoformat(day) > date.fromisoformat(today())
    except ValueError:
        yield f"the date {day!r} is none"
        return
    if future:
        yield f"the date {day} is yet to come"


def too_few(run: Run) -> Iterator[str]:
    """Yield which trials are still to be run."""
    for kind, least in LEAST.items():
        number = sum(each.counts for each in run.records if each.kind == kind)
        if number < least:
            yield f"there are {number} trials {kind}, at least {least} are needed: run `make chaos`"
    for what in FUZZED:
        number = run.fuzzed.get(what, 0)
        if number < LEAST_ROUNDS:
            yield f"{what} was tried on {number} random inputs, at least {LEAST_ROUNDS} are needed"


def sample(run: Run, number: int, chance: random.Random) -> list[Trial]:
    """Choose trials that can be run again."""
    repeating = [each for each in run.records if each.kind == IN_PROCESS]
    return chance.sample(repeating, k=min(number, len(repeating)))


def differing(run: Run, records: Iterable[Trial]) -> Iterator[str]:
    """Run trials again, and yield where something else comes out.

    On the recorded code and Python all that is found and said must be the same. Other code may meet its
    faults elsewhere, but must leave nothing that isn't explained.
    """
    same = run.code == code_digest() and run.python == python_version()
    for each in records:
        result = trial.run(each.seed)
        if same and (result.faults, outcome_of(result)) != (each.faults, each.outcome):
            yield f"seed {each.seed} was recorded with {each.faults}, {each.findings}; now it gives {result}"
        for finding in result.findings:
            if not same and finding.kind not in compare.DOCUMENTED:
                yield f"seed {each.seed}: {finding.kind}: {finding.detail}"


def wrong_in_files(figures: Path, written: Path) -> Iterator[str]:
    """Yield what is wrong with figures and their page."""
    try:
        run = read(figures)
    except OSError:
        yield f"{figures.name} isn't there: run `make chaos`"
        return
    except ValueError as error:
        yield str(error)
        return
    yield from wrong_in(run)
    if not written.exists() or written.read_text(encoding="utf-8") != page(run):
        yield f"{written.name} isn't what the figures make: run `make chaos`"


def main(arguments: Sequence[str], figures: Path = FIGURES, written: Path = PAGE) -> int:
    """Say what is wrong; the exit status is 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m chaos.verify", description=__doc__)
    parser.add_argument("--again", type=int, default=0, help="so many trials in this process are run again")
    parser.add_argument("--seed", type=int, help="chooses which; any unless given")
    options = parser.parse_args(arguments)
    wrong = list(wrong_in_files(figures, written))
    if not wrong:
        run = read(figures)
        for text in too_few(run):
            print(f"docs/reliability: {text}", file=sys.stderr)
        if run.code != code_digest():
            print(f"{figures.name} was made by other code than this: `make chaos` makes it anew")
        chance = random.Random(options.seed)  # noqa: S311 - no secrets
        wrong = list(differing(run, sample(run, options.again, chance)))
    for text in wrong:
        print(f"docs/reliability: {text}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
