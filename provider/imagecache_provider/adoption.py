"""Creating what isn't there yet: a create that was cut off is found again, and one that must be new is new.

The lifecycle calls `Adoption.create`. Three things tell what an earlier, cut-off create of the same resource
left: the ClientToken, which the cloud answers with what it made under it; the hidden tags, for when the
token's window has passed; and what this process was shown of the resource, which is in Pulumi's state and
therefore not to be adopted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from imagecache_provider.errors import NotFoundError, ProviderError, TokenUsedError
from imagecache_provider.fields import without_secrets
from imagecache_provider.pace import Pace
from imagecache_provider.resource import (
    RESOURCE_TAG,
    STACK_TAG,
    Identity,
    Observed,
    Phase,
    Record,
    Resource,
    Token,
    build_id,
)

_LOG = logging.getLogger(__name__)
_MOST_ANSWERS = 8
"""So many answers in a row may name a cache that must not be this one, before we give up."""


@dataclass
class Memory:
    """What this process was shown of the resources in Pulumi's state, and what it made.

    Attributes:
        shown: the IDs that Diff, Read and Update named, oldest first, by resource.
        created: the resources that this process makes or has made.
        imported: the resources that this process reads into the state.
        missed: the resources whose ID in the state nobody has ever seen, and a Read looked for in vain.
    """

    shown: defaultdict[Identity, list[str]] = field(default_factory=lambda: defaultdict(list))
    created: set[Identity] = field(default_factory=set)
    imported: set[Identity] = field(default_factory=set)
    missed: set[Identity] = field(default_factory=set)

    def show(self, identity: Identity, id: str) -> None:
        """Remember that the state has this ID for the resource."""
        if id not in self.shown[identity]:
            self.shown[identity].append(id)

    def forget(self, identity: Identity, id: str) -> None:
        """Take back that the state has this ID: nobody has ever seen it, so that it may yet turn up."""
        if id in self.shown[identity]:
            self.shown[identity].remove(id)
        self.missed.add(identity)


@dataclass(frozen=True)
class _Wanted:
    """What a create is for: its resource, its inputs, and what is derived from them once."""

    identity: Identity
    inputs: dict[str, Any]
    request: dict[str, str]
    build: str

    def token(self, salt: str) -> Token:
        return Token.of(self.identity, self.request, salt)


class Adoption:
    """Creates resources of one kind in one account, each once.

    Args:
        resource: the kind of resource.
        memory: what the process was shown.
        pace: makes what holds the creates of one region to the cloud's pace.
    """

    def __init__(self, resource: Resource, memory: Memory, pace: Callable[[], Pace]) -> None:
        self._resource = resource
        self._memory = memory
        self._new_pace = pace
        self._paces: dict[str, Pace] = {}
        self._stopped = False
        self._stacks: dict[tuple[str, str], list[Observed]] = {}
        self._listing = asyncio.Lock()

    def stop(self) -> None:
        """End all waiting to be sent."""
        self._stopped = True
        for pace in self._paces.values():
            pace.stop()

    async def create(
        self, identity: Identity, inputs: dict[str, Any], tell: Callable[[str], None], after: str = ""
    ) -> str:
        """Make the resource, or find what an earlier create of it began; give the ID.

        Args:
            identity: the resource's.
            inputs: its checked inputs.
            tell: is told what is waited for before it's sent, if anything is.
            after: the ID that this call gave before and that turned out to be gone.
        """
        region = inputs["regionId"]
        shown = self._memory.shown[identity]
        left = [seen for seen in await self._left(identity, region) if seen.id not in {*shown, after}]
        wanted = _Wanted(
            identity,
            inputs,
            self._resource.request(without_secrets(self._resource.args, inputs)),
            build_id(self._resource.args, inputs),
        )
        salt = after or (shown[-1] if shown else "")
        if adopted := self._adoptable(wanted, left, salt):
            return adopted.id
        await self._clean_up(left, region)
        return await self._make(wanted, salt, {*shown, *(seen.id for seen in left)}, tell)

    async def hand_over(self, seen: Observed, region: str) -> None:
        """Note on the cache that it's about to be recorded: from now on nobody takes it for a leftover."""
        record = seen.record
        if record is not None and record.pending:
            tags = {RESOURCE_TAG: str(replace(record, pending=False))}
            await self._resource.tag(seen.id, region, tags, removed=())

    async def _left(self, identity: Identity, region: str) -> list[Observed]:
        """Find the caches that carry this resource's tag, oldest first; one listing a process and stack."""
        async with self._listing:
            key = (identity.stack, region)
            if key not in self._stacks:
                self._stacks[key] = await self._resource.find(region, {STACK_TAG: identity.stack})
        ours = [
            seen for seen in self._stacks[key] if seen.record and seen.record.resource == identity.resource
        ]
        return sorted(ours, key=lambda seen: str(seen.outputs.get("creationTime", "")))

    def _adoptable(self, wanted: _Wanted, left: list[Observed], salt: str) -> Observed | None:
        """Choose the newest that was asked for with these inputs and isn't in the state.

        One that isn't pending any more may be recorded, and about to be deleted: a replacement that the user
        forces looks like any create. It is taken only if it was made to follow the very cache being replaced.
        """
        replaces = bool(self._memory.shown[wanted.identity])
        token = wanted.token(salt)
        for seen in reversed(left):
            record = seen.record
            if seen.phase is Phase.FAILED or record is None or record.build_id != wanted.build:
                continue
            pending = record.pending and record.token.request == token.request
            if pending or (replaces and record.token == token):
                return seen
        return None

    async def _clean_up(self, left: list[Observed], region: str) -> None:
        """Delete what serves nobody: Failed, or begun for inputs that aren't wanted any more.

        One that was handed over may be in use, by another state that has a stack of the same name: it's left.
        """
        for seen in left:
            if seen.phase is not Phase.FAILED and not (seen.record and seen.record.pending):
                _LOG.warning("%s carries this resource's tags, but isn't in its state: left alone", seen.id)
                continue
            try:
                await self._resource.delete(seen.id, region)
            except NotFoundError:
                continue

    def _pace(self, region: str) -> Pace:
        if region not in self._paces:
            self._paces[region] = self._new_pace()
            if self._stopped:
                self._paces[region].stop()
        return self._paces[region]

    async def _make(
        self, wanted: _Wanted, salt: str, not_these: set[str], tell: Callable[[str], None]
    ) -> str:
        pace = self._pace(wanted.inputs["regionId"])
        for _ in range(_MOST_ANSWERS):
            token = wanted.token(salt)
            record = Record(wanted.identity.resource, token, wanted.build, pending=True)
            tags = {STACK_TAG: wanted.identity.stack, RESOURCE_TAG: str(record)}
            try:
                create = partial(self._resource.create, wanted.inputs, tags, token.text)
                made = await pace.run(create, tell)
            except TokenUsedError:
                salt = token.text  # only a password differs: it's no part of the token
                continue
            if made not in not_these:
                return made
            salt = made
        raise ProviderError(
            f"CreateImageCache was answered {_MOST_ANSWERS} times with a cache that isn't this one"
            f" ({', '.join(sorted(not_these))})\n"
            "  what to do: delete those of them that no stack has, then run up again"
        )
