"""Tests of the benchmark: that it runs and counts, not how fast it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import MOST_GROWTH, complaints

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "simulator.py"


def test_short_run(tmp_path: Path) -> None:
    """A short run at a low rate makes all its calls, of every kind, and no call fails."""
    report = tmp_path / "report.json"
    command = [sys.executable, str(BENCHMARK), "--rate", "40", "--seconds", "5", "--report", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(report.read_text())
    assert (result["calls"], result["failures"]) == (200, {})
    assert all(result["latency_ms"].values())
    assert f"{result['rate']} a second" in done.stdout


@pytest.mark.parametrize(
    ("failures", "growth", "count"), [({}, 0, 0), ({"OSError: x": 2}, 0, 1), ({}, MOST_GROWTH + 1, 1)]
)
def test_complaints(failures: dict[str, int], growth: float, count: int) -> None:
    """A call that failed and memory that grew are each complained of."""
    memory = {"start": 40.0, "half": 50.0, "end": 50.0 + growth}
    result = {"failures": failures, "memory_mb": memory, "most_growth_mb": MOST_GROWTH}
    assert len(complaints(result)) == count
