"""What every request about a resource says: which resource it is, and how long its operation may take.

`servicer` reads it first, and writes a resource's properties through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Struct

from imagecache_provider.errors import SHORTEST_SECRET, ProviderError
from imagecache_provider.fields import Model
from imagecache_provider.plugin.codec import Path, Properties, encode, secret_places
from imagecache_provider.resource import Identity

_URN_PARTS = 4


@dataclass(frozen=True)
class ResourceRequest:
    """The resource that a request is about.

    Attributes:
        urn: its URN, `urn:pulumi:<stack>::<project>::<types>::<name>`.
        token: its type.
        name: its name in the program.
        identity: what tells it from all others.
        timeout: seconds that the user gives the operation; None where the default holds.
    """

    urn: str
    token: str
    name: str
    identity: Identity
    timeout: float | None

    @classmethod
    def of(cls, request: Any) -> ResourceRequest:
        """Read it off a request; `ProviderError` for a URN that is none."""
        parts = request.urn.split("::", _URN_PARTS - 1)
        if len(parts) != _URN_PARTS or not parts[0].startswith("urn:pulumi:"):
            raise ProviderError(f"the engine named a resource by {request.urn!r}, which is no URN")
        stack, project, types, name = parts
        return cls(
            urn=request.urn,
            token=types.rpartition("$")[2],
            name=name,
            identity=Identity.of(project, stack.removeprefix("urn:pulumi:"), types, name),
            timeout=getattr(request, "timeout", 0.0) or None,
        )


def encoded(plain: Mapping[str, Any], model: type[Model], given: Properties) -> Struct:
    """Write a resource's properties: secret is what the model says, what was, and what repeats a secret.

    Args:
        plain: inputs, outputs, or both.
        model: the resource's inputs.
        given: the inputs as they came, which say what the program keeps secret.
    """
    places: set[Path] = {*given.secrets, *secret_places(model, plain)}
    hidden = [text for text in given.secret_texts() if len(text) >= SHORTEST_SECRET]
    # What still stands where it came from has its places; a drift may have moved the secret elsewhere.
    others = {name: value for name, value in plain.items() if given.plain.get(name) != value}
    repeating = {(name,) for name, value in others.items() if holds(value, hidden)}
    return encode(plain, places | repeating)


def holds(value: Any, texts: Iterable[str]) -> bool:
    """Say whether a plain value repeats one of these texts."""
    if isinstance(value, str):
        return any(text in value for text in texts)
    if isinstance(value, dict):
        return any(holds(part, texts) for part in value.values())
    return isinstance(value, list) and any(holds(member, texts) for member in value)
