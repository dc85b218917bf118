"""docs/reliability.json, and docs/reliability.md made from it.

`__main__` writes both after a long run; `verify` holds them to each other and to the trials themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from chaos import compare
from chaos.real_programs import DYNAMIC, PLUGIN
from chaos.record import ROOT, About, Trial, digest_of

FIGURES = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"
IN_PROCESS = "in-process"
"""The kind of trial that runs without an engine; the others are named by their front."""
ON_THE_ENGINE = {f"engine, {front}": front for front in (PLUGIN, DYNAMIC)}
"""The front of each other kind."""
KINDS = (IN_PROCESS, *ON_THE_ENGINE)
LEAST = dict(zip(KINDS, (1000, 150, 50), strict=True))
"""So many trials of each kind a whole record has."""
LEAST_ROUNDS = 5000
"""On so many random inputs each thing is tried for it."""
OPTIONS = ("trials", PLUGIN, DYNAMIC)
"""The option that says how many trials there are to be, kind by kind."""
_HEADER = """# Reliability

Made by `make chaos` from docs/reliability.json; don't edit.

A trial brings a stack of one to three caches up, or changes one that is there, while things go wrong; then
`up` runs again without faults, at most three times, as a user would. Then the cloud is compared with the
state and with the program: nothing may be lost, made twice, left behind or other than the program wants it,
a further `up` or preview finds nothing to do, a forced replacement makes another cache, `destroy` leaves
nothing, and `python -m imagecache_provider orphans` finds what is left over, and nothing else. Whatever only
a fault of the provider's own code brings is a finding, too: its word for such faults, a traceback, an error
in a task or callback that nobody handled, a warning of Python's, a line on stderr.

A trial counts only if its fault struck, by what happened: the engine was at work when it was killed, the
cloud's log has the refused call, both stacks took the name, the cache is gone. An orphan is explained only if
it is exactly what a cut of its own trial left: a cache that the create was about to have recorded when it was
cut off, or one that it had asked for and that nothing wants any more. A second cache of the same create
isn't.

In-process trials call the plugin as the engine does, on driven time, and can be cut off between any two
steps of its loop; they repeat from their seed. Some caches aren't waited for (`awaitReady: false`), with a
gate behind them or without; those are looked at once they are built. Canaries are searched for in all that
was said, in the cloud's log, and in the inputs and outputs of every state and preview.

