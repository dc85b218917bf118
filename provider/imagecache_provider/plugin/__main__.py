"""`pulumi-resource-imagecache [engine address]`: the plugin's process, whose one line of output is its port.

The engine starts it, reads the port, and speaks gRPC with it until it sends SIGINT or ends. Other
arguments (`--logtostderr`, `-v=9`, `--tracing …`) are the engine's own and mean nothing here.
Source: pkg/resource/plugin/plugin.go of pulumi/pulumi.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import grpc

from imagecache_provider.clock import SystemClock
from imagecache_provider.plugin.engine_run import engine_run
from imagecache_provider.plugin.protocol import provider_pb2_grpc
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.plugin.told import Told

_LARGEST_MESSAGE = 400 * 1024 * 1024
"""Pulumi's own limit, both ways."""
_OPTIONS = (
    ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
    ("grpc.max_send_message_length", _LARGEST_MESSAGE),
)
_GRACE = 5.0
"""Seconds that calls have to end in after a signal; the engine waits no longer."""
_BETWEEN_LOOKS = 2.0
"""Seconds between two looks at whether the engine is still there."""


async def serve(engine: str) -> None:
    """Serve one engine on a free port of this machine until a signal comes, or the engine is gone.

    Args:
        engine: host:port of the engine; empty if it will name itself, and then only a signal ends this.
    """
    parent = os.getppid()
    server = grpc.aio.server(options=_OPTIONS)
    clock = SystemClock()
    told = Told(clock, engine_run(parent) if engine else "")
    servicer = Servicer(os.environ, clock, engine, told)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    leaving = asyncio.create_task(_left_by(parent, stopped)) if engine else None
    await stopped.wait()
    if leaving is not None:
        leaving.cancel()
    servicer.stop()
    await server.stop(_GRACE)


async def _left_by(parent: int, stopped: asyncio.Event) -> None:
    """Stop once the process that started this one has ended: an engine that is killed sends no signal."""
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(_BETWEEN_LOOKS)
    stopped.set()


def main(arguments: list[str]) -> int:
    """Run the plugin; the exit status is 0 once it was told to stop."""
    engine = next((argument for argument in reversed(arguments) if not argument.startswith("-")), "")
    asyncio.run(serve(engine))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
