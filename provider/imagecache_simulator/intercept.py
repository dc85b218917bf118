"""The door inside a process: while `mock_cloud` is open, calls made with `requests` end here.

For tests of code that runs in the test's own process; everything else goes through `server`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import responses
from requests import PreparedRequest

from imagecache_simulator.core import Cloud
from imagecache_simulator.wire import Request

ENDPOINTS = re.compile(r"https?://([A-Za-z0-9-]+\.)+aliyuncs\.com(:[0-9]+)?(/|\?|$)")
LOOPBACK = re.compile(r"https?://(127\.[0-9.]+|localhost|\[::1\])([:/?]|$)")


@contextmanager
def mock_cloud(cloud: Cloud | None = None) -> Iterator[Cloud]:
    """Answer every call to `*.aliyuncs.com` from a simulated account; also a decorator.

    Loopback stays reachable; a call to any other host is refused, as `responses` does. Code that doesn't
    use `requests` (aiohttp, other processes) isn't reached: see `serve`.

    Args:
        cloud: the account; a new one on a `ManualClock` unless given.

    Yields:
        The account.
    """
    account = cloud or Cloud()

    def answer(prepared: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        response = account.handle(_request(prepared))
        return response.status, dict(response.headers), response.body

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru(LOOPBACK)
        for method in (responses.POST, responses.GET):
            mock.add_callback(method, ENDPOINTS, callback=answer, content_type=None)
        yield account


def _request(prepared: PreparedRequest) -> Request:
    url = urlsplit(prepared.url or "")
    headers = {name.lower(): _text(value) for name, value in prepared.headers.items()}
    body = prepared.body or b""
    return Request(
        method=prepared.method or "",
        host=headers.get("host") or url.netloc,
        path=url.path,
        query=url.query,
        headers={"host": url.netloc, **headers},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