Trials on the real engine kill and interrupt child processes at a moment that the cloud's log tells (at a
call, between a request and its answer, during a build, at the hand-over) or at any, and repeat roughly. They
make no forced replacement. Registry password and user name, access key secret and security token are
canaries there, searched for after every trial in all that was printed, in the files of the state and its
history, in the event log, in the arguments of every process of the engine, and in the cloud's log, which may
show the user name only. One run in five is logged by `-v=9 --logtostderr --logflow`; lines in which Pulumi
itself writes down properties are left out ([limitations](limitations.md#pulumis-sdks)).
"""
_RECORD = """## The record

docs/reliability.json lists the trials one by one. `make check` counts all figures from them again, holds each
trial in one process to the faults that its seed chooses, wants as many trials as CONTRIBUTING.md's command
makes, and compares the digest, `{digest}`. The tests run some trials again, and compare all that was found
and said if the code still has the digest `{code}`. So a slip is found out, and a figure that is changed by
hand. A trial on the engine doesn't repeat: whoever makes one up, and the digest anew, is found out only by
running the command again.
"""


@dataclass(frozen=True)
class Run:
    """What a run of trials came to. All but the records, date and what is about them is counted from these.

    Attributes:
        command: what repeats it.
        seed: the first trial's.
        date: its day.
        seconds: how long it took.
        code: a digest of the code that it ran on.
        python: the version of Python that it ran on.
        trials: how many there were, by kind.
        missed: how many more runs ended before their fault struck, by kind; they are no trials.
        faults: how many trials had each fault, by the fault's name, then by kind.
        findings: how often each thing was found wrong.
        documented: those findings that docs/limitations.md explains.
        fuzzed: how many random inputs were tried, by what took them.
        raised: how many of them made it raise.
        digest: a digest of the records and of what is said about them.
        records: the trials, one by one.
    """

    command: str
    seed: int
    date: str
    seconds: int
    code: str
    python: str
    trials: Mapping[str, int]
    missed: Mapping[str, int]
    faults: Mapping[str, Mapping[str, int]]
    findings: Mapping[str, int]
    documented: Sequence[str]
    fuzzed: Mapping[str, int]
    raised: int
    digest: str
    records: Sequence[Trial]

    @property
    def unexplained(self) -> int:
        """How many findings no documented line explains."""
        return self.raised + sum(
            count for kind, count in self.findings.items() if kind not in compare.DOCUMENTED
        )


def made_of(about: About, date: str, records: Iterable[Trial]) -> Run:
    """Count what a run came to.

    Args:
        about: what holds for all of its trials.
        date: its day.
        records: its trials.
    """
    found = sorted(records, key=lambda trial: (KINDS.index(trial.kind), trial.seed))
    by_kind = {kind: [trial for trial in found if trial.kind == kind] for kind in KINDS}
    trials = {kind: sum(trial.counts for trial in every) for kind, every in by_kind.items()}
    fuzzed = dict(about.fuzzed or {})
    kinds = Counter(kind for trial in found for kind in trial.findings)
    return Run(
        command=command_of(about.seed, trials, fuzzed),
        seed=about.seed,
        date=date,
        seconds=about.seconds,
        code=about.code,
        python=about.python,
        trials=trials,
        missed={kind: sum(trial.missed for trial in every) for kind, every in by_kind.items()},
        faults=_by_fault(by_kind),
        findings={kind: kinds[kind] for kind in compare.KINDS},
        documented=list(compare.DOCUMENTED),
        fuzzed=fuzzed,
        raised=about.raised,
        digest=digest_of(found, {**asdict(about), "date": date}),
        records=found,
    )


def command_of(seed: int, trials: Mapping[str, int], fuzzed: Mapping[str, int]) -> str:
    """Give the command that makes such a run again."""
    counts = " ".join(f"--{option} {trials[kind]}" for option, kind in zip(OPTIONS, KINDS, strict=True))
    rounds = max(fuzzed.values(), default=0)
    return f"make chaos ARGS='--record --seed {seed} {counts} --rounds {rounds}'"


def _by_fault(by_kind: Mapping[str, Iterable[Trial]]) -> dict[str, dict[str, int]]:
    """Count the trials that had each fault."""
    counted = {
        kind: Counter(name for each in every for name in each.faults) for kind, every in by_kind.items()
    }
    names = sorted({name for count in counted.values() for name in count})
    return {name: {kind: count[name] for kind, count in counted.items() if count[name]} for name in names}


def about_of(run: Run) -> About:
    """Give what holds for all trials of a run."""
    return About(run.seed, run.code, run.python, run.seconds, run.fuzzed, run.raised)


def write(run: Run, figures: Path = FIGURES, written: Path = PAGE) -> None:
    """Write the figures and their page."""
    figures.write_text(text_of(run), encoding="utf-8")
    written.write_text(page(run), encoding="utf-8")


def text_of(run: Run) -> str:
    """Give the figures as JSON, a line a trial."""
    plain = {"made by": "make chaos", **asdict(replace(run, records=[])), "records": None}
    records = ",\n".join(f"    {json.dumps(trial.plain, ensure_ascii=False)}" for trial in run.records)
    text = json.dumps(plain, indent=2, ensure_ascii=False)
    return text.removesuffix("null\n}") + f"[\n{records}\n  ]\n}}\n"


def read(figures: Path = FIGURES) -> Run:
    """Read the figures.

    Raises:
        OSError: they aren't there.
        ValueError: they aren't what `write` writes.
    """
    plain = json.loads(figures.read_text(encoding="utf-8"))
    try:
        records = [Trial.read(each) for each in plain.pop("records")]
        return Run(**{name: value for name, value in plain.items() if name != "made by"}, records=records)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{figures.name} isn't what `make chaos` writes: {error}") from None


def page(run: Run) -> str:
    """Make the page."""
    kinds = list(KINDS)
    rows = [
        "| | " + " | ".join(kinds) + " |",
        "|---|" + "---:|" * len(kinds),
        "| trials | " + " | ".join(str(run.trials[kind]) for kind in kinds) + " |",
        "| (runs that no fault struck) | " + " | ".join(str(run.missed[kind]) for kind in kinds) + " |",
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
            *_unfinished(run),
            (
                f"`{run.command}`, {run.date}, {run.seconds} s, on Python {run.python}; the first seed was"
                f" {run.seed}.\n"
            ),
            _RECORD.format(code=run.code, digest=run.digest),
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


def _unfinished(run: Run) -> list[str]:
    """Say what a record lacks that isn't whole."""
    if all(run.trials[kind] >= least for kind, least in LEAST.items()):
        return []
    counts = ", ".join(f"{run.trials[kind]} of {least} {kind}" for kind, least in LEAST.items())
    return [f"**This record isn't finished: there are {counts}.**\n"]


def _about(run: Run, kind: str) -> str:
    if kind not in run.documented:
        return ""
    return "[explained](limitations.md#ours)"
