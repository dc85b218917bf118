import pulumi
import pulumi_imagecache as imagecache

cache = imagecache.eci.ImageCache("cache", images=["nginx:1.27"])
match = imagecache.eci.get_image_cache_match_output(
    images=cache.images, ephemeral_storage=20, opts=pulumi.InvokeOutputOptions(depends_on=[cache])
)
pulumi.export("imageCacheId", match.image_cache_id)
pulumi.export("reason", match.reason)
