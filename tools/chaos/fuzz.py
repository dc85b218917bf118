"""Random input for Check, Diff, the codec and the protocol, which must answer whatever comes.

`__main__` runs it; the number of inputs that were tried stands in docs/reliability.md.
"""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct
from tests.provider.fronts import AbortedError, Plugin, Recorded
from tests.provider.world import REGION

from chaos.protocol_fuzz import ProtocolFuzzer
from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.image_cache_model import ImageCacheArgs, ImageCacheState
from imagecache_provider.fields import UNKNOWN, fields
from imagecache_provider.plugin.codec import decode, encode
from imagecache_provider.plugin.servicer import Servicer

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SPECIAL = (
    "1b47061264138c4ac30d75fd1eb44270",
    "d0e6a833031e9bbcd3f4e8bde6ca49a4",
    "5cf8f73096256a8f31e491e813e4eb8e",
    "c44067f5952c0a294b673a41bacd8c17",
)
_TEXTS = (
    "", "nginx:1.27", "nginx:1.27", "a/b@sha256:00", "ü☃", "\x00", " ", "a" * 5000, "true", "20", "-1",
    "{}", "{", "2026-01-01T00:00:00Z", "cn-hangzhou", "Ready", "Failed",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
)  # fmt: skip
_NUMBERS = (0, 1, -1, 20, 20.5, 1e300, float("inf"), float("-inf"), float("nan"), 2**53)
_DEEPEST = 4


@dataclass(frozen=True)
class Fuzzed:
    """How many inputs were tried by what they were for, and what made something raise."""

    tried: dict[str, int]
    raised: tuple[str, ...]


def fuzz(seed: int, rounds: int) -> Fuzzed:
    """Try so many inputs on each of Check, Diff, the codec, and the RPCs of the plugin together."""
    fuzzer = _Fuzzer(seed)
    fuzzed = asyncio.run(fuzzer.run(rounds))
    raised = tuple(ProtocolFuzzer(fuzzer.chance, fuzzer.struct).run(rounds))
    return Fuzzed({**fuzzed.tried, "RPCs": rounds}, (*fuzzed.raised, *raised))


class _Fuzzer:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - it's repeated from its seed
        self.chance = self._chance
        self._raised: list[str] = []

    def struct(self) -> Struct:
        """Give random properties as they are on the wire."""
        state = {name: self._value() for name in fields(ImageCacheState) if self._likely()}
        return encode({**self._inputs(), **state} if self._likely() else {self._text(): self._value()})

    async def run(self, rounds: int) -> Fuzzed:
        settings = {"region": REGION, "accessKey": "simulator", "secretKey": "simulator"}
        plugin = await Plugin.start(Servicer({}, SystemClock()), settings)
        for _ in range(rounds):
            await self._check(plugin)
            await self._diff(plugin)
            self._codec()
        return Fuzzed(dict.fromkeys(("Check", "Diff", "codec"), rounds), tuple(self._raised))

    async def _check(self, plugin: Plugin) -> None:
        news = self._inputs()
        try:
            await plugin.check("web", encode(self._inputs()), encode(news))
        except AbortedError as error:
            self._raised.append(f"Check of {news}: {error}")

    async def _diff(self, plugin: Plugin) -> None:
        olds, news = self._inputs(), self._inputs()
        outputs = {name: self._value() for name in fields(ImageCacheState) if self._likely()}
        before = Recorded("imc-1", encode(olds), encode({**olds, **outputs}))
        try:
            await plugin.diff("web", before, encode(news))
        except AbortedError as error:
            self._raised.append(f"Diff of {olds}, {outputs}, {news}: {error}")

    def _codec(self) -> None:
        struct = encode({self._text(): self._value() for _ in range(3)})
        wire = bytearray(struct.SerializeToString())
        for _ in range(self._chance.randrange(3) if wire else 0):
            wire[self._chance.randrange(len(wire))] = self._chance.randrange(256)
        try:
            struct = Struct.FromString(bytes(wire))
        except DecodeError:
            return  # gRPC refuses it before it gets to us
        try:
            read = decode(struct)
            list(read.secret_texts())
            encode(read.plain, read.secrets)
        except Exception as error:  # noqa: BLE001 - that's what is looked for
            self._raised.append(f"codec of {struct}: {error!r}")

    def _inputs(self) -> dict[str, Any]:
        """Give inputs whose names are mostly right, and whose values mostly aren't."""
        given = {name: self._value() for name in fields(ImageCacheArgs) if self._chance.random() < 0.3}  # noqa: PLR2004 - some
        if self._likely():
            given["images"] = [self._text() for _ in range(self._chance.randrange(4))]
        if self._chance.random() < 0.1:  # noqa: PLR2004 - seldom
            given[self._text()] = self._value()
        return given

    def _likely(self) -> bool:
        return self._chance.random() < 0.7  # noqa: PLR2004 - mostly

    def _text(self) -> str:
        if self._likely():
            return self._chance.choice(_TEXTS)
        return "".join(self._chance.choices(string.printable, k=self._chance.randrange(30)))

    def _value(self, depth: int = 0) -> Any:
        kinds = ["text", "text", "number", "flag", "none", "unknown"]
        kind = self._chance.choice(kinds + (["list", "object", "special"] * 2 if depth < _DEEPEST else []))
        makers: dict[str, Callable[[], Any]] = {
            "text": self._text,
            "number": lambda: self._chance.choice(_NUMBERS),
            "flag": self._likely,
            "none": lambda: None,
            "unknown": lambda: UNKNOWN,
            "list": lambda: [self._value(depth + 1) for _ in range(self._chance.randrange(4))],
            "object": lambda: dict(self._members(depth)),
            "special": lambda: {_SIGNATURE: self._chance.choice(_SPECIAL), **dict(self._members(depth))},
        }
        return makers[kind]()

    def _members(self, depth: int) -> Iterator[tuple[str, Any]]:
        names = [
            "value",
            "secret",
            "id",
            "urn",
            "server",
            "userName",
            "password",
            "instanceId",
            "domains",
            "",
        ]
        for name in self._chance.sample(names, k=self._chance.randrange(5)):
            yield name, self._value(depth + 1)
