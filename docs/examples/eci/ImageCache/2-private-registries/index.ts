import * as pulumi from "@pulumi/pulumi";
import * as imagecache from "pulumi-imagecache";

new imagecache.eci.ImageCache("cache", {
    images: [
        "apps-registry-vpc.cn-hangzhou.cr.aliyuncs.com/shop/web:2.4",
        "registry.example.com/shop/model:7",
    ],
    acrRegistryInfos: [{ instanceId: "cri-0123456789abcdef" }],
    imageRegistryCredentials: [
        {
            server: "registry.example.com",
            userName: "builder",
            password: new pulumi.Config().requireSecret("password"),
        },
    ],
    retentionDays: 30,
    tags: { team: "shop" },
});
