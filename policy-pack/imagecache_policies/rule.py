"""From a rule, which is a pure function, to a policy that Pulumi's SDK can run.

A rule takes what it judges and the policy's settings by name, and gives a message for each fault. A message
names the property, the fact and the remedy; it never has a part of what a resource keeps secret, since the
engine hands secrets to policies in the clear and shows messages to everybody.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from imagecache_policies.inputs import Inputs
from imagecache_policies.setting import Setting, problems, schema, values

Settings = Mapping[str, Any]
ResourceRule = Callable[[str, Inputs, Settings], Iterable[str]]
"""From a resource's type, its inputs and the settings to messages."""
StackRule = Callable[[Mapping[str, str], Settings], Iterable[str]]
"""From the stack's resources (types by URN) and the settings to messages."""


def resource_policy(
    name: str,
    description: str,
    rule: ResourceRule,
    *,
    types: Collection[str],
    settings: tuple[Setting, ...] = (),
    level: EnforcementLevel = EnforcementLevel.MANDATORY,
    severity: Severity = Severity.MEDIUM,
) -> ResourceValidationPolicy:
    """Make a policy that judges each resource of some types by itself.

    Args:
        name: how the configuration names the policy.
        description: what it says, in one sentence; begins the message of each fault.
        rule: what it judges by.
        types: Pulumi's types of the resources that it judges; others are none of its business.
        settings: what it can be configured with.
        level: what a fault means where the configuration doesn't say it.
        severity: how bad a fault is.
    """

    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        if args.resource_type not in types:
            return
        inputs = Inputs(args.props)
        judge = functools.partial(rule, args.resource_type, inputs)
        for message in _judged(settings, args.get_config(), judge):
            report_violation(message, None)
        if inputs.unknown is not None:
            # The SDK makes it the preview's note that not everything could be judged.
            raise inputs.unknown

    return ResourceValidationPolicy(
        name,
        description,
        validate,
        enforcement_level=level,
        config_schema=schema(settings),
        severity=severity,
    )


def stack_policy(
    name: str,
    description: str,
    rule: StackRule,
    *,
    settings: tuple[Setting, ...] = (),
    level: EnforcementLevel = EnforcementLevel.MANDATORY,
    severity: Severity = Severity.MEDIUM,
) -> StackValidationPolicy:
    """Make a policy that judges the stack as a whole; its arguments are those of `resource_policy`."""

    def validate(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        resources = {resource.urn: resource.resource_type for resource in args.resources}
        for message in _judged(settings, args.get_config(), functools.partial(rule, resources)):
            report_violation(message, None)

    return StackValidationPolicy(
        name,
        description,
        validate,
        enforcement_level=level,
        config_schema=schema(settings),
        severity=severity,
    )


def _judged(
    settings: tuple[Setting, ...],
    configuration: Mapping[str, Any],
    rule: Callable[[Settings], Iterable[str]],
) -> Iterable[str]:
    """Give the rule's messages, or what is wrong with the configuration that it would judge by."""
    return problems(settings, configuration) or rule(values(settings, configuration))
