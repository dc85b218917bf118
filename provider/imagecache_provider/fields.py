"""What a model says about its fields, and UNKNOWN, the value that Pulumi doesn't have yet in a preview.

A resource's model (`eci.image_cache`) puts one `Property` on each field. Check, diff, the wire form, the
generated argument classes and the reference all read it from there, through `properties`.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, cast, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic.alias_generators import to_camel
from typing_extensions import Self


class Unknown:
    """The type of UNKNOWN; it has one instance."""

    _instance: ClassVar[Unknown | None] = None

    def __new__(cls) -> Self:
        """Give the one instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cast("Self", cls._instance)

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN = Unknown()
"""A value that a preview doesn't know yet, such as the ID of a vSwitch that is still to be created."""


def has_unknown(value: Any) -> bool:
    """Say whether a plain value is UNKNOWN or holds one at any depth."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


class Change(enum.Enum):
    """What a change of a field means for the resource."""

    BUILD = "build"
    """The images are pulled again, in place: the ID stays."""
    METADATA = "metadata"
    """An update of just this, without a build."""
    RECORD = "record"
    """Used only while a cache is being built; kept for the next build."""
    REPLACE = "replace"
    """Another resource is needed."""
    LOCAL = "local"
    """Never sent to the cloud."""


class _NoDefault(enum.Enum):
    NO_DEFAULT = "no default"


NO_DEFAULT = _NoDefault.NO_DEFAULT
"""The cloud documents no value that would undo this field; removing it takes another resource."""

Rule = Callable[[Any], "str | None"]
"""A rule over a whole value, run beside the field's type: a reason why the value is wrong, or None."""


@dataclass(frozen=True)
class Property:
    """All that is true of a field beyond its type.

    Attributes:
        description: what it is, its unit and its limits, for users.
        wire: the API's name of it; a list's members are numbered behind it.
        change: what a change of it means; for an output, what it takes to change it, None for any moment;
            None for fields of nested objects.
        secret: whether its value must never be shown.
        default: what the cloud assumes when it isn't given, and what is sent when it was removed.
        updatable: whether the API's update call can carry it.
        returned: whether the API returns it, so that drift can be seen.
        derived: the output that it can be worked out of, where the API doesn't return it.
        assigned: whether the cloud chooses a value where none is given.
        follows: for an output, the input whose change changes it, too, whatever its own marker says.
        joined: whether the wire joins a list's members with commas.
        rules: rules over the whole value.
        canonical: gives two values that mean the same one form; for comparing, never for sending.
    """

    description: str
    wire: str = ""
    change: Change | None = None
    secret: bool = False
    default: Any = NO_DEFAULT
    updatable: bool = True
    returned: bool = False
    derived: str = ""
    assigned: bool = False
    follows: str = ""
    joined: bool = False
    rules: tuple[Rule, ...] = ()
    canonical: Callable[[Any], Any] | None = None

    def same(self, one: Any, other: Any) -> bool:
        """Say whether two values, None for one that isn't given, mean the same to the cloud."""
        return bool(one == other or self.meaning(one) == self.meaning(other))

    def meaning(self, value: Any) -> Any:
        """Give the one form of all values that mean the same; of `without_empty` inputs."""
        if value is None:
            return None if self.default is NO_DEFAULT else self.default
        if self.canonical is None or has_unknown(value):
            return value
        return self.canonical(value)


