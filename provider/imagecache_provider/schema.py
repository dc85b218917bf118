"""The package's Pulumi schema, from the models: what the engine, the SDKs and the reference are told.

tools/generate_schema.py writes it into schema.json, which is shipped with the package; the plugin hands that
file to the engine. Source of the form: pkg/v3/codegen/schema of pulumi/pulumi, v3.259.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from imagecache_provider.eci.account_model import ProviderArgs
from imagecache_provider.fields import Change, Field, Model, fields, holds_secret
from imagecache_provider.function import Function
from imagecache_provider.gate import Awaits
from imagecache_provider.lifecycle import DELETE_TIMEOUT
from imagecache_provider.readiness import DEFAULT_TIMEOUT
from imagecache_provider.registry import FUNCTIONS, GATES, RESOURCES
from imagecache_provider.resource import ListArgs, Resource

FILE = Path(__file__).with_name("schema.json")
"""The written schema; in a clone a link to the one in the root."""
PACKAGE = "imagecache"
_HOME = "index"
"""The module of what belongs to the package as a whole."""
_PRIMITIVES = {str: "string", int: "integer", float: "number", bool: "boolean"}

_METADATA = {
    "name": PACKAGE,
    "displayName": "Image Cache",
    "description": "Container image caches as Pulumi resources, so that serverless containers start warm.",
    "keywords": ["pulumi", PACKAGE, "alibaba cloud", "eci", "category/cloud", "kind/native"],
    "license": "Apache-2.0",
    "publisher": "pulumi-imagecache",
}
_LANGUAGES = {
    "python": {
        "packageName": "pulumi_imagecache",
        "pyproject": {"enabled": True},
        "inputTypes": "classes-and-dicts",
        "respectSchemaVersion": True,
    },
    "nodejs": {"packageName": "pulumi-imagecache", "respectSchemaVersion": True},
    "go": {
        "importBasePath": "pulumi-imagecache/sdk/go/imagecache",
        "modulePath": "pulumi-imagecache/sdk/go/imagecache",
        "generateExtraInputTypes": True,
        "respectSchemaVersion": True,
    },
}
_CHANGES = {
    Change.BUILD: "A change builds the cache again, in place.",
    Change.RECORD: "A change is kept for the next build.",
    Change.REPLACE: "A change replaces the cache.",
    Change.LOCAL: "A change builds nothing.",
}
_TIMEOUTS = (
    f"`customTimeouts` limit how long an operation waits: by default {DEFAULT_TIMEOUT / 60:.0f} minutes for"
    f" `create` and `update`, {DELETE_TIMEOUT / 60:.0f} minutes for `delete`."
)


def package_schema(version: str, examples: Mapping[str, str]) -> dict[str, Any]:
    """Make the schema.

    Args:
        version: the package's.
        examples: Markdown with examples, by the token that they are about.
    """
    types = _Types()
    settings = {name: types.property(field, _HOME) for name, field in fields(ProviderArgs).items()}
    kinds: dict[str, type[Resource | Awaits]] = {**RESOURCES, **GATES}
    resources = {
        token: _resource(resource, types, examples.get(token, "")) for token, resource in kinds.items()
    }
    functions = {
        token: _function(function, types, examples.get(token, "")) for token, function in FUNCTIONS.items()
    }
    return {
        **_METADATA,
        "version": version,
        "language": _LANGUAGES,
        "config": {"variables": settings},
        "types": types.found,
        "provider": {
            "description": cleandoc(str(ProviderArgs.__doc__)),
            "properties": settings,
            "inputProperties": settings,
        },
        "resources": resources,
        "functions": functions,
    }


def _resource(resource: type[Resource | Awaits], types: _Types, examples: str) -> dict[str, Any]:
    module = resource.token.split(":")[1]
    inputs = {name: _input(field, types, module) for name, field in fields(resource.args).items()}
    state = {name: types.property(field, module) for name, field in fields(resource.state).items()}
    required = [name for name, field in fields(resource.args).items() if field.required]
    named = [RESOURCES[resource.token].name_property] if resource.token in RESOURCES else []
    listed = {"listInputs": types.shape(ListArgs, module)} if named else {}
    return {
        "description": "\n\n".join(filter(None, (resource.description, _TIMEOUTS, examples))),
        "properties": {**state, **inputs},
        "required": [*required, *named, *state],
        "inputProperties": inputs,
        "requiredInputs": required,
        **listed,
    }


def _function(function: type[Function], types: _Types, examples: str) -> dict[str, Any]:
    module = function.token.split(":")[1]
    return {
        "description": "\n\n".join(filter(None, (function.description, examples))),
        "inputs": types.shape(function.args, module),
        "outputs": types.shape(function.result, module),
    }


def described(field: Field) -> str:
    """Describe a resource's input: what it is, and what a change of it means."""
    change = _CHANGES.get(field.property.change) if field.property.change else None
    return " ".join(filter(None, (field.property.description, change)))


def choice_name(name: str) -> str:
    """Name the type of a property that has a choice of texts, after it."""
    return f"{name[0].upper()}{name[1:]}"


def _input(field: Field, types: _Types, module: str) -> dict[str, Any]:
    """Define a resource's input; one that holds a secret is one.

    SDKs mark whole properties only. The plugin marks the very part, but isn't asked in a preview in which its
    settings aren't known yet, which would show it.
    """
    marks: dict[str, bool] = {}
    if field.property.change is Change.REPLACE:
        marks.update(replaceOnChanges=True, willReplaceOnChanges=True)
    if holds_secret(field):
        marks.update(secret=True)
    return {**types.property(field, module), "description": described(field), **marks}


class _Types:
    """The types of properties, and the definitions of those that have names."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def property(self, field: Field, module: str) -> dict[str, Any]:
        """Define a property of a type in a module."""
        secret = {"secret": True} if field.property.secret else {}
        kind = self._type(field.annotation, field.name, module)
        return {**kind, "description": field.property.description, **secret}

    def shape(self, model: type[Model], module: str) -> dict[str, Any]:
        """Define the properties of an object."""
        known = fields(model)
        return {
            "description": cleandoc(str(model.__doc__)),
            "properties": {name: self.property(field, module) for name, field in known.items()},
            "required": [name for name, field in known.items() if field.required],
        }

    def _type(self, annotation: Any, name: str, module: str) -> dict[str, Any]:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Literal:
            return self._choice(arguments, name, module)
        if origin is list:
            return {"type": "array", "items": self._type(arguments[0], name, module)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._type(arguments[1], name, module)}
        if isinstance(annotation, type) and issubclass(annotation, Model):
            return self._object(annotation, module)
        if origin is not None:
            return self._type(arguments[0], name, module)  # Annotated
        return {"type": _PRIMITIVES[annotation]}

    def _choice(self, values: Iterable[str], name: str, module: str) -> dict[str, Any]:
        """Define a choice of texts; any text is taken besides, for values yet to come."""
        if module == _HOME:  # of a provider's settings the SDKs write all but plain texts as JSON
            return {"type": "string"}
        token = f"{PACKAGE}:{module}:{choice_name(name)}"
        members = [{"name": value or "None", "value": value} for value in values]
        self.found[token] = {"type": "string", "enum": members}
        return {"type": "string", "oneOf": [{"type": "string"}, {"$ref": f"#/types/{token}"}]}

    def _object(self, model: type[Model], module: str) -> dict[str, Any]:
        token = f"{PACKAGE}:{module}:{model.__name__}"
        if token not in self.found:
            self.found[token] = {"type": "object", **self.shape(model, module)}
        return {"$ref": f"#/types/{token}"}
