import * as imagecache from "pulumi-imagecache";

const cache = imagecache.eci.getImageCacheOutput({ imageCacheName: "flink" });
export const snapshotId = cache.snapshotId;
