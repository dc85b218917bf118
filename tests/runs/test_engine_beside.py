"""Tests beside a build of the engine: the order, and the wait."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.engine_beside import comes_last
from tests.quick import SUITE
from tests.runs.conftest import Inner

from engine_environment import IN_THE_MAKING

CONFTEST = """
from pathlib import Path
from tests import engine_beside

engine_beside.SUITE = Path(__file__).parent
engine_beside._PLACES = ("test_a_needs_it.py",)
"""
NEEDS_IT = """
import os, pytest

@pytest.mark.timeout(1)
def test_needs_it():
    try:
        os.kill(int(os.environ["{variable}"]), 0)
    except ProcessLookupError:
        print("the build has ended")
"""
FREE = "def test_free(): pass\n"


def run(inner: Inner, seconds: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Run both kinds of tests beside a build that takes so long and makes no engine; return what is said."""
    build = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])
    reaped = threading.Thread(target=build.wait)
    reaped.start()
    if not seconds:
        reaped.join()
    monkeypatch.setenv(IN_THE_MAKING, str(build.pid))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    needs_it = NEEDS_IT.format(variable=IN_THE_MAKING)
    done = inner("-vs", plugin="engine_beside", conftest=CONFTEST, test_a_needs_it=needs_it, test_b_free=FREE)
    reaped.join()
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_order_and_wait(inner: Inner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests that need the engine come last, and begin when the build has ended; so does their time limit."""
    said = run(inner, 4, monkeypatch, tmp_path)
    assert said.index("test_free") < said.index("test_needs_it")
    assert "the build has ended" in said


def test_no_wait_for_a_build_that_ended(
    inner: Inner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A build that ended without an engine isn't waited for: the tests run, and fail by what they lack."""
    assert "the build has ended" in run(inner, 0, monkeypatch, tmp_path)


def test_places() -> None:
    """The tests on the engine wait, those of the provider don't."""
    assert comes_last(SUITE / "engine" / "plugin" / "test_lifecycle.py")
    assert comes_last(SUITE / "tools" / "test_generate_sdks.py")
    assert not comes_last(SUITE / "provider" / "plugin" / "test_engine.py")
