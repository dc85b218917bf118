import pulumi
import pulumi_imagecache as imagecache

imagecache.eci.ImageCache(
    "cache",
    images=[
        "apps-registry-vpc.cn-hangzhou.cr.aliyuncs.com/shop/web:2.4",
        "registry.example.com/shop/model:7",
    ],
    acr_registry_infos=[imagecache.eci.AcrRegistryInfoArgs(instance_id="cri-0123456789abcdef")],
    image_registry_credentials=[
        imagecache.eci.ImageRegistryCredentialArgs(
            server="registry.example.com",
            user_name="builder",
            password=pulumi.Config().require_secret("password"),
        )
    ],
    retention_days=30,
    tags={"team": "shop"},
)
