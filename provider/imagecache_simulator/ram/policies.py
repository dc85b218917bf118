"""A policy in RAM's language, and what it says to what a call needs; `users` asks it.

An explicit deny wins, then an allow; what no statement is about is denied, too. Source: RAM's pages "Policy
structure and syntax" and "Basic elements of policies".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from imagecache_simulator.ram.conditions import (
    Condition,
    PolicyError,
    mapping,
    pattern,
    read_conditions,
    texts,
)

LONGEST_POLICY = 6144
"""Characters that a custom policy may have in RAM, without spaces."""
_ELEMENTS = ("Effect", "Action", "NotAction", "Resource", "Condition")


class Decision(Enum):
    """What a policy says; the values are those of AccessDeniedDetail's NoPermissionType."""

    ALLOW = "Allow"
    EXPLICIT_DENY = "ExplicitDeny"
    IMPLICIT_DENY = "ImplicitDeny"


@dataclass(frozen=True)
class Need:
    """One thing that the caller of an action has to be allowed.

    Attributes:
        action: RAM's name of it, for instance `eci:DeleteImageCache`.
        resource: on what, as an ARN; `*` where RAM knows no single resources.
        values: what conditions are compared with, by their keys.
    """

    action: str
    resource: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Statement:
    """One statement of a policy.

    Attributes:
        allows: whether it allows or denies.
        actions: patterns of names of actions.
        but: whether it's about all actions but those (NotAction).
        resources: patterns of resources.
        conditions: all of which have to hold.
    """

    allows: bool
    actions: tuple[re.Pattern[str], ...]
    but: bool
    resources: tuple[re.Pattern[str], ...]
    conditions: tuple[Condition, ...]

    def is_about(self, need: Need) -> bool:
        """Say whether the statement has a say in this."""
        return (
            _fits(self.actions, need.action) is not self.but
            and _fits(self.resources, need.resource)
            and all(condition.holds(need.values) for condition in self.conditions)
        )


@dataclass(frozen=True)
class Policy:
    """A policy.

    Attributes:
        document: as it was given.
        statements: as it was understood.
    """

    document: Mapping[str, Any]
    statements: tuple[Statement, ...]

    @classmethod
    def read(cls, document: Any) -> Policy:
        """Read a policy.

        Args:
            document: `{"Version": "1", "Statement": […]}`, as JSON's plain data or as its text.

        Raises:
            PolicyError: it's none; the error says where.
        """
        if isinstance(document, str):
            try:
                document = json.loads(document)
            except (ValueError, RecursionError):
                raise PolicyError("a policy is a JSON object") from None
        content = mapping("a policy", document)
        _only("a policy", content, ("Version", "Statement"))
        if content.get("Version") != "1":
            raise PolicyError('Version is "1"')
        if len(json.dumps(content, separators=(",", ":"))) > LONGEST_POLICY:
            raise PolicyError(f"a policy has {LONGEST_POLICY} characters at most, without spaces")
        statements = content.get("Statement")
        if not isinstance(statements, list) or not statements:
            raise PolicyError("Statement is a list of statements, of one at least")
        read = tuple(_statement(f"Statement[{place}]", each) for place, each in enumerate(statements))
        return cls(content, read)

    def decide(self, need: Need) -> Decision:
        """Say whether this is allowed."""
        effects = {statement.allows for statement in self.statements if statement.is_about(need)}
        if False in effects:
            return Decision.EXPLICIT_DENY
        return Decision.ALLOW if effects else Decision.IMPLICIT_DENY


def _statement(where: str, content: Any) -> Statement:
    statement = mapping(where, content)
    _only(where, statement, _ELEMENTS)
    if statement.get("Effect") not in {"Allow", "Deny"}:
        raise PolicyError(f"{where}.Effect is Allow or Deny")
    named = [name for name in ("Action", "NotAction") if name in statement]
    if len(named) != 1:
        raise PolicyError(f"{where} has either Action or NotAction")
    (name,) = named
    actions = texts(f"{where}.{name}", statement[name])
    for action in actions:
        if action != "*" and not re.fullmatch(r"[\w*?-]+:[\w*?]+", action):
            raise PolicyError(f"{where}.{name}: {action} isn't of the form eci:DescribeImageCaches or eci:*")
    resources = texts(f"{where}.Resource", statement.get("Resource"))
    for resource in resources:
        if resource != "*" and not re.fullmatch(r"acs:[^:]+:[^:]*:[^:]*:.+", resource):
            raise PolicyError(
                f"{where}.Resource: {resource} isn't * or of the form acs:eci:*:*:imagecache/imc-1"
            )
    conditions = (
        read_conditions(f"{where}.Condition", statement["Condition"]) if "Condition" in statement else ()
    )
    return Statement(
        allows=statement["Effect"] == "Allow",
        actions=tuple(pattern(each, any_capitals=True) for each in actions),
        but=name == "NotAction",
        resources=tuple(pattern(each) for each in resources),
        conditions=conditions,
    )


def _only(where: str, content: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Refuse an element that isn't of the language."""
    for name in content:
        if name not in names:
            raise PolicyError(f"{where} has no element {name}, only {', '.join(names)}")


def _fits(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(each.fullmatch(text) for each in patterns)
