import pulumi
import pulumi_imagecache as imagecache

caches = [
    imagecache.eci.ImageCache(name, images=[image], await_ready=False)
    for name, image in {"cache": "flink:1.20", "another": "spark:3.5.1"}.items()
]
gate = imagecache.eci.ReadinessGate(
    "gate",
    caches=[{"image_cache_id": cache.image_cache_id, "build_id": cache.build_id} for cache in caches],
)
pulumi.export("ready", gate.ready)
