"""The real alicloud plugin's resources, from create to destroy, without a change that nobody asked for.

One test, as each step needs the one before, and each `up` takes the plugin's own waits.
"""

from __future__ import annotations

from typing import Any

import pytest

from local_stack import LocalStack

KINDS = {
    "alicloud:vpc/network:Network",
    "alicloud:vpc/switch:Switch",
    "alicloud:ecs/securityGroup:SecurityGroup",
    "alicloud:ecs/securityGroupRule:SecurityGroupRule",
    "alicloud:ecs/eipAddress:EipAddress",
    "alicloud:vpc/natGateway:NatGateway",
    "alicloud:ecs/eipAssociation:EipAssociation",
    "alicloud:vpc/snatEntry:SnatEntry",
    "alicloud:eci/imageCache:ImageCache",
}


def own_resources(stack: LocalStack) -> dict[str, dict[str, Any]]:
    """Return the plugin's resources in the stack's state, by type."""
    return {each["type"]: each for each in stack.state() if each["type"].startswith("alicloud:")}


def unchanged(stack: LocalStack) -> None:
    """Check that neither the program nor the cloud is a reason to change anything."""
    stack.pulumi("preview", "--expect-no-changes", quiet=True)
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", quiet=True)
    stack.pulumi("preview", "--expect-no-changes", quiet=True)


@pytest.mark.timeout(420)
def test_life(stack: LocalStack) -> None:
    """All is created, stays as it is, is updated in place, and destroyed; nothing is left."""
    stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    unchanged(stack)
    before = own_resources(stack)
    assert before.keys() == KINDS
    outputs = stack.outputs()
    assert outputs["resourceGroups"] == ["default"]
    assert [cache["id"] for cache in outputs["imageCaches"]] == [
        before["alicloud:eci/imageCache:ImageCache"]["id"]
    ]
    assert [cache["Status"] for cache in stack.simulator.caches()] == ["Ready"]

    stack.configure({"description": "second"})
    stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    unchanged(stack)
    after = own_resources(stack)
    assert {kind: each["id"] for kind, each in after.items()} == {
        kind: each["id"] for kind, each in before.items()
    }
    (rule,) = stack.simulator.resources()["security_groups"][0]["Permissions"]
    assert rule["Description"] == "second"

    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert not any(stack.simulator.resources().values())
