"""Tests of security groups, their rules and their tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]
RULE = {
    "IpProtocol": "tcp",
    "PortRange": "443/443",
    "Policy": "accept",
    "Priority": "1",
    "NicType": "intranet",
    "SourceCidrIp": "0.0.0.0/0",
}
PERMISSION = {f"Permissions.1.{name}": value for name, value in RULE.items()}


@pytest.fixture
def ecs_call(call: Call) -> Call:
    """Return `call` for Ecs."""
    return partial(call, product="ecs")


@pytest.fixture
def ecs_refusal(refusal: Refusal) -> Refusal:
    """Return `refusal` for Ecs."""
    return partial(refusal, product="ecs")


@pytest.fixture
def group(network: dict[str, str]) -> dict[str, str]:
    """Return the parameter that names a security group."""
    return {"SecurityGroupId": network["SecurityGroupId"]}


def rules(ecs_call: Call, group: dict[str, str], direction: str = "ingress") -> list[dict[str, Any]]:
    """Return a group's rules as they're shown."""
    shown = ecs_call("DescribeSecurityGroupAttribute", {**group, "Direction": direction})
    found: list[dict[str, Any]] = shown["Permissions"]["Permission"]
    return found


def test_life(cloud: Cloud, ecs_call: Call, ecs_refusal: Refusal, network: dict[str, str]) -> None:
    """A group is created with tags, listed, changed and deleted; then the list is empty and the rest 404."""
    made = ecs_call(
        "CreateSecurityGroup",
        {"VpcId": network["VpcId"], "SecurityGroupName": "a", "Tag.1.Key": "k", "Tag.1.Value": "v"},
    )
    group = {"SecurityGroupId": made["SecurityGroupId"]}
    (shown,) = ecs_call("DescribeSecurityGroups", group)["SecurityGroups"]["SecurityGroup"]
    assert (shown["VpcId"], shown["SecurityGroupType"]) == (network["VpcId"], "normal")
    assert shown["Tags"] == {"Tag": [{"TagKey": "k", "TagValue": "v"}]}
    ecs_call("ModifySecurityGroupAttribute", {**group, "Description": "b"})
    ecs_call("ModifySecurityGroupPolicy", {**group, "InnerAccessPolicy": "Drop"})
    target = cloud.resource_manager.add_resource_group("team").resource_group_id
    move = {"ResourceId": made["SecurityGroupId"], "ResourceGroupId": target, "ResourceType": "securitygroup"}
    ecs_call("JoinResourceGroup", move)
    attribute = ecs_call("DescribeSecurityGroupAttribute", group)
    assert (attribute["SecurityGroupName"], attribute["Description"]) == ("a", "b")
    assert attribute["InnerAccessPolicy"] == "Drop"
    assert cloud.ecs.security_groups[made["SecurityGroupId"]].resource_group_id == target
    ecs_call("DeleteSecurityGroup", group)
    assert ecs_call("DescribeSecurityGroups", group)["SecurityGroups"]["SecurityGroup"] == []
    missing = (404, "InvalidSecurityGroupId.NotFound")
    assert ecs_refusal("DescribeSecurityGroupAttribute", group) == missing
    assert ecs_refusal("DeleteSecurityGroup", group) == missing


def test_rule_life(ecs_call: Call, group: dict[str, str]) -> None:
    """A rule is shown in strings, changed by its addresses and ports, and revoked flat."""
    ecs_call("AuthorizeSecurityGroup", {**group, **PERMISSION})
    (shown,) = rules(ecs_call, group)
    expected = {
        "IpProtocol": "TCP",
        "PortRange": "443/443",
        "Policy": "Accept",
        "Priority": "1",
        "NicType": "intranet",
        "SourceCidrIp": "0.0.0.0/0",
        "SourceGroupId": "",
        "Direction": "ingress",
    }
    assert {name: shown[name] for name in expected} == expected
    assert rules(ecs_call, group, "egress") == []
    ecs_call("ModifySecurityGroupRule", {**group, **RULE, "Description": "web"})
    assert rules(ecs_call, group)[0]["Description"] == "web"
    ecs_call("RevokeSecurityGroup", {**group, **RULE})
    assert rules(ecs_call, group) == []
    ecs_call("RevokeSecurityGroup", {**group, **RULE})


def test_egress(ecs_call: Call, group: dict[str, str]) -> None:
    """Egress rules are kept apart, and can be revoked by ID."""
    rule = {**PERMISSION, "Permissions.1.DestCidrIp": "10.0.0.0/8"}
    del rule["Permissions.1.SourceCidrIp"]
    ecs_call("AuthorizeSecurityGroupEgress", {**group, **rule})
    assert rules(ecs_call, group) == []
    (shown,) = rules(ecs_call, group, "egress")
    by_id = {**group, "SecurityGroupRuleId.1": shown["SecurityGroupRuleId"]}
    ecs_call("RevokeSecurityGroupEgress", by_id)
    assert rules(ecs_call, group, "all") == []


def test_same_rule_twice(ecs_call: Call, group: dict[str, str]) -> None:
    """A rule that's there already isn't added again."""
    for _ in range(2):
        ecs_call("AuthorizeSecurityGroup", {**group, **PERMISSION})
    assert len(rules(ecs_call, group)) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"IpProtocol": "smoke"}, (400, "InvalidParam.Permission")),
        ({"PortRange": "443"}, (400, "InvalidParam.Permission")),
        ({"PortRange": ""}, (400, "MissingPermissions.1.PortRange")),
        ({"Policy": "maybe"}, (400, "InvalidParam.Permission")),
        ({"Priority": "101"}, (400, "InvalidParam.Permission")),
        ({"SourceCidrIp": ""}, (400, "InvalidParam.Permission")),
        ({"SourceGroupId": "sg-none"}, (404, "InvalidSecurityGroupId.NotFound")),
    ],
)
def test_bad_rule(
    ecs_refusal: Refusal, group: dict[str, str], changes: dict[str, str], expected: tuple[int, str]
) -> None:
    """A rule whose parts aren't right is refused."""
    changed = {f"Permissions.1.{name}": value for name, value in changes.items()}
    assert ecs_refusal("AuthorizeSecurityGroup", {**group, **PERMISSION, **changed}) == expected


