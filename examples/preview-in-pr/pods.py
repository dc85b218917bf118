"""Containers in a preview that pull their image at each start, whatever caches there are.

comment.py warns of them. They are looked for in the inputs of every resource that a preview shows: Pods,
Deployments and whatever else holds containers, of any provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from preview import Step

_PINNED = re.compile(r"@[\w+.-]+:[0-9a-fA-F]+$")
_TAG = re.compile(r":(?P<tag>[\w][\w.-]*)$")


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
    if _PINNED.search(image):
        return False
    tag = _TAG.search(image.rpartition("/")[2])
    return tag is None or tag["tag"] == "latest"
