"""Tests of the resource classes in a program, under Pulumi's mocks: what arrives at the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc, settings
from pulumi_imagecache.eci import outputs

from imagecache_provider.dynamic import PROGRAM
from imagecache_provider.dynamic.eci import (
    AcrRegistryInfoArgs,
    EliminationStrategy,
    ImageCache,
    ImageCacheArgs,
    ImageRegistryCredentialArgs,
)
from imagecache_provider.resource import Identity

TYPE = "pulumi-python:dynamic/imagecache/eci:ImageCache"
TOKEN = "imagecache:eci:ImageCache"
CREDENTIAL = {"server": "a", "userName": "b", "password": "hidden"}

Register = Callable[[Callable[[], Any]], dict[str, Any]]


class Engine(mocks.Mocks):
    """Stands in for the engine: remembers what is registered, and gives it back as outputs."""

    def __init__(self) -> None:
        self.registered: dict[str, mocks.MockResourceArgs] = {}
        self.everything: list[mocks.MockResourceArgs] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Register a resource."""
        self.registered[args.name] = args
        self.everything.append(args)
        return f"{args.name}-id", {**args.inputs, "imageCacheId": "imc-1", "status": "Ready"}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Answer no function."""
        raise AssertionError(args.token)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Yield the thread's event loop, on which Pulumi's SDK runs a program under mocks.

    The mocks want one in each thread that they work in, too.
    """
    loops: list[asyncio.AbstractEventLoop] = []

    def make() -> asyncio.AbstractEventLoop:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])
        return loops[-1]

    loop = make()
    loop.set_default_executor(ThreadPoolExecutor(initializer=make))
    yield loop
    while tasks := asyncio.all_tasks(loop):  # the SDK's, which begin others
        loop.run_until_complete(asyncio.wait(tasks))
    loop.run_until_complete(loop.shutdown_default_executor())
    for each in loops:
        each.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def engine(loop: asyncio.AbstractEventLoop) -> Iterator[Engine]:  # noqa: ARG001 - the SDK takes the thread's
    """Yield an engine for a program of stack `dev` of project `project`."""
    engine = Engine()
    mocks.set_mocks(engine, "project", "dev", preview=False)
    yield engine
    settings.reset_options()  # the stack's resource goes with the loop


def run(program: Callable[[], Any]) -> None:
    """Run a program to its end."""
    test: Any = pulumi.runtime.test
    test(program)()


def test_type(engine: Engine) -> None:
    """A cache is registered under its own name and type, with its inputs by Pulumi's names."""
    run(lambda: ImageCache("web", images=["nginx"], image_cache_size=40, vswitch_ids=["vsw-1"]))
    registered = engine.registered["web"]
    assert registered.typ == TYPE
    inputs = {name: value for name, value in registered.inputs.items() if not name.startswith("__")}
    assert inputs == {"images": ["nginx"], "imageCacheSize": 40, "vswitchIds": ["vsw-1"]}


def test_hidden_input(engine: Engine) -> None:
    """The hidden input has the resource's identity, made of project, stack, type and name, and its name."""
    run(lambda: ImageCache("web", images=["nginx"]))
    identity = Identity.of("project", "dev", TOKEN, "web")
    assert engine.registered["web"].inputs[PROGRAM] == {"identity": str(identity), "name": "web"}


def test_parents(engine: Engine) -> None:
    """Resources of one name under different parents have different identities."""

    def program() -> None:
        for name in ("one", "two"):
            parent = pulumi.ComponentResource("my:Component", name)
            ImageCache("web", images=["nginx"], opts=pulumi.ResourceOptions(parent=parent))

    run(program)
    caches = [args for args in engine.everything if args.typ == TYPE]
    assert len({args.inputs[PROGRAM]["identity"] for args in caches}) == 2


def test_provider_is_no_secret(engine: Engine) -> None:
    """The pickled provider is small, and no secret."""
    run(lambda: ImageCache("web", images=["nginx"]))
    pickled = engine.registered["web"].inputs["__provider"]
    assert isinstance(pickled, str)
    assert len(pickled) < 200


def secret(value: Any) -> Any:
    """Return what is marked secret; fail for what isn't."""
    assert isinstance(value, dict)
    assert value[rpc._special_sig_key] == rpc._special_secret_sig  # noqa: SLF001 - the wire's mark of a secret
    return value["value"]


@pytest.mark.parametrize(
    "credential",
    [
        ImageRegistryCredentialArgs(server="a", user_name="b", password="hidden"),
        {"server": "a", "user_name": "b", "password": "hidden"},
        {"server": "a", "userName": "b", "password": "hidden"},
        ImageRegistryCredentialArgs(server="a", user_name="b", password=pulumi.Output.from_input("hidden")),
    ],
)
def test_credentials(engine: Engine, credential: Any) -> None:
    """Credentials arrive with Pulumi's names and as a secret, in whatever form a program has them."""
    run(lambda: ImageCache("web", images=["nginx"], image_registry_credentials=[credential]))
    assert secret(engine.registered["web"].inputs["imageRegistryCredentials"]) == [CREDENTIAL]


