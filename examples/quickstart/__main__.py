"""The quick-start stack: a network of pulumi-alicloud's, and two image caches that are built in it.

`make demo` runs it against the simulator. `pulumi up` in the repository's root runs it against whatever the
stack's configuration names, and refuses a real account unless `createPaidResources` is set.
"""

from __future__ import annotations

import pulumi
import pulumi_alicloud as alicloud
from pulumi_imagecache import eci

config = pulumi.Config()
endpoints = pulumi.Config("alicloud").get("endpoints") or ""
if "127.0.0.1:" not in endpoints and not config.get_bool("createPaidResources"):
    raise pulumi.RunError(
        "This stack makes resources that cost money: an EIP, the instances and disks that build the caches,"
        " and their snapshots. To make them in this account: pulumi config set createPaidResources true."
        " To try it without an account: make demo"
    )

zone = alicloud.get_zones(available_resource_creation="VSwitch").zones[0].id
vpc = alicloud.vpc.Network("vpc", cidr_block="10.0.0.0/16")
vswitch = alicloud.vpc.Switch("vswitch", vpc_id=vpc.id, cidr_block="10.0.1.0/24", zone_id=zone)
group = alicloud.ecs.SecurityGroup("group", vpc_id=vpc.id)
eip = alicloud.ecs.EipAddress("eip", bandwidth="100")

public = eci.ImageCache(
    "public",
    images=config.get_object("publicImages") or ["nginx:1.27", "redis:7.4"],
    vswitch_ids=[vswitch.id],
    security_group_id=group.id,
    eip_instance_id=eip.id,
    retention_days=30,
    tags={"team": "web"},
)
private = eci.ImageCache(
    "private",
    images=["private.example.com/team/app:1.0"],
    image_registry_credentials=[
        eci.ImageRegistryCredentialArgs(
            server="private.example.com",
            user_name="simulator",
            password=config.get_secret("registryPassword") or "simulator",
        )
    ],
    vswitch_ids=[vswitch.id],
    security_group_id=group.id,
    eip_instance_id=eip.id,
)

pulumi.export("vpc", vpc.id)
pulumi.export("public", {"id": public.image_cache_id, "status": public.status, "images": public.images})
pulumi.export("private", {"id": private.image_cache_id, "status": private.status})
