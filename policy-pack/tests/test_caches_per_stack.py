"""Tests of the limit to a stack's caches."""

from __future__ import annotations

from imagecache_policies.caches_per_stack import POLICY
from imagecache_policies.resource_types import ALICLOUD, CONTAINER_GROUP, DYNAMIC, PLUGIN
from judging import judge_stack


def test_limit() -> None:
    """Caches of all kinds count, other resources don't."""
    types = {kind: kind for kind in (PLUGIN, DYNAMIC, *ALICLOUD, CONTAINER_GROUP)}
    assert judge_stack(POLICY, types, maxCaches=4.0) == []
    (message,) = judge_stack(POLICY, types, maxCaches=3.0)
    assert message.startswith("the stack has 4 image caches, more than 3: put images that start together")


def test_default() -> None:
    """The limit is 50 where nothing else is configured."""
    assert judge_stack(POLICY, {str(number): PLUGIN for number in range(50)}) == []
    assert len(judge_stack(POLICY, {str(number): PLUGIN for number in range(51)})) == 1
