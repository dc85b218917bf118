import pulumi
import pulumi_imagecache as imagecache

cache = imagecache.eci.get_image_cache(image_cache_name="flink")
pulumi.export("snapshotId", cache.snapshot_id)
