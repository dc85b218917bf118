"""`make chaos`: runs trials, prints what is found with the seed, and with --record writes the report.

`make chaos ARGS='--seed N --trials 1'` repeats one trial in this process; `--plugin` and `--dynamic` are the
numbers of trials on the real engine, which run on `--benches` stacks at once. With --record each trial is
kept as soon as it has ended: the same command goes on with a record that `--minutes` or a kill cut off.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chaos import report, trial
from chaos.fuzz import fuzz
from chaos.real import bench
from chaos.real_programs import DYNAMIC, PLUGIN
from chaos.record import UNFINISHED, CannotGoOnError, Record, Trial, today
from chaos.trial import Result

_BENCHES, _PER_BENCH = 2, 8
_SHOWN = 2_000
"""So much of what shows a finding is printed; a real engine says much."""
_MINUTE = 60
_UNFINISHED_STATUS = 3


def main(
    arguments: Sequence[str],
    unfinished: Path = UNFINISHED,
    write: Callable[[report.Run], None] = report.write,
) -> int:
    """Run it.

    Args:
        arguments: of the command line.
        unfinished: the file of a record that isn't finished.
        write: writes a finished one.

    The exit status is 1 if something was found that no documented line explains, and 3 if a record isn't
    finished yet.
    """
    options = options_of(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = unfinished if options.record else Path(folder) / "record.jsonl"
        if options.fresh:
            path.unlink(missing_ok=True)
        try:
            record = Record(path, options.seed, random.SystemRandom().randrange(10**9))
        except CannotGoOnError as error:
            print(f"{error}: --fresh begins anew", file=sys.stderr)
            return 2
        return _Run(record, options, write).run()


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; without any number of trials all are run that a record needs."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="the first trial's; the others count up")
    least = dict(zip(report.OPTIONS, report.LEAST.values(), strict=True))
    parser.add_argument(
        "--trials", type=int, help=f"in this process; {least['trials']} with --record, or without any number"
    )
    parser.add_argument("--plugin", type=int, help=f"on the real engine; {least[PLUGIN]} with --record")
    parser.add_argument(
        "--dynamic", type=int, help=f"the same, dynamic front; {least[DYNAMIC]} with --record"
    )
    rounds = report.LEAST_ROUNDS
    parser.add_argument("--rounds", type=int, help=f"of random inputs; {rounds} with --record")
    parser.add_argument("--benches", type=int, default=_BENCHES, help="real engines at once")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="after which no trial is begun")
    parser.add_argument("--record", action="store_true", help="go on until docs/reliability can be written")
    parser.add_argument("--fresh", action="store_true", help="begin the record anew")
    options = parser.parse_args(arguments)
    counts = {**least, "rounds": rounds}
    whole = options.record or all(getattr(options, name) is None for name in counts)
    for name, count in counts.items():
        if getattr(options, name) is None:
            setattr(options, name, count if whole else 0)
    return options


class _Run:
    """Runs trials into a record until there are enough, or time is over.

    Args:
        record: takes them in.
        options: of the command line.
        write: writes a finished record.
    """

    def __init__(
        self, record: Record, options: argparse.Namespace, write: Callable[[report.Run], None]
    ) -> None:
        self._write = write
        self._record = record
        self._options = options
        self._began = time.monotonic()
        self._before = record.about.seconds
        self._longest: float = options.minutes * _MINUTE
        counts = [getattr(options, name) for name in report.OPTIONS]
        self._wanted: dict[str, int] = dict(zip(report.KINDS, counts, strict=True))

    def run(self) -> int:
        """Run it; give the exit status."""
        print(f"seed {self._record.about.seed}", flush=True)
        self._fuzz()
        while self._wants(report.IN_PROCESS):
            self._in_process(self._record.claim(report.IN_PROCESS))
        with ThreadPoolExecutor(self._options.benches) as pool:
            for kind in report.ON_THE_ENGINE:
                for done in [pool.submit(self._on_the_engine, kind) for _ in range(self._options.benches)]:
                    done.result()
        return self._end()

    def _end(self) -> int:
        made = report.made_of(self._record.about, today(), self._record.trials)
        print(f"{dict(made.trials)} trials in {made.seconds} s: {dict(made.findings)}")
        if self._options.record and not self._is_whole():
            print("the record isn't finished: the same command goes on with it")
            return _UNFINISHED_STATUS
        if self._options.record:
            self._write(made)
            self._record.finish()
        return 1 if made.unexplained else 0

    def _fuzz(self) -> None:
        if self._options.rounds == 0 or self._record.about.fuzzed:
            return
        logging.disable()  # what is left alone is told there
        fuzzed = fuzz(self._record.about.seed, self._options.rounds)
        logging.disable(logging.NOTSET)
        for text in fuzzed.raised:
            print(text[:_SHOWN], flush=True)
        self._record.tell(fuzzed=fuzzed.tried, raised=len(fuzzed.raised))

    def _is_whole(self) -> bool:
        return all(self._record.counted(kind) >= count for kind, count in self._wanted.items())

    def _wants(self, kind: str) -> bool:
        """Say whether another trial is to be begun; a record takes only those whose fault strikes."""
        if time.monotonic() - self._began > self._longest:
            return False
        wanted = self._wanted[kind] - self._record.at_work(kind)
        if self._options.record:
            return self._record.counted(kind) < wanted
        return sum(each.kind == kind for each in self._record.trials) < wanted

    def _keep(self, trial: Trial) -> None:
        self._record.add(trial)
        self._record.tell(seconds=self._before + round(time.monotonic() - self._began))

    def _in_process(self, seed: int) -> None:
        result = _shown(trial.run(seed))
        missed = not (result.faults or result.findings)
        self._keep(Trial.of(report.IN_PROCESS, result, missed=int(missed), repeats=True))

    def _on_the_engine(self, kind: str) -> None:
        """Run trials on one bench after the other, each for some."""
        while self._wants(kind):
            seed = self._record.claim(kind)
            with (
                tempfile.TemporaryDirectory() as folder,
                bench(report.ON_THE_ENGINE[kind], Path(folder), seed) as running,
            ):
                for _ in range(_PER_BENCH):
                    missed = running.missed
                    result = _shown(running.run(seed))
                    self._keep(Trial.of(kind, result, missed=running.missed - missed, repeats=False))
                    if not self._wants(kind):
                        return
                    seed = self._record.claim(kind)


def _shown(result: Result) -> Result:
    for finding in result.findings:
        print(f"seed {result.seed} {result.faults}: {finding.kind}: {finding.detail[:_SHOWN]}", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
