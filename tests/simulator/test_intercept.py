"""Tests of the door inside a process."""

from __future__ import annotations

import pytest
import requests as http_client

from imagecache_simulator import Cloud, ManualClock, mock_cloud, serve

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


def test_closed_when_left_by_an_error() -> None:
    """The door is closed when the block is left by an error."""

    def fail() -> None:
        with mock_cloud():
            raise RuntimeError("on purpose")

    original = http_client.adapters.HTTPAdapter.send
    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert http_client.adapters.HTTPAdapter.send is original
