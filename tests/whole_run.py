"""What only all tests together tell: the rights that they needed, and what the conformance suite saw.

A plugin of pytest, which tests/conftest.py loads. Each process that runs tests has a part of it: the only
one, or each of pytest-xdist's workers, which hand theirs to the process that started them. There the parts
are put together and judged, and what is wrong fails the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.rights import walk

import conformance_record

ROOT = Path(__file__).resolve().parents[1]
SUITE = ROOT / "tests"
CONFORMANCE = SUITE / "conformance"
_ELSEWHERE = CONFORMANCE / "alicloud"
_OUTPUT = "whole_run"
"""Under which name a worker hands its part over."""

_PICKED = pytest.StashKey[bool]()
_PARTS = pytest.StashKey[list[dict[str, Any]]]()
_VERDICT = pytest.StashKey["Verdict"]()


@dataclass(frozen=True)
class Verdict:
    """What the run's end says.

    Attributes:
        wrong: what fails the run.
        held: what all tests together have shown to be right.
    """

    wrong: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """What the processes of a run tell of which tests it had.

    Attributes:
        files: the files that tests were collected from.
        picked: whether tests of some file were left out.
        passed: whether nothing failed, and nothing ended the run early.
    """

    files: frozenset[Path]
    picked: bool
    passed: bool

    @classmethod
    def of(cls, parts: Iterable[Mapping[str, Any]], *, passed: bool) -> Run:
        """Put together what the processes tell."""
        parts = list(parts)
        files = frozenset(ROOT / name for part in parts for name in part["files"])
        return cls(files, any(part["picked"] for part in parts), passed)

    def has_all(self, folder: Path, but: Path | None = None) -> bool:
        """Say whether all tests of a folder ran and passed, whatever those of one part of it did."""
        wanted = {path for path in folder.rglob("test_*.py") if but not in path.parents}
        return self.passed and not self.picked and bool(wanted) and wanted <= self.files


def judge_rights(needed: Iterable[str], run: Run) -> Verdict:
    """Hold the rights that calls needed against the policy; in a run of the whole suite it has none too many.

    A right that lacks also fails the test whose call needs it, as all run under the policy; what each is for
    is tested one by one in tests/provider/test_rights.py.
    """
    granted = {right.lower(): right for right in walk.rights(walk.FULL)}
    used = {right.lower(): right for right in needed}
    lacks, vain = sorted(used.keys() - granted.keys()), sorted(granted.keys() - used.keys())
    wrong = [f"{used[right]} was needed; full.json doesn't grant it" for right in lacks]
    if not run.has_all(SUITE):
        return Verdict(tuple(wrong))
    wrong += [f"full.json grants {granted[right]}; nothing needed it" for right in vain]
    return Verdict(tuple(wrong), () if wrong else ("each right of full.json was needed",))


def judge_conformance(
    recorder: conformance_record.Recorder, run: Run, *, writes: bool, real: bool
) -> Verdict:
    """Hold what the conformance suite saw against docs/conformance.json, or write it there."""
    whole = not real and run.has_all(CONFORMANCE, but=_ELSEWHERE)
    if writes and not whole:
        return Verdict(("--record needs the whole suite to pass against the simulator",))
    if not whole:
        return Verdict()
    record = recorder.record()
    if writes:
        conformance_record.write(record)
        return Verdict(held=("docs/conformance.json is written",))
    if record != conformance_record.read():
        return Verdict(("docs/conformance.json isn't what the suite saw: `make conformance`",))
    return Verdict(held=("docs/conformance.json is what the suite saw",))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make room for the parts."""
    config.stash[_PARTS] = []
    config.stash[_PICKED] = False
    config.stash[conformance_record.RECORDER] = conformance_record.Recorder()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note that some tests are left out of this run."""
    for item in items:
        item.config.stash[_PICKED] = True


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in the part of a worker that is done; one that crashed has none, and its test has failed."""
    part = getattr(node, "workeroutput", {}).get(_OUTPUT)
    if part is not None:
        node.config.stash[_PARTS].append(part)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand over this process's part, or judge all of them."""
    config = session.config
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = _part(session)
        return
    parts = config.stash[_PARTS] if config.pluginmanager.hasplugin("dsession") else [_part(session)]
    run = Run.of(parts, passed=exitstatus == pytest.ExitCode.OK)
    recorder = conformance_record.Recorder()
    for part in parts:
        recorder.merge(part["conformance"])
    conformance = judge_conformance(
        recorder,
        run,
        writes=config.getoption("record", default=False),
        real=config.getoption("cloud", default="simulator") == "real",
    )
    rights = judge_rights({right for part in parts for right in part["rights"]}, run)
    config.stash[_VERDICT] = Verdict(rights.wrong + conformance.wrong, rights.held + conformance.held)
    if config.stash[_VERDICT].wrong and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _part(session: pytest.Session) -> dict[str, Any]:
    """Return this process's part, of what crosses between processes: lists, dicts and texts."""
    config = session.config
    picked = config.stash[_PICKED] or any("::" in argument for argument in config.args)
    files = {item.path for item in session.items if item.path.is_relative_to(ROOT)}
    return {
        "files": sorted(str(path.relative_to(ROOT)) for path in files),
        "picked": picked,
        "rights": sorted(walk.NEEDED),
        "conformance": config.stash[conformance_record.RECORDER].part(),
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what all tests together have shown, and what is wrong with it."""
    verdict = config.stash.get(_VERDICT, Verdict())
    if verdict.wrong or verdict.held:
        terminalreporter.section("all tests together")
    for text in verdict.held:
        terminalreporter.write_line(text)
    for text in verdict.wrong:
        terminalreporter.write_line(text, red=True)
