"""Tests of what the plugin tells the engine, which listens here over a real connection."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from imagecache_provider.plugin.engine import INFO, Engine, Progress
from imagecache_provider.plugin.protocol import engine_pb2_grpc


class Listener(engine_pb2_grpc.EngineServicer):
    """An engine that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, bool]] = []

    async def Log(self, request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        """Keep a message."""
        self.told.append((request.message, request.urn, request.ephemeral))
        return Empty()


class Ticks:
    """A clock that stands where the test puts it."""

    def __init__(self) -> None:
        self.at = 0.0

    def seconds(self) -> float:
        """The test's seconds."""
        return self.at


def test_log() -> None:
    """A message arrives with its resource; progress arrives as what is shown for the moment."""

    async def tell() -> list[tuple[str, str, bool]]:
        listener, server = Listener(), grpc.aio.server()
        engine_pb2_grpc.add_EngineServicer_to_server(listener, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        engine = Engine(f"127.0.0.1:{port}")
        await engine.log(INFO, "replaced", "urn:1")
        engine.progress("urn:2", Ticks(), lambda text: text.replace("hidden", "[secret]"))("hidden, 2 s")  # type: ignore[arg-type] # it needs the seconds alone
        await engine.close()
        await server.stop(0)
        return listener.told

    assert asyncio.run(tell()) == [("replaced", "urn:1", False), ("[secret], 2 s", "urn:2", True)]


def test_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    """A message that the engine doesn't take is written to stderr, once; progress isn't. Nothing fails."""

    async def tell() -> None:
        await Engine().log(INFO, "to nobody", "urn:1")
        gone = Engine("127.0.0.1:1")
        await gone.log(INFO, "replaced", "urn:1")
        await gone.log(INFO, "2 s", "urn:1", ephemeral=True)
        await gone.close()

    asyncio.run(tell())
    assert capsys.readouterr() == (
        "",
        "replaced\n  (written here, as the engine didn't take the message: UNAVAILABLE)\n",
    )


def test_few_lines() -> None:
    """Progress is a line every few seconds at most, however often it's told."""
    clock = Ticks()
    lines: list[str] = []
    progress = Progress(lines.append, clock)  # type: ignore[arg-type] # it needs the seconds alone
    for second in range(10):
        clock.at = second
        progress(f"{second} s")
    progress("Ready after 9 s", last=True)
    assert lines == ["0 s", "4 s", "8 s", "Ready after 9 s"]


def test_closed() -> None:
    """An engine in whose place another one was named meanwhile fails nothing: what was told it is dropped."""

    async def tell() -> list[BaseException]:
        unhandled: list[BaseException] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: unhandled.append(context["exception"])
        )
        replaced = Engine("127.0.0.1:1")
        progress = replaced.progress("urn:1", Ticks(), str)  # type: ignore[arg-type] # it needs the seconds alone
        await replaced.close()
        await replaced.log(INFO, "x", "urn:1")
        progress("1 s")
        await replaced.close()
        gc.collect()
        return unhandled

    assert asyncio.run(tell()) == []
