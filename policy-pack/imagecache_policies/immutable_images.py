"""Images by digest, or by a tag that isn't moved.

A cache holds what a tag meant when it was built. Once the tag is moved, pods that pull and pods that start
from the cache run different images under one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_policy import Severity

from imagecache_policies.images import has_digest, tag
from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import IMAGE_CACHES
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_IMMUTABLE_TAGS = Setting(
    "immutableTags",
    (
        r"v?\d+\.\d+\.\d+([._+-][\w.+-]+)?",  # 1.20.3, v1.20.3-scala_2.12
        r"([\w.-]+-)?[0-9a-f]{7,40}",  # a commit, or a date without dashes: sha-1a2b3c4, jammy-20261125
    ),
    "Regular expressions; a tag that one of them matches as a whole stays. Empty: digests only.",
    patterns=True,
)


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    patterns = settings[_IMMUTABLE_TAGS.name]
    for index in range(inputs.count("images")):
        image = inputs.value("images", index)
        if not isinstance(image, str) or has_digest(image):
            continue
        named = tag(image)
        if not any(re.fullmatch(pattern, named) for pattern in patterns):
            yield (
                f"images[{index}] is {image!r}, whose tag {named!r} can be moved to another image, which the"
                f" cache won't have: name a digest, {image}@sha256:…{_or_tag(patterns)}"
            )


def _or_tag(patterns: list[str]) -> str:
    return ", or a tag that stays, such as a full version (1.20.3)" if patterns else ""


POLICY = resource_policy(
    "image-cache-immutable-images",
    "Image caches name their images by digest or by a tag that isn't moved.",
    _faults,
    types=IMAGE_CACHES,
    settings=(_IMMUTABLE_TAGS,),
    severity=Severity.HIGH,
)
