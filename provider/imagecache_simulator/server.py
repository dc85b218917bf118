"""The door outside the process: an HTTP server, for `pulumi up`, other languages and async clients.

`python -m imagecache_simulator` runs it, and tests run it in a thread with `serve`.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from imagecache_simulator import control
from imagecache_simulator.connections import Connection, held
from imagecache_simulator.core import Cloud
from imagecache_simulator.exceptions import ApiError, InternalError, RequestTooLargeError
from imagecache_simulator.page import files
from imagecache_simulator.page.events import Events
from imagecache_simulator.tls import Tls, TlsServer, certified
from imagecache_simulator.wire import Request, Response

LARGEST_BODY = 1 << 20
# What the providers call, as they spell it in endpoints.
_PRODUCTS = ("vpc", "ecs", "eci", "sts", "location", "resourcemanager", "bssopenapi")
_LOOPBACK = ("127.", "::1", "::ffff:127.")
_LOOPBACK_NAME = re.compile(r"(127\.[0-9.]+|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Server:
    """A server that listens.

    Attributes:
        cloud: the account behind it.
        endpoint: `host:port`, as clients take it.
        tls_endpoint: the same for HTTPS; empty without TLS.
        ca_file: what clients of `tls_endpoint` trust, by SSL_CERT_FILE for instance: the server's own
            authority and the public ones. It's there as long as the server; None without TLS.
    """

    cloud: Cloud
    endpoint: str
    tls_endpoint: str = ""
    ca_file: Path | None = None

    @property
    def url(self) -> str:
        """The address to send requests to."""
        return f"http://{self.endpoint}"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to take this server for the cloud.

        The image cache provider needs no more. The alicloud plugin reads no protocol from there: give its
        stack all of `pulumi_config`, or, if it has no security group rules, `alicloud:protocol` HTTP. Source:
        spec/networking.md section 2.
        """
        cloud = self.cloud
        endpoints = {
            name: self.endpoint
            for product in _PRODUCTS
            for name in (f"ALIBABA_CLOUD_ENDPOINT_{product.upper()}", f"{product.upper()}_ENDPOINT")
        }
        return {
            **endpoints,
            **({"SSL_CERT_FILE": str(self.ca_file)} if self.ca_file else {}),
            "ALIBABA_CLOUD_PROTOCOL": "HTTP",
            "ALIBABA_CLOUD_ACCOUNT_TYPE": "Domestic",
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": cloud.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": cloud.access_key_secret,
            "ALIBABA_CLOUD_REGION": cloud.region,
            "ALICLOUD_ACCESS_KEY": cloud.access_key_id,
            "ALICLOUD_SECRET_KEY": cloud.access_key_secret,
            "ALICLOUD_REGION": cloud.region,
        }

    @property
    def pulumi_config(self) -> dict[str, str]:
        """The same as a stack's configuration, for both providers.

        The alicloud plugin is led to the port with TLS, if there is one, as it changes security group rules
        over HTTPS whatever its protocol. So `pulumi` needs SSL_CERT_FILE of `environment`, too.
        """
        endpoint, protocol = (self.tls_endpoint, "HTTPS") if self.tls_endpoint else (self.endpoint, "HTTP")
        return {
            "imagecache:region": self.cloud.region,
            "imagecache:accessKey": self.cloud.access_key_id,
            "imagecache:secretKey": self.cloud.access_key_secret,
            "imagecache:protocol": "HTTP",
            "imagecache:endpoint": self.endpoint,
            "alicloud:region": self.cloud.region,
            "alicloud:accessKey": self.cloud.access_key_id,
            "alicloud:secretKey": self.cloud.access_key_secret,
            "alicloud:accountType": "Domestic",
            "alicloud:protocol": protocol,
            "alicloud:endpoints": json.dumps([dict.fromkeys(_PRODUCTS, endpoint)]),
        }


