"""A provider that does nothing: what the engine, its hosts and gRPC cost by themselves.

It's started as this project's plugin is, in its place, speaks the same protocol with the same schema, and
answers what was asked with what came: no property is read, nothing is checked, compared or called. What it
makes up as outputs is as large as the real ones, so that the engine writes as much state.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

from imagecache_provider.plugin.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from imagecache_provider.schema import FILE

_MOMENT = "2026-01-01T00:00:00Z"
_EVENT = {"count": 1, "type": "Normal", "lastTimestamp": _MOMENT}
_OUTPUTS: dict[str, Any] = {
    "buildId": "0000000000000000-0000000000000000",
    "containerGroupId": "eci-00000000000000000000",
    "creationTime": _MOMENT,
    "events": [
        {**_EVENT, "reason": "Pulling", "message": "Start to pull image nginx:1.27"},
        {**_EVENT, "reason": "Pulled", "message": "Success pull image nginx:1.27"},
        {**_EVENT, "reason": "SnapshotCreated", "message": "Success create snapshot."},
    ],
    "expireDateTime": "",
    "flashSnapshotId": "",
    "imageCacheName": "cache-000-0000000",
    "progress": "100%",
    "ready": 0,
    "regionId": "cn-hangzhou",
    "snapshotId": "s-00000000000000000000",
    "status": "Ready",
}
_LARGEST_MESSAGE = 400 * 1024 * 1024


class Nothing(provider_pb2_grpc.ResourceProviderServicer):
    """Answers every RPC that a stack needs."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._outputs = Struct()
        self._outputs.update(_OUTPUTS)

    async def Handshake(self, _request: Any, _context: Any) -> Any:
        """Understand what the real one does."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    async def GetSchema(self, _request: Any, _context: Any) -> Any:
        """Give the real schema."""
        return provider_pb2.GetSchemaResponse(schema=FILE.read_text(encoding="utf-8"))

    async def CheckConfig(self, request: Any, _context: Any) -> Any:
        """Take any settings."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, _request: Any, _context: Any) -> Any:
        """See no change."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, _request: Any, _context: Any) -> Any:
        """Take any settings."""
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    async def Check(self, request: Any, _context: Any) -> Any:
        """Take any inputs."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def Diff(self, _request: Any, _context: Any) -> Any:
        """See no change."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True)

    async def Create(self, request: Any, _context: Any) -> Any:
        """Make nothing, and have it at once."""
        id_ = f"imc-{next(self._numbers):020}"
        properties = self._complete(request.properties)
        properties.fields["imageCacheId"].string_value = id_
        return provider_pb2.CreateResponse(id="" if request.preview else id_, properties=properties)

    async def Read(self, request: Any, _context: Any) -> Any:
        """See what is recorded."""
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    async def Update(self, request: Any, _context: Any) -> Any:
        """Record what is wanted."""
        return provider_pb2.UpdateResponse(properties=self._complete(request.news))

    async def Delete(self, _request: Any, _context: Any) -> Any:
        """Delete nothing."""
        return Empty()

    async def Cancel(self, _request: Any, _context: Any) -> Any:
        """Wait for nothing."""
        return Empty()

    async def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        """Say the version whose place it takes."""
        return plugin_pb2.PluginInfo(version="0.1.0")

    def _complete(self, inputs: Struct) -> Struct:
        properties = Struct()
        properties.CopyFrom(self._outputs)
        for name, value in inputs.fields.items():
            properties.fields[name].CopyFrom(value)
        return properties


async def serve() -> None:
    """Serve until a signal comes; the real plugin's server has the same settings."""
    options = [(f"grpc.max_{way}_message_length", _LARGEST_MESSAGE) for way in ("receive", "send")]
    server = grpc.aio.server(options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Nothing(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await stopped.wait()
    await server.stop(0)


def main() -> int:
    """Run it."""
    asyncio.run(serve())
    return 0
