"""What is wrong after a trial: the cloud against the state against the program.

`trial` calls it. A finding that docs/limitations.md explains is told apart by its kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.provider.fronts import TOKEN

from chaos.cuts import Cut, cut_off, handed_over
from chaos.engine import GATE, Engine, Entry, Program
from chaos.programs import CANARIES, USER
from imagecache_provider.plugin.codec import Properties, decode
from imagecache_provider.resource import HIDDEN_TAGS, STACK_TAG, Identity, Record
from imagecache_simulator import Cloud

DUPLICATE = "duplicate"
ORPHAN = "orphan"
LOST = "lost ID"
MISSING = "in the state, not in the cloud"
PROPERTY = "wrong property"
SECRET = "secret shown"  # noqa: S105 - a kind of finding
OWN_FAULT = "fault of the provider's own code"
PENDING = "recorded, still marked pending"
NOT_HEALED = "not healed by three runs"
RESTLESS = "changes without an edit"
LEFT = "left by destroy"
COMMAND = "`orphans` lists other caches than are left"
HANDED_OVER = "orphan: killed after the hand-over"
NOT_WANTED = "orphan: cut off, then taken out of the program"
DOCUMENTED = (HANDED_OVER, NOT_WANTED)
"""Kinds that docs/limitations.md explains, under "Ours"."""
KINDS = (
    DUPLICATE, ORPHAN, LOST, MISSING, PROPERTY, SECRET, OWN_FAULT, PENDING, NOT_HEALED, RESTLESS, LEFT,
    COMMAND, *DOCUMENTED,
)  # fmt: skip
"""Every kind of finding."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: its kind, and what shows it."""

    kind: str
    detail: str


def compare(
    cloud: Cloud, engine: Engine, program: Program, stack: str, cuts: Sequence[Cut] = ()
) -> Iterator[Finding]:
    """Yield what is wrong after the last run.

    Args:
        cloud: the account.
        engine: the engine with its state.
        program: what the stack should be.
        stack: its name.
        cuts: what each run left that was cut off.
    """
    for name, inputs in program.items():
        entry = engine.live(name)
        if entry is None:
            yield Finding(LOST, name)
        elif name == GATE:
            yield from _gate(engine, entry, inputs["caches"])
        else:
            yield from _resource(cloud, entry, inputs)
    for entry in engine.state:
        if entry.delete or entry.name not in program:
            yield Finding(MISSING, f"{entry.name} {entry.recorded.id} should be gone from the state")
    yield from left_over(cloud, {entry.recorded.id for entry in engine.state}, program, stack, cuts)


def left_over(
    cloud: Cloud, known: set[str], program: Program, stack: str, cuts: Sequence[Cut] = ()
) -> Iterator[Finding]:
    """Yield the caches of a stack that its state doesn't have."""
    wanted = {Identity.of("project", stack, TOKEN, name).resource: name for name in program}
    ours = Identity.of("project", stack).stack
    for id_, cache in cloud.eci.image_caches.items():
        if id_ in known or cache.tags.get(STACK_TAG, ours) != ours:
            continue
        kind = kind_of_orphan(id_, Record.read(cache.tags), wanted, cuts)
        yield Finding(kind, f"{id_} {cache.inputs.name} {cache.status} {cache.tags}")


def kind_of_orphan(id: str, record: Record | None, wanted: Collection[str], cuts: Sequence[Cut]) -> str:
    """Name a cache that carries a stack's tag and isn't in its state.

    Args:
        id: its ID.
        record: what it says of itself.
        wanted: the hashes of the resources that the program has.
        cuts: what each run left that was cut off.
    """
    if record is None:
        return ORPHAN
    if not record.pending and handed_over(id, cuts):
        return HANDED_OVER
    if record.resource in wanted:
        return DUPLICATE
    return NOT_WANTED if record.pending and cut_off(id, cuts) else ORPHAN


