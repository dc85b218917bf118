"""What the pull request's comment makes of texts of others, read as GitHub and GitLab read it.

The Markdown is read by a library; what both sites look for in a comment's text, not in code, is REFERENCES.
"""

from __future__ import annotations

import importlib.util
import re
import string
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.chance import examples


def load() -> ModuleType:
    """Load the module from the example's folder, which is no package."""
    file = Path(__file__).resolve().parents[2] / "examples" / "preview-in-pr" / "escaping.py"
    spec = importlib.util.spec_from_file_location("preview_in_pr_escaping", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


escaping = load()
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINKS = re.compile(r"[a-z][a-z0-9+.-]*://|www\.|mailto:|xmpp:|[^\s@]@[^\s@]", re.IGNORECASE)
"""What becomes a link in all text, between tags for code, too."""
REFERENCES = re.compile(
    r"[@#!~%&$^][^\s!)\"']"  # people, issues, merge requests, labels, milestones, epics, snippets, sums
    r"|:[\w+-]+:|\[\[|\[\w+:|\[\^"  # emoji, pages of the wiki, other things of GitLab, footnotes
    r"|\bgh-\d|\b[a-z]\w*-\d|ghsa-"  # issues, tickets of other trackers, advisories
    r"|[0-9a-f]{7}"  # commits
    r"|(?:^|\n)\s*/\w"  # commands
    rf"|{LINKS.pattern}",
    re.IGNORECASE,
)
EVIL = [
    "@team", "a@team", "(@team)", "user@1a2b3c4d", "#12", "org/repo#12", "(#12)", "GH-12", "gh-12",
    "JIRA-7", "!12", "org/repo!12", "~bug", '~"my bug"', "%12", '%"mile stone"', "&epic", "&12", "$snippet",
    "$12", "$x^2$", "^alert", "*iteration:3", ":smile:", ":+1:", "(:tada:)", "a:tada:b", "[[wiki]]",
    "[[a|b]]", "[vulnerability:1]", "[contact:a@b.c]", "[^1]", "/close", "/assign @me", "1a2b3c4",
    "(1a2b3c4)", "1A2B3C4D", "0123456789abcdef0123456789abcdef01234567", "1a2b3c4..5d6e7f8",
    "GHSA-abcd-efgh-ijkl", "CVE-2026-12345", "http://evil.example", "HTTPS://evil.example",
    "x+y://evil.example", "www.evil.example", "WWW.evil.example", "(www.evil.example)", "mailto:a@b.c",
    "a@b.c", "xmpp:a@b.c", "[click](evil)", "![img](evil)", "[a]: evil", "<b>", "<img src=x>", "<!-- x",
    "-->", "<https://evil.example>", "&amp;", "&#64;team", "**d**", "__d__", "_d_", "*d*", "~~d~~", "`d`",
    "``", "`", "a|b", "|", "\\", "\\|", "a\\", "`a|b`", "@a|b", "http://a.b/|`c`", "www.a.b|c", "a@b.c|d",
    "# heading", "- item", "1. item", "> quote", "```", "---", "===", "    code", "| a | b |", "|---|---|",
]  # fmt: skip
UNSEEN = [
    *map(chr, [0, 7, 0x1B, 0x7F, 0x80, 0xAD, 0x61C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF]),
    *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFF9, 0xE0001, 0xE0041, 0xD800, 0xE000]),
    *map(
        chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x180F, 0x2800, 0x3164, 0xFE00, 0xFE0F]
    ),
    *map(chr, [0xFFA0, 0xE0100, 0xE01EF, 0x180C, 0xFE08, 0xE0101, 0x13441, 0x13442, 0x16FE4, 0x1D159]),
]
SEEN = [
    *string.ascii_letters, *string.digits, *string.punctuation, " ", "é", "中", "→", "\U0001f40b",
    # Beside what isn't seen:
    *map(chr, [0x34E, 0x350, 0x115E, 0x1161, 0x17B3, 0x17B6, 0x180A, 0x1810, 0x2801, 0x3163, 0x3165, 0xFE10]),
    *map(chr, [0xFF9F, 0xFFC2, 0x16FE3, 0x1D158, 0x1D15A]),
]  # fmt: skip
PLACES = ["| {} | x |\n|---|---|", "| x | y |\n|---|---|\n| a | {} |", "- ⚠️ {}", "### Image caches: {}"]
anything = st.text(
    st.sampled_from("aB7-_.:/@#!~%&$^*`|\\<>[]()+'\" \n\r\t,;?=wWé中→\u202e\u200b\ufe0f") | st.characters(),
    max_size=40,
)


