"""The policies of the pack, in the order in which docs/policy-pack.md lists them.

To leave one out, take its line away; to add one, write a module beside its neighbours and add a line.
"""

from __future__ import annotations

from pulumi_policy import Policy

from imagecache_policies import (
    caches_per_stack,
    immutable_images,
    inline_passwords,
    plain_http_registries,
    pull_policy,
    required_tags,
    retention,
    size,
)

POLICIES: list[Policy] = [
    immutable_images.POLICY,
    retention.POLICY,
    size.POLICY,
    required_tags.POLICY,
    plain_http_registries.POLICY,
    inline_passwords.POLICY,
    caches_per_stack.POLICY,
    pull_policy.POLICY,
]
