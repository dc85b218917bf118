"""Tests of the page's files: who gets them, how, and that they're in the package."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests as http_client

import imagecache_simulator
from imagecache_simulator import Cloud, serve
from imagecache_simulator.page import files
from imagecache_simulator.wire import Request

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
STATIC = Path(imagecache_simulator.__file__).parent / "page" / "static"


@pytest.fixture
def url() -> Iterator[str]:
    """Yield the address of a server."""
    with serve(Cloud()) as server:
        yield server.url


def test_browser_gets_the_page(url: str) -> None:
    """A browser that opens the server gets the page, under a strict policy, and nothing goes to the log."""
    answer = http_client.get(url, headers=BROWSER, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html;charset=utf-8"
    directives = answer.headers["content-security-policy"].split("; ")
    policy = {name: value for name, _, value in (each.partition(" ") for each in directives)}
    assert policy["default-src"] == "'none'"
    assert {policy[f"{kind}-src"] for kind in ("connect", "img", "script", "style")} == {"'self'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert http_client.get(f"{url}/_simulator/requests", timeout=10).json() == []


@pytest.mark.parametrize(
    ("method", "query", "headers"),
    [
        ("GET", "", {}),
        ("GET", "?Action=DescribeVpcs&Version=2016-04-28", BROWSER),
        ("GET", "", {**BROWSER, "x-acs-action": "DescribeVpcs", "x-acs-version": "2016-04-28"}),
        ("POST", "", BROWSER),
    ],
)
def test_clients_get_the_api(url: str, method: str, query: str, headers: dict[str, str]) -> None:
    """Whoever calls an action, or doesn't ask for HTML, reaches the API."""
    answer = http_client.request(method, f"{url}/{query}", headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["Code"]


def test_files(url: str) -> None:
    """Each file comes with its type; another name, or another method, is 404 in JSON."""
    for name, kind in files.TYPES.items():
        answer = http_client.get(f"{url}/_simulator/page/{name}", timeout=10)
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind};charset=utf-8")
        assert answer.headers["x-content-type-options"] == "nosniff"
    for name in ("other.js", "..%2Ffiles.py", ""):
        answer = http_client.get(f"{url}/_simulator/page/{name}", timeout=10)
        assert (answer.status_code, list(answer.json())) == (404, ["error"])
    assert http_client.post(f"{url}/_simulator/page/page.js", timeout=10).status_code == 404


def test_table_is_complete() -> None:
    """The table names each file of the folder, and the page asks for those only."""
    assert {each.name for each in STATIC.iterdir()} == files.TYPES.keys()
    named = re.findall(r'(?:href|src)="/_simulator/page/([^"]+)"', (STATIC / files.INDEX).read_text())
    imported = [
        name for each in STATIC.glob("*.js") for name in re.findall(r'from "\./([^"]+)"', each.read_text())
    ]
    assert {*named, *imported, files.INDEX} == files.TYPES.keys()


def test_text_only() -> None:
    """No script makes HTML of a text, and no file names another host."""
    for each in STATIC.iterdir():
        text = each.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
        assert re.findall(r"https?://[^\"\s]+", text) in ([], ["http://www.w3.org/2000/svg"])


def test_head() -> None:
    """A browser's HEAD is taken as its GET; of what a client accepts only HTML counts, in any capitals."""
    assert files.is_asked_for(Request("HEAD", "h", headers={"accept": "TEXT/HTML"}))
    assert not files.is_asked_for(Request("GET", "h", headers={"accept": "application/json"}))
    assert not files.is_asked_for(Request("GET", "h", path="/other", headers={"accept": "text/html"}))


def test_wheel(tmp_path: Path) -> None:
    """The wheel carries the page's files."""
    root = Path(__file__).parents[3]
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    assert {f"imagecache_simulator/page/static/{name}" for name in files.TYPES} <= names
