"""Pods, container groups and what Auto Scaling makes those by, where they pull whatever a cache has.

With the pull policy Always an instance downloads the layers again, also where it starts from a cache. In
Kubernetes a container without a pull policy has that one if its image has the tag latest, or no tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from imagecache_policies.images import image
from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import CONTAINER_GROUP, SCALING_CONFIGURATION
from imagecache_policies.rule import Settings, resource_policy

_TEMPLATE: Final[tuple[str, ...]] = ("spec", "template", "spec")
PODS: Final[dict[str, tuple[str, ...]]] = {
    CONTAINER_GROUP: (),
    SCALING_CONFIGURATION: (),
    "kubernetes:core/v1:Pod": ("spec",),
    "kubernetes:core/v1:ReplicationController": _TEMPLATE,
    "kubernetes:apps/v1:DaemonSet": _TEMPLATE,
    "kubernetes:apps/v1:Deployment": _TEMPLATE,
    "kubernetes:apps/v1:ReplicaSet": _TEMPLATE,
    "kubernetes:apps/v1:StatefulSet": _TEMPLATE,
    "kubernetes:batch/v1:Job": _TEMPLATE,
    "kubernetes:batch/v1:CronJob": ("spec", "jobTemplate", *_TEMPLATE),
}
"""Where each type of resource has its containers."""


def _faults(kind: str, inputs: Inputs, _settings: Settings) -> Iterator[str]:
    for containers in ("initContainers", "containers"):
        path = (*PODS[kind], containers)
        for index in range(inputs.count(*path)):
            policy = inputs.value(*path, index, "imagePullPolicy")
            where = f"{'.'.join(path)}[{index}]"
            if policy == "Always":
                yield (
                    f"{where}.imagePullPolicy is Always, which downloads the image again also where an image"
                    " cache has it: set IfNotPresent"
                )
            elif policy is None and kind.startswith("kubernetes:"):
                yield from _implied(where, inputs.value(*path, index, "image"))


def _implied(where: str, reference: object) -> Iterator[str]:
    named = image(reference) if isinstance(reference, str) else None
    if named and not named.digest and named.tag == "latest":
        yield (
            f"{where}.image is {reference!r}, for which Kubernetes takes the pull policy Always, which"
            " downloads the image again also where an image cache has it: name a version, or set"
            " imagePullPolicy to IfNotPresent"
        )


POLICY = resource_policy(
    "image-pull-policy",
    "Pods and container groups let image caches serve them.",
    _faults,
    types=PODS,
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
)
