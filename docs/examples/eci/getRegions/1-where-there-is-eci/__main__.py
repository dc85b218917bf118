import pulumi
import pulumi_imagecache as imagecache

found = imagecache.eci.get_regions()
pulumi.export("regions", [region.region_id for region in found.regions])
