"""Every page of docs/: what it tells a reader to type is run by a test; none can be forgotten."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.pages.page import DOCS, Command, steps

PAGES = {page.relative_to(DOCS).as_posix(): page for page in sorted(DOCS.rglob("*.md"))}
_SHELL = re.compile(r"^ *(?:```|~~~) *\{?\.?(?:sh|bash|shell|zsh|shell-session|fish)\b", re.MULTILINE)


def run_by(test: Path) -> set[str]:
    """Give the pages that a test module names, if it's one that runs pages' commands."""
    nodes = list(ast.walk(ast.parse(test.read_text(encoding="utf-8"))))
    imports = [
        each for each in nodes if isinstance(each, ast.ImportFrom) and each.module == "tests.pages.page"
    ]
    names = {alias.name for each in imports for alias in each.names}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    named = {text.removeprefix("docs/") for text in texts}
    return PAGES.keys() & named if names & {"run_page", "steps"} else set()


TESTS = set(Path(__file__).parents[1].rglob("test_*.py")) - {Path(__file__)}
TESTED = set().union(*map(run_by, TESTS))


def commands(text: str) -> list[str]:
    """Give the commands of a page."""
    return [step.text for step in steps(text) if isinstance(step, Command)]


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_run(page: str) -> None:
    """A page with blocks of commands is named by a test that runs pages."""
    if commands(PAGES[page].read_text(encoding="utf-8")):
        assert page in TESTED


@pytest.mark.parametrize("page", PAGES)
def test_no_other_blocks_of_commands(page: str) -> None:
    """Commands stand in blocks that the runner takes, ```console, and in no other language of a shell."""
    assert _SHELL.findall(PAGES[page].read_text(encoding="utf-8")) == []


def test_something_is_run() -> None:
    """The two walks above have something to find."""
    assert {"getting-started.md", "migrating.md"} <= TESTED
    assert _SHELL.search("text\n\n   ```bash\n   rm x\n   ```\n")
    assert "simulator.md" not in TESTED
