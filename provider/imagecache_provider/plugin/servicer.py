"""The plugin's answers to the engine: one method an RPC of `pulumirpc.ResourceProvider`.

`__main__` serves it. Everything that is about resources is asked of the lifecycle; here it's put on the wire.
RPCs that aren't here (Parameterize, Construct, Call) are answered UNIMPLEMENTED by the base class, as the
protocol wants it of a provider without them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

from imagecache_provider import schema
from imagecache_provider.check import check
from imagecache_provider.clock import Clock
from imagecache_provider.diff import Diff
from imagecache_provider.eci.account_model import ProviderArgs
from imagecache_provider.errors import ConfigurationError, NotReadyError, redacted
from imagecache_provider.fields import Change, fields, has_unknown, without_empty
from imagecache_provider.lifecycle import DELETE_TIMEOUT, Outcome
from imagecache_provider.offline import Naming
from imagecache_provider.plugin import settings as provider_settings
from imagecache_provider.plugin.answers import InitFailedError, answered, answered_stream, checked
from imagecache_provider.plugin.codec import Properties, decode
from imagecache_provider.plugin.difference import diff_response
from imagecache_provider.plugin.engine import INFO, WARNING, Engine
from imagecache_provider.plugin.invoke import invoke
from imagecache_provider.plugin.previews import Previews
from imagecache_provider.plugin.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from imagecache_provider.plugin.request import ResourceRequest, encoded
from imagecache_provider.plugin.settings import Session, Sessions
from imagecache_provider.plugin.told import Told
from imagecache_provider.readiness import DEFAULT_TIMEOUT, Operation
from imagecache_provider.registry import GATES

VERSION = version("pulumi-imagecache")

_Autonaming = provider_pb2.CheckRequest.AutonamingOptions


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """A provider process: one provider resource's settings, and the resources under it.

    Args:
        environment: the process's environment variables.
        clock: what waiting goes by.
        engine: where the engine listens; the Handshake or Attach may name another place.
        told: what preflight has told in this run of the engine; without it, this process is the whole run.
    """

    def __init__(
        self, environment: Mapping[str, str], clock: Clock, engine: str = "", told: Told | None = None
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._engine = Engine(engine)
        self._sessions = Sessions({}, environment, clock)
        self._found: dict[str, Diff] = {}
        self._seen_secrets: set[str] = set()
        self._previews = Previews(lambda: self._engine, told or Told(clock))

    def stop(self) -> None:
        """End all waiting, as the process is about to end."""
        self._sessions.stop()

    @property
    def secrets(self) -> list[str]:
        """The texts that must never be shown, of the settings and of all resources that were seen so far.

        One resource may quote what is another's: a gate what a registry said of a cache.
        """
        return [*self._sessions.secrets, *self._seen_secrets]

    @answered
    async def Handshake(self, request: Any, _context: Any) -> Any:
        """Say what this provider understands; the engine does the same."""
        await self._listen(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    @answered
    async def GetSchema(self, _request: Any, _context: Any) -> Any:
        """Give the package's schema."""
        return provider_pb2.GetSchemaResponse(schema=schema.FILE.read_text(encoding="utf-8"))

    @answered
    async def CheckConfig(self, request: Any, _context: Any) -> Any:
        """Check the provider resource's settings."""
        news = decode(request.news)
        known = provider_settings.readable(news.plain)
        failures = provider_settings.check_settings(known, self._environment)
        return checked(news.plain, news, failures, ProviderArgs)

    @answered
    async def DiffConfig(self, request: Any, _context: Any) -> Any:
        """Say which settings mean other resources."""
        self._previews.saw_state()
        olds = decode(request.old_inputs if request.HasField("old_inputs") else request.olds)
        found = provider_settings.diff_settings(
            provider_settings.readable(olds.plain), provider_settings.readable(decode(request.news).plain)
        )
        return diff_response(found, Properties({}), Properties({}), [])

    @answered
    async def Configure(self, request: Any, _context: Any) -> Any:
        """Take the settings, and say which aren't used; missing credentials are no error yet."""
        known = provider_settings.readable(decode(request.args).plain)
        self._sessions = Sessions(known, self._environment, self._clock)
        self._found.clear()
        for note in self._sessions.notes:
            await self._engine.log(WARNING, note, "")
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answered
    async def Check(self, request: Any, _context: Any) -> Any:
        """Check a resource's inputs; fill in region and name."""
        call = ResourceRequest.of(request)
        olds, news = self._read(request.olds), self._read(request.news)
        if olds.plain:
            self._previews.saw_state()
        session = self._sessions.of(call.token)
        result = session.lifecycle.check(call.identity, call.name, olds.plain, news.plain, _naming(request))
        return checked(result.inputs, news, result.failures, session.connection.resource.args)

    @answered
    async def Diff(self, request: Any, _context: Any) -> Any:
        """Compare a resource with what the program wants."""
        call = ResourceRequest.of(request)
        session = self._sessions.of(call.token)
        olds, outputs, news = (
            self._read(request.old_inputs),
            self._read(request.olds),
            self._read(request.news),
        )
        found = session.lifecycle.diff(call.identity, request.id, olds.plain, outputs.plain, news.plain)
        self._found[request.urn] = found
        await self._previews.diff(request, session, outputs, news, secrets=self.secrets, found=found)
        olds, news = _without_empty(session, olds), _without_empty(session, news)
        return diff_response(found, olds, news, _stables(session, found))

    @answered
    async def Create(self, request: Any, _context: Any) -> Any:
        """Make a resource; in a preview, say what it's certain to be."""
        call = ResourceRequest.of(request)
        session = self._sessions.of(call.token)
        inputs = _checked_before(session, self._read(request.properties))
        found = self._found.get(request.urn, Diff())
        await self._explain(request)
        await self._previews.create(request, session, inputs, self.secrets, replaces=bool(found.replaces))
        if request.preview:
            outputs = {**inputs.plain, **session.lifecycle.preview_create(inputs.plain)}
            return provider_pb2.CreateResponse(properties=_encoded(session, outputs, inputs))
        try:
            outcome = await session.lifecycle.create(
                call.identity, inputs.plain, self._operation(call, inputs.secret_texts())
            )
        except NotReadyError as error:
            raise _init_failed(session, session.lifecycle.unfinished(error, inputs.plain), inputs) from None
        await self._note(session, request.urn)
        return provider_pb2.CreateResponse(
            id=outcome.id,
            properties=_encoded(session, _state(outcome), inputs),
            refresh_before_update=not outcome.ready,
        )

    @answered
    async def Read(self, request: Any, _context: Any) -> Any:
        """See what the cloud has of a resource: to refresh it, or to import it."""
        call = ResourceRequest.of(request)
        session = self._sessions.of(call.token)
        inputs, outputs = self._read(request.inputs), self._read(request.properties)
        self._previews.was_read(request.urn)
        outcome = await session.lifecycle.read(call.identity, request.id, inputs.plain, outputs.plain)
        await self._note(session, request.urn)
        if outcome is None:
            return provider_pb2.ReadResponse()
        if outcome.warning:
            await self._engine.log(WARNING, redacted(outcome.warning, self.secrets), request.urn)
        if outcome.trouble is not None:
            raise _init_failed(session, outcome, inputs)
        return provider_pb2.ReadResponse(
            id=outcome.id,
            properties=_encoded(session, _state(outcome), inputs),
            inputs=_encoded(session, outcome.inputs, inputs),
            refresh_before_update=not outcome.ready,
        )

    @answered
    async def Update(self, request: Any, _context: Any) -> Any:
        """Bring a resource to new inputs; in a preview, say what it's certain to be."""
        call = ResourceRequest.of(request)
        session = self._sessions.of(call.token)
        olds, outputs = self._read(request.old_inputs), self._read(request.olds)
        news = _checked_before(session, self._read(request.news))
        await self._explain(request)
        await self._previews.update(request, session, olds, outputs, news, secrets=self.secrets)
        if request.preview:
            certain = session.lifecycle.preview_update(call.identity, olds.plain, outputs.plain, news.plain)
            return provider_pb2.UpdateResponse(properties=_encoded(session, {**news.plain, **certain}, news))
        operation = self._operation(call, [*news.secret_texts(), *olds.secret_texts()])
        try:
            outcome = await session.lifecycle.update(
                call.identity, request.id, olds.plain, outputs.plain, news.plain, operation
            )
        except NotReadyError as error:
            unfinished = session.lifecycle.unfinished(error, news.plain, outputs.plain)
            raise _init_failed(session, unfinished, news) from None
        await self._note(session, request.urn)
        return provider_pb2.UpdateResponse(
            properties=_encoded(session, _state(outcome), news), refresh_before_update=not outcome.ready
        )

    @answered
    async def Delete(self, request: Any, _context: Any) -> Any:
        """Delete a resource."""
        call = ResourceRequest.of(request)
        session = self._sessions.of(call.token)
        state = {**decode(request.properties).plain, **decode(request.old_inputs).plain}
        region = str(state.get("regionId") or session.connection.region)
        timeout = call.timeout or DELETE_TIMEOUT
        await session.lifecycle.delete(request.id, region, timeout, decode(request.properties).plain)
        await self._note(session, request.urn)
        return Empty()

    @answered
    async def Invoke(self, request: Any, _context: Any) -> Any:
        """Ask a function."""
        return await invoke(self._sessions.function(request.tok), decode(request.args))

    @answered_stream
    async def List(self, request: Any, _context: Any) -> AsyncIterator[Any]:
        """List the resources of a region, those with some tags if the query names any."""
        session = self._sessions.of(request.token)
        query = decode(request.query).plain
        if has_unknown(query):
            yield provider_pb2.ListResponse(computed=provider_pb2.ListResponse.Computed())
            return
        listed = await session.lifecycle.list(query)
        for seen in listed[: request.limit if request.limit > 0 else None]:
            result = provider_pb2.ListResponse.Result(id=seen.id, name=seen.name)
            yield provider_pb2.ListResponse(result=result)

    async def Cancel(self, _request: Any, _context: Any) -> Any:
        """End all waiting: the engine asks for it on ^C, and at the end of every run."""
        self._sessions.stop()
        return Empty()

    async def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        """Say which version this is."""
        return plugin_pb2.PluginInfo(version=VERSION)

    async def Attach(self, request: Any, _context: Any) -> Any:
        """Serve an engine that found this process by PULUMI_DEBUG_PROVIDERS instead of starting it.

        It's another run, whose process isn't the parent: nothing of what was told before counts.
        """
        await self._listen(request.address)
        self._previews = Previews(lambda: self._engine, Told(self._clock))
        return Empty()

    async def GetMapping(self, _request: Any, _context: Any) -> Any:
        """Give no mapping: no Terraform provider has these resources."""
        return provider_pb2.GetMappingResponse()

    async def GetMappings(self, _request: Any, _context: Any) -> Any:
        """Name no other provider whose programs could be converted."""
        return provider_pb2.GetMappingsResponse()

    async def _listen(self, address: str) -> None:
        if address:
            await self._engine.close()
            self._engine = Engine(address)

    async def _explain(self, request: Any) -> None:
        """Say at a resource, once a preview, what its changes mean: the diff has no room for it."""
        if not request.preview:
            return
        found = self._found.pop(request.urn, Diff())
        if text := _explanation(found):
            await self._engine.log(INFO, text, request.urn)

    async def _note(self, session: Session, urn: str) -> None:
        """Say at a resource what the user is to be told once a process."""
        for note in session.lifecycle.notes():
            await self._engine.log(INFO, redacted(note, self.secrets), urn)

    def _read(self, struct: Struct) -> Properties:
        given = decode(struct)
        self._seen_secrets.update(given.secret_texts())
        return given

    def _operation(self, call: ResourceRequest, secrets: Iterable[str]) -> Operation:
        hidden = [*secrets, *(self.secrets if call.token in GATES else self._sessions.secrets)]
        report = self._engine.progress(call.urn, self._clock, lambda text: redacted(text, hidden))
        return Operation(call.timeout or DEFAULT_TIMEOUT, report)


