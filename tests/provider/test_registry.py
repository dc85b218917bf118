"""Tests of the registry: every resource keeps the rules that hold for all of them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from imagecache_provider.diff import diff, drifted
from imagecache_provider.eci.image_cache import ImageCache, observed
from imagecache_provider.eci.wire import parameters
from imagecache_provider.fields import Change, Model, fields, without_empty
from imagecache_provider.function import Function
from imagecache_provider.gate import Gate
from imagecache_provider.registry import FUNCTIONS, GATES, RESOURCES
from imagecache_provider.resource import Identity, Resource, automatic_name, build_id

if TYPE_CHECKING:
    from tests.provider.world import World


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


def places(model: type[Model], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each optional text, list and map of a model, at any depth: its path, and its empty value."""
    for name, field in fields(model).items():
        if field.empty is not None:
            yield (*path, name), field.empty
        if field.nested is not None:
            yield from places(field.nested, (*path, name))


def placed(inputs: dict[str, Any], path: tuple[str, ...], *value: Any) -> dict[str, Any]:
    """Return inputs with another value at a path, in each object of a list on the way; or without any."""
    name, *rest = path
    if rest:
        members = [placed(member, tuple(rest), *value) for member in inputs[name]]
        return {**inputs, name: members}
    others = {key: member for key, member in inputs.items() if key != name}
    return {**others, name: value[0]} if value else others


KINDS: list[Any] = [*RESOURCES.values(), *GATES.values()]
EMPTY = [
    pytest.param(kind, path, empty, id=f"{kind.token.rpartition(':')[2]}.{'.'.join(path)}")
    for kind in KINDS
    for path, empty in places(kind.args)
]
"""Each place where something may be empty, of all resources and gates."""


def test_empty_places() -> None:
    """The walk finds texts, choices, lists and maps, in objects too; no numbers, and nothing required."""
    found = {".".join(path): empty for path, empty in places(ImageCache.args)}
    assert {"regionId", "osType", "vswitchIds", "tags", "acrRegistryInfos.domains"} <= found.keys()
    assert not {"images", "imageCacheSize", "flash", "acrRegistryInfos.instanceId"} & found.keys()
    assert (found["zoneId"], found["vswitchIds"], found["tags"]) == ("", [], {})
    assert len(EMPTY) == len(found) + 1


@pytest.mark.parametrize(("kind", "path", "empty"), EMPTY)
class TestEmpty:
    """A text, list or map that is empty is one that is left out, whatever it's part of."""

    @pytest.fixture
    def pair(
        self, kind: Any, path: tuple[str, ...], empty: Any, everything: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return complete inputs, once with the empty value and once without it."""
        gate: dict[str, Any] = {
            "caches": [{"imageCacheId": "imc-1", "buildId": "b"}],
            "regionId": "cn-beijing",
        }
        inputs = everything if kind.token in RESOURCES else gate
        return placed(inputs, path, empty), placed(inputs, path)

    def test_check(self, kind: Any, pair: tuple[dict[str, Any], dict[str, Any]], world: World) -> None:
        """It's never wrong, and recorded as the program has it; region and name are set as for none."""
        process = world.process()
        checker: Any = process.lifecycle
        if kind.token in GATES:
            checker = Gate(kind, process.lifecycle, "cn-hangzhou", "")
        one, two = (checker.check(process.identity(), "web", {}, inputs) for inputs in pair)
        assert (one.failures, two.failures) == ((), ())
        assert without_empty(kind.args, one.inputs) == without_empty(kind.args, two.inputs)
        set_here = {"regionId", "imageCacheName"}
        assert all(one.inputs[name] == value for name, value in pair[0].items() if name not in set_here)

    def test_diff(
        self, kind: Any, path: tuple[str, ...], pair: tuple[dict[str, Any], dict[str, Any]], everything: Any
    ) -> None:
        """It's no difference to none, and the same difference as none to anything else."""
        with_empty, without = pair
        last = build_id(kind.args, without)
        assert not diff(kind.args, with_empty, without, last)
        assert not diff(kind.args, without, with_empty, last)
        if kind.token not in RESOURCES:
            return
        whole = build_id(kind.args, everything)
        removed = diff(kind.args, everything, without, whole)
        assert [each.property for each in removed.differences] == [path[0]]
        assert diff(kind.args, everything, with_empty, whole) == removed
        assert diff(kind.args, with_empty, everything, last) == diff(kind.args, without, everything, last)
        rebuilt = {"rebuildTriggers": ["anew"]}
        if path[0] != "rebuildTriggers":
            assert diff(kind.args, {**with_empty, **rebuilt}, without, last) == diff(
                kind.args, {**without, **rebuilt}, without, last
            )

    def test_digests(self, kind: Any, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
        """It's in no name, no build ID and no token."""
        if kind.token not in RESOURCES:
            return
        one, two = pair
        assert build_id(kind.args, one) == build_id(kind.args, two)
        identity = Identity.of("project", "dev", kind.token, "web")
        assert automatic_name(kind.args, identity, "web", one) == automatic_name(
            kind.args, identity, "web", two
        )

    def test_wire(self, kind: Any, pair: tuple[dict[str, Any], dict[str, Any]], world: World) -> None:
        """A create doesn't send it, and an update sends for it what it sends for none."""
        if kind.token not in RESOURCES:
            return
        resource = kind.connect(world.config, {}, world.clock).resource
        one, two = pair
        assert resource.request(one) == resource.request(two)
        assert resource.exclusive(one) == resource.exclusive(two)
        names = list(fields(kind.args))
        assert parameters(kind.args, one, names) == parameters(kind.args, two, names)

    def test_read(self, kind: Any, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
        """What the cloud chose for none is no drift; what is drift from none is from it, too."""
        if kind.token not in RESOURCES:
            return
        cache = {
            "ImageCacheId": "imc-1",
            "Status": "Ready",
            "ImageCacheName": "mine",
            "ResourceGroupId": "rg-default",
            "EliminationStrategy": "LRU",
            "Tags": [{"Key": "a", "Value": "b"}],
        }
        for shown in (cache, {**cache, "EliminationStrategy": "", "Tags": []}):
            seen = observed(shown)
            one, two = (drifted(kind.args, inputs, seen, {}) for inputs in pair)
            assert without_empty(kind.args, one) == without_empty(kind.args, two)


@pytest.mark.parametrize("front", ["core", "plugin", "dynamic"], indirect=True)
def test_all_empty(world: World) -> None:
    """A cache whose texts, lists and maps are all empty is the one without them, from create on."""
    empty = {path[0]: empty for path, empty in places(ImageCache.args) if len(path) == 1}
    sent = []
    for inputs in (empty, {}):
        process = world.process()
        world.mark()
        made = process.create(images=["busybox:1"], **inputs)
        (create,) = world.sent("CreateImageCache")
        sent.append(create)
        assert process.read(made) == made
        world.mark()
        assert process.update(made, images=["docker.io/library/busybox:1"]).inputs["images"] != made.inputs
        assert not {"UpdateImageCache", "CreateImageCache"} & set(world.writes())
        process.delete(made)
        assert process.read(made) is None
        world.cloud.advance(100_000)  # the token's answer is forgotten
    volatile = {"Timestamp", "SignatureNonce", "Signature", "ClientToken"}
    one, two = ({name: value for name, value in each.items() if name not in volatile} for each in sent)
    assert one == two
