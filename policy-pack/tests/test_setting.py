"""Tests of what policies can be configured with."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_policies.setting import Setting, problems, schema, values

NUMBER = Setting("number", 7, "A number.")
SWITCH = Setting("switch", True, "A switch.")
NAMES = Setting("names", ("a",), "Names.")


def test_schema() -> None:
    """The engine is told each setting's type and default."""
    made = schema((NUMBER, SWITCH, NAMES))
    assert made is not None
    assert made.properties == {
        "number": {"description": "A number.", "type": "integer", "minimum": 1, "default": 7},
        "switch": {"description": "A switch.", "type": "boolean", "default": True},
        "names": {"description": "Names.", "type": "array", "items": {"type": "string"}, "default": ["a"]},
    }
    assert schema(()) is None


@pytest.mark.parametrize(
    ("configuration", "problem"),
    [
        ({}, None),
        ({"number": 3.0, "switch": False, "names": []}, None),
        ({"number": 0}, "number of this policy's configuration must be a whole number of at least 1"),
        ({"number": 1.5}, "number of this policy's configuration must be a whole number of at least 1"),
        (
            {"number": float("inf")},
            "number of this policy's configuration must be a whole number of at least 1",
        ),
        ({"number": True}, "number of this policy's configuration must be a whole number of at least 1"),
        ({"switch": "yes"}, "switch of this policy's configuration must be true or false"),
        ({"names": "a"}, "names of this policy's configuration must be a list of strings"),
        ({"names": [1]}, "names of this policy's configuration must be a list of strings"),
    ],
)
def test_problems(configuration: dict[str, Any], problem: str | None) -> None:
    """A wrong value is told with the setting's name."""
    assert problems((NUMBER, SWITCH, NAMES), configuration) == ([] if problem is None else [problem])


def test_values() -> None:
    """A default holds where nothing is configured."""
    assert values((NUMBER, SWITCH), {"number": 3}) == {"number": 3, "switch": True}
