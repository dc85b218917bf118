"""The GitOps loop beside a `pulumi` that only notes how it was called: names, and signals at any moment.

What an engine does is in tests/engine/plugin/test_gitops.py.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LOOP = Path(__file__).resolve().parents[2] / "examples" / "gitops" / "loop.py"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PULUMI = f"""#!{sys.executable} -S
import json, os, signal, sys
words = sys.argv[1:]
command = " ".join(word for word in words if not word.startswith("-"))

def note(*said):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps(said) + "\\n")

def interrupted(number, frame):
    note("interrupted", command.split()[0])
    if os.environ.get("AGAIN") and not interrupted.before:
        interrupted.before = True
        os.kill(os.getppid(), signal.SIGTERM)
        return
    sys.exit("error: canceled")

interrupted.before = False
if words == ["version"]:
    print("v3.200.0")
    sys.exit()
note("called", *words)
begins = command.startswith(os.environ.get("AT", "nothing"))
if begins and os.environ.get("WAITS"):
    signal.signal(signal.SIGINT, interrupted)
elif begins:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
if begins:
    os.kill(os.getppid(), getattr(signal, os.environ["SIGNAL"]))
if begins and os.environ.get("WAITS"):
    while True:
        signal.pause()
if "--event-log" in words:
    with open(words[words.index("--event-log") + 1], "a") as log:
        summary = {{"maybeCorrupt": False, "durationSeconds": 0, "resourceChanges": {{}}}}
        summary = {{**summary, "policyPacks": {{}}}}
        log.write(json.dumps({{"sequence": 0, "timestamp": 0, "summaryEvent": summary}}) + "\\n")
        log.write(json.dumps({{"sequence": 1, "timestamp": 0, "cancelEvent": {{}}}}) + "\\n")
if command == "stack select" and "KNOWN" not in os.environ:
    sys.exit("error: no stack named 'prod' found")
if command.startswith("stack output"):
    print("{{}}")
if command.startswith("stack history"):
    print(json.dumps([{{
        "kind": "update", "startTime": "2026-01-01T00:00:00.000Z", "message": "", "environment": {{}},
        "config": {{}}, "result": "succeeded", "resourceChanges": {{"same": 1}},
    }}]))
