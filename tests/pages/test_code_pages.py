"""The pages for people who change the code: what they name has to be there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pages.page import DOCS

ROOT = DOCS.parent
PLACES = (ROOT, ROOT / "provider", ROOT / "provider" / "imagecache_provider")
"""Where a path that a page names may begin."""
PAGES = ("how-it-works.md", "adding-a-resource.md")

_CODE = re.compile(r"`([^`\s]+)`")
_PLACE = re.compile(r"[\w./-]+/|[\w./-]+\.(?:py|go|json|md|toml|yaml|svg)|\.importlinter")
_NAME = re.compile(r"[A-Z]\w+\.\w+")


def named(page: str) -> Iterator[tuple[str, str]]:
    """Give the paths that a page names, each with the name in the file behind `::`, if there is one."""
    for code in _CODE.findall((DOCS / page).read_text(encoding="utf-8")):
        path, _, name = code.partition("::")
        if _PLACE.fullmatch(path):
            yield path, name
        elif _NAME.fullmatch(code):
            yield "", code


def place(path: str) -> Path:
    """Find a path; a page begins at the repository, or at the package that it says it's about."""
    found = [start / path for start in PLACES if (start / path).exists()]
    assert found, f"there is no {path}"
    return found[0]


def names(file: Path) -> set[str]:
    """Give the functions and classes of a file, and the methods as `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {node.name} | {f"{node.name}.{each.name}" for each in node.body if hasattr(each, "name")}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_what_is_named_exists(page: str) -> None:
    """Each file, folder, function and method that a page names is where it says."""
    mentioned = list(named(page))
    files = {path for path, name in mentioned if name and path}
    known = set().union(*(names(place(path)) for path in files))
    assert len(mentioned) > 20
    for path, name in mentioned:
        if not path:
            assert name in known, f"{name} is in none of {sorted(files)}"
        elif name:
            assert name in names(place(path)), f"there is no {name} in {path}"
        else:
            place(path)


def test_picture_names_what_exists() -> None:
    """Each file and folder in the picture exists."""
    shown = re.findall(r">([^<>]+)</text>", (DOCS / "how-it-works.svg").read_text(encoding="utf-8"))
    words = [word.strip(",:") for line in shown for word in line.split()]
    paths = [word for word in words if _PLACE.fullmatch(word)]
    assert len(paths) > 12
    for path in paths:
        start = ROOT / "provider" / "imagecache_provider" / "eci"
        assert (start / path).exists() or place(path)
