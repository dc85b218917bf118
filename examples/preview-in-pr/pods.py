"""Containers in a preview that pull their image at each start, whatever caches there are.

comment.py warns of them. They are looked for in the inputs of every resource that a preview shows: Pods,
Deployments and whatever else holds containers, of any provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from preview import UNKNOWN, Step

_HOST = r"[0-9A-Za-z]+(?:(?:\.|-+)[0-9A-Za-z]+)*"
_PART = r"[0-9a-z]+(?:(?:\.|__?|-+)[0-9a-z]+)*"
_IMAGE = re.compile(
    rf"(?:(?:{_HOST}|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?/)?{_PART}(?:/{_PART})*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?P<digest>@(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?",
    re.ASCII,
)
"""An image's reference, by the grammar of github.com/distribution/reference."""


def always_pulled(step: Step) -> Iterator[str]:
    """Give the images that a resource pulls at each start of a container.

    Kubernetes does so for `imagePullPolicy: Always`, and without a policy for the tag `latest` and for none.
    """
    if step.op != "delete":
        kubernetes = step.type.startswith("kubernetes:")
        for container in _containers(step.new):
            image, policy = container["image"], container.get("imagePullPolicy")
            if policy == "Always" or (kubernetes and policy is None and _moves(image)):
                yield image


def _containers(value: Any) -> Iterator[Mapping[str, Any]]:
    parts: Iterable[Any] = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        parts = value.values()
        for key in ("initContainers", "containers"):
            listed = value.get(key)
            for container in listed if isinstance(listed, list) else ():
                if isinstance(container, dict) and isinstance(container.get("image"), str):
                    yield container
    for part in parts:
        yield from _containers(part)


def _moves(image: str) -> bool:
    """Say whether Kubernetes takes an image for one that is moved: with the tag `latest`, or with none.

    What is no reference is never pulled, and what a preview can't know yet may be any image.
    """
    named = _IMAGE.fullmatch(image)
    if image == UNKNOWN or named is None or named["digest"]:
        return False
    return named["tag"] in {None, "latest"}
