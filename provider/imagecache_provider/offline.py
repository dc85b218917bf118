"""What can be said of a resource without its cloud: is it right, what differs, what would an `up` make of it.

`lifecycle.Lifecycle` builds on it; the fronts call it for Check, Diff and previews, which work without
credentials and without a network.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imagecache_provider import check as checks
from imagecache_provider.adoption import Memory
from imagecache_provider.clock import Clock, moment
from imagecache_provider.diff import Diff, Difference, Kind, diff
from imagecache_provider.fields import UNKNOWN, Change, Property, fields, has_unknown, without_empty
from imagecache_provider.preflight import Plan
from imagecache_provider.resource import (
    Connection,
    Identity,
    automatic_name,
    build_id,
    carried_inputs,
    fixed_inputs,
)


@dataclass(frozen=True)
class Naming:
    """What the user has set for automatic names.

    Attributes:
        proposed: the name to take; empty to make one.
        allowed: whether there may be one at all.
    """

    proposed: str = ""
    allowed: bool = True


class Offline:
    """Check, diff and previews of resources of one kind in one account.

    Args:
        connection: the kind of resource, bound to the account.
        clock: what expiry goes by.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._resource = connection.resource
        self._clock = clock
        self._memory = Memory()

    def check(
        self,
        identity: Identity,
        name: str,
        olds: Mapping[str, Any],
        news: dict[str, Any],
        naming: Naming = Naming(),
    ) -> checks.Checked:
        """Check inputs without a network, and set what the user left out: region and name.

        Args:
            identity: the resource's.
            name: the resource's name in the program, which an automatic name begins with.
            olds: the inputs of the last `up`; empty for a new resource and for a replacement.
            news: the program's inputs.
            naming: what the user has set for automatic names.
        """
        checked = checks.check(self._resource.args, news)
        failures = list(checked.failures)
        inputs = dict(checked.inputs)
        if not inputs.get("regionId"):
            inputs["regionId"] = self._connection.region
        if not inputs["regionId"] and inputs["regionId"] is not UNKNOWN:
            failures.append(checks.CheckFailure("regionId", self._connection.missing_region))
        named = self._resource.name_property
        if not failures and not inputs.get(named):
            if not (olds.get(named) or naming.allowed):
                reason = "is required: pulumi:autonaming is switched off for it"
                return checks.Checked(inputs, (checks.CheckFailure(named, reason),))
            inputs[named] = (
                olds.get(named)
                or naming.proposed
                or automatic_name(self._resource.args, identity, name, inputs)
            )
        return checks.Checked(inputs, tuple(failures))

    def diff(
        self,
        identity: Identity,
        id: str,
        olds: Mapping[str, Any],
        outputs: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> Diff:
        """Compare inputs, and see from the recorded outputs whether the resource is still of use."""
        self._memory.show(identity, id)
        found = self._compare(identity, olds, outputs, news)
        state = self._state_difference(outputs, awaited=awaited(news))
        return Diff((*found.differences, state)) if state else found

    def _compare(
        self, identity: Identity, olds: Mapping[str, Any], outputs: Mapping[str, Any], news: Mapping[str, Any]
    ) -> Diff:
        imported = identity in self._memory.imported
        return diff(self._resource.args, olds, news, last_build(outputs), imported=imported)

    def _state_difference(self, outputs: Mapping[str, Any], *, awaited: bool) -> Difference | None:
        status = outputs.get("status")
        expires = str(outputs.get("expireDateTime") or "")
        if status == "Failed":
            return Difference("status", Kind.UPDATE, Change.REPLACE, True, "it ended Failed", input=False)
        if _has_passed(expires, self._clock.now()):
            reason = f"it expired on {expires}"
            return Difference("expireDateTime", Kind.UPDATE, Change.REPLACE, True, reason, input=False)
        if status != "Ready" and (awaited or status == "UpdateFailed"):
            reason = (
                "its last build failed; it is built again"
                if status == "UpdateFailed"
                else f"it was left {status or 'unfinished'}; it is waited for"
            )
            return Difference("status", Kind.UPDATE, Change.METADATA, False, reason, input=False)
        return None

    def preview_create(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the outputs that a create is certain to have."""
        return {"regionId": inputs["regionId"], **self._build(inputs)}

    def preview_update(
        self,
        identity: Identity,
        olds: Mapping[str, Any],
        outputs: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Give the outputs that an update is certain to have; a change of what uses others is previewed."""
        found = self._compare(identity, olds, outputs, news)
        builds = _builds(found, outputs)
        built = not builds and outputs.get("status") == "Ready"  # else its build is still to end
        changed = {each.property for each in found.differences}
        stays = {
            name: outputs[name]
            for name, member in fields(self._resource.state).items()
            if name in outputs and _stays(member.property, changed, built=built)
        }
        if builds or not last_build(outputs):
            return {**stays, **self._build(news)}
        return {**stays, "buildId": last_build(outputs)}

    def plan_create(
        self,
        identity: Identity,
        inputs: Mapping[str, Any],
        *,
        key: str,
        replaces: bool = False,
        state_is_empty: bool = False,
    ) -> Plan:
        """Say what a create is about to do.

        Args:
            identity: the resource's.
            inputs: its inputs.
            key: what tells the resource from all others of this run.
            replaces: whether it takes the place of another.
            state_is_empty: whether the state has nothing of this provider, as far as this run was shown.
        """
        said = without_empty(self._resource.args, inputs)
        return Plan(
            key,
            identity.stack,
            said,
            frozenset(said),
            adds=True,
            builds=True,
            replaces=replaces,
            resource=identity.resource,
            state_is_empty=state_is_empty,
        )

    def plan_update(
        self,
        identity: Identity,
        id: str,
        olds: Mapping[str, Any],
        outputs: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        key: str,
    ) -> Plan:
        """Say what an update is about to do: a build uses all inputs, any other update what differs."""
        found = self._compare(identity, olds, outputs, news)
        builds = _builds(found, outputs)
        said = without_empty(self._resource.args, news)
        judged = said if builds else [each.property for each in found.differences]
        return Plan(key, identity.stack, said, frozenset(judged), builds=builds, id=id)

    def _build(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Give the output of a build from these inputs, if all that it's made from is known."""
        model = self._resource.args
        if has_unknown([carried_inputs(model, inputs), fixed_inputs(model, inputs)]):
            return {}
        return {"buildId": build_id(model, inputs)}


def _builds(found: Diff, outputs: Mapping[str, Any]) -> bool:
    """Say whether an update asks for a build: for a change that is one, and for one that failed last."""
    return bool(found.properties(Change.BUILD)) or outputs.get("status") == "UpdateFailed"


def _stays(output: Property, changed: Collection[str], *, built: bool) -> bool:
    """Say whether an update leaves an output as it is.

    Args:
        output: what is said of it.
        changed: the inputs that change.
        built: whether the last build has ended and there is no other.
    """
    if output.follows in changed:
        return False
    return output.change is Change.REPLACE or (built and output.change is Change.BUILD)


def awaited(inputs: Mapping[str, Any]) -> bool:
    """Say whether operations on a resource wait until it's usable."""
    return inputs.get("awaitReady") is not False


def _has_passed(text: str, now: datetime) -> bool:
    """Say whether a recorded moment is past; one that is none, in a state edited by hand, never is."""
    try:
        then = moment(text)
    except ValueError:
        return False
    return then.tzinfo is not None and then <= now


def last_build(outputs: Mapping[str, Any]) -> str:
    """Read the build ID that a state has recorded; empty if it has none."""
    return str(outputs.get("buildId") or "")
