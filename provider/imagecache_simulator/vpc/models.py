"""VPCs, vSwitches and elastic IP addresses: how they behave, on plain data. `nat_models` has NAT gateways."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.exceptions import InvalidZoneNotFoundError
from imagecache_simulator.vpc.exceptions import (
    CidrBlockOverlappedError,
    DeletionProtectedError,
    EipNotFoundError,
    EipUsedBySnatError,
    IncorrectEipStatusError,
    InvalidCidrBlockError,
    VpcHasSecurityGroupError,
    VpcHasVSwitchError,
    VpcNotFoundError,
    VSwitchInUseError,
    VSwitchNotFoundError,
)
from imagecache_simulator.vpc.nat_models import NAT_INSTANCE_TYPE, NatBackend, NatGateway

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

VPC_CIDR = "172.16.0.0/12"
# Of the VPC that the cloud makes by itself, and the size of the vSwitches in it.
DEFAULT_VPC_CIDR = "172.31.0.0/16"
DEFAULT_VSWITCH_PREFIX = 20
# The network's first address and its last three belong to the cloud.
RESERVED_ADDRESSES = 4
_VPC_PREFIXES = range(8, 29)
_VSWITCH_PREFIXES = range(16, 30)
_FORBIDDEN = [ipaddress.IPv4Network(block) for block in ("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")]
# Addresses reserved for benchmarks: nobody's server answers there.
_EIP_RANGE = ipaddress.IPv4Network("198.18.0.0/15")


@dataclass
class Vpc:
    """A private network of a region."""

    vpc_id: str
    region_id: str
    cidr_block: str
    resource_group_id: str
    v_router_id: str
    route_table_id: str
    created: datetime
    vpc_name: str = ""
    description: str = ""
    user_cidrs: list[str] = field(default_factory=list)
    is_default: bool = False
    status: str = "Available"
    tags: dict[str, str] = field(default_factory=dict)


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


@dataclass
class Eip:
    """An elastic IP address; `instance_id` is what it's bound to, empty while it's free."""

    allocation_id: str
    region_id: str
    ip_address: str
    resource_group_id: str
    created: datetime
    bandwidth: str = "5"
    internet_charge_type: str = "PayByBandwidth"
    instance_charge_type: str = "PostPaid"
    isp: str = "BGP"
    netmode: str = "public"
    name: str = ""
    description: str = ""
    instance_id: str = ""
    instance_type: str = ""
    mode: str = "NAT"
    deletion_protection: bool = False
    monitor_log_status: str = "OFF"
    log_project: str = ""
    log_store: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """`InUse` while it's bound, `Available` otherwise."""
        return "InUse" if self.instance_id else "Available"


class VpcBackend:
    """The networks of an account."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.vpcs: dict[str, Vpc] = {}
        self.vswitches: dict[str, VSwitch] = {}
        self.eips: dict[str, Eip] = {}
        self.nat = NatBackend(cloud)

    def create_vpc(self, region_id: str, cidr_block: str, resource_group_id: str) -> Vpc:
        """Create a VPC with router and system route table; `InvalidCidrBlockError` for a bad range."""
        network = _network(cidr_block or VPC_CIDR)
        if network.prefixlen not in _VPC_PREFIXES or _is_forbidden(network):
            raise InvalidCidrBlockError
        vpc = Vpc(
            vpc_id=self._cloud.new_id("vpc"),
            region_id=region_id,
            cidr_block=str(network),
            resource_group_id=self._cloud.resource_manager.resource_group_or_default(resource_group_id),
            v_router_id=self._cloud.new_id("vrt"),
            route_table_id=self._cloud.new_id("vtb"),
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
            InvalidCidrBlockError: the range isn't within the VPC's, or too large or small.
            CidrBlockOverlappedError: another vSwitch of the VPC has some of its addresses.
        """
        if zone_id not in self._cloud.regions[vpc.region_id]:
            raise InvalidZoneNotFoundError
        network = _network(cidr_block)
        if network.prefixlen not in _VSWITCH_PREFIXES or not network.subnet_of(_network(vpc.cidr_block)):
            raise InvalidCidrBlockError
        if any(network.overlaps(_network(other.cidr_block)) for other in self.vswitches_of(vpc.vpc_id)):
            raise CidrBlockOverlappedError
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
        return _network(vswitch.cidr_block).num_addresses - RESERVED_ADDRESSES - used

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
        vpc = self.create_vpc(region_id, DEFAULT_VPC_CIDR, resource_group_id)
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
        taken = [_network(vswitch.cidr_block) for vswitch in self.vswitches_of(vpc.vpc_id)]
        for free in _network(vpc.cidr_block).subnets(new_prefix=DEFAULT_VSWITCH_PREFIX):
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
        self.nat.create_snat_entry(gateway, vpc.cidr_block, [eip.ip_address])
        return gateway

    def allocate_eip(self, region_id: str, resource_group_id: str) -> Eip:
        """Allocate an elastic IP address."""
        eip = Eip(
            allocation_id=self._cloud.new_id("eip"),
            region_id=region_id,
            ip_address=str(_EIP_RANGE[self._cloud.random.randrange(1, _EIP_RANGE.num_addresses - 1)]),
            resource_group_id=self._cloud.resource_manager.resource_group_or_default(resource_group_id),
            created=self._cloud.clock.now(),
        )
        self.eips[eip.allocation_id] = eip
        return eip

    def eip(self, allocation_id: str, region_id: str = "") -> Eip:
        """Return an elastic IP address, of a region if one is named; `EipNotFoundError` if there's none."""
        eip = self.eips.get(allocation_id)
        if eip is None or region_id not in {"", eip.region_id}:
            raise EipNotFoundError
        return eip

    def bind_eip(self, eip: Eip, instance_id: str, instance_type: str) -> None:
        """Bind a free address to an instance; `IncorrectEipStatusError` if it's bound."""
        if eip.instance_id:
            raise IncorrectEipStatusError
        eip.instance_id, eip.instance_type = instance_id, instance_type

    def unbind_eip(self, eip: Eip) -> None:
        """Take an address off what it's bound to; SNAT entries that go out by it lose it, or go with it."""
        for entry in self.nat.entries_by(eip):
            entry.snat_ips.remove(eip.ip_address)
            if not entry.snat_ips:
                self.nat.delete_snat_entry(entry)
        eip.instance_id = eip.instance_type = ""

    def unassociate_eip(self, eip: Eip, instance_id: str, force: bool = False) -> None:
        """Take an address off a NAT gateway; with `force` also if SNAT entries go out by it.

        Raises:
            IncorrectEipStatusError: it isn't bound to that gateway.
            EipUsedBySnatError: an SNAT entry goes out by it.
        """
        if eip.instance_type != NAT_INSTANCE_TYPE or instance_id not in {"", eip.instance_id}:
            raise IncorrectEipStatusError
        if self.nat.entries_by(eip) and not force:
            raise EipUsedBySnatError
        self.unbind_eip(eip)

    def release_eip(self, allocation_id: str, region_id: str = "") -> None:
        """Give an address back; `IncorrectEipStatusError` while it's bound, or it's protected."""
        eip = self.eip(allocation_id, region_id)
        if eip.deletion_protection:
            raise DeletionProtectedError
        if eip.instance_id:
            raise IncorrectEipStatusError
        del self.eips[allocation_id]


def _network(text: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        raise InvalidCidrBlockError from None


def _is_forbidden(network: ipaddress.IPv4Network) -> bool:
    return network.is_multicast or any(network.overlaps(block) for block in _FORBIDDEN)
