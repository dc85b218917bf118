"""All of pulumi-alicloud that an image cache is built with, and the cache as the plugin has it."""

from __future__ import annotations

import pulumi
import pulumi_alicloud as alicloud

config = pulumi.Config()
description = config.get("description") or "first"

zone = alicloud.get_zones(available_resource_creation="VSwitch").zones[0].id
groups = alicloud.resourcemanager.get_resource_groups(status="OK").groups
tags = {"team": "web"}

vpc = alicloud.vpc.Network(
    "vpc", vpc_name="conformance", cidr_block="10.0.0.0/16", description=description, tags=tags
)
vswitch = alicloud.vpc.Switch(
    "vswitch",
    vswitch_name="conformance",
    vpc_id=vpc.id,
    cidr_block="10.0.1.0/24",
    zone_id=zone,
    description=description,
    tags=tags,
)
group = alicloud.ecs.SecurityGroup(
    "group", security_group_name="conformance", vpc_id=vpc.id, description=description, tags=tags
)
rule = alicloud.ecs.SecurityGroupRule(
    "rule",
    security_group_id=group.id,
    type="ingress",
    ip_protocol="tcp",
    port_range="443/443",
    cidr_ip="10.0.0.0/16",
    description=description,
)
eip = alicloud.ecs.EipAddress(
    "eip", address_name="conformance", bandwidth="10", description=description, tags=tags
)
gateway = alicloud.vpc.NatGateway(
    "gateway",
    nat_gateway_name="conformance",
    vpc_id=vpc.id,
    vswitch_id=vswitch.id,
    nat_type="Enhanced",
    description=description,
    tags=tags,
)
association = alicloud.ecs.EipAssociation("association", allocation_id=eip.id, instance_id=gateway.id)
entry = alicloud.vpc.SnatEntry(
    "entry",
    snat_table_id=gateway.snat_table_ids,
    source_vswitch_id=vswitch.id,
    snat_ip=eip.ip_address,
    snat_entry_name=description,
    opts=pulumi.ResourceOptions(depends_on=[association]),
)
cache = alicloud.eci.ImageCache(
    "cache",
    image_cache_name="conformance",
    images=["nginx:1.27"],
    vswitch_id=vswitch.id,
    security_group_id=group.id,
    opts=pulumi.ResourceOptions(depends_on=[entry]),
)

pulumi.export("zone", zone)
pulumi.export("resourceGroups", [group.name for group in groups])
pulumi.export("imageCaches", cache.id.apply(lambda _: alicloud.eci.get_image_caches_output().caches))
