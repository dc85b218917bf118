"""VPCs and vSwitches: how they behave, on plain data.

`ranges` says which addresses they may have, `eip_models` has elastic IP addresses, `nat_models` NAT gateways.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.exceptions import InvalidZoneNotFoundError
from imagecache_simulator.vpc import ranges
from imagecache_simulator.vpc.eip_models import EipBackend
from imagecache_simulator.vpc.exceptions import (
    CidrBlockOverlappedError,
    RouteTableNotFoundError,
    SecondaryRangeInUseError,
    SecondaryRangeNotFoundError,
    TooManySecondaryRangesError,
    VpcHasSecurityGroupError,
    VpcHasVSwitchError,
    VpcNotFoundError,
    VSwitchInUseError,
    VSwitchNotFoundError,
)
from imagecache_simulator.vpc.nat_models import NAT_INSTANCE_TYPE, NatGateway

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

# The network's first address and its last three belong to the cloud.
RESERVED_ADDRESSES = 4
MOST_SECONDARY_RANGES = 5


@dataclass
class RouteTable:
    """The system route table of a VPC."""

    route_table_id: str
    name: str = ""
    description: str = ""
    route_propagation: bool = True


@dataclass
class Vpc:
    """A private network of a region."""

    vpc_id: str
    region_id: str
    cidr_block: str
    resource_group_id: str
    v_router_id: str
    route_table: RouteTable
    created: datetime
    vpc_name: str = ""
    description: str = ""
    secondary_cidr_blocks: list[str] = field(default_factory=list)
    user_cidrs: list[str] = field(default_factory=list)
    dns_hostnames: bool = False
    is_default: bool = False
    status: str = "Available"
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def cidr_blocks(self) -> list[str]:
        """All its ranges of addresses, the first one first."""
        return [self.cidr_block, *self.secondary_cidr_blocks]


@dataclass
class VSwitch:
    """A subnet of a VPC in one zone."""

    v_switch_id: str
    vpc_id: str
    region_id: str
    zone_id: str
    cidr_block: str
    resource_group_id: str
    created: datetime
    v_switch_name: str = ""
    description: str = ""
    is_default: bool = False
    status: str = "Available"
    tags: dict[str, str] = field(default_factory=dict)


class VpcBackend(EipBackend):
    """The networks of an account."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.vpcs: dict[str, Vpc] = {}
        self.vswitches: dict[str, VSwitch] = {}

    def create_vpc(self, region_id: str, cidr_block: str, resource_group_id: str) -> Vpc:
        """Create a VPC with router and system route table; `InvalidCidrBlockError` for a bad range."""
        network = ranges.vpc_range(cidr_block)
        vpc = Vpc(
            vpc_id=self._cloud.new_id("vpc"),
            region_id=region_id,
            cidr_block=str(network),
            resource_group_id=self._cloud.resource_manager.resource_group_or_default(resource_group_id),
            v_router_id=self._cloud.new_id("vrt"),
            route_table=RouteTable(self._cloud.new_id("vtb")),
            created=self._cloud.clock.now(),
        )
        self.vpcs[vpc.vpc_id] = vpc
        return vpc

    def vpc(self, vpc_id: str, region_id: str = "") -> Vpc:
        """Return a VPC, of a region if one is named; `VpcNotFoundError` if there's none."""
        vpc = self.vpcs.get(vpc_id)
        if vpc is None or region_id not in {"", vpc.region_id}:
            raise VpcNotFoundError
        return vpc

    def change_range(self, vpc: Vpc, cidr_block: str) -> None:
        """Let a VPC's first range grow or shrink.

        Raises:
            InvalidCidrBlockError: it can't be one, or isn't part of the old one, nor the other way round.
            CidrBlockOverlappedError: a vSwitch would be out of it, or it overlaps a secondary range.
        """
        vswitches = [vswitch.cidr_block for vswitch in self.vswitches_of(vpc.vpc_id)]
        new = ranges.changed_vpc_range(cidr_block, vpc.cidr_block, vpc.secondary_cidr_blocks, vswitches)
        vpc.cidr_block = str(new)

    def add_secondary_range(self, vpc: Vpc, cidr_block: str) -> str:
        """Give a VPC a further range of addresses, and return it.

        Raises:
            InvalidCidrBlockError: the range can't be one.
            CidrBlockOverlappedError: it has addresses of another range of the VPC.
            TooManySecondaryRangesError: the VPC has as many as it may.
        """
        new = str(ranges.secondary_range(cidr_block, vpc.cidr_blocks))
        if len(vpc.secondary_cidr_blocks) >= MOST_SECONDARY_RANGES:
            raise TooManySecondaryRangesError
        vpc.secondary_cidr_blocks.append(new)
        return new

    def remove_secondary_range(self, vpc: Vpc, cidr_block: str) -> None:
        """Take a further range off a VPC.

        Raises:
            SecondaryRangeNotFoundError: the VPC hasn't that range.
            SecondaryRangeInUseError: a vSwitch is in it.
        """
        if cidr_block not in vpc.secondary_cidr_blocks:
            raise SecondaryRangeNotFoundError
        old = ranges.network(cidr_block)
        vswitches = self.vswitches_of(vpc.vpc_id)
        if any(ranges.network(vswitch.cidr_block).subnet_of(old) for vswitch in vswitches):
            raise SecondaryRangeInUseError
        vpc.secondary_cidr_blocks.remove(cidr_block)

    def route_table(self, route_table_id: str, region_id: str = "") -> RouteTable:
        """Return a route table, of a region if one is named; `RouteTableNotFoundError` if there's none."""
        for vpc in self.vpcs.values():
            if vpc.route_table.route_table_id == route_table_id and region_id in {"", vpc.region_id}:
                return vpc.route_table
        raise RouteTableNotFoundError

    def vswitches_of(self, vpc_id: str) -> list[VSwitch]:
        """Return the vSwitches of a VPC."""
        return [vswitch for vswitch in self.vswitches.values() if vswitch.vpc_id == vpc_id]

    def delete_vpc(self, vpc_id: str, region_id: str = "") -> None:
        """Delete an empty VPC; `VpcHasVSwitchError` or `VpcHasSecurityGroupError` for one that isn't.

        A NAT gateway is in a vSwitch, which then can't be deleted either.
        """
        vpc = self.vpc(vpc_id, region_id)
        if self.vswitches_of(vpc_id):
            raise VpcHasVSwitchError
        if any(group.vpc_id == vpc_id for group in self._cloud.ecs.security_groups.values()):
            raise VpcHasSecurityGroupError
        del self.vpcs[vpc.vpc_id]

    def create_vswitch(self, vpc: Vpc, zone_id: str, cidr_block: str) -> VSwitch:
        """Create a vSwitch in a VPC.

        Raises:
            InvalidZoneNotFoundError: the region hasn't that zone.
            InvalidCidrBlockError: the range isn't within one of the VPC's, or too large or small.
            CidrBlockOverlappedError: another vSwitch of the VPC has some of its addresses.
        """
        if zone_id not in self._cloud.regions[vpc.region_id]:
            raise InvalidZoneNotFoundError
        others = [other.cidr_block for other in self.vswitches_of(vpc.vpc_id)]
        network = ranges.vswitch_range(cidr_block, vpc.cidr_blocks, others)
        vswitch = VSwitch(
            v_switch_id=self._cloud.new_id("vsw"),
            vpc_id=vpc.vpc_id,
            region_id=vpc.region_id,
            zone_id=zone_id,
            cidr_block=str(network),
            resource_group_id=vpc.resource_group_id,
            created=self._cloud.clock.now(),
        )
        self.vswitches[vswitch.v_switch_id] = vswitch
        return vswitch

    def vswitch(self, v_switch_id: str, region_id: str = "") -> VSwitch:
        """Return a vSwitch, of a region if one is named; `VSwitchNotFoundError` if there's none."""
        vswitch = self.vswitches.get(v_switch_id)
        if vswitch is None or region_id not in {"", vswitch.region_id}:
            raise VSwitchNotFoundError
        return vswitch

    def available_addresses(self, vswitch: VSwitch) -> int:
        """Return how many more instances a vSwitch has addresses for."""
        used = sum(instance.v_switch_id == vswitch.v_switch_id for instance in self._cloud.eci.instances())
        used += len(self.nat.gateways_in(vswitch.v_switch_id))
        return ranges.network(vswitch.cidr_block).num_addresses - RESERVED_ADDRESSES - used

    def delete_vswitch(self, v_switch_id: str, region_id: str = "") -> None:
        """Delete a vSwitch; `VSwitchInUseError` while something is in it, or an SNAT entry names it."""
        vswitch = self.vswitch(v_switch_id, region_id)
        if any(instance.v_switch_id == v_switch_id for instance in self._cloud.eci.instances()):
            raise VSwitchInUseError
        entries = self.nat.snat_entries.values()
        if self.nat.gateways_in(v_switch_id) or v_switch_id in {each.source_v_switch_id for each in entries}:
            raise VSwitchInUseError
        del self.vswitches[vswitch.v_switch_id]

    def default_vpc(self, region_id: str, resource_group_id: str = "") -> Vpc:
        """Return the default VPC of a region; it's made if there's none.

        Source: seed 004, VSwitchId.
        """
        for vpc in self.vpcs.values():
            if vpc.is_default and vpc.region_id == region_id:
                return vpc
        vpc = self.create_vpc(region_id, ranges.DEFAULT_VPC_CIDR, resource_group_id)
        vpc.is_default = True
        return vpc

    def default_vswitches(self, region_id: str) -> list[VSwitch]:
        """Return the default vSwitches that a region has, one of a zone at most."""
        every = self.vswitches.values()
        return [vswitch for vswitch in every if vswitch.is_default and vswitch.region_id == region_id]

    def default_vswitch(self, region_id: str, zone_id: str = "") -> VSwitch:
        """Return where an instance runs that names no vSwitch; default VPC and vSwitch are made if needed.

        Args:
            region_id: the instance's region.
            zone_id: its zone; any unless given.

        Raises:
            CidrBlockOverlappedError: the default VPC has no room for another default vSwitch.
        """
        vpc = self.default_vpc(region_id)
        for vswitch in self.default_vswitches(region_id):
            if zone_id in {"", vswitch.zone_id}:
                return vswitch
        taken = [ranges.network(vswitch.cidr_block) for vswitch in self.vswitches_of(vpc.vpc_id)]
        for free in ranges.network(vpc.cidr_block).subnets(new_prefix=ranges.DEFAULT_VSWITCH_PREFIX):
            if not any(free.overlaps(other) for other in taken):
                vswitch = self.create_vswitch(vpc, zone_id or self._cloud.regions[region_id][0], str(free))
                vswitch.is_default = True
                return vswitch
        raise CidrBlockOverlappedError

    def reaches_internet(self, vswitch: VSwitch, eip_instance_id: str = "") -> bool:
        """Tell whether an instance reaches the internet: by an address of its own, or by a NAT gateway.

        Args:
            vswitch: where the instance runs.
            eip_instance_id: the address that is bound to the instance; empty if none is.
        """
        return eip_instance_id in self.eips or self.nat.lets_out(vswitch)

    def open_internet(self, vswitch: VSwitch) -> NatGateway:
        """Let all instances of a vSwitch's VPC out by a new NAT gateway, as a colleague in the console would.

        Tests call it, with `default_vswitch` for what names no vSwitch.
        """
        vpc = self.vpcs[vswitch.vpc_id]
        gateway = self.nat.create_gateway(vpc, vswitch)
        eip = self.allocate_eip(vpc.region_id, "")
        self.bind_eip(eip, gateway.nat_gateway_id, NAT_INSTANCE_TYPE)
        for cidr_block in vpc.cidr_blocks:
            self.nat.create_snat_entry(gateway, cidr_block, [eip.ip_address])
        return gateway
