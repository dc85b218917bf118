"""Tests of docs/provider.md: what it says is tested has that test, and what is missing has its reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
NAMED = re.compile(r"\[`([^`]+)`\]\(([^)]+)\)")
LINKED = re.compile(r"\]\((\w+\.md)#([^)]+)\)")
ROWS = re.compile(r"^\| (?!---|# \|)(?!there \|)(.*) \|$", re.MULTILINE)


def tables() -> tuple[list[str], list[str]]:
    """Return the rows of what is expected, and those of the traps."""
    expected, traps = (DOCS / "provider.md").read_text(encoding="utf-8").split("\n## Traps")
    return ROWS.findall(expected), ROWS.findall(traps)


def names_in(file: Path) -> set[str]:
    """Return the names of a file's tests as pytest has them, parameters left out."""
    return set(_names(ast.parse(file.read_text(encoding="utf-8")), file.name))


def _names(node: ast.Module | ast.ClassDef, prefix: str) -> list[str]:
    found = []
    for part in node.body:
        if isinstance(part, ast.ClassDef):
            found += _names(part, f"{prefix}::{part.name}")
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and part.name.startswith("test_"):
            found.append(f"{prefix}::{part.name}")
    return found


def anchors(page: Path) -> set[str]:
    """Return what a page's headings are linked by."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_rows() -> None:
    """The page has the 31 rows of what is expected, in order, and the 13 of the traps."""
    expected, traps = tables()
    assert [row.partition(" |")[0] for row in expected] == [str(number) for number in range(1, 32)]
    assert len(traps) == 13


@pytest.mark.parametrize("row", [*tables()[0], *tables()[1]])
def test_each(row: str) -> None:
    """A row names tests that exist, or links the reason why there is none."""
    named, linked = NAMED.findall(row), LINKED.findall(row)
    assert named or linked
    for name, path in named:
        assert name in names_in(DOCS / path), name
    for page, anchor in linked:
        assert anchor in anchors(DOCS / page)
