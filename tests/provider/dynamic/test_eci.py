"""Tests of the generated classes: they say what the models say, and programs can use them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from imagecache_provider.dynamic import eci
from imagecache_provider.dynamic.resource import DynamicResource
from imagecache_provider.eci.image_cache_model import (
    AcrRegistryInfo,
    ImageCacheArgs,
    ImageCacheState,
    ImageRegistryCredential,
)
from imagecache_provider.fields import Model, fields

NESTED: list[tuple[type[Any], type[Any], type[Model]]] = [
    (eci.ImageRegistryCredentialArgs, eci.ImageRegistryCredentialArgsDict, ImageRegistryCredential),
    (eci.AcrRegistryInfoArgs, eci.AcrRegistryInfoArgsDict, AcrRegistryInfo),
]


def first_words(text: str | None) -> str:
    """Return a docstring or description without line breaks."""
    return " ".join(str(text).split())


def test_all() -> None:
    """What is public is what programs need, and all of it is there."""
    assert set(eci.__all__) == {
        name
        for name, value in vars(eci).items()
        if inspect.isclass(value) and value.__module__ == eci.__name__ and not name.startswith("_")
    }
    assert eci.__all__ == sorted(eci.__all__)


def test_keywords() -> None:
    """The constructor's keywords are the model's fields, with the same ones required, and `opts`."""
    parameters = list(inspect.signature(eci.ImageCache.__init__).parameters.values())[2:]
    known = fields(ImageCacheArgs).values()
    assert [each.name for each in parameters] == [*(field.python_name for field in known), "opts"]
    required = [each.name for each in parameters if each.default is inspect.Parameter.empty]
    assert required == [field.python_name for field in known if field.required]
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters)


def test_keywords_are_documented() -> None:
    """Each keyword is documented with the model's description."""
    text = first_words(eci.ImageCache.__init__.__doc__)
    for field in fields(ImageCacheArgs).values():
        assert f"{field.python_name}: {first_words(field.property.description)}" in text


def test_getters() -> None:
    """There is a documented getter for each input and each output, and no other."""
    getters = {name: value for name, value in vars(eci.ImageCache).items() if isinstance(value, property)}
    known = [*fields(ImageCacheState).values(), *fields(ImageCacheArgs).values()]
    assert getters.keys() == {field.python_name for field in known}
    assert all(getter.__doc__ for getter in getters.values())


def test_base() -> None:
    """The class is a dynamic resource with a type of its own."""
    assert issubclass(eci.ImageCache, DynamicResource)
    assert eci.ImageCache._resource_type_name == "dynamic/imagecache/eci:ImageCache"  # noqa: SLF001 - in states


@pytest.mark.parametrize(("made", "typed", "model"), NESTED)
class TestNested:
    """The classes of objects."""

    def test_parts(self, made: type[Any], typed: type[Any], model: type[Model]) -> None:
        """Dataclass and typed dict have the model's fields, with the same ones required."""
        known = fields(model).values()
        names = [field.python_name for field in known]
        required = {field.python_name for field in known if field.required}
        parts = dataclasses.fields(made)
        assert [part.name for part in parts] == names
        assert {part.name for part in parts if part.default is dataclasses.MISSING} == required
        assert typed.__required_keys__ == required
        assert typed.__optional_keys__ == set(names) - required

    def test_secrets_are_not_shown(self, made: type[Any], typed: type[Any], model: type[Model]) -> None:
        """What is secret isn't in the text of an object."""
        assert typed.__doc__
        shown = {part.name for part in dataclasses.fields(made) if part.repr}
        secret = {field.python_name for field in fields(model).values() if field.property.secret}
        assert not shown & secret


def test_password() -> None:
    """A password isn't in the text of credentials."""
    make: Callable[..., Any] = eci.ImageRegistryCredentialArgs
    assert "hidden" not in repr(make(server="a", user_name="b", password="hidden"))
