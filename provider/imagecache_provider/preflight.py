"""Preflight: what is wrong with what an operation is about to do, asked of the cloud before it's paid for.

A kind of resource that has it fulfils `Preflight`, bound to its account (`resource.Connection.preflight`);
`offline` says what an operation is about to do, as a `Plan`; the fronts tell what was found. Nothing here
calls a cloud.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from imagecache_provider.errors import ProviderError
from imagecache_provider.fields import has_unknown


class Mode(enum.Enum):
    """What is done with what is found."""

    OFF = "off"
    """Nothing is asked."""
    WARN = "warn"
    """It's told."""
    ERROR = "error"
    """What is certain to fail ends the preview, and the operation itself before anything is built."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or could be better, with one property.

    Attributes:
        property: the input property, or the output that the state has, by its Pulumi name; a setting of the
            provider as `imagecache:<name>`; empty for what is none of these, such as the credentials.
        fact: what was found; a clause that follows the property's name.
        remedy: what the user can do; a clause.
        certain: whether the cloud would refuse or fail it if it were done now; else it's advice.
        everywhere: whether it's true of all resources of the account, the region or the run: it's told once
            then.
        known_by: what tells it from other findings, if its fact changes with the time, such as the hours that
            are left; empty if the fact does.
    """

    property: str
    fact: str
    remedy: str
    certain: bool = True
    everywhere: bool = False
    known_by: str = ""

    def text(self, title: str) -> str:
        """Say it for people; `title` names the resource."""
        about = ": ".join(filter(None, (title, self.property, self.fact)))
        return f"{about}\n  what to do: {self.remedy}"


@dataclass(frozen=True)
class Gap:
    """Something that couldn't be looked at, for one cause.

    Attributes:
        opening: the words before the names.
        names: what couldn't be asked; one empty name for everything that is left.
        closing: the words behind the names: the cause.
    """

    opening: str
    names: tuple[str, ...]
    closing: str

    def text(self) -> str:
        """Say it for people, in a line."""
        return f"{self.opening}{', '.join(self.names)}{self.closing}"


@dataclass(frozen=True)
class Plan:
    """What an operation is about to do with a resource.

    Attributes:
        key: what tells the resource from all others of this run, such as its URN.
        stack: the hash of its stack, which its hidden tag carries.
        inputs: what the program wants; UNKNOWN where a preview doesn't know.
        judged: the input properties that this operation uses or changes.
        adds: whether there will be one more in the cloud.
        builds: whether a build is asked for.
        replaces: whether it takes the place of another, which goes afterwards or before.
        id: its ID in the cloud; empty for a new one.
        resource: for a new one, the hash that its hidden tag is to carry.
        state_is_empty: whether the state has nothing of this provider, as far as this run was shown: it's a
            new stack's, or one that was lost.
    """

    key: str
    stack: str
    inputs: Mapping[str, Any]
    judged: frozenset[str]
    adds: bool = False
    builds: bool = False
    replaces: bool = False
    id: str = ""
    resource: str = ""
    state_is_empty: bool = False

    def known(self, name: str) -> Any:
        """Give a property that this operation uses or changes; None if it isn't known in full."""
        value = self.inputs.get(name) if name in self.judged else None
        return None if has_unknown(value) else value


@dataclass(frozen=True)
class Judgement:
    """What came of looking at a plan.

    Attributes:
        findings: about its resource.
        others: about resources that are watched (`watch`), by their keys.
        gaps: what couldn't be looked at; each is given once a process.
    """

    findings: tuple[Finding, ...] = ()
    others: tuple[tuple[str, Finding], ...] = ()
    gaps: tuple[Gap, ...] = ()


class Preflight(Protocol):
    """What one kind of resource looks at, bound to an account and alive as long as the process."""

    mode: Mode

    def recorded(
        self, outputs: Mapping[str, Any], changed: Collection[str], *, fresh: bool
    ) -> Iterable[Finding]:
        """Say what the record of a resource tells by itself; calls nothing.

        Args:
            outputs: as the state has them.
            changed: the properties that are going to be changed.
            fresh: whether they were read from the cloud in this run.
        """

    def watch(self, key: str, id: str, inputs: Mapping[str, Any]) -> Iterable[Finding]:
        """Say what is known of a resource that nothing is done with, from what was asked for others.

        Calls nothing. Where nothing was asked yet, the first plan's judgement says it (`Judgement.others`).
        """

    def passes(self, plan: Plan) -> None:
        """Take in a plan that isn't looked at, since it was in the preview; calls nothing."""

    async def judge(self, plan: Plan) -> Judgement:
        """Look at a plan; what is asked of the cloud is shared by all plans of the process. Never raises."""

    def stop(self) -> None:
        """End all waiting: what hasn't been answered by now stays unknown."""


def mistakes(mode: Mode, findings: Iterable[Finding]) -> list[Finding]:
    """Give the findings that are errors to the user."""
    return [finding for finding in findings if finding.certain and mode is Mode.ERROR]


class PreflightError(ProviderError):
    """What an operation is about to do is certain to fail; nothing was sent but questions.

    Args:
        title: names the resource.
        findings: the certain ones.
    """

    def __init__(self, title: str, findings: Iterable[Finding]) -> None:
        texts = [finding.text(title) for finding in findings]
        mistakes = "1 mistake" if len(texts) == 1 else f"{len(texts)} mistakes"
        super().__init__("\n".join([f"preflight found {mistakes}; nothing was built", *texts]))
