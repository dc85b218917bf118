"""TLS for the server's second port, with a certificate that is made at start and gone at the end.

`server` listens with it. The alicloud plugin changes and deletes security group rules over HTTPS whatever its
`protocol` says. Source: spec/networking.md section 3.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import certifi
import trustme
import uvicorn


@dataclass(frozen=True)
class Tls:
    """A port with TLS.

    Attributes:
        listener: its socket.
        context: its certificate.
        ca_file: the authorities that its clients have to trust: its own and the public ones, so that a
            process with that file as its SSL_CERT_FILE reaches the rest of the world as before.
    """

    listener: socket.socket
    context: ssl.SSLContext
    ca_file: Path


@contextmanager
def certified(listener: socket.socket, host: str) -> Iterator[Tls]:
    """Make a certificate of a host and of loopback for a socket; its file is there until the block ends."""
    authority = trustme.CA(organization_name="imagecache simulator")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*dict.fromkeys([host, "localhost", "127.0.0.1", "::1"])).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="imagecache-simulator-") as folder:
        ca_file = Path(folder) / "ca.pem"
        ca_file.write_bytes(authority.cert_pem.bytes() + Path(certifi.where()).read_bytes())
        yield Tls(listener, context, ca_file)


class TlsServer(uvicorn.Server):
    """A server that listens with TLS beside its plain sockets.

    Args:
        config: the server's.
        tls: the port with TLS; None for none.
    """

    def __init__(self, config: uvicorn.Config, tls: Tls | None) -> None:
        super().__init__(config)
        self._tls = tls

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on all sockets."""
        await super().startup(sockets)
        if self._tls is None:
            return
        loop = asyncio.get_running_loop()
        tls = self._tls
        self.servers.append(await loop.create_server(self._connection, sock=tls.listener, ssl=tls.context))

    def _connection(self) -> asyncio.Protocol:
        make = self.config.http_protocol_class
        protocol: asyncio.Protocol = make(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol
