"""ECI's RPC parameters: inputs to a flat map of texts, by the wire names on the model's fields.

A list's members are numbered from 1 (`Image.1`), an object's parts follow a dot
(`ImageRegistryCredential.1.Server`), a map becomes numbered keys and values (`Tag.1.Key`, `Tag.1.Value`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from imagecache_provider.fields import NO_DEFAULT, Field, Model, fields, without_empty


def parameters(model: type[Model], inputs: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """Give the parameters for these properties; a removed or empty one that has a default is sent as that."""
    sent: dict[str, str] = {}
    said = without_empty(model, inputs)
    for name, field in fields(model).items():
        if name not in names or not field.property.wire:
            continue
        value = said.get(name)
        if value is None and field.property.default is not NO_DEFAULT:
            value = field.property.default
        sent.update(_field(field, value, field.property.wire))
    return sent


def tag_parameters(tags: Mapping[str, str]) -> dict[str, str]:
    """Give `Tag.N.Key` and `Tag.N.Value`, ordered by key so that a repeated request is the same request."""
    return dict(_map("Tag", tags))


def numbered(wire: str, members: Collection[str]) -> dict[str, str]:
    """Give `wire.1`, `wire.2`, … for the members."""
    return {f"{wire}.{number}": member for number, member in enumerate(members, 1)}


def _field(field: Field, value: Any, wire: str) -> Iterator[tuple[str, str]]:
    if value is None or value == []:
        return
    if field.property.joined:
        yield wire, ",".join(value)
    elif isinstance(value, dict):
        yield from _map(wire, value)
    elif isinstance(value, list):
        yield from _list(field, value, wire)
    else:
        yield wire, _text(value)


def _list(field: Field, members: list[Any], wire: str) -> Iterator[tuple[str, str]]:
    for number, member in enumerate(members, 1):
        if field.nested is None:
            yield f"{wire}.{number}", _text(member)
            continue
        for name, part in fields(field.nested).items():
            yield from _field(part, member.get(name), f"{wire}.{number}.{part.property.wire}")


def _map(wire: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for number, key in enumerate(sorted(values), 1):
        yield f"{wire}.{number}.Key", key
        yield f"{wire}.{number}.Value", values[key]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
