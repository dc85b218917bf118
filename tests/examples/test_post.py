"""The comment finds its place on the pull request: examples/preview-in-pr/post.py beside doubles of sites."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

POST = Path(__file__).resolve().parents[2] / "examples" / "preview-in-pr" / "post.py"
MARKER = "<!-- image caches: caches/prod -->"
OURS, THEIRS = 41, 7
TOKEN = "correct-horse"
SITES = pytest.mark.parametrize("site", ["github", "gitlab"], indirect=True)


class Site:
    """A site with the comments of pull request 5, as either API tells of them.

    Attributes:
        comments: author, and text, by number.
        writes: method and path of each call that wrote.
        moved_to: an address that each answer points to, if any.
        raw: what each answer is instead, if anything.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.comments: dict[int, tuple[int, str]] = {}
        self.writes: list[tuple[str, str]] = []
        self.moved_to = ""
        self.raw: bytes | None = None
        site = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815 - the library's names

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def comment(self, author: int, text: str) -> int:
        """Write a comment by somebody; give its number."""
        number = 1000 + len(self.comments)
        self.comments[number] = (author, text)
        return number

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        """Answer a call."""
        told = call.headers["Authorization"] or call.headers["PRIVATE-TOKEN"]
        length = int(call.headers["Content-Length"] or 0)
        body = json.loads(call.rfile.read(length) or b"null")
        status, said = (200, self.find(call, body)) if TOKEN in told.split() else (401, {"message": "who?"})
        call.send_response(302 if self.moved_to else status)
        if self.moved_to:
            call.send_header("Location", self.moved_to)
        call.end_headers()
        call.wfile.write(json.dumps(said).encode() if self.raw is None else self.raw)

    def find(self, call: BaseHTTPRequestHandler, body: Any) -> Any:
        """Read or write what a call names."""
        path = urlsplit(call.path).path
        if path == "/graphql":
            return self.graph(body["variables"])
        if path == "/user":
            return {"id": OURS}
        if call.command == "GET":
            first = 100 * (int(parse_qs(urlsplit(call.path).query)["page"][0]) - 1)
            listed = [
                {"id": number, "author": {"id": author}, "body": text, "system": False}
                for number, (author, text) in self.comments.items()
            ]
            return listed[first : first + 100]
        self.writes.append((call.command, path))
        if call.command == "POST":
            return {"id": self.comment(OURS, body["body"])}
        number = int(path.rpartition("/")[2])
        self.comments[number] = (self.comments[number][0], body["body"])
        return {"id": number}

    def graph(self, asked: dict[str, Any]) -> Any:
        """Answer GitHub's query for a page of comments."""
        assert (asked["owner"], asked["name"], asked["number"]) == ("org", "repo", 5)
        first = int(asked["after"] or 0)
        nodes = [
            {"databaseId": number, "body": text, "viewerDidAuthor": author == OURS}
            for number, (author, text) in self.comments.items()
        ]
        page = {"hasNextPage": len(nodes) > first + 100, "endCursor": str(first + 100)}
        comments = {"nodes": nodes[first : first + 100], "pageInfo": page}
        return {"data": {"repository": {"pullRequest": {"comments": comments}}}}

    def post(self, file: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run post.py as a job of this site, without any package installed."""
        environment = {
            "github": {
                "GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": self.url,
                "GITHUB_GRAPHQL_URL": f"{self.url}/graphql",
                "GITHUB_REPOSITORY": "org/repo", "NUMBER": "5",
            },
            "gitlab": {
                "GITLAB_CI": "true", "NOTES_TOKEN": TOKEN, "CI_API_V4_URL": self.url, "CI_PROJECT_ID": "3",
                "CI_MERGE_REQUEST_IID": "5",
            },
        }[self.kind]  # fmt: skip
        return subprocess.run(
            [sys.executable, "-S", str(POST), str(file)],
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Yield a site that answers."""
    site = Site(request.param)
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a comment's file."""
    file = tmp_path / "comment.md"
    file.write_text(f"{MARKER}\n\nnew\n")
    return file


@SITES
def test_first_comment(site: Site, file: Path) -> None:
    """Where there's none yet, the comment is written."""
    assert site.post(file).returncode == 0
    assert list(site.comments.values()) == [(OURS, f"{MARKER}\n\nnew\n")]


@SITES
def test_own_comment_is_edited(site: Site, file: Path) -> None:
    """The next run edits its own comment, of the same stack, however many others were written since."""
    for _ in range(120):
        site.comment(THEIRS, "hello")
    other_stack = site.comment(OURS, "<!-- image caches: caches/production -->\n\nother")
    quoting = site.comment(OURS, f"as in {MARKER}")
    ours = site.comment(OURS, f"{MARKER}\r\n\r\nold")
    assert site.post(file).returncode == 0
    assert site.comments[ours] == (OURS, f"{MARKER}\n\nnew\n")
    assert site.comments[other_stack][1].endswith("other")
    assert site.comments[quoting][1].startswith("as in")
    assert [method for method, _ in site.writes] == ["PATCH" if site.kind == "github" else "PUT"]


@SITES
def test_comment_of_others_is_left_alone(site: Site, file: Path) -> None:
    """The same line in a comment of somebody else's is no reason to edit it."""
    theirs = site.comment(THEIRS, f"{MARKER}\n\nmine!")
    assert site.post(file).returncode == 0
    assert site.comments.pop(theirs) == (THEIRS, f"{MARKER}\n\nmine!")
    assert list(site.comments.values()) == [(OURS, f"{MARKER}\n\nnew\n")]


@SITES
def test_what_goes_wrong(site: Site, file: Path) -> None:
    """A refused call, a missing variable and another file are one line each, without the token."""
    name = {"github": "GITHUB_TOKEN", "gitlab": "NOTES_TOKEN"}[site.kind]
    other = file.with_name("other.md")
    other.write_text("hello\n")
    for done, said in (
        (site.post(file, **{name: "wrong-horse"}), '401 {"message": "who?"}'),
        (site.post(file, **{name: ""}), f"error: {name} isn't set: the job's environment has to have it"),
        (site.post(other), f"error: {other} doesn't begin with the line of comment.py: make it with that"),
        (site.post(file.with_name("none.md")), "No such file"),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
        assert "horse" not in done.stderr
    assert site.comments == {}


@SITES
def test_token_stays(site: Site, file: Path) -> None:
    """An answer that points elsewhere isn't followed there, as the token would go along."""
    site.moved_to = f"{site.url}/user"
    done = site.post(file)
    assert done.returncode == 1
    assert ": 302 " in done.stderr


@SITES
@pytest.mark.parametrize("token", ["correct-\nhorse", "correct horse", "correct-horse€", "correct-\x07horse"])
def test_token_that_cannot_be_sent(site: Site, file: Path, token: str) -> None:
    """A token that was pasted wrong is told by its variable, and never shown."""
    name = {"github": "GITHUB_TOKEN", "gitlab": "NOTES_TOKEN"}[site.kind]
    done = site.post(file, **{name: token})
    assert (done.returncode, done.stderr) == (
        1,
        f"error: {name} has blanks or other characters that no token has: set it anew\n",
    )


@SITES
def test_blanks_around_values(site: Site, file: Path) -> None:
    """A line's end behind a token or an address, as files have it, is no part of it."""
    name = {"github": "GITHUB_TOKEN", "gitlab": "NOTES_TOKEN"}[site.kind]
    assert site.post(file, **{name: f" {TOKEN}\n"}).returncode == 0
    assert len(site.comments) == 1


@SITES
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<html>", "an answer came that is no JSON"),
        (b"", "an answer came that is no JSON"),
        (b"\xff\xfe\xff", "an answer came that is no JSON"),
        (b"null", "the site's answer isn't as its API has it"),
        (b"[]", "the site's answer isn't as its API has it"),
        (b'{"data": null}', "the site's answer isn't as its API has it"),
    ],
)
def test_odd_answers(site: Site, file: Path, raw: bytes, said: str) -> None:
    """An answer of a proxy, or of another site, is one line too."""
    site.raw = raw
    done = site.post(file)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr


@SITES
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/a b", "http://127.0.0.1:port", "http://[::1", "here"]
)
def test_address_that_leads_nowhere(site: Site, file: Path, address: str) -> None:
    """An address that can't be called is one line as well."""
    name = {"github": "GITHUB_GRAPHQL_URL", "gitlab": "CI_API_V4_URL"}[site.kind]
    done = site.post(file, **{name: address})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert address in done.stderr


@pytest.mark.parametrize("number", ["five", "5/../6", "-5", "\u0665"])
@pytest.mark.parametrize("site", ["github"], indirect=True)
def test_number_of_no_pull_request(site: Site, file: Path, number: str) -> None:
    """A number is digits: it's a part of the address that is called."""
    done = site.post(file, NUMBER=number)
    assert (done.returncode, done.stderr) == (
        1,
        f"error: NUMBER is {number!r}: set it to the pull request's number\n",
    )
