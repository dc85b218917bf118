"""What the plugin says of preflight's findings: at the resource, in the engine's display, or as an error.

`servicer` calls it in Diff, in previewed operations, and before what is built. Nothing is said twice in one
process; the engine starts one for a preview and another one for the `up` behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from imagecache_provider.diff import Diff
from imagecache_provider.errors import redacted
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.plugin.codec import Properties
from imagecache_provider.plugin.engine import INFO, WARNING, Engine
from imagecache_provider.plugin.request import ResourceRequest
from imagecache_provider.plugin.settings import Session
from imagecache_provider.preflight import Finding, Mode, Plan, PreflightError, mistakes


class Previews:
    """What is said of findings in one process.

    Args:
        engine: gives whom to tell, at that moment.
    """

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._told: set[tuple[str, Finding]] = set()
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
        secrets: Iterable[str],
        found: Diff,
    ) -> None:
        """Say what the state tells of a resource, and if it isn't changed, what was asked for others tells.

        Args:
            request: the engine's.
            session: the resource's kind.
            outputs: as the state has them.
            news: what the program wants.
            secrets: texts of the settings that must not be shown.
            found: what differs.
        """
        preflight = session.connection.preflight
        if preflight is None or found.replaces:
            return
        changed = [each.property for each in found.differences]
        findings = list(preflight.recorded(outputs.plain, changed, fresh=request.urn in self._read))
        if not found:
            findings += preflight.watch(request.urn, request.id, news.plain)
        await self._tell(session, request.urn, findings, [*secrets, *news.secret_texts()])

    async def create(
        self, request: Any, session: Session, inputs: Properties, secrets: Iterable[str], *, replaces: bool
    ) -> None:
        """Look at a create, if it's to be: `_judge` says when.

        Raises:
            PreflightError: it's certain to fail, and the user wants an error then.
        """
        lifecycle = _looked_at(session, preview=request.preview)
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
        await self._judge(session, plan, [*secrets, *inputs.secret_texts()], preview=request.preview)

    async def update(
        self,
        request: Any,
        session: Session,
        olds: Properties,
        outputs: Properties,
        news: Properties,
        *,
        secrets: Iterable[str],
    ) -> None:
        """Look at an update, as at a create."""
        lifecycle = _looked_at(session, preview=request.preview)
        if lifecycle is None:
            return
        call = ResourceRequest.of(request)
        plan = lifecycle.plan_update(
            call.identity, request.id, olds.plain, outputs.plain, news.plain, key=call.urn
        )
        await self._judge(session, plan, [*secrets, *news.secret_texts()], preview=request.preview)

    async def _judge(self, session: Session, plan: Plan, secrets: list[str], *, preview: bool) -> None:
        preflight = session.connection.preflight
        assert preflight is not None  # noqa: S101 - `_looked_at` has seen it
        judgement = await preflight.judge(plan)
        for note in judgement.notes:
            await self._engine().log(INFO, redacted(note, secrets), plan.key)
        for urn, finding in judgement.others:
            await self._tell(session, urn, [finding], secrets)
        wrong = mistakes(preflight.mode, judgement.findings)
        if preview:
            advice = [finding for finding in judgement.findings if finding not in wrong]
            await self._tell(session, plan.key, advice, secrets)
        if wrong:
            raise PreflightError(_title(session, plan.key), wrong)

    async def _tell(
        self, session: Session, urn: str, findings: Iterable[Finding], secrets: Iterable[str]
    ) -> None:
        hidden = list(secrets)
        for finding in findings:
            if (urn, finding) not in self._told:
                self._told.add((urn, finding))
                text = finding.text(_title(session, urn))
                await self._engine().log(WARNING, redacted(text, hidden), urn)


def _looked_at(session: Session, *, preview: bool) -> Lifecycle | None:
    """Give the lifecycle of what is to be looked at.

    Outside a preview that is only where mistakes are errors: what a preview has said isn't said again.
    """
    preflight = session.connection.preflight
    if preflight is None or not (preview or preflight.mode is Mode.ERROR):
        return None
    return session.lifecycle if isinstance(session.lifecycle, Lifecycle) else None


def _title(session: Session, urn: str) -> str:
    return f"{session.connection.resource.noun} {urn.rpartition('::')[2]}"
