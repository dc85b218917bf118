"""Tests of Pulumi's values as plain Python, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import Unknown as PulumiUnknown
from pulumi.runtime import rpc
from tests.chance import examples

from imagecache_provider.fields import UNKNOWN
from imagecache_provider.values import from_pulumi, to_pulumi

make_unknown: Any = PulumiUnknown
PULUMI_UNKNOWN = make_unknown()
PLAIN = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.just(UNKNOWN)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=10,
)


def in_pulumi_form(value: Any) -> Any:
    """Return a plain value as it arrives from Pulumi: numbers are floats."""
    if isinstance(value, dict):
        return {key: in_pulumi_form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_pulumi_form(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return rpc.UNKNOWN if value is UNKNOWN else value


@pytest.mark.parametrize("unknown", [rpc.UNKNOWN, PULUMI_UNKNOWN])
def test_unknown(unknown: Any) -> None:
    """Both of Pulumi's forms of what isn't known become UNKNOWN, at any depth."""
    assert from_pulumi(unknown) is UNKNOWN
    assert from_pulumi({"a": [unknown, {"b": unknown}]}) == {"a": [UNKNOWN, {"b": UNKNOWN}]}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (40.0, "40"),
        (40.5, "40.5"),
        (-1.0, "-1"),
        (True, "True"),
        (float("inf"), "inf"),
        ("40.0", "'40.0'"),
        ((1.0, 2.0), "[1, 2]"),
        ({"a": None, "b": {"c": None, "d": 1.0}}, "{'b': {'d': 1}}"),
        ([], "[]"),
        (None, "None"),
    ],
)
def test_from_pulumi(value: Any, plain: str) -> None:
    """Whole numbers become integers, booleans stay, tuples are lists, and objects have no nulls."""
    assert repr(from_pulumi(value)) == plain


def test_to_pulumi() -> None:
    """UNKNOWN becomes the text that Pulumi's wire has for it, at any depth."""
    assert to_pulumi({"a": [UNKNOWN, 1], "b": UNKNOWN}) == {"a": [rpc.UNKNOWN, 1], "b": rpc.UNKNOWN}


@examples(100)
@given(value=PLAIN)
def test_there_and_back(value: Any) -> None:
    """A plain value comes back from Pulumi's form as it was."""
    assert from_pulumi(in_pulumi_form(value)) == value
    assert from_pulumi(to_pulumi(value)) == value
