"""Alibaba Cloud ECI resources for Python programs, as Pulumi dynamic resources.

The arguments' types are those of the SDK: a program moves between the two by its import.
Made by tools/generate_dynamic.py from the models; change those and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_imagecache.eci import (
    AcrRegistryInfoArgs,
    AcrRegistryInfoArgsDict,
    EliminationStrategy,
    ImageCacheArgs,
    ImageRegistryCredentialArgs,
    ImageRegistryCredentialArgsDict,
    OsType,
    outputs,
)

from imagecache_provider.dynamic.resource import DynamicResource, objects


class ImageCache(DynamicResource, module="imagecache/eci", name="ImageCache"):
    """An image cache: `imagecache:eci:ImageCache`."""

    def __init__(
        self,
        resource_name: str,
        args: ImageCacheArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        images: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        image_cache_name: pulumi.Input[str | None] = None,
        region_id: pulumi.Input[str | None] = None,
        zone_id: pulumi.Input[str | None] = None,
        vswitch_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        security_group_id: pulumi.Input[str | None] = None,
        eip_instance_id: pulumi.Input[str | None] = None,
        resource_group_id: pulumi.Input[str | None] = None,
        image_cache_size: pulumi.Input[int | None] = None,
        retention_days: pulumi.Input[int | None] = None,
        auto_match_image_cache: pulumi.Input[bool | None] = None,
        flash: pulumi.Input[bool | None] = None,
        flash_copy_count: pulumi.Input[int | None] = None,
        standard_copy_count: pulumi.Input[int | None] = None,
        elimination_strategy: pulumi.Input[str | EliminationStrategy | None] = None,
        image_registry_credentials: pulumi.Input[
            Sequence[pulumi.Input[ImageRegistryCredentialArgs | ImageRegistryCredentialArgsDict]] | None
        ] = None,
        acr_registry_infos: pulumi.Input[
            Sequence[pulumi.Input[AcrRegistryInfoArgs | AcrRegistryInfoArgsDict]] | None
        ] = None,
        plain_http_registries: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        insecure_registries: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        annotations: pulumi.Input[str | None] = None,
        os_type: pulumi.Input[str | OsType | None] = None,
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
        rebuild_triggers: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        await_ready: pulumi.Input[bool | None] = None,
    ) -> None:
        """Declare an image cache.

        Args:
            resource_name: The resource's name in the program.
            args: Its arguments as one object, instead of those below; or Pulumi's options.
            opts: Pulumi's resource options.
            images: The images to cache, 1 to 20, each [registry/]repository[:tag][@digest]. A
                change builds the cache again, in place.
            image_cache_name: The cache's name. Default: the resource's name and a few digits that
                keep it apart from others.
            region_id: The region. Default: the region of the stack's configuration or of the
                environment. A change replaces the cache.
            zone_id: The zone of the instance that builds the cache; the vSwitch must be in it. A
                change is kept for the next build.
            vswitch_ids: The vSwitches, up to 10, that the building instance may be put into.
                Default: the region's default. A change is kept for the next build.
            security_group_id: The security group of the building instance, in the VPC of the
                vSwitches. A change is kept for the next build.
            eip_instance_id: The EIP through which the building instance reaches the internet. It
                serves one build at a time, so that builds that share one wait for each other. Not
                needed behind a NAT gateway. A change is kept for the next build.
            resource_group_id: The resource group. Default: the account's default group.
            image_cache_size: The cache's disk in GiB, 20 to 32768; it must hold all images
                unpacked. Default: 20. A change builds the cache again, in place.
            retention_days: The days after which the cloud deletes the cache, 1 to 65536. Default:
                never.
            auto_match_image_cache: Whether the build reuses layers of existing caches. Default:
                false. A change builds the cache again, in place.
            flash: Whether a local snapshot is made first, so that the cache is usable sooner.
                Default: false. A change builds the cache again, in place.
            flash_copy_count: The number of local snapshots; one more for each 1000 instances
                started at once. Default: 1.
            standard_copy_count: The number of standard snapshots; one more for each 1000 instances
                started at once. Default: 1.
            elimination_strategy: LRU lets the cloud delete the cache when the quota is full and
                it's the one least used. Default: empty, it's kept.
            image_registry_credentials: How to log in to private registries. Not needed for ACR
                Personal Edition of the same account. A change is kept for the next build.
            acr_registry_infos: ACR Enterprise Edition instances to pull from without a password. A
                change is kept for the next build.
            plain_http_registries: Registries of your own, as host[:port], that are spoken to over
                plain HTTP. A change is kept for the next build.
            insecure_registries: Registries of your own, as host[:port], whose certificates aren't
                verified. A change is kept for the next build.
            annotations: Annotations of the build; the API keeps this parameter for itself. A change
                is kept for the next build.
            os_type: The images' operating system; Windows is by invitation. Default: Linux. A
                change replaces the cache.
            tags: The cache's tags, up to 18: of the cloud's 20, two carry the provider's own
                record.
            rebuild_triggers: Anything whose change should pull the same images again, such as the
                digest of a moving tag. Never sent. A change builds the cache again, in place.
            await_ready: Whether create and update wait until the cache is Ready; else they end once
                it is accepted. Default: true. Never sent. A change builds nothing.
        """
        super().__init__(
            "imagecache:eci:ImageCache",
            resource_name,
            args,
            opts,
            {
                "images": images,
                "image_cache_name": image_cache_name,
                "region_id": region_id,
                "zone_id": zone_id,
                "vswitch_ids": vswitch_ids,
                "security_group_id": security_group_id,
                "eip_instance_id": eip_instance_id,
                "resource_group_id": resource_group_id,
                "image_cache_size": image_cache_size,
                "retention_days": retention_days,
                "auto_match_image_cache": auto_match_image_cache,
                "flash": flash,
                "flash_copy_count": flash_copy_count,
                "standard_copy_count": standard_copy_count,
                "elimination_strategy": elimination_strategy,
                "image_registry_credentials": image_registry_credentials,
                "acr_registry_infos": acr_registry_infos,
                "plain_http_registries": plain_http_registries,
                "insecure_registries": insecure_registries,
                "annotations": annotations,
                "os_type": os_type,
                "tags": tags,
                "rebuild_triggers": rebuild_triggers,
                "await_ready": await_ready,
            },
        )

    @property
    def image_cache_id(self) -> pulumi.Output[str]:
        """The cache's ID, imc-…."""
        value: pulumi.Output[str] = pulumi.get(self, "imageCacheId")
        return value

    @property
    def container_group_id(self) -> pulumi.Output[str]:
        """The instance that built the cache; it's released when that is done."""
        value: pulumi.Output[str] = pulumi.get(self, "containerGroupId")
        return value

    @property
    def snapshot_id(self) -> pulumi.Output[str]:
        """The cache's snapshot, s-…; deleting it breaks the cache."""
        value: pulumi.Output[str] = pulumi.get(self, "snapshotId")
        return value

    @property
    def flash_snapshot_id(self) -> pulumi.Output[str]:
        """The local snapshot of a flash cache, as long as it has one."""
        value: pulumi.Output[str] = pulumi.get(self, "flashSnapshotId")
        return value

    @property
    def status(self) -> pulumi.Output[str]:
        """Preparing, Creating, Ready, Failed, Updating or UpdateFailed; usable when Ready."""
        value: pulumi.Output[str] = pulumi.get(self, "status")
        return value

    @property
    def progress(self) -> pulumi.Output[str]:
        """How far the build is, such as 100%."""
        value: pulumi.Output[str] = pulumi.get(self, "progress")
        return value

    @property
    def creation_time(self) -> pulumi.Output[str]:
        """When the cache was made, in UTC."""
        value: pulumi.Output[str] = pulumi.get(self, "creationTime")
        return value

    @property
    def expire_date_time(self) -> pulumi.Output[str]:
        """When the cloud will delete the cache, in UTC; empty for never."""
        value: pulumi.Output[str] = pulumi.get(self, "expireDateTime")
        return value

    @property
    def last_matched_time(self) -> pulumi.Output[str]:
        """When the cache last served an instance, in UTC; empty for never."""
        value: pulumi.Output[str] = pulumi.get(self, "lastMatchedTime")
        return value

    @property
    def events(self) -> pulumi.Output[Sequence[outputs.ImageCacheEvent]]:
        """The newest events, three at most."""
        value: pulumi.Output[Sequence[outputs.ImageCacheEvent]] = objects(
            outputs.ImageCacheEvent, pulumi.get(self, "events")
        )
        return value

    @property
    def region_id(self) -> pulumi.Output[str]:
        """The region. Default: the region of the stack's configuration or of the environment."""
        value: pulumi.Output[str] = pulumi.get(self, "regionId")
        return value

    @property
    def build_id(self) -> pulumi.Output[str]:
        """A digest of the last build that was asked for; another value means another build."""
        value: pulumi.Output[str] = pulumi.get(self, "buildId")
        return value

    @property
    def account_id(self) -> pulumi.Output[str]:
        """The ID of the account that the cache is in; empty where STS didn't tell it."""
        value: pulumi.Output[str] = pulumi.get(self, "accountId")
        return value

    @property
    def images(self) -> pulumi.Output[Sequence[str]]:
        """The images to cache, 1 to 20, each [registry/]repository[:tag][@digest]."""
        value: pulumi.Output[Sequence[str]] = pulumi.get(self, "images")
        return value

    @property
    def image_cache_name(self) -> pulumi.Output[str]:
        """The cache's name.

        Default: the resource's name and a few digits that keep it apart from others.
        """
        value: pulumi.Output[str] = pulumi.get(self, "imageCacheName")
        return value

    @property
    def zone_id(self) -> pulumi.Output[str | None]:
        """The zone of the instance that builds the cache; the vSwitch must be in it."""
        value: pulumi.Output[str | None] = pulumi.get(self, "zoneId")
        return value

    @property
    def vswitch_ids(self) -> pulumi.Output[Sequence[str] | None]:
        """The vSwitches, up to 10, that the building instance may be put into.

        Default: the region's default.
        """
        value: pulumi.Output[Sequence[str] | None] = pulumi.get(self, "vswitchIds")
        return value

    @property
    def security_group_id(self) -> pulumi.Output[str | None]:
        """The security group of the building instance, in the VPC of the vSwitches."""
        value: pulumi.Output[str | None] = pulumi.get(self, "securityGroupId")
        return value

    @property
    def eip_instance_id(self) -> pulumi.Output[str | None]:
        """The EIP through which the building instance reaches the internet.

        It serves one build at a time, so that builds that share one wait for each other. Not needed
        behind a NAT gateway.
        """
        value: pulumi.Output[str | None] = pulumi.get(self, "eipInstanceId")
        return value

    @property
    def resource_group_id(self) -> pulumi.Output[str | None]:
        """The resource group. Default: the account's default group."""
        value: pulumi.Output[str | None] = pulumi.get(self, "resourceGroupId")
        return value

    @property
    def image_cache_size(self) -> pulumi.Output[int | None]:
        """The cache's disk in GiB, 20 to 32768; it must hold all images unpacked. Default: 20."""
        value: pulumi.Output[int | None] = pulumi.get(self, "imageCacheSize")
        return value

    @property
    def retention_days(self) -> pulumi.Output[int | None]:
        """The days after which the cloud deletes the cache, 1 to 65536. Default: never."""
        value: pulumi.Output[int | None] = pulumi.get(self, "retentionDays")
        return value

    @property
    def auto_match_image_cache(self) -> pulumi.Output[bool | None]:
        """Whether the build reuses layers of existing caches. Default: false."""
        value: pulumi.Output[bool | None] = pulumi.get(self, "autoMatchImageCache")
        return value

    @property
    def flash(self) -> pulumi.Output[bool | None]:
        """Whether a local snapshot is made first, so that the cache is usable sooner. Default: false."""
        value: pulumi.Output[bool | None] = pulumi.get(self, "flash")
        return value

    @property
    def flash_copy_count(self) -> pulumi.Output[int | None]:
        """The number of local snapshots; one more for each 1000 instances started at once. Default: 1."""
        value: pulumi.Output[int | None] = pulumi.get(self, "flashCopyCount")
        return value

    @property
    def standard_copy_count(self) -> pulumi.Output[int | None]:
        """The number of standard snapshots; one more for each 1000 instances started at once.

        Default: 1.
        """
        value: pulumi.Output[int | None] = pulumi.get(self, "standardCopyCount")
        return value

    @property
    def elimination_strategy(self) -> pulumi.Output[str | None]:
        """LRU lets the cloud delete the cache when the quota is full and it's the one least used.

        Default: empty, it's kept.
        """
        value: pulumi.Output[str | None] = pulumi.get(self, "eliminationStrategy")
        return value

    @property
    def image_registry_credentials(self) -> pulumi.Output[Sequence[outputs.ImageRegistryCredential] | None]:
        """How to log in to private registries.

        Not needed for ACR Personal Edition of the same account.
        """
        value: pulumi.Output[Sequence[outputs.ImageRegistryCredential] | None] = objects(
            outputs.ImageRegistryCredential, pulumi.get(self, "imageRegistryCredentials")
        )
        return value

    @property
    def acr_registry_infos(self) -> pulumi.Output[Sequence[outputs.AcrRegistryInfo] | None]:
        """ACR Enterprise Edition instances to pull from without a password."""
        value: pulumi.Output[Sequence[outputs.AcrRegistryInfo] | None] = objects(
            outputs.AcrRegistryInfo, pulumi.get(self, "acrRegistryInfos")
        )
        return value

    @property
    def plain_http_registries(self) -> pulumi.Output[Sequence[str] | None]:
        """Registries of your own, as host[:port], that are spoken to over plain HTTP."""
        value: pulumi.Output[Sequence[str] | None] = pulumi.get(self, "plainHttpRegistries")
        return value

    @property
    def insecure_registries(self) -> pulumi.Output[Sequence[str] | None]:
        """Registries of your own, as host[:port], whose certificates aren't verified."""
        value: pulumi.Output[Sequence[str] | None] = pulumi.get(self, "insecureRegistries")
        return value

    @property
    def annotations(self) -> pulumi.Output[str | None]:
        """Annotations of the build; the API keeps this parameter for itself."""
        value: pulumi.Output[str | None] = pulumi.get(self, "annotations")
        return value

    @property
    def os_type(self) -> pulumi.Output[str | None]:
        """The images' operating system; Windows is by invitation. Default: Linux."""
        value: pulumi.Output[str | None] = pulumi.get(self, "osType")
        return value

    @property
    def tags(self) -> pulumi.Output[Mapping[str, str] | None]:
        """The cache's tags, up to 18: of the cloud's 20, two carry the provider's own record."""
        value: pulumi.Output[Mapping[str, str] | None] = pulumi.get(self, "tags")
        return value

    @property
    def rebuild_triggers(self) -> pulumi.Output[Sequence[str] | None]:
        """Anything whose change should pull the same images again, such as the digest of a moving tag.

        Never sent.
        """
        value: pulumi.Output[Sequence[str] | None] = pulumi.get(self, "rebuildTriggers")
        return value

    @property
    def await_ready(self) -> pulumi.Output[bool | None]:
        """Whether create and update wait until the cache is Ready; else they end once it is accepted.

        Default: true. Never sent.
        """
        value: pulumi.Output[bool | None] = pulumi.get(self, "awaitReady")
        return value


__all__ = [
    "AcrRegistryInfoArgs",
    "AcrRegistryInfoArgsDict",
    "EliminationStrategy",
    "ImageCache",
    "ImageCacheArgs",
    "ImageRegistryCredentialArgs",
    "ImageRegistryCredentialArgsDict",
    "OsType",
]