def _checked_before(session: Session, inputs: Properties) -> Properties:
    """Give inputs that Check has seen; an error for others, which no engine sends."""
    failures = check(session.connection.resource.args, inputs.plain).failures
    wrong = [failure.text() for failure in failures]
    if not wrong and "regionId" not in inputs.plain:
        wrong = ["regionId is missing"]
    if wrong:
        raise ConfigurationError("the engine sent inputs that Check didn't give it: " + "; ".join(wrong))
    return inputs


def _encoded(session: Session, plain: Mapping[str, Any], given: Properties) -> Struct:
    return encoded(plain, session.connection.resource.args, given)


def _without_empty(session: Session, given: Properties) -> Properties:
    return replace(given, plain=without_empty(session.connection.resource.args, given.plain))


def _init_failed(session: Session, outcome: Outcome, given: Properties) -> InitFailedError:
    return InitFailedError(
        outcome.id,
        _encoded(session, outcome.inputs, given),
        _encoded(session, _state(outcome), given),
        str(outcome.trouble),
    )


def _state(outcome: Outcome) -> dict[str, Any]:
    return {**outcome.inputs, **outcome.outputs}


def _naming(request: Any) -> Naming:
    if not request.HasField("autonaming"):
        return Naming()
    options = request.autonaming
    if options.mode == _Autonaming.DISABLE:
        return Naming(allowed=False)
    return Naming(proposed=options.proposed_name)


def _stables(session: Session, found: Diff) -> list[str]:
    """Name the outputs that an update leaves as they are."""
    if found.replaces:
        return []
    state = fields(session.connection.resource.state)
    return [name for name, member in state.items() if member.property.change is Change.REPLACE]


def _explanation(found: Diff) -> str:
    """Say in words what changes mean, a line for all properties of which the same is true."""
    by_reason: dict[str, list[str]] = {}
    for each in found.differences:
        by_reason.setdefault(each.reason, []).append(each.property)
    return "\n".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())
