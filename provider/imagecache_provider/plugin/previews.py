"""What the plugin says of preflight's findings: at the resource, in the engine's display, or as an error.

`servicer` calls it in Diff, in previewed operations, and before those that are no preview. Nothing is said
twice in one run of the engine, which starts one process for a preview and another one for the `up` behind it;
what the preview hasn't looked at, or there was none, is looked at before it's done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from imagecache_provider.diff import Diff
from imagecache_provider.errors import redacted
from imagecache_provider.fields import fields, has_unknown, holds_secret
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.plugin.codec import Properties
from imagecache_provider.plugin.engine import INFO, WARNING, Engine
from imagecache_provider.plugin.request import ResourceRequest
from imagecache_provider.plugin.settings import Session
from imagecache_provider.plugin.told import Told
from imagecache_provider.preflight import Finding, Gap, Mode, Plan, PreflightError, mistakes


class Previews:
    """What is said of findings in one process.

    Args:
        engine: gives whom to tell, at that moment.
        told: what was said in this run of the engine.
    """

    def __init__(self, engine: Callable[[], Engine], told: Told) -> None:
        self._engine = engine
        self._told = told
        self._read: set[str] = set()
        self._state_is_empty = True

    def was_read(self, urn: str) -> None:
        """Take in that a resource was read from the cloud in this run."""
        self._read.add(urn)

    def saw_state(self) -> None:
        """Take in that the engine has shown something of this provider that the state has.

        It does so before the first create: if only by DiffConfig, which it doesn't call for a provider
        resource that is new. That tells a forced replacement, of which Create and Check are told nothing,
        from a create in a stack whose state is lost.
        """
        self._state_is_empty = False

    async def diff(
        self,
        request: Any,
        session: Session,
        outputs: Properties,
        news: Properties,
        *,
        secrets: Collection[str],
        found: Diff,
    ) -> None:
        """Say what the state tells of a resource, and if it isn't changed, what was asked for others tells.

        Args:
            request: the engine's.
            session: the resource's kind.
            outputs: as the state has them.
            news: what the program wants.
            secrets: texts that must not be shown, those of this resource among them.
            found: what differs.
        """
        preflight = session.connection.preflight
        if preflight is None or found.replaces:
            return
        changed = [each.property for each in found.differences]
        findings = list(preflight.recorded(outputs.plain, changed, fresh=request.urn in self._read))
        if not found:
            findings += preflight.watch(request.urn, request.id, news.plain)
        await self._tell(session, request.urn, findings, secrets)

    async def create(
        self, request: Any, session: Session, inputs: Properties, secrets: Collection[str], *, replaces: bool
    ) -> None:
        """Look at a create, unless this run's preview has.

        Raises:
            PreflightError: it's certain to fail, and the user wants an error then.
        """
        lifecycle = _looked_at(session)
        if lifecycle is None:
            return
        call = ResourceRequest.of(request)
        plan = lifecycle.plan_create(
            call.identity,
            inputs.plain,
            key=call.urn,
            replaces=replaces,
            state_is_empty=self._state_is_empty,
        )
        await self._look(session, plan, secrets, preview=request.preview)

    async def update(
        self,
        request: Any,
        session: Session,
        olds: Properties,
        outputs: Properties,
        news: Properties,
        *,
        secrets: Collection[str],
    ) -> None:
        """Look at an update, as at a create."""
        lifecycle = _looked_at(session)
        if lifecycle is None:
            return
        call = ResourceRequest.of(request)
        plan = lifecycle.plan_update(
            call.identity, request.id, olds.plain, outputs.plain, news.plain, key=call.urn
        )
        await self._look(session, plan, secrets, preview=request.preview)

    async def _look(self, session: Session, plan: Plan, secrets: Collection[str], *, preview: bool) -> None:
        preflight = session.connection.preflight
        assert preflight is not None  # noqa: S101 - `_looked_at` has seen it
        judged = _judged(session, plan)
        if not preview and preflight.mode is Mode.WARN and judged and self._told.told(judged):
            preflight.passes(plan)
            return
        judgement = await preflight.judge(plan)
        await self._tell_gaps(judgement.gaps, plan.key, secrets, preview=preview)
        for urn, finding in judgement.others:
            await self._tell(session, urn, [finding], secrets, preview=preview)
        wrong = mistakes(preflight.mode, judgement.findings)
        advice = [finding for finding in judgement.findings if finding not in wrong]
        await self._tell(session, plan.key, advice, secrets, preview=preview)
        if wrong:
            raise PreflightError(_title(session, plan.key), wrong)
        if preview and judged:
            self._told.tell(judged)

    async def _tell_gaps(
        self, gaps: Iterable[Gap], urn: str, secrets: Collection[str], *, preview: bool
    ) -> None:
        """Say what couldn't be looked at. Another preview beside this one may be of another account."""
        for gap in gaps:
            parts = {name: [gap.opening, name, gap.closing] for name in gap.names}
            new = tuple(name for name, part in parts.items() if not self._told.told(part, before=not preview))
            for name in new:
                self._told.tell(parts[name], noted=preview)
            if new:
                text = replace(gap, names=new).text()
                await self._engine().log(INFO, redacted(text, secrets), urn)

    async def _tell(
        self,
        session: Session,
        urn: str,
        findings: Iterable[Finding],
        secrets: Collection[str],
        *,
        preview: bool | None = None,
    ) -> None:
        """Say what was found, once.

        Args:
            session: the kind of resource.
            urn: the resource.
            findings: about it.
            secrets: texts that must not be shown.
            preview: whether this is one, beside which others may run for other accounts; None in Diff, which
                isn't told.
        """
        for finding in findings:
            where = "" if finding.everywhere else urn
            what = [where, finding.property, finding.known_by or finding.fact, finding.remedy]
            if not self._told.told(what, before=preview is not True):
                self._told.tell(what, noted=preview is not False)
                text = finding.text(_title(session, urn))
                await self._engine().log(WARNING, redacted(text, secrets), urn)


def _looked_at(session: Session) -> Lifecycle | None:
    """Give the lifecycle of what is to be looked at."""
    if session.connection.preflight is None:
        return None
    return session.lifecycle if isinstance(session.lifecycle, Lifecycle) else None


def _judged(session: Session, plan: Plan) -> list[Any]:
    """Name what is looked at with a plan; nothing for a plan of which a preview doesn't know all."""
    members = fields(session.connection.resource.args)
    inputs = {name: value for name, value in plan.inputs.items() if not holds_secret(members[name])}
    if has_unknown(dict(plan.inputs)):
        return []
    return [plan.key, inputs, sorted(plan.judged), plan.adds, plan.builds, plan.replaces, plan.id]


def _title(session: Session, urn: str) -> str:
    return f"{session.connection.resource.noun} {urn.rpartition('::')[2]}"
