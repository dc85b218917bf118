"""What exists in Eci: the backend that `core.Cloud` holds, of the parts that the other modules keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagecache_simulator.eci.automatic_caches import AutomaticCacheBackend
from imagecache_simulator.eci.container_group_models import ContainerGroupBackend

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

TRANSIT_CPU = 2.0


class Instance(Protocol):
    """What runs in a network: a container group, or the transit instance of a build."""

    @property
    def v_switch_id(self) -> str:
        """The vSwitch whose address it has."""

    @property
    def security_group_id(self) -> str:
        """The security group that it's in, empty if it's in none of the account's."""


class EciBackend(ContainerGroupBackend, AutomaticCacheBackend):
    """The image caches and container groups of an account, in all its regions."""

    def __init__(self, cloud: Cloud) -> None:
        AutomaticCacheBackend.__init__(self, cloud)
        ContainerGroupBackend.__init__(self, cloud)
        self._settled_at = cloud.clock.now()

    def settle(self) -> None:
        """Let all go on to the simulated now: groups first, as what they start from is what was there."""
        now = self._cloud.clock.now()
        passed = (now - self._settled_at).total_seconds()
        self._settled_at = now
        self.settle_container_groups(passed, now)
        self.settle_image_caches(passed, now)

    def instances(self) -> list[Instance]:
        """Return all that runs in a network now."""
        return [*self.transit_instances(), *self.living_groups()]

    def used_cpu(self, region_id: str) -> float:
        """Return the vCPUs of all instances of a region."""
        transits = sum(cache.transit is not None for cache in self.of_region(region_id))
        groups = (group.inputs.cpu for group in self.living_groups() if group.region_id == region_id)
        return TRANSIT_CPU * transits + sum(groups)

    def delete_instance(self, container_group_id: str, region_id: str) -> None:
        """Delete a container group, or the transit instance of a build, which then fails.

        Raises:
            ContainerGroupNotFoundError: the region has neither.
        """
        makers = {cache.container_group_id for cache in self.of_region(region_id) if cache.transit}
        if container_group_id in makers:
            self.lose_transit(container_group_id)
        else:
            self.delete_container_group(self.container_group(container_group_id, region_id))