class Read:
    """What a reader has of a piece of Markdown that stands in one place.

    Attributes:
        text: all that is shown.
        plain: the text outside of code, in pieces that code ends.
        tagged: the text between tags for code, in pieces that markup ends.
        tags: the HTML in it.
    """

    def __init__(self, markdown: str, place: str) -> None:
        self.text, self.plain, self.tagged, self.tags = "", [""], [""], set[str]()
        within = False
        for token in self._tokens(place, markdown):
            assert token.type in {"text", "code_inline", "html_inline", "softbreak"}, (token, markdown)
            if token.type == "html_inline":
                self.tags.add(token.content)
                within = {"<code>": True, "</code>": False}.get(token.content, within)
                self.text += "\n" if token.content == "<br>" else ""
            if token.type == "text":
                self.text += token.content
                (self.tagged if within else self.plain)[-1] += token.content
            else:
                self.tagged.append("")
                self.plain.append("\n" if token.content == "<br>" else "")
                self.text += token.content if token.type == "code_inline" else ""

    @staticmethod
    def _tokens(place: str, markdown: str) -> list[Token]:
        """Give what stands between two marks, in a place that has nothing else."""
        alike = READER.parse(place.format("X"))
        tokens = READER.parse(place.format(markdown))
        assert [token.type for token in tokens] == [token.type for token in alike], markdown
        (inline,) = [one for one, other in zip(tokens, alike, strict=True) if "X" in other.content]
        children = list(inline.children or ())
        prefix = next(other for other in alike if "X" in other.content).content.partition("X")[0]
        if prefix and children and children[0].type == "text":
            children[0].content = children[0].content.removeprefix(prefix).removeprefix(prefix.rstrip())
        return children


def lines(text: str) -> str:
    """Write a text as it should be read: each line by itself, blanks as one, and nothing that isn't seen."""
    shown = (escaping.visible(" ".join(line.split())) for line in text.splitlines())
    return "\n".join(line for line in shown if line)


def assert_only_shown(markdown: str, text: str, place: str) -> None:
    """Hold that Markdown shows a text, the whole text and nothing but the text."""
    read = Read(markdown, place)
    assert read.text == text
    assert read.tags <= {"<code>", "</code>", "<br>", "<!---->"}
    assert not REFERENCES.search("".join(read.plain)), read.plain
    assert [piece for piece in read.tagged if LINKS.search(piece)] == []
    assert text.isprintable() or "\n" in text


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("evil", EVIL)
def test_nothing_is_obeyed(evil: str, place: str) -> None:
    """No mention, reference, link, command, markup or HTML does anything, in a sentence or as a name."""
    for text in (evil, f"see {evil} now", f"{evil}\n{evil}", f"{evil}, {evil}; é{evil}é"):
        assert_only_shown(escaping.prose(text), lines(text), place)
    for text in (evil, f"a {evil} b", f"|{evil}"):
        name = " ".join(text.split())
        assert_only_shown(escaping.code(text), escaping.visible(name), place)


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_what_is_not_seen_is_told(character: str) -> None:
    """A direction mark, or another character that isn't seen, is shown by its number, wherever it stands."""
    number = ascii(character)[1:-1]
    assert escaping.visible(f"a{character}b") == f"a{number}b"
    assert escaping.prose(f"it a{character}b is") == f"it `a{number}b` is"
    assert escaping.code(f"a{character}b") == f"`a{number}b`"
    assert escaping.fenced(f"a{character}b") == f"```text\na{number}b\n```"


@pytest.mark.parametrize("character", SEEN, ids=ascii)
def test_what_is_seen_stays(character: str) -> None:
    """All other characters are shown as they are."""
    assert escaping.visible(character) == character


@pytest.mark.parametrize("place", PLACES)
@examples(150)
@given(anything)
def test_any_text(place: str, text: str) -> None:
    """So it is with any text."""
    if lines(text):
        assert_only_shown(escaping.prose(text), lines(text), place)
    name = escaping.visible(" ".join(text.split()))
    if name:
        assert_only_shown(escaping.code(text), name, place)


@examples(150)
@given(anything)
def test_any_block(text: str) -> None:
    """A fenced block ends where it should, shows the text's lines, and has no line that may be a command."""
    (block,) = READER.parse(escaping.fenced(text))
    assert (block.type, block.info) == ("fence", "text")
    shown = block.content.removesuffix("\n").split("\n")
    assert [line.lstrip() for line in shown] == [
        escaping.visible(line.expandtabs(4)).lstrip() for line in text.splitlines() or [""]
    ]
    assert not [line for line in shown if line.startswith("/")]


