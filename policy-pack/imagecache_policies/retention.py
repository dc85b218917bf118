"""A retention: a cache without one is kept, and paid for, until somebody deletes it."""

from __future__ import annotations

from collections.abc import Iterator

from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import IMAGE_CACHES
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_MOST_DAYS = Setting("maxDays", 365, "The longest retention, in days.")


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    days = inputs.value("retentionDays")
    most = settings[_MOST_DAYS.name]
    if days is None:
        yield (
            "retentionDays isn't set, so that the cache is paid for until somebody deletes it:"
            f" set it, to {most:g} at most"
        )
    elif isinstance(days, (int, float)) and days > most:
        yield f"retentionDays is {days:g}, more than {most:g}: lower it"


POLICY = resource_policy(
    "image-cache-retention",
    "Image caches have a retention, after which the cloud deletes them.",
    _faults,
    types=IMAGE_CACHES,
    settings=(_MOST_DAYS,),
)
