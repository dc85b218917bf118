"""Private images: from ACR Enterprise Edition without a password, and from a registry that asks for one.

ACR Personal Edition of the same account needs neither. Set the password as a secret:
`pulumi config set --secret registryPassword …`.
"""

import pulumi
import pulumi_alicloud as alicloud
from pulumi_imagecache import eci

config = pulumi.Config()
vpc = alicloud.vpc.Network("vpc", cidr_block="10.0.0.0/16")
vswitch = alicloud.vpc.Switch("vswitch", vpc_id=vpc.id, cidr_block="10.0.1.0/24", zone_id="cn-hangzhou-b")
group = alicloud.ecs.SecurityGroup("group", vpc_id=vpc.id)
eip = alicloud.ecs.EipAddress("eip", bandwidth="100")
cache = eci.ImageCache(
    "private",
    images=[
        "team-registry-vpc.cn-hangzhou.cr.aliyuncs.com/app/web:1.0",
        "private.example.com/app/worker:1.0",
    ],
    acr_registry_infos=[
        eci.AcrRegistryInfoArgs(
            instance_id=config.get("acrInstanceId") or "cri-0123456789abcdef",
            domains=["team-registry-vpc.cn-hangzhou.cr.aliyuncs.com"],
        )
    ],
    image_registry_credentials=[
        eci.ImageRegistryCredentialArgs(
            server="private.example.com",
            user_name="simulator",
            password=config.require_secret("registryPassword"),
        )
    ],
    vswitch_ids=[vswitch.id],
    security_group_id=group.id,
    eip_instance_id=eip.id,
)
pulumi.export("imageCacheId", cache.image_cache_id)
