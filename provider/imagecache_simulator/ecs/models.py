"""Security groups and their rules: how they behave, on plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.ecs.exceptions import (
    InvalidPermissionError,
    RuleNotFoundError,
    SecurityGroupInUseError,
    SecurityGroupNotFoundError,
)
from imagecache_simulator.ecs.snapshots import Snapshot

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

# The fields that name a rule's other side; a rule has one of them.
PEERS = (
    "SourceCidrIp", "DestCidrIp", "Ipv6SourceCidrIp", "Ipv6DestCidrIp", "SourceGroupId", "DestGroupId",
    "SourcePrefixListId", "DestPrefixListId",
)  # fmt: skip
_PROTOCOLS = {"tcp", "udp", "icmp", "icmpv6", "gre", "all"}
_PORT_RANGE = re.compile(r"(-1|[0-9]{1,5})/(-1|[0-9]{1,5})")


@dataclass
class Rule:
    """A rule of a security group; `peer` maps a field of PEERS to its value."""

    rule_id: str
    direction: str
    protocol: str
    port_range: str
    policy: str
    priority: str
    nic_type: str
    peer: dict[str, str]
    created: datetime
    description: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells two rules of a group apart, besides priority and policy."""
        return (self.direction, self.protocol, self.port_range, self.nic_type, *sorted(self.peer.values()))


@dataclass
class SecurityGroup:
    """A security group of a VPC."""

    security_group_id: str
    region_id: str
    vpc_id: str
    resource_group_id: str
    created: datetime
    name: str = ""
    description: str = ""
    kind: str = "normal"
    inner_access_policy: str = "Accept"
    rules: list[Rule] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


class EcsBackend:
    """The security groups of an account, and the snapshots of its image caches."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.security_groups: dict[str, SecurityGroup] = {}
        self.snapshots: dict[str, Snapshot] = {}

    def create_security_group(self, region_id: str, vpc_id: str, resource_group_id: str) -> SecurityGroup:
        """Create a security group; `VpcNotFoundError` if its VPC isn't there."""
        group = SecurityGroup(
            security_group_id=self._cloud.new_id("sg"),
            region_id=region_id,
            vpc_id=self._cloud.vpc.vpc(vpc_id, region_id).vpc_id if vpc_id else "",
            resource_group_id=self._cloud.resource_manager.resource_group_or_default(resource_group_id),
            created=self._cloud.clock.now(),
        )
        self.security_groups[group.security_group_id] = group
        return group

    def security_group(self, security_group_id: str, region_id: str = "") -> SecurityGroup:
        """Return a security group, of a region if one is named, or raise `SecurityGroupNotFoundError`."""
        group = self.security_groups.get(security_group_id)
        if group is None or region_id not in {"", group.region_id}:
            raise SecurityGroupNotFoundError
        return group

    def delete_security_group(self, security_group_id: str, region_id: str = "") -> None:
        """Delete a group; `SecurityGroupInUseError` while an instance is in it or a rule names it."""
        group = self.security_group(security_group_id, region_id)
        instances = self._cloud.eci.instances()
        if any(instance.security_group_id == group.security_group_id for instance in instances):
            raise SecurityGroupInUseError
        others = (other for other in self.security_groups.values() if other is not group)
        if any(group.security_group_id in rule.peer.values() for other in others for rule in other.rules):
            raise SecurityGroupInUseError
        del self.security_groups[group.security_group_id]

    def authorize(self, group: SecurityGroup, rules: list[Rule]) -> None:
        """Add rules to a group. One that the group has already is kept, with the new description.

        Raises:
            InvalidPermissionError: a rule's protocol, ports, policy or priority isn't one.
            SecurityGroupNotFoundError: the group that a rule names isn't there.
        """
        for rule in rules:
            self._check(rule)
        for rule in rules:
            same = [each for each in group.rules if _twin(each, rule)]
            for each in same:
                each.description = rule.description
            if not same:
                group.rules.append(rule)

    def revoke(self, group: SecurityGroup, rules: list[Rule]) -> None:
        """Take rules off a group; one that it doesn't have is passed over, as the cloud does."""
        group.rules = [each for each in group.rules if not any(_twin(each, rule) for rule in rules)]

    def revoke_by_id(self, group: SecurityGroup, rule_ids: list[str]) -> None:
        """Take rules off a group by their IDs."""
        group.rules = [each for each in group.rules if each.rule_id not in rule_ids]

    def modify_rule(self, group: SecurityGroup, wanted: Rule, rule_id: str) -> None:
        """Change priority, policy and description of the rule with this ID or these addresses and ports.

        Raises:
            InvalidPermissionError: the new values aren't right.
            RuleNotFoundError: the group has no such rule.
        """
        self._check(wanted)
        for rule in group.rules:
            if rule.rule_id == rule_id or (not rule_id and rule.identity == wanted.identity):
                rule.priority, rule.policy = wanted.priority, wanted.policy
                rule.description = wanted.description
                return
        raise RuleNotFoundError

    def _check(self, rule: Rule) -> None:
        if rule.protocol.lower() not in _PROTOCOLS:
            raise InvalidPermissionError(f"The specified IpProtocol {rule.protocol!r} is not valid.")
        if not _PORT_RANGE.fullmatch(rule.port_range):
            raise InvalidPermissionError(f"The specified PortRange {rule.port_range!r} is not valid.")
        if rule.policy.lower() not in {"accept", "drop"}:
            raise InvalidPermissionError(f"The specified Policy {rule.policy!r} is not valid.")
        if rule.priority not in {str(number) for number in range(1, 101)}:
            raise InvalidPermissionError(f"The specified Priority {rule.priority!r} is not from 1 to 100.")
        if not rule.peer:
            raise InvalidPermissionError(
                "A rule names a range of addresses, a security group or a prefix list."
            )
        for name in ("SourceGroupId", "DestGroupId"):
            if name in rule.peer:
                self.security_group(rule.peer[name])


def _twin(rule: Rule, other: Rule) -> bool:
    same_effect = rule.policy.lower() == other.policy.lower() and rule.priority == other.priority
    return same_effect and rule.identity == other.identity
