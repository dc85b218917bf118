"""Tests of diff: what a change of each property means."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.diff import Diff, Kind, diff
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.fields import NO_DEFAULT, UNKNOWN, Change, fields
from imagecache_provider.resource import build_id

Inputs = dict[str, Any]

OTHERS: Inputs = {
    "images": ["redis"],
    "imageCacheName": "another",
    "regionId": "cn-beijing",
    "zoneId": "cn-hangzhou-k",
    "vswitchIds": ["vsw-3"],
    "securityGroupId": "sg-2",
    "eipInstanceId": "eip-2",
    "resourceGroupId": "rg-2",
    "imageCacheSize": 60,
    "retentionDays": 8,
    "autoMatchImageCache": False,
    "flash": False,
    "flashCopyCount": 5,
    "standardCopyCount": 6,
    "eliminationStrategy": "",
    "imageRegistryCredentials": [{"server": "one.example.com", "userName": "one", "password": "rotated"}],
    "acrRegistryInfos": [{"instanceId": "cri-2"}],
    "plainHttpRegistries": ["other.example.com"],
    "insecureRegistries": ["other.example.com"],
    "annotations": "{'a': 1}",
    "osType": "Linux",
    "tags": {"team": "b"},
    "rebuildTriggers": ["3"],
    "awaitReady": True,
}
"""Another value for each property of `everything`."""

MEANINGS = {
    Change.BUILD: {"images", "imageCacheSize", "autoMatchImageCache", "flash", "rebuildTriggers"},
    Change.METADATA: {
        "imageCacheName",
        "retentionDays",
        "eliminationStrategy",
        "flashCopyCount",
        "standardCopyCount",
        "resourceGroupId",
        "tags",
    },
    Change.RECORD: {
        "vswitchIds",
        "securityGroupId",
        "eipInstanceId",
        "imageRegistryCredentials",
        "acrRegistryInfos",
        "zoneId",
        "plainHttpRegistries",
        "insecureRegistries",
        "annotations",
    },
    Change.REPLACE: {"osType", "regionId"},
    Change.LOCAL: {"awaitReady"},
}
"""The markers of the architecture's table, said a second time here so that a slip in the model shows."""

CREATE_ONLY = {
    "zoneId": "cn-hangzhou-k",
    "plainHttpRegistries": ["other.example.com"],
    "insecureRegistries": ["other.example.com"],
    "annotations": "{'a': 1}",
    "acrRegistryInfos": [{"instanceId": "cri-1", "arnService": "acs:ram::1:role/another"}],
}
"""RECORD properties, or parts of them, that UpdateImageCache can't carry."""


def compare(olds: Inputs, news: Inputs, last_build: str | None = None) -> Diff:
    """Compare inputs; the cloud works from the old ones unless told otherwise."""
    built = build_id(ImageCacheArgs, olds) if last_build is None else last_build
    return diff(ImageCacheArgs, olds, news, built)


def without(inputs: Inputs, *names: str) -> Inputs:
    """Return inputs without some of them."""
    return {name: value for name, value in inputs.items() if name not in names}


