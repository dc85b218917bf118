"""Tests of the model's rules that the check's tests don't reach, and of what the model says of itself."""

from __future__ import annotations

from imagecache_provider.eci.image_cache_model import (
    MOST_TAGS,
    ImageCacheArgs,
    ImageCacheState,
    count,
    distinct,
    distinct_images,
    same_images,
)
from imagecache_provider.fields import UNKNOWN, fields
from imagecache_provider.resource import HIDDEN_TAGS

NOT_UPDATABLE = {"zoneId", "plainHttpRegistries", "insecureRegistries", "annotations", "osType"}
RETURNED = {
    "images",
    "imageCacheName",
    "resourceGroupId",
    "imageCacheSize",
    "eliminationStrategy",
    "tags",
}


def test_updatable() -> None:
    """What UpdateImageCache can't carry is what section 1 of the spec says, parts of objects too."""
    known = fields(ImageCacheArgs)
    nested = known["acrRegistryInfos"].nested
    assert nested is not None
    assert {name for name, field in known.items() if not field.property.updatable} == NOT_UPDATABLE
    parts = {name for name, part in fields(nested).items() if not part.property.updatable}
    assert parts == {"arnService", "arnUser"}


def test_returned() -> None:
    """What DescribeImageCaches returns is what section 2 of the spec says."""
    returned = {name for name, field in fields(ImageCacheArgs).items() if field.property.returned}
    assert returned == RETURNED


def test_outputs() -> None:
    """The outputs are those of DescribeImageCaches that are no inputs, the region and the build."""
    assert list(fields(ImageCacheState)) == [
        "imageCacheId",
        "containerGroupId",
        "snapshotId",
        "flashSnapshotId",
        "status",
        "progress",
        "creationTime",
        "expireDateTime",
        "lastMatchedTime",
        "events",
        "regionId",
        "buildId",
        "accountId",
    ]


def test_room_for_the_hidden_tags() -> None:
    """The user's tags and the provider's own fill the cloud's 20."""
    assert MOST_TAGS + len(HIDDEN_TAGS) == 20


def test_count() -> None:
    """A count fits lists and maps, and says nothing of anything else."""
    rule = count(1, 2, "things")
    assert rule([]) == "has 0 things; 1 to 2 are possible"
    assert rule({"a": 1, "b": 2, "c": 3}) == "has 3 things; 1 to 2 are possible"
    assert [rule(value) for value in (["a"], {"a": 1}, "abc", 5, UNKNOWN)] == [None] * 5


def test_distinct() -> None:
    """Members are the same by the named parts; what lacks them or isn't known is the same as nothing."""
    rule = distinct("server")
    assert rule([{"server": "a"}, {"server": "b"}, {"server": UNKNOWN}, {"server": UNKNOWN}]) is None
    assert rule([{"server": "a", "x": 1}, {"server": "a", "x": 2}]) == "has 'a' twice: keep one of them"
    assert distinct()(["a", UNKNOWN, UNKNOWN, "b"]) is None
    assert distinct()("aa") is None


def test_parts_that_are_missing() -> None:
    """Two objects that lack their key aren't called the same: that they lack it is told already."""
    assert distinct("server")([{}, {}]) is None


def test_distinct_images() -> None:
    """Only right images are compared: a wrong one has its own failure."""
    assert distinct_images(["a b", "a b", 5, UNKNOWN, UNKNOWN]) is None
    assert "twice" in str(distinct_images(["nginx", "docker.io/nginx:latest"]))


def test_same_images() -> None:
    """Lists of the same images have one form."""
    assert same_images(["redis", "nginx:latest"]) == same_images(["nginx", "library/redis"])
