"""Tests of the rules on vSwitches, security group, zone and EIP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.provider.eci.preflight.plans import RIGHT, VSWITCH, among, creating, updating

from imagecache_provider.eci.preflight import network
from imagecache_provider.eci.preflight.facts import Eip, Facts, ImageCache, SecurityGroup, VSwitch
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.preflight import Plan

ELSEWHERE = VSwitch("vsw-9", "vpc-9", "cn-hangzhou-j", 200, "10.9.0.0/24")
WIDE = replace(RIGHT, vswitches={**RIGHT.vswitches, "vsw-9": ELSEWHERE, "vsw-0": None})


class TestVSwitches:
    """`vswitches_exist`."""

    def test_missing(self) -> None:
        """Those that the region doesn't have are named, the others aren't."""
        (found,) = network.vswitches_exist(creating(vswitchIds=["vsw-1", "vsw-0"]), WIDE)
        assert (found.property, found.fact) == ("vswitchIds", "vsw-0 doesn't exist in cn-hangzhou")
        assert found.certain

    @pytest.mark.parametrize(
        "plan",
        [
            creating(),
            creating(vswitchIds=UNKNOWN),
            creating(vswitchIds=[UNKNOWN, "vsw-1"]),
            creating(vswitchIds=["vsw-unasked"]),
            creating(vswitchIds=None),
            updating("retentionDays", vswitchIds=["vsw-0"]),
        ],
    )
    def test_nothing(self, plan: Plan) -> None:
        """Nothing is said of what exists, isn't known, couldn't be asked, or isn't used."""
        assert list(network.vswitches_exist(plan, WIDE)) == []


class TestSecurityGroup:
    """`security_group_exists` and `one_vpc`."""

    def test_missing(self) -> None:
        """A security group that the region doesn't have is named."""
        facts = replace(RIGHT, groups={"sg-0": None})
        (found,) = network.security_group_exists(creating(securityGroupId="sg-0"), facts)
        assert (found.property, found.fact) == ("securityGroupId", "sg-0 doesn't exist in cn-hangzhou")

    @pytest.mark.parametrize("group", ["sg-1", "sg-unasked", UNKNOWN, None])
    def test_nothing(self, group: Any) -> None:
        """Nothing is said of one that exists, isn't known, or couldn't be asked."""
        assert list(network.security_group_exists(creating(securityGroupId=group), RIGHT)) == []

    def test_another_vpc(self) -> None:
        """A security group of another VPC than the vSwitches' is told with both VPCs."""
        facts = replace(RIGHT, groups={"sg-1": SecurityGroup("sg-1", "vpc-2")})
        (found,) = network.one_vpc(creating(), facts)
        assert (found.property, found.fact) == (
            "securityGroupId",
            "sg-1 is in vpc-2, the vSwitches are in vpc-1",
        )

    def test_vpcs_of_vswitches(self) -> None:
        """VSwitches of several VPCs are told once, and the group isn't told besides."""
        (found,) = network.one_vpc(creating(vswitchIds=["vsw-1", "vsw-9"]), WIDE)
        assert (found.property, found.certain) == ("vswitchIds", True)
        assert found.fact == "they are in 2 VPCs: vsw-1 in vpc-1, vsw-9 in vpc-9"

    def test_vpcs_without_a_group(self) -> None:
        """No source says that they're refused where no group is given: then it's no error."""
        plan = creating(vswitchIds=["vsw-1", "vsw-9"], securityGroupId=None)
        (found,) = network.one_vpc(plan, WIDE)
        assert not found.certain

    def test_known_part(self) -> None:
        """What is known is judged beside a vSwitch that isn't."""
        (found,) = network.one_vpc(creating(vswitchIds=[UNKNOWN, "vsw-9"]), WIDE)
        assert found.property == "securityGroupId"

    @pytest.mark.parametrize("plan", [creating(), updating("imageCacheName", vswitchIds=["vsw-9"])])
    def test_one_vpc(self, plan: Plan) -> None:
        """Nothing is said where all are in one VPC, or none of them is used."""
        assert list(network.one_vpc(plan, WIDE)) == []


class TestZone:
    """`zone_agrees`."""

    def test_elsewhere(self) -> None:
        """VSwitches of other zones than the one that is named are told."""
        (found,) = network.zone_agrees(creating(zoneId="cn-hangzhou-i", vswitchIds=["vsw-1", "vsw-2"]), RIGHT)
        assert (found.property, found.fact) == (
            "zoneId",
            "it is cn-hangzhou-i, but vsw-1 is in cn-hangzhou-h",
        )

    @pytest.mark.parametrize("zone", ["cn-hangzhou-h", UNKNOWN, None])
    def test_nothing(self, zone: Any) -> None:
        """Nothing is said where they agree, or no zone is named."""
        assert list(network.zone_agrees(creating(zoneId=zone), RIGHT)) == []


