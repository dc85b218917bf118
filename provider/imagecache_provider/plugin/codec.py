"""Pulumi's property values on the wire to plain Python and back: unknowns and secrets at any depth.

On the wire a value is a `google.protobuf.Struct`. What Struct can't say is an object with a signature: a
secret, an output, a reference to another resource; what a preview doesn't know is one of seven texts. Here a
value is plain, UNKNOWN where it isn't known, and the places of its secrets are kept beside it.

Source: Pulumi's developer documentation, "Property values"; the texts and signatures are the protocol's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, Struct, Value

from imagecache_provider.fields import UNKNOWN, Model, fields

Path = tuple["str | int", ...]
"""Where a value stands in an object: names and places in lists."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_TEXTS = frozenset(
    {
        _UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)


@dataclass(frozen=True)
class Properties:
    """An object of property values.

    Attributes:
        plain: names to plain values: no nulls in objects, whole numbers as int.
        secrets: the places of those that must not be shown.
    """

    plain: dict[str, Any]
    secrets: frozenset[Path] = frozenset()

    def secret_texts(self) -> Iterator[str]:
        """Yield every text at or below a secret place."""
        for path in self.secrets:
            yield from _texts(_at(self.plain, path))


def decode(struct: Struct) -> Properties:
    """Read an object off the wire; nothing that a Struct can hold makes it fail."""
    secrets: set[Path] = set()
    plain = _object(struct, (), secrets)
    return Properties(plain, frozenset(secrets))


def encode(plain: Mapping[str, Any], secrets: Collection[Path] = ()) -> Struct:
    """Write an object for the wire.

    Args:
        plain: names to plain values.
        secrets: the places of those that must not be shown; places that the object doesn't have don't matter.
    """
    return _write_object(Struct(), plain, (), frozenset(secrets))


def secret_places(model: type[Model], plain: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the places of what a model says is secret."""
    for name, field in fields(model).items():
        if name not in plain:
            continue
        if field.property.secret:
            yield (name,)
        elif field.nested is not None and isinstance(plain[name], list):
            for index, member in enumerate(plain[name]):
                if isinstance(member, dict):
                    yield from ((name, index, *rest) for rest in secret_places(field.nested, member))


def _object(struct: Struct, path: Path, secrets: set[Path]) -> dict[str, Any]:
    plain = {}
    for name, value in struct.fields.items():
        kind = value.WhichOneof("kind")
        if kind not in {"null_value", None}:
            plain[name] = _plain(value, (*path, name), secrets, kind)
    return plain


def _plain(value: Value, path: Path, secrets: set[Path], kind: str | None = None) -> Any:
    """Read a value; its kind is asked for only once, since most of the plugin's time goes here."""
    kind = kind or value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in _UNKNOWN_TEXTS else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        members = value.list_value.values
        return [_plain(member, (*path, index), secrets) for index, member in enumerate(members)]
    if kind == "struct_value":
        return _special(value.struct_value, path, secrets)
    return None


def _special(struct: Struct, path: Path, secrets: set[Path]) -> Any:
    """Read an object, which may be a secret, an output or a reference in disguise."""
    parts = struct.fields
    signature = parts[_SIGNATURE].string_value if _SIGNATURE in parts else ""
    if signature == _SECRET:
        secrets.add(path)
        return _plain(parts["value"], path, secrets) if "value" in parts else None
    if signature == _OUTPUT:
        if "secret" in parts and parts["secret"].bool_value:
            secrets.add(path)
        return _plain(parts["value"], path, secrets) if "value" in parts else UNKNOWN
    if signature == _RESOURCE:
        return _plain(parts["id"], path, secrets) if "id" in parts else parts["urn"].string_value
    return _object(struct, path, secrets)


def _write_object(struct: Struct, plain: Mapping[str, Any], path: Path, secrets: frozenset[Path]) -> Struct:
    """Write into what is there: messages that are made apart would have to be copied at every depth."""
    for name, value in plain.items():
        if value is not None:
            _write(struct.fields[name], value, (*path, name), secrets)
    return struct


def _write(target: Value, plain: Any, path: Path, secrets: frozenset[Path]) -> None:
    if path in secrets:
        inside = frozenset(each for each in secrets if each[: len(path)] != path)
        target.struct_value.fields[_SIGNATURE].string_value = _SECRET
        _write(target.struct_value.fields["value"], plain, path, inside)
    elif isinstance(plain, str):
        target.string_value = plain
    elif isinstance(plain, Mapping):
        target.struct_value.SetInParent()  # it may be empty
        _write_object(target.struct_value, plain, path, secrets)
    elif isinstance(plain, (list, tuple)):
        target.list_value.SetInParent()
        for index, member in enumerate(plain):
            _write(target.list_value.values.add(), member, (*path, index), secrets)
    else:
        _write_scalar(target, plain)


def _write_scalar(target: Value, plain: Any) -> None:
    if plain is UNKNOWN:
        target.string_value = _UNKNOWN_TEXT
    elif isinstance(plain, bool):
        target.bool_value = plain
    elif isinstance(plain, (int, float)):
        target.number_value = plain
    elif plain is None:
        target.null_value = NULL_VALUE
    else:
        target.string_value = str(plain)


def _at(plain: Any, path: Path) -> Any:
    for step in path:
        plain = plain[step]
    return plain


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
