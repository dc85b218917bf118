"""Tests of the generated classes: they say what the models say, and programs can use them."""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from typing import Any

import pulumi
import pulumi_imagecache
import pytest

import imagecache_provider.dynamic
from imagecache_provider.dynamic import eci
from imagecache_provider.dynamic.resource import DynamicResource
from imagecache_provider.eci.image_cache_model import ImageCacheArgs, ImageCacheState
from imagecache_provider.fields import fields
from imagecache_provider.schema import described

SDK = pulumi_imagecache.eci


def first_words(text: str | None) -> str:
    """Return a docstring or description without line breaks."""
    return " ".join(str(text).split())


def test_all() -> None:
    """What is public is there, and what the SDK has too is the SDK's."""
    assert eci.__all__ == sorted(eci.__all__)
    assert "ImageCache" in eci.__all__
    for name in set(eci.__all__) - {"ImageCache"}:
        assert getattr(eci, name) is getattr(SDK, name)


def test_module_is_loaded_on_demand() -> None:
    """`dynamic.eci` is there as `pulumi_imagecache.eci` is, and nothing else is made up."""
    module: Any = imagecache_provider.dynamic
    assert module.__getattr__("eci") is module.eci is eci
    with pytest.raises(AttributeError, match="has no attribute 'cce'"):
        _ = module.cce


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    """Return a function's parameters without the resource itself and what is Pulumi's own."""
    found = dict(inspect.signature(function).parameters)
    return {name: each for name, each in found.items() if name.strip("_") not in {"self", "props", "args"}}


def test_keywords() -> None:
    """The constructor takes what the SDK's takes, and every property by keyword only."""
    ours = parameters(eci.ImageCache.__init__)
    assert set(ours) == set(parameters(SDK.ImageCache._internal_init))  # noqa: SLF001 - it has the real signature
    assert list(ours)[:2] == ["resource_name", "opts"]
    known = [field.python_name for field in fields(ImageCacheArgs).values()]
    assert list(ours)[2:] == known
    assert all(ours[name].kind is inspect.Parameter.KEYWORD_ONLY for name in known)


def hints(function: Any) -> dict[str, Any]:
    """Return what a function's annotations mean, in one form for all spellings."""
    module = importlib.import_module(function.__module__)
    found = typing.get_type_hints(function, {**vars(pulumi.output), **vars(module)})
    return {name: meaning(hint) for name, hint in found.items()}


def meaning(hint: Any) -> Any:
    """Return a type in one form for all spellings, such as Optional and the line."""
    arguments = [meaning(argument) for argument in typing.get_args(hint)]
    if not arguments:
        return hint
    origin = typing.get_origin(hint)
    return frozenset(arguments) if origin in {typing.Union, types.UnionType} else (origin, *arguments)


def test_types() -> None:
    """Each keyword has the SDK's type."""
    ours = hints(eci.ImageCache.__init__)
    theirs = hints(SDK.ImageCache._internal_init)  # noqa: SLF001 - it has the real signature
    for field in fields(ImageCacheArgs).values():
        assert ours[field.python_name] == theirs[field.python_name], field.name


def test_getters_have_the_sdks_types() -> None:
    """Each getter has the SDK's type."""
    for name, getter in vars(eci.ImageCache).items():
        if isinstance(getter, property):
            assert hints(getter.fget)["return"] == hints(vars(SDK.ImageCache)[name].fget)["return"], name


def test_keywords_are_documented() -> None:
    """Each keyword is documented with the model's description, and what a change of it means."""
    text = first_words(eci.ImageCache.__init__.__doc__)
    for field in fields(ImageCacheArgs).values():
        assert f"{field.python_name}: {first_words(described(field))}" in text


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
