"""The check of the site has to find what is wrong, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import check_site


def faults(site: Path, text: str) -> list[str]:
    """Check a site of two pages, of which one has a text."""
    (site / "folder").mkdir()
    (site / "folder" / "page.html").write_text(text)
    (site / "index.html").write_text('<h1 id="here">Title</h1>')
    return list(check_site.faults(check_site.read(site), site))


@pytest.mark.parametrize(
    "text",
    [
        '<a href="../index.html#here">x</a>',
        '<a href="..">x</a><a href="/index.html?q=1">x</a>',
        '<p id="a%b">x</p><a href="#a%25b">x</a><a href="#">x</a>',
        '<a href="https://example.com/a#b">x</a><a href="https://example.com/a#c">x</a>',
        "<p>one - two <code>- three</code>\n<code>x</code> - four</p>",
        '<img src="data:image/png;base64,AA">',
    ],
)
def test_right(text: str, tmp_path: Path) -> None:
    """What is right isn't told of."""
    assert faults(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<a href="nowhere.html">x</a>', "folder/page.html: nowhere.html: no such page"),
        ('<a href="../index.html#nowhere">x</a>', "folder/page.html: ../index.html#nowhere: no such anchor"),
        ('<a href="#nowhere">x</a>', "folder/page.html: #nowhere: no such anchor"),
        ('<img src="../nowhere.svg">', "folder/page.html: ../nowhere.svg: no such page"),
        (
            '<link href="https://example.com/font.css">',
            "folder/page.html: fetches https://example.com/font.css",
        ),
        ('<script src="//example.com/a.js"></script>', "folder/page.html: fetches //example.com/a.js"),
        ("<p>a list:\n- one</p>", "folder/page.html: Markdown is left: - one"),
        ("<p>see [this](that.md)</p>", "folder/page.html: Markdown is left: see [this](that.md)"),
        ("<p><code>a</code>:\n```console</p>", "folder/page.html: Markdown is left: ```console"),
        ('<a href="http://example.com">x</a>', "http://example.com: not https"),
        ('<a href="https://example">x</a>', "https://example: not an address"),
        ('<a href="https://example.com/a.">x</a>', "https://example.com/a.: not an address"),
        (
            '<a href="https://example.com/a">x</a><a href="https://example.com/A/">x</a>',
            "https://example.com/a: elsewhere it's https://example.com/A/",
        ),
        (
            '<a href="https://www.example.com">x</a><a href="https://www.exmaple.com">x</a>',
            "www.example.com and www.exmaple.com: one of them is misspelt",
        ),
    ],
)
def test_wrong(text: str, fault: str, tmp_path: Path) -> None:
    """Each kind of fault is told once."""
    assert faults(tmp_path, text) == [fault]


def test_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a page is an error, not a site without faults."""
    monkeypatch.setattr("sys.argv", ["check_site.py", str(tmp_path)])
    assert check_site.main() == 1
    assert "Run: make docs" in capsys.readouterr().err
