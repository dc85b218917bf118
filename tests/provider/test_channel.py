"""Tests of the channel to the engine: no proxy comes between, and no message is lost without a word.

The engine is a server of gRPC here, on this machine as the real one.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2_grpc

from imagecache_provider import channel
from imagecache_provider.dynamic import host
from imagecache_provider.plugin.engine import WARNING, Engine

NOBODY = "http://127.0.0.1:9"
TEXT = "vswitchIds: vsw-nosuch doesn't exist"
PROXIES = [case for name in ("https_proxy", "http_proxy", "grpc_proxy") for case in (name, name.upper())]
Say = Callable[[str], None]


class Listener(engine_pb2_grpc.EngineServicer):
    """An engine that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def Log(self, request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        """Keep a message."""
        self.told.append(request.message)
        return Empty()


@pytest.fixture
def listener() -> Listener:
    """An engine's ears."""
    return Listener()


@pytest.fixture
def address(listener: Listener) -> Iterator[str]:
    """Where the engine listens."""
    server = grpc.server(ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(listener, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0).wait()


def of_plugin(address: str, _monkeypatch: pytest.MonkeyPatch) -> Say:
    """The plugin's way to say something."""

    async def say(text: str) -> None:
        engine = Engine(address)
        await engine.log(WARNING, text, "urn:1")
        await engine.close()

    return lambda text: asyncio.run(say(text))


def of_dynamic(address: str, monkeypatch: pytest.MonkeyPatch) -> Say:
    """The dynamic front's way, in a process that looks like Pulumi's host."""
    main = ModuleType("__main__")
    vars(main)["DynamicResourceProviderServicer"] = object
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(sys, "argv", ["host", address])
    return host.warn


FRONTS = [of_plugin, of_dynamic]


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("spared", [{}, {"no_proxy": "elsewhere"}, {"NO_PROXY": "elsewhere"}])
@pytest.mark.parametrize("variable", PROXIES)
def test_past_proxies(
    front: Callable[..., Say],
    spared: dict[str, str],
    variable: str,
    listener: Listener,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever proxy leads out of this machine, a message to the engine goes past it."""
    for name in (*PROXIES, "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {variable: NOBODY, **spared}.items():
        monkeypatch.setenv(name, value)
    front(address, monkeypatch)(TEXT)
    assert listener.told == [TEXT]


@pytest.mark.parametrize("front", FRONTS)
def test_missed(
    front: Callable[..., Say], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message that the engine doesn't take is written to stderr, with the reason."""
    front("127.0.0.1:1", monkeypatch)(TEXT)
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count(TEXT)) == ("", 1)
    assert "the engine didn't take the message: UNAVAILABLE" in shown.err


def test_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stderr is closed as well, as after an engine that was killed, nothing is raised."""

    class Closed:
        def write(self, _: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    channel.say_beside(TEXT, "UNAVAILABLE")
