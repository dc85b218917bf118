"""Tests of the limit to a cache's disk."""

from __future__ import annotations

from imagecache_policies.size import POLICY
from judging import judge


def test_size() -> None:
    """A disk of the limit's size is no fault, a larger one is."""
    assert judge(POLICY, {"imageCacheSize": 100.0}) == []
    assert judge(POLICY, {"imageCacheSize": 101.0}) == [
        "imageCacheSize is 101 GiB, more than 100: lower it, or cache fewer images in it"
    ]


def test_default_size() -> None:
    """A cache that says nothing has 20 GiB."""
    assert judge(POLICY, {}, maxGiB=20.0) == []
    assert judge(POLICY, {"imageCacheSize": None}, maxGiB=19.0)[0].startswith("imageCacheSize is 20 GiB")