def test_change_of_no_rule(ecs_refusal: Refusal, group: dict[str, str]) -> None:
    """A rule that isn't there can't be changed."""
    missing = (404, "InvalidSecurityGroupRule.RuleNotExist")
    assert ecs_refusal("ModifySecurityGroupRule", {**group, **RULE}) == missing


def test_dependencies(
    cloud: Cloud, ecs_call: Call, ecs_refusal: Refusal, group: dict[str, str], create: Callable[..., str]
) -> None:
    """A group that a build or another group's rule uses can't be deleted until that is gone."""
    create(**group)
    in_use = (403, "DependencyViolation")
    assert ecs_refusal("DeleteSecurityGroup", group) == in_use
    cloud.advance(600)
    other = ecs_call("CreateSecurityGroup")["SecurityGroupId"]
    rule = {
        **PERMISSION,
        "Permissions.1.SourceCidrIp": "",
        "Permissions.1.SourceGroupId": group["SecurityGroupId"],
    }
    ecs_call("AuthorizeSecurityGroup", {"SecurityGroupId": other, **rule})
    assert ecs_refusal("DeleteSecurityGroup", group) == in_use
    ecs_call("DeleteSecurityGroup", {"SecurityGroupId": other})
    ecs_call("DeleteSecurityGroup", group)


def test_tags(cloud: Cloud, ecs_call: Call, ecs_refusal: Refusal, group: dict[str, str]) -> None:
    """Groups are tagged under the type securitygroup."""
    on = {"ResourceType": "securitygroup", "ResourceId.1": group["SecurityGroupId"]}
    ecs_call("TagResources", {**on, "Tag.1.Key": "a", "Tag.2.Key": "b"})
    ecs_call("UntagResources", {**on, "TagKey.1": "a"})
    assert cloud.ecs.security_groups[group["SecurityGroupId"]].tags == {"b": ""}
    assert (
        ecs_refusal("TagResources", {**on, "ResourceType": "instance"})[1] == "InvalidParameter.ResourceType"
    )
    assert ecs_refusal("TagResources", on) == (400, "MissingTag")
    assert ecs_refusal("UntagResources", {**on, "ResourceId.1": ""})[0] == 404


def test_bad_groups(ecs_refusal: Refusal, group: dict[str, str]) -> None:
    """A group's VPC, type and policy must be right."""
    assert ecs_refusal("CreateSecurityGroup", {"VpcId": "vpc-none"}) == (404, "InvalidVpcID.NotFound")
    assert ecs_refusal("CreateSecurityGroup", {"SecurityGroupType": "odd"})[0] == 400
    assert ecs_refusal("ModifySecurityGroupPolicy", {**group, "InnerAccessPolicy": "odd"})[0] == 400
