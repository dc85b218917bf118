"""The actions that the resources of Vpc share: tags, resource groups, protection from deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.tags import add_tags, matches, read_new_tags, read_tags, remove_tags
from imagecache_simulator.vpc.exceptions import ResourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.eip_models import Eip
    from imagecache_simulator.vpc.models import Vpc, VSwitch
    from imagecache_simulator.vpc.nat_models import NatGateway
    from imagecache_simulator.wire import Parameters

    Resource: TypeAlias = Vpc | VSwitch | Eip | NatGateway


def move_resource_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Move a VPC, an address or a NAT gateway to another resource group.

    Source: spec/networking.md section 4, alicloud_vpc, rg move.
    """
    group = cloud.resource_manager.resource_group(parameters.required("NewResourceGroupId"))
    resource = _resource(cloud, parameters.text("ResourceType") or "VPC", parameters.required("ResourceId"))
    resource.resource_group_id = group.resource_group_id
    return {}


def tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Put tags on VPCs, vSwitches, addresses or NAT gateways.

    Source: spec/networking.md section 4, rows tags.
    """
    resources = _resources(cloud, parameters).values()
    add_tags(read_new_tags(parameters), *(resource.tags for resource in resources))
    return {}


def untag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Take tags off VPCs, vSwitches, addresses or NAT gateways; the wire spells it UnTagResources.

    Source: spec/networking.md section 4, rows tags.
    """
    every = parameters.boolean("All") or False
    for resource in _resources(cloud, parameters).values():
        remove_tags(resource.tags, parameters.texts("TagKey"), every)
    return {}


def list_tag_resources(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the tags of VPCs, vSwitches, addresses or NAT gateways.

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


def deletion_protection(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Protect an address or a NAT gateway from deletion, or don't any more.

    Source: spec/networking.md section 4, alicloud_eip_address, update.
    """
    wanted = parameters.boolean("ProtectionEnable")
    if wanted is None:
        raise MissingParameterError("ProtectionEnable")
    protectable: dict[str, Mapping[str, Eip | NatGateway]] = {
        "eip": cloud.vpc.eips,
        "natgw": cloud.vpc.nat.gateways,
    }
    table = protectable.get(parameters.required("Type").lower())
    if table is None:
        raise InvalidParameterError("Type", "It is EIP or NATGW.")
    resource = table.get(parameters.required("InstanceId"))
    if resource is None:
        raise ResourceNotFoundError
    resource.deletion_protection = wanted
    return {}


def _by_type(cloud: Cloud, kind: str) -> Mapping[str, Resource]:
    tables: dict[str, Mapping[str, Resource]] = {
        "vpc": cloud.vpc.vpcs,
        "vswitch": cloud.vpc.vswitches,
        "eip": cloud.vpc.eips,
        "natgateway": cloud.vpc.nat.gateways,
    }
    if kind.lower() not in tables:
        raise InvalidParameterError("ResourceType", "It is VPC, VSWITCH, EIP or NATGATEWAY.")
    return tables[kind.lower()]


def _resource(cloud: Cloud, kind: str, resource_id: str) -> Resource:
    table = _by_type(cloud, kind)
    if resource_id not in table:
        raise ResourceNotFoundError
    return table[resource_id]


def _resources(cloud: Cloud, parameters: Parameters, needed: bool = True) -> dict[str, Resource]:
    """Return the resources that a call on tags names; if it names none and needn't, all of the type."""
    kind = parameters.required("ResourceType")
    named = parameters.texts("ResourceId")
    if not named and needed:
        raise MissingParameterError("ResourceId")
    return {each: _resource(cloud, kind, each) for each in named} or dict(_by_type(cloud, kind))
