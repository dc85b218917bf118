"""Tests of the policy that pods and container groups let caches serve them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from imagecache_policies.pull_policy import PODS, POLICY
from imagecache_policies.resource_types import CONTAINER_GROUP, SCALING_CONFIGURATION
from judging import UNJUDGED, UNKNOWN, judge

POD = "kubernetes:core/v1:Pod"


def within(path: tuple[str, ...], spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put a pod's specification where a type of resource has it."""
    for step in reversed(path):
        spec = {step: spec}
    return spec


@pytest.mark.parametrize("kind", PODS)
def test_always(kind: str) -> None:
    """Always is a fault in each type of resource, for containers and those that run before."""
    spec = {
        "initContainers": [{"image": "busybox:1.37.0", "imagePullPolicy": "Always"}],
        "containers": [
            {"image": "nginx:1.27.1", "imagePullPolicy": "IfNotPresent"},
            {"image": "nginx:1.27.1", "imagePullPolicy": "Always"},
        ],
    }
    first, second = judge(POLICY, within(PODS[kind], spec), kind=kind)
    path = "".join(f"{step}." for step in PODS[kind])
    assert first.startswith(
        f"{path}initContainers[0].imagePullPolicy is Always, which downloads the image again"
    )
    assert second.startswith(f"{path}containers[1].imagePullPolicy is Always")
    assert second.endswith("set IfNotPresent")


def test_latest() -> None:
    """In Kubernetes, latest implies Always; a container group says it or doesn't."""
    spec = {"containers": [{"image": "nginx"}, {"image": "nginx:latest"}, {"image": "nginx:1.27"}]}
    messages = judge(POLICY, {"spec": spec}, kind=POD)
    assert [message.partition(",")[0] for message in messages] == [
        "spec.containers[0].image is 'nginx'",
        "spec.containers[1].image is 'nginx:latest'",
    ]
    for kind in (CONTAINER_GROUP, SCALING_CONFIGURATION):
        assert judge(POLICY, spec, kind=kind) == []


@pytest.mark.parametrize("image", ["nginx@latest", f"nginx:latest@sha256:{'0' * 64}", "Nginx", ""])
def test_not_latest(image: str) -> None:
    """A digest, and what is no image reference, imply nothing."""
    assert judge(POLICY, {"spec": {"containers": [{"image": image}]}}, kind=POD) == []


def test_unknown() -> None:
    """Only what the policy looks at has to be known."""
    container = {"image": "nginx:1.27", "args": [UNKNOWN]}
    assert judge(POLICY, {"spec": {"containers": [container]}}, kind=POD) == []
    container = {"image": UNKNOWN}
    assert judge(POLICY, {"spec": {"containers": [container]}}, kind=POD) == [UNJUDGED]
