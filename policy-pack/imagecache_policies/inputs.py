"""A resource's inputs as a policy reads them: nothing that a program writes makes a reading fail.

Pulumi's SDK raises an UnknownValueError where a preview can't know a value, which would end the policy
before it judged the rest. `Inputs` sets such a value apart, so that what is known is judged, and remembers
it, so that the preview says all the same what could not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy.proxy import UnknownValueError


class Unknown:
    """The type of UNKNOWN, which stands for what a preview can't know; equal to nothing else."""


UNKNOWN: Final = Unknown()


class Inputs:
    """The inputs of one resource, or the outputs where the engine hands out those.

    Args:
        properties: what the engine sent, in the form that Pulumi's SDK gives it.

    Attributes:
        unknown: the first value that was asked for and that the preview can't know.
    """

    def __init__(self, properties: Any) -> None:
        self._properties = properties
        self.unknown: UnknownValueError | None = None

    def value(self, *path: str | int) -> Any:
        """Give what is at a path of names and indexes: None if nothing is, UNKNOWN if it can't be known."""
        found = self._properties
        for step in path:
            found = self._step(found, step)
        return found

    def count(self, *path: str | int) -> int:
        """Give the number of members of the list at a path; 0 if there is no list."""
        found = self.value(*path)
        return len(found) if _is_list(found) else 0

    def _step(self, value: Any, step: str | int) -> Any:
        if value is UNKNOWN:
            return UNKNOWN
        if not (_is_list(value) if isinstance(step, int) else isinstance(value, Mapping)):
            return None
        try:
            return value[step]
        except (KeyError, IndexError):
            return None
        except UnknownValueError as unknown:
            self.unknown = self.unknown or unknown
            return UNKNOWN


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))
