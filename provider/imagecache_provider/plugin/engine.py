"""What the plugin tells the engine unasked: messages, and how a resource gets on.

`servicer` makes one `Engine` from the address of the Handshake (or of Attach) and a `Progress` an operation.
Telling never fails an operation: a message that the engine doesn't take is written to stderr. Only
progress, which is shown for the moment, is lost then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import grpc

from imagecache_provider import channel
from imagecache_provider.clock import Clock
from imagecache_provider.plugin.protocol import engine_pb2, engine_pb2_grpc

INFO = engine_pb2.INFO
WARNING = engine_pb2.WARNING
_BETWEEN_LINES = 4.0
"""Seconds between two lines of one resource's progress; the display is for people."""


class Engine:
    """The engine that runs this plugin.

    Args:
        address: host:port of its gRPC server; empty while there is none, and nothing is told then.
    """

    def __init__(self, address: str = "") -> None:
        self._channel = grpc.aio.insecure_channel(address, options=channel.OPTIONS) if address else None
        self._telling: set[asyncio.Task[None]] = set()

    async def log(self, severity: int, text: str, urn: str, *, ephemeral: bool = False) -> None:
        """Show a message at a resource.

        Args:
            severity: INFO or WARNING.
            text: for people; may have several lines.
            urn: the resource; empty for a message of the whole run.
            ephemeral: shown in the resource's status line until the next one, and kept nowhere.
        """
        if self._channel is None:
            return
        request = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)  # type: ignore[arg-type] # protobuf's enum is an int
        try:
            await engine_pb2_grpc.EngineStub(self._channel).Log(request)  # type: ignore[misc] # the stub's types are those of a blocking channel
        except grpc.aio.AioRpcError as error:
            if not ephemeral:
                channel.say_beside(text, error.code().name)
        except grpc.aio.UsageError:  # the connection was closed: another engine was named meanwhile
            if not ephemeral:
                channel.say_beside(text, "closed")

    def progress(self, urn: str, clock: Clock, shown: Callable[[str], str]) -> Progress:
        """Give what tells how one resource gets on; `shown` takes secrets out of a text."""
        return Progress(lambda text: self._tell(self.log(INFO, shown(text), urn, ephemeral=True)), clock)

    def _tell(self, telling: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(telling)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        """End the connection, after what is being told."""
        await asyncio.gather(*self._telling, return_exceptions=True)
        if self._channel is not None:
            await self._channel.close()


class Progress:
    """How one resource gets on, at most one line every few seconds.

    Args:
        tell: shows a line.
        clock: what passes between lines.
    """

    def __init__(self, tell: Callable[[str], None], clock: Clock) -> None:
        self._tell = tell
        self._clock = clock
        self._told: float | None = None

    def __call__(self, text: str, *, last: bool = False) -> None:
        """Show a line, unless one is only just there; the last one always."""
        now = self._clock.seconds()
        if not last and self._told is not None and now - self._told < _BETWEEN_LINES:
            return
        self._told = now
        self._tell(text)
