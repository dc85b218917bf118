"""What a preview would do with an image cache, and why, in the words of a comment's table.

comment.py calls it. The why is the plugin's own: it says at each resource, a line for all properties of which
the same is true, `images, flash: the images are pulled again; …`. The values come from the preview's inputs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from escaping import code, prose
from preview import UNKNOWN, Preview, Step

CACHES = (":ImageCache", ":OpenApiImageCache")
"""How the types of image caches end, whichever front made them, and pulumi-alicloud's."""

MOST_PROPERTIES = 6
"""Changed properties that are shown for one reason; the others are counted."""

_OPS = {
    "create": "created",
    "import": "imported",
    "replace": "replaced",
    "delete": "deleted",
    "same": "unchanged",
    "refresh": "unchanged",
}
# What the plugin says of an update, the strongest first.
_UPDATES = (
    ("pulled again", "rebuilt in place"),
    ("built again", "rebuilt in place"),
    ("waited for", "waited for"),
    ("changed in place", "changed without a build"),
    ("nothing is built now", "recorded only"),
    ("a setting of the provider", "recorded only"),
)
ORDER = (
    "replaced",
    "deleted",
    "rebuilt in place",
    "created again",
    "created",
    "imported",
    "waited for",
    "changed",
    "changed without a build",
    "recorded only",
)
"""From what takes most care to what takes none."""

_REASON = re.compile(r"(?P<names>\w+(?:, \w+)*): (?P<why>.+)")
_PATH = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')
_HIDDEN = re.compile(r"password|secret|token|credential|accesskey", re.IGNORECASE)


def is_cache(step: Step) -> bool:
    """Say whether a resource is an image cache."""
    return step.type.endswith(CACHES)


def what_happens(step: Step, preview: Preview) -> str:
    """Say in a word what would become of a cache: one of ORDER, or `unchanged`."""
    if step.op == "create" and step.refreshed:
        return "created again"
    if step.op != "update":
        return _OPS.get(step.op) or prose(step.op)
    said = "\n".join(preview.said(step.urn, "info"))
    return next((word for words, word in _UPDATES if words in said), "changed")


def why(step: Step, preview: Preview) -> Iterator[str]:
    """Give the lines that say why, in Markdown: changed properties, and under them the plugin's reason."""
    if step.op == "delete":
        yield "it isn't in the program any more"
    elif step.op == "create" and step.refreshed:
        yield "it's gone from the cloud"
    if step.op in {"create", "import"}:
        yield f"{code('images')}: {_shown(step.new.get('images'))}"
    left = list(step.changed)
    for text in preview.said(step.urn, "info"):
        for line in text.splitlines():
            reason = _REASON.fullmatch(line)
            of_these = [path for path in left if reason and _root(path) in reason["names"].split(", ")]
            left = [path for path in left if path not in of_these]
            yield from _changes(step, of_these)
            yield prose(reason["why"] if reason and of_these else line)
    yield from _changes(step, left)


def _changes(step: Step, paths: Iterable[str]) -> Iterator[str]:
    listed = list(paths)
    for path in listed[:MOST_PROPERTIES]:
        old, new = _at(step.old, path), _at(step.new, path)
        told = not (_HIDDEN.search(path) or _is_secret(old) or _is_secret(new))
        yield f"{code(path)}: {_shown(old)} → {_shown(new)}" if told else code(path)
    if len(listed) > MOST_PROPERTIES:
        yield f"and {len(listed) - MOST_PROPERTIES} more"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if value == UNKNOWN:
        return "(known later)"
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ", ".join(map(_shown, value))
    return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _is_secret(value: Any) -> bool:
    return "[secret]" in json.dumps(value)


def _root(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _at(inputs: Mapping[str, Any], path: str) -> Any:
    """Find what is at a path such as `tags["a|b"]`; None where nothing is."""
    value: Any = inputs
    for name, index, key in _PATH.findall(path):
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(name or re.sub(r"\\(.)", r"\1", key))
        else:
            return None
    return value