class TestAddresses:
    """`free_addresses`."""

    def test_full(self) -> None:
        """VSwitches without an address left are told."""
        facts = replace(RIGHT, vswitches={"vsw-1": replace(VSWITCH, free=0)})
        (found,) = network.free_addresses(creating(), facts)
        assert (found.property, found.fact) == ("vswitchIds", "vsw-1 has no free IP address")
        assert found.certain

    def test_another_one_has_some(self) -> None:
        """One that is full is no matter where another one has addresses: the cloud chooses."""
        facts = replace(RIGHT, vswitches={**RIGHT.vswitches, "vsw-1": replace(VSWITCH, free=0)})
        assert list(network.free_addresses(creating(vswitchIds=["vsw-1", "vsw-2"]), facts)) == []

    def test_more_builds_than_addresses(self) -> None:
        """The first build that finds no address while all others run is told so; it's no error."""
        plans = [creating(f"web-{number}") for number in range(4)]
        facts = among(replace(RIGHT, vswitches={"vsw-1": replace(VSWITCH, free=2)}), *plans)
        found = [list(network.free_addresses(plan, facts)) for plan in plans]
        assert [len(each) for each in found] == [0, 0, 1, 0]
        assert "has 2 free IP addresses, and this is build 3 there" in found[2][0].fact
        assert not found[2][0].certain

    @pytest.mark.parametrize(
        "plan", [creating(vswitchIds=["vsw-1", UNKNOWN]), creating(vswitchIds=None), updating("vswitchIds")]
    )
    def test_nothing(self, plan: Plan) -> None:
        """Nothing is said where another vSwitch may have some, or nothing is built."""
        facts = replace(RIGHT, vswitches={"vsw-1": replace(VSWITCH, free=0)})
        assert list(network.free_addresses(plan, facts)) == []


def in_use(eip: Eip, **more: Any) -> Facts:
    """Give facts with this EIP."""
    return replace(RIGHT, eips={"eip-1": eip}, **more)


class TestEip:
    """`eip_is_free` and `shared_eip`."""

    def test_missing(self) -> None:
        """An EIP that the region doesn't have is named."""
        (found,) = network.eip_is_free(creating(), replace(RIGHT, eips={"eip-1": None}))
        assert (found.property, found.fact) == ("eipInstanceId", "eip-1 doesn't exist in cn-hangzhou")

    def test_bound(self) -> None:
        """An EIP that something has is told with what has it."""
        (found,) = network.eip_is_free(creating(), in_use(Eip("eip-1", "InUse", "Nat", "ngw-1")))
        assert found.fact == "eip-1 is InUse, bound to Nat ngw-1"
        assert found.certain

    def test_building(self) -> None:
        """One that a build has is given back, so that it's no error; the cache is named."""
        cache = ImageCache("imc-7", "slow", "Creating", builder="eci-7")
        facts = in_use(Eip("eip-1", "InUse", "EciInstance", "eci-7"), caches=[cache])
        (found,) = network.eip_is_free(creating(), facts)
        assert found.fact == "eip-1 is InUse, bound to the build of image cache slow (imc-7)"
        assert not found.certain

    @pytest.mark.parametrize(
        "plan", [creating(), creating(eipInstanceId=UNKNOWN), creating(eipInstanceId=""), updating("tags")]
    )
    def test_nothing(self, plan: Plan) -> None:
        """Nothing is said of one that is free, isn't known, or isn't used."""
        assert list(network.eip_is_free(plan, RIGHT)) == []

    def test_shared(self) -> None:
        """Many builds that share an EIP are told once that they wait for each other."""
        plans = [creating(f"web-{number}") for number in range(network.MANY + 2)]
        facts = among(RIGHT, *plans)
        found = [finding for plan in plans for finding in network.shared_eip(plan, facts)]
        assert [(each.property, each.certain) for each in found] == [("eipInstanceId", False)]
        assert "NAT gateway" in found[0].remedy

    def test_few_share(self) -> None:
        """A few aren't, nor those that have EIPs of their own."""
        few = [creating(f"web-{number}") for number in range(network.MANY - 1)]
        own = [creating(f"own-{number}", eipInstanceId=f"eip-{number}") for number in range(2, 9)]
        facts = among(RIGHT, *few, *own)
        assert [each for plan in few + own for each in network.shared_eip(plan, facts)] == []