@contextmanager
def serve(cloud: Cloud, host: str = "127.0.0.1", port: int = 0, tls_port: int | None = 0) -> Iterator[Server]:
    """Serve an account over HTTP, and over HTTPS on a second port, from a thread until the block ends.

    Args:
        cloud: the account.
        host: what to listen on.
        port: 0 for any that is free.
        tls_port: the same for TLS; None for no TLS.

    Yields:
        The server, listening.

    Raises:
        OSError: the host can't be listened on, or a port is taken.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(_listener(host, port))
        if tls_port is None:
            yield from _serving(cloud, host, listener)
            return
        tls_listener = stack.enter_context(_listener(host, tls_port))
        yield from _serving(cloud, host, listener, stack.enter_context(certified(tls_listener, host)))


def _serving(cloud: Cloud, host: str, listener: socket.socket, tls: Tls | None = None) -> Iterator[Server]:
    events = Events(cloud)
    config = uvicorn.Config(
        application(cloud, events),
        http=Connection,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    server = TlsServer(config, tls)
    # Connections queue from here on: the listener is open before the loop begins.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="imagecache-simulator")
    thread.start()
    try:
        endpoint = _endpoint(host, listener)
        yield (
            Server(cloud, endpoint, _endpoint(host, tls.listener), tls.ca_file)
            if tls
            else Server(cloud, endpoint)
        )
    finally:
        events.close()
        server.should_exit = True
        thread.join()


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # An answer goes out in two writes; without this the second waits 40 ms for the first to be confirmed.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _endpoint(host: str, listener: socket.socket) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def application(cloud: Cloud, events: Events) -> Starlette:
    """Return the ASGI application of an account.

    Args:
        cloud: the account: the API answers at `/`, what drives it under `/_simulator/`.
        events: what feeds the page that a browser finds at `/`.
    """

    def api(http: HttpRequest, body: bytes) -> Response:
        request = _request(http, body)
        if files.is_asked_for(request):
            return _elsewhere(http) or files.file(files.INDEX)
        return cloud.handle(request)

    def page(http: HttpRequest, _: bytes) -> Response:
        return _elsewhere(http) or files.file(http.path_params["name"])

    async def stream(http: HttpRequest) -> HttpResponse:
        refused = _elsewhere(http)
        return events.response() if refused is None else _http_response(refused)

    def refuse(http: HttpRequest, error: ApiError) -> Response:
        return cloud.refusal(error, _request(http, b""))

    def drive(http: HttpRequest, body: bytes) -> Response:
        query = http.scope["query_string"].decode("latin-1")
        return _elsewhere(http) or control.handle(cloud, http.method, http.scope["path"], body, query)

    def refuse_to_drive(_: HttpRequest, error: ApiError) -> Response:
        return Response.of_json(error.status, {"error": error.message})

    return Starlette(
        routes=[
            Route("/_simulator/page/{name}", _Door(page, refuse_to_drive), methods=["GET"]),
            Route("/_simulator/events", stream),
            Route("/_simulator/{path:path}", _Door(drive, refuse_to_drive)),
            Route("/{path:path}", _Door(api, refuse)),
        ]
    )


def _elsewhere(http: HttpRequest) -> Response | None:
    """Refuse what doesn't come from this machine, or comes from another site's page in its browser."""
    if http.client is not None and not http.client.host.startswith(_LOOPBACK):
        return Response.of_json(403, {"error": "only this machine may drive the simulator"})
    host = http.headers.get("host", "")
    if not _LOOPBACK_NAME.fullmatch(host):  # a name that was made to lead here
        return Response.of_json(403, {"error": f"the simulator is driven by its address, not as {host!r}"})
    origin = http.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        return Response.of_json(403, {"error": f"a page of {origin} may not drive the simulator"})
    return None


class _Door:
    """An ASGI endpoint for any method: reads the body, calls a function, sends what it returns."""

    def __init__(
        self,
        answer: Callable[[HttpRequest, bytes], Response],
        refuse: Callable[[HttpRequest, ApiError], Response],
    ) -> None:
        self._answer = answer
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        try:
            body = await _body(http)
        except ClientDisconnect:
            return
        response = self._refuse(http, RequestTooLargeError()) if body is None else self._safely(http, body)
        if await held(scope, receive, response):
            return
        await _http_response(response)(scope, receive, send)

    def _safely(self, http: HttpRequest, body: bytes) -> Response:
        """Answer; a defect of the simulator is written to the log and told without details."""
        try:
            return self._answer(http, body)
        except Exception:
            _logger.exception("The simulator failed on %s %s", http.method, http.scope["path"])
            return self._refuse(http, InternalError())


async def _body(http: HttpRequest) -> bytes | None:
    """Read the body; None if it's larger than any request needs to be."""
    body = bytearray()
    too_large = False
    async for chunk in http.stream():
        too_large = too_large or len(body) + len(chunk) > LARGEST_BODY
        if not too_large:
            body += chunk
    return None if too_large else bytes(body)


def _http_response(response: Response) -> HttpResponse:
    return HttpResponse(response.body, response.status, dict(response.headers))


def _request(http: HttpRequest, body: bytes) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in http.headers.raw}
    return Request(
        method=http.method,
        host=headers.get("host", ""),
        path=http.scope["path"],
        query=http.scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
    )
