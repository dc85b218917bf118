"""Preflight in the dynamic front: at a create or an update, before anything is built.

Pulumi's host isn't called in previews. `dynamic.Provider` calls this on the host's loop.
"""

from __future__ import annotations

from collections.abc import Callable

from imagecache_provider.dynamic.session import Session
from imagecache_provider.preflight import Plan, PreflightError, mistakes


async def look(session: Session, plan: Plan, name: str, warn: Callable[[str], None]) -> None:
    """Look at what is about to be done.

    Args:
        session: the resource's kind.
        plan: what is about to be done.
        name: the resource's name in the program.
        warn: shows a text.

    Raises:
        PreflightError: it's certain to fail, and the user wants an error then.
    """
    preflight = session.connection.preflight
    if preflight is None:
        return
    judgement = await preflight.judge(plan)
    title = f"{session.connection.resource.noun} {name}"
    for gap in judgement.gaps:
        warn(gap.text())
    wrong = mistakes(preflight.mode, judgement.findings)
    for finding in judgement.findings:
        if finding in wrong or finding in session.told:
            continue
        if finding.everywhere:
            session.told.add(finding)
        warn(finding.text(title))
    if wrong:
        raise PreflightError(title, wrong)
