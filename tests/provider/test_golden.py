"""Users' states outlive our versions: what needs no engine of that, by the states in tests/engine/golden.

They were written by a real engine and the version in their name (tools/golden_state.py), beside what was then
sent to the cloud. Nothing can tell whether they are fresh: they are history, which today's code has to read.
tests/engine/test_upgrade.py previews them on the engine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.provider.fronts import Plugin, Recorded
from tests.provider.world import REGION

from golden_state import FOLDER, NAMES
from imagecache_provider.eci.image_cache import ImageCache
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.eci.readiness_gate import ReadinessGateArgs
from imagecache_provider.fields import Model, fields, without_secrets
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.resource import (
    RESOURCE_TAG,
    STACK_TAG,
    Identity,
    Record,
    Token,
    automatic_name,
    build_id,
)

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

STATES = sorted(FOLDER.glob("*_every_input-*.json"))
_SECRET = "4dabf18193072939515e22adb298388d"
_SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270"
CACHE, GATE = ":ImageCache", ":ReadinessGate"


def plain(value: Any) -> Any:
    """Give a value of a state without the marks of its secrets."""
    if isinstance(value, dict) and value.get(_SECRET) == _SECRET_VALUE:
        return plain(json.loads(value["plaintext"]))
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if not key.startswith("__")}
    return [plain(member) for member in value] if isinstance(value, list) else value


def resources(state: Path, kind: str = CACHE) -> dict[str, dict[str, Any]]:
    """Return a state's resources of a kind, by name."""
    found = json.loads(state.read_text())["deployment"]["resources"]
    return {each["urn"].rpartition("::")[2]: each for each in found if each["type"].endswith(kind)}


def identity(resource: dict[str, Any]) -> Identity:
    """Return the identity that the front gives a resource: by its URN, or as its program told it."""
    if "__resource" in resource["inputs"]:
        return Identity.parse(resource["inputs"]["__resource"]["identity"])
    stack, project, kind, name = resource["urn"].split("::")
    return Identity.of(project, stack.removeprefix("urn:pulumi:"), kind, name)


def missing(model: type[Model], values: list[Any], path: str = "") -> list[str]:
    """Return the paths of a model's fields, at any depth, that none of its values has."""
    found = []
    for name, field in fields(model).items():
        given = [value[name] for value in values if name in value]
        if not given:
            found.append(f"{path}{name}")
        elif field.nested is not None:
            members = [each for value in given for each in (value if isinstance(value, list) else [value])]
            found += missing(field.nested, members, f"{path}{name}.")
    return found


def test_each_program_has_a_state() -> None:
    """Each program with every input has a state, and what was sent to the cloud for it."""
    every_input = {name for name in NAMES if name.endswith("_every_input")}
    assert {state.stem.partition("-")[0] for state in STATES} == every_input
    assert sorted(path.name for path in (FOLDER / "calls").iterdir()) == [path.name for path in STATES]


@pytest.mark.parametrize("front", ["plugin", "dynamic"])
def test_no_input_is_missing(front: str) -> None:
    """Every input of an image cache is in a state of each front, each part of a nested one too."""
    states = [state for state in STATES if state.stem.startswith(front)]
    given = [plain(each["inputs"]) for state in states for each in resources(state).values()]
    assert missing(ImageCacheArgs, given) == []


def test_no_input_of_a_gate_is_missing() -> None:
    """Every input of a gate is in a state of the plugin, which alone has gates."""
    states = [state for state in STATES if state.stem.startswith("plugin")]
    given = [plain(each["inputs"]) for state in states for each in resources(state, GATE).values()]
    assert missing(ReadinessGateArgs, given) == []


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.stem)
def test_no_change(state: Path, clock: DrivenClock) -> None:
    """Check takes the inputs as they are, and Diff finds nothing to do."""
    lifecycle = Lifecycle(ImageCache.connect({"imagecache:region": REGION}, {}, clock), clock)
    for name, resource in resources(state).items():
        inputs, outputs = plain(resource["inputs"]), plain(resource["outputs"])
        checked = lifecycle.check(identity(resource), name, inputs, inputs)
        assert (checked.failures, checked.inputs) == ((), inputs)
        assert not lifecycle.diff(identity(resource), resource["id"], inputs, outputs, inputs)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.stem)
def test_builds_and_names(state: Path) -> None:
    """Build IDs and automatic names are worked out as they were."""
    found = resources(state)
    for resource in found.values():
        assert build_id(ImageCacheArgs, plain(resource["inputs"])) == resource["outputs"]["buildId"]
    least = found["least"]
    given = plain(least["inputs"])
    name = given.pop("imageCacheName")
    assert automatic_name(ImageCacheArgs, identity(least), "least", given) == name


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.stem)
def test_what_is_sent(state: Path, clock: DrivenClock) -> None:
    """The request, its token and the hidden tags are what was sent then, byte for byte."""
    calls = json.loads((FOLDER / "calls" / state.name).read_text())
    cloud = ImageCache.connect({"imagecache:region": REGION}, {}, clock).resource
    found = resources(state)
    assert {call["ImageCacheName"] for call in calls} == {
        each["inputs"]["imageCacheName"] for each in found.values()
    }
    for resource in found.values():
        inputs, ours = plain(resource["inputs"]), identity(resource)
        (call,) = [each for each in calls if each["ImageCacheName"] == inputs["imageCacheName"]]
        request = cloud.request(without_secrets(ImageCacheArgs, inputs))
        token = Token.of(ours, request, "")
        record = Record(ours.resource, token, build_id(ImageCacheArgs, inputs), pending=True)
        users = inputs.get("tags", {})
        tags = {STACK_TAG: ours.stack, RESOURCE_TAG: str(record), **users}
        assert call["ClientToken"] == token.text
        assert tags_of(call) == tags
        assert {name: value for name, value in call.items() if is_of_the_request(name)} == {
            name: value for name, value in request.items() if is_of_the_request(name)
        }


def is_of_the_request(name: str) -> bool:
    """Tell whether a parameter is of the request itself: no tag, no password, no token, no action."""
    return (
        not name.startswith("Tag.")
        and not name.endswith(".Password")
        and name not in {"Action", "ClientToken"}
    )


def tags_of(call: dict[str, str]) -> dict[str, str]:
    """Return the tags that a call sent."""
    keys = {name: key for name, key in call.items() if name.startswith("Tag.") and name.endswith(".Key")}
    return {key: call.get(name.removesuffix("Key") + "Value", "") for name, key in keys.items()}


@pytest.mark.parametrize(
    "state", [each for each in STATES if each.stem.startswith("plugin")], ids=lambda each: each.stem
)
def test_gate(state: Path, clock: DrivenClock, loop: DrivenLoop) -> None:
    """A gate's inputs pass Check as they are, and nothing is waited for again."""
    (gate,) = resources(state, GATE).values()
    stack, _, kind, name = gate["urn"].split("::")
    settings = {"region": REGION, "accessKey": "simulator", "secretKey": "simulator", "preflight": "off"}
    starting = Plugin.start(Servicer({}, clock), settings, stack.removeprefix("urn:pulumi:"))
    plugin = loop.run_until_complete(starting)
    plugin.kinds = {name: kind}
    inputs, outputs = encode(plain(gate["inputs"])), encode(plain(gate["outputs"]))
    checked = loop.run_until_complete(plugin.checked(name, inputs, inputs))
    assert checked == inputs
    found = loop.run_until_complete(plugin.diff(name, Recorded(gate["id"], inputs, outputs), checked))
    assert (list(found.diffs), list(found.replaces)) == ([], [])
