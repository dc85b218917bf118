"""Tests of the reading of inputs."""

from __future__ import annotations

from pulumi_policy.proxy import unknown_checking_proxy

from imagecache_policies.inputs import UNKNOWN, Inputs
from judging import UNKNOWN as SENT


def test_value() -> None:
    """A path leads to a value, or to nothing, whatever is on the way."""
    inputs = Inputs(unknown_checking_proxy({"a": [{"b": 1}], "text": "abc"}))
    assert inputs.value("a", 0, "b") == 1
    assert inputs.value("a", 1, "b") is None
    assert inputs.value("a", "b") is None
    assert inputs.value("text", 0) is None
    assert Inputs(None).value("a") is None
    assert inputs.unknown is None


def test_count() -> None:
    """Only a list has members."""
    inputs = Inputs(unknown_checking_proxy({"a": [1, 2], "text": "abc", "map": {"b": 1}}))
    assert [inputs.count(name) for name in ("a", "text", "map", "nothing")] == [2, 0, 0, 0]


def test_unknown() -> None:
    """What can't be known is told apart from what isn't there, and the first that was met is remembered."""
    inputs = Inputs(unknown_checking_proxy({"a": SENT, "b": [SENT, 1]}))
    assert inputs.value("b", 1) == 1
    assert inputs.value("b", 0, "c") is UNKNOWN
    assert inputs.value("a") is UNKNOWN
    assert inputs.unknown is not None
    assert inputs.unknown.props == ["b", "0"]
