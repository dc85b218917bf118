"""The actions on VPCs and vSwitches: parsing and formatting. `eip_responses` has those on addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidZoneNotFoundError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import key_value_form, matches, read_tags
from imagecache_simulator.vpc.exceptions import (
    DefaultVpcExistsError,
    DefaultVpcNotFoundError,
    DefaultVSwitchExistsError,
)
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.models import Vpc, VSwitch
    from imagecache_simulator.wire import Parameters


def create_vpc(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create a VPC with its router and system route table.

    Source: spec/networking.md section 4, alicloud_vpc.
    """
    region_id = named_region(cloud, parameters)
    tags = read_tags(parameters)
    vpc = cloud.vpc.create_vpc(region_id, parameters.text("CidrBlock"), parameters.text("ResourceGroupId"))
    vpc.vpc_name, vpc.description = parameters.text("VpcName"), parameters.text("Description")
    vpc.user_cidrs = [cidr for cidr in parameters.text("UserCidr").split(",") if cidr]
    vpc.tags = tags
    return {
        "VpcId": vpc.vpc_id,
        "VRouterId": vpc.v_router_id,
        "RouteTableId": vpc.route_table_id,
        "ResourceGroupId": vpc.resource_group_id,
    }


def create_default_vpc(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create the default VPC of a region, of which there is one at most.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/CreateDefaultVpc
    """
    region_id = named_region(cloud, parameters)
    if any(vpc.is_default and vpc.region_id == region_id for vpc in cloud.vpc.vpcs.values()):
        raise DefaultVpcExistsError
    vpc = cloud.vpc.default_vpc(region_id, parameters.text("ResourceGroupId"))
    return {"VpcId": vpc.vpc_id, "VRouterId": vpc.v_router_id, "RouteTableId": vpc.route_table_id}


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


def describe_vpc_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Show one VPC; 404 if there's none.

    Source: spec/networking.md section 4, alicloud_vpc.
    """
    return vpc_form(cloud, _vpc(cloud, parameters))


def describe_vpcs(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the VPCs of a region, by ID (several with commas), name, resource group and tags.

    Source: spec/networking.md section 4, paging shapes.
    """
    region_id = named_region(cloud, parameters)
    found = [
        vpc_form(cloud, vpc)
        for vpc in cloud.vpc.vpcs.values()
        if vpc.region_id == region_id
        and _selected(
            parameters, VpcId=vpc.vpc_id, VpcName=vpc.vpc_name, ResourceGroupId=vpc.resource_group_id
        )
        and matches(vpc.tags, read_tags(parameters))
    ]
    page, numbers = page_of(found, parameters)
    return {"Vpcs": {"Vpc": page}, **numbers}


def modify_vpc_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a VPC's name and description.

    Source: spec/networking.md section 4, alicloud_vpc.
    """
    vpc = _vpc(cloud, parameters)
    vpc.vpc_name = parameters.get("VpcName", vpc.vpc_name)
    vpc.description = parameters.get("Description", vpc.description)
    return {}


def delete_vpc(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a VPC that holds neither vSwitches nor security groups.

    Source: spec/networking.md section 4, alicloud_vpc.
    """
    cloud.vpc.delete_vpc(parameters.required("VpcId"), parameters.text("RegionId"))
    return {}


def describe_route_table_list(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List route tables: each VPC has its system one.

    Source: spec/networking.md section 4, alicloud_vpc, read 2.
    """
    region_id = named_region(cloud, parameters)
    found = [
        _route_table_form(cloud, vpc)
        for vpc in cloud.vpc.vpcs.values()
        if vpc.region_id == region_id
        and _selected(parameters, VpcId=vpc.vpc_id, RouterId=vpc.v_router_id, RouteTableId=vpc.route_table_id)
    ]
    page, numbers = page_of(found, parameters)
    return {"RouterTableList": {"RouterTableListType": page}, **numbers}


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
        and _selected(parameters, VSwitchId=vswitch.v_switch_id, VSwitchName=vswitch.v_switch_name)
        and _selected(parameters, VpcId=vswitch.vpc_id, ZoneId=vswitch.zone_id)
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


def describe_regions(cloud: Cloud, _: Parameters) -> dict[str, Any]:
    """List the regions and their endpoints.

    Source: spec/networking.md section 5, item 1 (the action exists in several products).
    """
    regions = [
        {"RegionId": region, "LocalName": region, "RegionEndpoint": f"vpc.{region}.aliyuncs.com"}
        for region in cloud.regions
    ]
    return {"Regions": {"Region": regions}}


def describe_zones(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the zones of a region.

    Source: spec/networking.md section 5, item 1 (the action exists in several products).
    """
    zones = cloud.regions[named_region(cloud, parameters)]
    return {"Zones": {"Zone": [{"ZoneId": zone, "LocalName": zone} for zone in zones]}}


def vpc_form(cloud: Cloud, vpc: Vpc) -> dict[str, Any]:
    """Return a VPC as it's shown."""
    return {
        "VpcId": vpc.vpc_id,
        "VpcName": vpc.vpc_name,
        "Description": vpc.description,
        "Status": vpc.status,
        "RegionId": vpc.region_id,
        "CidrBlock": vpc.cidr_block,
        "Ipv6CidrBlock": "",
        "EnabledIpv6": False,
        "DnsHostnameStatus": "DISABLED",
        "IsDefault": vpc.is_default,
        "VRouterId": vpc.v_router_id,
        "ResourceGroupId": vpc.resource_group_id,
        "CreationTime": timestamp(vpc.created),
        "OwnerId": int(cloud.account_id),
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": []},
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": []},
        "UserCidrs": {"UserCidr": vpc.user_cidrs},
        "VSwitchIds": {"VSwitchId": [vswitch.v_switch_id for vswitch in cloud.vpc.vswitches_of(vpc.vpc_id)]},
        "Tags": {"Tag": key_value_form(vpc.tags)},
    }


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
        "RouteTable": {"RouteTableId": vpc.route_table_id, "RouteTableType": "System"},
        "OwnerId": int(cloud.account_id),
        "Tags": {"Tag": key_value_form(vswitch.tags)},
    }


def _route_table_form(cloud: Cloud, vpc: Vpc) -> dict[str, Any]:
    return {
        "RouteTableId": vpc.route_table_id,
        "RouteTableName": "",
        "RouteTableType": "System",
        "Description": "",
        "VpcId": vpc.vpc_id,
        "RouterId": vpc.v_router_id,
        "RouterType": "VRouter",
        "ResourceGroupId": vpc.resource_group_id,
        "RoutePropagationEnable": True,
        "AssociateType": "VSwitch",
        "Status": "Available",
        "OwnerId": int(cloud.account_id),
        "CreationTime": timestamp(vpc.created),
        "VSwitchIds": {"VSwitchId": [vswitch.v_switch_id for vswitch in cloud.vpc.vswitches_of(vpc.vpc_id)]},
        "Tags": {"Tag": []},
    }


def _vpc(cloud: Cloud, parameters: Parameters) -> Vpc:
    return cloud.vpc.vpc(parameters.required("VpcId"), parameters.text("RegionId"))


def _selected(parameters: Parameters, **values: str) -> bool:
    """Tell whether each named parameter is absent or, between its commas, has the value."""
    return all(
        not parameters.text(name) or value in parameters.text(name).split(",")
        for name, value in values.items()
    )
