"""The two fronts behind the methods of `conftest.Process`, so that one contract is tested through each.

A test that takes `world` with a front says what a front must do; here is how Pulumi's engine, or its host of
dynamic providers, calls each for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi import dynamic
from tests.provider.world import DrivenLoop, Process

from imagecache_provider.dynamic import PROGRAM, Provider
from imagecache_provider.fields import fields
from imagecache_provider.lifecycle import Outcome
from imagecache_provider.plugin.codec import Properties, decode, encode
from imagecache_provider.plugin.protocol import provider_pb2, status_pb2
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import Identity

TOKEN = "imagecache:eci:ImageCache"


class AbortedError(Exception):
    """An RPC that ended in an error.

    Attributes:
        code: the gRPC code.
        text: what the user reads.
        failed: the resource that the engine is to record although it isn't usable; None for another error.
    """

    def __init__(self, code: grpc.StatusCode, text: str, failed: Any) -> None:
        self.code = code
        self.text = text
        self.failed = failed
        super().__init__(f"{code.name}: {text}")


class Context:
    """A call's gRPC context, as far as the servicer uses it."""

    async def abort(
        self, code: grpc.StatusCode, details: str = "", trailing_metadata: tuple[Any, ...] = ()
    ) -> NoReturn:
        """End the call."""
        failed = None
        for key, value in trailing_metadata:
            assert key == "grpc-status-details-bin"
            failed = provider_pb2.ErrorResourceInitFailed()
            (detail,) = status_pb2.Status.FromString(value).details
            assert detail.Unpack(failed)
        raise AbortedError(code, details, failed)


@dataclass
class Plugin:
    """A process of the plugin, called as the engine calls it, without the connection in between.

    Attributes:
        servicer: its methods.
        stack: the stack that it runs for.
        timeout: seconds that an operation may take; 0 for the default.
        kinds: the Pulumi types of resources that are no image caches, by name.
    """

    servicer: Servicer
    stack: str = "dev"
    timeout: float = 0
    kinds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    async def start(cls, servicer: Servicer, settings: Mapping[str, Any], stack: str = "dev") -> Plugin:
        """Start it: shake hands, configure."""
        plugin = cls(servicer, stack)
        await plugin.call("Handshake", provider_pb2.ProviderHandshakeRequest())
        await plugin.call("Configure", provider_pb2.ConfigureRequest(args=encode(settings)))
        return plugin

    async def call(self, method: str, request: Any) -> Any:
        """Call a method."""
        return await getattr(self.servicer, method)(request, Context())

    def stream(self, method: str, request: Any) -> AsyncIterator[Any]:
        """Call a method that streams."""
        messages: AsyncIterator[Any] = getattr(self.servicer, method)(request, Context())
        return messages

    def urn(self, name: str) -> str:
        """Give a resource's URN."""
        return f"urn:pulumi:{self.stack}::project::{self.kinds.get(name, TOKEN)}::{name}"

    async def check(
        self, name: str, olds: Struct | None, news: Struct, **more: Any
    ) -> tuple[Struct, list[tuple[str, str]]]:
        """Check inputs; give them back with the failures."""
        request = provider_pb2.CheckRequest(urn=self.urn(name), olds=olds, news=news, **more)
        answer = await self.call("Check", request)
        return answer.inputs, [(failure.property, failure.reason) for failure in answer.failures]

    async def checked(self, name: str, olds: Struct | None, news: Struct) -> Struct:
        """Check inputs that must be right."""
        inputs, failures = await self.check(name, olds, news)
        assert failures == []
        return inputs

    async def diff(self, name: str, before: Recorded, news: Struct) -> Any:
        """Compare a resource with checked inputs."""
        return await self.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=before.id, urn=self.urn(name), olds=before.outputs, news=news, old_inputs=before.inputs
            ),
        )

    async def create(self, name: str, inputs: Struct, *, preview: bool = False) -> Recorded:
        """Create a resource from checked inputs; one that isn't usable is raised as `AbortedError`."""
        request = provider_pb2.CreateRequest(
            urn=self.urn(name), properties=inputs, preview=preview, timeout=self.timeout
        )
        made = await self.call("Create", request)
        return Recorded(made.id, inputs, made.properties, made.refresh_before_update)

    async def update(self, name: str, before: Recorded, news: Struct, *, preview: bool = False) -> Recorded:
        """Update a resource to checked inputs."""
        request = provider_pb2.UpdateRequest(
            id=before.id,
            urn=self.urn(name),
            olds=before.outputs,
            news=news,
            old_inputs=before.inputs,
            preview=preview,
            timeout=self.timeout,
        )
        made = await self.call("Update", request)
        return Recorded(before.id, news, made.properties, made.refresh_before_update)

    async def read(
        self, name: str, id: str, inputs: Struct | None = None, outputs: Struct | None = None
    ) -> Recorded | None:
        """Read a resource; None for one that is gone."""
        request = provider_pb2.ReadRequest(id=id, urn=self.urn(name), properties=outputs, inputs=inputs)
        seen = await self.call("Read", request)
        if not seen.id:
            return None
        return Recorded(seen.id, seen.inputs, seen.properties, seen.refresh_before_update)

    async def delete(self, name: str, before: Recorded) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            id=before.id,
            urn=self.urn(name),
            properties=before.outputs,
            old_inputs=before.inputs,
            timeout=self.timeout,
        )
        await self.call("Delete", request)


