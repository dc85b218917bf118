"""Tests of the policy that caches have a retention."""

from __future__ import annotations

from imagecache_policies.retention import POLICY
from judging import UNJUDGED, UNKNOWN, judge


def test_retention() -> None:
    """A cache that is kept for ever is a fault; one that goes within the limit isn't."""
    assert judge(POLICY, {"retentionDays": 365.0}) == []
    assert judge(POLICY, {}) == judge(POLICY, {"retentionDays": None})
    (message,) = judge(POLICY, {})
    assert message == (
        "retentionDays isn't set, so that the cache is paid for until somebody deletes it: set it, to 365"
        " at most"
    )


def test_limit() -> None:
    """A retention over the limit is a fault."""
    assert judge(POLICY, {"retentionDays": 31.0}, maxDays=30.0) == [
        "retentionDays is 31, more than 30: lower it"
    ]


def test_unknown() -> None:
    """A retention that a preview doesn't know is one."""
    assert judge(POLICY, {"retentionDays": UNKNOWN}) == [UNJUDGED]
