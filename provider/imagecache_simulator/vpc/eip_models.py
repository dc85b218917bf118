"""Elastic IP addresses: how they behave, on plain data.

`models.VpcBackend` is an `EipBackend`, too: addresses are beside the networks, as in the API.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.vpc.exceptions import (
    DeletionProtectedError,
    EipNotFoundError,
    EipUsedBySnatError,
    IncorrectEipStatusError,
)
from imagecache_simulator.vpc.nat_models import NAT_INSTANCE_TYPE, NatBackend

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

# Addresses reserved for benchmarks: nobody's server answers there.
_EIP_RANGE = ipaddress.IPv4Network("198.18.0.0/15")


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


class EipBackend:
    """The elastic IP addresses of an account, and the NAT gateways that they're bound to."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.eips: dict[str, Eip] = {}
        self.nat = NatBackend(cloud)

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