def test_credentials_to_come(engine: Engine) -> None:
    """A list of credentials that is an output of another resource is renamed once it is there."""

    def program() -> None:
        args = [ImageRegistryCredentialArgs(server="a", user_name="b", password="hidden")]
        ImageCache("web", images=["nginx"], image_registry_credentials=pulumi.Output.from_input(args))

    run(program)
    assert secret(engine.registered["web"].inputs["imageRegistryCredentials"]) == [CREDENTIAL]


def test_registries(engine: Engine) -> None:
    """Other objects arrive with Pulumi's names, without what was left out, and are no secret."""
    run(
        lambda: ImageCache(
            "web",
            images=["nginx"],
            acr_registry_infos=[AcrRegistryInfoArgs(instance_id="cri-1", arn_user="acs:ram::1:role/a")],
        )
    )
    assert engine.registered["web"].inputs["acrRegistryInfos"] == [
        {"instanceId": "cri-1", "arnUser": "acs:ram::1:role/a"}
    ]


def test_unknown_names_stay(engine: Engine) -> None:
    """A part that the model doesn't know stays, so that check can point at it."""
    credential: Any = {"server": "a", "username": "b", "password": "hidden"}
    run(lambda: ImageCache("web", images=["nginx"], image_registry_credentials=[credential]))
    (found,) = secret(engine.registered["web"].inputs["imageRegistryCredentials"])
    assert "username" in found


def test_outputs(engine: Engine) -> None:
    """Outputs are read by getters of the class."""
    found: dict[str, Any] = {}

    def program() -> pulumi.Output[Any]:
        cache = ImageCache("web", images=["nginx"])
        return pulumi.Output.all(cache.image_cache_id, cache.status, cache.images).apply(
            lambda values: found.update(values=values)
        )

    run(program)
    assert engine.registered.keys() == {"web"}
    assert found["values"] == ["imc-1", "Ready", ["nginx"]]


def test_arguments_as_one_object(engine: Engine) -> None:
    """All arguments may come as the SDK's object, with options behind it."""

    def program() -> None:
        parent = pulumi.ComponentResource("my:Component", "parent")
        options = pulumi.ResourceOptions(parent=parent)
        ImageCache("web", ImageCacheArgs(images=["nginx"], flash=True), options)

    run(program)
    inputs = engine.registered["web"].inputs
    assert {name: value for name, value in inputs.items() if not name.startswith("__")} == {
        "images": ["nginx"],
        "flash": True,
    }
    assert inputs[PROGRAM]["identity"] != str(Identity.of("project", "dev", TOKEN, "web"))


def test_options_by_place(engine: Engine) -> None:
    """Options may come right behind the name."""

    def program() -> None:
        parent = pulumi.ComponentResource("my:Component", "parent")
        ImageCache("web", pulumi.ResourceOptions(parent=parent), images=["nginx"])

    run(program)
    identity = Identity.of("project", "dev", "my:Component", "parent", TOKEN, "web")
    assert engine.registered["web"].inputs[PROGRAM]["identity"] == str(identity)


def test_choice(engine: Engine) -> None:
    """A member of a choice arrives as its text."""
    run(lambda: ImageCache("web", images=["nginx"], elimination_strategy=EliminationStrategy.LRU))
    assert engine.registered["web"].inputs["eliminationStrategy"] == "LRU"


def test_objects_in_outputs(engine: Engine) -> None:
    """Objects in outputs are the SDK's, read by attributes."""
    found: list[Any] = []

    def program() -> pulumi.Output[Any]:
        registry = AcrRegistryInfoArgs(instance_id="cri-1", arn_user="acs:ram::1:role/a")
        cache = ImageCache("web", images=["nginx"], acr_registry_infos=[registry])
        return cache.acr_registry_infos.apply(found.append)

    run(program)
    assert engine.registered.keys() == {"web"}
    ((registry,),) = found
    assert isinstance(registry, outputs.AcrRegistryInfo)
    assert (registry.instance_id, registry.arn_user, registry.domains) == ("cri-1", "acs:ram::1:role/a", None)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "ImageCache 'web' needs images: The images to cache, 1 to 20"),
        ({"args": {"images": ["nginx"]}}, "ImageCache takes ImageCacheArgs or keywords, not a dict"),
    ],
)
def test_wrong_arguments(engine: Engine, arguments: dict[str, Any], text: str) -> None:
    """Arguments that are missing or of the wrong kind are one error without a stack."""
    make: Any = ImageCache
    with pytest.raises(pulumi.RunError, match=text):
        make("web", **arguments)
    assert engine.everything == []


@pytest.mark.parametrize(
    ("keyword", "near"), [("image", "images"), ("vswitch_id", "vswitch_ids"), ("vswitchIds", "vswitch_ids")]
)
def test_unknown_keyword(engine: Engine, keyword: str, near: str) -> None:
    """A keyword that doesn't exist is answered with the nearest one, as an error without a stack."""
    make: Any = ImageCache
    with pytest.raises(pulumi.RunError, match=f"ImageCache has no argument {keyword}; did you mean {near}"):
        make("web", images=["nginx"], **{keyword: "x"})
    assert engine.everything == []
