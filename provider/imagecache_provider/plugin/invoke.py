"""The engine's Invoke: a function's arguments checked, asked, and the answer put on the wire.

`servicer` calls it. A program may ask with what a preview doesn't know yet, or with secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagecache_provider.check import CheckFailure, check
from imagecache_provider.fields import fields, has_unknown, without_empty
from imagecache_provider.function import FunctionConnection
from imagecache_provider.plugin.answers import invoke_failures
from imagecache_provider.plugin.codec import Properties, encode
from imagecache_provider.plugin.protocol import provider_pb2
from imagecache_provider.plugin.request import holds

_REGION = "regionId"


async def invoke(connection: FunctionConnection, given: Properties) -> Any:
    """Answer an Invoke.

    Args:
        connection: the function.
        given: its arguments.

    Raises:
        ProviderError: the cloud refused, or there is no answer.
    """
    function = connection.function
    said = without_empty(function.args, given.plain)
    checked = check(function.args, {**_default_region(connection), **said})
    failures = [*checked.failures, *_missing_region(connection, said)]
    if failures:
        return provider_pb2.InvokeResponse(failures=invoke_failures(failures, given, function.args))
    if has_unknown(checked.inputs):
        return provider_pb2.InvokeResponse()  # the engine takes no unknown here, but nothing
    answer = await function.call(checked.inputs)
    hidden = [text for text in given.secret_texts() if text]
    places = {(name,) for name, value in answer.items() if holds(value, hidden)}
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(encode(answer, places))  # in Python that name is a keyword
    return response


def _default_region(connection: FunctionConnection) -> dict[str, str]:
    if _REGION in fields(connection.function.args) and connection.region:
        return {_REGION: connection.region}
    return {}


def _missing_region(connection: FunctionConnection, said: Mapping[str, Any]) -> list[CheckFailure]:
    asks = _REGION in fields(connection.function.args)
    if not asks or connection.region or said.get(_REGION) is not None:
        return []
    return [CheckFailure(_REGION, connection.missing_region)]