"""


class Round:
    """One round of the loop over a folder, with a `pulumi` that is alone on PATH.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.stacks = folder / "stacks"
        self.notes = folder / "notes.jsonl"
        self.path = folder / "bin"
        project = self.stacks / "caches"
        for each in (project, self.path):
            each.mkdir(parents=True)
        (project / "Pulumi.yaml").write_text("name: caches\nruntime: yaml\n")
        (self.path / "pulumi").write_text(PULUMI)
        (self.path / "pulumi").chmod(0o755)

    def run(
        self, *names: str, arguments: tuple[str, ...] = (), **variables: str
    ) -> tuple[int, dict[str, dict[str, Any]]]:
        """Give stacks their files and run it; give its exit status and the report by stack."""
        for name in names:
            (self.stacks / "caches" / f"Pulumi.{name}.yaml").write_text("config: {}\n")
        done = subprocess.run(
            [sys.executable, str(LOOP), str(self.stacks), "--once", *arguments],
            env={"PATH": str(self.path), "NOTES": str(self.notes), "HOME": str(self.path), **variables},
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, {line["stack"]: line for line in map(json.loads, done.stdout.splitlines())}

    def called(self) -> list[list[str]]:
        """Give the arguments of each call of `pulumi`."""
        return [said[1:] for said in self._noted() if said[0] == "called"]

    def interrupted(self) -> list[str]:
        """Give the first word of each command that was interrupted, as often as it was."""
        return [said[1] for said in self._noted() if said[0] == "interrupted"]

    def _noted(self) -> list[list[str]]:
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def once(tmp_path: Path) -> Round:
    """Return a round that hasn't begun."""
    return Round(tmp_path)


def test_what_is_no_stacks_name(once: Round) -> None:
    """A file whose name is no stack's is reported and never handed to Pulumi; the others have their turn."""
    wrong = ["--help", "-s", "", "a b", "a\nb", "prod;ls", "größe", "a" * 101]
    status, report = once.run(*wrong, "prod")
    assert (status, report.pop("caches/prod")["result"]) == (1, "unchanged")
    assert {stack: line["result"] for stack, line in report.items()} == {
        f"caches/{name}": "failed" for name in wrong
    }
    for name in wrong:
        assert report[f"caches/{name}"]["error"] == (
            f"{once.stacks}/caches/Pulumi.{name}.yaml: {name!r} is no stack's name, which has up to 100"
            " letters, digits, '_', '.' and '-' and doesn't begin with '-': rename the file, or take it away"
        )
    assert {word for words in once.called() for word in words if "stack=" in word} == {"--stack=prod"}


def test_a_name_is_no_option(once: Round) -> None:
    """A stack's name stands behind its flag's `=` in each command that has it, the one that makes it too."""
    names = ["prod", "cn-hangzhou", "A_1.b-2", ".", "_", "7", "a" * 100]
    status, report = once.run(*names)
    assert (status, {line["result"] for line in report.values()}) == (0, {"unchanged"})
    flags = [f"--stack={name}" for name in names]
    for command in once.called():
        assert len([word for word in command if word in flags]) == 1, command
        assert not set(command) & set(names), command
    for step in ("select", "init", "refresh", "up"):
        stepped = [flag for command in once.called() if step in command for flag in flags if flag in command]
        assert sorted(stepped) == sorted(flags)


def test_a_name_that_is_no_text(once: Round) -> None:
    """A file whose name is no text, as other systems leave them, is reported; the others have their turn."""
    (once.stacks / "caches" / "Pulumi.\udcff.yaml").write_text("")
    status, report = once.run("prod", PYTHONIOENCODING="utf-8:strict")
    assert (status, {stack: line["result"] for stack, line in report.items()}) == (
        1,
        {"caches/prod": "unchanged", "caches/\udcff": "failed"},
    )


def test_no_git(once: Round) -> None:
    """Where there is no git to pull with, that is reported, and what is there is applied."""
    status, report = once.run("prod", arguments=("--pull",))
    assert (status, report["caches/prod"]["result"]) == (1, "unchanged")
    assert report[""]["error"].startswith("git pull: ")
    assert report[""]["error"].endswith(": --pull needs git on PATH")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        *(
            ("--every", value, "is no time between two rounds")
            for value in ("0", "-5", "nan", "inf", "1e300")
        ),
        *(("--parallel", value, "is no number of stacks") for value in ("0", "-1")),
        ("--every", "often", "invalid"),
        ("--parallel", "1.5", "invalid"),
    ],
)
def test_numbers_that_are_none(once: Round, option: str, value: str, said: str) -> None:
    """A number that no loop can be run by is told before anything begins."""
    how_long = [] if option == "--every" else ["--once"]
    done = subprocess.run(
        [sys.executable, str(LOOP), str(once.stacks), f"{option}={value}", *how_long],
        env={"PATH": str(once.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def report_of(name: str, result: str, error: str, changes: dict[str, int]) -> Any:
    """Write a stack's line of the report, whatever seconds it took."""
    seconds = pytest.approx(0, abs=600)
    return {
        "stack": f"caches/{name}",
        "result": result,
        "seconds": seconds,
        "drift": [],
        "changes": changes,
        "error": error,
    }


@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("stack init", "a signal came before it was looked at"),
        ("refresh", "a signal came after it was looked at: what the files say is not applied"),
    ],
)
def test_signal_between_commands(once: Round, at: str, error: str) -> None:
    """A stack that a signal kept from being applied is interrupted, not unchanged, and the status tells."""
    status, report = once.run("prod", AT=at, SIGNAL="SIGTERM")
    assert (status, report) == (143, {"caches/prod": report_of("prod", "interrupted", error, {})})
    assert not [command for command in once.called() if "up" in command]


def test_signal_after_a_look_that_was_all(once: Round) -> None:
    """With --check a stack that was looked at is what the look found; the status tells of the signal."""
    status, report = once.run("prod", arguments=("--check",), AT="refresh", SIGNAL="SIGTERM", KNOWN="1")
    assert (status, report["caches/prod"]) == (143, report_of("prod", "unchanged", "", {}))


@pytest.mark.parametrize(
    ("at", "number"),
    [("stack init", signal.SIGTERM), ("refresh", signal.SIGINT), *(("up", number) for number in SIGNALS)],
)
def test_signal_in_a_command(once: Round, at: str, number: signal.Signals) -> None:
    """Pulumi has one ^C for a signal that reached the loop alone, with no other program on PATH."""
    status, report = once.run("prod", AT=at, SIGNAL=number.name, WAITS="1")
    assert (status, report["caches/prod"]["result"]) == (128 + number, "interrupted")
    assert report["caches/prod"]["error"] == "stderr: error: canceled"
    assert once.interrupted() == [at.partition(" ")[0]]


def test_second_signal(once: Round) -> None:
    """Who asks twice is in a hurry: Pulumi has a second ^C, at which it drops everything."""
    status, _ = once.run("prod", AT="up", SIGNAL="SIGTERM", WAITS="1", AGAIN="1")
    assert status == 143
    assert once.interrupted() == ["up", "up"]


def test_signal_in_git_pull(once: Round) -> None:
    """A pull that hangs ends too, and nothing is begun after it."""
    git = once.path / "git"
    git.write_text(PULUMI)
    git.chmod(0o755)
    pull = {"AT": f"{once.stacks} pull", "SIGNAL": "SIGTERM", "WAITS": "1"}
    status, report = once.run("prod", arguments=("--pull",), **pull)
    assert (status, {line["result"] for line in report.values()}) == (143, {"interrupted"})
    assert set(report) == {"", "caches/prod"}
    assert once.interrupted() == [str(once.stacks)]


def test_nohup(once: Round) -> None:
    """What was told to outlive its terminal does."""
    nohup = (
        "import os, signal, sys;"
        " signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    command = [sys.executable, "-c", nohup, sys.executable, str(LOOP), str(once.stacks), "--once"]
    (once.stacks / "caches" / "Pulumi.prod.yaml").write_text("config: {}\n")
    variables = {"PATH": str(once.path), "NOTES": str(once.notes), "AT": "refresh", "SIGNAL": "SIGHUP"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["result"]) == (0, "unchanged")
