"""The record of `make chaos`: it's made in pieces, and what is forged in it is found out."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaos import __main__ as command
from chaos import compare, record, report, trial, verify
from chaos.compare import Finding
from chaos.faults import FAULTS
from chaos.record import About, CannotGoOnError, Record, Trial
from chaos.report import IN_PROCESS, Run
from chaos.trial import Result

PLUGIN, DYNAMIC = report.ON_THE_ENGINE
FUZZED = dict.fromkeys(verify.FUZZED, 5000)
DAY = "2026-11-28"
SOME = {IN_PROCESS: 2, PLUGIN: 1, DYNAMIC: 1}


def in_process(seed: int) -> Trial:
    """Return the record of a trial in this process."""
    result = trial.run(seed)
    return Trial.of(IN_PROCESS, result, missed=int(not result.faults), repeats=True)


@pytest.fixture(scope="module")
def honest() -> Run:
    """Return a run of a few trials."""
    trials = [*map(in_process, range(2, 6)), Trial(PLUGIN, 2, ("^C",)), Trial(DYNAMIC, 2, ("5xx",), missed=1)]
    about = About(2, record.code_digest(), record.python_version(), 7, FUZZED)
    return report.made_of(about, DAY, trials)


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, least in SOME.items():
        monkeypatch.setitem(report.LEAST, kind, least)


def resealed(run: Run, **changes: Any) -> Run:
    """Return figures that are forged with all that can be worked out of them."""
    forged = replace(run, **changes)
    return report.made_of(report.about_of(forged), forged.date, forged.records)


def with_records(*added: Trial, without: int = -1) -> Callable[[Run], Run]:
    """Return what forges the list of trials, and all that follows from it."""

    def forge(run: Run) -> Run:
        return resealed(run, records=[*(each for each in run.records if each.seed != without), *added])

    return forge


@pytest.mark.usefixtures("_few")
class TestForged:
    """What `make check` finds out."""

    def test_honest(self, honest: Run) -> None:
        """A run is as it says."""
        assert list(verify.wrong_in(honest)) == []

    @pytest.mark.parametrize(
        "name",
        ["trials", "missed", "faults", "findings", "documented", "command", "seed", "seconds", "code"],
    )
    def test_figure(self, name: str, honest: Run) -> None:
        """A figure that is changed by itself is told by its name, or by the digest."""
        forged: dict[str, Any] = {
            "trials": {**honest.trials, IN_PROCESS: 1000},
            "missed": {**honest.missed, DYNAMIC: 0},
            "faults": {**honest.faults, "^C": {PLUGIN: 2}},
            "findings": {**honest.findings, compare.HANDED_OVER: 1},
            "documented": [*honest.documented, compare.LOST],
            "command": honest.command.replace("--seed 2", "--seed 3"),
            "seed": 3,
            "seconds": 8,
            "code": "0" * 16,
        }
        told = " ".join(verify.wrong_in(replace(honest, **{name: forged[name]})))
        assert name in told or "digest" in told

    @pytest.mark.parametrize(
        ("forge", "told"),
        [
            (lambda run: replace(run, date="2026-11-27"), "digest is"),
            (lambda run: resealed(run, date="2999-01-01"), "is yet to come"),
            (lambda run: resealed(run, date="yesterday"), "is none"),
            (lambda run: resealed(run, raised=1), "1 findings aren't explained"),
            (lambda run: replace(run, records=run.records[:-1]), "trials is"),
            (with_records(Trial(PLUGIN, 2, ("^C",))), "of seed 2 is listed twice"),
            (with_records(Trial(PLUGIN, 3)), "neither counts nor missed"),
            (with_records(Trial(PLUGIN, 3, ("earthquake",))), "it can't have"),
            (with_records(Trial(PLUGIN, 3, ("^C",), outcome="1")), "has an outcome"),
            (with_records(Trial(IN_PROCESS, 6, trial.chosen(6))), "has no outcome"),
            (with_records(Trial(IN_PROCESS, 6, tuple(FAULTS), outcome="1")), "it can't have"),
            (with_records(Trial(PLUGIN, 3, ("^C",), (compare.LOST,))), "1 findings aren't explained"),
            (with_records(Trial(PLUGIN, 3, ("^C",), ("a scratch",))), "of no known kind"),
            (with_records(without=4), "are missing"),
            (with_records(Trial(PLUGIN, 1, ("^C",))), "first trial's seed is 1, not 2"),
            (
                lambda run: replace(run, records=[*run.records, Trial("by hand", 2, ("^C",))]),
                "are of the kind 'by hand'",
            ),
        ],
    )
    def test_told(self, forge: Callable[[Run], Run], told: str, honest: Run) -> None:
        """Each forgery is told of, also where digest and sums are made anew."""
        assert told in " ".join(verify.wrong_in(forge(honest)))

    @pytest.mark.parametrize("kind", SOME)
    def test_too_few(self, kind: str, honest: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """Fewer trials of a kind than there must be are told, on the page, too."""
        assert list(verify.too_few(honest)) == []
        assert "isn't finished" not in report.page(honest)
        monkeypatch.setitem(report.LEAST, kind, 5)
        (told,) = verify.too_few(honest)
        assert f"trials {kind}, at least 5 are needed: run `make chaos`" in told
        assert f"of 5 {kind}" in report.page(honest)

    def test_too_few_inputs(self, honest: Run) -> None:
        """Fewer random inputs than there must be are told."""
        told = list(verify.too_few(resealed(honest, fuzzed={**FUZZED, "Diff": 4999})))
        assert told == ["Diff was tried on 4999 random inputs, at least 5000 are needed"]

    def test_again(self, honest: Run) -> None:
        """Trials that are run again come out the same, with all that was said."""
        records = verify.sample(honest, 10, random.Random(1))  # noqa: S311 - no secrets
        assert len(records) == 4
        assert list(verify.differing(honest, records)) == []

    @pytest.mark.parametrize(
        "changes", [{"outcome": "0" * 16}, {"faults": ("^C", "5xx")}, {"findings": (), "faults": ()}]
    )
    def test_made_up(self, changes: dict[str, Any], honest: Run) -> None:
        """A trial that was made up is told when it's run again, on the same code."""
        (one,) = (each for each in honest.records if each.kind == IN_PROCESS and each.seed == 3)
        (told,) = verify.differing(honest, [replace(one, **changes)])
        assert told.startswith("seed 3 was recorded with")

    def test_other_code(self, honest: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """On other code than the record's a trial may come out otherwise, but find nothing unexplained."""
        made_up = replace(honest.records[0], outcome="0" * 16)
        assert list(verify.differing(replace(honest, code="0"), [made_up])) == []
        found = Result(2, ("^C",), (Finding(compare.LOST, "web"),))
        monkeypatch.setattr(trial, "run", lambda _: found)
        assert list(verify.differing(replace(honest, code="0"), [made_up])) == ["seed 2: lost ID: web"]

    def test_files(self, honest: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Missing, unreadable or edited files are each an error that says what to do."""
        figures, written = tmp_path / "reliability.json", tmp_path / "reliability.md"
        assert verify.main([], figures, written) == 1
        assert "reliability.json isn't there: run `make chaos`" in capsys.readouterr().err
        report.write(honest, figures, written)
        assert verify.main(["--again", "1", "--seed", "1"], figures, written) == 0
        assert report.read(figures) == honest
        written.write_text(written.read_text().replace("| trials | ", "| trials | 9"))
        assert verify.main([], figures, written) == 1
        assert "reliability.md isn't what the figures make" in capsys.readouterr().err
        for text in ("{}", "[]", "{", '{"records": [1]}'):
            figures.write_text(text)
            assert verify.main([], figures, written) == 1
            assert "Traceback" not in capsys.readouterr().err

    def test_edited_by_hand(self, honest: Run, tmp_path: Path) -> None:
        """A digit that is changed in the file is found out wherever it stands."""
        figures, written = tmp_path / "reliability.json", tmp_path / "reliability.md"
        report.write(honest, figures, written)
        text = figures.read_text()
        for place in [at for at, letter in enumerate(text) if letter in "123456789"][::7]:
            figures.write_text(f"{text[:place]}0{text[place + 1 :]}")
            assert verify.main([], figures, written) == 1, text[place - 20 : place + 20]


def test_code_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code's digest changes with the provider's code, and with the trials'."""
    monkeypatch.setattr(record, "ROOT", tmp_path)
    digests = [record.code_digest()]
    for path in ("provider/imagecache_provider/x.py", "tools/chaos/x.py", "constraints.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
        digests.append(record.code_digest())
    assert len(set(digests)) == 4


class TestInPieces:
    """A record that is gone on with."""

    ARGUMENTS = ("--record", "--trials", "3", "--plugin", "0", "--dynamic", "0", "--rounds", "2")

    def test_goes_on(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What is cut off is gone on with, and comes to the same as what was made at once."""
        path = tmp_path / "folder" / "record.jsonl"
        written: list[Run] = []
        arguments = [*self.ARGUMENTS, "--seed", "2"]
        assert command.main([*arguments, "--minutes", "0"], path, written.append) == 3
        assert "the same command goes on with it" in capsys.readouterr().out
        one = Record(path, None, 0)
        one.add(in_process(one.claim(IN_PROCESS)))
        with path.open("a") as file:
            file.write('{"kind": "in-pro')  # the process ended here
        assert command.main(self.ARGUMENTS, path, written.append) == 0
        assert not path.exists()
        assert command.main(arguments, path, written.append) == 0
        pieces, at_once = (replace(each, seconds=0, date="", digest="") for each in written)
        assert pieces == at_once
        assert pieces.trials[IN_PROCESS] == 3
        assert pieces.fuzzed == dict.fromkeys(FUZZED, 2)

    def test_not_mixed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A record of other code, or of another seed, isn't gone on with; --fresh begins anew."""
        path = tmp_path / "record.jsonl"
        Record(path, 5, 0)
        with pytest.raises(CannotGoOnError, match="has the seed 5, not 6"):
            Record(path, 6, 0)
        assert Record(path, None, 0).about.seed == 5
        monkeypatch.setattr(record, "code_digest", lambda: "other")
        with pytest.raises(CannotGoOnError, match="other code"):
            Record(path, 5, 0)
        assert command.main([*self.ARGUMENTS, "--minutes", "0"], path) == 2
        assert command.main([*self.ARGUMENTS, "--minutes", "0", "--fresh", "--seed", "6"], path) == 3
        assert json.loads(path.read_text().splitlines()[0])["about"]["seed"] == 6

    def test_claims(self, tmp_path: Path) -> None:
        """Two benches never take the same seed, and one that goes on takes none that is done."""
        first = Record(tmp_path / "record.jsonl", 5, 0)
        assert [first.claim(PLUGIN), first.claim(PLUGIN), first.claim(DYNAMIC)] == [5, 6, 5]
        assert (first.at_work(PLUGIN), first.at_work(DYNAMIC)) == (2, 1)
        first.add(Trial(PLUGIN, 6, ("^C",)))
        assert first.at_work(PLUGIN) == 1
        assert Record(tmp_path / "record.jsonl", 5, 0).claim(PLUGIN) == 7

    def test_finding_without_fault(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is found in a trial that no fault struck is recorded, too."""
        monkeypatch.setattr(trial, "run", lambda seed: Result(seed, (), (Finding(compare.LOST, "web"),)))
        written: list[Run] = []
        arguments = ["--record", "--trials", "1", "--plugin", "0", "--dynamic", "0", "--rounds", "0"]
        assert command.main(arguments, tmp_path / "record.jsonl", written.append) == 1
        assert (written[0].trials[IN_PROCESS], written[0].findings[compare.LOST]) == (1, 1)


class TestOptions:
    """How many trials are run."""

    @pytest.mark.parametrize(
        ("arguments", "counts"),
        [
            ((), (1000, 150, 50, 5000)),
            (("--record",), (1000, 150, 50, 5000)),
            (("--record", "--plugin", "200"), (1000, 200, 50, 5000)),
            (("--seed", "3"), (1000, 150, 50, 5000)),
            (("--seed", "3", "--trials", "1"), (1, 0, 0, 0)),
        ],
    )
    def test_counts(self, arguments: tuple[str, ...], counts: tuple[int, ...]) -> None:
        """Without any number all are run: a command that runs nothing finds nothing, either."""
        options = command.options_of(arguments)
        assert (options.trials, options.plugin, options.dynamic, options.rounds) == counts

    def test_one_seed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One trial of a seed is run whether its fault strikes or not, and leaves no record."""
        assert command.main(["--seed", "3", "--trials", "1"], tmp_path / "record.jsonl") == 0
        assert "seed 3" in capsys.readouterr().out
        assert list(tmp_path.iterdir()) == []


class TestRecorded:
    """The record that is committed."""

    def test_right(self) -> None:
        """It has nothing that `make check` finds wrong."""
        assert list(verify.wrong_in_files(report.FIGURES, report.PAGE)) == []

    def test_again(self) -> None:
        """Some of its trials are run again and come out as recorded."""
        run = report.read()
        records = verify.sample(run, 12, random.Random())  # noqa: S311 - no secrets
        assert list(verify.differing(run, records)) == []


def test_benches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several benches run as many trials as were asked for, a missed one besides, and each seed once."""
    ran: list[int] = []
    missing = iter([(), *[("^C",)] * 9])

    class Running:
        missed = 0

        def run(self, seed: int) -> Result:
            ran.append(seed)
            return Result(seed, next(missing), ())

    monkeypatch.setattr(command, "bench", lambda *_: contextlib.nullcontext(Running()))
    written: list[Run] = []
    arguments = [
        "--record",
        "--seed",
        "4",
        "--trials",
        "0",
        "--plugin",
        "3",
        "--dynamic",
        "0",
        "--rounds",
        "0",
    ]
    assert command.main(arguments, tmp_path / "record.jsonl", written.append) == 0
    assert sorted(ran) == [4, 5, 6, 7]
    assert written[0].trials[PLUGIN] == 3
