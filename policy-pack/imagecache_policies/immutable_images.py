"""Images by digest, or by a tag that isn't moved.

A cache holds what a tag meant when it was built. Once the tag is moved, pods that pull and pods that start
from the cache run different images under one name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from pulumi_policy import Severity

from imagecache_policies.images import image
from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import IMAGE_CACHES
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_IMMUTABLE_TAGS = Setting(
    "immutableTags",
    (
        r"v?\d+\.\d+\.\d+([._-][\w.-]+)?",  # a full version: 1.20.3, v1.20.3-scala_2.12
        r"([\w.-]+[._-])?(?=[a-f]*\d)[0-9a-f]{7,40}",  # a commit, or a date without dashes: sha-1a2b3c4
        r"([\w.-]+[._-])?20\d\d-[01]\d-[0-3]\d([._-][\w.-]+)?",  # a date: 2026-11-25-alpine
    ),
    "Regular expressions; a tag that one of them matches as a whole stays. Empty: digests only.",
    patterns=True,
)
_MOVING_TAGS = Setting(
    "movingTags",
    (
        # Channels: these words move a tag wherever they stand in it.
        r"(?i)(.*[._-])?(latest|stable|unstable|testing|edge|nightly|canary|rolling|mainline|snapshot)([._-].*)?",
        # Branches: these only at its end, since main-1a2b3c4 is a commit.
        r"(?i)(.*[._-])?(main|master|trunk|head|dev|devel|develop)",
    ),
    "Regular expressions; a tag that one of them matches as a whole moves, whatever `immutableTags` says.",
    patterns=True,
)


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    for index in range(inputs.count("images")):
        reference = inputs.value("images", index)
        if isinstance(reference, str):
            yield from _faults_of(reference, f"images[{index}]", settings)


def _faults_of(reference: str, where: str, settings: Settings) -> Iterator[str]:
    named = image(reference)
    if named is None:
        yield (
            f"{where} is {reference!r}, which is no image reference: write [registry/]repository:tag, or"
            " [registry/]repository@sha256:… with the digest's 64 hexadecimal digits"
        )
    elif not (named.digest or _stays(named.tag, settings)):
        yield (
            f"{where} is {reference!r}, whose tag {named.tag!r} can be moved to another image, which the"
            f" cache won't have: name a digest, {reference}@sha256:…{_or_tag(settings[_IMMUTABLE_TAGS.name])}"
        )


def _stays(tag: str, settings: Settings) -> bool:
    return _matches(tag, settings[_IMMUTABLE_TAGS.name]) and not _matches(tag, settings[_MOVING_TAGS.name])


def _matches(tag: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, tag) for pattern in patterns)


def _or_tag(patterns: Collection[str]) -> str:
    return ", or a tag that stays, such as a full version (1.20.3)" if patterns else ""


POLICY = resource_policy(
    "image-cache-immutable-images",
    "Image caches name their images by digest or by a tag that isn't moved.",
    _faults,
    types=IMAGE_CACHES,
    settings=(_IMMUTABLE_TAGS, _MOVING_TAGS),
    severity=Severity.HIGH,
)
