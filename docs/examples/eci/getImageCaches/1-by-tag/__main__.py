import pulumi
import pulumi_imagecache as imagecache

found = imagecache.eci.get_image_caches(tags={"team": "shop"})
pulumi.export("imageCacheIds", [cache.image_cache_id for cache in found.image_caches])
