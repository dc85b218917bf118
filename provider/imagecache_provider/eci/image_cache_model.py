"""The fields of `imagecache:eci:ImageCache`: each is said once here, and everything else follows.

The inputs are the 23 parameters of CreateImageCache but ClientToken, which is never an input, and
`rebuildTriggers`; the outputs are what DescribeImageCaches returns. Limits without a source of their own in
the API's page are those of the ImageCache CRD's page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from imagecache_provider.eci import image_reference, registry_host
from imagecache_provider.fields import OPTIONAL, UNKNOWN, Change, MayBeUnknown, Model, Property, Rule

MOST_TAGS = 18
"""The cloud takes 20 tags; two carry the provider's own record of the cache."""

MOST_DAYS = 65536
"""The longest retention."""

_REGION = re.compile(r"[a-z]{2,}(?:-[a-z0-9]+)+")


def _known(value: Any) -> list[Any]:
    return [member for member in value if member is not UNKNOWN] if isinstance(value, list) else []


def count(least: int, most: int, things: str) -> Rule:
    """Make a rule that a list or map has `least` to `most` members."""

    def rule(value: Any) -> str | None:
        if not isinstance(value, (list, dict)) or least <= len(value) <= most:
            return None
        return f"has {len(value)} {things}; {least} to {most} are possible"

    return rule


def distinct_images(value: Any) -> str | None:
    """Say which image is listed twice, however it is spelled."""
    seen: dict[str, str] = {}
    for image in _known(value):
        if not isinstance(image, str) or image_reference.problem(image):
            continue
        name = image_reference.canonical(image)
        if name in seen:
            return f"lists one image twice, as {seen[name]!r} and as {image!r}: keep one of them"
        seen[name] = image
    return None


def same_images(images: Any) -> Any:
    """Give lists that name the same images, in any order and spelling, one form; others stay as they are."""
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        return images
    return sorted(image_reference.canonical(image) for image in images)


def distinct(key: str = "", canonical: Callable[[str], str] = str) -> Rule:
    """Make a rule that no two members are the same.

    Args:
        key: the property that tells members apart, where they are objects.
        canonical: gives two texts that mean the same one form.
    """

    def rule(value: Any) -> str | None:
        seen: dict[str, str] = {}
        for member in _known(value):
            name = member.get(key) if key and isinstance(member, dict) else member
            if not isinstance(name, str):
                continue
            form = canonical(name)
            if form in seen:
                again = "" if seen[form] == name else f", as {seen[form]!r} before"
                return f"has {name!r} twice{again}: keep one of them"
            seen[form] = name
        return None

    return rule


def _image(value: str) -> str:
    reason = image_reference.problem(value)
    if reason is not None:
        raise ValueError(f"{value!r} {reason}")
    return value


def _registry_host(value: str) -> str:
    reason = registry_host.problem(value)
    if reason is not None:
        raise ValueError(reason)
    return value


def _region(value: str) -> str:
    if not _REGION.fullmatch(value):
        raise ValueError(f"{value!r} is no region ID, such as cn-hangzhou")
    return value


def _tag_key(value: str) -> str:
    if not value or len(value) > 64:  # noqa: PLR2004 - the API's limit
        raise ValueError(f"has a key of {len(value)} characters; 1 to 64 are possible")
    if value.lower().startswith(("aliyun", "acs:")) or "http://" in value or "https://" in value:
        raise ValueError("has a key that the cloud reserves: not aliyun…, acs:… or with http:// or https://")
    return value


def _tag_value(value: str) -> str:
    if len(value) > 128:  # noqa: PLR2004 - the API's limit
        raise ValueError(f"has a value of {len(value)} characters; 128 are the most")
    if value.lower().startswith("acs:"):
        raise ValueError("has a value that begins with acs:, which the cloud reserves")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"is {str(value).lower()}, which is no number")  # noqa: TRY004 - pydantic's protocol
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty: leave it out for an automatic name")
    return value


