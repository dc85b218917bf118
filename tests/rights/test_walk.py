"""The walk: each right that the provider's calls needed in this run is in the policy, and none is in vain.

These tests come last. A right that lacks also fails the test whose call needs it, as all run under the
policy; what each is for is tested one by one in tests/provider/test_rights.py.
"""

from __future__ import annotations

import pytest
from tests.rights.walk import FULL, NEEDED, READ_ONLY, rights

pytestmark = pytest.mark.last


def test_each_needed_right_is_granted() -> None:
    """Each right that a call needed is in the policy, whatever tests ran."""
    assert {right.lower() for right in NEEDED} <= {right.lower() for right in rights(FULL)}


def test_each_granted_right_is_needed(whole_suite: bool) -> None:
    """In a run of the whole suite, each right of the policy was needed: there's none too many."""
    if not whole_suite:
        pytest.skip("only a run of the whole suite needs all rights")
    assert set(rights(FULL)) - set(NEEDED) == set()


def test_read_only_is_a_part() -> None:
    """The read-only policy has nothing that the full one hasn't, and nothing that changes anything."""
    assert set(rights(READ_ONLY)) <= set(rights(FULL))
    assert all(right.partition(":")[2].startswith(("Describe", "List")) for right in rights(READ_ONLY))
    changing = set(rights(FULL)) - set(rights(READ_ONLY))
    assert not any(right.partition(":")[2].startswith(("Describe", "List")) for right in changing)
