"""Tests of how an RPC ends: the gRPC code of each error, which tells the engine the resource's fate."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from tests.provider.fronts import AbortedError, Context

from imagecache_provider import errors
from imagecache_provider.errors import Cause, ProviderError
from imagecache_provider.plugin.answers import InitFailedError, answered, answered_stream
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.protocol import provider_pb2

CAUSE = Cause("Code", "the cloud's words")
NOBODY_KNOWS = {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.DATA_LOSS}
"""With these the engine warns that the resource may be corrupt."""


class Answering:
    """A servicer whose methods end in an error."""

    secrets = ("hidden-1",)

    def __init__(self, error: Exception) -> None:
        self.error = error

    @answered
    async def method(self, _request: Any, _context: Any) -> Any:
        """End in the error."""
        raise self.error

    @answered_stream
    async def stream(self, _request: Any, _context: Any) -> Any:
        """Send a message, then end in the error."""
        yield 1
        raise self.error


async def call(servicer: Answering, request: Any) -> None:
    """Call the method."""
    await servicer.method(request, Context())


def end(error: Exception, request: Any = None) -> AbortedError:
    """Let a method end in an error; return what the engine sees."""
    with pytest.raises(AbortedError) as caught:
        asyncio.run(call(Answering(error), request or provider_pb2.CheckRequest()))
    return caught.value


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigurationError("text"), grpc.StatusCode.INVALID_ARGUMENT),
        (errors.RefusedError("Action", CAUSE), grpc.StatusCode.FAILED_PRECONDITION),
        (errors.TokenUsedError("Action", CAUSE), grpc.StatusCode.FAILED_PRECONDITION),
        (errors.NotFoundError("Action", CAUSE), grpc.StatusCode.NOT_FOUND),
        (errors.GoneError("text", seen_once=True), grpc.StatusCode.NOT_FOUND),
        (errors.TryAgainError("Action", CAUSE), grpc.StatusCode.UNAVAILABLE),
        (errors.StoppedError("text"), grpc.StatusCode.CANCELLED),
        (errors.TimedOutError("text", None, "imc-1"), grpc.StatusCode.DEADLINE_EXCEEDED),
        (errors.FailedError("text", None, "imc-1"), grpc.StatusCode.DEADLINE_EXCEEDED),
        (ProviderError("text"), grpc.StatusCode.FAILED_PRECONDITION),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.name,
)
def test_codes(error: ProviderError, code: grpc.StatusCode) -> None:
    """After an error of ours the engine knows that the resource is as it was."""
    seen = end(error)
    assert (seen.code, seen.text, seen.failed) == (code, str(error), None)
    assert code not in NOBODY_KNOWS


def test_our_fault() -> None:
    """After an error that should never come nobody knows; it's one line that asks to be reported."""
    seen = end(ValueError("text"))
    assert seen.code is grpc.StatusCode.INTERNAL
    assert seen.text.startswith(
        "this is a fault of pulumi-imagecache, please report it: ValueError: text at "
    )


def test_not_usable() -> None:
    """A resource that isn't usable comes with all that is known of it."""
    seen = end(InitFailedError("imc-1", encode({"a": 1}), encode({"a": 1, "b": 2}), "it ended Failed"))
    assert seen.failed == provider_pb2.ErrorResourceInitFailed(
        id="imc-1",
        inputs=encode({"a": 1}),
        properties=encode({"a": 1, "b": 2}),
        reasons=["it ended Failed"],
        refresh_before_update=True,
    )


def init_failed(text: str) -> InitFailedError:
    """Return the error of a resource that isn't usable."""
    return InitFailedError("id", Struct(), Struct(), text)


@pytest.mark.parametrize("wrap", [ProviderError, init_failed])
def test_secrets(wrap: Any) -> None:
    """The settings' secrets and those of the request are in no text."""
    request = provider_pb2.CheckRequest(news=encode({"password": "hidden-2"}, {("password",)}))
    seen = end(wrap("hidden-1, hidden-2"), request)
    assert seen.text == "[secret], [secret]"
    assert "hidden" not in str(seen.failed)


def test_stream() -> None:
    """A stream that breaks off ends in the same error, after what was sent."""
    sent = []

    async def read() -> None:
        stream = Answering(ProviderError("text")).stream(provider_pb2.ListRequest(), Context())
        async for message in stream:
            sent.append(message)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(AbortedError, match="text"):
        asyncio.run(read())
    assert sent == [1]
