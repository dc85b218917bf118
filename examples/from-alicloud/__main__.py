"""Moving a cache from pulumi-alicloud's eci.ImageCache to this provider; the cache itself isn't touched.

1. `pulumi up`: the cache is alicloud's.
2. `pulumi state delete --yes URN`: alicloud's resource leaves the state, the cache stays in the cloud.
3. `pulumi config set imageCacheId imc-…` and `pulumi up`: the same cache is imported. Name, images, and
   whatever else the cloud tells have to agree; the network is recorded for the next build.
"""

import pulumi
import pulumi_alicloud as alicloud
from pulumi_imagecache import eci

vpc = alicloud.vpc.Network("vpc", cidr_block="10.0.0.0/16")
vswitch = alicloud.vpc.Switch("vswitch", vpc_id=vpc.id, cidr_block="10.0.1.0/24", zone_id="cn-hangzhou-b")
group = alicloud.ecs.SecurityGroup("group", vpc_id=vpc.id)
eip = alicloud.ecs.EipAddress("eip", bandwidth="100")

image_cache_id = pulumi.Config().get("imageCacheId")
if image_cache_id is None:
    before = alicloud.eci.ImageCache(
        "web",
        image_cache_name="web",
        images=["nginx:1.27"],
        vswitch_id=vswitch.id,
        security_group_id=group.id,
        eip_instance_id=eip.id,
    )
    pulumi.export("imageCacheId", before.id)
else:
    cache = eci.ImageCache(
        "web",
        image_cache_name="web",
        images=["nginx:1.27"],
        vswitch_ids=[vswitch.id],
        security_group_id=group.id,
        eip_instance_id=eip.id,
        opts=pulumi.ResourceOptions(import_=image_cache_id),
    )
    pulumi.export("imageCacheId", cache.image_cache_id)