def unless_unknown(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Let UNKNOWN pass every rule: what isn't known can't be wrong yet."""
    return value if value is UNKNOWN else validate(value)


T = TypeVar("T")
MayBeUnknown = Annotated[T, WrapValidator(unless_unknown)]
"""The members of a list or a map, each of which a preview may not know."""

OPTIONAL: Any = None
"""The default of a field that may be left out; inputs are plain dicts, so it is never read."""


class Model(BaseModel):
    """Base of all models: snake_case here, camelCase for Pulumi, no unknown names."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    @field_validator("*", mode="wrap")
    @classmethod
    def _let_pass(cls, value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        """Hold neither what isn't known against a rule nor what is empty, and so as good as left out."""
        if value in ("", [], {}) and _by_python_name(cls)[str(info.field_name)].is_empty(value):
            return value
        return unless_unknown(value, validate)


@dataclass(frozen=True)
class Field:
    """One field of a model, read back: names, marker and, for a nested object, that object's model.

    Attributes:
        empty: the text, list or map that means the same as none; None where there is no such value.
    """

    name: str
    python_name: str
    property: Property
    required: bool
    annotation: Any
    nested: type[Model] | None
    empty: Any = None

    def is_empty(self, value: Any) -> bool:
        """Say whether a value means the same as none: it is none, or `empty`."""
        return value is None or (self.empty is not None and bool(value == self.empty))


@functools.cache  # every Check and Diff asks for them, many times
def fields(model: type[Model]) -> Mapping[str, Field]:
    """Read a model's fields, keyed by their Pulumi names, in the order of the model.

    Raises:
        TypeError: a field carries no Property, or more than one.
    """
    return MappingProxyType({field.name: field for field in _read_fields(model)})


def _read_fields(model: type[Model]) -> Iterator[Field]:
    for python_name, info in model.model_fields.items():
        markers = [item for item in info.metadata if isinstance(item, Property)]
        if len(markers) != 1:
            raise TypeError(f"{model.__name__}.{python_name} needs one Property, has {len(markers)}")
        yield Field(
            name=str(info.alias),
            python_name=python_name,
            property=markers[0],
            required=info.is_required(),
            annotation=info.annotation,
            nested=_nested_model(info.annotation),
            empty=None if info.is_required() else _empty(info.annotation),
        )


@functools.cache  # as `fields`
def _by_python_name(model: type[Model]) -> Mapping[str, Field]:
    return {field.python_name: field for field in fields(model).values()}


def _empty(annotation: Any) -> Any:
    """Give the empty value of a text, a list or a map; None for every other type."""
    origin = get_origin(annotation) or annotation
    if origin in {str, list, dict}:
        return origin()
    return "" if origin is Literal else None


def without_empty(model: type[Model], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of the inputs says something: what is empty is left out, in the objects of a list too.

    A program writes `resourceGroupId: ""` where it means none. What compares, sends or hashes inputs asks
    here first; what is recorded stays as the program has it.
    """
    known = fields(model)
    return {
        name: _said(known[name], value) if name in known else value
        for name, value in inputs.items()
        if name not in known or not known[name].is_empty(value)
    }


def _said(field: Field, value: Any) -> Any:
    if field.nested is None:
        return value
    if isinstance(value, list):
        return [_said(field, member) for member in value]
    return without_empty(field.nested, value) if isinstance(value, dict) else value


def _nested_model(annotation: Any) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    for argument in get_args(annotation):
        nested = _nested_model(argument)
        if nested is not None:
            return nested
    return None


def holds_secret(field: Field) -> bool:
    """Say whether the field's value, or a part of it, must never be shown."""
    if field.property.secret:
        return True
    return field.nested is not None and any(map(holds_secret, fields(field.nested).values()))


def secrets_of(model: type[Model], inputs: dict[str, Any]) -> Iterator[str]:
    """Yield every secret text in the inputs, to keep it out of messages."""
    for name, field in fields(model).items():
        value = inputs.get(name)
        if field.property.secret and isinstance(value, str):
            yield value
        elif field.nested is not None and isinstance(value, list):
            for member in value:
                if isinstance(member, dict):
                    yield from secrets_of(field.nested, member)


def without_secrets(model: type[Model], inputs: dict[str, Any]) -> dict[str, Any]:
    """Give the inputs without any secret part, for what is hashed or shown."""
    known = fields(model)
    kept: dict[str, Any] = {}
    for name, value in inputs.items():
        field = known[name]
        if field.property.secret:
            continue
        if field.nested is not None and isinstance(value, list):
            kept[name] = [without_secrets(field.nested, member) for member in value]
        else:
            kept[name] = value
    return kept
