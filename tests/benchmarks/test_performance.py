"""The short form of `make bench`: what isn't a matter of this machine's speed, on a real engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imagecache_provider.waiter import SHORTEST_TICK
from performance import report, rows
from performance.cloud import account
from performance.contestants import DYNAMIC, GATED, NOTHING, OURS
from performance.figures import Figures, Machine, Start
from performance.scenarios import GROWTH, PARALLEL, Sample, Scenario, State, measure

PAGE = 20
SPEED = 5
"""The cloud's seconds in one of ours."""


def looked(up: Sample, caches: int) -> bool:
    """Say whether all caches were looked up together: in as many calls as their list has pages, once a tick.

    How many looks that is in all is a matter of the machine: a slow one takes longer, and looks more often.
    tests/provider/test_waiter.py counts them on driven time.
    """
    return 0 < up.describes <= -(-caches // PAGE) * (up.seconds / SHORTEST_TICK + 2)


def measured(scenario: Scenario) -> tuple[dict[str, Sample], State, list[str]]:
    """Run a scenario of one contestant; give its commands, how large a cache's record is, and all calls."""
    with account(SPEED) as cloud:
        found = list(measure(scenario, cloud))
        calls = [call["action"] for call in cloud.simulator.ask("requests")]
    (state,) = (each for each in found if isinstance(each, State))
    return {each.command: each for each in found if isinstance(each, Sample)}, state, calls


@pytest.mark.timeout(300)
def test_plugin() -> None:
    """Seventy caches are looked up together, and refreshed in as few calls as their list has pages.

    The cloud throttles five creates, since somebody else uses the account: the user sees none of it.
    A preview calls nothing.
    """
    scenario = Scenario("short", (70,), 5 * SPEED, 100, (OURS,), rounds=1, looks=1, throttled=5)
    samples, state, _ = measured(scenario)
    assert samples["up"].throttled == 5
    assert samples["up"].errors == 0
    assert looked(samples["up"], 70)
    assert samples["preview"].calls == 0
    assert samples["refresh"].calls <= -(-70 // PAGE) + 2
    assert samples["preview"].provider_megabytes < 150
    assert state.own <= 2500


@pytest.mark.timeout(300)
def test_gate() -> None:
    """Thirty caches behind a gate are all begun, eight at once, before any is waited for: all together."""
    samples, _, calls = measured(Scenario("short", (30,), 5 * SPEED, 8, (GATED,), rounds=1))
    asked = [call for call in calls if call != "GetCallerIdentity"]  # once, beside the first create
    first = asked.index("CreateImageCache")
    assert set(asked[first : first + 30]) == {"CreateImageCache"}
    assert looked(samples["up"], 30)


@pytest.mark.timeout(300)
def test_dynamic() -> None:
    """A record of the dynamic front is small, too."""
    _, state, _ = measured(Scenario("short", (2,), 5, 4, (DYNAMIC,), rounds=1))
    assert state.own <= 3000


def sample(scenario: str, contestant: str, command: str, caches: int, seconds: float, calls: int) -> Sample:
    """Return a sample of which only this is told."""
    return Sample(scenario, contestant, caches, command, seconds, calls, calls, 0, 0, 60.0, 1.0)


FIGURES = Figures(
    "make bench",
    60,
    Machine("2026-01-01", 2, 24, (0.1, 1.0), {"pulumi": "v3"}),
    [
        *(sample(PARALLEL, OURS, "up", 100, seconds, 70) for seconds in (24, 30, 23)),
        sample(PARALLEL, NOTHING, "up", 100, 4, 0),
        *(sample(GROWTH, OURS, "refresh", count, count / 50, count // PAGE + 2) for count in (10, 1000)),
        *(sample(GROWTH, NOTHING, "refresh", count, count / 60, 0) for count in (10, 1000)),
    ],
    [State(OURS, 1600, 3600)],
    [Start("launcher", 0.6, 51.0, 15), Start(NOTHING, 0.3, 40.0, 15)],
)
"""Figures of a made-up run, in which a start is too slow."""


def test_rows() -> None:
    """Rows are worked out of medians, or of the most of all runs; what wasn't measured is none."""
    found = {row.name: row for row in rows.rows(FIGURES)}
    wall = found["100 caches, build 20 s, `-p 128`: wall over build time"]
    assert (wall.reached, wall.fine) == (1.2, True)
    assert "alicloud not measured, engine's floor 0.20" in wall.beside
    calls = found["refresh of 1,000 caches: API calls"]
    assert (calls.must, calls.reached) == (52, 52)
    assert found["state per cache, plugin"].reached == 1.6
    assert not found["plugin start to port line, launcher"].fine
    assert found["state per cache, dynamic"].reached is None


def test_page() -> None:
    """The page shows every row, with a word on what isn't reached, and how cost grows."""
    page = report.page(FIGURES)
    assert "| plugin start to port line, launcher | at most 0.50 s | 0.60 s | **not reached** |" in page
    assert "| state per cache, dynamic | at most 3.0 KB |  | not measured |" in page
    assert "| refresh | 1000 | 20.0 s | 16.7 s | 1.20 | 52 |" in page


def test_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page and plot are the same from the same figures, and it's noticed when they're of others."""
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root / 'benchmarks'}:{root / 'tools'}")
    report.write(FIGURES, tmp_path)
    assert Figures.read(tmp_path) == FIGURES
    assert report.stale(tmp_path) == []
    replace(FIGURES, samples=FIGURES.samples[:-1]).write(tmp_path)
    assert report.stale(tmp_path) == [report.PAGE, report.PLOT]
