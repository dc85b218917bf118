"""What image caches and container groups tell of their past.

Source of the fields: spec/eci-image-cache.md section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imagecache_simulator.wire import timestamp

MOST_EVENTS = 50


@dataclass
class Event:
    """Something that happened; the same again counts up."""

    name: str
    reason: str
    message: str
    kind: str
    first: datetime
    last: datetime
    count: int = 1


def record(
    events: list[Event], owner: str, moment: datetime, *, reason: str, message: str, warning: bool = False
) -> None:
    """Leave an event, or count the same one up; the last 50 are kept.

    Args:
        events: of the owner, changed in place.
        owner: the name of what it happened to.
        moment: when.
        reason: one word.
        message: a sentence.
        warning: it is one.
    """
    kind = "Warning" if warning else "Normal"
    for event in events:
        if (event.reason, event.message, event.kind) == (reason, message, kind):
            event.count, event.last = event.count + 1, moment
            return
    nanoseconds = int(moment.timestamp() * 1_000_000) * 1000
    events.append(Event(f"{owner}.{nanoseconds:016x}", reason, message, kind, moment, moment))
    del events[:-MOST_EVENTS]


def event_form(event: Event) -> dict[str, Any]:
    """Return an event as it's shown."""
    return {
        "Count": event.count,
        "FirstTimestamp": timestamp(event.first),
        "LastTimestamp": timestamp(event.last),
        "Message": event.message,
        "Name": event.name,
        "Reason": event.reason,
        "Type": event.kind,
    }
