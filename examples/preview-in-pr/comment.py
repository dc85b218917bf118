"""Make a pull request's comment out of a preview: `python comment.py preview.json events.jsonl > comment.md`.

    PULUMI_DEBUG_COMMANDS=1 pulumi preview --json --event-log events.jsonl > preview.json 2> errors.txt
    python comment.py preview.json events.jsonl --errors errors.txt > comment.md

What is written is Markdown for GitHub and GitLab: what would become of each image cache, why, and what to
look at; also if the preview failed. Its first line, which isn't shown, names the stack: the next run finds
the comment by it. Needs Python 3.10 and nothing else. Ends with 0 whatever the preview says, with 2 if the
first file can't be read.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from changes import ORDER, is_cache, what_happens, why
from escaping import code, fenced, hidden, length, prose
from pods import always_pulled
from preview import Preview, Step, plain, read_preview

MOST = 65_536
"""Characters that GitHub takes in a comment."""
LEAST = 4_096

_NOT_COUNTED = ("pulumi:providers:", "pulumi:pulumi:Stack")


def main() -> int:
    """Read the arguments and files, write the comment."""
    arguments = _arguments()
    if arguments.limit < LEAST:
        print(f"error: --limit is {arguments.limit}: a comment needs {LEAST} at least", file=sys.stderr)
        return 2
    try:
        document = _text(arguments.preview)
    except OSError as error:
        print(f"error: {error.filename} can't be read: {error.strerror}", file=sys.stderr)
        return 2
    events, errors = map(_text_if_any, (arguments.events, arguments.errors))
    text = comment(read_preview(document, events), plain(errors), arguments.limit)
    sys.stdout.buffer.write(text.encode())
    return 0


def comment(preview: Preview, errors: str = "", limit: int = MOST) -> str:
    """Write the comment.

    Args:
        preview: what the preview said.
        errors: what `pulumi` wrote besides, shown if it failed without a word in the preview.
        limit: the comment's most characters; the less urgent lines are left out and counted.
    """
    name = preview.stack
    parts = [
        f"<!-- image caches: {hidden(name)} -->",
        f"### Image caches{f': {code(name)}' if name else ''}",
        *_failure(preview, errors, limit // 3),
        _summary(preview),
    ]
    warnings = _within(_other_warnings(preview), limit // 6, "warnings")
    after = [_others(preview), *(["#### Other warnings", *warnings] if warnings else [])]
    room = limit - sum(length(part) + 2 for part in (*parts, *after)) - len(_HEADER) - 100
    parts += [_table(preview, room), *after]
    return "\n\n".join(part for part in parts if part) + "\n"


def _failure(preview: Preview, errors: str, room: int) -> list[str]:
    if not preview.failed:
        return []
    said = [each for each in preview.messages if each.severity == "error"]
    shown = [fenced(f"{_name(each.urn)}: {each.text}" if each.urn else each.text) for each in said]
    if not shown and errors:
        shown = [fenced(errors)]
    title = "❌ **The preview failed.**" + ("" if preview.finished else " It didn't come to its end.")
    return [title, *_within(shown, room, "errors")]


def _summary(preview: Preview) -> str:
    caches = [step for step in preview.steps if is_cache(step)]
    if not caches:
        return "No image cache is in this stack." if preview.finished and not preview.failed else ""
    counts = Counter(what_happens(step, preview) for step in caches)
    text = ", ".join(f"{counts[word]} {word}" for word in sorted(counts, key=_urgency))
    warnings = sum(len(preview.said(step.urn, "warning")) for step in caches)
    counted = f"; ⚠️ {warnings} warning{'s' * (warnings > 1)}" if warnings else ""
    return f"{'Up to then: ' if preview.failed else ''}{text}{counted}"


_HEADER = "| cache | what happens | why | warnings |\n|---|---|---|---|\n"


def _table(preview: Preview, room: int) -> str:
    caches = [step for step in preview.steps if is_cache(step) and _is_worth_a_row(step, preview)]
    rows = [_row(step, preview) for step in sorted(caches, key=lambda step: _place(step, preview))]
    kept = _within(rows, room, "caches", "| {} | | | |")
    return _HEADER + "\n".join(kept) if kept else ""


def _is_worth_a_row(step: Step, preview: Preview) -> bool:
    return what_happens(step, preview) != "unchanged" or bool(preview.said(step.urn, "warning"))


def _row(step: Step, preview: Preview) -> str:
    said = (text.removeprefix(f"image cache {step.name}: ") for text in preview.said(step.urn, "warning"))
    warnings = "<br>".join(f"⚠️ {prose(text)}" for text in said)
    reasons = "<br>".join(why(step, preview))
    return f"| {code(step.name)} | **{what_happens(step, preview)}** | {reasons} | {warnings} |"


def _place(step: Step, preview: Preview) -> tuple[int, str]:
    return _urgency(what_happens(step, preview)), step.name


def _urgency(word: str) -> int:
    return ORDER.index(word) if word in ORDER else len(ORDER)


def _others(preview: Preview) -> str:
    others = [step for step in preview.steps if not is_cache(step) and not step.type.startswith(_NOT_COUNTED)]
    counts = Counter(what_happens(step, preview) for step in others)
    text = ", ".join(f"{counts[word]} {word}" for word in sorted(counts, key=_urgency))
    return f"Other resources: {text}." if text else ""


def _other_warnings(preview: Preview) -> list[str]:
    caches = {step.urn for step in preview.steps if is_cache(step)}
    said = [each for each in preview.messages if each.severity == "warning" and each.urn not in caches]
    lines = [f"{f'{code(_name(each.urn))}: ' if each.urn else ''}{prose(each.text)}" for each in said]
    for step in preview.steps:
        lines.extend(_pulls(step, images) for images in [list(always_pulled(step))] if images)
    return [f"- ⚠️ {line}" for line in lines]


def _pulls(step: Step, images: Iterable[str]) -> str:
    named = ", ".join(map(code, dict.fromkeys(images)))
    return (
        f"{code(step.name)} ({prose(step.type)}) pulls {named} at each start, and no image cache helps it:"
        " set `imagePullPolicy: IfNotPresent`, with a tag that doesn't move or a digest"
    )


def _name(urn: str) -> str:
    return Step(urn, "").name


def _within(lines: Iterable[str], room: int, what: str, form: str = "{}") -> list[str]:
    """Keep the first lines that there is room for, and say how many more there are."""
    kept: list[str] = []
    listed = list(lines)
    for line in listed:
        room -= length(line) + 2
        if room < 0:
            return [*kept, form.format(f"… and {len(listed) - len(kept)} more {what}: see the job's log")]
        kept.append(line)
    return kept


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _text_if_any(path: Path | None) -> str:
    """Read a file that isn't there if the preview never began."""
    return _text(path) if path and path.is_file() else ""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make a pull request's comment out of a Pulumi preview.")
    parser.add_argument("preview", type=Path, help="what `pulumi preview --json` printed")
    parser.add_argument("events", type=Path, nargs="?", help="what its --event-log FILE holds")
    parser.add_argument("--errors", type=Path, help="what it wrote to standard error")
    parser.add_argument("--limit", type=int, default=MOST, help=f"most characters ({MOST}, as GitHub takes)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
