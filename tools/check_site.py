"""Check the site that `make docs` built: python tools/check_site.py [--external] [SITE].

Every link and picture has to lead somewhere, every anchor too; nothing may be fetched from elsewhere while a
page is read; and no Markdown may be left in its text, as happens to a list that only GitHub understands.
Links that leave the site are held to their form, since a build must not depend on a network; `--external`
tries each of them. Exit status 1 if anything is wrong; each fault is a line.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from typing_extensions import override

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site"
LIKENESS = 0.9
"""How alike two hosts are, of 1, of which one must be a slip of the pen."""
SECONDS = 20

_MARKDOWN = re.compile(r"^ *(?:[-*] |\d+\. |\|).*|.*```.*|.*\]\(.*", re.MULTILINE)
"""Lines that should have become a list, a table, a block of code or a link."""


@dataclass
class Page(HTMLParser):
    """What a page has for links to lead to, and what it links to.

    Attributes:
        anchors: the IDs in it.
        followed: what a reader may follow.
        fetched: what a browser gets by itself.
        left: Markdown in the text of its paragraphs.
    """

    anchors: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._text: list[str] | None = None
        self._in_code = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._text = [] if tag == "p" else self._text
        self._in_code += tag == "code"
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(given[name] for name in ("id", "name") if name in given and tag != "meta")
        if "href" in given:
            (self.followed if tag == "a" else self.fetched).add(given["href"])
        if not given.get("src", "data:").startswith("data:"):
            self.fetched.add(given["src"])

    @override
    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag == "code"
        if tag == "p" and self._text is not None:
            self.left += _MARKDOWN.findall("".join(self._text))
            self._text = None

    @override
    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append("code" if self._in_code else data)


def read(site: Path) -> dict[Path, Page]:
    """Read all pages of a site."""
    found = {}
    for page in sorted(site.rglob("*.html")):
        found[page] = Page()
        found[page].feed(page.read_text(encoding="utf-8"))
    return found


def faults(pages: dict[Path, Page], site: Path) -> Iterator[str]:
    """Tell what is wrong with a site's links, a line each."""
    for path, page in pages.items():
        name = path.relative_to(site)
        yield from (f"{name}: Markdown is left: {line.strip()}" for line in page.left)
        yield from (f"{name}: fetches {link}" for link in sorted(page.fetched) if _leaves(link))
        for link in sorted(page.followed | page.fetched):
            if not _leaves(link) and (fault := _fault(path, link, pages, site)):
                yield f"{name}: {link}: {fault}"
    yield from misspelt(external(pages))


def external(pages: dict[Path, Page]) -> set[str]:
    """Give the links that leave the site."""
    return {link for page in pages.values() for link in page.followed if _leaves(link)}


def misspelt(links: set[str]) -> Iterator[str]:
    """Tell of links whose form alone shows that they can't be meant so."""
    for link in sorted(links):
        parts = urllib.parse.urlsplit(link)
        if parts.scheme not in {"https", "mailto"}:
            yield f"{link}: not https"
        elif parts.username or "." not in parts.netloc + parts.path or link != link.strip(" .,;'"):
            yield f"{link}: not an address"
    spellings: dict[str, str] = {}
    for link in sorted(links):
        other = spellings.setdefault(link.partition("#")[0].rstrip("/").lower(), link.partition("#")[0])
        if other != link.partition("#")[0]:
            yield f"{link}: elsewhere it's {other}"
    hosts = sorted({urllib.parse.urlsplit(link).netloc for link in links})
    for one, other in itertools.combinations(hosts, 2):
        if _alike(one, other):
            yield f"{one} and {other}: one of them is misspelt"


def unreachable(links: set[str]) -> Iterator[str]:
    """Try links; tell of those that don't answer, or answer that there's nothing."""
    for link in sorted(link for link in links if link.startswith("https:")):
        request = urllib.request.Request(link, headers={"User-Agent": "Mozilla/5.0"})  # noqa: S310 - https
        try:
            urllib.request.urlopen(request, timeout=SECONDS).close()  # noqa: S310 - https
        except (OSError, ValueError) as error:
            yield f"{link}: {error}"


def _fault(page: Path, link: str, pages: dict[Path, Page], site: Path) -> str:
    """Say what is wrong with a link within the site."""
    path, _, anchor = link.partition("#")
    path = urllib.parse.unquote(path.partition("?")[0])
    # The page of a server that finds no other is shown at any depth, so that its links begin at the root.
    folder = site if path.startswith("/") else page.parent
    target = (folder / path.lstrip("/")).resolve() if path else page
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "no such page"
    if anchor and target in pages and urllib.parse.unquote(anchor) not in pages[target].anchors:
        return "no such anchor"
    return ""


def _leaves(link: str) -> bool:
    parts = urllib.parse.urlsplit(link)
    return bool(parts.scheme or parts.netloc)


def _alike(one: str, other: str) -> bool:
    apart = one.endswith(f".{other}") or other.endswith(f".{one}")
    return not apart and difflib.SequenceMatcher(None, one, other).ratio() >= LIKENESS


def main() -> int:
    """Check, tell, and give the exit status."""
    parser = argparse.ArgumentParser(description="Check the links of the site that `make docs` built.")
    parser.add_argument("site", nargs="?", type=Path, default=SITE, metavar="SITE", help="its folder")
    parser.add_argument("--external", action="store_true", help="also try the links that leave the site")
    arguments = parser.parse_args()
    site = arguments.site.resolve()
    pages = read(site)
    if not pages:
        print(f"There is no site in {arguments.site}. Run: make docs", file=sys.stderr)
        return 1
    found = list(faults(pages, site))
    if arguments.external:
        found += unreachable(external(pages))
    leaving = len(external(pages))
    print("\n".join([*found, f"{len(pages)} pages, {leaving} links leave the site, {len(found)} faults"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
