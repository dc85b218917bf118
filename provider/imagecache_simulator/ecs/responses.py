"""The actions on security groups: parsing and formatting. `zone_responses` has those on regions and zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.ecs.models import PEERS, Rule, SecurityGroup
from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import add_tags, matches, read_new_tags, read_tags, remove_tags, tag_key_form
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


def create_security_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create a security group.

    Source: spec/networking.md section 4, alicloud_security_group.
    """
    region_id = named_region(cloud, parameters)
    tags = read_tags(parameters)
    kind = parameters.text("SecurityGroupType") or "normal"
    if kind not in {"normal", "enterprise"}:
        raise InvalidParameterError("SecurityGroupType", "It is normal or enterprise.")
    group = cloud.ecs.create_security_group(
        region_id, parameters.text("VpcId"), parameters.text("ResourceGroupId")
    )
    group.name, group.description = parameters.text("SecurityGroupName"), parameters.text("Description")
    group.kind, group.tags = kind, tags
    group.inner_access_policy = "Accept" if kind == "normal" else "Drop"
    return {"SecurityGroupId": group.security_group_id}


def describe_security_groups(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the security groups of a region; none is an empty list, not an error.

    Source: spec/networking.md section 4, alicloud_security_group.
    """
    region_id = named_region(cloud, parameters)
    found = [
        security_group_form(group)
        for group in cloud.ecs.security_groups.values()
        if group.region_id == region_id and _selected(group, parameters)
    ]
    page, numbers = page_of(found, parameters, largest=100)
    return {"SecurityGroups": {"SecurityGroup": page}, "RegionId": region_id, **numbers}


def describe_security_group_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Show a security group with its rules, of one direction if one is named.

    Source: spec/networking.md section 4, alicloud_security_group, read 2.
    """
    group = _group(cloud, parameters)
    direction = parameters.text("Direction").lower()
    # The plugin sends the text <nil> for a rule that names no network card.
    wanted = {parameters.text("NicType")} & {"internet", "intranet"} or {"internet", "intranet"}
    rules = [
        rule_form(rule)
        for rule in group.rules
        if direction in {"", "all", rule.direction} and rule.nic_type in wanted
    ]
    return {
        "SecurityGroupId": group.security_group_id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "RegionId": group.region_id,
        "VpcId": group.vpc_id,
        "InnerAccessPolicy": group.inner_access_policy,
        "Permissions": {"Permission": rules},
    }


def modify_security_group_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a security group's name and description.

    Source: spec/networking.md section 4, alicloud_security_group.
    """
    group = _group(cloud, parameters)
    group.name = parameters.get("SecurityGroupName", group.name)
    group.description = parameters.get("Description", group.description)
    return {}


def modify_security_group_policy(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Let the instances of a group reach each other, or not.

    Source: spec/networking.md section 4, alicloud_security_group.
    """
    group = _group(cloud, parameters)
    policy = parameters.required("InnerAccessPolicy").capitalize()
    if policy not in {"Accept", "Drop"}:
        raise InvalidParameterError("InnerAccessPolicy", "It is Accept or Drop.")
    group.inner_access_policy = policy
    return {}


def join_resource_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Move a security group to another resource group.

    Source: spec/networking.md section 4, alicloud_security_group.
    """
    target = cloud.resource_manager.resource_group(parameters.required("ResourceGroupId"))
    group = cloud.ecs.security_group(parameters.required("ResourceId"), parameters.text("RegionId"))
    group.resource_group_id = target.resource_group_id
    return {}


def delete_security_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a security group that nothing uses.

    Source: spec/networking.md section 4, alicloud_security_group.
    """
    cloud.ecs.delete_security_group(parameters.required("SecurityGroupId"), parameters.text("RegionId"))
    return {}


def authorize_security_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Add ingress rules.

    Source: spec/networking.md section 4, alicloud_security_group_rule.
    """
    return _authorize(cloud, parameters, "ingress")


def authorize_security_group_egress(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Add egress rules.

    Source: spec/networking.md section 4, alicloud_security_group_rule.
    """
    return _authorize(cloud, parameters, "egress")


def revoke_security_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Remove ingress rules.

    Source: spec/networking.md section 4, alicloud_security_group_rule.
    """
    return _revoke(cloud, parameters, "ingress")


def revoke_security_group_egress(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Remove egress rules.

    Source: spec/networking.md section 4, alicloud_security_group_rule.
    """
    return _revoke(cloud, parameters, "egress")


def modify_security_group_rule(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change an ingress rule's priority, policy and description.

    Source: spec/networking.md section 4, alicloud_security_group_rule.
    """
    return _modify_rule(cloud, parameters, "ingress")


def modify_security_group_egress_rule(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change an egress rule's priority, policy and description.

    Source: spec/networking.md section 4, alicloud_security_group_rule.
    """
    return _modify_rule(cloud, parameters, "egress")


def tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Put tags on security groups.

    Source: spec/networking.md section 4, alicloud_security_group, tags.
    """
    groups = _tagged(cloud, parameters)
    add_tags(read_new_tags(parameters), *(group.tags for group in groups))
    return {}


def untag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take tags off security groups.

    Source: spec/networking.md section 4, alicloud_security_group, tags.
    """
    every = parameters.boolean("All") or False
    for group in _tagged(cloud, parameters):
        remove_tags(group.tags, parameters.texts("TagKey"), every)
    return {}


def security_group_form(group: SecurityGroup) -> dict[str, Any]:
    """Return a security group as it's listed."""
    return {
        "SecurityGroupId": group.security_group_id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "ResourceGroupId": group.resource_group_id,
        "SecurityGroupType": group.kind,
        "CreationTime": timestamp(group.created),
        "ServiceManaged": False,
        "Tags": {"Tag": tag_key_form(group.tags)},
    }


def rule_form(rule: Rule) -> dict[str, Any]:
    """Return a rule as it's shown: every field is a string."""
    return {
        "SecurityGroupRuleId": rule.rule_id,
        "Direction": rule.direction,
        "IpProtocol": rule.protocol.upper(),
        "PortRange": rule.port_range,
        "Policy": rule.policy.capitalize(),
        "Priority": rule.priority,
        "NicType": rule.nic_type,
        "Description": rule.description,
        "CreateTime": timestamp(rule.created),
        **dict.fromkeys(PEERS, ""),
        **rule.peer,
    }


def _group(cloud: Cloud, parameters: Parameters) -> SecurityGroup:
    return cloud.ecs.security_group(parameters.required("SecurityGroupId"), parameters.text("RegionId"))


def _selected(group: SecurityGroup, parameters: Parameters) -> bool:
    values = {
        "SecurityGroupId": group.security_group_id,
        "SecurityGroupName": group.name,
        "VpcId": group.vpc_id,
        "ResourceGroupId": group.resource_group_id,
        "SecurityGroupType": group.kind,
    }
    ids = parameters.ids("SecurityGroupIds")
    return (
        (ids is None or group.security_group_id in ids)
        and matches(group.tags, read_tags(parameters))
        and all(parameters.text(name) in {"", value} for name, value in values.items())
    )


def _authorize(cloud: Cloud, parameters: Parameters, direction: str) -> dict[str, Any]:
    group = _group(cloud, parameters)
    cloud.ecs.authorize(group, _rules(cloud, parameters, direction))
    return {}


def _revoke(cloud: Cloud, parameters: Parameters, direction: str) -> dict[str, Any]:
    group = _group(cloud, parameters)
    rule_ids = parameters.texts("SecurityGroupRuleId")
    if rule_ids:
        cloud.ecs.revoke_by_id(group, rule_ids)
    else:
        cloud.ecs.revoke(group, _rules(cloud, parameters, direction))
    return {}


def _modify_rule(cloud: Cloud, parameters: Parameters, direction: str) -> dict[str, Any]:
    group = _group(cloud, parameters)
    wanted = _rules(cloud, parameters, direction)[0]
    cloud.ecs.modify_rule(group, wanted, parameters.text("SecurityGroupRuleId"))
    return {}


def _rules(cloud: Cloud, parameters: Parameters, direction: str) -> list[Rule]:
    """Read `Permissions.N.…`, or the one rule that stands flat in the parameters."""
    return [
        Rule(
            rule_id=cloud.new_id("sgr"),
            direction=direction,
            protocol=each.required("IpProtocol").lower(),
            port_range=each.required("PortRange"),
            policy=(each.text("Policy") or "accept").lower(),
            priority=each.text("Priority") or "1",
            nic_type=each.text("NicType") or "intranet",
            peer={name: each[name] for name in PEERS if each.text(name)},
            created=cloud.clock.now(),
            description=each.text("Description"),
        )
        for each in parameters.objects("Permissions") or [parameters]
    ]


def _tagged(cloud: Cloud, parameters: Parameters) -> list[SecurityGroup]:
    if parameters.required("ResourceType").lower() != "securitygroup":
        raise InvalidParameterError("ResourceType", "It is securitygroup.")
    named = parameters.texts("ResourceId")
    if not named:
        raise MissingParameterError("ResourceId")
    return [cloud.ecs.security_group(each, parameters.text("RegionId")) for each in named]
