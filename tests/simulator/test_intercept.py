"""Tests of the door inside a process."""

from __future__ import annotations

import asyncio
import inspect
import unittest
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests as http_client

from imagecache_simulator import Cloud, ManualClock, mock_cloud, serve
from imagecache_simulator.wire import Request, Response

CALL = "http://eci.aliyuncs.com/?Action=DescribeRegions"


@pytest.mark.parametrize(
    "url",
    [
        "https://eci.aliyuncs.com",
        "https://vpc.cn-hangzhou.aliyuncs.com/?Action=A",
        "http://location.aliyuncs.com:80/",
    ],
)
def test_endpoints(url: str) -> None:
    """Each host under aliyuncs.com is answered, with or without TLS, port, path and query."""
    with mock_cloud() as cloud:
        for method in ("GET", "POST"):
            answer = http_client.request(method, url, timeout=10)
            assert answer.json()["RequestId"]
    assert len(cloud.requests) == 2


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://aliyuncs.com.example.com/", "http://192.0.2.1/"]
)
def test_other_hosts(url: str) -> None:
    """A call to another host is refused: a test doesn't reach the internet unnoticed."""
    with mock_cloud(), pytest.raises(http_client.ConnectionError):
        http_client.get(url, timeout=10)


def test_loopback_stays_reachable() -> None:
    """Servers of this machine are real."""
    with serve(Cloud()) as server, mock_cloud() as cloud:
        answer = http_client.get(f"{server.url}/_simulator/clock", timeout=10)
        assert answer.json() == {"now": "2026-01-01T00:00:00Z"}
    assert not cloud.requests


def test_given_account() -> None:
    """An account that's passed in is the one that answers; a new one has a clock that stands still."""
    account = Cloud()
    with mock_cloud(account) as cloud:
        http_client.get(CALL, timeout=10)
    assert cloud is account
    assert len(account.requests) == 1
    with mock_cloud() as fresh:
        assert isinstance(fresh.clock, ManualClock)


def test_decorator() -> None:
    """As a decorator it's a new account on each call, and nothing is intercepted outside."""
    account = Cloud()

    @mock_cloud(account)
    def code() -> int:
        return http_client.get(CALL, timeout=10).status_code

    assert code() == code() == 400
    assert len(account.requests) == 2


def test_bare_decorator() -> None:
    """Without brackets it decorates as well: a new account on each call, name and arguments kept."""

    @mock_cloud
    def code(path: str, *, method: str = "GET") -> int:
        """Call the cloud."""
        return http_client.request(method, CALL + path, timeout=10).status_code

    assert code("&A=1", method="POST") == 400
    assert (code.__name__, code.__doc__) == ("code", "Call the cloud.")
    assert list(inspect.signature(code).parameters) == ["path", "method"]


def called() -> int:
    """Call the cloud, from code that isn't asynchronous."""
    return http_client.get(CALL, timeout=10).status_code


@pytest.mark.parametrize("decorate", [mock_cloud, mock_cloud()])
def test_decorated_coroutine(decorate: Callable[[Any], Any]) -> None:
    """A coroutine function is decorated for as long as it runs, and stays one."""

    @decorate
    async def code() -> int:
        await asyncio.sleep(0)
        return called()

    assert inspect.iscoroutinefunction(code)
    assert asyncio.run(code()) == 400


def test_decorated_class() -> None:
    """Of a class the test methods are decorated, each with a new account, and no other."""
    patched = []
    original = http_client.adapters.HTTPAdapter.send

    @mock_cloud()
    class Tests:
        def test_one(self, number: int) -> int:
            return number + http_client.get(CALL, timeout=10).status_code

        def other(self) -> None:
            patched.append(http_client.adapters.HTTPAdapter.send is not original)

    assert Tests().test_one(1) == 401
    Tests().other()
    assert patched == [False]


def test_decorated_case() -> None:
    """Of a unittest.TestCase each test is decorated with its setUp and what it cleans up."""
    account = Cloud()

    @mock_cloud(account)
    class Tests(unittest.TestCase):
        def setUp(self) -> None:
            self.addCleanup(http_client.get, CALL, timeout=10)
            http_client.get(CALL, timeout=10)

        def test_one(self) -> None:
            http_client.get(CALL, timeout=10)

        def test_two(self) -> None:
            raise RuntimeError("on purpose")

    original = http_client.adapters.HTTPAdapter.send
    result = unittest.defaultTestLoader.loadTestsFromTestCase(Tests).run(unittest.TestResult())
    assert (result.testsRun, len(result.errors)) == (2, 1)
    assert "on purpose" in result.errors[0][1]
    assert len(account.requests) == 5
    assert http_client.adapters.HTTPAdapter.send is original


def test_what_cannot_be_decorated() -> None:
    """A generator is refused, as its body runs later, and so is what is neither account nor function."""

    def generator() -> Iterator[int]:
        yield 1

    with pytest.raises(TypeError, match="generator"):
        mock_cloud(generator)
    with pytest.raises(TypeError, match="it got str"):
        mock_cloud("cn-hangzhou")  # type: ignore[call-overload]


def test_nested() -> None:
    """The innermost account answers, and the outer one again afterwards; a context may be entered twice."""
    outer = mock_cloud(Cloud())
    with outer as first:
        with mock_cloud() as second:
            http_client.get(CALL, timeout=10)
        with outer as again:
            http_client.get(CALL, timeout=10)
        http_client.get(CALL, timeout=10)
    assert again is first
    assert (len(first.requests), len(second.requests)) == (2, 1)


@pytest.mark.parametrize(("timeout", "slept"), [(10, [3.0]), (2, [2.0]), ((2, 5), [3.0]), (None, [3.0])])
def test_latency_that_is_waited_for(timeout: Any, slept: list[float]) -> None:
    """With a way to sleep, a latency takes its time, and no longer than the client waits."""
    waited: list[float] = []
    with mock_cloud(Late(), sleep=waited.append):
        if timeout == 2:
            with pytest.raises(http_client.ReadTimeout, match="read timeout=2"):
                http_client.get(CALL, timeout=timeout)
        else:
            assert http_client.get(CALL, timeout=timeout).status_code == 400
    assert waited == slept


class Late(Cloud):
    """An account that answers after three seconds."""

    def handle(self, request: Request) -> Response:
        """Answer late."""
        return replace(super().handle(request), delay=3.0)


def test_closed_when_left_by_an_error() -> None:
    """The door is closed when the block is left by an error."""

    def fail() -> None:
        with mock_cloud():
            raise RuntimeError("on purpose")

    original = http_client.adapters.HTTPAdapter.send
    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert http_client.adapters.HTTPAdapter.send is original
