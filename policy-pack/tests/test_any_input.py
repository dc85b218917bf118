"""No input and no configuration makes a policy fail, which would end the user's preview with a stack."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy

from imagecache_policies import POLICIES
from imagecache_policies.pull_policy import PODS
from imagecache_policies.resource_types import IMAGE_CACHES, PLUGIN
from judging import UNKNOWN, judge, judge_stack

ANYWHERE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A slow machine is no fault of a policy."""

NAMES = (
    "images", "retentionDays", "imageCacheSize", "tags", "plainHttpRegistries", "insecureRegistries",
    "imageRegistryCredentials", "server", "password", "spec", "template", "jobTemplate", "containers",
    "initContainers", "image", "imagePullPolicy", "team",
)  # fmt: skip
TYPES = sorted(IMAGE_CACHES | PODS.keys())
SETTINGS = sorted(
    {name for policy in POLICIES if policy.config_schema for name in policy.config_schema.properties}
)

texts = st.sampled_from(["Always", "nginx", "a:b@c", ":", "@", "/", UNKNOWN]) | st.text(max_size=5)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
inputs = st.dictionaries(st.sampled_from(NAMES), trees, max_size=5)
configurations = st.dictionaries(
    st.sampled_from(SETTINGS), leaves | st.lists(texts | st.sampled_from(["team", "(", "["]), max_size=3)
)


@ANYWHERE
@given(inputs, configurations, st.sampled_from(TYPES))
@example({"images": ["nginx"]}, {"immutableTags": ["("]}, PLUGIN)
def test_any_input(properties: dict[str, Any], configuration: dict[str, Any], kind: str) -> None:
    """Whatever a program and a configuration say, each policy answers in sentences."""
    for policy in POLICIES:
        if isinstance(policy, ResourceValidationPolicy):
            assert all(judge(policy, properties, kind=kind, **configuration))


@ANYWHERE
@given(configurations, st.lists(st.sampled_from(TYPES), max_size=3))
def test_any_stack(configuration: dict[str, Any], types: list[str]) -> None:
    """The same for policies of a whole stack."""
    resources = {str(number): kind for number, kind in enumerate(types)}
    for policy in POLICIES:
        if isinstance(policy, StackValidationPolicy):
            assert all(judge_stack(policy, resources, **configuration))
