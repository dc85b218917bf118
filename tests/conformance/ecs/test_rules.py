"""Rules of security groups: Authorize…, Revoke…, Modify…Rule, DescribeSecurityGroupAttribute."""

from __future__ import annotations

from typing import Any

import pytest

from conformance_account import Account, Product

# Direction, the verb's ending, the parameters that name the other side, and the other direction's.
INGRESS = ("ingress", "", "Source", "Dest")
EGRESS = ("egress", "Egress", "Dest", "Source")
both = pytest.mark.parametrize(("direction", "ending", "side", "other"), [INGRESS, EGRESS])


@pytest.fixture
def group_id(background: Account, network: dict[str, str]) -> str:
    """Return the ID of a security group without rules."""
    named = {"VpcId": network["VpcId"]}
    made: str = background.call("Ecs", "CreateSecurityGroup", named)["SecurityGroupId"]
    return made


def rules(ecs: Product, group_id: str, **parameters: Any) -> list[dict[str, Any]]:
    """Return a group's rules, oldest first."""
    shown = ecs("DescribeSecurityGroupAttribute", SecurityGroupId=group_id, **parameters)
    found: list[dict[str, Any]] = shown["Permissions"]["Permission"]
    return found


@both
def test_authorize(ecs: Product, group_id: str, direction: str, ending: str, side: str, other: str) -> None:
    """A rule is shown as it was asked for, under an ID of its own."""
    rule = {"IpProtocol": "TCP", "PortRange": "443/443", f"{side}CidrIp": "10.0.0.0/8", "Policy": "drop",
            "Priority": "5", "NicType": "intranet", "Description": "a"}  # fmt: skip
    assert ecs(f"AuthorizeSecurityGroup{ending}", SecurityGroupId=group_id, Permissions=[rule])["RequestId"]
    (shown,) = rules(ecs, group_id)
    assert shown["SecurityGroupRuleId"].startswith("sgr-")
    assert shown["Direction"] == direction
    assert (shown["IpProtocol"], shown["PortRange"], shown["Policy"]) == ("TCP", "443/443", "Drop")
    assert (shown["Priority"], shown["NicType"], shown["Description"]) == ("5", "intranet", "a")
    assert (shown[f"{side}CidrIp"], shown.get(f"{other}CidrIp") or "") == ("10.0.0.0/8", "")
    assert shown["CreateTime"].endswith("Z")
    ecs(f"RevokeSecurityGroup{ending}", SecurityGroupId=group_id, Permissions=[rule])
    assert rules(ecs, group_id) == []


@both
def test_flat(ecs: Product, group_id: str, direction: str, ending: str, side: str, other: str) -> None:
    """A single rule may stand in the parameters themselves."""
    rule = {"IpProtocol": "UDP", "PortRange": "53/53", f"{side}CidrIp": "10.0.0.0/8", "Policy": "accept",
            "Priority": "1", "NicType": "intranet", "Description": "a"}  # fmt: skip
    ecs(f"AuthorizeSecurityGroup{ending}", SecurityGroupId=group_id, **rule)
    (shown,) = rules(ecs, group_id)
    assert (shown["Direction"], shown["IpProtocol"], shown["PortRange"]) == (direction, "UDP", "53/53")
    assert (shown[f"{side}CidrIp"], shown.get(f"{other}CidrIp") or "") == ("10.0.0.0/8", "")
    ecs(f"RevokeSecurityGroup{ending}", SecurityGroupId=group_id, **rule)
    assert rules(ecs, group_id) == []


@both
@pytest.mark.parametrize("flat", [False, True])
def test_other_sides(
    ecs: Product,
    group_id: str,
    network: dict[str, str],
    account: Account,
    flat: bool,
    direction: str,
    ending: str,
    side: str,
    other: str,
) -> None:
    """The other side may be a range of IPv6 addresses, a security group or a prefix list."""
    peers = [
        {f"Ipv6{side}CidrIp": "2001:db8::/32"},
        {f"{side}GroupId": network["SecurityGroupId"]},
        {f"{side}PrefixListId": "pl-x1j1k5ykzqlixdcy"},
    ]
    for peer in peers:
        rule = {"IpProtocol": "TCP", "PortRange": "80/80", **peer}
        named = rule if flat else {"Permissions": [rule]}
        ecs(f"AuthorizeSecurityGroup{ending}", SecurityGroupId=group_id, **named)
        (shown,) = rules(ecs, group_id)
        assert shown["Direction"] == direction
        assert {name: shown[name] for name in peer} == peer
        assert not shown.get(f"{other}CidrIp")
        modify = {
            "SecurityGroupId": group_id,
            **rule,
            "Priority": "3",
            "ClientToken": f"{account.run}-{peer}"[:64],
        }
        ecs(f"ModifySecurityGroup{ending}Rule", **modify)
        (shown,) = rules(ecs, group_id)
        assert ({name: shown[name] for name in peer}, shown["Priority"]) == (peer, "3")
        gone = {**rule, "Priority": "3"}
        ecs(f"RevokeSecurityGroup{ending}", SecurityGroupId=group_id,
            **(gone if flat else {"Permissions": [gone]}))  # fmt: skip
        assert rules(ecs, group_id) == []


