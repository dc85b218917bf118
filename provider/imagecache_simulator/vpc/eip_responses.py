"""The actions on elastic IP addresses, and those that the resources of Vpc share: tags, resource groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import add_tags, key_value_form, matches, read_new_tags, read_tags, remove_tags
from imagecache_simulator.vpc.exceptions import ResourceNotFoundError
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.models import Eip, Vpc, VSwitch
    from imagecache_simulator.wire import Parameters


def allocate_eip_address(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Allocate an elastic IP address.

    Source: spec/networking.md section 4, alicloud_eip_address.
    """
    region_id = named_region(cloud, parameters)
    tags = read_tags(parameters)
    bandwidth = parameters.integer("Bandwidth", 1, 1000)
    eip = cloud.vpc.allocate_eip(region_id, parameters.text("ResourceGroupId"))
    eip.bandwidth = str(bandwidth or eip.bandwidth)
    eip.internet_charge_type = parameters.text("InternetChargeType") or eip.internet_charge_type
    eip.instance_charge_type = parameters.text("InstanceChargeType") or eip.instance_charge_type
    eip.isp = parameters.text("ISP") or eip.isp
    eip.netmode = parameters.text("Netmode") or eip.netmode
    eip.name, eip.description = parameters.text("Name"), parameters.text("Description")
    eip.tags = tags
    return {
        "AllocationId": eip.allocation_id,
        "EipAddress": eip.ip_address,
        "ResourceGroupId": eip.resource_group_id,
    }


def describe_eip_addresses(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the elastic IP addresses of a region; none is an empty list, not an error.

    Source: spec/networking.md section 4, alicloud_eip_address.
    """
    region_id = named_region(cloud, parameters)
    found = [
        eip_form(eip)
        for eip in cloud.vpc.eips.values()
        if eip.region_id == region_id and _eip_selected(eip, parameters)
    ]
    page, numbers = page_of(found, parameters, largest=100)
    return {"EipAddresses": {"EipAddress": page}, **numbers}


def modify_eip_address_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change an address's bandwidth, name and description.

    Source: spec/networking.md section 4, alicloud_eip_address.
    """
    eip = cloud.vpc.eip(parameters.required("AllocationId"), parameters.text("RegionId"))
    eip.bandwidth = str(parameters.integer("Bandwidth", 1, 1000) or eip.bandwidth)
    eip.name = parameters.get("Name", eip.name)
    eip.description = parameters.get("Description", eip.description)
    return {}


def release_eip_address(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Give an address back; refused while it's bound.

    Source: spec/networking.md section 4, alicloud_eip_address.
    """
    cloud.vpc.release_eip(parameters.required("AllocationId"), parameters.text("RegionId"))
    return {}


def move_resource_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Move a VPC or an address to another resource group.

    Source: spec/networking.md section 4, alicloud_vpc, rg move.
    """
    group = cloud.resource_manager.resource_group(parameters.required("NewResourceGroupId"))
    resource = _resource(cloud, parameters.text("ResourceType") or "VPC", parameters.required("ResourceId"))
    resource.resource_group_id = group.resource_group_id
    return {}


def tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Put tags on VPCs, vSwitches or addresses.

    Source: spec/networking.md section 4, rows tags.
    """
    resources = _resources(cloud, parameters).values()
    add_tags(read_new_tags(parameters), *(resource.tags for resource in resources))
    return {}


def untag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take tags off VPCs, vSwitches or addresses; the wire spells it UnTagResources.

    Source: spec/networking.md section 4, rows tags.
    """
    every = parameters.boolean("All") or False
    for resource in _resources(cloud, parameters).values():
        remove_tags(resource.tags, parameters.texts("TagKey"), every)
    return {}


def list_tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the tags of VPCs, vSwitches or addresses.

    Source: spec/networking.md section 5, item 1.
    """
    kind = parameters.required("ResourceType")
    wanted = read_tags(parameters)
    rows = [
        {"ResourceId": resource_id, "ResourceType": kind, "TagKey": key, "TagValue": value}
        for resource_id, resource in _resources(cloud, parameters, needed=False).items()
        if matches(resource.tags, wanted)
        for key, value in resource.tags.items()
    ]
    return {"TagResources": {"TagResource": rows}, "NextToken": ""}


def eip_form(eip: Eip) -> dict[str, Any]:
    """Return an elastic IP address as it's shown."""
    return {
        "AllocationId": eip.allocation_id,
        "IpAddress": eip.ip_address,
        "Status": eip.status,
        "InstanceId": eip.instance_id,
        "InstanceType": eip.instance_type,
        "Bandwidth": eip.bandwidth,
        "EipBandwidth": eip.bandwidth,
        "InternetChargeType": eip.internet_charge_type,
        "ChargeType": eip.instance_charge_type,
        "ISP": eip.isp,
        "Netmode": eip.netmode,
        "Name": eip.name,
        "Description": eip.description,
        "RegionId": eip.region_id,
        "ResourceGroupId": eip.resource_group_id,
        "AllocationTime": timestamp(eip.created),
        "DeletionProtection": False,
        "HDMonitorStatus": "OFF",
        "Mode": "NAT",
        "PublicIpAddressPoolId": "",
        "Zone": "",
        "SecurityProtectionTypes": {"SecurityProtectionType": []},
        "OperationLocks": {"LockReason": []},
        "Tags": {"Tag": key_value_form(eip.tags)},
    }


def _eip_selected(eip: Eip, parameters: Parameters) -> bool:
    values = {
        "AllocationId": eip.allocation_id,
        "EipAddress": eip.ip_address,
        "EipName": eip.name,
        "Status": eip.status,
        "AssociatedInstanceId": eip.instance_id,
        "ResourceGroupId": eip.resource_group_id,
    }
    return matches(eip.tags, read_tags(parameters)) and all(
        not parameters.text(name) or value in parameters.text(name).split(",")
        for name, value in values.items()
    )


def _by_type(cloud: Cloud, kind: str) -> Mapping[str, Vpc | VSwitch | Eip]:
    tables: dict[str, Mapping[str, Vpc | VSwitch | Eip]] = {
        "vpc": cloud.vpc.vpcs,
        "vswitch": cloud.vpc.vswitches,
        "eip": cloud.vpc.eips,
    }
    if kind.lower() not in tables:
        raise InvalidParameterError("ResourceType", "It is VPC, VSWITCH or EIP.")
    return tables[kind.lower()]


def _resource(cloud: Cloud, kind: str, resource_id: str) -> Vpc | VSwitch | Eip:
    table = _by_type(cloud, kind)
    if resource_id not in table:
        raise ResourceNotFoundError
    return table[resource_id]


def _resources(cloud: Cloud, parameters: Parameters, needed: bool = True) -> dict[str, Vpc | VSwitch | Eip]:
    """Return the resources that a call on tags names; if it names none and needn't, all of the type."""
    kind = parameters.required("ResourceType")
    named = parameters.texts("ResourceId")
    if not named and needed:
        raise MissingParameterError("ResourceId")
    return {each: _resource(cloud, kind, each) for each in named} or dict(_by_type(cloud, kind))
