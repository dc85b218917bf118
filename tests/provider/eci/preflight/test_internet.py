"""Tests of the rule that public images need a way to the internet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.provider.eci.preflight.plans import RIGHT, SECOND, VSWITCH, creating, updating

from imagecache_provider.eci.preflight.facts import Nat, WayOut
from imagecache_provider.eci.preflight.internet import is_public, lets_out, reaches_internet
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.preflight import Plan

CLOSED = replace(RIGHT, nat={"vpc-1": Nat()})
"""A VPC without a NAT gateway."""


@pytest.mark.parametrize(
    ("registry", "public"),
    [
        ("docker.io", True),
        ("ghcr.io", True),
        ("registry.cn-hangzhou.aliyuncs.com", True),
        ("team-registry.cn-hangzhou.cr.aliyuncs.com", True),
        ("crpi-1.cn-hangzhou.personal.cr.aliyuncs.com", True),
        ("registry-vpc.cn-hangzhou.aliyuncs.com", False),
        ("registry-internal.cn-hangzhou.aliyuncs.com", False),
        ("team-registry-vpc.cn-hangzhou.cr.aliyuncs.com", False),
        ("crpi-1-vpc.cn-hangzhou.personal.cr.aliyuncs.com", False),
        ("10.0.0.7:5000", False),
        ("localhost:5000", False),
        ("registry.example.com", False),
    ],
)
def test_public(registry: str, public: bool) -> None:
    """Only registries that are known to be on the internet count: another name may be one of the VPC."""
    assert is_public(registry) is public


class TestVSwitches:
    """Caches with vSwitches."""

    def test_no_gateway(self) -> None:
        """A public image without an EIP in a VPC without a NAT gateway is certain to fail."""
        (found,) = reaches_internet(creating(eipInstanceId=None), CLOSED)
        assert found.property == "eipInstanceId"
        assert "nginx:1.27, which is pulled over the internet" in found.fact
        assert "vpc-1, the VPC of vsw-1, has no NAT gateway" in found.fact
        assert found.certain

    def test_no_entry(self) -> None:
        """A gateway whose SNAT entries are for other vSwitches is told with what it is."""
        nat = Nat(("ngw-1",), (WayOut("ngw-1", vswitch="vsw-2"),))
        (found,) = reaches_internet(creating(eipInstanceId=None), replace(RIGHT, nat={"vpc-1": nat}))
        assert "no SNAT entry of ngw-1 lets vsw-1 out" in found.fact
        assert found.certain

    def test_some_closed(self) -> None:
        """Where one of two vSwitches is let out a build may go well: it's no error."""
        nat = Nat(("ngw-1",), (WayOut("ngw-1", vswitch="vsw-2"),))
        plan = creating(eipInstanceId=None, vswitchIds=["vsw-1", "vsw-2"])
        (found,) = reaches_internet(plan, replace(RIGHT, nat={"vpc-1": nat}))
        assert not found.certain

    @pytest.mark.parametrize(
        "plan",
        [
            creating(),
            creating(eipInstanceId=UNKNOWN),
            creating(eipInstanceId=None, vswitchIds=UNKNOWN),
            creating(eipInstanceId=None, vswitchIds=["vsw-1", UNKNOWN]),
            creating(eipInstanceId=None, images=["registry-vpc.cn-hangzhou.aliyuncs.com/team/app:1"]),
            creating(eipInstanceId=None, images=UNKNOWN),
            updating("vswitchIds", eipInstanceId=None),
        ],
    )
    def test_nothing(self, plan: Plan) -> None:
        """Nothing is said with an EIP, of what isn't known or in the VPC, and where nothing is built."""
        assert list(reaches_internet(plan, CLOSED)) == []

    def test_not_asked(self) -> None:
        """Nothing is said where the gateways couldn't be asked for."""
        assert list(reaches_internet(creating(eipInstanceId=None), replace(RIGHT, nat={}))) == []

    def test_rebuild(self) -> None:
        """A build of an existing cache needs it, too."""
        assert list(reaches_internet(updating(builds=True, eipInstanceId=None), CLOSED))


class TestDefault:
    """Caches without vSwitches, which are built in the region's default VPC."""

    plan = creating(eipInstanceId=None, vswitchIds=None)

    def test_none(self) -> None:
        """There is no default VPC yet: the one that is made has no way out."""
        (found,) = reaches_internet(self.plan, RIGHT)
        assert "the default VPC has no NAT gateway" in found.fact

    def test_closed(self) -> None:
        """The default VPC has no gateway."""
        (found,) = reaches_internet(self.plan, replace(CLOSED, defaults=[VSWITCH]))
        assert "vpc-1, the default VPC of cn-hangzhou, has no NAT gateway" in found.fact

    def test_open(self) -> None:
        """One of its vSwitches is let out."""
        nat = Nat(("ngw-1",), (WayOut("ngw-1", vswitch="vsw-2"),))
        facts = replace(RIGHT, nat={"vpc-1": nat}, defaults=[VSWITCH, SECOND])
        assert list(reaches_internet(self.plan, facts)) == []

    def test_not_asked(self) -> None:
        """Nothing is said where it couldn't be asked."""
        assert list(reaches_internet(self.plan, replace(RIGHT, defaults=None))) == []


@pytest.mark.parametrize(
    ("way", "out"),
    [
        (WayOut("ngw-1", vswitch="vsw-1"), True),
        (WayOut("ngw-1", block="10.0.1.0/24"), True),
        (WayOut("ngw-1", block="10.0.0.0/16"), True),
        (WayOut("ngw-1", block="10.0.1.0/25"), False),
        (WayOut("ngw-1", block="nonsense"), False),
        (WayOut("ngw-1"), False),
    ],
)
def test_lets_out(way: WayOut, out: bool) -> None:
    """An SNAT entry lets a vSwitch out that it names, or whose range its own holds."""
    assert lets_out(Nat(("ngw-1",), (way,)), VSWITCH) is out
