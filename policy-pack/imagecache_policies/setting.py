"""What a policy can be configured with: each setting is said once, here as a value of `Setting`.

The schema that the engine holds a configuration against, the default, and the table of docs/policy-pack.md
follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_policy import PolicyConfigSchema


@dataclass(frozen=True)
class Setting:
    """One value of a policy's configuration.

    Attributes:
        name: its name in the configuration file.
        default: what holds where the configuration doesn't have it. Its type is the setting's: a whole
            number of at least 1, true or false, or a list of strings.
        description: what it means, for the table in the docs.
        patterns: whether the strings are regular expressions.
    """

    name: str
    default: int | bool | tuple[str, ...]
    description: str
    patterns: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        if isinstance(self.default, bool):
            form: dict[str, Any] = {"type": "boolean", "default": self.default}
        elif isinstance(self.default, int):
            form = {"type": "integer", "minimum": 1, "default": self.default}
        else:
            form = {"type": "array", "items": {"type": "string"}, "default": list(self.default)}
        return {"description": self.description, **form}

    def problem(self, value: Any) -> str | None:
        """Say what is wrong with a configured value; None for a right one."""
        if isinstance(self.default, bool):
            return None if isinstance(value, bool) else "must be true or false"
        if isinstance(self.default, int):
            return None if _is_whole(value) and value >= 1 else "must be a whole number of at least 1"
        if not isinstance(value, (list, tuple)) or not all(isinstance(member, str) for member in value):
            return "must be a list of strings"
        return next(filter(None, map(_pattern_problem, value)), None) if self.patterns else None


def schema(settings: tuple[Setting, ...]) -> PolicyConfigSchema | None:
    """Make the schema of a policy's configuration."""
    if not settings:
        return None
    return PolicyConfigSchema(properties={setting.name: setting.schema for setting in settings})


def problems(settings: tuple[Setting, ...], configuration: Mapping[str, Any]) -> list[str]:
    """Say all that is wrong with a policy's configuration.

    The engine has held it against the schema, which doesn't know whether a string is a regular expression.
    """
    found = []
    for setting in settings:
        reason = setting.problem(configuration.get(setting.name, setting.default))
        if reason is not None:
            found.append(f"{setting.name} of this policy's configuration {reason}")
    return found


def values(settings: tuple[Setting, ...], configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Give each setting's value, by name: the configured one, else the default."""
    return {setting.name: configuration.get(setting.name, setting.default) for setting in settings}


def _pattern_problem(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"has {pattern!r}, which is no regular expression: {error}"
    return None


def _is_whole(value: Any) -> bool:
    """Say whether it's a whole number; through the engine they come as floats."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and value.is_integer()
    )
