import * as imagecache from "pulumi-imagecache";

const cache = new imagecache.eci.ImageCache("cache", { images: ["nginx:1.27"] });
const match = imagecache.eci.getImageCacheMatchOutput(
    { images: cache.images, ephemeralStorage: 20 },
    { dependsOn: [cache] },
);
export const imageCacheId = match.imageCacheId;
export const reason = match.reason;