@pytest.mark.parametrize(
    ("text", "fence", "shown"),
    [
        ("", "```", ""),
        ("a\n\tb", "```", "a\n    b"),
        ("``", "```", "``"),
        ("```", "````", "```"),
        ("a ```` b\n```", "`````", "a ```` b\n```"),
        ("` ` ` `", "```", "` ` ` `"),
        ("/close\na /b\n/c\n//", "```", " /close\na /b\n /c\n //"),
    ],
)
def test_blocks(text: str, fence: str, shown: str) -> None:
    """A block's fence is longer than all in it, and a slash that begins a line has a blank before it."""
    assert escaping.fenced(text) == f"{fence}text\n{shown}\n{fence}"


def test_sentences_stay() -> None:
    """A sentence of words stays as it is: code is for what could be taken for something."""
    for sentence in (
        "the images are pulled again; until the cache is Ready, new pods pull from the registry",
        "it isn't \"so\" (really), or 'so'; is it? 1.27 → 5 · org/repo: ok!",
        "镜像缓存 wird größer (bald).",
        "- and then - a ww, a hsa-ab or ghsab; an abcdef and a 123456, c3-po and 5.5/5 'or' x'y",
        'so he says: "a, b", ("c"), (d.) e." f.\' g?! (\'h\'.)',
    ):
        assert escaping.prose(sentence) == sentence
    assert escaping.prose("#12 1a2b3c4  and #1 a") == "`#12 1a2b3c4` and `#1` a"
    for word in [
        "5-5",
        "0-9",
        "9-0",
        "a-1",
        "z-1",
        "Z-1",
        "é-1",
        "wWw",
        "xwwwx",
        "xGHSA-x",
        "abcdef0",
        "0ABCDEF",
    ]:
        assert escaping.prose(f"a {word} b") == f"a `{word}` b"
    assert escaping.prose("use #12 and\n\n  vsw-1 or a_b") == "use `#12` and<br>`vsw-1` or `a_b`"


@pytest.mark.parametrize("mark", string.punctuation)
def test_marks_of_words(mark: str) -> None:
    """Before, in and behind a word stand only the marks of sentences; with any other it's code."""
    for word, marks in ((f"{mark}ab", "\"'("), (f"ab{mark}cd", "'./-"), (f"ab{mark}", ")\"',.;:!?")):
        assert (escaping.prose(word) == word) == (mark in marks), word


@pytest.mark.parametrize("mark", "\\`*_[]<>|~&$")
def test_markup_between_tags(mark: str) -> None:
    """Between tags for code, where Markdown is read, each of its characters is written by its number."""
    assert escaping.code(f"|{mark}x") == f"<code>&#124;&#{ord(mark)};x</code>"


def test_forms_of_code() -> None:
    """A name is code by backticks, or by tags where it has a backtick or a pipe; an empty one is shown."""
    assert escaping.code("a: @b") == "`a: @b`"
    assert escaping.code("a|b.c") == "<code>a&#124;b<!---->.c</code>"
    assert escaping.code(" \n ") == '""'
    assert escaping.code("x" * 101) == f"`{'x' * 100} … (cut)`"
    assert escaping.prose("x" * 1001) == f"{'x' * 1000} … (cut)"
    assert escaping.fenced("x" * 2001) == f"```text\n{'x' * 2000} … (cut)\n```"
    assert escaping.code("x" * 100) == f"`{'x' * 100}`"
    assert escaping.prose(f"#{'x' * 999}") == f"`#{'x' * 999}`"
    assert escaping.prose(f"#{'x' * 1001}") == f"`#{'x' * 999}` … (cut)"
    assert escaping.prose(f"#{'x' * 2000}", 2001) == f"`#{'x' * 2000}`"
    assert escaping.fenced("x" * 2000) == f"```text\n{'x' * 2000}\n```"
    assert escaping.cut("a  b", 2) == "a … (cut)"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("caches/cn-hangzhou_1.b", "caches/cn-hangzhou_1.b"),
        ("a--b", "a-=2db"),
        ("a--->b", "a-=2d=2d=3eb"),
        ("--><img src=x>", "-=2d=3e=3cimg=20src=3dx=3e"),
        ("é\n", "=e9=a"),
    ],
)
def test_hidden_name(name: str, written: str) -> None:
    """A stack's name can't end the comment that it's hidden in, and two stacks have two names there."""
    assert escaping.hidden(name) == written


def test_length() -> None:
    """Characters beyond U+FFFF are two, as the sites count."""
    assert escaping.length("a中\U0001f40b") == 4
    assert escaping.length("12345") == 5
    assert escaping.length("") == 0
