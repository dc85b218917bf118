"""The account's resource groups; every product asks here whether a group exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagecache_simulator.resourcemanager.exceptions import ResourceGroupNotFoundError

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud


@dataclass(frozen=True)
class ResourceGroup:
    """A resource group: its ID (`rg-…`), its name and the name that the console shows."""

    resource_group_id: str
    name: str
    display_name: str
    created: str = "2026-01-01T00:00:00Z"
    status: str = "OK"


class ResourceManagerBackend:
    """The resource groups of an account. One exists from the start: `default`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.resource_groups: dict[str, ResourceGroup] = {}
        self.default = self.add_resource_group("default", "default resource group")

    def add_resource_group(self, name: str, display_name: str = "") -> ResourceGroup:
        """Add a resource group, as a colleague would do in the console."""
        group = ResourceGroup(self._cloud.new_id("rg"), name, display_name or name)
        self.resource_groups[group.resource_group_id] = group
        return group

    def resource_group(self, resource_group_id: str) -> ResourceGroup:
        """Return a resource group; `ResourceGroupNotFoundError` if there's none."""
        if resource_group_id not in self.resource_groups:
            raise ResourceGroupNotFoundError(resource_group_id)
        return self.resource_groups[resource_group_id]

    def resource_group_or_default(self, resource_group_id: str) -> str:
        """Return the ID of an existing group; that of the default group if none is asked for."""
        if not resource_group_id:
            return self.default.resource_group_id
        return self.resource_group(resource_group_id).resource_group_id
