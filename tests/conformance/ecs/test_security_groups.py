"""Security groups: CreateSecurityGroup, Describe…, Modify…, JoinResourceGroup, DeleteSecurityGroup, tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product


@pytest.fixture
def group_id(background: Account, network: dict[str, str]) -> str:
    """Return the ID of a security group without rules."""
    named = {"VpcId": network["VpcId"], "SecurityGroupName": "a"}
    made: str = background.call("Ecs", "CreateSecurityGroup", named)["SecurityGroupId"]
    return made


def listed(ecs: Product, group_id: str) -> dict[str, Any]:
    """Return a group as DescribeSecurityGroups shows it."""
    (group,) = ecs("DescribeSecurityGroups", SecurityGroupId=group_id)["SecurityGroups"]["SecurityGroup"]
    found: dict[str, Any] = group
    return found


def test_create(ecs: Product, network: dict[str, str], account: Account) -> None:
    """A security group is listed as it was asked for."""
    made = ecs("CreateSecurityGroup", VpcId=network["VpcId"], SecurityGroupName="a", Description="b",
               SecurityGroupType="normal", Tag=[{"Key": "team", "Value": "a"}])  # fmt: skip
    assert made["SecurityGroupId"].startswith("sg-")
    shown = listed(ecs, made["SecurityGroupId"])
    assert (shown["SecurityGroupName"], shown["Description"]) == ("a", "b")
    assert (shown["VpcId"], shown["SecurityGroupType"]) == (network["VpcId"], "normal")
    assert shown["ResourceGroupId"].startswith("rg-")
    assert shown["CreationTime"].endswith("Z")
    assert {"TagKey": "team", "TagValue": "a"} in shown["Tags"]["Tag"]
    attribute = ecs("DescribeSecurityGroupAttribute", SecurityGroupId=made["SecurityGroupId"])
    assert (attribute["SecurityGroupName"], attribute["Description"]) == ("a", "b")
    assert (attribute["VpcId"], attribute["RegionId"]) == (network["VpcId"], account.access.region)


@pytest.mark.parametrize(("kind", "policy"), [("normal", "Accept"), ("enterprise", "Drop")])
def test_inner_access(ecs: Product, network: dict[str, str], kind: str, policy: str) -> None:
    """In a normal group the instances reach each other, in an enterprise one they don't."""
    made = ecs("CreateSecurityGroup", VpcId=network["VpcId"], SecurityGroupType=kind)
    shown = ecs("DescribeSecurityGroupAttribute", SecurityGroupId=made["SecurityGroupId"])
    assert shown["InnerAccessPolicy"] == policy


def test_resource_group(ecs: Product, network: dict[str, str], group_id: str) -> None:
    """A group is in the resource group that is named, and can be moved to another one that is there."""
    resource_group = listed(ecs, group_id)["ResourceGroupId"]
    made = ecs("CreateSecurityGroup", VpcId=network["VpcId"], ResourceGroupId=resource_group)
    assert listed(ecs, made["SecurityGroupId"])["ResourceGroupId"] == resource_group
    named = {"ResourceId": group_id, "ResourceType": "securitygroup"}
    ecs("JoinResourceGroup", **named, ResourceGroupId=resource_group)
    refusal = ecs.refused("JoinResourceGroup", **named, ResourceGroupId="rg-none")
    assert refusal == (404, "EntityNotExists.ResourceGroup")


