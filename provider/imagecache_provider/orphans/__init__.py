"""`python -m imagecache_provider orphans`: image caches that carry a stack's tag and aren't in its state.

A create that was cut off, or a state that was lost, leaves them; nothing removes them by itself. `__main__`
calls `run`: `stack_state` and `pulumi` say what the state has, `search` what the cloud has, `report` puts the
difference into words.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagecache_provider.clock import Clock, SystemClock
from imagecache_provider.errors import ProviderError, redacted
from imagecache_provider.orphans.pulumi import Pulumi, project_of
from imagecache_provider.orphans.report import Report, as_json, as_text
from imagecache_provider.orphans.search import Orphan, Search
from imagecache_provider.orphans.stack_state import StackState, read_state

NONE, FOUND = 0, 3
"""The exit statuses: none is left of those that were looked at, or some are. Errors have 1, usage has 2."""
_REMEDY = "; with --state, Pulumi isn't asked for the stack's configuration"


@dataclass(frozen=True)
class Answer:
    """What a run of the command ends with: what it prints, and its exit status."""

    text: str
    status: int


def run(options: argparse.Namespace, environment: Mapping[str, str]) -> Answer:
    """List a stack's orphans, and remove them if that was asked for.

    Args:
        options: of `add_options`.
        environment: the process's environment variables.

    Raises:
        ProviderError: the state can't be read, the cloud can't be asked, or nothing may be removed now.
    """
    return asyncio.run(Command(options, environment, SystemClock()).run())


class Command:
    """One run of the command.

    Args:
        options: of `add_options`.
        environment: the process's environment variables.
        clock: what waiting goes by.
    """

    def __init__(self, options: argparse.Namespace, environment: Mapping[str, str], clock: Clock) -> None:
        self._options = options
        self._pulumi = None if options.state else Pulumi(options.cwd, options.stack, environment)
        self._environment = environment
        self._clock = clock

    async def run(self) -> Answer:
        """Run it; see `run`."""
        state = self._state()
        config: dict[str, Any] = {} if self._pulumi is None else self._pulumi.config()
        remedy = _REMEDY if self._pulumi is None else ""
        search = Search(config, self._environment, self._clock, remedy)
        for note in search.notes:
            sys.stderr.write(f"warning: {note}\n")
        try:
            return await self._report(search, state)
        except ProviderError as error:
            raise ProviderError(redacted(str(error), search.secrets)) from None

    async def _report(self, search: Search, state: StackState) -> Answer:
        regions = search.regions(self._options.region or state.regions)
        found = await search.orphans(state, regions)
        elsewhere = await search.elsewhere(state)
        if elsewhere:
            sys.stderr.write(f"warning: {elsewhere}\n")
        under_way = "" if self._pulumi is None else self._pulumi.under_way(state)
        settled = self._pulumi is not None and self._pulumi.knows_what_is_under_way and not under_way
        chosen = self._chosen([each.judged(settled) for each in found])
        sure = self._pulumi is not None and not elsewhere
        removable = [each for each in chosen if self._may_remove(each, sure=sure)]
        removed: list[Orphan] = []
        if self._options.remove is not None and self._options.yes:
            removed = await self._removed(search, removable, under_way)
        report = Report(state, regions, chosen, removable, removed, under_way, elsewhere, self._options)
        text = as_json(report) if self._options.json else as_text(report)
        return Answer(text, NONE if len(removed) == len(chosen) else FOUND)

    def _may_remove(self, orphan: Orphan, *, sure: bool) -> bool:
        """Say whether --remove takes it.

        What was handed over to a state may serve pods: that this state doesn't have it may as well be a
        mistake about the state. So may be all that a file says, which can be older than the stack's state,
        and all that is found in another account than the state's.

        Args:
            orphan: what was found.
            sure: whether the state is the stack's of now, and this is where it has its caches.
        """
        if orphan.at_work and not self._options.building:
            return False
        return bool(self._options.remove) or (orphan.pending and sure)

    def _state(self) -> StackState:
        if self._pulumi is not None:
            project = self._options.project or project_of(self._options.cwd)
            return read_state(self._pulumi.state(), project, self._pulumi.stack)
        path: Path = self._options.state
        try:
            text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it's no text"
            raise ProviderError(
                f"--state {path} can't be read: {reason}; give what `pulumi stack export` wrote"
            ) from None
        return read_state(text, self._options.project, self._options.stack.rpartition("/")[2])

    def _chosen(self, found: list[Orphan]) -> list[Orphan]:
        """Keep those that --remove names, or all."""
        names = self._options.remove or []
        if strange := sorted(set(names) - {each.id for each in found}):
            raise ProviderError(
                f"--remove {', '.join(strange)}: no such orphan; without --remove, all of them are listed"
            )
        return [each for each in found if not names or each.id in names]

    async def _removed(self, search: Search, orphans: list[Orphan], under_way: str) -> list[Orphan]:
        """Remove caches, but for those that the state has by now: the list is older than this."""
        if under_way:
            raise ProviderError(f"nothing was removed: {under_way}")
        known = frozenset[str]() if self._pulumi is None else self._state().known
        unknown = [each for each in orphans if each.id not in known]
        results = await asyncio.gather(*map(search.remove, unknown), return_exceptions=True)
        removed = [each for each, result in zip(unknown, results, strict=True) if result is None]
        errors = [result for result in results if result is not None]
        if errors:
            texts = "\n".join(str(error) for error in errors)
            raise ProviderError(f"{texts}\nremoved: {' '.join(each.id for each in removed) or 'nothing'}")
        return removed


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--stack", default="", metavar="NAME", help="the stack; else the one that is selected"
    )
    parser.add_argument("--cwd", type=Path, default=Path(), metavar="DIR", help="the project's folder")
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="read the state from what `pulumi stack export` wrote, - for standard input; Pulumi isn't run"
        " then, and the account is the environment's",
    )
    parser.add_argument(
        "--project", default="", metavar="NAME", help="the project's name, which an empty state doesn't tell"
    )
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help="look here instead of in the provider's region and those of the state; may be repeated",
    )
    parser.add_argument(
        "--remove",
        nargs="*",
        metavar="ID",
        help="remove these, or without IDs all that no `up` has handed over; needs --yes",
    )
    parser.add_argument(
        "--yes", action="store_true", help="remove without asking; nothing is asked without it"
    )
    parser.add_argument(
        "--building",
        action="store_true",
        help="remove those too that an `up` may be at work on, or that the next one may adopt",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
