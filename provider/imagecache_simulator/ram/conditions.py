"""The conditions of a policy's statement: operators, and the keys that the simulator knows.

`policies` reads and asks them. What isn't known is refused when a policy is read: it would never be met.
Source: RAM's pages "Policy structure and syntax" and "Conditional operators".
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TAG_KEYS = ("acs:RequestTag/", "acs:ResourceTag/", "eci:tag/")
"""Prefixes of keys that end in a tag's key."""
KEYS = ("acs:Service", "ram:ServiceName")


def _equals(value: str, wanted: str) -> bool:
    return value == wanted


def _equals_in_any_capitals(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


def _like(value: str, wanted: str) -> bool:
    return pattern(wanted).fullmatch(value) is not None


OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_equals, True),
    "StringNotEquals": (_equals, False),
    "StringEqualsIgnoreCase": (_equals_in_any_capitals, True),
    "StringNotEqualsIgnoreCase": (_equals_in_any_capitals, False),
    "StringLike": (_like, True),
    "StringNotLike": (_like, False),
}
"""How a value is compared, and whether one of the wanted values has to fit, or none may."""


class PolicyError(ValueError):
    """A policy that can't be: where it's wrong, and what is possible there."""


def pattern(text: str, *, any_capitals: bool = False) -> re.Pattern[str]:
    """Return the pattern of a text with wildcards: `*` for anything, `?` for one character."""
    literal = text.replace("[", "[[]")  # fnmatch would begin a set of characters there
    return re.compile(fnmatch.translate(literal), re.IGNORECASE if any_capitals else 0)


def texts(where: str, value: Any) -> tuple[str, ...]:
    """Return one text or a list of them as a tuple; `PolicyError` for anything else, an empty list too."""
    values = [value] if isinstance(value, str) else value
    if (
        not isinstance(values, list)
        or not values
        or not all(isinstance(each, str) and each for each in values)
    ):
        raise PolicyError(f"{where} is a text or a list of texts")
    return tuple(values)


def mapping(where: str, value: Any) -> Mapping[str, Any]:
    """Return a JSON object that has something in it; `PolicyError` for anything else."""
    if not isinstance(value, dict) or not value:
        raise PolicyError(f"{where} is an object that isn't empty")
    return value


@dataclass(frozen=True)
class Condition:
    """One operator on one key.

    Attributes:
        operator: its name.
        key: what is compared.
        wanted: with which values.
    """

    operator: str
    key: str
    wanted: tuple[str, ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Say whether a call's values meet it. A key that they lack fits nothing."""
        fits, one = OPERATORS[self.operator]
        value = values.get(self.key)
        return (value is not None and any(fits(value, each) for each in self.wanted)) is one


def read_conditions(where: str, block: Any) -> tuple[Condition, ...]:
    """Read a statement's Condition block; all its conditions have to hold.

    Args:
        where: its place in the policy, for errors.
        block: as it stands there: operator to key to wanted values.

    Raises:
        PolicyError: it isn't of that shape, or has an operator or key that the simulator doesn't know.
    """
    found = []
    for operator, keys in mapping(where, block).items():
        if operator not in OPERATORS:
            raise PolicyError(
                f"{where}: the simulator knows no operator {operator}, only {', '.join(OPERATORS)}"
            )
        for key, wanted in mapping(f"{where}.{operator}", keys).items():
            if key not in KEYS and not key.startswith(TAG_KEYS):
                known = [*KEYS, *(f"{prefix}…" for prefix in TAG_KEYS)]
                raise PolicyError(
                    f"{where}.{operator}: the simulator knows no key {key}, only {', '.join(known)}"
                )
            found.append(Condition(operator, key, texts(f"{where}.{operator}.{key}", wanted)))
    return tuple(found)