class TestEveryProperty:
    """A walk over all properties."""

    def test_meanings(self) -> None:
        """Each property has the marker of the architecture's table."""
        marked = {name: field.property.change for name, field in fields(ImageCacheArgs).items()}
        said = {name: change for change, names in MEANINGS.items() for name in names}
        assert marked == said

    def test_nothing(self, everything: Inputs) -> None:
        """The same inputs don't differ."""
        assert not compare(everything, dict(everything))

    def test_changed(self, everything: Inputs) -> None:
        """A change of each property alone differs as its marker says, and only it does."""
        assert everything.keys() == OTHERS.keys()
        for name, field in fields(ImageCacheArgs).items():
            found = compare(everything, {**everything, name: OTHERS[name]})
            (difference,) = found.differences
            assert (difference.property, difference.kind) == (name, Kind.UPDATE)
            assert difference.change is field.property.change
            assert difference.replaces == (difference.change is Change.REPLACE)
            assert difference.reason

    def test_added(self, everything: Inputs) -> None:
        """A property that was added differs, and needs another cache only where its change does."""
        for name, field in fields(ImageCacheArgs).items():
            (difference,) = compare(without(everything, name), everything).differences
            assert (difference.property, difference.kind) == (name, Kind.ADD)
            assert difference.replaces == (field.property.change is Change.REPLACE)

    def test_removed(self, everything: Inputs) -> None:
        """A property that was removed needs another cache where the cloud has nothing that undoes it."""
        for name, field in fields(ImageCacheArgs).items():
            (difference,) = compare(everything, without(everything, name)).differences
            assert (difference.property, difference.kind) == (name, Kind.DELETE)
            replaces = name in {"regionId", "osType", "retentionDays", "resourceGroupId", "imageCacheName"}
            assert difference.replaces == replaces
            if field.property.change is Change.METADATA:
                assert replaces == (field.property.default is NO_DEFAULT)

    def test_defaults(self) -> None:
        """A default that is spelled out is the same as nothing, in both directions."""
        for name, field in fields(ImageCacheArgs).items():
            default = field.property.default
            if default is NO_DEFAULT:
                continue
            spelled = {"images": ["nginx"], name: default}
            assert not compare({"images": ["nginx"]}, spelled)
            assert not compare(spelled, {"images": ["nginx"]})

    def test_documented_defaults(self) -> None:
        """The defaults are those that the cloud documents, and that of our own setting."""
        defaults = {name: field.property.default for name, field in fields(ImageCacheArgs).items()}
        assert {name: value for name, value in defaults.items() if value is not NO_DEFAULT} == {
            "eipInstanceId": "",
            "imageCacheSize": 20,
            "autoMatchImageCache": False,
            "flash": False,
            "flashCopyCount": 1,
            "standardCopyCount": 1,
            "eliminationStrategy": "",
            "osType": "Linux",
            "tags": {},
            "awaitReady": True,
        }

    def test_unknown(self, everything: Inputs) -> None:
        """What isn't known yet differs from what was, whichever property it is."""
        for name in everything:
            found = compare(everything, {**everything, name: UNKNOWN})
            assert [difference.property for difference in found.differences] == [name]

    def test_unknown_member(self, everything: Inputs) -> None:
        """A list or map with one member that isn't known differs."""
        for name, value in everything.items():
            if isinstance(value, list):
                changed: Any = [UNKNOWN, *value[1:]]
            elif isinstance(value, dict):
                changed = {**value, "team": UNKNOWN}
            else:
                continue
            found = compare(everything, {**everything, name: changed})
            assert [difference.property for difference in found.differences] == [name]

    def test_all_at_once(self, everything: Inputs) -> None:
        """Every property that differs is told, in the model's order."""
        found = compare(everything, OTHERS)
        assert [difference.property for difference in found.differences] == list(fields(ImageCacheArgs))


class TestImages:
    """Images, which can be spelled in many ways."""

    @pytest.mark.parametrize(
        "news",
        [
            ["redis:7", "nginx"],
            ["nginx:latest", "redis:7"],
            ["docker.io/library/nginx", "docker.io/redis:7"],
        ],
    )
    def test_same(self, news: list[str]) -> None:
        """Another order or spelling is no change."""
        assert not compare({"images": ["nginx", "redis:7"]}, {"images": news})

    @pytest.mark.parametrize(
        "news", [["nginx"], ["nginx", "redis:8"], ["nginx", "redis:7", "busybox"], ["nginx", "team/redis:7"]]
    )
    def test_different(self, news: list[str]) -> None:
        """Another image, one more or one less is a build."""
        found = compare({"images": ["nginx", "redis:7"]}, {"images": news})
        assert found.properties(Change.BUILD) == ["images"]
        assert found.replaces == []


