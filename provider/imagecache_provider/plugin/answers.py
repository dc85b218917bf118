"""How an RPC ends: its answer, or one readable error under the gRPC code that tells the resource's fate.

`servicer` wraps each of its methods. The engine takes UNKNOWN, INTERNAL and DATA_LOSS for "nobody knows what
the resource is like now" and every other code for "it is as it was"; a resource that exists but isn't usable
comes with all that is known of it, so that the engine records it (ErrorResourceInitFailed).
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.struct_pb2 import Struct

from imagecache_provider.check import CheckFailure
from imagecache_provider.errors import (
    ConfigurationError,
    GoneError,
    NotFoundError,
    NotReadyError,
    ProviderError,
    StoppedError,
    TryAgainError,
    our_fault,
    redacted,
    redacted_quotes,
)
from imagecache_provider.fields import Model, fields, holds_secret, secrets_of
from imagecache_provider.plugin.codec import Properties, decode, encode, secret_places
from imagecache_provider.plugin.protocol import provider_pb2, status_pb2

_CODES: tuple[tuple[type[ProviderError], grpc.StatusCode], ...] = (
    (ConfigurationError, grpc.StatusCode.INVALID_ARGUMENT),
    (NotFoundError, grpc.StatusCode.NOT_FOUND),
    (GoneError, grpc.StatusCode.NOT_FOUND),
    (TryAgainError, grpc.StatusCode.UNAVAILABLE),
    (StoppedError, grpc.StatusCode.CANCELLED),
    (NotReadyError, grpc.StatusCode.DEADLINE_EXCEEDED),
    (ProviderError, grpc.StatusCode.FAILED_PRECONDITION),
)
_DETAILS = "grpc-status-details-bin"
_Method = Callable[[Any, Any, Any], Awaitable[Any]]
_StreamMethod = Callable[[Any, Any, Any], AsyncIterator[Any]]


class InitFailedError(Exception):
    """A resource that exists but isn't usable, as the engine is to record it.

    Args:
        id: its ID.
        inputs: its inputs, on the wire.
        properties: its inputs and outputs, on the wire.
        reason: why it isn't usable, and what to do.
    """

    def __init__(self, id: str, inputs: Struct, properties: Struct, reason: str) -> None:
        self.id = id
        self.inputs = inputs
        self.properties = properties
        self.reason = reason
        super().__init__(reason)

    def status(self, reason: str) -> bytes:
        """Give what travels beside the error; the engine refreshes such a resource before it updates it."""
        detail = AnyMessage()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=self.id,
                inputs=self.inputs,
                properties=self.properties,
                reasons=[reason],
                refresh_before_update=True,
            )
        )
        code: int = grpc.StatusCode.UNKNOWN.value[0]
        return bytes(status_pb2.Status(code=code, message=reason, details=[detail]).SerializeToString())


def answered(method: _Method) -> _Method:
    """Let an RPC end in an answer or in one readable error."""

    @functools.wraps(method)
    async def answer(servicer: Any, request: Any, context: Any) -> Any:
        try:
            return await method(servicer, request, context)
        except Exception as error:  # noqa: BLE001 - a user is never shown our stack, whatever happened
            await _end(error, servicer, request, context)

    return answer


def answered_stream(method: _StreamMethod) -> _StreamMethod:
    """Let an RPC that streams end in its last answer or in one readable error."""

    @functools.wraps(method)
    async def answer(servicer: Any, request: Any, context: Any) -> AsyncIterator[Any]:
        try:
            async for message in method(servicer, request, context):
                yield message
        except Exception as error:  # noqa: BLE001 - a user is never shown our stack, whatever happened
            await _end(error, servicer, request, context)

    return answer


async def _end(error: Exception, servicer: Any, request: Any, context: Any) -> None:
    secrets = [*servicer.secrets, *_secrets(request)]
    if isinstance(error, InitFailedError):
        reason = redacted(error.reason, secrets)
        metadata = ((_DETAILS, error.status(reason)),)
        await context.abort(grpc.StatusCode.UNKNOWN, reason, trailing_metadata=metadata)
    if isinstance(error, ProviderError):
        code = next(code for kind, code in _CODES if isinstance(error, kind))
        await context.abort(code, redacted(str(error), secrets))
    await context.abort(grpc.StatusCode.INTERNAL, redacted(our_fault(error), secrets))


def _secrets(request: Any) -> Iterable[str]:
    """Yield the secret texts of a request, whatever it is about."""
    for field, value in request.ListFields():
        if field.message_type is not None and field.message_type.full_name == Struct.DESCRIPTOR.full_name:
            yield from decode(value).secret_texts()


def checked(
    inputs: Mapping[str, Any],
    given: Properties,
    failures: Collection[CheckFailure],
    model: type[Model],
) -> Any:
    """Write what Check found.

    Args:
        inputs: the checked inputs.
        given: the inputs as they came, which say what the program keeps secret.
        failures: what is wrong.
        model: the inputs' model, which says what is secret besides.
    """
    return provider_pb2.CheckResponse(
        inputs=encode(inputs, {*given.secrets, *secret_places(model, inputs)}),
        failures=check_failures(failures, given, model) if failures else (),
    )


def check_failures(failures: Iterable[CheckFailure], given: Properties, model: type[Model]) -> list[Any]:
    """Write what is wrong with inputs or settings, without what the program or the model keeps secret.

    The engine knows the values of top-level properties only, and shows them in its language's notation:
    `property 'tags.acct' value {<nil>} has a problem`. So a property is named to it where it has a plain
    value, and where the model has it: any other may be that of a secret, misspelt. All other failures begin
    with their path.
    """
    secrets = _secret_texts(given, model)
    written = []
    for failure in failures:
        if _is_shown_well(failure.property, given, model):
            reason = redacted_quotes(failure.reason, secrets)
            written.append(provider_pb2.CheckFailure(property=failure.property, reason=reason))
        else:
            written.append(provider_pb2.CheckFailure(reason=redacted_quotes(failure.text(), secrets)))
    return written


def invoke_failures(failures: Iterable[CheckFailure], given: Properties, model: type[Model]) -> list[Any]:
    """Write what is wrong with a function's arguments: SDKs say `REASON (PROPERTY)`, and show no value."""
    secrets = _secret_texts(given, model)
    return [
        provider_pb2.CheckFailure(property=failure.property, reason=redacted_quotes(failure.reason, secrets))
        for failure in failures
    ]


def _secret_texts(given: Properties, model: type[Model]) -> list[str]:
    return [*given.secret_texts(), *secrets_of(model, given.plain)]


def _is_shown_well(path: str, given: Properties, model: type[Model]) -> bool:
    field = fields(model).get(path)
    if field is None or holds_secret(field) or any(place[0] == path for place in given.secrets):
        return False
    return isinstance(given.plain.get(path), (str, int, float))
