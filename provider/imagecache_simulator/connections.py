"""The server's connections, which faults hold up or reset."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from imagecache_simulator.wire import Response


class Connection(H11Protocol):
    """A connection that faults can hold or reset; its requests find it as `scope["state"]["connection"]`.

    Attributes:
        held: it waits because of a fault, and needn't be waited for when the server stops.
    """

    held = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": self}

    def shutdown(self) -> None:
        """End with the server."""
        if self.held:
            self.reset()
        super().shutdown()
        # Under TLS a closed connection would wait for the client's farewell, and that client may be idle.
        if self.transport.get_extra_info("ssl_object") and (not self.cycle or self.cycle.response_complete):
            self.transport.abort()

    def reset(self) -> None:
        """Close without a farewell: with no time to linger, the system sends a reset."""
        linger = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()


async def held(scope: Scope, receive: Receive, response: Response) -> bool:
    """Do to a connection what faults ask for; tell whether that was its end."""
    if not (response.delay or response.lost):
        return False
    connection: Connection = scope["state"]["connection"]
    connection.held = True
    # The body is read: what comes next is the end of the connection.
    end = asyncio.ensure_future(receive())
    await asyncio.wait({end}, timeout=response.delay)
    if response.lost == "dropped":
        connection.reset()
    if response.lost:
        await end
    connection.held = False
    if end.done():
        return True
    end.cancel()
    return False
