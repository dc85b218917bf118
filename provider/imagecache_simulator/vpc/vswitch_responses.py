"""The actions on vSwitches: parsing and formatting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidZoneNotFoundError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import key_value_form, matches, read_tags
from imagecache_simulator.vpc.exceptions import DefaultVpcNotFoundError, DefaultVSwitchExistsError
from imagecache_simulator.vpc.responses import selected
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.models import VSwitch
    from imagecache_simulator.wire import Parameters


def create_default_vswitch(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create the default vSwitch of a zone, in the region's default VPC, which must be there.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/CreateDefaultVSwitch
    """
    region_id, zone_id = named_region(cloud, parameters), parameters.required("ZoneId")
    if zone_id not in cloud.regions[region_id]:
        raise InvalidZoneNotFoundError
    if not any(vpc.is_default and vpc.region_id == region_id for vpc in cloud.vpc.vpcs.values()):
        raise DefaultVpcNotFoundError
    if any(vswitch.zone_id == zone_id for vswitch in cloud.vpc.default_vswitches(region_id)):
        raise DefaultVSwitchExistsError
    return {"VSwitchId": cloud.vpc.default_vswitch(region_id, zone_id).v_switch_id}


def create_vswitch(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create a vSwitch in a zone of its VPC's region.

    Source: spec/networking.md section 4, alicloud_vswitch.
    """
    region_id = named_region(cloud, parameters)
    tags = read_tags(parameters)
    zone_id, cidr_block = parameters.required("ZoneId"), parameters.required("CidrBlock")
    vpc = cloud.vpc.vpc(parameters.required("VpcId"), region_id)
    vswitch = cloud.vpc.create_vswitch(vpc, zone_id, cidr_block)
    vswitch.v_switch_name = parameters.text("VSwitchName")
    vswitch.description = parameters.text("Description")
    vswitch.tags = tags
    return {"VSwitchId": vswitch.v_switch_id}


def describe_vswitch_attributes(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Show one vSwitch. One that doesn't exist is answered with an empty `VSwitchId` and 200.

    Source: spec/networking.md section 4, alicloud_vswitch, not found.
    """
    vswitch = cloud.vpc.vswitches.get(parameters.required("VSwitchId"))
    if vswitch is None or parameters.text("RegionId") not in {"", vswitch.region_id}:
        return {"VSwitchId": ""}
    return vswitch_form(cloud, vswitch)


def describe_vswitches(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the vSwitches of a region, by ID, VPC, zone, name and tags.

    Source: spec/networking.md section 4, paging shapes.
    """
    region_id = named_region(cloud, parameters)
    found = [
        vswitch_form(cloud, vswitch)
        for vswitch in cloud.vpc.vswitches.values()
        if vswitch.region_id == region_id
        and selected(parameters, VSwitchId=vswitch.v_switch_id, VSwitchName=vswitch.v_switch_name)
        and selected(parameters, VpcId=vswitch.vpc_id, ZoneId=vswitch.zone_id)
        and parameters.boolean("IsDefault") in {None, vswitch.is_default}
        and matches(vswitch.tags, read_tags(parameters))
    ]
    page, numbers = page_of(found, parameters)
    return {"VSwitches": {"VSwitch": page}, **numbers}


def modify_vswitch_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a vSwitch's name and description.

    Source: spec/networking.md section 4, alicloud_vswitch.
    """
    vswitch = cloud.vpc.vswitch(parameters.required("VSwitchId"), parameters.text("RegionId"))
    vswitch.v_switch_name = parameters.get("VSwitchName", vswitch.v_switch_name)
    vswitch.description = parameters.get("Description", vswitch.description)
    return {}


def delete_vswitch(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a vSwitch in which nothing runs.

    Source: spec/networking.md section 4, alicloud_vswitch.
    """
    cloud.vpc.delete_vswitch(parameters.required("VSwitchId"), parameters.text("RegionId"))
    return {}


def vswitch_form(cloud: Cloud, vswitch: VSwitch) -> dict[str, Any]:
    """Return a vSwitch as it's shown."""
    vpc = cloud.vpc.vpcs[vswitch.vpc_id]
    return {
        "VSwitchId": vswitch.v_switch_id,
        "VSwitchName": vswitch.v_switch_name,
        "Description": vswitch.description,
        "Status": vswitch.status,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone_id,
        "CidrBlock": vswitch.cidr_block,
        "Ipv6CidrBlock": "",
        "EnabledIpv6": False,
        "AvailableIpAddressCount": cloud.vpc.available_addresses(vswitch),
        "IsDefault": vswitch.is_default,
        "ResourceGroupId": vswitch.resource_group_id,
        "CreationTime": timestamp(vswitch.created),
        "RouteTable": {"RouteTableId": vpc.route_table.route_table_id, "RouteTableType": "System"},
        "OwnerId": int(cloud.account_id),
        "Tags": {"Tag": key_value_form(vswitch.tags)},
    }
