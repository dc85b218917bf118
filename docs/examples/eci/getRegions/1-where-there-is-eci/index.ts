import * as imagecache from "pulumi-imagecache";

const found = imagecache.eci.getRegionsOutput();
export const regions = found.regions.apply((regions) => regions.map((region) => region.regionId));
