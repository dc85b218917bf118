"""The actions on VPCs and their route tables, regions and zones: parsing and formatting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import key_value_form, matches, read_tags
from imagecache_simulator.vpc.exceptions import DefaultVpcExistsError
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.models import Vpc
    from imagecache_simulator.wire import Parameters


def create_vpc(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create a VPC with its router and system route table.

    Source: spec/networking.md section 4, alicloud_vpc.
    """
    region_id = named_region(cloud, parameters)
    tags = read_tags(parameters)
    dns_hostnames = parameters.boolean("EnableDnsHostname")
    vpc = cloud.vpc.create_vpc(region_id, parameters.text("CidrBlock"), parameters.text("ResourceGroupId"))
    vpc.vpc_name, vpc.description = parameters.text("VpcName"), parameters.text("Description")
    vpc.user_cidrs = [cidr for cidr in parameters.text("UserCidr").split(",") if cidr]
    vpc.dns_hostnames = dns_hostnames or False
    vpc.tags = tags
    return {
        "VpcId": vpc.vpc_id,
        "VRouterId": vpc.v_router_id,
        "RouteTableId": vpc.route_table.route_table_id,
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
    return {"VpcId": vpc.vpc_id, "VRouterId": vpc.v_router_id, "RouteTableId": vpc.route_table.route_table_id}


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
        {**vpc_form(cloud, vpc), "NatGatewayIds": {"NatGatewayIds": _gateway_ids(cloud, vpc)}}
        for vpc in cloud.vpc.vpcs.values()
        if vpc.region_id == region_id
        and selected(
            parameters, VpcId=vpc.vpc_id, VpcName=vpc.vpc_name, ResourceGroupId=vpc.resource_group_id
        )
        and parameters.boolean("IsDefault") in {None, vpc.is_default}
        and matches(vpc.tags, read_tags(parameters))
    ]
    page, numbers = page_of(found, parameters)
    return {"Vpcs": {"Vpc": page}, **numbers}


def modify_vpc_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a VPC's name, description, range of addresses and whether DNS knows its hosts.

    Source: spec/networking.md section 4, alicloud_vpc.
    """
    vpc = _vpc(cloud, parameters)
    dns_hostnames = parameters.boolean("EnableDnsHostname")
    if parameters.text("CidrBlock"):
        cloud.vpc.change_range(vpc, parameters.text("CidrBlock"))
    vpc.dns_hostnames = vpc.dns_hostnames if dns_hostnames is None else dns_hostnames
    vpc.vpc_name = parameters.get("VpcName", vpc.vpc_name)
    vpc.description = parameters.get("Description", vpc.description)
    return {}


def associate_vpc_cidr_block(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Give a VPC a further range of addresses.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/AssociateVpcCidrBlock
    """
    vpc = _vpc(cloud, parameters)
    if parameters.text("IpVersion") not in {"", "IPV4"}:
        raise InvalidParameterError("IpVersion", "It must be IPV4.")
    cidr_block = cloud.vpc.add_secondary_range(vpc, parameters.required("SecondaryCidrBlock"))
    return {"CidrBlock": cidr_block, "IpVersion": "IPV4"}


def unassociate_vpc_cidr_block(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take a further range of addresses off a VPC.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/UnassociateVpcCidrBlock
    """
    cloud.vpc.remove_secondary_range(_vpc(cloud, parameters), parameters.required("SecondaryCidrBlock"))
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
        and selected(
            parameters,
            VpcId=vpc.vpc_id,
            RouterId=vpc.v_router_id,
            RouteTableId=vpc.route_table.route_table_id,
        )
    ]
    page, numbers = page_of(found, parameters)
    return {"RouterTableList": {"RouterTableListType": page}, **numbers}


def modify_route_table_attributes(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a route table's name, description and whether it takes in dynamic routes.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/ModifyRouteTableAttributes
    """
    table = cloud.vpc.route_table(parameters.required("RouteTableId"), parameters.text("RegionId"))
    propagation = parameters.boolean("RoutePropagationEnable")
    table.name = parameters.get("RouteTableName", table.name)
    table.description = parameters.get("Description", table.description)
    table.route_propagation = table.route_propagation if propagation is None else propagation
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
        "DnsHostnameStatus": "ENABLED" if vpc.dns_hostnames else "DISABLED",
        "IsDefault": vpc.is_default,
        "VRouterId": vpc.v_router_id,
        "ResourceGroupId": vpc.resource_group_id,
        "CreationTime": timestamp(vpc.created),
        "OwnerId": int(cloud.account_id),
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": []},
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": vpc.secondary_cidr_blocks},
        "UserCidrs": {"UserCidr": vpc.user_cidrs},
        "VSwitchIds": {"VSwitchId": [vswitch.v_switch_id for vswitch in cloud.vpc.vswitches_of(vpc.vpc_id)]},
        "Tags": {"Tag": key_value_form(vpc.tags)},
    }


def _route_table_form(cloud: Cloud, vpc: Vpc) -> dict[str, Any]:
    return {
        "RouteTableId": vpc.route_table.route_table_id,
        "RouteTableName": vpc.route_table.name,
        "RouteTableType": "System",
        "Description": vpc.route_table.description,
        "VpcId": vpc.vpc_id,
        "RouterId": vpc.v_router_id,
        "RouterType": "VRouter",
        "ResourceGroupId": vpc.resource_group_id,
        "RoutePropagationEnable": vpc.route_table.route_propagation,
        "AssociateType": "VSwitch",
        "Status": "Available",
        "OwnerId": int(cloud.account_id),
        "CreationTime": timestamp(vpc.created),
        "VSwitchIds": {"VSwitchId": [vswitch.v_switch_id for vswitch in cloud.vpc.vswitches_of(vpc.vpc_id)]},
        "Tags": {"Tag": []},
    }


def _gateway_ids(cloud: Cloud, vpc: Vpc) -> list[str]:
    return [each.nat_gateway_id for each in cloud.vpc.nat.gateways.values() if each.vpc_id == vpc.vpc_id]


def _vpc(cloud: Cloud, parameters: Parameters) -> Vpc:
    return cloud.vpc.vpc(parameters.required("VpcId"), parameters.text("RegionId"))


def selected(parameters: Parameters, **values: str) -> bool:
    """Tell whether each named parameter is absent or, between its commas, has the value."""
    return all(
        not parameters.text(name) or value in parameters.text(name).split(",")
        for name, value in values.items()
    )
