"""`make chaos`: runs trials, prints what is found with the seed, and with --record writes the report.

`make chaos ARGS='--seed N --trials 1'` repeats one trial in this process; `--plugin` and `--dynamic` are the
numbers of trials on the real engine.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from chaos import compare, report, trial
from chaos.fuzz import Fuzzed, fuzz
from chaos.real import DYNAMIC, PLUGIN, bench
from chaos.trial import Result

_TRIALS, _PLUGIN, _DYNAMIC, _ROUNDS = 600, 70, 30, 5_000
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
    results = {report.IN_PROCESS: [_shown(trial.run(seed)) for seed in _seeds(options.seed, options.trials)]}
    for front, count in ((PLUGIN, options.plugin), (DYNAMIC, options.dynamic)):
        results[f"engine, {front}"] = list(_on_the_engine(front, _seeds(options.seed, count)))
    run = _run(options.seed, results, fuzzed, time.monotonic() - since)
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
    parser.add_argument("--record", action="store_true", help="write docs/reliability.json and its page")
    options = parser.parse_args(arguments)
    wanted = {"trials": _TRIALS, "plugin": _PLUGIN, "dynamic": _DYNAMIC, "rounds": _ROUNDS}
    for name, count in wanted.items():
        if getattr(options, name) is None:
            setattr(options, name, count if options.record else 0)
    return options


def _seeds(first: int, count: int) -> range:
    return range(first, first + count)


def _on_the_engine(front: str, seeds: range) -> Iterator[Result]:
    if not seeds:
        return
    with tempfile.TemporaryDirectory() as folder, bench(front, Path(folder)) as running:
        for seed in seeds:
            yield _shown(running.run(seed))


def _shown(result: Result) -> Result:
    for finding in result.findings:
        print(f"seed {result.seed} {result.faults}: {finding.kind}: {finding.detail[:_SHOWN]}", flush=True)
    return result


def _run(seed: int, results: dict[str, list[Result]], fuzzed: Fuzzed, seconds: float) -> report.Run:
    found = Counter(finding.kind for every in results.values() for each in every for finding in each.findings)
    counts = {kind: len(every) for kind, every in results.items()}
    plugin, dynamic = (counts[f"engine, {front}"] for front in (PLUGIN, DYNAMIC))
    trials = counts[report.IN_PROCESS]
    rounds = max(fuzzed.tried.values())
    asked = f"--seed {seed} --trials {trials} --plugin {plugin} --dynamic {dynamic} --rounds {rounds}"
    return report.Run(
        command=f"make chaos ARGS='{asked} --record'",
        seed=seed,
        date=datetime.now(timezone.utc).date().isoformat(),
        seconds=round(seconds),
        trials=counts,
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
