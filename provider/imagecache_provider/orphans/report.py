"""Puts orphans into words: a table for people, JSON for scripts.

`Command` calls it, and prints what it gives.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imagecache_provider.importing import IMPORT_OPTIONS, import_command
from imagecache_provider.orphans.search import Orphan
from imagecache_provider.orphans.stack_state import StackState

_COLUMNS = ("ID", "NAME", "REGION", "STATUS", "CREATED", "MARK", "RESOURCE", "IMAGES")
_COMMAND = "python -m imagecache_provider orphans"


@dataclass(frozen=True)
class Report:
    """What a run of the command found and did.

    Attributes:
        state: the stack.
        regions: where it looked.
        orphans: what it found, or those of them that were named.
        removable: those that the same --remove with --yes removes.
        removed: those that it removed.
        under_way: what is at work on the stack.
        elsewhere: that it looked elsewhere than where the state has its caches; empty if it didn't.
        options: the command's.
    """

    state: StackState
    regions: Sequence[str]
    orphans: Sequence[Orphan]
    removable: Sequence[Orphan]
    removed: Sequence[Orphan]
    under_way: str
    elsewhere: str
    options: argparse.Namespace

    @property
    def at_work(self) -> list[Orphan]:
        """Those that need --building to be removed."""
        return [each for each in self.orphans if each.at_work and each not in self.removable]

    @property
    def need_ids(self) -> list[Orphan]:
        """Those that --remove has to name by their IDs."""
        return [each for each in self.orphans if each not in self.removable and each not in self.at_work]


def as_json(report: Report) -> str:
    """Give everything as a JSON object."""
    about = {
        "project": report.state.project,
        "stack": report.state.name,
        "regions": list(report.regions),
        "updateInProgress": bool(report.under_way),
        "elsewhere": bool(report.elsewhere),
        "orphans": [_object(each, report.options) for each in report.orphans],
        "removable": [each.id for each in report.removable],
        "needIds": [each.id for each in report.need_ids],
        "removed": [each.id for each in report.removed],
    }
    return json.dumps(about, indent=2, ensure_ascii=False)


def _object(orphan: Orphan, options: argparse.Namespace) -> dict[str, object]:
    return {
        "id": orphan.id,
        "type": orphan.token,
        "name": orphan.name,
        "regionId": orphan.region,
        "status": orphan.seen.status,
        "creationTime": str(orphan.seen.outputs.get("creationTime", "")),
        "images": _images(orphan),
        "resource": orphan.record.resource if orphan.record else "",
        "resourceName": orphan.resource_name,
        "urn": orphan.urn,
        "pending": orphan.pending,
        "atWork": orphan.at_work,
        "importId": orphan.import_id if orphan.importable else "",
        "import": _import(orphan, options) if orphan.importable and orphan.import_name else "",
    }


def as_text(report: Report) -> str:
    """Give a table, what was done, and what may be done."""
    stack = f"stack {report.state.name} of project {report.state.project}"
    where = ", ".join(report.regions)
    if not report.orphans and report.elsewhere:
        return f"Nothing found in {where} with the tag of {stack}, but not where its state has its caches."
    if not report.orphans:
        return f"No orphans: every image cache in {where} with the tag of {stack} is in its state."
    count = len(report.orphans)
    caches = "1 image cache carries" if count == 1 else f"{count} image caches carry"
    lines = [f"{caches} the tag of {stack} and {'is' if count == 1 else 'are'}n't in its state:", ""]
    lines += [*_table([_COLUMNS, *map(_row, report.orphans)]), "", *_said(report)]
    return "\n".join(lines)


def _said(report: Report) -> Iterator[str]:
    if report.under_way:
        yield f"Nothing can be removed now: {report.under_way}"
        return
    yield from _about_removable(report)
    if report.at_work:
        yield (
            f"Left alone, unless --building is given: {_ids(report.at_work)}. An `up` may be at work on it,"
            " and the next one adopts it if the program still has its resource."
        )
    if left := [each for each in report.need_ids if each.pending]:
        why = "These may be another stack's" if report.elsewhere else "The state of --state may be older"
        yield (
            f"{why}, so that they're taken by their IDs only: {_command(report.options)}"
            f" --remove {_ids(left)} --yes"
        )
    if left := [each for each in report.orphans if not each.pending and each not in report.removed]:
        yield from _about_handed_over(left, report)


def _about_removable(report: Report) -> Iterator[str]:
    if report.removed:
        yield f"Removed: {_ids(report.removed)}"
        return
    if not report.removable:
        return
    if report.options.remove is None:
        yield f"To remove what is pending: {_command(report.options)} --remove --yes"
    else:
        yield f"Would remove: {_ids(report.removable)}. To do it, add --yes."
    yield (
        "Look first: a stack of the same project and name in another backend or organization has caches with"
        " the same tag; and one with awaitReady: false is pending until an up or refresh has seen it Ready."
    )


_WHY_HANDED_OVER = """\
  - The state is lost, older than the cache, or another backend's than that of the last `up`: take the cache
    back into it, as below. Nothing is built for that.
  - `pulumi stack rename`: the renamed stack has the cache, whose tag has the old name until its next build.
    Leave it, and give no other stack of this project the old name.
  - `pulumi state delete`, retainOnDelete: no state has it any more. Leave it, take it back, or remove it."""


def _about_handed_over(left: Sequence[Orphan], report: Report) -> Iterator[str]:
    """Say what an `up` once handed over to a state: it may serve pods whatever this state has."""
    serving = "it may serve pods" if len(left) == 1 else "they may serve pods"
    yield f"Handed over to a state by an `up`, so that {serving}: {_ids(left)}. Why such a cache is listed:"
    yield _WHY_HANDED_OVER
    yield from _ways_back([each for each in left if each.importable], report.options)
    if asked := [each for each in left if each in report.need_ids]:
        yield (
            f"To remove what nobody needs, by its ID: {_command(report.options)} --remove {_ids(asked)} --yes"
        )


def _ways_back(orphans: Sequence[Orphan], options: argparse.Namespace) -> Iterator[str]:
    """Give the commands that take caches back into the state."""
    if known := [each for each in orphans if each.import_name]:
        yield "To take back what the program still has:"
        yield from (f"  {_import(each, options)}" for each in known)
    if unknown := [each.import_id for each in orphans if not each.import_name]:
        which = _pulumi_options(options)
        yield (
            f"To take back {' '.join(unknown)}, of which neither tag nor name tells the resource, or whose"
            " resource has a parent:"
        )
        yield f"  {shlex.join(['pulumi', 'preview', *which, '--import-file', 'import.json'])}"
        yield "  Then take all out of import.json but these, put their IDs there, and run:"
        yield f"  {shlex.join(['pulumi', 'import', *which, '--file', 'import.json', *IMPORT_OPTIONS])}"


def _import(orphan: Orphan, options: argparse.Namespace) -> str:
    return import_command(orphan.token, orphan.import_name, orphan.import_id, *_pulumi_options(options))


def _pulumi_options(options: argparse.Namespace) -> list[str]:
    """Give the options by which `pulumi` works on the stack that this command was given."""
    folder = [] if str(options.cwd) == "." else ["--cwd", str(options.cwd)]
    return [*folder, *(["--stack", options.stack] if options.stack else [])]


def _ids(orphans: Sequence[Orphan]) -> str:
    return " ".join(each.id for each in orphans)


def _command(options: argparse.Namespace) -> str:
    """Repeat the command as it was given."""
    given = [("--stack", options.stack), ("--project", options.project), ("--state", options.state)]
    given += [("--cwd", options.cwd if str(options.cwd) != "." else "")]
    given += [("--region", region) for region in options.region or ()]
    words = [word for name, value in given if value for word in (name, shlex.quote(str(value)))]
    return " ".join([_COMMAND, *words])


def _row(orphan: Orphan) -> tuple[str, ...]:
    record = orphan.record
    resource = orphan.resource_name or (record.resource if record else "unknown")
    return (
        orphan.id,
        orphan.name,
        orphan.region,
        orphan.seen.status,
        str(orphan.seen.outputs.get("creationTime", "")),
        "pending" if orphan.pending else "handed over" if record else "none",
        resource,
        " ".join(_images(orphan)),
    )


def _images(orphan: Orphan) -> list[str]:
    return [str(image) for image in orphan.seen.returned.get("images") or []]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
