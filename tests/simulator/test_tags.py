"""Tests of the rules for tags."""

from __future__ import annotations

import pytest

from imagecache_simulator.exceptions import InvalidParameterError, TooManyTagsError
from imagecache_simulator.tags import add_tags, matches, read_tags, remove_tags
from imagecache_simulator.wire import Parameters


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("", "v"),
        ("k" * 129, "v"),
        ("aliyun-x", "v"),
        ("ACS:x", "v"),
        ("see http://x", "v"),
        ("see https://x", "v"),
        ("k", "v" * 129),
        ("k", "acs:v"),
    ],
)
def test_bad_tag(key: str, value: str) -> None:
    """A key that's empty, too long or reserved is refused, and so is such a value, but for an empty one."""
    with pytest.raises(InvalidParameterError):
        read_tags(Parameters({"Tag.1.Key": key, "Tag.1.Value": value}))


def test_good_tags() -> None:
    """Keys and values may be as long as the limits, and values empty."""
    long = {"Tag.1.Key": "k" * 128, "Tag.1.Value": "v" * 128, "Tag.2.Key": "e"}
    assert read_tags(Parameters(long)) == {"k" * 128: "v" * 128, "e": ""}


def test_key_twice() -> None:
    """A key stands once in a call."""
    with pytest.raises(InvalidParameterError):
        read_tags(Parameters({"Tag.1.Key": "a", "Tag.2.Key": "a"}))


def test_add_all_or_none() -> None:
    """Tags go onto all resources, or onto none; a key that's there doesn't count twice."""
    full, empty = {str(number): "" for number in range(20)}, dict[str, str]()
    with pytest.raises(TooManyTagsError):
        add_tags({"more": ""}, empty, full)
    assert not empty
    add_tags({"1": "new"}, empty, full)
    assert (full["1"], empty) == ("new", {"1": "new"})


def test_remove() -> None:
    """All tags go only if no key is named."""
    tags = {"a": "1", "b": "2"}
    remove_tags(tags, ["a"], every=True)
    assert tags == {"b": "2"}
    remove_tags(tags, [], every=False)
    assert tags == {"b": "2"}
    remove_tags(tags, [], every=True)
    assert not tags


def test_matches() -> None:
    """All wanted tags must be there with their values; none wanted matches all."""
    assert matches({"a": "1"}, {})
    assert matches({"a": "1", "b": "2"}, {"b": "2"})
    assert not matches({"a": "1"}, {"a": "2"})
