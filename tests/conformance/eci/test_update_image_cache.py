"""UpdateImageCache: what it changes, what it leaves, and when it builds anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

Show = Callable[[str], dict[str, Any]]
Wait = Callable[[Callable[[], Any]], Any]

BUILDS = pytest.mark.costs("transit instances, their disks and snapshots, for minutes")


@BUILDS
def test_images(eci: Product, image_cache: Callable[..., str], shown: Show, eventually: Wait) -> None:
    """New images rebuild the cache under its ID: Updating, then Ready with another snapshot."""
    image_cache_id = image_cache()
    before = shown(image_cache_id)
    assert eci("UpdateImageCache", ImageCacheId=image_cache_id, Image=["redis:7"])["RequestId"]
    assert shown(image_cache_id)["Status"] == "Updating"
    eventually(lambda: shown(image_cache_id)["Status"] == "Ready")
    after = shown(image_cache_id)
    assert after["Images"] == ["redis:7"]
    assert after["SnapshotId"] != before["SnapshotId"]
    assert after["CreationTime"] == before["CreationTime"]


@BUILDS
def test_rebuild_with_everything(
    eci: Product, image_cache: Callable[..., str], shown: Show, eventually: Wait, network: dict[str, str]
) -> None:
    """An update takes what the build takes: size, network, Flash, copies, reuse, registries."""
    image_cache_id = image_cache()
    eci(
        "UpdateImageCache",
        ImageCacheId=image_cache_id,
        Image=["nginx:1.25"],
        ImageCacheSize=30,
        VSwitchId=network["VSwitchId"],
        SecurityGroupId=network["SecurityGroupId"],
        EipInstanceId="",
        Flash=True,
        FlashCopyCount=2,
        StandardCopyCount=2,
        AutoMatchImageCache=True,
        ImageRegistryCredential=[{"Server": "registry.example.com", "UserName": "a", "Password": "b"}],
        AcrRegistryInfo=[
            {
                "InstanceId": "cri-1",
                "InstanceName": "a",
                "RegionId": "cn-hangzhou",
                "Domain": ["a.example.com"],
            }
        ],
    )
    eventually(lambda: shown(image_cache_id).get("FlashSnapshotId"))
    assert shown(image_cache_id)["ImageCacheSize"] == 30


@BUILDS
def test_metadata(eci: Product, image_cache: Callable[..., str], shown: Show) -> None:
    """Name, retention and strategy change at once, without a build."""
    image_cache_id = image_cache()
    group = shown(image_cache_id)["ResourceGroupId"]
    eci("UpdateImageCache", ImageCacheId=image_cache_id, ImageCacheName="other", RetentionDays=3,
        EliminationStrategy="LRU", ResourceGroupId=group)  # fmt: skip
    cache = shown(image_cache_id)
    assert (cache["Status"], cache["ImageCacheName"]) == ("Ready", "other")
    assert (cache["EliminationStrategy"], cache["ResourceGroupId"]) == ("LRU", group)
    assert cache["ExpireDateTime"] > cache["CreationTime"]


@BUILDS
def test_tags_are_added(eci: Product, image_cache: Callable[..., str], shown: Show) -> None:
    """Tags that an update names are added to those that are there."""
    image_cache_id = image_cache(Tag=[{"Key": "a", "Value": "1"}])
    eci("UpdateImageCache", ImageCacheId=image_cache_id, Tag=[{"Key": "b", "Value": "2"}])
    tags = {tag["Key"]: tag["Value"] for tag in shown(image_cache_id)["Tags"]}
    assert {key: value for key, value in tags.items() if key != RUN_TAG} == {"a": "1", "b": "2"}


@BUILDS
def test_failed_update(eci: Product, image_cache: Callable[..., str], shown: Show, eventually: Wait) -> None:
    """An update that can't be built ends UpdateFailed; the cache may be updated again, and be Ready then."""
    image_cache_id = image_cache()
    eci("UpdateImageCache", ImageCacheId=image_cache_id, Image=["nginx:this-tag-does-not-exist"])
    eventually(lambda: shown(image_cache_id)["Status"] == "UpdateFailed")
    eci("UpdateImageCache", ImageCacheId=image_cache_id, Image=["nginx:1.25"])
    eventually(lambda: shown(image_cache_id)["Status"] == "Ready")


@BUILDS
def test_while_it_builds(eci: Product, image_cache: Callable[..., str]) -> None:
    """A cache that is being built can't be updated."""
    image_cache_id = image_cache(until="")
    refusal = eci.refused("UpdateImageCache", ImageCacheId=image_cache_id, Image=["redis:7"])
    assert refusal == (400, "ImageCache.IncorrectStatus")


@BUILDS
def test_client_token(eci: Product, image_cache: Callable[..., str], account: Account) -> None:
    """A repeated update with the same ClientToken is answered like the first; another one is refused."""
    named = {"ImageCacheId": image_cache(), "ClientToken": account.run}
    eci("UpdateImageCache", **named, Image=["redis:7"])
    eci("UpdateImageCache", **named, Image=["redis:7"])
    refusal = eci.refused("UpdateImageCache", **named, Image=["redis:8"])
    assert refusal == (400, "IdempotentParameterMismatch")


@BUILDS
@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"Image": ["Not An Image"]}, (400, "InvalidParameter.Image")),
        ({"ImageCacheSize": 1}, (400, "InvalidParameter.ImageCacheSize")),
        ({"RetentionDays": 0}, (400, "InvalidParameter.RetentionDays")),
        ({"FlashCopyCount": 0}, (400, "InvalidParameter.FlashCopyCount")),
        ({"StandardCopyCount": 0}, (400, "InvalidParameter.StandardCopyCount")),
        ({"EliminationStrategy": "MRU"}, (400, "InvalidParameter.EliminationStrategy")),
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"SecurityGroupId": "sg-none"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"EipInstanceId": "eip-none"}, (404, "InvalidEipInstanceId.NotFound")),
        ({"ResourceGroupId": "rg-none"}, (404, "InvalidResourceGroup.NotFound")),
        (
            {"Tag": [{"Key": f"key-{number}", "Value": ""} for number in range(20)]},
            (400, "NumberExceed.Tags"),
        ),
    ],
)
def test_refused(
    eci: Product,
    image_cache: Callable[..., str],
    shown: Show,
    parameters: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    """What is out of its range or not there is refused, and the cache stays as it was."""
    image_cache_id = image_cache()
    before = shown(image_cache_id)
    assert eci.refused("UpdateImageCache", ImageCacheId=image_cache_id, **parameters) == refusal
    assert shown(image_cache_id) == before


def test_unknown(eci: Product) -> None:
    """An ID that there isn't is refused."""
    refusal = eci.refused("UpdateImageCache", ImageCacheId="imc-none", Image=["nginx:1.25"])
    assert refusal == (404, "InvalidParameter.NotFound")


@pytest.mark.parametrize("name", ["RegionId", "ImageCacheId"])
def test_required(eci: Product, name: str) -> None:
    """Region and ID are required."""
    named = {"ImageCacheId": "imc-none", "Image": ["nginx:1.25"], name: None}
    assert eci.refused("UpdateImageCache", **named) == (400, f"Missing{name}")
