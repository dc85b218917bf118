"""Where an instance can run: the checks that image caches and container groups have in common.

Source of the codes: spec/eci-image-cache.md section 5, spec/eci-container-group.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from imagecache_simulator.acr import account_of
from imagecache_simulator.eci.exceptions import (
    CpuMemoryNotAllowedError,
    DiskVolumeNotSupportedError,
    EipInstanceNotFoundError,
    IncorrectStatusError,
    NoStockError,
    NotEnoughAddressesError,
    RamRoleNotSupportedError,
    ResourceGroupNotFoundError,
    SecurityGroupMismatchError,
    VSwitchZoneMismatchError,
    ZoneNotOnSaleError,
)
from imagecache_simulator.exceptions import InvalidZoneNotFoundError
from imagecache_simulator.stock import NOT_OFFERED, SOLD, Goods

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.exceptions import ApiError
    from imagecache_simulator.registries import Access
    from imagecache_simulator.vpc.models import VSwitch

EIP_INSTANCE_TYPE = "EciInstance"
# What a transit instance takes: 2 vCPUs with 4 GiB, and an ESSD. Source: section 3, row transit instance.
TRANSIT_SIZE = Goods(cores=2, memory=4)
TRANSIT_DISK = Goods(disk_category="cloud_essd")


@dataclass(frozen=True)
class Place:
    """Where an instance starts: a zone, and a vSwitch in it; none where a default one is still to be made."""

    zone_id: str
    vswitch: VSwitch | None = None

    def take(self, cloud: Cloud, region_id: str) -> VSwitch:
        """Return the vSwitch, after making the zone's default one if it has to be."""
        return self.vswitch or cloud.vpc.default_vswitch(region_id, self.zone_id)


class Wanted(Protocol):
    """What a call names of the network; each is empty if it names none."""

    @property
    def zone_id(self) -> str:
        """The zone."""

    @property
    def resource_group_id(self) -> str:
        """The resource group."""

    @property
    def v_switch_ids(self) -> tuple[str, ...]:
        """The vSwitches that may be used."""

    @property
    def security_group_id(self) -> str:
        """The security group."""

    @property
    def eip_instance_id(self) -> str:
        """The elastic IP address."""


def check_placement(cloud: Cloud, region_id: str, wanted: Wanted) -> list[VSwitch]:
    """Check that what an instance needs is there and fits; return the vSwitches that it may use.

    Raises:
        ApiError: something isn't there, or doesn't fit the rest.
    """
    if wanted.zone_id and wanted.zone_id not in cloud.regions[region_id]:
        raise InvalidZoneNotFoundError
    if wanted.resource_group_id and wanted.resource_group_id not in cloud.resource_manager.resource_groups:
        raise ResourceGroupNotFoundError
    vswitches = [cloud.vpc.vswitch(v_switch_id, region_id) for v_switch_id in wanted.v_switch_ids]
    if wanted.security_group_id:
        group = cloud.ecs.security_group(wanted.security_group_id, region_id)
        if any(vswitch.vpc_id != group.vpc_id for vswitch in vswitches):
            raise SecurityGroupMismatchError
    if wanted.zone_id and any(vswitch.zone_id != wanted.zone_id for vswitch in vswitches):
        raise VSwitchZoneMismatchError
    eip = cloud.vpc.eips.get(wanted.eip_instance_id)
    if wanted.eip_instance_id and (eip is None or eip.region_id != region_id):
        raise EipInstanceNotFoundError
    return vswitches


def check_roles(cloud: Cloud, access: Access) -> None:
    """Check that the roles that an instance takes (ArnService) are of its account, or raise.

    Raises:
        RamRoleNotSupportedError: one is of another account.
    """
    for info in access.acr_registry_infos:
        if info.arn_service and account_of(info.arn_service) != cloud.account_id:
            raise RamRoleNotSupportedError


def find_place(
    cloud: Cloud, region_id: str, zone_id: str, vswitches: Sequence[VSwitch], *goods: Goods
) -> Place:
    """Return the first place in which an instance can start.

    Args:
        cloud: the account.
        region_id: where.
        zone_id: the zone that the call names; empty if it names none.
        vswitches: those that the call names, in its order. Without any, it's a default one, in the zone that
            is named or in any of the region; those that are there already come first.
        goods: what the instance takes of a zone's stock.

    Raises:
        ApiError: no place will do; it says why the first one won't.
    """
    places = [Place(vswitch.zone_id, vswitch) for vswitch in vswitches]
    if not vswitches:
        places = _default_places(cloud, region_id, zone_id)
    refusals = []
    for place in places:
        refusal = stock_refusal(cloud, place.zone_id, *goods) or _vswitch_refusal(cloud, place.vswitch)
        if refusal is None:
            return place
        refusals.append(refusal)
    raise refusals[0]


def _default_places(cloud: Cloud, region_id: str, zone_id: str) -> list[Place]:
    """Return where an instance may be that names no vSwitch."""
    zones = [zone_id] if zone_id else cloud.regions[region_id]
    there = {vswitch.zone_id: vswitch for vswitch in cloud.vpc.default_vswitches(region_id)}
    places = [Place(zone, there.get(zone)) for zone in zones]
    return sorted(places, key=lambda place: place.vswitch is None)


def stock_refusal(cloud: Cloud, zone_id: str, *goods: Goods) -> ApiError | None:
    """Return why a zone can't give an instance what it takes; None if it can."""
    if not cloud.stock.is_open(zone_id):
        return ZoneNotOnSaleError()
    for each in goods:
        category = cloud.stock.category(zone_id, each)
        if category == NOT_OFFERED:
            return DiskVolumeNotSupportedError() if each.disk_category else CpuMemoryNotAllowedError()
        if category not in SOLD:
            return NoStockError()
    return None


def _vswitch_refusal(cloud: Cloud, vswitch: VSwitch | None) -> ApiError | None:
    """Return why a vSwitch has no room for an instance; None if it has."""
    if vswitch is None:
        return None
    if vswitch.status != "Available":
        return IncorrectStatusError(f"vSwitch {vswitch.v_switch_id}", vswitch.status)
    return None if cloud.vpc.available_addresses(vswitch) > 0 else NotEnoughAddressesError()


def eip_obstacle(cloud: Cloud, eip_instance_id: str, what: str) -> str:
    """Return why an address can't be bound to an instance: it's in use. Empty if it can."""
    eip = cloud.vpc.eips.get(eip_instance_id)
    if eip is None or not eip.instance_id:
        return ""
    return (
        f"Failed to bind EIP {eip.allocation_id} to {what}: "
        f"the EIP is InUse, bound to {eip.instance_type} {eip.instance_id}."
    )
