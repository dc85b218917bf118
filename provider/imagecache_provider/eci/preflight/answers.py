"""The cloud's answers, read into `facts`: one function for each kind of thing.

Source of the fields: spec/networking.md section 4, spec/eci-image-cache.md sections 2 and 6,
spec/eci-container-group.md; for NAT gateways and SNAT entries the API pages DescribeNatGateways and
DescribeSnatTableEntries of Vpc 2016-04-28.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from imagecache_provider.clock import moment
from imagecache_provider.eci.preflight.account import SOLD
from imagecache_provider.eci.preflight.facts import (
    Eip,
    ImageCache,
    Pull,
    SecurityGroup,
    Usage,
    VSwitch,
    WayOut,
)
from imagecache_provider.resource import STACK_TAG, Record

Row = Mapping[str, Any]


def vswitch(row: Row) -> VSwitch:
    """Read one of DescribeVSwitches."""
    return VSwitch(
        id=str(row["VSwitchId"]),
        vpc=str(row.get("VpcId") or ""),
        zone=str(row.get("ZoneId") or ""),
        free=int(row.get("AvailableIpAddressCount") or 0),
        block=str(row.get("CidrBlock") or ""),
    )


def security_group(row: Row) -> SecurityGroup:
    """Read one of DescribeSecurityGroups."""
    return SecurityGroup(str(row["SecurityGroupId"]), str(row.get("VpcId") or ""))


def eip(row: Row) -> Eip:
    """Read one of DescribeEipAddresses."""
    return Eip(
        id=str(row["AllocationId"]),
        status=str(row.get("Status") or ""),
        user_type=str(row.get("InstanceType") or ""),
        user=str(row.get("InstanceId") or ""),
    )


def snat_tables(row: Row) -> list[str]:
    """Read the SNAT tables of one of DescribeNatGateways."""
    return [str(table) for table in (row.get("SnatTableIds") or {}).get("SnatTableId") or []]


def way_out(row: Row, gateway: str) -> WayOut:
    """Read one of DescribeSnatTableEntries."""
    return WayOut(gateway, str(row.get("SourceVSwitchId") or ""), str(row.get("SourceCIDR") or ""))


def usage(answer: Row) -> Usage | None:
    """Read ListUsage; None where it doesn't tell of image caches."""
    told = answer.get("Attributes") or {}
    most, used = told.get("MaxImageCacheCount"), told.get("UsedImageCacheCount")
    return None if most is None or used is None else Usage(int(most), int(used))


def stock(answer: Row) -> dict[str, str]:
    """Read DescribeAvailableResource: the best word for each zone, over all instance types of the size."""
    return {
        str(zone["ZoneId"]): _best(_words(zone))
        for zone in (answer.get("AvailableZones") or {}).get("AvailableZone") or []
        if any(_words(zone))
    }


def _words(zone: Row) -> Iterator[str]:
    for resource in (zone.get("AvailableResources") or {}).get("AvailableResource") or []:
        for kind in (resource.get("SupportedResources") or {}).get("SupportedResource") or []:
            yield str(kind.get("StatusCategory") or "")


def _best(words: Iterable[str]) -> str:
    return max(words, key=lambda word: word in SOLD)


def resource_group(row: Row) -> str:
    """Read one of ListResourceGroups; empty for one that is on its way out."""
    return str(row["Id"]) if row.get("Status", "OK") in {"OK", "Creating"} else ""


def image_cache(row: Row) -> ImageCache:
    """Read one of DescribeImageCaches."""
    tags = {str(tag.get("Key")): str(tag.get("Value") or "") for tag in row.get("Tags") or []}
    record = Record.read(tags)
    return ImageCache(
        id=str(row["ImageCacheId"]),
        name=str(row.get("ImageCacheName") or ""),
        status=str(row.get("Status") or ""),
        stack=tags.get(STACK_TAG, ""),
        resource=record.resource if record else "",
        pending=record is not None and record.pending,
        evictable=row.get("EliminationStrategy") == "LRU",
        builder=str(row.get("ContainerGroupId") or ""),
        created=_moment(row.get("CreationTime")),
        matched=_moment(row.get("LastMatchedTime")),
    )


def pulls(row: Row) -> Iterator[Pull]:
    """Read the containers of one of DescribeContainerGroups that always pull."""
    for container in [*(row.get("InitContainers") or []), *(row.get("Containers") or [])]:
        if container.get("ImagePullPolicy") == "Always" and container.get("Image"):
            yield Pull(
                str(row["ContainerGroupId"]),
                str(row.get("ContainerGroupName") or ""),
                str(container["Image"]),
            )


def _moment(text: Any) -> datetime | None:
    return moment(str(text)) if text else None
