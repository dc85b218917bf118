"""Tests of Diff's answer: which paths differ, and how."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.diff import Diff, Difference, Kind
from imagecache_provider.fields import UNKNOWN, Change
from imagecache_provider.plugin.codec import Properties
from imagecache_provider.plugin.difference import diff_response
from imagecache_provider.plugin.protocol import provider_pb2

PropertyDiff = provider_pb2.PropertyDiff
SOME = Diff((Difference("a", Kind.UPDATE, Change.METADATA, False, ""),))


def kinds(found: Diff, old: Any, new: Any, secrets: frozenset[Any] = frozenset()) -> dict[str, str]:
    """Return the paths of a property that differ, each with its kind."""
    answer = diff_response(found, Properties({"a": old}), Properties({"a": new}, secrets), [])
    assert list(answer.diffs) == ["a"]
    return {path: PropertyDiff.Kind.Name(each.kind) for path, each in answer.detailedDiff.items()}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("x", "y", {"a": "UPDATE"}),
        ({"k": "x", "same": 1}, {"k": "y", "same": 1}, {"a.k": "UPDATE"}),
        ({"k": "x"}, {"l": "x"}, {"a.k": "DELETE", "a.l": "ADD"}),
        ({"k/1.0": "x"}, {"k/1.0": UNKNOWN}, {'a["k/1.0"]': "UPDATE"}),
        ({'"': "x"}, {}, {r'a["\""]': "DELETE"}),
        (["x", "y"], ["x"], {"a[1]": "DELETE"}),
        ([{"k": ["x"]}], [{"k": ["y", "z"]}], {"a[0].k[0]": "UPDATE", "a[0].k[1]": "ADD"}),
        (["x"], UNKNOWN, {"a": "UPDATE"}),
        ("same", "same", {"a": "UPDATE"}),
    ],
)
def test_paths(old: Any, new: Any, expected: dict[str, str]) -> None:
    """Differences are told where they are: a program's replaceOnChanges may name the place."""
    assert kinds(SOME, old, new) == expected


def test_secret() -> None:
    """What is secret, or holds a secret, is told as a whole."""
    assert kinds(SOME, {"k": "x"}, {"k": "y"}, frozenset({("a", "k")})) == {"a": "UPDATE"}


def test_state() -> None:
    """What differs by the state, or takes another cache, says so at its path."""
    state = Diff((Difference("a", Kind.UPDATE, Change.REPLACE, True, "", input=False),))
    assert kinds(state, {"k": "x"}, {"k": "y"}) == {"a": "UPDATE_REPLACE"}
    inputs = Diff((Difference("a", Kind.UPDATE, Change.REPLACE, True, ""),))
    assert kinds(inputs, {"k": "x"}, {"k": "y"}) == {"a.k": "UPDATE_REPLACE"}
