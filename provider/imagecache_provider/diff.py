"""Diff: old inputs against new ones, by the markers of the model. Pure; the lifecycle calls it.

Old inputs are compared, not what was read: a cloud returns few of them, and adds defaults of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from imagecache_provider.fields import NO_DEFAULT, Change, Field, Model, fields, has_unknown, without_empty
from imagecache_provider.resource import HIDDEN_TAGS, Observed, fixed_build, fixed_digest, fixed_inputs


class Kind(enum.Enum):
    """What happened to a property."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Difference:
    """One property that differs.

    Attributes:
        property: its Pulumi name.
        kind: whether it was added, changed or removed.
        change: what that means.
        replaces: whether another resource is needed for it.
        reason: why, for people.
        input: whether it is an input; else it's the recorded state that isn't as it should be.
    """

    property: str
    kind: Kind
    change: Change
    replaces: bool
    reason: str
    input: bool = True


@dataclass(frozen=True)
class Diff:
    """All differences between two sets of inputs; empty if they mean the same."""

    differences: tuple[Difference, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.differences)

    @property
    def replaces(self) -> list[str]:
        """The properties that another resource is needed for."""
        return [difference.property for difference in self.differences if difference.replaces]

    def properties(self, change: Change) -> list[str]:
        """The properties whose difference means this."""
        return [difference.property for difference in self.differences if difference.change is change]


_REASONS = {
    Change.BUILD: "the images are pulled again; until the cache is Ready, new pods pull from the registry",
    Change.METADATA: "changed in place, without a build",
    Change.RECORD: "kept for the next build; nothing is built now",
    Change.REPLACE: "another cache is needed",
    Change.LOCAL: "a setting of the provider's own",
}


def diff(
    model: type[Model],
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    last_build: str,
    *,
    imported: bool = False,
) -> Diff:
    """Compare inputs.

    Args:
        model: the resource's inputs.
        olds: the inputs of the last `up`.
        news: the checked inputs of this one, UNKNOWN where a preview doesn't know.
        last_build: the build ID that the cloud works from; empty if none is known.
        imported: whether the old inputs were only now read from the cloud, which doesn't tell all of them.
    """
    found = tuple(_differences(model, without_empty(model, olds), without_empty(model, news)))
    if imported:
        found = tuple(_of_an_import(fields(model)[each.property], each) for each in found)
    if any(difference.change is Change.BUILD for difference in found):
        found = tuple(_blocked_builds(model, found, news, last_build))
    return Diff(found)


def _differences(
    model: type[Model], olds: Mapping[str, Any], news: Mapping[str, Any]
) -> Iterator[Difference]:
    for name, field in fields(model).items():
        old, new = olds.get(name), news.get(name)
        if field.property.same(old, new):
            continue
        change = field.property.change
        assert change is not None, f"{name} has no change marker"  # noqa: S101 - a slip in the model
        replaces, reason = change is Change.REPLACE, _REASONS[change]
        if new is None and _takes_another(field):
            replaces, reason = True, f"the cloud has no value that undoes {name}; another cache is needed"
        yield Difference(name, kind_of(old, new), change, replaces, reason)


def _of_an_import(field: Field, difference: Difference) -> Difference:
    """Take the program's word for what the cloud doesn't tell, and leave what can't be undone as it is."""
    told = field.property.returned or bool(field.property.derived) or difference.property == "regionId"
    if told and difference.kind is not Kind.DELETE:
        return difference
    if difference.change is Change.METADATA and not difference.replaces:
        return difference
    reason = "the cloud tells no more: recorded as the program has it; nothing is built now"
    return replace(difference, change=Change.RECORD, replaces=False, reason=reason)


def _takes_another(field: Field) -> bool:
    return field.property.change is Change.METADATA and field.property.default is NO_DEFAULT


def kind_of(old: Any, new: Any) -> Kind:
    """Say what happened to a property; None is one that isn't given."""
    if old is None:
        return Kind.ADD
    return Kind.DELETE if new is None else Kind.UPDATE


def _blocked_builds(
    model: type[Model], found: tuple[Difference, ...], news: Mapping[str, Any], last_build: str
) -> Iterator[Difference]:
    """Turn builds into replacements where the last build used what an update can't carry to the next."""
    fixed = fixed_inputs(model, without_empty(model, news))
    known = bool(last_build) and not has_unknown(fixed)
    # Version 0.1.0 counted what is empty: the last build may have been recorded so.
    blocked = known and fixed_build(last_build) not in map(fixed_digest, (fixed, fixed_inputs(model, news)))
    for difference in found:
        if blocked and difference.change is Change.BUILD:
            reason = "the build's zone, registries or roles changed too, which an update can't carry"
            yield Difference(difference.property, difference.kind, difference.change, True, reason)
        else:
            yield difference


def drifted(
    model: type[Model], inputs: dict[str, Any], seen: Observed, recorded: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the inputs that would describe what the cloud has: the user's own form where it means the same.

    Args:
        model: the resource's inputs.
        inputs: as they are recorded.
        seen: the resource as it is.
        recorded: the outputs that the state has; None leaves out what is told by them (`_derived_anew`).
    """
    now, said = dict(inputs), without_empty(model, inputs)
    told = {**seen.returned, **({} if recorded is None else _derived_anew(model, seen, recorded))}
    for name, member in fields(model).items():
        if name not in told or member.property.same(said.get(name), told[name]):
            continue
        if name in said or not member.property.assigned:
            now[name] = told[name]
    tags = {key: value for key, value in seen.tags.items() if _is_users(key)}
    if tags != (inputs.get("tags") or {}):
        now["tags"] = tags
    return now


def _derived_anew(model: type[Model], seen: Observed, recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Give the inputs that can be worked out of outputs, as far as those aren't as they were recorded.

    A cloud may count in its own way: a retention from the last update on, say, or not to the second. As long
    as it shows what it showed after our own update, nobody has changed anything since.
    """
    return {
        name: value
        for name, value in seen.derived.items()
        if seen.outputs.get(fields(model)[name].property.derived)
        != recorded.get(fields(model)[name].property.derived)
    }


def described(model: type[Model], seen: Observed) -> dict[str, Any]:
    """Describe a resource of which only the cloud knows by inputs; what goes without saying is left out."""
    told = {
        name: value
        for name, value in without_empty(model, {**seen.returned, **seen.derived}).items()
        if not fields(model)[name].property.assigned and not fields(model)[name].property.same(value, None)
    }
    tags = {key: value for key, value in seen.tags.items() if _is_users(key)}
    return {**told, **({"tags": tags} if tags else {})}


def _is_users(tag: str) -> bool:
    return tag not in HIDDEN_TAGS and not tag.lower().startswith(("acs:", "aliyun"))
