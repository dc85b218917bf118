"""What crosses the wire: a request, a response, and the parameters in between.

Both doors (`intercept` and `server`) make a `Request` and send a `Response`; `core.Cloud.handle` reads
the one and writes the other; every `responses` module reads its action's `Parameters`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError

if TYPE_CHECKING:
    from imagecache_simulator.ram.users import User

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_INDEX = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Request:
    """An HTTP request as it arrived, undecoded.

    Attributes:
        method: the HTTP method, upper-case.
        host: the Host header, with its port if it had one.
        path: the path of the URL.
        query: what followed the question mark, still percent-encoded.
        headers: by lower-case name.
        body: the body's bytes.
    """

    method: str
    host: str
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def query_pairs(self) -> list[tuple[str, str]]:
        """Return the decoded parameters of the query string, in their order."""
        return parse_qsl(self.query, keep_blank_values=True)

    def form_pairs(self) -> list[tuple[str, str]]:
        """Return the decoded parameters of a form body; another body has none."""
        if not self.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass(frozen=True)
class Response:
    """An HTTP response: status, headers and a JSON body, and what a fault does to it on its way.

    Attributes:
        delay: real seconds that it comes late.
        lost: why it never comes: the connection was `dropped`, or stays `silent`; empty: it comes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    delay: float = 0
    lost: str = ""

    @classmethod
    def of_json(cls, status: int, content: Any, **headers: str) -> Response:
        """Return a response with `content` as JSON; a header's underscores become hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(
            status=status,
            headers={"content-type": "application/json;charset=utf-8", **named},
            body=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(),
        )


class Parameters(Mapping[str, str]):
    """The parameters of one call: query and form body merged, lists and objects flattened as they came.

    Args:
        values: wire name to value, for instance `{"Image.1": "nginx", "Tag.1.Key": "team"}`.
        host: the host that the request was sent to.
        prefix: where these values stood in the whole call, for the messages of errors.

    Attributes:
        user: the RAM user who makes the call; None for the account itself.
    """

    def __init__(self, values: Mapping[str, str], host: str = "", prefix: str = "") -> None:
        self._values = dict(values)
        self.host = host
        self.prefix = prefix
        self.user: User | None = None

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str) -> str:
        """Return a parameter's value, an empty string if it is absent."""
        return self._values.get(name, "")

    def required(self, name: str) -> str:
        """Return a parameter's value; `MissingParameterError` if it is absent or empty."""
        if value := self.text(name):
            return value
        raise MissingParameterError(self.prefix + name)

    def integer(self, name: str, lowest: int, highest: int) -> int | None:
        """Return a whole number between two limits, None if absent; else `InvalidParameterError`."""
        text = self.text(name).strip()
        if not text:
            return None
        if _INTEGER.fullmatch(text) and lowest <= int(text) <= highest:
            return int(text)
        raise InvalidParameterError(self.prefix + name, f"It must be an integer from {lowest} to {highest}.")

    def number(self, name: str, lowest: float, highest: float) -> float | None:
        """Return a number between two limits, None if absent; `InvalidParameterError` for anything else."""
        text = self.text(name).strip()
        if not text:
            return None
        if _NUMBER.fullmatch(text) and lowest <= float(text) <= highest:
            return float(text)
        raise InvalidParameterError(
            self.prefix + name, f"It must be a number from {lowest:g} to {highest:g}."
        )

    def boolean(self, name: str) -> bool | None:
        """Return a truth value in any capitals, None if absent; `InvalidParameterError` if it is neither."""
        text = self.text(name).strip().lower()
        if not text:
            return None
        if text in {"true", "false"}:
            return text == "true"
        raise InvalidParameterError(self.prefix + name, "It must be true or false.")

    def texts(self, name: str) -> list[str]:
        """Return the values of `name.1`, `name.2`, … in the order of their numbers."""
        found = {}
        for key, value in self._values.items():
            head, _, index = key.rpartition(".")
            if head == name and _INDEX.fullmatch(index):
                found[int(index)] = value
        return [found[index] for index in sorted(found)]

    def ids(self, name: str, most: int = 100) -> list[str] | None:
        """Return the IDs of a JSON array, None if absent; `InvalidParameterError` for anything else."""
        text = self.text(name)
        if not text:
            return None
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise InvalidParameterError(self.prefix + name, "It is a JSON array of IDs.")
        if len(values) > most:
            raise InvalidParameterError(self.prefix + name, f"It names at most {most} IDs.")
        return values

    def objects(self, name: str) -> list[Parameters]:
        """Return `name.1.…`, `name.2.…` as parameters of their own, in the order of their numbers."""
        found: dict[int, dict[str, str]] = {}
        for key, value in self._values.items():
            if not key.startswith(name + "."):
                continue
            index, dot, rest = key[len(name) + 1 :].partition(".")
            if dot and _INDEX.fullmatch(index):
                found.setdefault(int(index), {})[rest] = value
        return [
            Parameters(found[index], self.host, f"{self.prefix}{name}.{index}.") for index in sorted(found)
        ]

    def names(self, name: str) -> bool:
        """Tell whether the call names a parameter, be it single, a list or objects."""
        return name in self._values or any(key.startswith(name + ".") for key in self._values)


def timestamp(moment: datetime) -> str:
    """Return a moment in the form of the wire: `2021-02-09T02:24:07Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
