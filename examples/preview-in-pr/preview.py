"""What a preview said, as plain data; comment.py makes a comment of it.

`pulumi preview --json` prints one document when the preview is over. `--event-log FILE`, a flag that `pulumi`
has while PULUMI_DEBUG_COMMANDS is 1, writes a line for each event as it comes. Both tell of the same run:

- the document has the changes and the diagnostics, but neither the findings of policy packs nor the resources
  that stay as they are;
- the event log has those too, and ends with the last event if the preview was killed.

Both are read, and what is in both is taken once. Either may be missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_COLOURS = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*[A-Za-z]")
"""Pulumi's own marks for colours, and a terminal's."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that only the update will tell."""

_PARTS_OF_REPLACE = {"create-replacement", "delete-replaced", "discard-replaced", "remove-pending-replace"}


@dataclass(frozen=True)
class Step:
    """What would become of one resource.

    Attributes:
        urn: the resource.
        op: the engine's word: create, update, replace, delete, same, import, …
        changed: the paths of the properties that differ, such as `images[0]`.
        old: its inputs before; secrets are `[secret]`, what isn't known yet is UNKNOWN.
        new: the same after.
        refreshed: whether the preview looked at the cloud before (`--refresh`).
    """

    urn: str
    op: str
    changed: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    refreshed: bool = False

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.split("::", 3)[-1]

    @property
    def type(self) -> str:
        """The resource's type, such as `imagecache:eci:ImageCache`, without its parents'."""
        return (self.urn.split("::", 3) + [""] * 3)[2].rpartition("$")[2]


@dataclass(frozen=True)
class Message:
    """Something that was said during the preview.

    Attributes:
        severity: info, warning or error.
        text: what was said, without colours.
        urn: the resource that it was said of; empty for none.
    """

    severity: str
    text: str
    urn: str = ""


@dataclass(frozen=True)
class Preview:
    """All of a preview.

    Attributes:
        steps: one for each resource, in the engine's order.
        messages: what was said, each once.
        finished: whether it came to its end; a failed one may.
    """

    steps: tuple[Step, ...] = ()
    messages: tuple[Message, ...] = ()
    finished: bool = False

    @property
    def failed(self) -> bool:
        """Whether there is no `up` to be had from it."""
        return not self.finished or any(message.severity == "error" for message in self.messages)

    def said(self, urn: str, severity: str) -> list[str]:
        """Give what was said of a resource."""
        return [each.text for each in self.messages if (each.urn, each.severity) == (urn, severity)]

    @property
    def stack(self) -> str:
        """`project/stack`; empty if nothing tells."""
        for urn in (*(step.urn for step in self.steps), *(message.urn for message in self.messages)):
            stack, separator, rest = urn.removeprefix("urn:pulumi:").partition("::")
            if separator:
                return f"{rest.partition('::')[0]}/{stack}"
        return ""


def read_preview(document: str, event_log: str = "") -> Preview:
    """Read what a preview wrote.

    Args:
        document: of `--json`: empty, the one document, or events where the engine is set to stream them.
        event_log: of `--event-log`; may be empty, and may end in the middle of a line.
    """
    digest = _object(document)
    events = list(_events(event_log if digest else f"{event_log}\n{document}"))
    metadata = (
        event["resourcePreEvent"].get("metadata", {}) for event in events if "resourcePreEvent" in event
    )
    steps = {**_steps(metadata, "old", "new"), **_steps(digest.get("steps") or (), "oldState", "newState")}
    messages = (*map(_message_of, digest.get("diagnostics") or ()), *_messages_of(events))
    return Preview(
        steps=tuple(steps.values()),
        messages=tuple(dict.fromkeys(message for message in messages if message.text)),
        finished="changeSummary" in digest or any("summaryEvent" in event for event in events),
    )


def plain(text: str) -> str:
    """Take colours and other control characters out of a text, and the blank space around it."""
    return "".join(c for c in _COLOURS.sub("", text) if c == "\n" or c.isprintable()).strip()


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "sequence" not in found else {}


def _events(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _steps(raw: Iterable[Mapping[str, Any]], old: str, new: str) -> dict[str, Step]:
    """Read steps, of the document or of events; the last one of a resource is what becomes of it."""
    steps: dict[str, Step] = {}
    for step in raw:
        urn, op = str(step.get("urn", "")), str(step.get("op", ""))
        if urn and op not in _PARTS_OF_REPLACE:
            before, after = ((step.get(side) or {}).get("inputs") or {} for side in (old, new))
            changed = step.get("detailedDiff") or step.get("diffReasons") or step.get("diffs") or ()
            if op in {"update", "replace"} and not changed:
                changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            shown = tuple(path for path in changed if not path.startswith("__"))  # a dynamic resource's own
            steps[urn] = Step(urn, op, shown, before, after, refreshed=urn in steps)
    return steps


def _message_of(diagnostic: Mapping[str, Any]) -> Message:
    """Read a diagnostic, of the document or of an event."""
    severity = str(diagnostic.get("severity", "info")).removesuffix("#err")  # what a program prints as errors
    text = plain(str(diagnostic.get("message", "")))
    return Message(severity, text.removeprefix(f"{severity}:").lstrip(), str(diagnostic.get("urn", "")))


def _messages_of(events: Iterable[Mapping[str, Any]]) -> Iterator[Message]:
    for event in events:
        said = event.get("diagnosticEvent")
        if said and not said.get("ephemeral") and said.get("severity") != "debug":
            yield _message_of(said)
        if broken := event.get("policyEvent"):
            yield _finding_of(broken)
        if failed := event.get("errorEvent"):
            yield Message("error", plain(str(failed.get("error", ""))))


def _finding_of(broken: Mapping[str, Any]) -> Message:
    """Read what a policy found; a mandatory one fails the preview."""
    severity = "error" if broken.get("enforcementLevel") == "mandatory" else "warning"
    rule = f"policy {broken.get('policyName', '')} of {broken.get('policyPackName', '')}"
    text = plain(str(broken.get("message", "")))
    return Message(severity, f"{rule}: {text}", str(broken.get("resourceUrn", "")))
