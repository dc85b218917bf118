"""Tests of the schema: it says what the models say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagecache_provider.eci.account_model import ProviderArgs
from imagecache_provider.eci.image_cache_model import ImageRegistryCredential
from imagecache_provider.fields import Change, Model, fields, holds_secret
from imagecache_provider.registry import FUNCTIONS, GATES, RESOURCES
from imagecache_provider.schema import FILE, package_schema


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of a version 1.2.3 with one example."""
    return package_schema("1.2.3", {"imagecache:eci:ImageCache": "EXAMPLES"})


def described(properties: dict[str, Any], model: type[Model]) -> None:
    """Hold properties to a model: each field is there, with its description and its secrecy."""
    known = fields(model)
    assert set(known) <= set(properties)
    for name, field in known.items():
        assert properties[name]["description"].startswith(field.property.description) or name == "regionId"
        assert properties[name].get("secret", False) is holds_secret(field)


def test_package(schema: dict[str, Any]) -> None:
    """The package has a name, the version, and no address that doesn't exist."""
    assert (schema["name"], schema["version"]) == ("imagecache", "1.2.3")
    assert not {"homepage", "repository", "logoUrl", "pluginDownloadURL"} & set(schema)
    assert {"category/cloud", "kind/native"} <= set(schema["keywords"])


def test_settings(schema: dict[str, Any]) -> None:
    """Configuration and provider resource have the model's settings, secret ones marked."""
    described(schema["config"]["variables"], ProviderArgs)
    described(schema["provider"]["inputProperties"], ProviderArgs)
    described(schema["provider"]["properties"], ProviderArgs)
    secret = {name for name, each in schema["config"]["variables"].items() if each.get("secret")}
    assert secret == {name for name, field in fields(ProviderArgs).items() if holds_secret(field)}


def test_settings_are_no_choices(schema: dict[str, Any]) -> None:
    """A setting is a text, a number or an object: SDKs would send a choice as JSON, quotes and all."""
    for setting in schema["config"]["variables"].values():
        assert setting.get("type") in {"string", "integer"} or "$ref" in setting


@pytest.mark.parametrize("token", RESOURCES)
class TestResource:
    """Each resource."""

    def test_inputs(self, schema: dict[str, Any], token: str) -> None:
        """Its inputs are the model's, with the same ones required."""
        resource, told = RESOURCES[token], schema["resources"][token]
        described(told["inputProperties"], resource.args)
        assert set(told["inputProperties"]) == set(fields(resource.args))
        assert told["requiredInputs"] == [
            name for name, field in fields(resource.args).items() if field.required
        ]

    def test_outputs(self, schema: dict[str, Any], token: str) -> None:
        """Its outputs are inputs and state, and those that are always there are required."""
        resource, told = RESOURCES[token], schema["resources"][token]
        assert set(told["properties"]) == {*fields(resource.args), *fields(resource.state)}
        described(told["properties"], resource.state)
        always = {*told["requiredInputs"], *fields(resource.state), resource.name_property}
        assert set(told["required"]) == always

    def test_replacements(self, schema: dict[str, Any], token: str) -> None:
        """The properties that replace are those that the model says replace."""
        resource, told = RESOURCES[token], schema["resources"][token]
        wanted = {
            name for name, field in fields(resource.args).items() if field.property.change is Change.REPLACE
        }
        for kind in ("inputProperties", "properties"):
            for mark in ("replaceOnChanges", "willReplaceOnChanges"):
                assert {name for name, each in told[kind].items() if each.get(mark)} == wanted

    def test_list(self, schema: dict[str, Any], token: str) -> None:
        """It can be listed by what the lifecycle's list reads."""
        assert set(schema["resources"][token]["listInputs"]["properties"]) == {"regionId", "tags"}

    def test_description(self, schema: dict[str, Any], token: str) -> None:
        """Its description ends with the timeouts' defaults and the examples."""
        text = schema["resources"][token]["description"]
        assert text.startswith(RESOURCES[token].description)
        assert "60 minutes for `create` and `update`, 10 minutes for `delete`" in text
        assert text.endswith("EXAMPLES")


@pytest.mark.parametrize("token", FUNCTIONS)
def test_functions(schema: dict[str, Any], token: str) -> None:
    """Each function has its models' arguments and results."""
    function, told = FUNCTIONS[token], schema["functions"][token]
    for shape, model in ((told["inputs"], function.args), (told["outputs"], function.result)):
        described(shape["properties"], model)
        assert shape["required"] == [name for name, field in fields(model).items() if field.required]
    assert told["description"].startswith(function.description)


def test_nested_objects(schema: dict[str, Any]) -> None:
    """An object's type has the model's parts; the password in it is secret."""
    told = schema["types"]["imagecache:eci:ImageRegistryCredential"]
    described(told["properties"], ImageRegistryCredential)
    assert set(told["required"]) == {"server", "userName", "password"}
    assert [name for name, each in told["properties"].items() if each.get("secret")] == ["password"]


def test_choices(schema: dict[str, Any]) -> None:
    """A choice names its values, and takes other texts besides."""
    told = schema["resources"]["imagecache:eci:ImageCache"]["inputProperties"]["eliminationStrategy"]
    reference = {"$ref": "#/types/imagecache:eci:EliminationStrategy"}
    assert told["oneOf"] == [{"type": "string"}, reference]
    values = schema["types"]["imagecache:eci:EliminationStrategy"]["enum"]
    assert values == [{"name": "None", "value": ""}, {"name": "LRU", "value": "LRU"}]


def test_shipped_file() -> None:
    """The file that the plugin gives the engine is this package's schema, with its examples."""
    shipped = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(shipped["resources"]) == {*RESOURCES, *GATES}
    for resource in shipped["resources"].values():
        assert "{{% examples %}}" in resource["description"]
