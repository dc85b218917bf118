"""What the rules go by: plain facts about a region, as the cloud told them.

`questions` fills them in, the rules of `network`, `internet`, `account` and `caches` read them. None for a
whole part means that it wasn't or couldn't be asked; a rule that needs it then says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from imagecache_provider.preflight import Plan


@dataclass(frozen=True)
class VSwitch:
    """A vSwitch; `free` is how many addresses it has left, `block` its range, such as 10.0.1.0/24."""

    id: str
    vpc: str
    zone: str
    free: int
    block: str = ""


@dataclass(frozen=True)
class SecurityGroup:
    """A security group."""

    id: str
    vpc: str


@dataclass(frozen=True)
class Eip:
    """An elastic IP address; `user_type` and `user` say what it is bound to, empty for nothing."""

    id: str
    status: str
    user_type: str = ""
    user: str = ""


@dataclass(frozen=True)
class WayOut:
    """An SNAT entry of a NAT gateway: it lets a vSwitch out, or a range of addresses."""

    gateway: str
    vswitch: str = ""
    block: str = ""


@dataclass(frozen=True)
class Nat:
    """The NAT gateways of a VPC, and whom they let out."""

    gateways: tuple[str, ...] = ()
    ways_out: tuple[WayOut, ...] = ()


@dataclass(frozen=True)
class Usage:
    """How many image caches there may be and are, those left out that ECI makes by itself."""

    most: int
    used: int


@dataclass(frozen=True)
class ImageCache:
    """An image cache of the region, whoever made it.

    Attributes:
        id: its ID.
        name: its name.
        status: the cloud's word.
        stack: the stack's hash in its hidden tag; empty without one.
        resource: the hash of the resource that it was made for, in its other one; empty without one.
        pending: whether no `up` has handed it over to a state.
        evictable: whether the cloud may delete it when the quota is full.
        builder: the container group that builds it, or has built it.
        created: when it was made.
        matched: when it last served an instance; None for never.
    """

    id: str
    name: str
    status: str
    stack: str = ""
    resource: str = ""
    pending: bool = False
    evictable: bool = False
    builder: str = ""
    created: datetime | None = None
    matched: datetime | None = None


@dataclass(frozen=True)
class Pull:
    """A container of a group that pulls its image again at every start."""

    group: str
    group_name: str
    image: str


@dataclass(frozen=True)
class Facts:
    """What is known of a region.

    Attributes:
        vswitches: those that were asked for, by ID; None for one that doesn't exist. So are the next two.
        groups: security groups.
        eips: elastic IP addresses.
        defaults: the vSwitches of the default VPC.
        nat: by VPC.
        usage: the account's quota.
        stock: what each zone has of the instance that builds caches, in the cloud's words; a zone that
            doesn't offer it isn't there.
        resource_groups: the IDs of those that can be used.
        caches: the region's image caches.
        pulls: containers whose policy is Always, of the groups that were looked at.
        plans: all that was planned in the region so far, in the order in which it came.
        home: the provider's own region; empty if it has none.
        passed: what else this run does there, which its preview has looked at.
    """

    vswitches: Mapping[str, VSwitch | None] = field(default_factory=dict)
    groups: Mapping[str, SecurityGroup | None] = field(default_factory=dict)
    eips: Mapping[str, Eip | None] = field(default_factory=dict)
    defaults: Sequence[VSwitch] | None = None
    nat: Mapping[str, Nat] = field(default_factory=dict)
    usage: Usage | None = None
    stock: Mapping[str, str] | None = None
    resource_groups: frozenset[str] | None = None
    caches: Sequence[ImageCache] | None = None
    pulls: Sequence[Pull] | None = None
    plans: Sequence[Plan] = ()
    home: str = ""
    passed: Sequence[Plan] = ()

    def named(self, plan: Plan) -> list[VSwitch]:
        """Give those of the plan's vSwitches that are known to exist."""
        found = (self.vswitches.get(id) for id in vswitch_ids(plan))
        return [vswitch for vswitch in found if vswitch is not None]


def vswitch_ids(plan: Plan) -> list[str]:
    """Give the vSwitches that a plan names, but for those that a preview doesn't know yet."""
    named = plan.inputs.get("vswitchIds")
    return [id for id in named if isinstance(id, str)] if isinstance(named, list) else []


def region_of(plan: Plan) -> str:
    """Give the plan's region; empty if it isn't known yet."""
    region = plan.inputs.get("regionId")
    return region if isinstance(region, str) else ""
