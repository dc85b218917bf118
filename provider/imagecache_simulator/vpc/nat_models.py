"""NAT gateways and their SNAT entries: how they behave, on plain data, and whom they let reach the internet.

`models.VpcBackend` holds one `NatBackend` and asks it before it deletes something that a gateway needs.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.vpc.exceptions import (
    DeletionProtectedError,
    EipNotInGatewayError,
    NatGatewayHasEipError,
    NatGatewayHasSnatEntryError,
    NatGatewayNotFoundError,
    NotEnoughIpError,
    SnatEntryNotFoundError,
    SnatSourceTakenError,
    SnatTableNotFoundError,
    VSwitchNotFoundError,
)

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.eip_models import Eip
    from imagecache_simulator.vpc.models import Vpc, VSwitch

NAT_INSTANCE_TYPE = "Nat"


@dataclass
class NatGateway:
    """An Internet NAT gateway of a VPC; it has one address in its vSwitch, and EIPs are bound to it."""

    nat_gateway_id: str
    region_id: str
    vpc_id: str
    v_switch_id: str
    zone_id: str
    private_ip_address: str
    snat_table_id: str
    forward_table_id: str
    resource_group_id: str
    created: datetime
    name: str = ""
    description: str = ""
    internet_charge_type: str = "PayByLcu"
    instance_charge_type: str = "PostPaid"
    spec: str = ""
    eip_bind_mode: str = "MULTI_BINDED"
    icmp_reply_enabled: bool = True
    private_link_enabled: bool = False
    deletion_protection: bool = False
    status: str = "Available"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class SnatEntry:
    """A rule of a gateway: who (a vSwitch, or a range of addresses) goes out by which of its EIPs."""

    snat_entry_id: str
    snat_table_id: str
    nat_gateway_id: str
    source_cidr: str
    source_v_switch_id: str
    snat_ips: list[str]
    name: str = ""
    eip_affinity: int = 0
    status: str = "Available"


class NatBackend:
    """The NAT gateways of an account."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.gateways: dict[str, NatGateway] = {}
        self.snat_entries: dict[str, SnatEntry] = {}

    def create_gateway(self, vpc: Vpc, vswitch: VSwitch) -> NatGateway:
        """Create a gateway in a VPC.

        Raises:
            VSwitchNotFoundError: the vSwitch is another VPC's.
            NotEnoughIpError: the vSwitch has no address left for it.
        """
        if vswitch.vpc_id != vpc.vpc_id:
            raise VSwitchNotFoundError
        gateway = NatGateway(
            nat_gateway_id=self._cloud.new_id("ngw"),
            region_id=vpc.region_id,
            vpc_id=vpc.vpc_id,
            v_switch_id=vswitch.v_switch_id,
            zone_id=vswitch.zone_id,
            private_ip_address=self._free_address(vswitch),
            snat_table_id=self._cloud.new_id("stb"),
            forward_table_id=self._cloud.new_id("ftb"),
            resource_group_id=vpc.resource_group_id,
            created=self._cloud.clock.now(),
        )
        self.gateways[gateway.nat_gateway_id] = gateway
        return gateway

    def gateway(self, nat_gateway_id: str, region_id: str = "") -> NatGateway:
        """Return a gateway, of a region if one is named; `NatGatewayNotFoundError` if there's none."""
        gateway = self.gateways.get(nat_gateway_id)
        if gateway is None or region_id not in {"", gateway.region_id}:
            raise NatGatewayNotFoundError
        return gateway

    def gateways_in(self, v_switch_id: str) -> list[NatGateway]:
        """Return the gateways that have their address in a vSwitch."""
        return [gateway for gateway in self.gateways.values() if gateway.v_switch_id == v_switch_id]

    def eips_of(self, gateway: NatGateway) -> list[Eip]:
        """Return the addresses that are bound to a gateway."""
        eips = self._cloud.vpc.eips.values()
        return [eip for eip in eips if eip.instance_id == gateway.nat_gateway_id]

    def entries_of(self, gateway: NatGateway) -> list[SnatEntry]:
        """Return a gateway's SNAT entries."""
        entries = self.snat_entries.values()
        return [entry for entry in entries if entry.nat_gateway_id == gateway.nat_gateway_id]

    def delete_gateway(self, gateway: NatGateway, force: bool = False) -> None:
        """Delete a gateway; `force` takes its SNAT entries and its addresses off it first.

        Raises:
            DeletionProtectedError: it's protected.
            NatGatewayHasSnatEntryError: it has SNAT entries.
            NatGatewayHasEipError: it has addresses.
        """
        if gateway.deletion_protection:
            raise DeletionProtectedError
        entries, eips = self.entries_of(gateway), self.eips_of(gateway)
        if entries and not force:
            raise NatGatewayHasSnatEntryError
        if eips and not force:
            raise NatGatewayHasEipError
        for entry in entries:
            del self.snat_entries[entry.snat_entry_id]
        for eip in eips:
            self._cloud.vpc.unbind_eip(eip)
        del self.gateways[gateway.nat_gateway_id]

    def table(self, snat_table_id: str, region_id: str = "") -> NatGateway:
        """Return the gateway whose SNAT table this is; `SnatTableNotFoundError` if it's nobody's."""
        for gateway in self.gateways.values():
            if gateway.snat_table_id == snat_table_id and region_id in {"", gateway.region_id}:
                return gateway
        raise SnatTableNotFoundError

    def create_snat_entry(self, gateway: NatGateway, source: VSwitch | str, snat_ips: list[str]) -> SnatEntry:
        """Add an SNAT entry to a gateway.

        Args:
            gateway: the gateway.
            source: a vSwitch, or a range of addresses.
            snat_ips: addresses that are bound to the gateway.

        Raises:
            VSwitchNotFoundError: the vSwitch is another VPC's.
            SnatSourceTakenError: another entry has this source.
            EipNotInGatewayError: an address isn't bound to the gateway.
        """
        cidr, v_switch_id = (
            (source, "") if isinstance(source, str) else (source.cidr_block, source.v_switch_id)
        )
        if not isinstance(source, str) and source.vpc_id != gateway.vpc_id:
            raise VSwitchNotFoundError
        if any(entry.source_cidr == cidr for entry in self.entries_of(gateway)):
            raise SnatSourceTakenError
        self._check_bound(gateway, snat_ips)
        entry = SnatEntry(
            snat_entry_id=self._cloud.new_id("snat"),
            snat_table_id=gateway.snat_table_id,
            nat_gateway_id=gateway.nat_gateway_id,
            source_cidr=cidr,
            source_v_switch_id=v_switch_id,
            snat_ips=snat_ips,
        )
        self.snat_entries[entry.snat_entry_id] = entry
        return entry

    def snat_entry(self, snat_entry_id: str, snat_table_id: str) -> SnatEntry:
        """Return an entry of a table; `SnatEntryNotFoundError` if it has none of that ID."""
        entry = self.snat_entries.get(snat_entry_id)
        if entry is None or entry.snat_table_id != snat_table_id:
            raise SnatEntryNotFoundError
        return entry

    def change_addresses(self, entry: SnatEntry, snat_ips: list[str]) -> None:
        """Let an entry go out by other addresses; `EipNotInGatewayError` if one isn't the gateway's."""
        self._check_bound(self.gateways[entry.nat_gateway_id], snat_ips)
        entry.snat_ips = snat_ips

    def delete_snat_entry(self, entry: SnatEntry) -> None:
        """Remove an entry."""
        del self.snat_entries[entry.snat_entry_id]

    def entries_by(self, eip: Eip) -> list[SnatEntry]:
        """Return the entries that go out by an address."""
        return [entry for entry in self.snat_entries.values() if eip.ip_address in entry.snat_ips]

    def lets_out(self, vswitch: VSwitch) -> bool:
        """Tell whether instances of a vSwitch go out by an available gateway of its VPC."""
        return any(
            _covers(entry, vswitch)
            for gateway in self.gateways.values()
            if gateway.vpc_id == vswitch.vpc_id and gateway.status == "Available"
            for entry in self.entries_of(gateway)
            if entry.status == "Available"
        )

    def _check_bound(self, gateway: NatGateway, snat_ips: list[str]) -> None:
        if not {*snat_ips} <= {eip.ip_address for eip in self.eips_of(gateway)}:
            raise EipNotInGatewayError

    def _free_address(self, vswitch: VSwitch) -> str:
        if self._cloud.vpc.available_addresses(vswitch) < 1:
            raise NotEnoughIpError
        taken = {gateway.private_ip_address for gateway in self.gateways_in(vswitch.v_switch_id)}
        taken |= {
            group.intranet_ip
            for group in self._cloud.eci.living_groups()
            if group.v_switch_id == vswitch.v_switch_id
        }
        hosts = (str(address) for address in ipaddress.IPv4Network(vswitch.cidr_block).hosts())
        return next(host for host in hosts if host not in taken)


def _covers(entry: SnatEntry, vswitch: VSwitch) -> bool:
    if entry.source_v_switch_id:
        return entry.source_v_switch_id == vswitch.v_switch_id
    return ipaddress.IPv4Network(vswitch.cidr_block).subnet_of(ipaddress.IPv4Network(entry.source_cidr))
