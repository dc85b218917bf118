import * as imagecache from "pulumi-imagecache";

const images = { cache: "flink:1.20", another: "spark:3.5.1" };
const caches = Object.entries(images).map(
    ([name, image]) => new imagecache.eci.ImageCache(name, { images: [image], awaitReady: false }),
);
const gate = new imagecache.eci.ReadinessGate("gate", {
    caches: caches.map((cache) => ({ imageCacheId: cache.imageCacheId, buildId: cache.buildId })),
});
export const ready = gate.ready;
