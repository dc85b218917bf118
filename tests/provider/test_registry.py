"""Tests of the registry: every resource keeps the rules that hold for all of them."""

from __future__ import annotations

import inspect

import pytest

from imagecache_provider.fields import Change, fields
from imagecache_provider.function import Function
from imagecache_provider.registry import FUNCTIONS, RESOURCES
from imagecache_provider.resource import Resource


def test_what_there_is() -> None:
    """These resources exist."""
    assert list(RESOURCES) == ["imagecache:eci:ImageCache"]


@pytest.mark.parametrize("token", RESOURCES)
class TestEach:
    """Each resource."""

    def test_token(self, token: str) -> None:
        """A token is the path of its class."""
        resource = RESOURCES[token]
        package, module, name = token.split(":")
        assert package == "imagecache"
        assert resource.__module__.startswith(f"imagecache_provider.{module}.")
        assert resource.__name__ == name

    def test_protocol(self, token: str) -> None:
        """It has all that the protocol asks for, with the same parameters."""
        for name, wanted in inspect.getmembers(Resource, inspect.isfunction):
            if not name.startswith("_"):
                found = getattr(RESOURCES[token], name)
                assert list(inspect.signature(found).parameters) == list(inspect.signature(wanted).parameters)

    def test_changes(self, token: str) -> None:
        """Each input says what its change means; an output, what it takes to change it."""
        resource = RESOURCES[token]
        assert all(field.property.change for field in fields(resource.args).values())
        changes = {field.property.change for field in fields(resource.state).values()}
        assert changes == {None, Change.BUILD, Change.REPLACE}

    def test_region_and_name(self, token: str) -> None:
        """What the lifecycle sets is among the inputs."""
        resource = RESOURCES[token]
        assert {"regionId", resource.name_property} <= fields(resource.args).keys()

    def test_outputs(self, token: str) -> None:
        """What the lifecycle and the diff read is among the outputs."""
        assert {"regionId", "buildId", "status"} <= fields(RESOURCES[token].state).keys()


@pytest.mark.parametrize("token", FUNCTIONS)
class TestEachFunction:
    """Each function."""

    def test_token(self, token: str) -> None:
        """A token is the path of its class, with a small first letter."""
        function = FUNCTIONS[token]
        package, module, name = token.split(":")
        assert package == "imagecache"
        assert function.__module__.startswith(f"imagecache_provider.{module}.")
        assert function.__name__ == name[0].upper() + name[1:]

    def test_protocol(self, token: str) -> None:
        """It has all that the protocol asks for, with the same parameters."""
        for name in ("connect", "call"):
            found, wanted = getattr(FUNCTIONS[token], name), getattr(Function, name)
            assert list(inspect.signature(found).parameters) == list(inspect.signature(wanted).parameters)