@both
def test_the_same_again(
    ecs: Product, group_id: str, direction: str, ending: str, side: str, other: str, account: Account
) -> None:
    """A rule that is there already is kept once; revoking one that isn't there is no error."""
    rule = {"IpProtocol": "TCP", "PortRange": "443/443", f"{side}CidrIp": "10.0.0.0/8"}
    named = {"SecurityGroupId": group_id, "Permissions": [rule]}
    ecs(f"AuthorizeSecurityGroup{ending}", **named, ClientToken=f"{account.run}-{other}")
    ecs(f"AuthorizeSecurityGroup{ending}", **named)
    (shown,) = rules(ecs, group_id)
    assert (shown["Direction"], shown["Policy"], shown["Priority"]) == (direction, "Accept", "1")
    for _ in range(2):
        ecs(f"RevokeSecurityGroup{ending}", **named, ClientToken=f"{account.run}-{direction}")
    ecs(f"RevokeSecurityGroup{ending}", **named)
    assert rules(ecs, group_id) == []


@both
def test_revoke_by_id(
    ecs: Product, group_id: str, direction: str, ending: str, side: str, other: str
) -> None:
    """Rules are revoked by their IDs, too."""
    assert side != other
    named = [
        {"IpProtocol": "TCP", "PortRange": f"{port}/{port}", f"{side}CidrIp": "10.0.0.0/8"}
        for port in (80, 443)
    ]
    ecs(f"AuthorizeSecurityGroup{ending}", SecurityGroupId=group_id, Permissions=named)
    first, second = rules(ecs, group_id, Direction=direction)
    ecs(f"RevokeSecurityGroup{ending}", SecurityGroupId=group_id,
        SecurityGroupRuleId=[first["SecurityGroupRuleId"]])  # fmt: skip
    assert rules(ecs, group_id) == [second]


@both
def test_modify(ecs: Product, group_id: str, direction: str, ending: str, side: str, other: str) -> None:
    """A rule's policy, priority and description are changed by its ID, or by what it is about."""
    rule = {"IpProtocol": "TCP", "PortRange": "443/443", f"{side}CidrIp": "10.0.0.0/8", "NicType": "intranet"}
    ecs(f"AuthorizeSecurityGroup{ending}", SecurityGroupId=group_id, Permissions=[rule])
    (before,) = rules(ecs, group_id)
    modify = f"ModifySecurityGroup{ending}Rule"
    ecs(modify, SecurityGroupId=group_id, **rule, Policy="drop", Priority="9", Description="b")
    (after,) = rules(ecs, group_id, Direction=direction)
    assert (after["Policy"], after["Priority"], after["Description"]) == ("Drop", "9", "b")
    assert after["SecurityGroupRuleId"] == before["SecurityGroupRuleId"]
    ecs(modify, SecurityGroupId=group_id, SecurityGroupRuleId=before["SecurityGroupRuleId"], **rule,
        Policy="accept", Priority="2")  # fmt: skip
    (last,) = rules(ecs, group_id)
    assert (last["Policy"], last["Priority"]) == ("Accept", "2")
    unknown = {**rule, "PortRange": "1/1"}
    refusal = ecs.refused(modify, SecurityGroupId=group_id, **unknown)
    assert refusal == (404, "InvalidSecurityGroupRule.RuleNotExist")
    assert not last.get(f"{other}CidrIp")


def test_directions(ecs: Product, group_id: str) -> None:
    """Rules are shown of one direction, of all, and of one kind of network."""
    common = {"SecurityGroupId": group_id, "IpProtocol": "TCP", "PortRange": "80/80"}
    ecs("AuthorizeSecurityGroup", **common, SourceCidrIp="10.0.0.0/8")
    ecs("AuthorizeSecurityGroupEgress", **common, DestCidrIp="10.0.0.0/8")
    counts = [len(rules(ecs, group_id, Direction=each)) for each in ("ingress", "egress", "all")]
    assert counts == [1, 1, 2]
    assert rules(ecs, group_id, NicType="internet") == []


@both
@pytest.mark.parametrize(
    "parameters",
    [
        {"IpProtocol": "QUIC"},
        {"PortRange": "443"},
        {"Policy": "maybe"},
        {"Priority": "101"},
        {"SourceCidrIp": None, "DestCidrIp": None},
    ],
)
def test_refused(
    ecs: Product,
    group_id: str,
    parameters: dict[str, Any],
    direction: str,
    ending: str,
    side: str,
    other: str,
) -> None:
    """A rule whose protocol, ports, policy or priority is none, or that has no other side, is refused."""
    assert (direction, side) != (other, other)
    rule = {"IpProtocol": "TCP", "PortRange": "443/443", f"{side}CidrIp": "10.0.0.0/8", **parameters}
    wrong = {name: value for name, value in rule.items() if value is not None}
    refused = ecs.refused(f"AuthorizeSecurityGroup{ending}", SecurityGroupId=group_id, Permissions=[wrong])
    assert refused == (400, "InvalidParam.Permission")
