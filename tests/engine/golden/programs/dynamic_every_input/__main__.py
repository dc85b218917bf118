"""A cache with every input that there is and one with the least, through the dynamic front."""

import pulumi

from imagecache_provider.dynamic import eci

network = pulumi.Config().require_object("network")
cache = eci.ImageCache(
    "every-input",
    images=["nginx", "private.example.com/team/app:1.0@sha256:" + 4 * "0123456789abcdef"],
    image_cache_name="every-input",
    region_id=network["region"],
    zone_id=network["zone"],
    vswitch_ids=network["vswitches"],
    security_group_id=network["group"],
    eip_instance_id=network["eip"],
    resource_group_id=network["resource_group"],
    image_cache_size=40,
    retention_days=30,
    auto_match_image_cache=True,
    flash=True,
    flash_copy_count=2,
    standard_copy_count=3,
    elimination_strategy="LRU",
    image_registry_credentials=[
        eci.ImageRegistryCredentialArgs(
            server="private.example.com", user_name="simulator", password="simulator"
        ),
        eci.ImageRegistryCredentialArgs(server="[fd00::5]:5000", user_name="other", password="hidden-4711"),
    ],
    acr_registry_infos=[
        eci.AcrRegistryInfoArgs(
            instance_id="cri-1",
            instance_name="shop",
            region_id="cn-beijing",
            domains=["shop-registry.cn-beijing.cr.aliyuncs.com"],
            arn_service=network["arn_service"],
            arn_user="acs:ram::1000000000000002:role/user",
        ),
        eci.AcrRegistryInfoArgs(instance_id="cri-2"),
    ],
    plain_http_registries=["http.example.com:5000", "10.0.0.9"],
    insecure_registries=["self-signed.example.com", "[fd00::6]:5000"],
    annotations="{}",
    os_type="Linux",
    tags={"team": "web", "empty": ""},
    rebuild_triggers=["1", "2"],
    await_ready=False,
)
least = eci.ImageCache("least", images=["redis:7.4"])
# What the state's test is to set again.
pulumi.export("network", network)