@dataclass(frozen=True)
class Recorded:
    """A resource as the engine records it: ID, inputs and outputs on the wire, whether to read it first."""

    id: str
    inputs: Struct
    outputs: Struct
    refresh: bool = False

    @classmethod
    def failed(cls, error: AbortedError) -> Recorded:
        """Give what the engine records of a resource that isn't usable."""
        assert error.failed is not None, f"not recorded: {error}"
        return cls(error.failed.id, error.failed.inputs, error.failed.properties)

    @classmethod
    def of(cls, outcome: Outcome) -> Recorded:
        """Give the wire's form of an outcome."""
        return cls(outcome.id, encode(outcome.inputs), encode({**outcome.inputs, **outcome.outputs}))

    @property
    def outcome(self) -> Outcome:
        """The plain form, inputs and outputs apart."""
        state = fields(RESOURCES[TOKEN].state)
        outputs = {name: value for name, value in self.plain.plain.items() if name in state}
        return Outcome(self.id, decode(self.inputs).plain, outputs)

    @property
    def plain(self) -> Properties:
        """All properties, and where the secrets are."""
        return decode(self.outputs)


class PluginProcess(Process):
    """A run of the plugin that does what `Process` does with the lifecycle."""

    def __init__(self, plugin: Plugin, loop: DrivenLoop) -> None:
        self.plugin = plugin
        self.loop = loop
        self.stack = plugin.stack

    def identity(self, name: str = "web") -> Identity:
        """Give the identity that the plugin makes of a resource's URN."""
        return Identity.of("project", self.stack, TOKEN, name)

    async def _creating(self, name: str, news: dict[str, Any]) -> Outcome:
        inputs = await self.plugin.checked(name, None, encode(news))
        return (await self.plugin.create(name, inputs)).outcome

    def creating(self, name: str = "web", **news: Any) -> Coroutine[Any, Any, Outcome]:
        """Check inputs and begin to create."""
        return self._creating(name, news)

    async def _updating(self, before: Outcome, changes: dict[str, Any], name: str) -> Outcome:
        wanted = {key: value for key, value in {**before.inputs, **changes}.items() if value is not None}
        old = Recorded.of(before)
        news = await self.plugin.checked(name, old.inputs, encode(wanted))
        assert list((await self.plugin.diff(name, old, news)).replaces) == []
        return (await self.plugin.update(name, old, news)).outcome

    def updating(
        self, before: Outcome, changes: dict[str, Any], name: str = "web"
    ) -> Coroutine[Any, Any, Outcome]:
        """Check changed inputs, None for what is removed; begin an update, which must be in place."""
        return self._updating(before, changes, name)

    async def _replacing(self, before: Outcome, name: str, wanted: dict[str, Any]) -> Outcome:
        old = Recorded.of(before)
        news = await self.plugin.checked(name, old.inputs, encode(wanted))
        await self.plugin.diff(name, old, news)
        again = await self.plugin.checked(name, None, news)
        return (await self.plugin.create(name, again)).outcome

    def replacing(
        self, before: Outcome, changes: dict[str, Any], name: str = "web"
    ) -> Coroutine[Any, Any, Outcome]:
        """Begin to replace a resource, the new one first: check, diff, check without old inputs, create."""
        return self._replacing(before, name, {**before.inputs, **changes})

    def read(self, before: Outcome, name: str = "web") -> Outcome | None:
        """Refresh a resource."""
        old = Recorded.of(before)
        try:
            seen = self.loop.run_until_complete(self.plugin.read(name, old.id, old.inputs, old.outputs))
        except AbortedError as error:
            if error.failed is None:
                raise
            return Recorded.failed(error).outcome
        return seen.outcome if seen else None

    def delete(self, before: Outcome) -> None:
        """Delete a resource."""
        self.loop.run_until_complete(self.plugin.delete("web", Recorded.of(before)))


