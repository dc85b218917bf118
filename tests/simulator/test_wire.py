"""Tests of reading parameters off the wire."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.wire import Parameters, Request, timestamp


def test_list_in_order_of_numbers() -> None:
    """A list keeps the order of its numbers, not that of the wire, and takes no other names in."""
    parameters = Parameters(
        {"Image.10": "c", "Image.2": "b", "Image.1": "a", "Image.x": "d", "Images.1": "e"}
    )
    assert parameters.texts("Image") == ["a", "b", "c"]


def test_objects_keep_where_they_stood() -> None:
    """An object's errors name the parameter as it stood in the call."""
    (tag,) = Parameters({"Tag.3.Key": "", "Tag.3.Value": "x", "Tag.Key": "no"}).objects("Tag")
    with pytest.raises(MissingParameterError) as caught:
        tag.required("Key")
    assert caught.value.code == "MissingTag.3.Key"
    assert tag.text("Value") == "x"


def test_nested_objects() -> None:
    """Lists within objects are read from the object's part."""
    (info,) = Parameters({"Acr.1.Domain.1": "a", "Acr.1.Domain.2": "b"}).objects("Acr")
    assert info.texts("Domain") == ["a", "b"]


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_boolean_in_any_capitals(text: str) -> None:
    """Python's clients write True, others true."""
    assert Parameters({"Flash": text}).boolean("Flash") is True


@pytest.mark.parametrize("text", ["19", "32769", "20.5", "abc", "٢٠", "1e2", "9" * 5000])
def test_integer_out_of_its_limits(text: str) -> None:
    """A number outside of its limits, or none, is refused."""
    with pytest.raises(InvalidParameterError):
        Parameters({"Size": text}).integer("Size", 20, 32768)


def test_absent_values() -> None:
    """What is absent or empty has no number and no truth value."""
    parameters = Parameters({"Size": "", "Flash": ""})
    assert parameters.integer("Size", 1, 2) is None
    assert parameters.boolean("Flash") is None
    assert parameters.integer("Other", 1, 2) is None


def test_form_needs_its_content_type() -> None:
    """A body is read as a form only if it says that it is one."""
    assert Request("POST", "h", body=b"A=1").form_pairs() == []
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert Request("POST", "h", headers=form, body=b"A=1+2&B=").form_pairs() == [("A", "1 2"), ("B", "")]


def test_timestamp() -> None:
    """Times have whole seconds and a Z."""
    assert timestamp(datetime(2021, 2, 9, 2, 24, 7, 999, tzinfo=timezone.utc)) == "2021-02-09T02:24:07Z"
