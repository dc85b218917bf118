"""From VPC to image cache; the README shows this program."""

import pulumi
import pulumi_alicloud as alicloud
from pulumi_imagecache import eci

vpc = alicloud.vpc.Network("vpc", cidr_block="10.0.0.0/16")
vswitch = alicloud.vpc.Switch("vswitch", vpc_id=vpc.id, cidr_block="10.0.1.0/24", zone_id="cn-hangzhou-b")
group = alicloud.ecs.SecurityGroup("group", vpc_id=vpc.id)
eip = alicloud.ecs.EipAddress("eip", bandwidth="100")
cache = eci.ImageCache(
    "flink",
    images=["flink:1.20"],
    vswitch_ids=[vswitch.id],
    security_group_id=group.id,
    eip_instance_id=eip.id,
)
pulumi.export("imageCacheId", cache.image_cache_id)
