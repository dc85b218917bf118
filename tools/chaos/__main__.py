"""`make chaos`: runs trials, prints what is found with the seed, and with --record writes the report.

`make chaos ARGS='--seed N --trials 1'` repeats one trial in this process; `--plugin` and `--dynamic` are the
numbers of trials on the real engine, which run on `--benches` stacks at once.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

from chaos import compare, report, trial
from chaos.fuzz import Fuzzed, fuzz
from chaos.real import DYNAMIC, PLUGIN, bench
from chaos.trial import Result

_TRIALS, _PLUGIN, _DYNAMIC, _ROUNDS = 600, 72, 32, 5_000
_BENCHES, _PER_BENCH = 2, 8
_SPARE = 1_000_000
"""Seeds so much higher stand in for those whose fault never strikes."""
_SHOWN = 2_000
"""So much of what shows a finding is printed; a real engine says much."""


def main(arguments: Sequence[str]) -> int:
    """Run it; the exit status is 1 if something was found that no documented line explains."""
    options = _options(arguments)
    logging.disable()  # what is left alone is told there
    since = time.monotonic()
    print(f"seed {options.seed}", flush=True)
    fuzzed = fuzz(options.seed, options.rounds)
    for text in fuzzed.raised:
        print(text[:_SHOWN], flush=True)
    tried = [_shown(trial.run(seed)) for seed in range(options.seed, options.seed + options.trials)]
    results = {report.IN_PROCESS: [result for result in tried if result.faults]}
    counts = {PLUGIN: options.plugin, DYNAMIC: options.dynamic}
    real, missed = _on_the_engine(options.seed, counts, options.benches)
    results |= real
    missed[report.IN_PROCESS] = len(tried) - len(results[report.IN_PROCESS])
    run = _run(options.seed, results, missed, fuzzed, time.monotonic() - since)
    print(f"{dict(run.trials)} trials in {run.seconds} s: {dict(run.findings)}")
    if options.record:
        report.write(run)
    return 1 if run.unexplained else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    seed = random.SystemRandom().randrange(10**9)
    parser.add_argument("--seed", type=int, default=seed, help="the first trial's; the others count up")
    parser.add_argument("--trials", type=int, help=f"in this process; {_TRIALS} with --record")
    parser.add_argument("--plugin", type=int, help=f"on the real engine; {_PLUGIN} with --record")
    parser.add_argument("--dynamic", type=int, help=f"the same, dynamic front; {_DYNAMIC} with --record")
    parser.add_argument("--rounds", type=int, help=f"of random inputs; {_ROUNDS} with --record")
    parser.add_argument("--benches", type=int, default=_BENCHES, help="real engines at once")
    parser.add_argument("--record", action="store_true", help="write docs/reliability.json and its page")
    options = parser.parse_args(arguments)
    wanted = {"trials": _TRIALS, "plugin": _PLUGIN, "dynamic": _DYNAMIC, "rounds": _ROUNDS}
    for name, count in wanted.items():
        if getattr(options, name) is None:
            setattr(options, name, count if options.record else 0)
    return options


def _on_the_engine(
    first: int, counts: Mapping[str, int], benches: int
) -> tuple[dict[str, list[Result]], dict[str, int]]:
    """Run trials on the real engine; give them by kind, and how many runs no fault struck.

    Args:
        first: the first seed of each front.
        counts: how many trials, by front.
        benches: how many run at once, each on a stack of its own.
    """
    results: dict[str, list[Result]] = {f"engine, {front}": [] for front in counts}
    missed = dict.fromkeys(results, 0)
    parts = [
        (front, range(start, min(start + _PER_BENCH, first + count)))
        for front, count in counts.items()
        for start in range(first, first + count, _PER_BENCH)
    ]
    with ThreadPoolExecutor(benches) as pool:
        for (front, _), (found, without) in zip(parts, pool.map(_part, parts), strict=True):
            results[f"engine, {front}"] += found
            missed[f"engine, {front}"] += without
    return results, missed


def _part(part: tuple[str, range]) -> tuple[list[Result], int]:
    """Run some trials on one bench."""
    front, seeds = part
    spare = itertools.count(seeds[0] + _SPARE)
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, bench(front, Path(folder), seeds[0]) as running:
        for seed in seeds:
            result = running.run(seed)
            while not result.faults:
                result = running.run(next(spare))
            found.append(_shown(result))
        return found, running.missed


def _shown(result: Result) -> Result:
    for finding in result.findings:
        print(f"seed {result.seed} {result.faults}: {finding.kind}: {finding.detail[:_SHOWN]}", flush=True)
    return result


def _run(
    seed: int, results: dict[str, list[Result]], missed: dict[str, int], fuzzed: Fuzzed, seconds: float
) -> report.Run:
    found = Counter(finding.kind for every in results.values() for each in every for finding in each.findings)
    counts = {kind: len(every) for kind, every in results.items()}
    plugin, dynamic = (counts[f"engine, {front}"] for front in (PLUGIN, DYNAMIC))
    trials = counts[report.IN_PROCESS] + missed[report.IN_PROCESS]
    rounds = max(fuzzed.tried.values())
    asked = f"--seed {seed} --trials {trials} --plugin {plugin} --dynamic {dynamic} --rounds {rounds}"
    return report.Run(
        command=f"make chaos ARGS='{asked} --record'",
        seed=seed,
        date=datetime.now(timezone.utc).date().isoformat(),
        seconds=round(seconds),
        trials=counts,
        missed=missed,
        faults=report.by_fault(results),
        findings={kind: found[kind] for kind in compare.KINDS},
        documented=list(compare.DOCUMENTED),
        examples=[
            {"trial": kind, "seed": each.seed, "faults": list(each.faults), "found": finding.kind}
            for kind, every in results.items()
            for each in every
            for finding in each.findings
        ],
        fuzzed=fuzzed.tried,
        raised=len(fuzzed.raised),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