class TestBuild:
    """Builds that an update can't carry."""

    @pytest.mark.parametrize("name", CREATE_ONLY)
    def test_record_alone(self, everything: Inputs, name: str) -> None:
        """A RECORD property that changes alone is only kept, though an update couldn't carry it."""
        found = compare(everything, {**everything, name: CREATE_ONLY[name]})
        assert found.properties(Change.RECORD) == [name]
        assert found.replaces == []

    @pytest.mark.parametrize("name", CREATE_ONLY)
    def test_with_a_build(self, everything: Inputs, name: str) -> None:
        """With a build, what an update can't carry takes another cache; the reason says so."""
        news = {**everything, name: CREATE_ONLY[name], "images": ["redis"]}
        found = compare(everything, news)
        assert found.replaces == ["images"]
        (reason,) = {each.reason for each in found.differences if each.replaces}
        assert "an update can't carry" in reason

    @pytest.mark.parametrize("name", CREATE_ONLY)
    def test_recorded_before(self, everything: Inputs, name: str) -> None:
        """What was changed and recorded earlier takes another cache at the next build too."""
        recorded = {**everything, name: CREATE_ONLY[name]}
        found = compare(recorded, {**recorded, "images": ["redis"]}, build_id(ImageCacheArgs, everything))
        assert found.replaces == ["images"]

    @pytest.mark.parametrize("part", ["arnService", "arnUser"])
    def test_roles(self, everything: Inputs, part: str) -> None:
        """The roles of an ACR instance can't be carried; its other parts can."""
        (info,) = everything["acrRegistryInfos"]
        role = {**everything, "acrRegistryInfos": [{**info, part: "acs:ram::3:role/x"}], "images": ["redis"]}
        domain = {**everything, "acrRegistryInfos": [{**info, "domains": []}], "images": ["redis"]}
        assert compare(everything, role).replaces == ["images"]
        assert compare(everything, domain).replaces == []

    @pytest.mark.parametrize(
        "name", ["vswitchIds", "securityGroupId", "eipInstanceId", "imageRegistryCredentials"]
    )
    def test_carried(self, everything: Inputs, name: str) -> None:
        """A build with another RECORD property that an update does carry stays in place."""
        news = {**everything, name: OTHERS[name], "images": ["redis"]}
        assert compare(everything, news).replaces == []

    def test_changed_back(self, everything: Inputs) -> None:
        """What is again as it was in the last build doesn't stand in the way."""
        recorded = {**everything, "zoneId": "cn-hangzhou-k"}
        news = {**everything, "images": ["redis"]}
        assert compare(recorded, news, build_id(ImageCacheArgs, everything)).replaces == []

    def test_each_build_property(self, everything: Inputs) -> None:
        """Every BUILD property of a build that an update can't carry takes another cache, and no other."""
        news = {**OTHERS, "regionId": everything["regionId"], "osType": everything["osType"]}
        assert set(compare(everything, news).replaces) == MEANINGS[Change.BUILD]

    def test_unknown_record(self, everything: Inputs) -> None:
        """While an update could carry what isn't known, what it can't carry is seen in the preview."""
        news = {**everything, "vswitchIds": [UNKNOWN], "zoneId": "cn-hangzhou-k", "images": ["redis"]}
        assert compare(everything, news).replaces == ["images"]

    def test_unknown_zone(self, everything: Inputs) -> None:
        """A zone that isn't known yet doesn't fail the preview of a build."""
        news = {**everything, "zoneId": UNKNOWN, "images": [UNKNOWN]}
        assert compare(everything, news).properties(Change.BUILD) == ["images"]

    def test_no_build_recorded(self, everything: Inputs) -> None:
        """Where no last build is known, a build is tried in place."""
        assert compare(everything, {**everything, "images": ["redis"]}, "").replaces == []

    @pytest.mark.parametrize("wrong", [20.5, "nginx", [None], [{}], {"a": "b"}, True])
    def test_wrong_types(self, everything: Inputs, wrong: Any) -> None:
        """A state that was edited by hand differs, whatever is in it."""
        edited = {**everything, "images": wrong, "acrRegistryInfos": [wrong]}
        assert set(compare(edited, everything).properties(Change.BUILD)) == {"images"}
        assert compare(everything, edited).properties(Change.RECORD) == ["acrRegistryInfos"]
