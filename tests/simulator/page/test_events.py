"""Tests of the page's stream."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests as http_client
from typing_extensions import Self

from imagecache_simulator import Cloud, serve
from imagecache_simulator.core import Observer
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.page import events
from imagecache_simulator.server import Server, application


class Watched(Cloud):
    """An account that counts who follows it, and how often it is looked at."""

    followers = 0
    looks = 0

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Count a follower until it ends."""
        unsubscribe = super().subscribe(observer)
        self.followers += 1

        def end() -> None:
            self.followers -= 1
            unsubscribe()

        return end

    def settle(self) -> None:
        """Count a look."""
        self.looks += 1
        super().settle()


@pytest.fixture
def cloud() -> Watched:
    """Return an account that counts."""
    return Watched(seed=1)


@pytest.fixture
def server(cloud: Watched) -> Iterator[Server]:
    """Yield the account's server."""
    with serve(cloud) as server:
        yield server


class Stream:
    """A stream as a browser has it."""

    def __init__(self, server: Server) -> None:
        self._answer = http_client.get(f"{server.url}/_simulator/events", stream=True, timeout=10)
        assert self._answer.headers["content-type"].startswith("text/event-stream")
        self._lines = self._answer.iter_lines(chunk_size=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answer.close()

    def message(self) -> dict[str, Any]:
        """Return the next message; `StopIteration` when the stream has ended."""
        while True:
            line = next(self._lines).decode()
            if line.startswith("data: "):
                message: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return message


def until(seconds: float, reached: Callable[[], bool]) -> None:
    """Wait for what another thread does, at most so long."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_news(cloud: Watched, server: Server) -> None:
    """A stream begins with everything, and goes on with what happens, by request or not."""
    with Stream(server) as stream:
        assert stream.message()["account"]["id"] == cloud.account_id
        http_client.get(server.url, timeout=10)
        assert [entry["code"] for entry in stream.message()["requests"]] == ["MissingAction"]
        image = "registry-vpc.cn-hangzhou.aliyuncs.com/team/app:1"
        cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", (image,)), {})
        assert stream.message()["resources"]["image_caches"].keys() == {cache.image_cache_id}
        cloud.advance(600)
        change = stream.message()["resources"]["image_caches"][cache.image_cache_id]
        assert change["Status"] == "Ready"


def test_nothing_runs_unless_somebody_looks(cloud: Watched, server: Server) -> None:
    """A stream that its page left leaves nothing behind, and without one nobody looks at the account."""
    with Stream(server) as stream:
        stream.message()
        assert cloud.followers == 1
        looks = cloud.looks
        until(10, lambda: cloud.looks > looks)
    until(10, lambda: cloud.followers == 0)
    looks = cloud.looks
    with pytest.raises(AssertionError):
        until(1.2, lambda: cloud.looks > looks)


def test_server_ends_at_once(cloud: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that are open neither delay the server's end nor leave a thread or a follower."""
    monkeypatch.setattr(events, "TICK_SECONDS", 60)
    before = set(threading.enumerate())
    with serve(cloud) as server:
        streams = [Stream(server) for _ in range(3)]
        for stream in streams:
            stream.message()
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert set(threading.enumerate()) <= before
    assert cloud.followers == 0
    for stream in streams:
        with stream, pytest.raises(StopIteration):
            stream.message()


def test_no_stream_after_the_end(cloud: Watched) -> None:
    """A stream that is opened while the server ends is over at once."""
    closed = events.Events(cloud)
    closed.close()

    async def read() -> list[Any]:
        return [chunk async for chunk in closed.response().body_iterator]

    assert asyncio.run(read()) == ["retry: 1000\n\n"]


@pytest.mark.parametrize("path", ["/", "/_simulator/events", "/_simulator/page/page.js", "/_simulator/clock"])
def test_other_machines(cloud: Watched, path: str) -> None:
    """Another machine sees neither the page nor the stream, as it may not drive the simulator either."""
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"accept", b"text/html")],
        "client": ("192.0.2.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(cloud, events.Events(cloud))(scope, receive, send))
    assert sent[0]["status"] == 403
    assert b"only this machine" in sent[1]["body"]
