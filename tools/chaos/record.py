"""The trials of a long run, one by one, in a file that a later run goes on with.

`__main__` adds each trial to it as soon as it has ended, so that a long run can be made in pieces; `report`
makes docs/reliability.json of a whole one.
"""

from __future__ import annotations

import hashlib
import json
import platform
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from chaos.trial import Result

ROOT = Path(__file__).resolve().parents[2]
UNFINISHED = ROOT / ".chaos" / "record.jsonl"
"""Where the trials of a run stand that isn't finished."""
_CODE = ("provider/**/*.py", "tools/chaos/*.py", "tools/local_stack.py", "tests/provider/fronts.py")
_BESIDE = ("tests/provider/world.py", "tests/rights/walk.py", "docs/policies/*.json", "constraints.txt")
_DIGITS = 16


@dataclass(frozen=True)
class Trial:
    """What came of one trial.

    Attributes:
        kind: in which way it ran: in this process, or on the engine through a front.
        seed: its seed.
        faults: those that struck; without any it counts only if something was found.
        findings: the kinds of what was found wrong.
        missed: how many runs ended before their fault struck.
        outcome: a digest of all that was found and said, of a trial that repeats from its seed.
    """

    kind: str
    seed: int
    faults: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    missed: int = 0
    outcome: str = ""

    @property
    def counts(self) -> bool:
        """Whether it's a trial: a fault struck, or something was found."""
        return bool(self.faults or self.findings)

    @classmethod
    def of(cls, kind: str, result: Result, *, missed: int, repeats: bool) -> Trial:
        """Make it of a result.

        Args:
            kind: in which way it ran.
            result: its result.
            missed: how many of its runs no fault struck.
            repeats: whether it gives the same from its seed.
        """
        findings = tuple(finding.kind for finding in result.findings)
        return cls(kind, result.seed, result.faults, findings, missed, outcome_of(result) if repeats else "")

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Trial:
        """Read `plain` back."""
        lists = {name: tuple(plain.get(name, ())) for name in ("faults", "findings")}
        return cls(**{**plain, **lists})

    @property
    def plain(self) -> dict[str, Any]:
        """It as plain data, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in {(), 0, ""}}


def outcome_of(result: Result) -> str:
    """Digest all that came of a trial that repeats from its seed."""
    findings = [[finding.kind, finding.detail] for finding in result.findings]
    return _digest([result.faults, findings, result.said])


def digest_of(trials: Iterable[Trial], about: Mapping[str, Any]) -> str:
    """Digest trials with what is said about their run, such as the code that they ran on."""
    return _digest([[trial.plain for trial in trials], dict(about)])


def code_digest() -> str:
    """Digest the files that a trial's outcome depends on: provider, simulator, the trials themselves."""
    paths = sorted(path for pattern in (*_CODE, *_BESIDE) for path in ROOT.glob(pattern))
    files = [[str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")] for path in paths]
    return _digest(files)


def python_version() -> str:
    """Give the version of Python, by whose order of tasks a trial repeats."""
    return ".".join(platform.python_version_tuple()[:2])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:_DIGITS]


@dataclass(frozen=True)
class About:
    """What holds for all trials of a run.

    Attributes:
        seed: the first one's.
        code: the digest of the code that they run on.
        python: the version of Python.
        seconds: how long they took so far.
        fuzzed: how many random inputs were tried, by what took them.
        raised: how many of them made it raise.
    """

    seed: int
    code: str
    python: str
    seconds: int = 0
    fuzzed: Mapping[str, int] | None = None
    raised: int = 0


class CannotGoOnError(Exception):
    """An unfinished run can't be gone on with: begin anew."""


class Record:
    """The trials of one long run so far; threads may add to it.

    Args:
        path: the file; it's made by the first line that is added.
        seed: the first trial's; with none an unfinished run's is taken.
        fallback: the first trial's seed where neither is given.

    Raises:
        CannotGoOnError: the file's run has another seed, or ran on other code.
    """

    def __init__(self, path: Path, seed: int | None, fallback: int) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._claimed: dict[str, int] = {}
        self._at_work: Counter[str] = Counter()
        self.trials: list[Trial] = []
        here = About(fallback if seed is None else seed, code_digest(), python_version())
        self.about = here
        if not path.exists():
            self._write({"about": asdict(here)})
            return
        self._read()
        if seed not in {None, self.about.seed}:
            raise CannotGoOnError(f"an unfinished run has the seed {self.about.seed}, not {seed}")
        if (self.about.code, self.about.python) != (here.code, here.python):
            raise CannotGoOnError("an unfinished run ran on other code, or on another Python")

    def _read(self) -> None:
        whole, _, cut_off = self._path.read_text(encoding="utf-8").rpartition("\n")
        if cut_off:  # by the end of the process that wrote it
            self._path.write_text(f"{whole}\n", encoding="utf-8")
        for line in whole.splitlines():
            plain = json.loads(line)
            if "about" in plain:
                self.about = About(**plain["about"])
            else:
                self.trials.append(Trial.read(plain))

    def add(self, trial: Trial) -> None:
        """Keep a trial that was claimed."""
        with self._lock:
            self._at_work[trial.kind] -= 1
            self.trials.append(trial)
            self._write(trial.plain)

    def tell(self, **changes: Any) -> None:
        """Keep something that holds for the whole run."""
        with self._lock:
            self.about = replace(self.about, **changes)
            self._write({"about": asdict(self.about)})

    def counted(self, kind: str) -> int:
        """Say how many trials of a kind there are that count."""
        with self._lock:
            return sum(trial.kind == kind and trial.counts for trial in self.trials)

    def claim(self, kind: str) -> int:
        """Give the seed of the next trial of a kind: the one after the last."""
        with self._lock:
            done = [trial.seed + 1 for trial in self.trials if trial.kind == kind]
            seed = max(self.about.seed, self._claimed.get(kind, 0), *done)
            self._claimed[kind] = seed + 1
            self._at_work[kind] += 1
            return seed

    def at_work(self, kind: str) -> int:
        """Say how many trials of a kind were claimed and not added yet."""
        with self._lock:
            return self._at_work[kind]

    def finish(self) -> None:
        """Forget the file: its trials stand elsewhere now."""
        self._path.unlink()

    def _write(self, plain: Mapping[str, Any]) -> None:
        self._path.parent.mkdir(exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(plain, ensure_ascii=False) + "\n")


def today() -> str:
    """Give the day, as it stands in a record."""
    return datetime.now(timezone.utc).date().isoformat()
