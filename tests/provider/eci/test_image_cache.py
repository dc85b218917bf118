"""Tests of the image cache's calls: which action, with which parameters, and how answers are read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.image_cache import ImageCache, observed
from imagecache_provider.eci.products import ECI, Product
from imagecache_provider.errors import ConfigurationError
from imagecache_provider.resource import RESOURCE_TAG, STACK_TAG, Phase

REGION = "cn-hangzhou"
HIDDEN = {STACK_TAG: "s", RESOURCE_TAG: "r.t.b"}


class Recorder:
    """A client that remembers calls and gives prepared answers, the last one for ever."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, dict[str, str]]] = []

    async def call(
        self, action: str, parameters: Mapping[str, str], *, paced: bool = False, product: Product = ECI
    ) -> dict[str, Any]:
        """Remember a call; only creates go by a pace of their own."""
        assert paced is (action == "CreateImageCache")
        assert product is ECI
        self.calls.append((action, dict(parameters)))
        return self.answers.pop(0) if len(self.answers) > 1 else (self.answers or [{}])[0]


def cache(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return an element of DescribeImageCaches."""
    return {"ImageCacheId": f"imc-{number}", "Status": "Ready", **fields}


class TestCalls:
    """What is sent."""

    def test_create(self, everything: dict[str, Any]) -> None:
        """A create is its request, the ClientToken and all tags; it gives the ID."""
        client = Recorder({"ImageCacheId": "imc-1"})
        resource = ImageCache(client)
        assert asyncio.run(resource.create(everything, HIDDEN, "token")) == "imc-1"
        ((action, sent),) = client.calls
        assert action == "CreateImageCache"
        assert sent["ClientToken"] == "token"
        keys = {value for name, value in sent.items() if name.startswith("Tag.") and name.endswith("Key")}
        assert keys == {"team", "stage", *HIDDEN}
        request = resource.request(everything)
        untagged = {name: value for name, value in request.items() if not name.startswith("Tag.")}
        assert untagged.items() <= sent.items()

    def test_request(self, everything: dict[str, Any]) -> None:
        """A request has neither ClientToken nor hidden tags: a repeated create has the same."""
        request = ImageCache(Recorder()).request(everything)
        assert "ClientToken" not in request
        assert not set(HIDDEN) & set(request.values())

    def test_rebuild(self, everything: dict[str, Any]) -> None:
        """A rebuild sends all that an update takes, and nothing that only a create does."""
        client = Recorder()
        asyncio.run(ImageCache(client).rebuild("imc-1", everything, HIDDEN, "token"))
        ((action, sent),) = client.calls
        assert action == "UpdateImageCache"
        assert {name.partition(".")[0] for name in sent} == {
            "RegionId",
            "ImageCacheId",
            "ImageCacheName",
            "Image",
            "SecurityGroupId",
            "VSwitchId",
            "EipInstanceId",
            "ResourceGroupId",
            "ClientToken",
            "ImageCacheSize",
            "RetentionDays",
            "AutoMatchImageCache",
            "Flash",
            "FlashCopyCount",
            "StandardCopyCount",
            "EliminationStrategy",
            "ImageRegistryCredential",
            "Tag",
            "AcrRegistryInfo",
        }
        assert "AcrRegistryInfo.1.Domain.2" in sent
        assert not any("Arn" in name for name in sent)

    def test_update(self, everything: dict[str, Any]) -> None:
        """An update sends what changed, and what is required."""
        client = Recorder()
        asyncio.run(ImageCache(client).update("imc-1", everything, ["retentionDays"], "token"))
        assert client.calls == [
            (
                "UpdateImageCache",
                {
                    "RegionId": REGION,
                    "ImageCacheId": "imc-1",
                    "ImageCacheName": "mine",
                    "RetentionDays": "7",
                    "ClientToken": "token",
                },
            )
        ]

    def test_tag(self) -> None:
        """Tags are removed first, so that there is room; without anything to do nothing is called."""
        client = Recorder()
        resource = ImageCache(client)
        asyncio.run(resource.tag("imc-1", REGION, {}, []))
        assert client.calls == []
        asyncio.run(resource.tag("imc-1", REGION, {"a": "1"}, {"c", "b"}))
        which = {"RegionId": REGION, "ResourceType": "ImageCache", "ResourceId.1": "imc-1"}
        assert client.calls == [
            ("UntagResources", {**which, "TagKey.1": "b", "TagKey.2": "c"}),
            ("TagResources", {**which, "Tag.1.Key": "a", "Tag.1.Value": "1"}),
        ]

    def test_delete(self) -> None:
        """A delete names the cache and its region."""
        client = Recorder()
        asyncio.run(ImageCache(client).delete("imc-1", REGION))
        assert client.calls == [("DeleteImageCache", {"RegionId": REGION, "ImageCacheId": "imc-1"})]

    @pytest.mark.parametrize(("eip", "name"), [("eip-1", "eip-1"), (None, None), ("", None)])
    def test_exclusive(self, eip: str | None, name: str | None) -> None:
        """What one build has for itself is its EIP, if it has one."""
        assert (ImageCache(Recorder()).exclusive({"eipInstanceId": eip}) or None) == name


class TestDescribe:
    """How caches are looked up."""

    def test_few(self) -> None:
        """Few are looked up one by one."""
        client = Recorder({"ImageCaches": [cache(1)]}, {"ImageCaches": []})
        found = asyncio.run(ImageCache(client).describe(REGION, ["imc-1", "imc-2"]))
        assert list(found) == ["imc-1"]
        assert [sent["ImageCacheId"] for _, sent in client.calls] == ["imc-1", "imc-2"]

    def test_many(self) -> None:
        """Many are looked up by listing the region; other caches of it aren't given."""
        client = Recorder({"ImageCaches": [cache(number) for number in range(9)]})
        ids = [f"imc-{number}" for number in range(5)]
        assert list(asyncio.run(ImageCache(client).describe(REGION, ids))) == ids
        assert client.calls == [("DescribeImageCaches", {"RegionId": REGION, "Limit": "20"})]

    def test_pages(self) -> None:
        """A listing goes on to its last page."""
        client = Recorder(
            {"ImageCaches": [cache(1)], "NextToken": "a"},
            {"ImageCaches": [cache(2)], "NextToken": "b"},
            {"ImageCaches": [cache(3)], "NextToken": ""},
        )
        found = asyncio.run(ImageCache(client).find(REGION, {"a": "1"}))
        assert [each.id for each in found] == ["imc-1", "imc-2", "imc-3"]
        assert [sent.get("NextToken") for _, sent in client.calls] == [None, "a", "b"]
        assert all(sent["Tag.1.Key"] == "a" for _, sent in client.calls)

    def test_none(self) -> None:
        """An answer without caches is none."""
        assert asyncio.run(ImageCache(Recorder({})).describe(REGION, ["imc-1"])) == {}


class TestObserved:
    """How one element of an answer is read."""

    @pytest.mark.parametrize(
        ("status", "phase"),
        [
            ("Preparing", Phase.BUILDING),
            ("Creating", Phase.BUILDING),
            ("Updating", Phase.REBUILDING),
            ("Ready", Phase.READY),
            ("Failed", Phase.FAILED),
            ("UpdateFailed", Phase.UPDATE_FAILED),
        ],
    )
    def test_phase(self, status: str, phase: Phase) -> None:
        """Each of the cloud's statuses is a phase."""
        assert observed(cache(Status=status)).phase is phase

    def test_least(self) -> None:
        """What the cloud leaves out is empty."""
        seen = observed({"ImageCacheId": "imc-1"})
        assert (seen.status, seen.progress, seen.tags, seen.reasons, seen.record) == ("", "", {}, (), None)
        assert seen.outputs["snapshotId"] == ""
        assert seen.outputs["events"] == []

    def test_events(self) -> None:
        """Events come in the order of time; the warnings among them are the reasons of a failure."""
        events = [
            {
                "Type": "Warning",
                "Reason": "Failed",
                "Message": "x" * 300,
                "LastTimestamp": "2026-01-01T00:00:02Z",
            },
            {
                "Type": "Normal",
                "Reason": "Started",
                "Message": "a",
                "LastTimestamp": "2026-01-01T00:00:01Z",
                "Count": 2,
            },
        ]
        seen = observed(cache(Events=events))
        assert [event["reason"] for event in seen.outputs["events"]] == ["Started", "Failed"]
        assert seen.outputs["events"][0] == {
            "type": "Normal",
            "reason": "Started",
            "message": "a",
            "count": 2,
            "lastTimestamp": "2026-01-01T00:00:01Z",
        }
        assert len(seen.outputs["events"][1]["message"]) == 200
        assert seen.reasons == ("Failed: " + "x" * 300,)

    def test_bare_event(self) -> None:
        """An event that lacks parts, as in the cloud's older answers, is read all the same."""
        assert observed(cache(Events=[{}])).outputs["events"][0]["count"] == 1

    def test_returned(self) -> None:
        """Inputs that the cloud returns are read by their Pulumi names."""
        seen = observed(
            cache(
                ImageCacheName="a",
                Images=["nginx"],
                ImageCacheSize=20,
                EliminationStrategy="LRU",
                ResourceGroupId="rg-1",
            )
        )
        assert seen.returned == {
            "imageCacheName": "a",
            "images": ["nginx"],
            "imageCacheSize": 20,
            "eliminationStrategy": "LRU",
            "resourceGroupId": "rg-1",
        }

    def test_tags(self) -> None:
        """Tags are a map, those without a value too; the hidden one is the record."""
        seen = observed(cache(Tags=[{"Key": "a"}, {"Key": RESOURCE_TAG, "Value": "r.t.b"}]))
        assert seen.tags == {"a": "", RESOURCE_TAG: "r.t.b"}
        assert seen.record is not None
        assert str(seen.record) == "r.t.b"


class TestConnect:
    """Binding to an account."""

    def test_settings(self) -> None:
        """Region and secrets are those of the account; without a region it is said how to set one."""
        config = {
            "imagecache:region": REGION,
            "imagecache:accessKey": "key",
            "imagecache:secretKey": "hidden",
        }
        connection = ImageCache.connect(config, {}, SystemClock())
        assert (connection.region, connection.secrets) == (REGION, ("hidden",))
        assert isinstance(connection.resource, ImageCache)
        bare = ImageCache.connect({}, {}, SystemClock())
        assert bare.region == ""
        assert "imagecache:region" in bare.missing_region

    def test_unreadable(self) -> None:
        """A setting that can't be read is an error here."""
        with pytest.raises(ConfigurationError, match="half set"):
            ImageCache.connect({"imagecache:accessKey": "key"}, {}, SystemClock())
