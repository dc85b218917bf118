"""What MkDocs calls while it builds the site of docs/ (mkdocs.yml names it).

Pages are written to be read in the repository: they link to the README, to examples, to tests. The site
has no repository beside it, so these become pages of it, and the links to them are turned. It also fills in
folders of `nav`. What can't be found is left as it is, so that MkDocs tells of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound

ROOT = Path(__file__).resolve().parents[1]
DOCS = "docs/"
PLACES = {"README.md": "index.md", "CONTRIBUTING.md": "CONTRIBUTING.md", "CHANGELOG.md": "CHANGELOG.md"}
"""Where pages of the repository's root are in the site."""
NOT_A_PAGE = "docs/examples/"
"""What of docs/ mkdocs.yml leaves out of the site."""
SOURCE = "source/"
"""The site's folder of everything else that pages link to."""

_FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1`*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for all that pages link to outside of docs/, and fill in the folders of `nav`."""
    for path, place in PLACES.items():
        files.append(File.generated(config, place, content=(ROOT / path).read_text(encoding="utf-8")))
    for path in sorted(_linked(files)):
        files.append(File.generated(config, _place(path), content=_source_page(path)))
    config.nav = [_filled(entry, files) for entry in config.nav or []]
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs' names
    """Turn links that leave docs/ to where the site has what they mean."""
    here = _repository_path(page.file.src_uri)

    def turned(link: re.Match[str]) -> str:
        target = _target(here, link[1])
        if not target:
            return link[1]
        return posixpath.relpath(_place(target), posixpath.dirname(page.file.src_uri) or ".")

    return _outside_code(markdown, lambda text: _LINK.sub(turned, text))


def _linked(files: Files) -> set[str]:
    """Find what pages link to outside of docs/, with what folders among it hold."""
    found: set[str] = set()
    for file in files.documentation_pages():
        here = _repository_path(file.src_uri)
        for link in _LINK.findall(_FENCE.sub("", file.content_string)):
            found.update(_within(_target(here, link)))
    return {path for path in found if _place(path).startswith(SOURCE)}


def _within(path: str) -> Iterator[str]:
    """Give a path and, of a folder, all that is in it but what programs leave there; nothing of no path."""
    if path:
        yield path
    if path and (ROOT / path).is_dir():
        for name in _names(path):
            yield from _within(f"{path}/{name}")


def _names(folder: str) -> list[str]:
    return sorted(
        each.name for each in (ROOT / folder).iterdir() if not each.name.startswith(("__pycache__", "."))
    )


def _source_page(path: str) -> str:
    """Show a file as code, or list a folder."""
    title = f"---\nsearch:\n  exclude: true\n---\n\n# {path}\n\n"
    if (ROOT / path).is_dir():
        return title + "".join(f"- [{name}]({_place(f'{path}/{name}', path)})\n" for name in _names(path))
    text = (ROOT / path).read_text(encoding="utf-8")
    fence = "`" * (1 + max(2, *map(len, re.findall(r"`+", text)), 2))
    return f"{title}{fence}{_language(path)}\n{text}\n{fence}\n"


def _language(path: str) -> str:
    try:
        return str(get_lexer_for_filename(path).aliases[0])
    except ClassNotFound:
        return "text"


def _repository_path(place: str) -> str:
    """Say where in the repository a page of the site comes from."""
    return next((path for path, of_it in PLACES.items() if of_it == place), DOCS + place)


def _target(here: str, link: str) -> str:
    """Give the path that a link of a page means, if the link can't stay as it is; else nothing."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), link))
    stays = here.startswith(DOCS) and _is_in_docs(path) and not (ROOT / path).is_dir()
    return "" if stays or not (ROOT / path).exists() or path.startswith("..") else path


def _is_in_docs(path: str) -> bool:
    """Say whether MkDocs finds a path by itself: a file of docs/, or a folder with a page of its own."""
    if not path.startswith(DOCS) or path.startswith(NOT_A_PAGE):
        return False
    return not (ROOT / path).is_dir() or (ROOT / path / "index.md").exists()


def _place(path: str, folder: str = "") -> str:
    """Say where in the site a path of the repository is; with a folder, from the page that lists it."""
    if path in PLACES:
        place = PLACES[path]
    elif _is_in_docs(path):
        place = path.removeprefix(DOCS) + ("/index.md" if (ROOT / path).is_dir() else "")
    else:
        place = SOURCE + path + ("/index.md" if (ROOT / path).is_dir() else ".md")
    return posixpath.relpath(place, SOURCE + folder) if folder else place


def _outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Change a page's text, but not its blocks of code."""
    parts, last = list[str](), 0
    for block in _FENCE.finditer(markdown):
        parts += [change(markdown[last : block.start()]), block[0]]
        last = block.end()
    return "".join([*parts, change(markdown[last:])])


def _filled(entry: Any, files: Files) -> Any:
    """Put the pages of a folder in the place of `folder/`."""
    if isinstance(entry, dict):
        return {title: _filled(below, files) for title, below in entry.items()}
    if isinstance(entry, list):
        return [_filled(each, files) for each in entry]
    if not str(entry).endswith("/"):
        return entry
    return _pages(entry, (file.src_uri for file in files.documentation_pages()))


def _pages(folder: str, places: Iterable[str]) -> list[str]:
    """List the pages of a folder: first its index, then its own, then those of its folders."""
    found = [place for place in places if place.startswith(folder)]
    return sorted(found, key=lambda place: (place != f"{folder}index.md", place.count("/"), place))
