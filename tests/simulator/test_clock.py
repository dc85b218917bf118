"""Tests of simulated time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagecache_simulator import ManualClock, ScaledClock

START = datetime(2026, 5, 1, tzinfo=timezone.utc)


def test_manual_clock_moves_only_when_told() -> None:
    """A manual clock stands still between steps."""
    clock = ManualClock(START)
    assert clock.now() == clock.now() == START
    clock.advance(90)
    assert clock.now() == START + timedelta(seconds=90)


def test_scaled_clock_runs_faster() -> None:
    """A scaled clock runs by its factor, and can be moved on besides."""
    real = [100.0]
    clock = ScaledClock(60, START, monotonic=lambda: real[0])
    real[0] += 2
    assert clock.now() == START + timedelta(seconds=120)
    clock.advance(30)
    assert clock.now() == START + timedelta(seconds=150)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e13])
@pytest.mark.parametrize("clock", [ManualClock(START), ScaledClock(1, START, monotonic=lambda: 0)])
def test_steps_that_no_clock_makes(clock: ManualClock | ScaledClock, seconds: float) -> None:
    """A clock goes neither back nor past the calendar's end, and stays where it was."""
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(seconds)
    assert clock.now() == START


@pytest.mark.parametrize("speed", [0, -1, float("nan"), 2e6])
def test_speed_has_limits(speed: float) -> None:
    """A speed is above 0, and not so high that a build ends before its answer is sent."""
    with pytest.raises(ValueError, match="speed"):
        ScaledClock(speed)


def test_speed_and_pauses() -> None:
    """A running clock can be made faster, paused and let go on; what has passed stays."""
    real = [100.0]
    clock = ScaledClock(60, START, monotonic=lambda: real[0])
    real[0] += 1
    clock.speed = 10
    real[0] += 1
    assert (clock.now(), clock.speed) == (START + timedelta(seconds=70), 10)
    clock.paused = True
    real[0] += 5
    assert clock.now() == START + timedelta(seconds=70)
    clock.advance(30)
    clock.paused = False
    real[0] += 1
    assert clock.now() == START + timedelta(seconds=110)
    with pytest.raises(ValueError, match="speed"):
        clock.speed = 0
    assert clock.speed == 10


def test_reset() -> None:
    """A clock can begin again, at its first moment and with its first speed."""
    manual = ManualClock(START)
    manual.advance(1)
    manual.reset()
    real = [100.0]
    running = ScaledClock(60, START, monotonic=lambda: real[0])
    real[0] += 1
    running.speed, running.paused = 1, True
    running.reset()
    assert manual.now() == running.now() == START
    assert (running.speed, running.paused) == (60, False)
