"""Working inside Pulumi's host of dynamic providers: a loop for the lifecycle, and readable errors.

`dynamic.Provider` calls this. The host is a process of Pulumi's (`python -m pulumi.dynamic`) that calls a
provider on four threads and prints `traceback.format_exc()` for whatever it raises.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import traceback
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, TypeVar

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from imagecache_provider import channel
from imagecache_provider.errors import ProviderError

T = TypeVar("T")

_PATIENCE = 2.0
"""Seconds that a message to the engine may take; it's shown or it isn't."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run lifecycle work on the process's one loop, so that all waits share one look a tick."""
    with _starting:  # the host's threads may all come first
        loop = _loop()
    return asyncio.run_coroutine_threadsafe(work, loop).result()


_starting = threading.Lock()


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=_turn, args=[loop], name="imagecache", daemon=True).start()
    return loop


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    """Run the loop for all threads' work: an end of the process that one of them asks for is raised there."""
    while True:
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            loop.run_forever()
            return


class _PlainTraceback:
    """Stands in for the module `traceback` in Pulumi's host: our own errors print as their text."""

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    def format_exc(self, *arguments: Any, **keywords: Any) -> str:
        """Give the text of an error of ours; other providers' errors keep their traceback."""
        error = sys.exc_info()[1]
        if isinstance(error, ProviderError):
            return str(error)
        return traceback.format_exc(*arguments, **keywords)


def show_plain_errors() -> None:
    """Let Pulumi's host print our errors as their text; does nothing in any other process."""
    main = sys.modules["__main__"]
    if hasattr(main, "DynamicResourceProviderServicer") and not isinstance(main.traceback, _PlainTraceback):
        main.traceback = _PlainTraceback()  # type: ignore[attr-defined] # the host's own import


def warn(text: str) -> None:
    """Show a warning in the engine's display; the host isn't told which resource it is at.

    A warning that the engine doesn't take is written to stderr.
    """
    address = _engine()
    if not address:
        return
    with grpc.insecure_channel(address, options=channel.OPTIONS) as engine:
        request = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=text)
        try:
            engine_pb2_grpc.EngineStub(engine).Log(request, timeout=_PATIENCE)
        except grpc.RpcError as error:
            channel.say_beside(text, error.code().name)


def _engine() -> str:
    """Give where the engine listens, which it tells its plugins in their arguments; empty elsewhere."""
    is_host = hasattr(sys.modules["__main__"], "DynamicResourceProviderServicer")
    return sys.argv[-1] if is_host and len(sys.argv) > 1 else ""
