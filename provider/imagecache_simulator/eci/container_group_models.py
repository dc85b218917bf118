"""The container groups of an account: how they are made, start, end and go, on plain data.

As with image caches, nothing runs in the background: `settle` lets happen what has come due. Programs aren't
run; a group goes as far as the pulling of its images decides. Source: spec/eci-container-group.md.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from imagecache_simulator.eci.container_group import FINAL, ContainerGroup, ContainerState, GroupInputs
from imagecache_simulator.eci.exceptions import (
    ContainerGroupNotFoundError,
    ImageSnapshotIncorrectStatusError,
    ImageSnapshotNotFoundError,
    PrivateIpAddressInUseError,
    QuotaExceededError,
)
from imagecache_simulator.eci.placement import (
    EIP_INSTANCE_TYPE,
    check_placement,
    check_roles,
    eip_obstacle,
    find_place,
)
from imagecache_simulator.eci.starts import (
    FAILURES,
    INSTANCE_DISK,
    Brought,
    StartEffect,
    StartOrder,
    StartStep,
    begin,
    go_on,
)
from imagecache_simulator.exceptions import DryRunOperationError, InvalidParameterError
from imagecache_simulator.references import parse_reference
from imagecache_simulator.stock import Goods

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.image_cache import ImageCache
    from imagecache_simulator.vpc.models import VSwitch

# Metadata of a group that came to its end.
FINAL_GROUP_KEPT = timedelta(hours=1)
MOST_FINAL_GROUPS = 100
_STATUS_AFTER = {
    StartEffect.SCHEDULED: "Pending",
    StartEffect.RUNNING: "Running",
    StartEffect.SUCCEEDED: "Succeeded",
    StartEffect.FAIL: "Failed",
    StartEffect.SCHEDULE_FAILED: "ScheduleFailed",
}


class ContainerGroupBackend:
    """The container groups of an account, in all its regions."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._container_groups: dict[str, ContainerGroup] = {}

    @property
    def container_groups(self) -> dict[str, ContainerGroup]:
        """All container groups as they are now, by ID, the oldest first."""
        self._cloud.eci.settle()
        return self._container_groups

    def container_group(self, container_group_id: str, region_id: str = "") -> ContainerGroup:
        """Return a group, of a region if one is named; `ContainerGroupNotFoundError` if there's none."""
        group = self.container_groups.get(container_group_id)
        if group is None or region_id not in {"", group.region_id}:
            raise ContainerGroupNotFoundError(container_group_id)
        return group

    def living_groups(self) -> list[ContainerGroup]:
        """Return the groups that haven't come to their end: those that hold addresses."""
        return [group for group in self._container_groups.values() if group.ended is None]

    def create_container_group(
        self, region_id: str, inputs: GroupInputs, tags: dict[str, str], *, dry_run: bool = False
    ) -> ContainerGroup:
        """Accept a new container group and begin its start.

        Args:
            region_id: where.
            inputs: what was asked for.
            tags: checked already.
            dry_run: check only.

        Raises:
            ApiError: what it needs isn't there, isn't ready or doesn't fit.
            DryRunOperationError: all is well, and `dry_run`.
        """
        cloud = self._cloud
        check_roles(cloud, inputs.access)
        vswitches = check_placement(cloud, region_id, inputs)
        if inputs.image_snapshot_id:
            self._check_image_cache(region_id, inputs.image_snapshot_id)
        if inputs.schedule_strategy == "VSwitchRandom":
            vswitches = cloud.random.sample(vswitches, len(vswitches))
        size = Goods(cores=inputs.cpu, memory=inputs.memory)
        fitting = _that_have(vswitches, inputs.private_ip_address)
        place = find_place(cloud, region_id, inputs.zone_id, fitting, size)
        wanted = inputs.private_ip_address if vswitches else ""
        if place.vswitch:
            self._address(place.vswitch, wanted)
        if cloud.eci.used_cpu(region_id) + inputs.cpu > cloud.quotas["MaxCpu"]:
            raise QuotaExceededError("vCPU")
        if dry_run:
            raise DryRunOperationError
        vswitch = place.take(cloud, region_id)
        container_group_id = cloud.new_id("eci")
        obstacle = eip_obstacle(cloud, inputs.eip_instance_id, f"container group {container_group_id}")
        group = ContainerGroup(
            container_group_id=container_group_id,
            number=cloud.eci.next_number(),
            region_id=region_id,
            created=cloud.clock.now(),
            inputs=replace(
                inputs,
                resource_group_id=inputs.resource_group_id
                or cloud.resource_manager.default.resource_group_id,
            ),
            tags=tags,
            start=begin(obstacle, f"{inputs.cpu}-{inputs.memory}Gi", cloud.random),
            zone_id=place.zone_id,
            eni_id=cloud.new_id("eni"),
            vpc_id=vswitch.vpc_id,
            v_switch_id=vswitch.v_switch_id,
            intranet_ip=self._address(vswitch, wanted),
            states={each.name: ContainerState() for each in (*inputs.init_containers, *inputs.containers)},
        )
        if not obstacle:
            self._bind_eip(group)
        self._container_groups[container_group_id] = group
        return group

    def delete_container_group(self, group: ContainerGroup) -> None:
        """Remove a group in any status; what it holds is free at once."""
        self._release_eip(group)
        del self._container_groups[group.container_group_id]
        self._cloud.eci.lose_maker(group.container_group_id)
        self._cloud.changed()

    def settle_container_groups(self, seconds: float, now: datetime) -> None:
        """Let starts go on by so many seconds, and remove groups that ended long ago."""
        for group in list(self._container_groups.values()):
            group.start.elapsed += seconds
            for step in group.start.due():
                moment = now - timedelta(seconds=group.start.elapsed - step.at)
                self._happen_to_group(group, step, moment, seconds)
                self._cloud.changed()
        self._remove_ended(now)

    def _happen_to_group(
        self, group: ContainerGroup, step: StartStep, moment: datetime, seconds: float
    ) -> None:
        if step.reason:
            warning = step.effect in FAILURES
            group.record(moment, step.reason, step.message, warning=warning)
        if step.effect is StartEffect.FIND_CACHE:
            self._find_cache(group, step.at, moment, seconds)
        group.status = _STATUS_AFTER.get(step.effect, group.status)
        _change_state(group, step, moment)
        if group.status in FINAL:
            group.ended = moment
            self._release_eip(group)

    def _find_cache(self, group: ContainerGroup, at: float, moment: datetime, seconds: float) -> None:
        """Decide which image cache a group uses, plan the rest of its start, make a cache if none fits."""
        caches = self._cloud.eci
        cache = caches.cache_for(group, moment)
        go_on(group.start, self._order(group, cache), self._cloud.random)
        if cache is None and group.inputs.auto_match_image_cache and not group.inputs.image_snapshot_id:
            caches.create_automatic_image_cache(group, at, moment, seconds)

    def _order(self, group: ContainerGroup, cache: ImageCache | None) -> StartOrder:
        inputs, vpc = group.inputs, self._cloud.vpc
        internet = vpc.reaches_internet(vpc.vswitch(group.v_switch_id), group.eip_instance_id)
        brought = None
        if cache is not None:
            references = frozenset(str(parse_reference(image)) for image in cache.inputs.images)
            brought = Brought(references, cache.layers)
        return StartOrder(
            init_containers=inputs.init_containers,
            containers=inputs.containers,
            pull=lambda image: self._cloud.registries.pull(image, inputs.access, internet=internet),
            disk=INSTANCE_DISK + inputs.ephemeral_storage,
            restarts=inputs.restart_policy == "Always",
            brought=brought,
        )

    def _check_image_cache(self, region_id: str, image_cache_id: str) -> None:
        cache = self._cloud.eci.image_caches.get(image_cache_id)
        if cache is None or cache.region_id != region_id:
            raise ImageSnapshotNotFoundError
        if cache.status != "Ready":
            raise ImageSnapshotIncorrectStatusError(image_cache_id, cache.status)

    def _address(self, vswitch: VSwitch, wanted: str) -> str:
        """Return a free address of a vSwitch, or the one that is wanted."""
        taken = {
            group.intranet_ip for group in self.living_groups() if group.v_switch_id == vswitch.v_switch_id
        }
        taken |= {
            gateway.private_ip_address for gateway in self._cloud.vpc.nat.gateways_in(vswitch.v_switch_id)
        }
        if wanted in taken:
            raise PrivateIpAddressInUseError
        if wanted:
            return wanted
        hosts = ipaddress.IPv4Network(vswitch.cidr_block).hosts()
        return next(str(host) for host in hosts if str(host) not in taken)

    def _bind_eip(self, group: ContainerGroup) -> None:
        """Bind the address that was named, or one that is made for the group."""
        vpc, inputs = self._cloud.vpc, group.inputs
        if inputs.eip_instance_id:
            eip = vpc.eip(inputs.eip_instance_id)
        elif inputs.auto_create_eip:
            eip = vpc.allocate_eip(group.region_id, inputs.resource_group_id)
            eip.bandwidth, eip.isp = str(inputs.eip_bandwidth), inputs.eip_isp
        else:
            return
        vpc.bind_eip(eip, group.container_group_id, EIP_INSTANCE_TYPE)
        group.eip_instance_id, group.internet_ip = eip.allocation_id, eip.ip_address

    def _release_eip(self, group: ContainerGroup) -> None:
        """Take a group's public address away; one that was made for it goes."""
        vpc = self._cloud.vpc
        eip = vpc.eips.get(group.eip_instance_id)
        if eip is None or eip.instance_id != group.container_group_id:
            return
        vpc.unbind_eip(eip)
        if not group.inputs.eip_instance_id:
            vpc.release_eip(eip.allocation_id)

    def _remove_ended(self, now: datetime) -> None:
        """Remove groups that ended more than an hour ago, but for the latest 100 of a region."""
        kept: dict[str, int] = {}
        for group in reversed(list(self._container_groups.values())):
            if group.ended is None:
                continue
            kept[group.region_id] = kept.get(group.region_id, 0) + 1
            if kept[group.region_id] > MOST_FINAL_GROUPS and now - group.ended > FINAL_GROUP_KEPT:
                self.delete_container_group(group)


