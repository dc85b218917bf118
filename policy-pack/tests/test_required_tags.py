"""Tests of the policy that caches have tags."""

from __future__ import annotations

from imagecache_policies.required_tags import POLICY
from imagecache_policies.resource_types import ALICLOUD
from judging import UNJUDGED, UNKNOWN, judge


def test_required_tags() -> None:
    """Each tag that is missing or empty is a fault of its own."""
    tags = {"tags": {"team": "web", "cost-center": ""}}
    assert judge(POLICY, tags) == []
    assert judge(POLICY, tags, requiredTags=["team", "cost-center", "stage"]) == [
        "tags has no 'cost-center': add it with a value",
        "tags has no 'stage': add it with a value",
    ]
    assert judge(POLICY, {}, requiredTags=["team"]) == ["tags has no 'team': add it with a value"]


def test_unknown() -> None:
    """A value that a preview doesn't know is one."""
    assert judge(POLICY, {"tags": {"team": UNKNOWN}}, requiredTags=["team"]) == [UNJUDGED]


def test_alicloud_has_no_tags() -> None:
    """pulumi-alicloud's image caches can't have tags, so that none are asked of them."""
    for kind in ALICLOUD:
        assert judge(POLICY, {}, kind=kind, requiredTags=["team"]) == []