Image = Annotated[str, AfterValidator(_image)]
RegistryHost = Annotated[str, AfterValidator(_registry_host)]
Region = Annotated[str, AfterValidator(_region)]
Size = Annotated[int, Field(ge=20, le=32768), BeforeValidator(_number)]
Days = Annotated[int, Field(ge=1, le=MOST_DAYS), BeforeValidator(_number)]
Copies = Annotated[int, Field(ge=1), BeforeValidator(_number)]
TagKey = Annotated[str, AfterValidator(_tag_key)]
TagValue = Annotated[str, AfterValidator(_tag_value)]
Name = Annotated[str, AfterValidator(_name)]


class ImageRegistryCredential(Model):
    """How to log in to one registry while a cache is being built."""

    server: Annotated[
        RegistryHost, Property("The registry as host[:port], without http:// or https://.", "Server")
    ]
    user_name: Annotated[str, Property("The user name.", "UserName")]
    password: Annotated[str, Property("The password. Kept as a secret.", "Password", secret=True)]


class AcrRegistryInfo(Model):
    """An ACR Enterprise Edition instance to pull from without a password."""

    instance_id: Annotated[str, Property("The instance's ID, cri-….", "InstanceId")]
    instance_name: Annotated[str, Property("The instance's name.", "InstanceName")] = OPTIONAL
    region_id: Annotated[Region, Property("The instance's region.", "RegionId")] = OPTIONAL
    domains: Annotated[
        list[MayBeUnknown[RegistryHost]],
        Property("Those of its domains that are used. Default: all of them.", "Domain"),
    ] = OPTIONAL
    arn_service: Annotated[
        str,
        Property(
            "For an instance of another account: the ARN of the RAM role in this account.",
            "ArnService",
            updatable=False,
        ),
    ] = OPTIONAL
    arn_user: Annotated[
        str,
        Property(
            "For an instance of another account: the ARN of the RAM role in that account.",
            "ArnUser",
            updatable=False,
        ),
    ] = OPTIONAL


