"""The actions of ResourceManager: parsing and formatting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.paging import page_of

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.resourcemanager.models import ResourceGroup
    from imagecache_simulator.wire import Parameters


def list_resource_groups(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the resource groups, by status, ID and name.

    Source: spec/networking.md section 4, data sources.
    """
    status, name, group_id = (parameters.text(key) for key in ("Status", "Name", "ResourceGroupId"))
    groups = [
        _form(cloud, group)
        for group in cloud.resource_manager.resource_groups.values()
        if (not status or group.status == status)
        and (not name or group.name == name)
        and (not group_id or group.resource_group_id == group_id)
    ]
    page, numbers = page_of(groups, parameters, size=10, largest=100)
    return {"ResourceGroups": {"ResourceGroup": page}, **numbers}


def get_resource_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Show one resource group and its state in each region.

    Source: spec/networking.md section 4, data sources.
    """
    group = cloud.resource_manager.resource_group(parameters.required("ResourceGroupId"))
    regions = [{"RegionId": region, "Status": group.status} for region in cloud.regions]
    return {"ResourceGroup": {**_form(cloud, group), "RegionStatuses": {"RegionStatus": regions}}}


def _form(cloud: Cloud, group: ResourceGroup) -> dict[str, Any]:
    return {
        "Id": group.resource_group_id,
        "Name": group.name,
        "DisplayName": group.display_name,
        "AccountId": cloud.account_id,
        "CreateDate": group.created,
        "Status": group.status,
    }
