"""Which function answers which action: one table per product, and the products by their API version.

`core.Cloud` looks actions up here. Names are lower-case, as clients differ in capitals (UnTagResources,
UntagResources). One more action is one more line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imagecache_simulator.bssopenapi import responses as bssopenapi
from imagecache_simulator.eci import container_group_responses as groups
from imagecache_simulator.eci import responses as eci
from imagecache_simulator.eci import tag_responses as eci_tags
from imagecache_simulator.eci import zone_responses as eci_zones
from imagecache_simulator.ecs import disk_responses as ecs_disks
from imagecache_simulator.ecs import responses as ecs
from imagecache_simulator.ecs import zone_responses as ecs_zones
from imagecache_simulator.location import responses as location
from imagecache_simulator.resourcemanager import responses as resourcemanager
from imagecache_simulator.sts import responses as sts
from imagecache_simulator.vpc import eip_responses as eip
from imagecache_simulator.vpc import nat_responses as nat
from imagecache_simulator.vpc import responses as vpc
from imagecache_simulator.vpc import snat_responses as snat
from imagecache_simulator.vpc import tag_responses as vpc_tags
from imagecache_simulator.vpc import vswitch_responses as vswitch

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


@dataclass(frozen=True)
class Action:
    """An action's function, and whether a repeated ClientToken gets the first answer again."""

    handler: Callable[[Cloud, Parameters], Mapping[str, Any]]
    idempotent: bool = False


@dataclass(frozen=True)
class Product:
    """A product: its name, and its actions by lower-case name."""

    name: str
    actions: Mapping[str, Action]


_ECI = {
    "createimagecache": Action(eci.create_image_cache, idempotent=True),
    "updateimagecache": Action(eci.update_image_cache, idempotent=True),
    "deleteimagecache": Action(eci.delete_image_cache, idempotent=True),
    "describeimagecaches": Action(eci.describe_image_caches),
    "createcontainergroup": Action(groups.create_container_group, idempotent=True),
    "describecontainergroups": Action(groups.describe_container_groups),
    "deletecontainergroup": Action(groups.delete_container_group, idempotent=True),
    "describeregions": Action(eci_zones.describe_regions),
    "describeavailableresource": Action(eci_zones.describe_available_resource),
    "listusage": Action(eci.list_usage),
    "tagresources": Action(eci_tags.tag_resources),
    "untagresources": Action(eci_tags.untag_resources, idempotent=True),
    "listtagresources": Action(eci_tags.list_tag_resources),
}

_VPC = {
    "createvpc": Action(vpc.create_vpc, idempotent=True),
    "createdefaultvpc": Action(vpc.create_default_vpc, idempotent=True),
    "createdefaultvswitch": Action(vswitch.create_default_vswitch, idempotent=True),
    "describevpcattribute": Action(vpc.describe_vpc_attribute),
    "describevpcs": Action(vpc.describe_vpcs),
    "modifyvpcattribute": Action(vpc.modify_vpc_attribute),
    "associatevpccidrblock": Action(vpc.associate_vpc_cidr_block),
    "unassociatevpccidrblock": Action(vpc.unassociate_vpc_cidr_block),
    "deletevpc": Action(vpc.delete_vpc, idempotent=True),
    "describeroutetablelist": Action(vpc.describe_route_table_list),
    "modifyroutetableattributes": Action(vpc.modify_route_table_attributes),
    "createvswitch": Action(vswitch.create_vswitch, idempotent=True),
    "describevswitchattributes": Action(vswitch.describe_vswitch_attributes),
    "describevswitches": Action(vswitch.describe_vswitches),
    "modifyvswitchattribute": Action(vswitch.modify_vswitch_attribute),
    "deletevswitch": Action(vswitch.delete_vswitch, idempotent=True),
    "describeregions": Action(vpc.describe_regions),
    "describezones": Action(vpc.describe_zones),
    "allocateeipaddress": Action(eip.allocate_eip_address, idempotent=True),
    "describeeipaddresses": Action(eip.describe_eip_addresses),
    "modifyeipaddressattribute": Action(eip.modify_eip_address_attribute),
    "releaseeipaddress": Action(eip.release_eip_address, idempotent=True),
    "associateeipaddress": Action(eip.associate_eip_address, idempotent=True),
    "unassociateeipaddress": Action(eip.unassociate_eip_address, idempotent=True),
    "modifyeipforwardmode": Action(eip.modify_eip_forward_mode, idempotent=True),
    "sethighdefinitionmonitorlogstatus": Action(eip.set_high_definition_monitor_log_status),
    "describehighdefinitionmonitorlogattribute": Action(eip.describe_high_definition_monitor_log_attribute),
    "createnatgateway": Action(nat.create_nat_gateway, idempotent=True),
    "describenatgateways": Action(nat.describe_nat_gateways),
    "getnatgatewayattribute": Action(nat.get_nat_gateway_attribute),
    "modifynatgatewayattribute": Action(nat.modify_nat_gateway_attribute),
    "modifynatgatewayspec": Action(nat.modify_nat_gateway_spec, idempotent=True),
    "updatenatgatewaynattype": Action(nat.update_nat_gateway_nat_type, idempotent=True),
    "deletenatgateway": Action(nat.delete_nat_gateway),
    "createsnatentry": Action(snat.create_snat_entry, idempotent=True),
    "describesnattableentries": Action(snat.describe_snat_table_entries),
    "modifysnatentry": Action(snat.modify_snat_entry, idempotent=True),
    "deletesnatentry": Action(snat.delete_snat_entry, idempotent=True),
    "deletionprotection": Action(vpc_tags.deletion_protection, idempotent=True),
    "moveresourcegroup": Action(vpc_tags.move_resource_group),
    "tagresources": Action(vpc_tags.tag_resources),
    "untagresources": Action(vpc_tags.untag_resources),
    "listtagresources": Action(vpc_tags.list_tag_resources),
}

