"""What an exported state says about a stack's caches: which IDs it knows, where they are, what is pending.

Source: sdk/go/common/apitype/core.go of pulumi/pulumi, DeploymentV3.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imagecache_provider.errors import ProviderError
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import Identity

_URN = "urn:pulumi:"
_URN_PARTS = 4
_PROVIDER = "pulumi:providers:imagecache"
_DYNAMIC = "__resource"
"""The dynamic front's hidden input, `imagecache_provider.dynamic.PROGRAM`."""
_KINDS = tuple(token.rpartition(":")[2] for token in RESOURCES)


@dataclass(frozen=True)
class StackState:
    """A stack, and what its state says.

    Attributes:
        project: the project's name.
        name: the stack's name, without organization and project.
        known: the IDs of everything in it: what is about to be deleted, and what was under way, too.
        regions: the regions of its caches and providers, where it tells them.
        resources: URNs by the hash that the caches carry.
        creating: the hashes of resources whose create was under way when the state was written.
        outputs: the recorded outputs of its caches.
    """

    project: str
    name: str
    known: frozenset[str]
    regions: tuple[str, ...]
    resources: Mapping[str, str]
    creating: frozenset[str]
    outputs: tuple[Mapping[str, Any], ...] = ()

    @property
    def tag(self) -> str:
        """The value of the tag that all of its caches carry."""
        return Identity.of(self.project, self.name).stack


def read_state(text: str, project: str, stack: str) -> StackState:
    """Read what `pulumi stack export` wrote.

    Args:
        text: JSON.
        project: the project's name, for a state in which nothing tells it.
        stack: the stack's name, for the same.

    Raises:
        ProviderError: that it isn't, or it is of another stack.
    """
    deployment = _deployment(text)
    resources = _objects(deployment, "resources")
    operations = _objects(deployment, "pending_operations")
    under_way = [each["resource"] for each in operations if isinstance(each.get("resource"), dict)]
    everything = [*resources, *under_way]
    told = next((_names(each) for each in everything if _names(each) is not None), None)
    if told and stack and told[1] != stack:
        raise ProviderError(f"the state is of stack {told[1]} of project {told[0]}, not of {stack}")
    project, stack = told or (project, stack)
    if not (project and stack):
        raise ProviderError(
            "the state is empty, so that it doesn't tell whose it is\n"
            "  what to do: name both, --project NAME --stack NAME"
        )
    creating = [
        each["resource"]
        for each in operations
        if each.get("type") == "creating" and isinstance(each.get("resource"), dict)
    ]
    return StackState(
        project=project,
        name=stack,
        known=frozenset(str(each["id"]) for each in everything if each.get("id")),
        regions=tuple(sorted({region for each in everything for region in _regions(each)})),
        resources={hash_: str(each.get("urn")) for each in everything for hash_ in _hashes(each)},
        creating=frozenset(hash_ for each in creating for hash_ in _hashes(each)),
        outputs=tuple(
            each["outputs"]
            for each in everything
            if _is_cache(each) and isinstance(each.get("outputs"), dict)
        ),
    )


def _deployment(text: str) -> Mapping[str, Any]:
    try:
        exported = json.loads(text)
    except ValueError:
        exported = None
    deployment = exported.get("deployment") if isinstance(exported, dict) else None
    if not isinstance(deployment, dict):
        raise ProviderError(
            "the state isn't what `pulumi stack export` writes: JSON with a `deployment` in it"
        )
    return deployment


def _objects(deployment: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Give a list of objects; one that can't be read must not look like an empty one."""
    found = deployment.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ProviderError(f"the state can't be read: its {name} are no list of objects")
    return found


def _names(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """Read project and stack off a URN."""
    parts = str(resource.get("urn", "")).split("::", _URN_PARTS - 1)
    if len(parts) != _URN_PARTS or not parts[0].startswith(_URN):
        return None
    return parts[1], parts[0].removeprefix(_URN)


def _regions(resource: Mapping[str, Any]) -> Iterator[str]:
    is_provider = str(resource.get("type", "")) == _PROVIDER
    name = "region" if is_provider else "regionId" if _is_cache(resource) else ""
    for part in ("inputs", "outputs"):
        properties = resource.get(part)
        value = properties.get(name) if isinstance(properties, dict) else None
        if isinstance(value, str) and value:
            yield value


def _is_cache(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("type", "")).endswith(_KINDS)


def _hashes(resource: Mapping[str, Any]) -> Iterator[str]:
    """Give the hashes that a cache of this resource may carry: the plugin's, or the dynamic front's."""
    names = _names(resource)
    if names is None:
        return
    _, _, types, name = str(resource["urn"]).split("::", _URN_PARTS - 1)
    yield Identity.of(*names, types, name).resource
    inputs = resource.get("inputs")
    told = inputs.get(_DYNAMIC) if isinstance(inputs, dict) else None
    if isinstance(told, dict) and isinstance(told.get("identity"), str):
        yield Identity.parse(told["identity"]).resource
