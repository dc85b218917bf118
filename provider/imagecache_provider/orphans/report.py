"""Puts orphans into words: a table for people, JSON for scripts.

`Command` calls it, and prints what it gives.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
        removable: those that --remove --yes removes.
        removed: those that it removed.
        under_way: what is at work on the stack.
        options: the command's.
    """

    state: StackState
    regions: Sequence[str]
    orphans: Sequence[Orphan]
    removable: Sequence[Orphan]
    removed: Sequence[Orphan]
    under_way: str
    options: argparse.Namespace


def as_json(report: Report) -> str:
    """Give everything as a JSON object."""
    about = {
        "project": report.state.project,
        "stack": report.state.name,
        "regions": list(report.regions),
        "updateInProgress": bool(report.under_way),
        "orphans": [_object(each) for each in report.orphans],
        "removable": [each.id for each in report.removable],
        "removed": [each.id for each in report.removed],
    }
    return json.dumps(about, indent=2, ensure_ascii=False)


def _object(orphan: Orphan) -> dict[str, object]:
    return {
        "id": orphan.id,
        "type": orphan.token,
        "name": orphan.name,
        "regionId": orphan.region,
        "status": orphan.seen.status,
        "creationTime": str(orphan.seen.outputs.get("creationTime", "")),
        "images": _images(orphan),
        "resource": orphan.record.resource if orphan.record else "",
        "urn": orphan.urn,
        "pending": orphan.pending,
        "atWork": orphan.at_work,
    }


def as_text(report: Report) -> str:
    """Give a table, what was done, and what may be done."""
    stack = f"stack {report.state.name} of project {report.state.project}"
    where = ", ".join(report.regions)
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
    ids = " ".join(each.id for each in report.removable)
    if report.removed:
        yield f"Removed: {' '.join(each.id for each in report.removed)}"
    elif report.options.remove is not None and ids:
        yield f"Would remove: {ids}. To do it, add --yes."
    elif ids:
        yield f"To remove {_them(report.removable)}: {_command(report.options)} --remove --yes"
    if left := [each for each in report.orphans if each.at_work and each not in report.removable]:
        yield (
            f"Left alone, unless --building is given: {' '.join(each.id for each in left)}. An `up` may be at"
            " work on it, and the next one adopts it if the program still has its resource."
        )
    if ids and not report.removed:
        yield (
            "Look first: a stack of the same project and name in another backend or organization, or one that"
            " a cache was moved to, has caches with the same tag."
        )


def _them(orphans: Sequence[Orphan]) -> str:
    return "it" if len(orphans) == 1 else f"these {len(orphans)}"


def _command(options: argparse.Namespace) -> str:
    """Repeat the command as it was given."""
    given = [("--stack", options.stack), ("--project", options.project), ("--state", options.state)]
    given += [("--cwd", options.cwd if str(options.cwd) != "." else "")]
    given += [("--region", region) for region in options.region or ()]
    words = [word for name, value in given if value for word in (name, shlex.quote(str(value)))]
    return " ".join([_COMMAND, *words])


def _row(orphan: Orphan) -> tuple[str, ...]:
    record = orphan.record
    resource = orphan.urn.rpartition("::")[2] or (record.resource if record else "unknown")
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