def test_client_token(ecs: Product, network: dict[str, str], account: Account) -> None:
    """A repeated call with the same ClientToken makes nothing new."""
    named = {"VpcId": network["VpcId"], "ClientToken": account.run}
    first, again = (ecs("CreateSecurityGroup", **named) for _ in range(2))
    assert first["SecurityGroupId"] == again["SecurityGroupId"]


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"VpcId": "vpc-none"}, (404, "InvalidVpcID.NotFound")),
        ({"SecurityGroupType": "huge"}, (400, "InvalidParameter.SecurityGroupType")),
        ({"ResourceGroupId": "rg-none"}, (404, "EntityNotExists.ResourceGroup")),
    ],
)
def test_create_refused(ecs: Product, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """What is missing, unknown or not there is refused."""
    assert ecs.refused("CreateSecurityGroup", **parameters) == refusal


def test_list_filters(ecs: Product, network: dict[str, str], group_id: str, account: Account) -> None:
    """Groups are listed by VPC, name, type, resource group and tags, in pages."""
    shown = listed(ecs, group_id)
    answer = ecs("DescribeSecurityGroups", VpcId=network["VpcId"], SecurityGroupName="a",
                 SecurityGroupType="normal", ResourceGroupId=shown["ResourceGroupId"],
                 Tag=[{"Key": RUN_TAG, "Value": account.run}], PageNumber=1, PageSize=10)  # fmt: skip
    assert [each["SecurityGroupId"] for each in answer["SecurityGroups"]["SecurityGroup"]] == [group_id]
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (1, 1, 10)
    assert answer["RegionId"] == account.access.region
    both = ecs("DescribeSecurityGroups", SecurityGroupIds=f'["sg-none", "{group_id}"]')
    assert both["TotalCount"] == 1
    assert ecs.refused("DescribeSecurityGroups", SecurityGroupIds="sg-none") == (
        400,
        "InvalidParameter.SecurityGroupIds",
    )
    assert ecs.refused("DescribeSecurityGroups", DryRun=True) == (400, "DryRunOperation")
    nothing = ecs("DescribeSecurityGroups", SecurityGroupId="sg-none")
    assert (nothing["SecurityGroups"]["SecurityGroup"], nothing["TotalCount"]) == ([], 0)


def test_modify(ecs: Product, group_id: str) -> None:
    """Name and description change; what isn't named stays."""
    ecs("ModifySecurityGroupAttribute", SecurityGroupId=group_id, Description="c")
    ecs("ModifySecurityGroupAttribute", SecurityGroupId=group_id, SecurityGroupName="d")
    shown = listed(ecs, group_id)
    assert (shown["SecurityGroupName"], shown["Description"]) == ("d", "c")


def test_modify_policy(ecs: Product, group_id: str, account: Account) -> None:
    """InnerAccessPolicy is Accept or Drop."""
    ecs("ModifySecurityGroupPolicy", SecurityGroupId=group_id, InnerAccessPolicy="Drop",
        ClientToken=account.run)  # fmt: skip
    shown = ecs("DescribeSecurityGroupAttribute", SecurityGroupId=group_id)
    assert shown["InnerAccessPolicy"] == "Drop"
    refusal = ecs.refused("ModifySecurityGroupPolicy", SecurityGroupId=group_id, InnerAccessPolicy="Maybe")
    assert refusal == (400, "InvalidParameter.InnerAccessPolicy")


def test_delete(ecs: Product, group_id: str) -> None:
    """A deleted group isn't listed any more, and every call on it is refused."""
    ecs("DeleteSecurityGroup", SecurityGroupId=group_id)
    assert ecs("DescribeSecurityGroups", SecurityGroupId=group_id)["TotalCount"] == 0
    gone = (404, "InvalidSecurityGroupId.NotFound")
    named = {"SecurityGroupId": group_id}
    for action in (
        "DeleteSecurityGroup", "DescribeSecurityGroupAttribute", "ModifySecurityGroupAttribute",
        "AuthorizeSecurityGroup", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroup",
        "RevokeSecurityGroupEgress", "ModifySecurityGroupRule", "ModifySecurityGroupEgressRule",
    ):  # fmt: skip
        assert ecs.refused(action, **named) == gone
    assert ecs.refused("ModifySecurityGroupPolicy", **named, InnerAccessPolicy="Drop") == gone


def test_delete_named_by_another(ecs: Product, group_id: str, network: dict[str, str]) -> None:
    """A group that a rule of another one names can't be deleted."""
    rule = {"IpProtocol": "TCP", "PortRange": "443/443", "SourceGroupId": group_id}
    ecs("AuthorizeSecurityGroup", SecurityGroupId=network["SecurityGroupId"], Permissions=[rule])
    assert ecs.refused("DeleteSecurityGroup", SecurityGroupId=group_id) == (403, "DependencyViolation")
    ecs("RevokeSecurityGroup", SecurityGroupId=network["SecurityGroupId"], Permissions=[rule])


@pytest.mark.costs("a transit instance, its disk and a snapshot, for minutes")
def test_delete_in_use(ecs: Product, network: dict[str, str], image_cache: Callable[..., str]) -> None:
    """A group that a transit instance is in can't be deleted."""
    image_cache(until="Creating")
    refusal = ecs.refused("DeleteSecurityGroup", SecurityGroupId=network["SecurityGroupId"])
    assert refusal == (403, "DependencyViolation")


def test_tags(ecs: Product, group_id: str) -> None:
    """Groups are tagged, and untagged by key."""
    named = {"ResourceType": "securitygroup", "ResourceId": [group_id]}
    ecs("TagResources", **named, Tag=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    ecs("UntagResources", **named, TagKey=["a"])
    tags = {tag["TagKey"]: tag["TagValue"] for tag in listed(ecs, group_id)["Tags"]["Tag"]}
    assert {key: value for key, value in tags.items() if key != RUN_TAG} == {"b": "2"}


@pytest.mark.simulator_only("it takes the tag off by which the sweep finds the group")
def test_untag_all(ecs: Product, group_id: str) -> None:
    """All takes every tag off."""
    ecs("UntagResources", ResourceType="securitygroup", ResourceId=[group_id], All=True)
    assert listed(ecs, group_id)["Tags"]["Tag"] == []


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("TagResources", {"ResourceType": None}, (400, "MissingResourceType")),
        ("TagResources", {"ResourceType": "pumpkin"}, (400, "InvalidParameter.ResourceType")),
        ("TagResources", {"ResourceId": None}, (400, "MissingResourceId")),
        ("TagResources", {"ResourceId": ["sg-none"]}, (404, "InvalidSecurityGroupId.NotFound")),
        ("TagResources", {"Tag": None}, (400, "MissingTag")),
        ("TagResources", {"Tag": [{"Key": f"key-{number}", "Value": ""} for number in range(20)]},
         (400, "NumberExceed.Tags")),
        ("UntagResources", {"Tag": None, "TagKey": ["a"], "ResourceId": ["sg-none"]},
         (404, "InvalidSecurityGroupId.NotFound")),
    ],
)  # fmt: skip
def test_tags_refused(
    ecs: Product, group_id: str, action: str, parameters: dict[str, Any], refusal: tuple[int, str]
) -> None:
    """What is missing, too much or not there is refused."""
    named = {"ResourceType": "securitygroup", "ResourceId": [group_id], "Tag": [{"Key": "a", "Value": "1"}]}
    assert ecs.refused(action, **{**named, **parameters}) == refusal
