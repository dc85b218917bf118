"""Check: inputs against a model, without a network. The lifecycle calls it; a preview's first word to a user.

All failures come at once, each with its property path and a reason; the two read as one sentence. What a
preview doesn't know yet is never a failure.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from imagecache_provider.fields import UNKNOWN, Model, fields


@dataclass(frozen=True)
class CheckFailure:
    """One thing that is wrong with the inputs.

    Attributes:
        property: where, as a property path; empty where it is about no property.
        reason: why, and what to write; a sentence whose subject is the path.
    """

    property: str
    reason: str

    def text(self) -> str:
        """Give the whole sentence, for whoever isn't shown the path beside it."""
        return f"{self.property} {self.reason}" if self.property else self.reason


@dataclass(frozen=True)
class Checked:
    """The inputs as the user wrote them, with numbers as the model has them, and what is wrong with them."""

    inputs: dict[str, Any]
    failures: tuple[CheckFailure, ...]


def check(model: type[Model], inputs: dict[str, Any]) -> Checked:
    """Check plain inputs, keyed by Pulumi names, against a model; a null counts as left out."""
    given = {name: value for name, value in inputs.items() if value is not None}
    failures = [*_rule_failures(model, given)]
    try:
        validated = model.model_validate(given)
    except ValidationError as error:
        failures = [*_type_failures(model, error), *failures]
    else:
        if not failures:
            return Checked(_plain(validated), ())
    return Checked(inputs, tuple(failures))


def _plain(value: Any) -> Any:
    """Undo a model; pydantic's own dump knows no UNKNOWN in the place of an object."""
    if isinstance(value, Model):
        names = {field.python_name: name for name, field in fields(type(value)).items()}
        return {
            names[part]: _plain(getattr(value, part))
            for part in value.model_fields_set
            if getattr(value, part) is not None
        }
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value


def _type_failures(model: type[Model], error: ValidationError) -> Iterator[CheckFailure]:
    for detail in error.errors(include_url=False, include_context=True):
        yield CheckFailure(_path(detail["loc"]), _reason(model, detail))


def _rule_failures(model: type[Model], given: dict[str, Any]) -> Iterator[CheckFailure]:
    for name, field in fields(model).items():
        value = given.get(name)
        if value is None or value is UNKNOWN:
            continue
        for rule in field.property.rules:
            reason = rule(value)
            if reason is not None:
                yield CheckFailure(name, reason)


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if step == "[key]":
            continue
        if isinstance(step, int):
            path += f"[{step}]"
        elif not path:
            path = step
        else:
            path += f".{step}" if step.isidentifier() else f"[{json.dumps(step, ensure_ascii=False)}]"
    return path


def _reason(model: type[Model], detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_name(model, detail["loc"])
    if kind == "missing":
        return f"is required: {_description(model, detail['loc'])}"
    if kind in {"model_type", "dict_type"}:
        return "should be an object"
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    return detail["msg"].replace("Input should", "should", 1)


def _unknown_name(model: type[Model], location: tuple[int | str, ...]) -> str:
    owner = _model_at(model, location)
    hint = nearest(str(location[-1]), list(fields(owner)))
    return f"is no property of {owner.__name__.removesuffix('Args')}; {hint}"


def nearest(name: str, names: list[str]) -> str:
    """Help with a name that isn't among the right ones: the one that looks most like it, else all of them."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"the possible ones are {', '.join(names)}"


def _description(model: type[Model], location: tuple[int | str, ...]) -> str:
    return fields(_model_at(model, location))[str(location[-1])].property.description


def _model_at(model: type[Model], location: tuple[int | str, ...]) -> type[Model]:
    for step in location[:-1]:
        field = fields(model).get(str(step))
        if field is not None and field.nested is not None:
            model = field.nested
    return model
