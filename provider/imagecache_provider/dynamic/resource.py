"""The base of the dynamic resource classes: what a program gives, in the form that Pulumi records.

The generated classes, such as those of `dynamic.eci`, derive from `DynamicResource` and add the typed
arguments.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import dynamic
from typing_extensions import Self

from imagecache_provider.check import nearest
from imagecache_provider.dynamic import PROGRAM, Provider
from imagecache_provider.fields import Field, Model, fields, holds_secret
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import Identity


class DynamicResource(dynamic.Resource):
    """A resource of this package as a Pulumi dynamic resource.

    Args:
        token: its Pulumi type, such as `imagecache:eci:ImageCache`.
        name: its name in the program.
        arguments: its inputs by their Python names; None for what is left out.
        opts: Pulumi's resource options.
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
            hint = f"its arguments are the name, then by keyword {', '.join(names[1:])}"
            raise pulumi.RunError(f"{cls.__name__} can't be made like this: {error}; {hint}") from None
        return super().__new__(cls)

    def __init__(
        self,
        token: str,
        name: str,
        arguments: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        resource = RESOURCES[token]
        properties: dict[str, Any] = dict.fromkeys(fields(resource.state))
        for field in fields(resource.args).values():
            properties[field.name] = _input(field, arguments.get(field.python_name))
        properties[PROGRAM] = {"identity": str(_identity(token, name, opts)), "name": name}
        super().__init__(Provider(token), name, properties, opts)


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
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        names = {field.python_name: field.name for field in fields(model).values()}
        return {names.get(key, key): part for key, part in value.items() if part is not None}
    return value
