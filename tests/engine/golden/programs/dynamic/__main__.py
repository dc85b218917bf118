"""A cache with everything that a simulator builds, through the dynamic front."""

from imagecache_provider.dynamic import eci

eci.ImageCache(
    "everything",
    images=["nginx:1.27", "private.example.com/team/app:1.0"],
    image_cache_name="everything",
    image_cache_size=40,
    retention_days=30,
    auto_match_image_cache=True,
    flash=True,
    flash_copy_count=2,
    standard_copy_count=2,
    elimination_strategy="LRU",
    image_registry_credentials=[
        eci.ImageRegistryCredentialArgs(
            server="private.example.com", user_name="simulator", password="simulator"
        )
    ],
    acr_registry_infos=[eci.AcrRegistryInfoArgs(instance_id="cri-1", region_id="cn-hangzhou")],
    plain_http_registries=["http.example.com:5000"],
    insecure_registries=["self-signed.example.com"],
    annotations="{}",
    os_type="Linux",
    tags={"team": "web"},
    rebuild_triggers=["1"],
)
eci.ImageCache("least", images=["redis:7.4"])
