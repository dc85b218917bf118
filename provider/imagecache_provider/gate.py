"""Gates: resources without a cloud object, which wait for many others at once.

A front calls a `Gate` as it calls a `lifecycle.Lifecycle`. It holds no state: what it waits for is in its
inputs, and looking is the business of the lifecycle whose resources it waits for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from imagecache_provider.check import Checked, CheckFailure, check
from imagecache_provider.diff import Diff, diff
from imagecache_provider.errors import ProviderError
from imagecache_provider.fields import UNKNOWN, Model
from imagecache_provider.lifecycle import DELETE_TIMEOUT, Lifecycle, Listed, Outcome
from imagecache_provider.offline import Naming
from imagecache_provider.readiness import Operation
from imagecache_provider.resource import Identity, Observed, Phase


class Awaits(Protocol):
    """A kind of gate."""

    token: ClassVar[str]
    """Its Pulumi type."""
    kind: ClassVar[str]
    """The Pulumi type of what it waits for."""
    id_property: ClassVar[str]
    """The part of an awaited resource that is its ID; `buildId` is the other."""
    noun: ClassVar[str]
    description: ClassVar[str]
    args: ClassVar[type[Model]]
    state: ClassVar[type[Model]]


class Gate:
    """Operations on gates of one kind.

    Args:
        kind: the kind of gate.
        lifecycle: that of the resources that it waits for.
        region: the region of gates that name none.
        missing_region: what to tell a user who has to set one.
    """

    def __init__(self, kind: type[Awaits], lifecycle: Lifecycle, region: str, missing_region: str) -> None:
        self._kind = kind
        self._lifecycle = lifecycle
        self._region = region
        self._missing_region = missing_region

    def stop(self) -> None:
        """Do nothing: the lifecycle that looks is stopped by itself."""

    def check(
        self,
        identity: Identity,  # noqa: ARG002 - a gate has no name of its own
        name: str,  # noqa: ARG002
        olds: Mapping[str, Any],  # noqa: ARG002
        news: dict[str, Any],
        naming: Naming = Naming(),  # noqa: ARG002, B008 - it's frozen
    ) -> Checked:
        """Check inputs, and set the region."""
        checked = check(self._kind.args, news)
        inputs = {**checked.inputs, "regionId": checked.inputs.get("regionId") or self._region}
        failures = checked.failures
        if not inputs["regionId"]:
            failures = (*failures, CheckFailure("regionId", self._missing_region))
        return Checked(inputs, failures)

    def diff(
        self,
        identity: Identity,  # noqa: ARG002 - nothing is remembered
        id: str,  # noqa: ARG002
        olds: Mapping[str, Any],
        outputs: Mapping[str, Any],  # noqa: ARG002
        news: Mapping[str, Any],
    ) -> Diff:
        """Compare inputs: any change means to wait again."""
        return diff(self._kind.args, olds, news, "")

    def preview_create(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the outputs that a create is certain to have."""
        return {} if inputs["caches"] is UNKNOWN else {"ready": len(inputs["caches"])}

    def preview_update(
        self,
        identity: Identity,  # noqa: ARG002 - as `Offline.preview_update`
        olds: Mapping[str, Any],  # noqa: ARG002
        outputs: Mapping[str, Any],  # noqa: ARG002
        news: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Give the outputs that an update is certain to have."""
        return self.preview_create(news)

    async def create(
        self,
        identity: Identity,
        inputs: dict[str, Any],
        operation: Operation = Operation(),  # noqa: B008 - it's frozen
    ) -> Outcome:
        """Wait for all; `ProviderError` names those that failed or took too long."""
        await self._wait(inputs, operation)
        return self._outcome(f"gate-{identity.resource}", inputs)

    async def read(
        self,
        identity: Identity,  # noqa: ARG002 - as `Lifecycle.read`
        id: str,
        inputs: dict[str, Any],
        outputs: Mapping[str, Any],  # noqa: ARG002
    ) -> Outcome | None:
        """Give what is recorded: nothing of it is elsewhere."""
        if not isinstance(inputs.get("caches"), list):
            raise ProviderError(f"a {self._kind.noun} can't be imported: nothing of it is in the cloud")
        return self._outcome(id, inputs)

    async def update(  # noqa: PLR0917 - as `Lifecycle.update`
        self,
        identity: Identity,  # noqa: ARG002
        id: str,
        olds: dict[str, Any],  # noqa: ARG002
        outputs: Mapping[str, Any],  # noqa: ARG002
        news: dict[str, Any],
        operation: Operation = Operation(),  # noqa: B008 - it's frozen
    ) -> Outcome:
        """Wait for all of the new inputs; who is Ready already takes one look."""
        await self._wait(news, operation)
        return self._outcome(id, news)

    async def delete(
        self,
        id: str,
        region: str,
        timeout: float = DELETE_TIMEOUT,
        outputs: Mapping[str, Any] = {},
    ) -> None:
        """Do nothing: nothing of it is in the cloud."""

    def notes(self) -> tuple[str, ...]:
        """Say nothing: the lifecycle that looks has it said by itself."""
        return ()

    async def list(self, query: Mapping[str, Any]) -> list[Listed]:  # noqa: ARG002 - as `Lifecycle.list`
        """List nothing: nothing of it is in the cloud."""
        return []

    @staticmethod
    def unfinished(error: ProviderError, inputs: dict[str, Any], outputs: Mapping[str, Any] = {}) -> Outcome:
        """Never called: a gate that doesn't open isn't recorded."""
        raise AssertionError(f"{error}: {inputs}, {outputs}")

    @staticmethod
    def _outcome(id: str, inputs: dict[str, Any]) -> Outcome:
        return Outcome(id, inputs, {"ready": len(inputs["caches"])})

    async def _wait(self, inputs: dict[str, Any], operation: Operation) -> None:
        region, timeout = inputs["regionId"], float(inputs.get("timeout") or operation.timeout)
        builds = {each[self._kind.id_property]: each["buildId"] for each in inputs["caches"]}
        seen: dict[str, Observed | None] = dict.fromkeys(builds)
        since = self._lifecycle.seconds()

        def look(id: str, found: Observed | None) -> None:
            seen[id] = found
            passed = self._lifecycle.seconds() - since
            operation.report(_progress(seen, passed))

        waits = (self._lifecycle.built(id, build, region, timeout, look) for id, build in builds.items())
        ended = await asyncio.gather(*waits, return_exceptions=True)  # one that fails cuts no other off
        errors = {id: error for id, error in zip(builds, ended, strict=True) if error is not None}
        _raise_at_once(errors, of=len(builds))
        operation.report(_progress(seen, self._lifecycle.seconds() - since), last=True)
        failures = [
            f"  {id}: {errors[id]}" if id in errors else _failure(id, found)
            for id, found in seen.items()
            if id in errors or found is None or not found.built(builds[id])
        ]
        if failures:
            raise ProviderError(
                f"{len(failures)} of {len(seen)} caches aren't Ready:\n" + "\n".join(failures) + "\n"
                "  what to do: mend what is named, then run up again: what failed is replaced"
            )


def _raise_at_once(errors: Mapping[str, BaseException], *, of: int) -> None:
    """Raise what isn't about one cache: a slip of ours, or what kept all of them from being looked up."""
    for error in errors.values():
        if len(errors) == of or not isinstance(error, ProviderError):
            raise error


def _is_ready(found: Observed | None) -> bool:
    return found is not None and found.phase is Phase.READY


def _progress(seen: Mapping[str, Observed | None], seconds: float) -> str:
    """Say in a line how all of them get on."""
    ready = sum(map(_is_ready, seen.values()))
    others = Counter(each.status for each in seen.values() if each is not None and not _is_ready(each))
    counts = [f"{ready} of {len(seen)} Ready", *(f"{count} {status}" for status, count in others.items())]
    return ", ".join([*counts, f"{seconds:.0f} s"])


def _failure(id: str, found: Observed | None) -> str:
    if found is None:
        return f"  {id} doesn't exist"
    if found.phase.busy:
        return f"  {id} is still {found.status} {found.progress}".rstrip()
    if _is_ready(found):
        return f"  {id} is Ready from another build than the awaited one"
    return f"  {id} ended {found.status}: {'; '.join(found.reasons) or 'the cloud gives no reason'}"
