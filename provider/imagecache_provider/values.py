"""Pulumi's values to plain Python and back; the fronts call it at their edge: nothing below knows Pulumi.

Pulumi's numbers are all floats. What a preview doesn't know is a text that nobody would write, and an object
of Pulumi's once its SDK has read it.
"""

from __future__ import annotations

from typing import Any

from pulumi.output import Unknown as PulumiUnknown
from pulumi.runtime import rpc

from imagecache_provider.fields import UNKNOWN


def from_pulumi(value: Any) -> Any:
    """Make a value plain: UNKNOWN for what isn't known, whole numbers as int, no nulls in objects."""
    if value == rpc.UNKNOWN or isinstance(value, PulumiUnknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {str(key): from_pulumi(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [from_pulumi(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def to_pulumi(value: Any) -> Any:
    """Give a plain value Pulumi's form."""
    if value is UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, dict):
        return {key: to_pulumi(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_pulumi(item) for item in value]
    return value
