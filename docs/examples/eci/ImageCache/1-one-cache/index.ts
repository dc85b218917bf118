import * as imagecache from "pulumi-imagecache";

const cache = new imagecache.eci.ImageCache(
    "cache",
    { images: ["flink:1.20"], imageCacheSize: 40 },
    { customTimeouts: { create: "90m" } },
);
export const imageCacheId = cache.imageCacheId;
