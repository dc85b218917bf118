"""The base of the dynamic resource classes: what a program gives, in the form that Pulumi records.

The generated classes, such as those of `dynamic.eci`, derive from `DynamicResource` and add the typed
arguments.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi
from pulumi import dynamic
from typing_extensions import Self

from imagecache_provider.check import nearest
from imagecache_provider.dynamic import PROGRAM, Provider
from imagecache_provider.fields import Field, Model, fields, holds_secret
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import Identity

T = TypeVar("T")


class DynamicResource(dynamic.Resource):
    """A resource of this package as a Pulumi dynamic resource.

    Args:
        token: its Pulumi type, such as `imagecache:eci:ImageCache`.
        name: its name in the program.
        args: its inputs as one object of the SDK, or Pulumi's options, as the SDK's classes take both there.
        opts: Pulumi's resource options.
        arguments: its inputs by their Python names where they aren't one object; None for what is left out.
    """

    def __new__(cls, *arguments: Any, **keywords: Any) -> Self:
        """Refuse wrong arguments with the nearest right one; Python alone would show a stack."""
        signature = inspect.signature(cls.__init__)
        names = list(signature.parameters)[1:]
        for keyword in keywords:
            if keyword not in names:
                raise pulumi.RunError(f"{cls.__name__} has no argument {keyword}; {nearest(keyword, names)}")
        try:
            signature.bind(None, *arguments, **keywords)
        except TypeError as error:
            hint = f"its arguments are the name, then by keyword {', '.join(names[3:])}, opts"
            raise pulumi.RunError(f"{cls.__name__} can't be made like this: {error}; {hint}") from None
        return super().__new__(cls)

    def __init__(
        self,
        token: str,
        name: str,
        args: Any,
        opts: pulumi.ResourceOptions | None,
        arguments: Mapping[str, Any],
    ) -> None:
        if isinstance(args, pulumi.ResourceOptions):
            args, opts = None, pulumi.ResourceOptions.merge(args, opts)
        resource = RESOURCES[token]
        given = arguments if args is None else self._parts(resource.args, args)
        properties: dict[str, Any] = dict.fromkeys(fields(resource.state))
        for field in fields(resource.args).values():
            value = given.get(field.python_name)
            if field.required and value is None:
                reason = f"{type(self).__name__} {name!r} needs {field.python_name}"
                raise pulumi.RunError(f"{reason}: {field.property.description}")
            properties[field.name] = _input(field, value)
        properties[PROGRAM] = {"identity": str(_identity(token, name, opts)), "name": name}
        super().__init__(Provider(token), name, properties, opts)

    def _parts(self, model: type[Model], args: Any) -> Mapping[str, Any]:
        parts = _object_parts(model, args)
        if parts is None:
            kind = type(self).__name__
            raise pulumi.RunError(f"{kind} takes {kind}Args or keywords, not a {type(args).__name__}")
        return parts


def objects(kind: Callable[..., T], value: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """Give a list of objects that is an output the SDK's type."""
    return value.apply(lambda members: members and [_typed(kind, member) for member in members])


def _typed(kind: Callable[..., T], member: Mapping[str, Any]) -> T:
    return kind(**{_python_name(name): value for name, value in member.items()})


def _python_name(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _object_parts(model: type[Model], value: Any) -> dict[str, Any] | None:
    """Take one of the SDK's argument objects apart, by Python names; None for anything else."""
    names = [field.python_name for field in fields(model).values()]
    if not all(isinstance(getattr(type(value), name, None), property) for name in names):
        return None
    return {name: getattr(value, name) for name in names}


def _identity(token: str, name: str, opts: pulumi.ResourceOptions | None) -> Identity:
    """Tell the resource from all others of its stack; the host isn't told the URN, so its parts serve."""
    parent = opts.parent if opts is not None else None
    path = [] if parent is None else [parent.pulumi_resource_type, parent.pulumi_resource_name]
    return Identity.of(pulumi.get_project(), pulumi.get_stack(), *path, token, name)


def _input(field: Field, value: Any) -> Any:
    """Rename the parts of objects and mark secrets.

    The host hands secrets on by the name of the outermost property only, so that all of it becomes one.
    """
    if value is None:
        return None
    if field.nested is not None:
        value = _renamed(field.nested, value)
    return pulumi.Output.secret(value) if holds_secret(field) else value


def _renamed(model: type[Model], value: Any) -> Any:
    """Give an object's parts Pulumi's names; names that aren't the model's stay, for Check to point at."""
    if isinstance(value, pulumi.Output):
        return value.apply(lambda known: _renamed(model, known))
    if isinstance(value, (list, tuple)):
        return [_renamed(model, member) for member in value]
    parts = _object_parts(model, value)
    if parts is not None:
        value = parts
    if isinstance(value, Mapping):
        names = {field.python_name: field.name for field in fields(model).values()}
        return {names.get(key, key): part for key, part in value.items() if part is not None}
    return value
