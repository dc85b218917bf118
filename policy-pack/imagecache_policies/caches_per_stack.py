"""A limit to the caches of a stack: all stacks of an account share one quota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagecache_policies.resource_types import IMAGE_CACHES
from imagecache_policies.rule import Settings, stack_policy
from imagecache_policies.setting import Setting

_MOST = Setting("maxCaches", 50, "The most image caches that a stack may have.")


def _faults(resources: Mapping[str, str], settings: Settings) -> Iterator[str]:
    caches = sum(kind in IMAGE_CACHES for kind in resources.values())
    most = settings[_MOST.name]
    if caches > most:
        yield (
            f"the stack has {caches} image caches, more than {most:g}: put images that start together into"
            f" one cache, take out caches that nothing matches, or raise this policy's {_MOST.name}"
        )


POLICY = stack_policy(
    "image-caches-per-stack",
    "A stack leaves room for others in the account's quota of image caches.",
    _faults,
    settings=(_MOST,),
)