def _that_have(vswitches: list[VSwitch], address: str) -> list[VSwitch]:
    """Return the vSwitches whose range has an address, all of them if none is named."""
    if not address:
        return vswitches
    found = [each for each in vswitches if _is_usable(address, ipaddress.IPv4Network(each.cidr_block))]
    if not found:
        raise InvalidParameterError("PrivateIpAddress", "It must be a free address of the vSwitch.")
    return found


def _is_usable(address: str, network: ipaddress.IPv4Network) -> bool:
    """Tell whether instances may have an address: the first and the last three are the cloud's."""
    return ipaddress.IPv4Address(address) in network and (
        0 < int(ipaddress.IPv4Address(address)) - int(network[0]) < network.num_addresses - 3
    )


def _change_state(group: ContainerGroup, step: StartStep, moment: datetime) -> None:
    """Let a step show in the state of the container that it's about."""
    state = group.states.get(step.container)
    if state is None:
        return
    if step.effect is StartEffect.STARTED:
        state.state, state.started = "Running", moment
    elif step.effect is StartEffect.ENDED:
        state.state, state.reason, state.finished = "Terminated", "Completed", moment
    elif step.effect is StartEffect.FAIL:
        state.reason = "ErrImageNeverPull" if step.reason == "ErrImageNeverPull" else "ErrImagePull"
        state.message = step.message
