"""Random programs, and the edits that a user makes between two runs.

All that is random here comes from the trial's own seed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from chaos.engine import GATE

Inputs = dict[str, Any]

PASSWORD = "canary-password-7d1f"  # noqa: S105 - it is searched for
WRONG_PASSWORD = "canary-wrong-91ce"  # noqa: S105 - the same
ACCESS_SECRET = "canary-access-30bb"  # noqa: S105 - the same
SECURITY_TOKEN = "canary-token-e5a2"  # noqa: S105 - the same
CANARIES = (PASSWORD, WRONG_PASSWORD, ACCESS_SECRET, SECURITY_TOKEN)
"""What must never be seen: the secret inputs and credentials of every trial."""
REGISTRY = "private.example.com"
USER = "canary-user-c4d0"
"""It's a secret in the state, as a part of the credentials; the cloud's log may show it."""

_PRIVATE = f"{REGISTRY}/team/app:1"
_IMAGES = ("nginx:1.27", "redis:7.4", "busybox:1", "python:3.12", "alpine:3.20", _PRIVATE)


class Programs:
    """Makes programs.

    Args:
        chance: what decides.
        eip: the ID of an EIP, which some caches share.
    """

    def __init__(self, chance: random.Random, eip: str) -> None:
        self._chance = chance
        self._eip = eip

    def first(self) -> dict[str, Inputs]:
        """Give a program of one to three caches."""
        names = ["web", "api", "job"][: self._chance.choice([1, 1, 2, 3])]
        return self._gated({name: self._cache() for name in names})

    def edited(self, program: Mapping[str, Mapping[str, Any]]) -> dict[str, Inputs]:
        """Change one to three things of a program."""
        news = {name: dict(inputs) for name, inputs in program.items() if name != GATE}
        for _ in range(self._chance.choice([1, 1, 2, 3])):
            self._edit(news)
        return self._gated(news)

    def _gated(self, caches: dict[str, Inputs]) -> dict[str, Inputs]:
        """Put a gate behind the caches that aren't waited for, or leave them without."""
        waiting = [name for name, inputs in caches.items() if inputs.get("awaitReady") is False]
        if waiting and self._chance.random() < 0.6:  # noqa: PLR2004 - most of them
            return {**caches, GATE: {"caches": waiting}}
        return caches

    def _edit(self, news: dict[str, Inputs]) -> None:
        kind = self._chance.choice(["input"] * 8 + ["add", "remove", "rename"])
        if kind == "add" or not news:
            news["more"] = self._cache()
        elif kind == "remove":
            del news[self._chance.choice(list(news))]
        elif kind == "rename":
            news["renamed"] = news.pop(self._chance.choice(list(news)))
        else:
            self._edit_inputs(news[self._chance.choice(list(news))])

    def _edit_inputs(self, inputs: Inputs) -> None:
        kinds = ["images", "images", "size", "name", "retention", "tags", "zone", "cheap", "await"]
        kind = self._chance.choice(kinds)
        if kind == "images":
            inputs.update(self._images())
        elif kind == "size":
            inputs["imageCacheSize"] = self._chance.choice([20, 30, 40])
        elif kind == "name":
            inputs["imageCacheName"] = f"named-{self._chance.randrange(3)}"
        elif kind == "retention":
            self._toggle(inputs, "retentionDays", self._chance.choice([1, 7, 30]))
        elif kind == "tags":
            self._toggle(inputs, "tags", {"team": self._chance.choice("ab")})
        elif kind == "zone":
            self._toggle(inputs, "annotations", '{"a": 1}')
        elif kind == "await":
            inputs["awaitReady"] = not inputs.get("awaitReady", True)
        else:
            self._toggle(inputs, "eliminationStrategy", "LRU")

    def _toggle(self, inputs: Inputs, name: str, value: Any) -> None:
        if name in inputs and self._chance.random() < 0.3:  # noqa: PLR2004 - some are taken back
            del inputs[name]
        else:
            inputs[name] = value

    def _cache(self) -> Inputs:
        inputs: Inputs = self._images()
        for kind in self._chance.sample(["size", "name", "retention", "tags"], k=self._chance.randrange(3)):
            match kind:
                case "size":
                    inputs["imageCacheSize"] = 30
                case "name":
                    inputs["imageCacheName"] = f"named-{self._chance.randrange(3)}"
                case "retention":
                    inputs["retentionDays"] = self._chance.choice([1, 7])
                case _:
                    inputs["tags"] = {"team": "a"}
        if self._chance.random() < 0.2:  # noqa: PLR2004 - some share it
            inputs["eipInstanceId"] = self._eip
        if self._chance.random() < 0.25:  # noqa: PLR2004 - some aren't waited for
            inputs["awaitReady"] = False
        return inputs

    def _images(self) -> Inputs:
        images = self._chance.sample(_IMAGES, k=self._chance.choice([1, 1, 2]))
        login = {"server": REGISTRY, "userName": USER, "password": PASSWORD}
        return {"images": images, "imageRegistryCredentials": [login]}


def with_wrong_password(program: Mapping[str, Mapping[str, Any]]) -> dict[str, Inputs]:
    """Give the program with a password that the registry refuses, and an image of it in the first cache."""
    login = {"server": REGISTRY, "userName": USER, "password": WRONG_PASSWORD}
    first = _first(program)
    return {
        name: dict(inputs)
        if name == GATE
        else {
            **inputs,
            "imageRegistryCredentials": [login],
            "images": [_PRIVATE] if name == first else inputs["images"],
        }
        for name, inputs in program.items()
    }


def named(program: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Inputs]:
    """Give the program with this name for its first cache."""
    first = _first(program)
    return {
        each: {**inputs, "imageCacheName": name} if each == first else dict(inputs)
        for each, inputs in program.items()
    }


def _first(program: Mapping[str, Any]) -> str:
    return next((name for name in program if name != GATE), "")
