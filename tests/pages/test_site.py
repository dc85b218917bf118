"""The pages of docs/ as a site: `make docs`."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.pages.page import DOCS

import check_site

ROOT = DOCS.parent

pytestmark = pytest.mark.timeout(300)  # a busy machine takes long over a site that a quiet one builds in 4 s


OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS")
"""How a `make test ARGS=…` would hand what is meant for it on to a `make` that a test starts."""


def make_docs(*settings: str) -> subprocess.CompletedProcess[str]:
    """Run `make docs` as somebody does in a shell, whatever this test runs in."""
    return subprocess.run(
        ["make", "--silent", "docs", *settings],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in OF_MAKE},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make docs` built the site into; it fails at any warning and any fault.

    It's built as in a `make test ARGS=…`, of whose variables `make docs` must know nothing.
    """
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as around:
        around.setenv("MAKEFLAGS", " -- ARGS=--nonsense")
        around.setenv("ARGS", "--nonsense")
        done = make_docs(f"SITE={folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" 0 faults\n")
    assert "WARNING" not in done.stderr
    return folder


def test_all_pages_are_there(site: Path) -> None:
    """Every page of docs/ is in the site and its navigation; so are README, CONTRIBUTING and CHANGELOG."""
    pages = [page.relative_to(DOCS) for page in DOCS.rglob("*.md") if "examples" not in page.parts]
    expected = {page.with_suffix(".html").as_posix() for page in pages}
    expected |= {"index.html", "CONTRIBUTING.html", "CHANGELOG.html"}
    # What links to a page from the front page, that is, from the navigation at its side.
    navigated = check_site.read(site)[site / "index.html"].followed
    assert expected - navigated == set()


def test_what_pages_link_to_is_there(site: Path) -> None:
    """Examples and tests that pages link to are pages of the site; its search leaves them out."""
    program = (site / "source/examples/minimal/__main__.py.html").read_text()
    assert "vswitch_ids" in re.sub("<[^>]*>", "", program)
    assert "source/" not in (site / "search" / "search_index.json").read_text()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[x](nowhere.md)", "nowhere.md"),
        ("[x](index.md#nowhere)", "nowhere"),
        ("[x](../nowhere.md)", "nowhere.md"),
        ("[x](/index.html)", "absolute"),
        ("![x](nowhere.svg)", "nowhere.svg"),
    ],
)
def test_broken_link_fails_the_build(text: str, fault: str, tmp_path: Path) -> None:
    """A link to what isn't there ends the build, whichever way it's broken."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(f"# Page\n\n{text}\n")
    (tmp_path / "mkdocs.yml").write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\n"
        f"docs_dir: docs\nhooks: ['{ROOT / 'tools' / 'site_hooks.py'}']\n"
        "nav: [page.md, index.md, CONTRIBUTING.md, CHANGELOG.md]\n"
    )
    done = make_docs(f"PAGES={tmp_path / 'mkdocs.yml'}", f"SITE={tmp_path / 'site'}")
    assert done.returncode != 0
    (warning, *_) = [line for line in done.stderr.splitlines() if "page.md" in line and "WARNING" in line]
    assert fault in warning
