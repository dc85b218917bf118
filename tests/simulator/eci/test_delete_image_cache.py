"""Tests of DeleteImageCache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]


@pytest.mark.parametrize(("seconds", "status"), [(0, "Preparing"), (40, "Creating"), (600, "Ready")])
def test_any_state(cloud: Cloud, call: Call, create: Create, seconds: float, status: str) -> None:
    """A cache can be deleted in any state, and is gone at once."""
    image_cache_id = create()
    cloud.advance(seconds)
    assert cloud.eci.image_caches[image_cache_id].status == status
    assert call("DeleteImageCache", {"ImageCacheId": image_cache_id}).keys() == {"RequestId"}
    assert call("DescribeImageCaches", {"ImageCacheId": image_cache_id})["ImageCaches"] == []


def test_failed_cache(cloud: Cloud, call: Call, create: Create) -> None:
    """A failed cache can be deleted before its day is over."""
    image_cache_id = create(Image__1="missing")
    cloud.advance(600)
    assert cloud.eci.image_caches[image_cache_id].status == "Failed"
    call("DeleteImageCache", {"ImageCacheId": image_cache_id})
    assert not cloud.eci.image_caches


def test_building_cache_frees_what_it_holds(
    cloud: Cloud, call: Call, create: Create, network: dict[str, str]
) -> None:
    """A cache deleted while it's being built holds no network any more: all of it can be deleted."""
    names = ("EipInstanceId", "VSwitchId", "SecurityGroupId")
    image_cache_id = create(**{name: network[name] for name in names})
    call("DeleteImageCache", {"ImageCacheId": image_cache_id})
    call("ReleaseEipAddress", {"AllocationId": network["EipInstanceId"]}, product="vpc")
    call("DeleteSecurityGroup", {"SecurityGroupId": network["SecurityGroupId"]}, product="ecs")
    call("DeleteVSwitch", {"VSwitchId": network["VSwitchId"]}, product="vpc")
    call("DeleteVpc", {"VpcId": network["VpcId"]}, product="vpc")
    assert not cloud.vpc.vpcs


def test_unknown_cache(refusal: Callable[..., Any], create: Create) -> None:
    """A cache that isn't there, or is in another region, isn't found."""
    missing = (404, "InvalidParameter.NotFound")
    assert refusal("DeleteImageCache", {"ImageCacheId": "imc-none"}) == missing
    assert refusal("DeleteImageCache", {"ImageCacheId": create(), "RegionId": "cn-beijing"}) == missing
    assert refusal("DeleteImageCache") == (400, "MissingImageCacheId")