_ECS = {
    "createsecuritygroup": Action(ecs.create_security_group, idempotent=True),
    "describesecuritygroups": Action(ecs.describe_security_groups),
    "describesecuritygroupattribute": Action(ecs.describe_security_group_attribute),
    "modifysecuritygroupattribute": Action(ecs.modify_security_group_attribute),
    "modifysecuritygrouppolicy": Action(ecs.modify_security_group_policy, idempotent=True),
    "deletesecuritygroup": Action(ecs.delete_security_group),
    "authorizesecuritygroup": Action(ecs.authorize_security_group, idempotent=True),
    "authorizesecuritygroupegress": Action(ecs.authorize_security_group_egress, idempotent=True),
    "revokesecuritygroup": Action(ecs.revoke_security_group, idempotent=True),
    "revokesecuritygroupegress": Action(ecs.revoke_security_group_egress, idempotent=True),
    "modifysecuritygrouprule": Action(ecs.modify_security_group_rule, idempotent=True),
    "modifysecuritygroupegressrule": Action(ecs.modify_security_group_egress_rule, idempotent=True),
    "joinresourcegroup": Action(ecs.join_resource_group),
    "tagresources": Action(ecs.tag_resources),
    "untagresources": Action(ecs.untag_resources),
    "describeregions": Action(ecs_zones.describe_regions),
    "describezones": Action(ecs_zones.describe_zones),
    "describeavailableresource": Action(ecs_zones.describe_available_resource),
    "describedisks": Action(ecs_disks.describe_disks),
    "deletedisk": Action(ecs_disks.delete_disk),
    "describesnapshots": Action(ecs_disks.describe_snapshots),
    "deletesnapshot": Action(ecs_disks.delete_snapshot),
}

_RESOURCE_MANAGER = {
    "listresourcegroups": Action(resourcemanager.list_resource_groups),
    "getresourcegroup": Action(resourcemanager.get_resource_group),
}

PRODUCTS: Mapping[str, Product] = {
    "2018-08-08": Product("Eci", _ECI),
    "2016-04-28": Product("Vpc", _VPC),
    "2014-05-26": Product("Ecs", _ECS),
    "2020-03-31": Product("ResourceManager", _RESOURCE_MANAGER),
    "2015-04-01": Product("Sts", {"getcalleridentity": Action(sts.get_caller_identity)}),
    "2015-06-12": Product("Location", {"describeendpoints": Action(location.describe_endpoints)}),
    "2017-12-14": Product(
        "BssOpenApi", {"queryavailableinstances": Action(bssopenapi.query_available_instances)}
    ),
}
