"""The walk: what a run's end says of the rights that the provider's calls needed, and of the policies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.rights.walk import FULL, READ_ONLY, rights
from tests.whole_run import SUITE, Run, Verdict, judge_rights

WHOLE = Run(frozenset(SUITE.rglob("test_*.py")), picked=False, passed=True)
GRANTED = rights(FULL)


def test_each_needed_right_is_granted() -> None:
    """A right that a call needed and the policy lacks is wrong, whatever tests ran."""
    for run in (WHOLE, replace(WHOLE, picked=True), replace(WHOLE, passed=False)):
        verdict = judge_rights([*GRANTED, "eci:Odd"], run)
        assert verdict == Verdict(("eci:Odd was needed; full.json doesn't grant it",))


def test_each_granted_right_is_needed() -> None:
    """In a run of the whole suite a right of the policy that nothing needed is wrong."""
    first, *others = GRANTED
    assert judge_rights(others, WHOLE) == Verdict((f"full.json grants {first}; nothing needed it",))
    assert judge_rights(GRANTED, WHOLE) == Verdict(held=("each right of full.json was needed",))
    assert judge_rights([right.upper() for right in GRANTED], WHOLE).wrong == ()


@pytest.mark.parametrize(
    "run",
    [
        replace(WHOLE, picked=True),
        replace(WHOLE, passed=False),
        replace(WHOLE, files=WHOLE.files - {SUITE / "rights" / "test_walk.py"}),
    ],
)
def test_only_a_run_of_the_whole_suite_needs_all(run: Run) -> None:
    """A run that left out a test or a file, or in which one failed, isn't asked for all rights."""
    assert judge_rights(GRANTED[1:], run) == Verdict()


def test_read_only_is_a_part() -> None:
    """The read-only policy has nothing that the full one hasn't, and nothing that changes anything."""
    assert set(rights(READ_ONLY)) <= set(rights(FULL))
    assert all(right.partition(":")[2].startswith(("Describe", "List")) for right in rights(READ_ONLY))
    changing = set(rights(FULL)) - set(rights(READ_ONLY))
    assert not any(right.partition(":")[2].startswith(("Describe", "List")) for right in changing)
