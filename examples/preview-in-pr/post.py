"""Put a comment on its pull request, in place of the last one: `python post.py comment.md`, after comment.py.

In GitHub Actions and GitLab CI the job's own variables say where; a token of theirs says who writes:

- GitHub: GITHUB_TOKEN, the job's own, an app's or a person's; NUMBER, the pull request's;
- GitLab: NOTES_TOKEN, a project's or a person's with the scope `api`.

The last comment is found by the first line, which isn't shown. That line alone proves nothing, as anybody may
write it: only a comment of the token's own user is edited. Ends with 0, or with 1 and one line that says why.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SECONDS = 30
"""How long the site may take for an answer."""
_PAGE = 100
# Each kind of token may ask it, unlike for its user's name: the job's own may not.
_COMMENTS = """query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    comments(first: 100, after: $after) {
      nodes { databaseId body viewerDidAuthor } pageInfo { hasNextPage endCursor } } } } }"""


class PostError(Exception):
    """The comment can't be put there; the text says why, and what to do."""


def main() -> int:
    """Read the comment, and put it where the environment says."""
    try:
        text, marker = _comment(sys.argv[1:])
        site = GitLab(os.environ) if os.environ.get("GITLAB_CI") else GitHub(os.environ)
        site.write(text, next((number for number, body in site.own() if _begins_with(body, marker)), None))
    except (PostError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (LookupError, TypeError, AttributeError) as error:
        print(f"error: the site's answer isn't as its API has it: {error!r}", file=sys.stderr)
        return 1
    return 0


class GitHub:
    """A pull request on GitHub."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        token = _token(environment, "GITHUB_TOKEN")
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        self._graph = _value(environment, "GITHUB_GRAPHQL_URL")
        self._repository = _value(environment, "GITHUB_REPOSITORY")
        self._number = _value(environment, "NUMBER")
        if not (self._number.isascii() and self._number.isdecimal()):
            raise PostError(f"NUMBER is {self._number!r}: set it to the pull request's number")
        self._issues = f"{_value(environment, 'GITHUB_API_URL')}/repos/{self._repository}/issues"

    def own(self) -> Iterator[tuple[int, str]]:
        """Give the token's own comments, by number and text."""
        owner, _, name = self._repository.partition("/")
        asked: dict[str, Any] = {"owner": owner, "name": name, "number": int(self._number), "after": None}
        while True:
            answer = _ask("POST", self._graph, self._headers, {"query": _COMMENTS, "variables": asked})
            if answer.get("errors"):
                raise PostError(f"{self._graph}: {answer['errors'][0].get('message')}")
            comments = answer["data"]["repository"]["pullRequest"]["comments"]
            for each in comments["nodes"]:
                if each["viewerDidAuthor"] is True:
                    yield each["databaseId"], each["body"]
            if not comments["pageInfo"]["hasNextPage"]:
                return
            asked["after"] = comments["pageInfo"]["endCursor"]

    def write(self, text: str, number: int | None) -> None:
        """Write the comment, in place of the numbered one if there is one."""
        if number is None:
            _ask("POST", f"{self._issues}/{self._number}/comments", self._headers, {"body": text})
        else:
            _ask("PATCH", f"{self._issues}/comments/{number}", self._headers, {"body": text})


class GitLab:
    """A merge request on GitLab."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._headers = {"PRIVATE-TOKEN": _token(environment, "NOTES_TOKEN")}
        self._api = _value(environment, "CI_API_V4_URL")
        project, request = (_value(environment, f"CI_{each}") for each in ("PROJECT_ID", "MERGE_REQUEST_IID"))
        self._notes = f"{self._api}/projects/{project}/merge_requests/{request}/notes"

    def own(self) -> Iterator[tuple[int, str]]:
        """Give the token's own comments, by number and text."""
        user = _ask("GET", f"{self._api}/user", self._headers)["id"]
        page = 1
        while notes := _ask("GET", f"{self._notes}?per_page={_PAGE}&page={page}", self._headers):
            for each in notes:
                if each["author"]["id"] == user and not each["system"]:
                    yield each["id"], each["body"]
            page += 1

    def write(self, text: str, number: int | None) -> None:
        """Write the comment, in place of the numbered one if there is one."""
        method, place = ("POST", self._notes) if number is None else ("PUT", f"{self._notes}/{number}")
        _ask(method, place, self._headers, {"body": text})


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no answer to another place: the token would go there, too."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _comment(arguments: list[str]) -> tuple[str, str]:
    """Read the comment, and the line by which it's found."""
    if len(arguments) != 1:
        raise PostError("name the file with the comment: python post.py comment.md")
    text = Path(arguments[0]).read_text(encoding="utf-8")
    marker = text.partition("\n")[0]
    if not (marker.startswith("<!-- ") and marker.endswith(" -->")):
        raise PostError(f"{arguments[0]} doesn't begin with the line of comment.py: make it with that")
    return text, marker


def _begins_with(body: str, marker: str) -> bool:
    return body.partition("\n")[0].rstrip("\r") == marker


def _value(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise PostError(f"{name} isn't set: the job's environment has to have it")
    return value


def _token(environment: Mapping[str, str], name: str) -> str:
    """Give a token that can be sent: the library would quote another one in its error."""
    token = _value(environment, name)
    if not re.fullmatch("[!-~]+", token):
        raise PostError(f"{name} has blanks or other characters that no token has: set it anew")
    return token


def _ask(method: str, url: str, headers: Mapping[str, str], body: Any = None) -> Any:
    """Call the site; its answer is JSON."""
    data = None if body is None else json.dumps(body).encode()
    sent = {**headers, "Content-Type": "application/json", "User-Agent": "preview-in-pr"}
    try:
        request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310 - the job's own site
        with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            told = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(300).decode(errors="replace").strip()
        raise PostError(f"{method} {url}: {error.code} {said}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PostError(f"{method} {url}: {error or type(error).__name__}") from None
    try:
        return json.loads(told)
    except ValueError:
        raise PostError(f"{method} {url}: an answer came that is no JSON") from None


if __name__ == "__main__":
    sys.exit(main())
