import * as imagecache from "pulumi-imagecache";

const found = imagecache.eci.getImageCachesOutput({ tags: { team: "shop" } });
export const imageCacheIds = found.imageCaches.apply((caches) => caches.map((cache) => cache.imageCacheId));
