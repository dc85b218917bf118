"""All of pulumi-alicloud that an image cache is built with, and the cache as the plugin has it.

Settings: `description` of all that has one; `tags` of all that takes them; `imports`, the IDs of what is
there already, by resource name.
"""

from __future__ import annotations

import pulumi
import pulumi_alicloud as alicloud

config = pulumi.Config()
description = config.get("description") or "first"
tags = config.get_object("tags") or {"team": "web"}
imports: dict[str, str] = config.get_object("imports") or {}


def options(name: str, after: pulumi.Resource | None = None) -> pulumi.ResourceOptions:
    """Return a resource's options: it's imported if its ID is given."""
    return pulumi.ResourceOptions(import_=imports.get(name), depends_on=after)


zone = alicloud.get_zones(available_resource_creation="VSwitch").zones[0].id
groups = alicloud.resourcemanager.get_resource_groups(status="OK").groups

vpc = alicloud.vpc.Network(
    "vpc",
    vpc_name="conformance",
    cidr_block="10.0.0.0/16",
    description=description,
    tags=tags,
    opts=options("vpc"),
)
vswitch = alicloud.vpc.Switch(
    "vswitch",
    vswitch_name="conformance",
    vpc_id=vpc.id,
    cidr_block="10.0.1.0/24",
    zone_id=zone,
    description=description,
    tags=tags,
    opts=options("vswitch"),
)
group = alicloud.ecs.SecurityGroup(
    "group",
    security_group_name="conformance",
    vpc_id=vpc.id,
    description=description,
    tags=tags,
    opts=options("group"),
)
rule = alicloud.ecs.SecurityGroupRule(
    "rule",
    security_group_id=group.id,
    type="ingress",
    ip_protocol="tcp",
    port_range="443/443",
    cidr_ip="10.0.0.0/16",
    description=description,
    opts=options("rule"),
)
eip = alicloud.ecs.EipAddress(
    "eip",
    address_name="conformance",
    bandwidth="10",
    description=description,
    tags=tags,
    opts=options("eip"),
)
gateway = alicloud.vpc.NatGateway(
    "gateway",
    nat_gateway_name="conformance",
    vpc_id=vpc.id,
    vswitch_id=vswitch.id,
    nat_type="Enhanced",
    description=description,
    tags=tags,
    opts=options("gateway"),
)
association = alicloud.ecs.EipAssociation(
    "association", allocation_id=eip.id, instance_id=gateway.id, opts=options("association")
)
entry = alicloud.vpc.SnatEntry(
    "entry",
    snat_table_id=gateway.snat_table_ids,
    source_vswitch_id=vswitch.id,
    snat_ip=eip.ip_address,
    snat_entry_name=description,
    opts=options("entry", after=association),
)
cache = alicloud.eci.ImageCache(
    "cache",
    image_cache_name="conformance",
    images=["nginx:1.27"],
    vswitch_id=vswitch.id,
    security_group_id=group.id,
    opts=options("cache", after=entry),
)

pulumi.export("zone", zone)
pulumi.export("resourceGroups", [group.name for group in groups])
pulumi.export("imageCaches", cache.id.apply(lambda _: alicloud.eci.get_image_caches_output().caches))
