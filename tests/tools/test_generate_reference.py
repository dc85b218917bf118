"""Tests of the reference: every property is told, with what its change means and whether it is secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import generate_reference
from generate_reference import FOLDER, ROOT, pages


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The committed schema."""
    loaded: dict[str, Any] = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
    return loaded


def test_pages(schema: dict[str, Any]) -> None:
    """There is a page for the provider, each resource and each function, and the index links them all."""
    found = pages(schema)
    index = found.pop("index.md")
    assert len(found) == 1 + len(schema["resources"]) + len(schema["functions"])
    assert all(f"]({name})" in index for name in found)


def test_resource(schema: dict[str, Any]) -> None:
    """A resource's page has a row for each input and output."""
    page = pages(schema)["eci/ImageCache.md"]
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert set(schema["resources"]["imagecache:eci:ImageCache"]["properties"]) <= rows.keys()
    assert rows["osType"].startswith("| `osType` | [OsType](#ostype) | replaces | ")
    assert rows["images"].startswith("| `images` (required) | list of string | builds again, in place | ")
    assert rows["password"].startswith("| `password` (required, secret) | string | ")
    assert "{{%" not in page


def test_links_inside_pages(schema: dict[str, Any]) -> None:
    """Each link to a type has a heading on its page."""
    for page in pages(schema).values():
        headings = {line.strip("# ").lower() for line in page.splitlines() if line.startswith("#")}
        for link in (part.split(")")[0] for part in page.split("](#")[1:]):
            assert link in headings


def test_stale_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that was edited, and one that is nobody's any more, are named; making them anew mends both."""
    for page in FOLDER.rglob("*.md"):
        copy = tmp_path / page.relative_to(FOLDER)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(page.read_bytes())
    (tmp_path / "provider.md").write_text("edited", encoding="utf-8")
    (tmp_path / "old.md").write_text("", encoding="utf-8")
    monkeypatch.setattr(generate_reference, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["generate_reference.py", "--check"])
    assert generate_reference.main() == 1
    assert "old.md, provider.md;" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["generate_reference.py"])
    assert generate_reference.main() == 0
    assert not (tmp_path / "old.md").exists()
    monkeypatch.setattr("sys.argv", ["generate_reference.py", "--check"])
    assert generate_reference.main() == 0
