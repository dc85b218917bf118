import pulumi
import pulumi_imagecache as imagecache

usage = imagecache.eci.get_usage()
pulumi.export("used", usage.used_image_cache_count)
pulumi.export("most", usage.max_image_cache_count)