class DynamicProcess(Process):
    """A run of Pulumi's host of dynamic providers that does what `Process` does with the lifecycle."""

    def __init__(self, config: Mapping[str, str], stack: str) -> None:
        self.stack = stack
        self.provider = Provider(TOKEN)
        self.provider.configure(dynamic.ConfigureRequest(dynamic.Config(dict(config), "project")))

    def _props(self, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {**inputs, PROGRAM: {"identity": str(self.identity(name)), "name": name}, "__provider": "…"}

    def _state(self, before: Outcome, name: str) -> dict[str, Any]:
        return self._props(name, {**before.inputs, **before.outputs})

    @staticmethod
    def _outcome(id: str, state: Mapping[str, Any]) -> Outcome:
        about = RESOURCES[TOKEN]
        inputs = {key: value for key, value in state.items() if key in fields(about.args)}
        return Outcome(id, inputs, {key: value for key, value in state.items() if key in fields(about.state)})

    def _checked(self, name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        checked = self.provider.check(dict(olds), self._props(name, news))
        assert checked.failures == []
        return {**checked.inputs, "__provider": "…"}

    def create(self, name: str = "web", **news: Any) -> Outcome:
        """Create a new resource: check, then create."""
        made = self.provider.create(self._checked(name, {}, news))
        return self._outcome(str(made.id), made.outs or {})

    def update(self, before: Outcome, name: str = "web", **changes: Any) -> Outcome:
        """Update a resource: check, diff, then update."""
        state = self._state(before, name)
        wanted = {key: value for key, value in {**before.inputs, **changes}.items() if value is not None}
        news = self._checked(name, state, wanted)
        assert self.provider.diff(before.id, state, news).replaces == []
        return self._outcome(before.id, self.provider.update(before.id, state, news).outs or {})

    def replace(self, before: Outcome, name: str = "web", **changes: Any) -> Outcome:
        """Replace a resource, the new one first: check, diff, check without old inputs, then create."""
        state = self._state(before, name)
        news = self._checked(name, state, {**before.inputs, **changes})
        self.provider.diff(before.id, state, news)
        made = self.provider.create(self._checked(name, {}, news))
        return self._outcome(str(made.id), made.outs or {})

    def read(self, before: Outcome, name: str = "web") -> Outcome | None:
        """Refresh a resource."""
        seen = self.provider.read(before.id, self._state(before, name))
        return self._outcome(str(seen.id), seen.outs or {}) if seen.id else None

    def delete(self, before: Outcome) -> None:
        """Delete a resource."""
        self.provider.delete(before.id, self._state(before, "web"))
