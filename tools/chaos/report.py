"""docs/reliability.json, and docs/reliability.md made from it.

`__main__` writes both after a long run; `make check` runs this with --check, which fails if the page isn't
what the figures make.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"
IN_PROCESS = "in-process"
"""The kind of trial that runs without an engine; the others are named by their front."""
_HEADER = """# Reliability

Made by `make chaos` from docs/reliability.json; don't edit.

A trial brings a stack of one to three caches up, or changes one that is there, while things go wrong; then
`up` runs again without faults, at most three times, as a user would. Then the cloud is compared with the
state and with the program: nothing may be lost, made twice, left behind or other than the program wants it,
a further `up` or preview finds nothing to do, a forced replacement makes another cache, `destroy` leaves
nothing, and `python -m imagecache_provider orphans` finds what is left over, and nothing else. A trial counts
only if its fault struck: the engine was at work when it was killed, the cloud refused the call.

In-process trials call the plugin as the engine does, on driven time, and can be cut off between any two
steps of its loop; they repeat from their seed. Some caches aren't waited for (`awaitReady: false`), with a
gate behind them or without; those are looked at once they are built.

Trials on the real engine kill and interrupt child processes at a moment that the cloud's log tells (at a
call, between a request and its answer, during a build, at the hand-over) or at any, and repeat roughly. They
make no forced replacement. Registry password and user name, access key secret and security token are
canaries there, searched for after every trial in all that was printed, in the files of the state and its
history, in the event log, in the arguments of every process of the engine, and in the cloud's log, which may
show the user name only. One run in five is logged by `-v=9 --logtostderr --logflow`; lines in which Pulumi
itself writes down properties are left out ([limitations](limitations.md#pulumis-sdks)).
"""


@dataclass(frozen=True)
class Run:
    """What a run of trials came to.

    Attributes:
        command: what repeats it.
        seed: the first trial's.
        date: its day.
        seconds: how long it took.
        trials: how many there were, by kind.
        faults: how many trials had each fault, by the fault's name, then by kind.
        findings: how often each thing was found wrong.
        documented: those findings that docs/limitations.md explains.
        examples: the findings, each with its trial's kind, seed and faults.
        fuzzed: how many random inputs were tried, by what took them.
        raised: how many of them made it raise.
        missed: how many more runs ended before their fault struck, by kind; they are no trials.
    """

    command: str
    seed: int
    date: str
    seconds: int
    trials: Mapping[str, int]
    faults: Mapping[str, Mapping[str, int]]
    findings: Mapping[str, int]
    documented: Sequence[str]
    examples: Sequence[Mapping[str, Any]]
    fuzzed: Mapping[str, int]
    raised: int
    missed: Mapping[str, int] = field(default_factory=dict)

    @property
    def unexplained(self) -> int:
        """How many findings no documented line explains."""
        return self.raised + sum(
            count for kind, count in self.findings.items() if kind not in self.documented
        )


def by_fault(results: Mapping[str, Iterable[Any]]) -> dict[str, dict[str, int]]:
    """Count the trials that had each fault, from `trial.Result`s by kind."""
    counted = {
        kind: Counter(name for each in found for name in each.faults) for kind, found in results.items()
    }
    names = sorted({name for count in counted.values() for name in count})
    return {name: {kind: count[name] for kind, count in counted.items() if count[name]} for name in names}


def write(run: Run) -> None:
    """Write the figures and their page."""
    FIGURES.write_text(
        json.dumps({"made by": "make chaos", **asdict(run)}, indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    PAGE.write_text(page(run), encoding="utf-8")


def read() -> Run:
    """Read the figures."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    return Run(**{name: value for name, value in figures.items() if name != "made by"})


def page(run: Run) -> str:
    """Make the page."""
    kinds = list(run.trials)
    rows = [
        "| | " + " | ".join(kinds) + " |",
        "|---|" + "---:|" * len(kinds),
        "| trials | " + " | ".join(str(run.trials[kind]) for kind in kinds) + " |",
        "| (runs that no fault struck) | "
        + " | ".join(str(run.missed.get(kind, 0)) for kind in kinds)
        + " |",
        *(
            f"| {name} | " + " | ".join(str(counts.get(kind, 0)) for kind in kinds) + " |"
            for name, counts in run.faults.items()
        ),
    ]
    found = [
        "| found | times | |",
        "|---|---:|---|",
        *(f"| {kind} | {count} | {_about(run, kind)} |" for kind, count in run.findings.items()),
    ]
    fuzzed = [f"| {name} | {count} |" for name, count in run.fuzzed.items()]
    return "\n".join(
        [
            _HEADER,
            f"`{run.command}`, {run.date}, {run.seconds} s; the first seed was {run.seed}.\n",
            "## Trials by fault\n",
            "A trial may have several.\n",
            *rows,
            "\n## Findings\n",
            *found,
            "\n## Random input\n",
            f"Inputs that were tried on what must answer whatever comes; {run.raised} made it raise.\n",
            "| | inputs |\n|---|---:|",
            *fuzzed,
            "",
        ]
    )


def _about(run: Run, kind: str) -> str:
    if kind not in run.documented:
        return ""
    return "[explained](limitations.md#ours)"


def main() -> int:
    """Say whether the page is what the figures make, or with none make it so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the page is stale, write nothing")
    if not FIGURES.exists():
        print("docs/reliability.json isn't there: run `make chaos`", file=sys.stderr)
        return 0
    made = page(read())
    if parser.parse_args().check:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
            print("stale: docs/reliability.md; run `make chaos`", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
