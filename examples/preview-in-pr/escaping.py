"""Texts of others inside a comment's Markdown: they are shown, never obeyed.

A resource's name or a message may hold whatever its author likes: a pipe would end a table's cell, a backtick
its code, `@team` would call people, `#12` would link an issue.
"""

from __future__ import annotations

import re

_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$]")
_CALLS = re.compile(r"(?<![A-Za-z0-9])([@#!])(?=\w)")
_NOTHING = "\u200b"
"""A space without width: a sign that stands apart from its word refers to nobody, on GitHub and on GitLab."""


def prose(text: str, longest: int = 1000) -> str:
    """Write a text as it is, on one line of Markdown; what is beyond the longest is cut."""
    apart = _CALLS.sub(rf"\1{_NOTHING}", cut(text, longest))
    return "<br>".join(_MARKUP.sub(r"\\\g<0>", line.strip()) for line in apart.splitlines() if line.strip())


def code(text: str, longest: int = 100) -> str:
    """Write a name or a value as code, on one line of Markdown."""
    shown = " ".join(cut(text, longest).split())
    if not shown or "`" in shown or "|" in shown:
        return f"<code>{_MARKUP.sub(_entity, shown)}</code>" if shown else '""'
    return f"`{shown}`"


def fenced(text: str, longest: int = 2000) -> str:
    """Write a text of many lines as a block in which nothing is Markdown."""
    shown = cut(text, longest)
    fence = "`" * max(2, *map(len, ["", *re.findall(r"`+", shown)])) + "`"
    return f"{fence}text\n{shown}\n{fence}"


def cut(text: str, longest: int) -> str:
    """Cut a text that is too long, and say so."""
    return text if len(text) <= longest else f"{text[:longest].rstrip()} … (cut)"


def length(text: str) -> int:
    """Count a text's characters as JavaScript does, where those beyond U+FFFF are two."""
    return len(text.encode("utf-16-le")) // 2


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"
