"""The door inside a process: while `mock_cloud` is open, calls made with `requests` end here.

For tests of code that runs in the test's own process; everything else goes through `server`.
"""

from __future__ import annotations

import functools
import inspect
import re
import unittest
from collections.abc import Callable
from typing import Any, TypeVar, cast, overload
from urllib.parse import urlsplit

import responses
from requests import PreparedRequest
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ReadTimeout

from imagecache_simulator.core import Cloud
from imagecache_simulator.wire import Request, Response

ENDPOINTS = re.compile(r"https?://([A-Za-z0-9-]+\.)+aliyuncs\.com(:[0-9]+)?(/|\?|$)")
LOOPBACK = re.compile(r"https?://(127\.[0-9.]+|localhost|\[::1\])([:/?]|$)")

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


@overload
def mock_cloud(
    cloud: Cloud | None = None, *, sleep: Callable[[float], object] | None = None
) -> MockedCloud: ...


@overload
def mock_cloud(cloud: _Decorated) -> _Decorated: ...


def mock_cloud(
    cloud: Cloud | Callable[..., Any] | None = None, *, sleep: Callable[[float], object] | None = None
) -> Any:
    """Answer every call to `*.aliyuncs.com` from a simulated account.

    A context, `with mock_cloud() as cloud:`, and a decorator of functions, coroutine functions and classes,
    `@mock_cloud()` or `@mock_cloud`. Of a class it decorates the methods whose names begin with `test`, of a
    `unittest.TestCase` each test with its `setUp`. Loopback stays reachable; a call to any other host is
    refused, as `responses` does. Code that doesn't use `requests` (aiohttp, other processes) isn't reached:
    see `serve`.

    Args:
        cloud: the account; a new one on a `ManualClock` each time unless given.
        sleep: `time.sleep`, if faults of latency are to take their time. A latency that is longer than the
            client's timeout is a timeout at once, either way.

    Returns:
        The context, which yields the account; or what was decorated.

    Raises:
        TypeError: what is decorated can't be.
    """
    if cloud is None or isinstance(cloud, Cloud):
        return MockedCloud(cloud, sleep)
    if not callable(cloud):
        raise TypeError(f"mock_cloud takes a Cloud, or decorates: it got {type(cloud).__name__}")
    return MockedCloud(None, None)(cloud)


class MockedCloud:
    """What `mock_cloud` returns: a context, which can be entered again, and a decorator."""

    def __init__(self, cloud: Cloud | None, sleep: Callable[[float], object] | None) -> None:
        self._cloud = cloud
        self._sleep = sleep
        self._open: list[responses.RequestsMock] = []

    def __enter__(self) -> Cloud:
        account = self._cloud or Cloud()
        mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        mock.add_passthru(LOOPBACK)
        for method in (responses.POST, responses.GET):
            mock.add_callback(method, ENDPOINTS, callback=self._answer(account), content_type=None)
        mock.start()
        self._open.append(mock)
        return account

    def __exit__(self, *_: object) -> None:
        self._open.pop().stop()

    def __call__(self, decorated: _Decorated) -> _Decorated:
        """Decorate a function, a coroutine function or a class."""
        if inspect.isclass(decorated):
            return cast("_Decorated", self._decorate_class(decorated))
        if inspect.isgeneratorfunction(decorated) or inspect.isasyncgenfunction(decorated):
            raise TypeError(f"mock_cloud can't decorate a generator: open it within {decorated.__name__}")
        if inspect.iscoroutinefunction(decorated):
            return cast("_Decorated", self._decorate_coroutine(decorated))

        @functools.wraps(decorated)
        def inside(*args: Any, **named: Any) -> Any:
            with self:
                return decorated(*args, **named)

        return cast("_Decorated", inside)

    def _decorate_coroutine(self, decorated: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(decorated)
        async def inside(*args: Any, **named: Any) -> Any:
            with self:
                return await decorated(*args, **named)

        return inside

    def _decorate_class(self, decorated: type) -> type:
        if issubclass(decorated, unittest.TestCase):
            self._decorate_case(decorated)
            return decorated
        for name, method in list(vars(decorated).items()):
            if name.startswith("test") and inspect.isfunction(method):
                setattr(decorated, name, self(method))
        return decorated

    def _decorate_case(self, case: type[unittest.TestCase]) -> None:
        """Open the door before `setUp`, and close it after what a test cleans up."""
        prepare = case.setUp

        @functools.wraps(prepare)
        def inside(test: unittest.TestCase) -> None:
            self.__enter__()
            test.addCleanup(self.__exit__)
            prepare(test)

        setattr(case, "setUp", inside)  # noqa: B010 - mypy knows no other way to give a class a method

    def _answer(self, account: Cloud) -> Callable[[PreparedRequest], tuple[int, dict[str, str], bytes]]:
        def answer(prepared: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
            response = account.handle(_request(prepared))
            self._suffer(prepared, response)
            return response.status, dict(response.headers), response.body

        return answer

    def _suffer(self, prepared: PreparedRequest, response: Response) -> None:
        """Do to a call what faults ask for."""
        timeout = _read_timeout(prepared)
        late = timeout is not None and response.delay > timeout
        if self._sleep is not None and response.delay:
            self._sleep(timeout if late and timeout is not None else response.delay)
        if late or response.lost == "silent":
            raise ReadTimeout(f"Read timed out. (read timeout={timeout})", request=prepared)
        if response.lost:
            reset = ConnectionResetError(104, "Connection reset by peer")
            raise RequestsConnectionError("Connection aborted.", reset, request=prepared)


def _read_timeout(prepared: PreparedRequest) -> float | None:
    """Return how long the client waits for an answer, in seconds; None: for ever, or nobody knows."""
    timeout = getattr(prepared, "req_kwargs", {}).get("timeout")
    value = timeout[1] if isinstance(timeout, tuple) else timeout
    return float(value) if isinstance(value, (int, float)) else None


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