class ImageCacheArgs(Model):
    """The inputs of `imagecache:eci:ImageCache`."""

    images: Annotated[
        list[MayBeUnknown[Image]],
        Property(
            "The images to cache, 1 to 20, each [registry/]repository[:tag][@digest].",
            "Image",
            Change.BUILD,
            returned=True,
            rules=(count(1, 20, "images"), distinct_images),
            canonical=same_images,
        ),
    ]
    image_cache_name: Annotated[
        Name,
        Property(
            "The cache's name. Default: the resource's name and a few digits that keep it apart from others.",
            "ImageCacheName",
            Change.METADATA,
            returned=True,
        ),
    ] = OPTIONAL
    region_id: Annotated[
        Region,
        Property(
            "The region. Default: the region of the stack's configuration or of the environment.",
            "RegionId",
            Change.REPLACE,
        ),
    ] = OPTIONAL
    zone_id: Annotated[
        str,
        Property(
            "The zone of the instance that builds the cache; the vSwitch must be in it.",
            "ZoneId",
            Change.RECORD,
            updatable=False,
        ),
    ] = OPTIONAL
    vswitch_ids: Annotated[
        list[MayBeUnknown[str]],
        Property(
            "The vSwitches, up to 10, that the building instance may be put into."
            " Default: the region's default.",
            "VSwitchId",
            Change.RECORD,
            joined=True,
            rules=(count(0, 10, "vSwitches"), distinct()),
        ),
    ] = OPTIONAL
    security_group_id: Annotated[
        str,
        Property(
            "The security group of the building instance, in the VPC of the vSwitches.",
            "SecurityGroupId",
            Change.RECORD,
        ),
    ] = OPTIONAL
    eip_instance_id: Annotated[
        str,
        Property(
            "The EIP through which the building instance reaches the internet. It serves one build at a time,"
            " so that builds that share one wait for each other. Not needed behind a NAT gateway.",
            "EipInstanceId",
            Change.RECORD,
            default="",
        ),
    ] = OPTIONAL
    resource_group_id: Annotated[
        str,
        Property(
            "The resource group. Default: the account's default group.",
            "ResourceGroupId",
            Change.METADATA,
            returned=True,
            assigned=True,
        ),
    ] = OPTIONAL
    image_cache_size: Annotated[
        Size,
        Property(
            "The cache's disk in GiB, 20 to 32768; it must hold all images unpacked. Default: 20.",
            "ImageCacheSize",
            Change.BUILD,
            default=20,
            returned=True,
        ),
    ] = OPTIONAL
    retention_days: Annotated[
        Days,
        Property(
            "The days after which the cloud deletes the cache, 1 to 65536. Default: never.",
            "RetentionDays",
            Change.METADATA,
            derived="expireDateTime",
        ),
    ] = OPTIONAL
    auto_match_image_cache: Annotated[
        bool,
        Property(
            "Whether the build reuses layers of existing caches. Default: false.",
            "AutoMatchImageCache",
            Change.BUILD,
            default=False,
        ),
    ] = OPTIONAL
    flash: Annotated[
        bool,
        Property(
            "Whether a local snapshot is made first, so that the cache is usable sooner. Default: false.",
            "Flash",
            Change.BUILD,
            default=False,
        ),
    ] = OPTIONAL
    flash_copy_count: Annotated[
        Copies,
        Property(
            "The number of local snapshots; one more for each 1000 instances started at once. Default: 1.",
            "FlashCopyCount",
            Change.METADATA,
            default=1,
        ),
    ] = OPTIONAL
    standard_copy_count: Annotated[
        Copies,
        Property(
            "The number of standard snapshots; one more for each 1000 instances started at once. Default: 1.",
            "StandardCopyCount",
            Change.METADATA,
            default=1,
        ),
    ] = OPTIONAL
    elimination_strategy: Annotated[
        Literal["", "LRU"],
        Property(
            "LRU lets the cloud delete the cache when the quota is full and it's the one least used."
            " Default: empty, it's kept.",
            "EliminationStrategy",
            Change.METADATA,
            default="",
            returned=True,
        ),
    ] = OPTIONAL
    image_registry_credentials: Annotated[
        list[MayBeUnknown[ImageRegistryCredential]],
        Property(
            "How to log in to private registries. Not needed for ACR Personal Edition of the same account.",
            "ImageRegistryCredential",
            Change.RECORD,
            rules=(distinct("server", registry_host.canonical),),
        ),
    ] = OPTIONAL
    acr_registry_infos: Annotated[
        list[MayBeUnknown[AcrRegistryInfo]],
        Property(
            "ACR Enterprise Edition instances to pull from without a password.",
            "AcrRegistryInfo",
            Change.RECORD,
            rules=(distinct("instanceId"),),
        ),
    ] = OPTIONAL
    plain_http_registries: Annotated[
        list[MayBeUnknown[RegistryHost]],
        Property(
            "Registries of your own, as host[:port], that are spoken to over plain HTTP.",
            "PlainHttpRegistry",
            Change.RECORD,
            updatable=False,
            joined=True,
            rules=(distinct(canonical=registry_host.canonical),),
        ),
    ] = OPTIONAL
    insecure_registries: Annotated[
        list[MayBeUnknown[RegistryHost]],
        Property(
            "Registries of your own, as host[:port], whose certificates aren't verified.",
            "InsecureRegistry",
            Change.RECORD,
            updatable=False,
            joined=True,
            rules=(distinct(canonical=registry_host.canonical),),
        ),
    ] = OPTIONAL
    annotations: Annotated[
        str,
        Property(
            "Annotations of the build; the API keeps this parameter for itself.",
            "Annotations",
            Change.RECORD,
            updatable=False,
        ),
    ] = OPTIONAL
    os_type: Annotated[
        Literal["Linux", "Windows"],
        Property(
            "The images' operating system; Windows is by invitation. Default: Linux.",
            "OsType",
            Change.REPLACE,
            default="Linux",
            updatable=False,
        ),
    ] = OPTIONAL
    tags: Annotated[
        dict[TagKey, MayBeUnknown[TagValue]],
        Property(
            "The cache's tags, up to 18: of the cloud's 20, two carry the provider's own record.",
            "Tag",
            Change.METADATA,
            default={},
            returned=True,
            rules=(count(0, MOST_TAGS, "tags"),),
        ),
    ] = OPTIONAL
    rebuild_triggers: Annotated[
        list[MayBeUnknown[str]],
        Property(
            "Anything whose change should pull the same images again, such as the digest of a moving tag."
            " Never sent.",
            "",
            Change.BUILD,
        ),
    ] = OPTIONAL
    await_ready: Annotated[
        bool,
        Property(
            "Whether create and update wait until the cache is Ready; else they end once it is accepted."
            " Default: true. Never sent.",
            "",
            Change.LOCAL,
            default=True,
        ),
    ] = OPTIONAL