def _gate(engine: Engine, entry: Entry, names: Sequence[str]) -> Iterator[Finding]:
    """Hold a gate to the caches that it waited for, as the state has them."""
    live = [engine.live(name) for name in names]
    states = [decode(each.recorded.outputs).plain for each in live if each is not None]
    wanted = [{part: state[part] for part in ("imageCacheId", "buildId")} for state in states]
    recorded = decode(entry.recorded.outputs).plain
    if (recorded["caches"], recorded["ready"]) != (wanted, len(names)):
        yield Finding(PROPERTY, f"the gate opened for {recorded}, not for {wanted}")


def _resource(cloud: Cloud, entry: Entry, inputs: Mapping[str, Any]) -> Iterator[Finding]:
    state = decode(entry.recorded.outputs)
    cache = cloud.eci.image_caches.get(entry.recorded.id)
    if cache is None:
        yield Finding(MISSING, f"{entry.name} {entry.recorded.id}")
        return
    there = {
        "images": sorted(cache.inputs.images),
        "imageCacheSize": cache.inputs.size,
        "retentionDays": cache.inputs.retention_days,
        "eliminationStrategy": cache.inputs.elimination_strategy,
        "imageCacheName": cache.inputs.name,
        "tags": {key: value for key, value in cache.tags.items() if key not in HIDDEN_TAGS},
        "status": cache.status,
    }
    defaults: dict[str, Any] = {"imageCacheSize": 20, "eliminationStrategy": "", "tags": {}}
    wanted = {**dict.fromkeys(there), **defaults, **inputs, "status": "Ready"}
    wanted["images"] = sorted(inputs["images"])
    wanted["imageCacheName"] = inputs.get("imageCacheName") or state.plain["imageCacheName"]
    recorded = {**defaults, **state.plain}
    recorded["images"] = sorted(recorded["images"])
    for name, value in there.items():
        if value != wanted[name]:
            yield Finding(PROPERTY, f"{entry.name}.{name} is {value}, not {wanted[name]}, in the cloud")
        if recorded.get(name) != wanted[name]:
            yield Finding(PROPERTY, f"{entry.name}.{name} is {recorded.get(name)} in the state")
    if state.plain.get("imageRegistryCredentials") != inputs.get("imageRegistryCredentials"):
        yield Finding(PROPERTY, f"{entry.name}: another password is in the state")
    record = Record.read(cache.tags)
    if record is None or record.pending:
        yield Finding(PENDING, f"{entry.name} {entry.recorded.id} {cache.tags}")


def shown(engine: Engine, cloud: Cloud, told: Sequence[str]) -> Iterator[Finding]:
    """Yield secrets that can be read: in what was said, in the cloud's log, in any state in the clear.

    The log may show the registry's user name, as it shows all that was sent but passwords.
    """
    places = defaultdict(list, {"errors": [*engine.said], "progress": [*told]})
    for entry in engine.shown:
        places[f"inputs of {entry.name}"].append(str(_in_the_clear(decode(entry.recorded.inputs))))
        places[f"outputs of {entry.name}"].append(str(_in_the_clear(decode(entry.recorded.outputs))))
    searched: dict[str, tuple[str, tuple[str, ...]]] = {
        place: ("\n".join(texts), (*CANARIES, USER)) for place, texts in places.items()
    }
    searched["log"] = (str(list(cloud.requests)), CANARIES)
    for place, (text, canaries) in searched.items():
        if any(canary in text for canary in canaries):
            yield Finding(SECRET, place)


def _in_the_clear(properties: Properties, path: tuple[str | int, ...] = (), value: Any = None) -> Any:
    """Give an object without what is marked secret."""
    value = value if path else properties.plain
    if path in properties.secrets:
        return None
    if isinstance(value, dict):
        return {name: _in_the_clear(properties, (*path, name), part) for name, part in value.items()}
    if isinstance(value, list):
        return [_in_the_clear(properties, (*path, index), part) for index, part in enumerate(value)]
    return value
