"""Tests of fields: what models say about their fields, and UNKNOWN."""

from __future__ import annotations

import copy
from typing import Annotated, Any

import pytest

from imagecache_provider.eci.image_cache_model import (
    ImageCacheArgs,
    ImageCacheState,
    ImageRegistryCredential,
)
from imagecache_provider.fields import (
    UNKNOWN,
    Model,
    Property,
    Unknown,
    fields,
    has_unknown,
    holds_secret,
    secrets_of,
    without_secrets,
)


class Unmarked(Model):
    """A model with a slip: a field that says nothing about itself."""

    color: str


class Twice(Model):
    """A model with a slip: a field that says two things about itself."""

    color: Annotated[str, Property("One."), Property("Two.")]


@pytest.mark.parametrize(("model", "count"), [(Unmarked, 0), (Twice, 2)])
def test_one_property_each(model: type[Model], count: int) -> None:
    """A field without exactly one Property is a slip that names itself."""
    with pytest.raises(TypeError, match=rf"{model.__name__}\.color needs one Property, has {count}"):
        fields(model)


def test_names() -> None:
    """Fields are keyed by their Pulumi names, in the model's order, and know their Python names."""
    found = fields(ImageRegistryCredential)
    assert list(found) == ["server", "userName", "password"]
    assert [field.python_name for field in found.values()] == ["server", "user_name", "password"]


def test_required() -> None:
    """Of an image cache's inputs only the images are required."""
    assert [name for name, field in fields(ImageCacheArgs).items() if field.required] == ["images"]


def test_nested() -> None:
    """A field knows the model of the objects in it."""
    nested = {name: field.nested for name, field in fields(ImageCacheArgs).items() if field.nested}
    assert list(nested) == ["imageRegistryCredentials", "acrRegistryInfos"]
    assert nested["imageRegistryCredentials"] is ImageRegistryCredential


@pytest.mark.parametrize("model", [ImageCacheArgs, ImageCacheState])
def test_descriptions(model: type[Model]) -> None:
    """Each field, and each part of one, is described in sentences."""
    for field in fields(model).values():
        described = [field, *(fields(field.nested).values() if field.nested else [])]
        for each in described:
            assert each.property.description[0].isupper()
            assert each.property.description.endswith(".")


def test_secrets_are_marked() -> None:
    """Passwords are the only secrets, and what holds one counts as a secret as a whole."""
    holders = {name for name, field in fields(ImageCacheArgs).items() if holds_secret(field)}
    parts = fields(ImageRegistryCredential)
    assert holders == {"imageRegistryCredentials"}
    assert [name for name, part in parts.items() if part.property.secret] == ["password"]


def test_secrets_of(everything: dict[str, Any]) -> None:
    """All secret texts of inputs are found."""
    assert list(secrets_of(ImageCacheArgs, everything)) == ["hidden-1", "hidden-2"]


@pytest.mark.parametrize("credentials", [UNKNOWN, None, [UNKNOWN], [{"password": UNKNOWN}], [{}], "x", {}])
def test_no_secrets(credentials: Any) -> None:
    """Where no secret is known, none is found, whatever stands there."""
    assert list(secrets_of(ImageCacheArgs, {"imageRegistryCredentials": credentials})) == []


def test_without_secrets(everything: dict[str, Any]) -> None:
    """Inputs without their secrets have all else, and stay as they were."""
    before = copy.deepcopy(everything)
    kept = without_secrets(ImageCacheArgs, everything)
    assert kept["imageRegistryCredentials"] == [
        {"server": "one.example.com", "userName": "one"},
        {"server": "two.example.com:5000", "userName": "two"},
    ]
    assert kept.keys() == everything.keys()
    assert everything == before


class TestUnknown:
    """UNKNOWN."""

    def test_one_instance(self) -> None:
        """There is one UNKNOWN, however it is made or copied."""
        assert Unknown() is UNKNOWN
        assert copy.deepcopy({"a": [UNKNOWN]})["a"][0] is UNKNOWN
        assert copy.copy(UNKNOWN) is UNKNOWN
        assert repr(UNKNOWN) == "UNKNOWN"

    @pytest.mark.parametrize("value", [UNKNOWN, [1, UNKNOWN], {"a": UNKNOWN}, {"a": [{"b": [UNKNOWN]}]}])
    def test_found(self, value: Any) -> None:
        """It is found at any depth."""
        assert has_unknown(value)

    @pytest.mark.parametrize("value", [None, "", "UNKNOWN", [], {}, {"a": [{"b": [1]}]}])
    def test_not_found(self, value: Any) -> None:
        """What is known is known."""
        assert not has_unknown(value)
