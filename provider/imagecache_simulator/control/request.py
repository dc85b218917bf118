"""A request under `/_simulator/`, as the functions that answer it read it, and the error that they raise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class ControlError(Exception):
    """A request that can't be done, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class ControlRequest:
    """What was asked.

    Attributes:
        rest: what follows the name in the path, an ID for instance.
        query: the parameters of the query string.
        body: the body's bytes.
    """

    rest: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def content(self, *names: str) -> dict[str, Any]:
        """Return the body; `ControlError` if it's no JSON object, or has other than these names."""
        try:
            content = json.loads(self.body)
            # JSON can spell half a character ("\\ud800"), which no answer could repeat.
            json.dumps(content, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise ControlError(400, "the body is a JSON object, of Unicode text")
        unknown = sorted(content.keys() - set(names)) if names else []
        if unknown:
            raise ControlError(400, f"there is no {unknown[0]} here; there are {', '.join(names)}")
        return content


def number(name: str, value: Any, lowest: float, highest: float) -> float:
    """Return a number within its limits; `ControlError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not lowest <= value <= highest:
        raise ControlError(400, f"{name} is a number from {lowest:g} to {highest:g}")
    return value


def integer(name: str, value: Any, lowest: int, highest: int) -> int:
    """Return a whole number within its limits; `ControlError` for anything else."""
    if type(value) is not int or not lowest <= value <= highest:
        raise ControlError(400, f"{name} is an integer from {lowest} to {highest}")
    return value


def boolean(name: str, value: Any) -> bool:
    """Return a truth value; `ControlError` for anything else."""
    if not isinstance(value, bool):
        raise ControlError(400, f"{name} is true or false")
    return value


def text(name: str, value: Any) -> str:
    """Return a string; `ControlError` for anything else."""
    if not isinstance(value, str):
        raise ControlError(400, f"{name} is a string")
    return value
