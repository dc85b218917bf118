"""Tests of ClientToken: a repeated call is answered as the first was, and does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]
ONCE = {"ImageCacheName": "web", "Image.1": "nginx", "ClientToken": "token-1"}


def test_repeated_create(cloud: Cloud, call: Call) -> None:
    """The same token and parameters give the first answer under a new request ID, and one cache."""
    first, second = (call("CreateImageCache", ONCE, algorithm=algorithm) for algorithm in (None, "v2"))
    assert first.pop("RequestId") != second.pop("RequestId")
    assert first == second
    assert len(cloud.eci.image_caches) == 1


def test_repeated_after_failure_and_deletion(cloud: Cloud, call: Call) -> None:
    """The first answer comes again although its cache has failed, or is gone."""
    failing = {**ONCE, "Image.1": "missing"}
    first = call("CreateImageCache", failing)["ImageCacheId"]
    cloud.advance(600)
    assert call("CreateImageCache", failing)["ImageCacheId"] == first
    call("DeleteImageCache", {"ImageCacheId": first})
    assert call("CreateImageCache", failing)["ImageCacheId"] == first
    assert not cloud.eci.image_caches


def test_other_parameters(cloud: Cloud, refusal: Refusal, call: Call) -> None:
    """The same token with other parameters is refused."""
    call("CreateImageCache", ONCE)
    refused = refusal("CreateImageCache", {**ONCE, "Image.1": "redis"})
    assert refused == (400, "IdempotentParameterMismatch")
    assert len(cloud.eci.image_caches) == 1


def test_after_a_day(cloud: Cloud, call: Call) -> None:
    """A token is remembered for 24 simulated hours."""
    first = call("CreateImageCache", ONCE)["ImageCacheId"]
    cloud.advance(24 * 3600)
    assert call("CreateImageCache", ONCE)["ImageCacheId"] == first
    cloud.advance(1)
    assert call("CreateImageCache", ONCE)["ImageCacheId"] != first


def test_refused_call_may_be_repeated(cloud: Cloud, refusal: Refusal, call: Call) -> None:
    """A call that was refused doesn't bind its token."""
    cloud.quotas["MaxImageCacheCount"] = 0
    assert refusal("CreateImageCache", ONCE) == (403, "QuotaExceeded")
    cloud.quotas["MaxImageCacheCount"] = 1
    assert call("CreateImageCache", ONCE)["ImageCacheId"]


def test_token_belongs_to_action_and_region(cloud: Cloud, call: Call) -> None:
    """One token may stand in different actions, and in different regions."""
    image_cache_id = call("CreateImageCache", ONCE)["ImageCacheId"]
    call("CreateImageCache", {**ONCE, "RegionId": "cn-beijing"})
    token = {"ImageCacheId": image_cache_id, "ClientToken": "token-1"}
    cloud.advance(600)
    call("UpdateImageCache", {**token, "RetentionDays": 3})
    call("DeleteImageCache", token)
    assert len(cloud.eci.image_caches) == 1


def test_repeated_update_and_delete(cloud: Cloud, call: Call) -> None:
    """A repeated update doesn't rebuild again, and a repeated deletion succeeds though nothing is there."""
    image_cache_id = call("CreateImageCache", ONCE)["ImageCacheId"]
    cloud.advance(600)
    update = {"ImageCacheId": image_cache_id, "Image.1": "redis", "ClientToken": "u"}
    for _ in range(2):
        call("UpdateImageCache", update)
    assert cloud.eci.image_caches[image_cache_id].status == "Updating"
    for _ in range(2):
        call("DeleteImageCache", {"ImageCacheId": image_cache_id, "ClientToken": "d"})


def test_empty_token(cloud: Cloud, call: Call) -> None:
    """An empty token is none."""
    for _ in range(2):
        call("CreateImageCache", {**ONCE, "ClientToken": ""})
    assert len(cloud.eci.image_caches) == 2


def test_network_calls(cloud: Cloud, call: Call) -> None:
    """The network's creations are idempotent as well."""
    for _ in range(2):
        call("CreateVpc", {"ClientToken": "v"}, product="vpc")
        call("AllocateEipAddress", {"ClientToken": "e"}, product="vpc")
    assert (len(cloud.vpc.vpcs), len(cloud.vpc.eips)) == (1, 1)
