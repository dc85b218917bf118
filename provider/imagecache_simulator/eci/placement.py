"""Where an instance can run: the checks that image caches and container groups have in common.

Source of the codes: spec/eci-image-cache.md section 5, spec/eci-container-group.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagecache_simulator.eci.exceptions import (
    EipInstanceNotFoundError,
    NotEnoughAddressesError,
    ResourceGroupNotFoundError,
    SecurityGroupMismatchError,
    VSwitchZoneMismatchError,
)
from imagecache_simulator.exceptions import InvalidZoneNotFoundError

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.models import VSwitch

EIP_INSTANCE_TYPE = "EciInstance"


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


def vswitch_with_room(cloud: Cloud, vswitches: list[VSwitch]) -> VSwitch | None:
    """Return the first vSwitch with an address left; none of the account's if none was named."""
    if not vswitches:
        return None
    for vswitch in vswitches:
        if cloud.vpc.available_addresses(vswitch) > 0:
            return vswitch
    raise NotEnoughAddressesError


def eip_obstacle(cloud: Cloud, eip_instance_id: str, what: str) -> str:
    """Return why an address can't be bound to an instance: it's in use. Empty if it can."""
    eip = cloud.vpc.eips.get(eip_instance_id)
    if eip is None or not eip.instance_id:
        return ""
    return (
        f"Failed to bind EIP {eip.allocation_id} to {what}: "
        f"the EIP is InUse, bound to {eip.instance_type} {eip.instance_id}."
    )
