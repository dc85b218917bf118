"""The actions on elastic IP addresses: parsing and formatting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import key_value_form, matches, read_tags
from imagecache_simulator.vpc.exceptions import InstanceNotFoundError
from imagecache_simulator.vpc.nat_models import NAT_INSTANCE_TYPE
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.eip_models import Eip
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


def associate_eip_address(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Bind an address to a NAT gateway, the only kind of instance here that takes one by this action.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/AssociateEipAddress
    """
    region_id = parameters.text("RegionId")
    eip = cloud.vpc.eip(parameters.required("AllocationId"), region_id)
    gateway = cloud.vpc.nat.gateways.get(parameters.required("InstanceId"))
    kind = parameters.text("InstanceType")
    if gateway is None or gateway.region_id != eip.region_id or kind != NAT_INSTANCE_TYPE:
        raise InstanceNotFoundError
    cloud.vpc.bind_eip(eip, gateway.nat_gateway_id, NAT_INSTANCE_TYPE)
    return {}


def unassociate_eip_address(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take an address off a NAT gateway; with Force even if SNAT entries go out by it.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/UnassociateEipAddress
    """
    eip = cloud.vpc.eip(parameters.required("AllocationId"), parameters.text("RegionId"))
    cloud.vpc.unassociate_eip(eip, parameters.text("InstanceId"), parameters.boolean("Force") or False)
    return {}


def modify_eip_forward_mode(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change how an address stands before its instance.

    Source: spec/networking.md section 4, alicloud_eip_address, update.
    """
    eip = _eip(cloud, parameters)
    mode = parameters.required("Mode")
    if mode not in {"NAT", "MULTI_BINDED", "BINDED"}:
        raise InvalidParameterError("Mode", "It is NAT, MULTI_BINDED or BINDED.")
    eip.mode = mode
    return {}


def set_high_definition_monitor_log_status(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Turn an address's second-by-second monitoring on or off.

    Source: spec/networking.md section 4, alicloud_eip_address, update.
    """
    eip = _eip(cloud, parameters)
    status = parameters.required("Status")
    if status not in {"ON", "OFF"}:
        raise InvalidParameterError("Status", "It is ON or OFF.")
    eip.monitor_log_status = status
    eip.log_project = parameters.get("LogProject", eip.log_project)
    eip.log_store = parameters.get("LogStore", eip.log_store)
    return {"Success": "true"}


def describe_high_definition_monitor_log_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Show where the monitoring of an address is logged; the plugin asks while it's on.

    Source: terraform-provider-alicloud, resource_alicloud_eip_address.go.
    """
    eip = _eip(cloud, parameters)
    return {
        "InstanceId": eip.allocation_id,
        "InstanceType": "EIP",
        "LogProject": eip.log_project,
        "LogStore": eip.log_store,
        "Success": "true",
    }


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
        "DeletionProtection": eip.deletion_protection,
        "HDMonitorStatus": eip.monitor_log_status,
        "Mode": eip.mode,
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


def _eip(cloud: Cloud, parameters: Parameters) -> Eip:
    return cloud.vpc.eip(parameters.required("InstanceId"), parameters.text("RegionId"))
