"""Direct calls to policies, with what Pulumi's SDK would hand them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from imagecache_policies.resource_types import PLUGIN

UNKNOWN = UNKNOWN_STRING_VALUE
"""How the engine sends a value that a preview can't know."""

UNJUDGED = "not everything is known"
"""Stands for the SDK's note that a preview can't know a value."""

_OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], None)


class Said:
    """What a policy reported."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def __call__(self, message: str, urn: str | None = None) -> None:
        """Take a fault; none of the pack's policies names another resource than the one it judges."""
        assert urn is None
        self.messages.append(message)


def urn(name: str, kind: str = PLUGIN) -> str:
    """Make a resource's URN."""
    return f"urn:pulumi:stack::project::{kind}::{name}"


def judge(
    policy: ResourceValidationPolicy, inputs: Mapping[str, Any], *, kind: str = PLUGIN, **config: Any
) -> list[str]:
    """Let a policy judge a resource; give its messages, then UNJUDGED if it met what can't be known."""
    props = unknown_checking_proxy(dict(inputs))
    args = ResourceValidationArgs(kind, props, urn("web", kind), "web", _OPTIONS, None, config)
    said = Said()
    try:
        policy.validate(args, said)
    except UnknownValueError:
        said.messages.append(UNJUDGED)
    return said.messages


def judge_stack(policy: StackValidationPolicy, types: Mapping[str, str], **config: Any) -> list[str]:
    """Let a policy judge a stack of resources, their types by name; give its messages."""
    resources = [
        PolicyResource(kind, {}, urn(name, kind), name, _OPTIONS, None, None, [], {})
        for name, kind in types.items()
    ]
    said = Said()
    policy.validate(StackValidationArgs(resources, config), said)
    return said.messages