class ImageCacheEvent(Model):
    """One of the cloud's events about a cache."""

    type: Annotated[str, Property("Normal or Warning.", "Type")]
    reason: Annotated[str, Property("The event in one word.", "Reason")]
    message: Annotated[str, Property("What happened; the first 200 characters.", "Message")]
    count: Annotated[int, Property("How often it happened.", "Count")]
    last_timestamp: Annotated[str, Property("When it happened last, in UTC.", "LastTimestamp")]


class ObservedImageCache(Model):
    """What the cloud tells of every cache, beside what it was made from."""

    image_cache_id: Annotated[str, Property("The cache's ID, imc-….", "ImageCacheId", Change.REPLACE)]
    container_group_id: Annotated[
        str,
        Property(
            "The instance that built the cache; it's released when that is done.",
            "ContainerGroupId",
            Change.BUILD,
        ),
    ]
    snapshot_id: Annotated[
        str,
        Property(
            "The cache's snapshot, s-…; deleting it breaks the cache.",
            "SnapshotId",
            Change.BUILD,
        ),
    ]
    flash_snapshot_id: Annotated[
        str,
        Property(
            "The local snapshot of a flash cache, as long as it has one.", "FlashSnapshotId", Change.BUILD
        ),
    ]
    status: Annotated[
        str,
        Property(
            "Preparing, Creating, Ready, Failed, Updating or UpdateFailed; usable when Ready.",
            "Status",
            Change.BUILD,
        ),
    ]
    progress: Annotated[str, Property("How far the build is, such as 100%.", "Progress", Change.BUILD)]
    creation_time: Annotated[
        str,
        Property(
            "When the cache was made, in UTC.",
            "CreationTime",
            Change.REPLACE,
        ),
    ]
    expire_date_time: Annotated[
        str,
        Property(
            "When the cloud will delete the cache, in UTC; empty for never.",
            "ExpireDateTime",
            Change.BUILD,
            follows="retentionDays",
        ),
    ]
    last_matched_time: Annotated[
        str, Property("When the cache last served an instance, in UTC; empty for never.", "LastMatchedTime")
    ]
    events: Annotated[list[ImageCacheEvent], Property("The newest events, three at most.", "Events")]
    region_id: Annotated[str, Property("The cache's region.", "RegionId", Change.REPLACE)]


class ImageCacheState(ObservedImageCache):
    """The outputs of `imagecache:eci:ImageCache`, beside its inputs."""

    build_id: Annotated[
        str,
        Property(
            "A digest of the last build that was asked for; another value means another build.",
            change=Change.BUILD,
        ),
    ]
    account_id: Annotated[
        str,
        Property(
            "The ID of the account that the cache is in; empty where STS didn't tell it.",
            change=Change.REPLACE,
        ),
    ]
