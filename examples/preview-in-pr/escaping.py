"""Texts of others inside a comment's Markdown: they are shown, never obeyed.

A resource's name or a message may hold whatever its author likes: a pipe would end a table's cell, `@team`
would call people, `#12` or a commit's hash would link it, a direction mark would turn the line around.
GitHub and GitLab look for such things everywhere but in code. So a word that is clearly nothing but a word
stays as it is, and all others are written as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

_PART = r"[0-9A-Za-z\u0080-\U0010ffff]+"
_WORD = re.compile(rf"""["'(]*{_PART}(?:['./-]{_PART})*[)"']*[,.;:!?]*[)"']*|-""")
"""Letters and digits, joined by what joins them in a sentence, and the marks around them."""

_SEEMS_MORE = re.compile(r"[0-9a-f]{7}|www|ghsa-|-\d", re.IGNORECASE)
"""Words all the same that are linked: a commit, a site, an advisory, GH-12 and tickets of other trackers."""

_NOT_IN_CELLS = re.compile(r"[`|]")
_MARKUP = re.compile(r"[\\`*_[\]<>|~&$]")
_MAKES_LINKS = re.compile(r"[:@.]")
_APART = "<!---->"
"""Shown as nothing, and keeps what is on both sides from being read as one."""

_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
"""What Python calls printable, though nothing is printed: fillers, joiners, blanks, variation selectors."""


def prose(text: str, longest: int = 1000) -> str:
    """Write a text on one line of Markdown, its lines apart; what is beyond the longest is cut."""
    lines = (_line(line.split()) for line in cut(text, longest).splitlines())
    return "<br>".join(line for line in lines if line)


def code(text: str, longest: int = 100) -> str:
    """Write a name or a value as code, on one line of Markdown; what is beyond the longest is cut."""
    return _code(cut(text, longest).split())


def fenced(text: str, longest: int = 2000) -> str:
    """Write a text of many lines as a block in which nothing is Markdown."""
    lines = [visible(line.expandtabs(4)) for line in cut(text, longest).splitlines()]
    # GitLab takes a line that begins with a slash for a command, in some versions in a block, too.
    shown = "\n".join(f" {line}" if line.startswith("/") else line for line in lines)
    fence = "`" * (max(2, *map(len, re.findall("`*", shown))) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def hidden(text: str) -> str:
    """Write a name into an HTML comment, which it can't end."""
    return re.sub(r"(?<=-)-|[^\w./-]", lambda found: f"={ord(found[0]):x}", text, flags=re.ASCII)


def visible(text: str) -> str:
    """Write each character that isn't seen, such as a direction mark, as Python escapes it."""
    return "".join(each if _is_seen(each) else ascii(each)[1:-1] for each in text)


def cut(text: str, longest: int) -> str:
    """Cut a text that is too long, and say so."""
    return text if len(text) <= longest else f"{text[:longest].rstrip()} … (cut)"


def length(text: str) -> int:
    """Count a text's characters as JavaScript does, where those beyond U+FFFF are two."""
    return len(text.encode("utf-16-le")) // 2


def _line(words: list[str]) -> str:
    grouped = groupby(words, key=_is_a_word)
    return " ".join(" ".join(each) if plain else _code(each) for plain, each in grouped)


def _code(words: Iterable[str]) -> str:
    shown = visible(" ".join(words))
    if not shown:
        return '""'
    if not _NOT_IN_CELLS.search(shown):
        return f"`{shown}`"
    # Between these tags Markdown is read, and addresses become links.
    apart = "".join(
        _APART + each if _MAKES_LINKS.match(each) else _MARKUP.sub(_entity, each) for each in shown
    )
    return f"<code>{apart}</code>"


def _is_a_word(text: str) -> bool:
    return bool(_WORD.fullmatch(text)) and not _SEEMS_MORE.search(text) and all(map(_is_seen, text))


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _is_seen(character: str) -> bool:
    return character.isprintable() and not _UNSEEN.match(character)
