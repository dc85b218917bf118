"""Looks for a stack's caches in the cloud, tells which of them its state doesn't have, and removes one.

`Command` calls it. What a cache says of itself is in its hidden tags (`resource.Record`). They have a hash of
the resource; its name is in the cache's own name, unless the program set another one, and the hash proves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

from imagecache_provider.clock import Clock
from imagecache_provider.errors import ConfigurationError, ProviderError
from imagecache_provider.importing import import_id
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.orphans.stack_state import StackState
from imagecache_provider.place import Locator
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import STACK_TAG, Connection, Identity, Observed, Phase, Record

_URN_PARTS = 4
_WORD_END = re.compile(r"(?<![^\W_])|(?![^\W_])")
"""The places at which a name may begin or end in a longer one."""


@dataclass(frozen=True)
class Orphan:
    """A resource in the cloud that carries a stack's tag and isn't in its state.

    Attributes:
        token: its Pulumi type.
        region: its region.
        name: its name in the cloud.
        seen: how the cloud shows it.
        urn: the resource of the state that it was made for; empty if the state has no such resource.
        creating: whether the state says that a create of that resource was under way.
        resource_name: the name of its resource in the program; empty if nothing tells it.
        import_id: what `pulumi import` knows it by.
        at_work: whether an `up` may be at work on it, or the next one adopt it.
    """

    token: str
    region: str
    name: str
    seen: Observed
    urn: str
    creating: bool
    resource_name: str
    import_id: str
    at_work: bool = True

    @property
    def id(self) -> str:
        """Its ID."""
        return self.seen.id

    @property
    def record(self) -> Record | None:
        """What its hidden tag says."""
        return self.seen.record

    @property
    def pending(self) -> bool:
        """Whether it was never handed over to a state."""
        return self.record is not None and self.record.pending

    @property
    def importable(self) -> bool:
        """Whether a stack whose state has lost it can take it back, and has no other one in its place."""
        replaced = bool(self.urn) and not self.creating
        return not self.pending and not replaced and self.seen.phase is not Phase.FAILED

    @property
    def import_name(self) -> str:
        """The name of its resource, if an import needs no more: empty for one with a parent, or unknown.

        Imported without its parent, it would be another resource to the program, whose `up` deletes it.
        """
        types = "".join(self.urn.split("::", _URN_PARTS - 1)[2:3])
        return "" if "$" in types else self.resource_name

    def judged(self, settled: bool) -> Orphan:
        """Say whether something may be at work on it.

        Args:
            settled: whether it's known that no command is at work on the stack.
        """
        at_work = self.pending and (self.seen.phase.busy or (self.creating and not settled))
        return replace(self, at_work=at_work)


class Search:
    """Looks in the account of a stack's configuration and the environment.

    Args:
        config: the stack's configuration, secrets in the clear.
        environment: the process's environment variables.
        clock: what waiting goes by.
        remedy: what to tell a user who has set too little, beside those two.
    """

    def __init__(
        self, config: Mapping[str, Any], environment: Mapping[str, str], clock: Clock, remedy: str
    ) -> None:
        self._connections: dict[str, Connection] = {
            token: kind.connect(config, environment, clock, remedy) for token, kind in RESOURCES.items()
        }
        self._lifecycles = {token: Lifecycle(each, clock) for token, each in self._connections.items()}

    @property
    def secrets(self) -> list[str]:
        """The texts that must never be shown."""
        return list(chain.from_iterable(each.secrets for each in self._connections.values()))

    @property
    def notes(self) -> list[str]:
        """What the user has set and isn't used, a line each."""
        return list(dict.fromkeys(chain.from_iterable(each.notes for each in self._connections.values())))

    def regions(self, named: Iterable[str]) -> list[str]:
        """Give the regions to look in: these and the provider's.

        Raises:
            ConfigurationError: there is none.
        """
        found = {*named, *(each.region for each in self._connections.values())} - {""}
        if not found:
            missing = next(iter(self._connections.values())).missing_region
            raise ConfigurationError(f"the region {missing}; or name one: --region cn-hangzhou")
        return sorted(found)

    async def orphans(self, state: StackState, regions: Iterable[str]) -> list[Orphan]:
        """List what carries the stack's tag and isn't in its state, oldest first."""
        found = [
            self._orphan(token, region, seen, state)
            for token, connection in self._connections.items()
            for region in regions
            for seen in await connection.resource.find(region, {STACK_TAG: state.tag})
            if seen.id not in state.known
        ]
        return sorted(found, key=lambda each: (str(each.seen.outputs.get("creationTime", "")), each.id))

    def _orphan(self, token: str, region: str, seen: Observed, state: StackState) -> Orphan:
        resource = seen.record.resource if seen.record else ""
        connection = self._connections[token]
        name = str(seen.returned.get(connection.resource.name_property, ""))
        urn = state.resources.get(resource, "")
        return Orphan(
            token=token,
            region=region,
            name=name,
            seen=seen,
            urn=urn,
            creating=resource in state.creating,
            resource_name=urn.rpartition("::")[2] or _resource_name(name, resource, token, state),
            import_id=import_id(seen.id, region, connection.region),
        )

    async def elsewhere(self, state: StackState) -> str:
        """Say that this looks elsewhere than where the state has its caches, such as in another account.

        Empty where that isn't so, or where state or cloud don't tell.
        """
        for connection in self._connections.values():
            locator = connection.locator
            recorded = {str(each.get(locator.output) or "") for each in state.outputs} if locator else set()
            here = await _located(locator) if locator and recorded - {""} else ""
            if locator and here and here not in recorded:
                places = ", ".join(sorted(recorded - {""}))
                return (
                    f"the state has its caches in {locator.noun} {places}, and the credentials are those of"
                    f" {locator.noun} {here}: what isn't found there says nothing, and what is may be another"
                    f" stack's\n  what to do: use credentials of {locator.noun} {places}"
                )
        return ""

    async def remove(self, orphan: Orphan) -> None:
        """Delete one and wait until it's gone."""
        await self._lifecycles[orphan.token].delete(orphan.id, orphan.region)


async def _located(locator: Locator) -> str:
    try:
        return await locator.locate()
    except ProviderError:
        return ""


def _resource_name(name: str, resource: str, token: str, state: StackState) -> str:
    """Find a resource without parents by its hash in its cache's name, such as `web` in `web-1a2b3c4`."""
    for part in _parts(name):
        if Identity.of(state.project, state.name, token, part).resource == resource:
            return part
    return ""


def _parts(name: str) -> Iterator[str]:
    """Give a name and all parts of it that begin and end with words."""
    ends = [found.start() for found in _WORD_END.finditer(name)]
    yield from (name[begin:end] for begin, end in combinations(dict.fromkeys(ends), 2))
