import pulumi
import pulumi_imagecache as imagecache

cache = imagecache.eci.ImageCache(
    "cache",
    images=["flink:1.20"],
    image_cache_size=40,
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="90m")),
)
pulumi.export("imageCacheId", cache.image_cache_id)
