"""Random requests to every RPC of the plugin, which must answer each, or refuse it in one readable error.

`fuzz` calls it. The engine sends what Check gave back and what it recorded; here it may send anything that
the protocol lets it write. An RPC that ends in the plugin's word for its own faults is a finding.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import grpc
from google.protobuf.struct_pb2 import Struct
from tests.provider.fronts import AbortedError, Plugin
from tests.provider.world import REGION, DrivenClock

from chaos.loop import KillableLoop
from imagecache_provider.plugin.protocol import provider_pb2
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.registry import FUNCTIONS, GATES, RESOURCES
from imagecache_simulator import Cloud, mock_cloud

_PACE = 200
_FAULTS = (grpc.StatusCode.INTERNAL, grpc.StatusCode.DATA_LOSS)
_TOKENS = (*RESOURCES, *GATES, "imagecache:eci:Nothing", "")
_TYPED = ("CheckConfig", "DiffConfig", "Check", "Diff", "Create", "Read", "Update", "Delete")
_METHODS = (*_TYPED, "Configure", "Invoke", "List")
"""Every RPC that takes properties."""


class ProtocolFuzzer:
    """Sends random requests.

    Args:
        chance: what decides.
        struct: makes random properties.
    """

    def __init__(self, chance: random.Random, struct: Callable[[], Struct]) -> None:
        self._chance = chance
        self._struct = struct
        self._clock = DrivenClock(Cloud(seed=7), pace=_PACE)

    def run(self, rounds: int) -> Iterator[str]:
        """Send so many requests; yield what was answered as a fault of the plugin's own."""
        loop = KillableLoop(self._clock)
        try:
            with mock_cloud(self._clock.cloud):
                plugin = loop.run_until_complete(self._start())
                for _ in range(rounds):
                    method = self._chance.choice(_METHODS)
                    request = self._request(method)
                    fault = loop.run_until_complete(self._send(plugin, method, request))
                    if fault:
                        yield f"{method}({request}): {fault}"
                    if method == "Configure":
                        plugin = loop.run_until_complete(self._start())
        finally:
            loop.crash()
            loop.close()

    async def _start(self) -> Plugin:
        settings = {"region": REGION, "endpoint": "eci.aliyuncs.com"}
        keys = {"accessKey": "simulator", "secretKey": "simulator"}
        return await Plugin.start(Servicer({}, self._clock), {**settings, **keys})

    async def _send(self, plugin: Plugin, method: str, request: Any) -> str:
        """Send one; give what is wrong with the answer."""
        try:
            if method == "List":
                async for _ in plugin.stream(method, request):
                    await asyncio.sleep(0)
            else:
                await plugin.call(method, request)
        except AbortedError as error:
            unexplained = error.code is grpc.StatusCode.UNKNOWN and error.failed is None
            return str(error) if error.code in _FAULTS or unexplained or "Traceback" in error.text else ""
        except Exception as error:  # noqa: BLE001 - that's what is looked for
            return repr(error)
        return ""

    def _request(self, method: str) -> Any:
        """Make a request whose fields are mostly there."""
        kind: Mapping[str, Any] = {
            "Configure": provider_pb2.ConfigureRequest,
            "CheckConfig": provider_pb2.CheckRequest,
            "DiffConfig": provider_pb2.DiffRequest,
            "Check": provider_pb2.CheckRequest,
            "Diff": provider_pb2.DiffRequest,
            "Create": provider_pb2.CreateRequest,
            "Read": provider_pb2.ReadRequest,
            "Update": provider_pb2.UpdateRequest,
            "Delete": provider_pb2.DeleteRequest,
            "Invoke": provider_pb2.InvokeRequest,
            "List": provider_pb2.ListRequest,
        }
        request = kind[method]()
        for field in request.DESCRIPTOR.fields:
            if self._chance.random() < 0.15:  # noqa: PLR2004 - some are missing
                continue
            if field.message_type is not None and field.message_type.full_name == Struct.DESCRIPTOR.full_name:
                getattr(request, field.name).CopyFrom(self._struct())
            elif field.name in {"id", "urn", "tok", "token", "preview", "timeout", "limit"}:
                setattr(request, field.name, self._plain(field.name))
        return request

    def _plain(self, name: str) -> Any:
        there = list(self._clock.cloud.eci.image_caches)
        urns = [f"urn:pulumi:dev::project::{token}::web" for token in _TOKENS]
        values: dict[str, list[Any]] = {
            "id": ["imc-1", "", "cn-beijing/imc-1", "x/y/z", "\x00", *there[:2]],
            "urn": [*urns, *urns, "", "urn"],
            "tok": [*FUNCTIONS, "imagecache:eci:getNothing", ""],
            "token": list(_TOKENS),
            "preview": [True, False],
            "timeout": [0, 1, 3600, -1, float("nan"), float("inf")],
            "limit": [0, 1, -1, 2**31],
        }
        return self._chance.choice(values[name])
