"""What all tests of a run tell together, in one process or in several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.runs.conftest import Inner
from tests.whole_run import CONFORMANCE, Run, Verdict, judge_conformance

import conformance_record
from conformance_record import Recorder

WHOLE = Run(frozenset(CONFORMANCE.rglob("test_*.py")), picked=False, passed=True)
WITHOUT_ENGINE = Run(
    frozenset(path for path in WHOLE.files if "alicloud" not in path.parts), picked=False, passed=True
)
NEEDS = "from tests.rights.walk import NEEDED\ndef test_it():\n    NEEDED['eci:{}'] += 1\n"


TWO = """
def test_it(): pass
def test_other():
    pass
"""


def seen(**tests: list[str]) -> Recorder:
    """Return a recorder of tests that saw fields of one action."""
    items = {test: [["eci", "Act", "fields", field] for field in fields] for test, fields in tests.items()}
    recorder = Recorder()
    recorder.merge({"seen": items, "failed": []})
    return recorder


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the record is; it says that test `a` saw the field `One`."""
    path = tmp_path / "conformance.json"
    monkeypatch.setattr(conformance_record, "PATH", path)
    conformance_record.write({"eci": {"Act": {"fields": {"One": "a"}}}})
    return path


def test_parts_of_the_record() -> None:
    """What several processes saw is one record, as if one had seen it; a test that failed in one is out."""
    one, two, both = seen(a=["One"], b=["Two"]), seen(c=["One", "Three"]), Recorder()
    two.failed("b")
    both.merge(one.part())
    both.merge(two.part())
    assert both.record() == {"eci": {"Act": {"fields": {"One": "a", "Three": "c"}}}}


def test_what_the_suite_saw(path: Path) -> None:
    """The record has to be what the suite saw."""
    assert path.exists()
    for run in (WHOLE, WITHOUT_ENGINE):
        held = judge_conformance(seen(a=["One"]), run, writes=False, real=False)
        assert held == Verdict(held=("docs/conformance.json is what the suite saw",))
        other = judge_conformance(seen(a=["Two"]), run, writes=False, real=False)
        assert other == Verdict(("docs/conformance.json isn't what the suite saw: `make conformance`",))


@pytest.mark.parametrize(
    ("run", "real"),
    [
        (replace(WITHOUT_ENGINE, picked=True), False),
        (replace(WITHOUT_ENGINE, passed=False), False),
        (replace(WITHOUT_ENGINE, files=WITHOUT_ENGINE.files - {CONFORMANCE / "eci" / "test_tags.py"}), False),
        (WITHOUT_ENGINE, True),
    ],
    ids=["picked", "failed", "a file less", "real"],
)
def test_only_the_whole_suite_counts(path: Path, run: Run, real: bool) -> None:
    """A run of a part, one that fails, one against a real account say nothing of it and don't write it."""
    before = path.read_text()
    assert judge_conformance(seen(a=["Two"]), run, writes=False, real=real) == Verdict()
    refused = judge_conformance(seen(a=["Two"]), run, writes=True, real=real)
    assert refused == Verdict(("--record needs the whole suite to pass against the simulator",))
    assert path.read_text() == before


def test_written(path: Path) -> None:
    """A run that is told to writes the record."""
    recorder = seen(a=["One", "Two"])
    verdict = judge_conformance(recorder, WITHOUT_ENGINE, writes=True, real=False)
    assert verdict == Verdict(held=("docs/conformance.json is written",))
    assert path.exists()
    assert conformance_record.read() == recorder.record()


def test_parts_of_all_processes(inner: Inner, processes: tuple[str, ...]) -> None:
    """What tests needed in any process is judged, and fails a run whose tests passed."""
    files = {f"test_{name}": NEEDS.format(name) for name in ("One", "Two")}
    done = inner(*processes, "--dist=loadfile", plugin="whole_run", **files)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    for name in ("One", "Two"):
        assert f"eci:{name} was needed; full.json doesn't grant it" in done.stdout


def test_what_is_left_out(inner: Inner, processes: tuple[str, ...]) -> None:
    """Each process tells which files it had, and whether tests of one were left out."""
    spy = """
from tests import whole_run
whole_run.ROOT = whole_run.Path(__file__).parent
def tell(needed, run):
    names = sorted(path.name for path in run.files)
    return whole_run.Verdict((f"{names} picked {run.picked} passed {run.passed}",))
whole_run.judge_rights = tell
"""
    done = inner(*processes, "-kother", plugin="whole_run", test_it=TWO, conftest=spy)
    assert "['test_it.py'] picked True passed True" in done.stdout, done.stdout + done.stderr
    done = inner(*processes, plugin="whole_run", test_it=TWO + "    assert False", conftest=spy)
    assert "['test_it.py'] picked False passed False" in done.stdout, done.stdout + done.stderr
