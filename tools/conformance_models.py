"""What the official SDKs say of an action: its parameters and its answer's fields, as they cross the wire.

The conformance suite checks every answer against this, and tools/conformance_table.py makes its rows from it.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import alibabacloud_eci20180808.models as eci
import alibabacloud_ecs20140526.models as ecs
import alibabacloud_vpc20160428.models as vpc

_MODELS: dict[str, Any] = {"Eci": eci, "Vpc": vpc, "Ecs": ecs}
_INDEX = re.compile(r"\.[0-9]+(?=\.|$)")
_SCALARS: dict[type, tuple[type, ...]] = {str: (str,), bool: (bool,), int: (int,), float: (int, float)}


def action_name(product: str, action: str) -> str | None:
    """Return an action as the SDK writes it, whatever the capitals; None if the SDK hasn't got it."""
    return _names(product).get(action.lower())


def request_class(product: str, action: str) -> Any:
    """Return the SDK's class of an action's request."""
    return getattr(_MODELS[product], f"{action}Request")


def parameters(product: str, action: str) -> list[str]:
    """Return an action's parameters as on the wire, lists as `Image.N` and `Tag.N.Key`."""
    filled = _filled(request_class(product, action)).to_map()
    return [name.replace("[]", ".N") for name, _ in flattened(filled)]


def response_fields(product: str, action: str) -> list[str]:
    """Return the fields of an action's answer, lists as `ImageCaches[].Status`."""
    filled = _filled(_response_class(product, action)).to_map()
    return [name for name, _ in flattened(filled)]


def parameter_pattern(name: str) -> str:
    """Return a parameter that was sent as `parameters` names it: `Tag.1.Key` is `Tag.N.Key`."""
    return _INDEX.sub(".N", name)


def flattened(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a JSON value with their names: `("ImageCaches[].Tags[].Key", "team")`."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from flattened(each, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for each in value:
            yield from flattened(each, f"{name}[]")
    elif name:
        yield name, value


def mistakes(product: str, action: str, body: dict[str, Any]) -> list[str]:
    """Return where an answer isn't as the SDK's model has it: unknown fields, values of another type."""
    return list(_mistakes(_response_class(product, action), body, ""))


def _mistakes(kind: Any, value: Any, name: str) -> Iterator[str]:
    if hasattr(kind, "to_map"):
        yield from _mistakes_in_object(kind, value, name)
    elif typing.get_origin(kind) is list:
        if not isinstance(value, list):
            yield f"{name} is not a list"
            return
        for each in value:
            yield from _mistakes(typing.get_args(kind)[0], each, f"{name}[]")
    elif kind in _SCALARS and not _is_scalar(kind, value):
        yield f"{name} is {value!r}, not {kind.__name__}"


def _mistakes_in_object(kind: Any, value: Any, name: str) -> Iterator[str]:
    known = _wire_types(kind)
    if not isinstance(value, dict):
        yield f"{name} is not an object"
        return
    for key, each in value.items():
        inner = f"{name}.{key}" if name else key
        if key not in known:
            yield f"{inner} is not in the SDK's model"
        else:
            yield from _mistakes(known[key], each, inner)


def _is_scalar(kind: type, value: Any) -> bool:
    """Tell whether a value is of a type, as JSON has it: true is no number."""
    return isinstance(value, _SCALARS[kind]) and (kind is bool or not isinstance(value, bool))


@cache
def _names(product: str) -> dict[str, str]:
    ends = "Request"
    return {
        name[: -len(ends)].lower(): name[: -len(ends)]
        for name in dir(_MODELS[product])
        if name.endswith(ends) and hasattr(_MODELS[product], f"{name[: -len(ends)]}ResponseBody")
    }


def _response_class(product: str, action: str) -> Any:
    return getattr(_MODELS[product], f"{action}ResponseBody")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind.__init__)
    return {name: _without_none(hint) for name, hint in hints.items() if name != "return"}


@cache
def _wire_types(kind: Any) -> dict[str, Any]:
    """Return wire name to type: each attribute alone is set, and what the model makes of it is looked at."""
    types = {}
    for name, hint in _hints(kind).items():
        mapped = kind(**{name: _sample(hint)}).to_map()
        (wire_name,) = [key for key, value in mapped.items() if value != []] or list(mapped)
        types[wire_name] = hint
    return types


def _filled(kind: Any) -> Any:
    """Return a model with a value in every attribute, from its type hints."""
    return kind(**{name: _sample(hint) for name, hint in _hints(kind).items()})


def _sample(hint: Any) -> Any:
    if hasattr(hint, "to_map"):
        return _filled(hint)
    origin = typing.get_origin(hint)
    if origin is list:
        return [_sample(typing.get_args(hint)[0])]
    return {} if origin is dict else str(hint)


def _without_none(hint: Any) -> Any:
    named = [each for each in typing.get_args(hint) if each is not type(None)]
    return named[0] if typing.get_origin(hint) is typing.Union else hint
