"""Commands beside a build of the engine: what is run in which order, and what tests are told of the build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import beside_engine
import engine_download
from engine_environment import IN_THE_MAKING, Engine, EngineMissingError, Part, wait_for_engine

ROOT = Path(__file__).resolve().parents[2]
NOTE = (
    "import os, sys; open(sys.argv[1], 'a').write(f'{sys.argv[2]} {os.environ.get(sys.argv[3], str())}\\n')"
)
"""A program that notes a word and a variable in a file."""

LONG = "import time; time.sleep(60)"
UNTIL_ITS_END = f"""
import contextlib, os, time
with contextlib.suppress(ProcessLookupError):
    while True:
        os.kill(int(os.environ["{IN_THE_MAKING}"]), 0)
        time.sleep(0.01)
"""
"""A command that waits for the build's end."""

Run = Callable[..., int]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where commands note that they ran."""
    return tmp_path / "log"


@pytest.fixture
def run(log: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs two noted commands on a machine with Go that has no engine and no network.

    `there` says that it has an engine, `online` that it has a network, `go` whether it has Go. `first` is
    what the first command does instead of noting itself, and `build` what the build does.
    """

    def note(word: str) -> list[str]:
        return [sys.executable, "-c", NOTE, str(log), word, IN_THE_MAKING]

    def make(
        *flags: str,
        there: bool = False,
        online: bool = False,
        go: bool = True,
        first: str = "",
        build: str = "",
    ) -> int:
        def find(_environ: object) -> None:
            if not there:
                raise EngineMissingError

        monkeypatch.delenv(IN_THE_MAKING, raising=False)  # this run's own
        monkeypatch.setattr(beside_engine, "find_engine", find)
        monkeypatch.setattr(engine_download, "reachable", lambda: online)
        monkeypatch.setattr(beside_engine, "go_on_path", lambda _environ: Path("go") if go else None)
        monkeypatch.setattr(beside_engine, "BUILD", (sys.executable, "-c", build))
        monkeypatch.setattr(beside_engine, "ENGINE_FIRST", tuple(note("engine")))
        command = [sys.executable, "-c", first] if first else note("first")
        return beside_engine.main([*flags, *command, "--", *note("second")])

    return make


def words(log: Path) -> list[str]:
    """Give what was run, in order."""
    return [line.split(" ")[0] for line in log.read_text().splitlines()] if log.exists() else []


def test_engine_is_there(run: Run, log: Path) -> None:
    """With an engine the commands are run, and nothing else."""
    assert run(there=True, build="raise SystemExit(7)") == 0
    assert log.read_text() == "first \nsecond \n"


@pytest.mark.parametrize("machine", [{"online": True}, {"go": False}])
def test_engine_comes_first(run: Run, log: Path, machine: dict[str, bool]) -> None:
    """Where it's downloaded, or Go is, the engine is made before the commands: that takes Python packages."""
    assert run(**machine, build="raise SystemExit(7)") == 0
    assert words(log) == ["engine", "first", "second"]


def test_failed_command_ends_it(run: Run, log: Path) -> None:
    """The first command that fails is the last, its status is the end's, and the build is ended with it."""
    begin = time.monotonic()
    assert run(first="raise SystemExit(3)", build=LONG) == 3
    assert words(log) == []
    assert time.monotonic() - begin < 30


def test_commands_know_the_build(run: Run, log: Path) -> None:
    """The commands find the build's process in a variable."""
    assert run(build=LONG) == 0
    told = [line.split(" ")[1] for line in log.read_text().splitlines()]
    assert told[0] == told[1]
    with pytest.raises(ProcessLookupError):
        os.kill(int(told[0]), 0)


def test_failed_build_is_told(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    """What a build said that failed meanwhile is told; whether that matters is for the tests to say."""
    assert run(first=UNTIL_ITS_END, build="print('no room'); raise SystemExit(1)") == 0
    assert "The engine couldn't be built:\nno room" in capfd.readouterr().err


def test_shown_build_is_waited_for(run: Run, log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With --show what the build says is shown, and the end is its end."""
    assert run("--show", build="print('built', flush=True); raise SystemExit(7)") == 7
    assert "built" in capfd.readouterr().out
    assert words(log) == ["first", "second"]


def test_engine_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs the engine gets it once it's there, as long as the build is at work."""
    found = Engine(Part(Path("pulumi"), "built"), Part(Path("plugin"), "built"))
    looks: Iterator[Engine | Exception] = iter([EngineMissingError(), EngineMissingError(), found])

    def find(_environ: object) -> Engine:
        look = next(looks)
        if isinstance(look, Exception):
            raise look
        return look

    monkeypatch.setattr("engine_environment.find_engine", find)
    waited: list[None] = []
    assert wait_for_engine({IN_THE_MAKING: str(os.getpid())}, lambda: waited.append(None)) is found
    assert len(waited) == 2


def test_engine_that_nobody_builds_is_not_waited_for(tmp_path: Path) -> None:
    """Once the build has ended without an engine, or where there is none, the engine is missing."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    machine = {"PATH": "", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    for variables in ({}, {IN_THE_MAKING: str(ended.pid)}):
        with pytest.raises(EngineMissingError):
            wait_for_engine({**machine, **variables}, lambda: pytest.fail("it waited"))


def test_variables_of_the_makefile_stay_with_their_target() -> None:
    """What a user sets on make's command line doesn't reach a program that make starts, nor its own make."""
    names = ["ARGS", "KEEP", "PAGES", "PYTHON", "PYTHON310", "SEED", "SITE", "WORKERS"]
    show = "show: ; @env; $(MAKE) --no-print-directory inner\ninner: ; @echo 'inner=$(ARGS)'"
    given = [f"{name}=from-the-user" for name in names]
    done = subprocess.run(
        ["make", f"--eval={show}", "show", *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "from-the-user" not in done.stdout
    assert "inner=\n" in done.stdout
    used = set(re.findall(r"\$\(([A-Z0-9]+)\)", (ROOT / "Makefile").read_text()))
    ours = {"INSTALL", "MAKE", "PY", "PYTEST", "SETUP", "VENV"}
    assert used - ours <= set(names)
