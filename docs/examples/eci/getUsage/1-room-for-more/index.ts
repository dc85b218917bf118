import * as imagecache from "pulumi-imagecache";

const usage = imagecache.eci.getUsageOutput();
export const used = usage.usedImageCacheCount;
export const most = usage.maxImageCacheCount;
