"""Diff's answer: each property that differs by its path, down to the key or place in it, and what it takes.

`servicer` calls it. The engine shows these paths and matches a program's `replaceOnChanges` against them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imagecache_provider.diff import Diff, Difference, Kind
from imagecache_provider.plugin.codec import Properties
from imagecache_provider.plugin.protocol import provider_pb2

_KINDS = {
    (Kind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Kind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Kind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Kind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
    (Kind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Kind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
}


def diff_response(found: Diff, olds: Properties, news: Properties, stables: list[str]) -> Any:
    """Write what differs.

    Args:
        found: the differences.
        olds: the old inputs.
        news: the new ones.
        stables: the outputs that stay as they are.
    """
    secret = {path[0] for path in (*olds.secrets, *news.secrets)}
    details = {}
    for each in found.differences:
        whole = [(each.property, each.kind)]
        parts = [] if each.property in secret or not each.input else _of_inputs(each, olds, news)
        for path, kind in parts or whole:
            details[path] = provider_pb2.PropertyDiff(kind=_KINDS[kind, each.replaces], inputDiff=each.input)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=found.replaces,
        stables=stables,
        diffs=[each.property for each in found.differences],
        detailedDiff=details,
        hasDetailedDiff=True,
    )


def _of_inputs(difference: Difference, olds: Properties, news: Properties) -> list[tuple[str, Kind]]:
    name = difference.property
    return list(_parts(name, olds.plain.get(name), news.plain.get(name)))


def _parts(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    """Yield what differs in a value: keys of objects, places of lists."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _parts(_member(path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            here = (values[index] if index < len(values) else None for values in (old, new))
            yield from _parts(f"{path}[{index}]", *here)
    elif old is None:
        yield path, Kind.ADD
    else:
        yield path, Kind.DELETE if new is None else Kind.UPDATE


def _member(path: str, key: str) -> str:
    if key.isidentifier():
        return f"{path}.{key}"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{escaped}"]'
