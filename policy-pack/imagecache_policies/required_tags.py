"""Tags that say whose a cache is and who pays for it."""

from __future__ import annotations

from collections.abc import Iterator

from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import OURS
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_REQUIRED = Setting("requiredTags", (), "The keys of the tags that each cache must have. Empty: none.")


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    for key in settings[_REQUIRED.name]:
        if inputs.value("tags", key) in (None, ""):
            yield f"tags has no {key!r}: add it with a value"


POLICY = resource_policy(
    "image-cache-required-tags",
    "Image caches have the tags that say whose they are.",
    _faults,
    types=OURS,
    settings=(_REQUIRED,),
)
