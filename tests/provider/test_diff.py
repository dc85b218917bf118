"""Tests of diff: what a change of each property means."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from imagecache_provider.diff import Diff, Kind, described, diff, drifted
from imagecache_provider.eci.image_cache import observed
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.fields import NO_DEFAULT, OPTIONAL, UNKNOWN, Change, Model, Property, fields
from imagecache_provider.resource import (
    RESOURCE_TAG,
    STACK_TAG,
    Observed,
    Phase,
    build_id,
    fixed_digest,
    fixed_inputs,
)

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
            kind = Kind.DELETE if OTHERS[name] == "" else Kind.UPDATE
            assert (difference.property, difference.kind) == (name, kind)
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

    @pytest.mark.parametrize("empty", ["", [], {}])
    def test_empty(self, empty: Any) -> None:
        """What is empty, on either side, is the same as nothing."""
        for name, field in fields(ImageCacheArgs).items():
            if field.is_empty(empty):
                given = {"images": ["nginx"], name: empty}
                assert not compare({"images": ["nginx"]}, given)
                assert not compare(given, {"images": ["nginx"]})

    def test_empty_part(self, everything: Inputs) -> None:
        """So is an empty part of an object in a list."""
        (info,) = everything["acrRegistryInfos"]
        bare = {**everything, "acrRegistryInfos": [without(info, "arnUser")]}
        spelled = {**everything, "acrRegistryInfos": [{**info, "arnUser": ""}]}
        assert not compare(bare, spelled)
        assert not compare(spelled, bare)

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
        assert reason == "the build's zone, registries or roles changed too, which an update can't carry"

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

    def test_empty_in_the_last_build(self) -> None:
        """What is empty stands in no build's way, whether the last one was recorded with or without it."""
        news = {"images": ["redis"], "zoneId": "", "securityGroupId": "sg-1"}
        olds = {**news, "images": ["nginx"]}
        counted, left_out = (fixed_digest(fixed_inputs(ImageCacheArgs, each)) for each in (olds, {}))
        assert counted != left_out
        for last in (f"0-{counted}", f"0-{left_out}", build_id(ImageCacheArgs, olds)):
            assert compare(olds, news, last).replaces == []
        assert compare(olds, news, "0-other").replaces == ["images"]

    def test_no_build_recorded(self, everything: Inputs) -> None:
        """Where no last build is known, a build is tried in place."""
        assert compare(everything, {**everything, "images": ["redis"]}, "").replaces == []

    @pytest.mark.parametrize("wrong", [20.5, "nginx", [None], [{}], {"a": "b"}, True])
    def test_wrong_types(self, everything: Inputs, wrong: Any) -> None:
        """A state that was edited by hand differs, whatever is in it."""
        edited = {**everything, "images": wrong, "acrRegistryInfos": [wrong]}
        assert set(compare(edited, everything).properties(Change.BUILD)) == {"images"}
        assert compare(everything, edited).properties(Change.RECORD) == ["acrRegistryInfos"]


def shown(tags: dict[str, str] | None = None, derived: Inputs | None = None, **returned: Any) -> Observed:
    """Return a cache as the cloud shows it: what it returns of the inputs, and its tags."""
    return Observed("imc-1", Phase.READY, "Ready", "100%", {}, returned, derived or {}, tags or {})


CLOUDS_OWN = {
    STACK_TAG: "a",
    RESOURCE_TAG: "b",
    "acs:ecs:x": "c",
    "ACS:rm": "d",
    "aliyun": "e",
    "Aliyun-eci": "f",
}
"""Tags that no user has set: our own two, and those of the cloud."""
USERS = {"team": "web", "pulumi": "", "xacs:a": "1", "my-aliyun": "2", "pulumi-imagecache": "3", "acs": "4"}
"""Tags that look like them, and are a user's."""


class TestDrifted:
    """What the inputs would be that describe what the cloud has."""

    def test_nothing(self) -> None:
        """What the cloud has as it was asked for keeps the user's own form."""
        inputs = {"images": ["nginx", "redis:7"], "imageCacheName": "web", "flash": True}
        same = ["docker.io/library/redis:7", "docker.io/library/nginx:latest"]
        seen = shown(images=same, imageCacheName="web", imageCacheSize=20, eliminationStrategy="")
        assert drifted(ImageCacheArgs, inputs, seen) == inputs

    def test_changed(self) -> None:
        """What differs is what the cloud has; what it doesn't return is as the user wrote it."""
        inputs = {"images": ["nginx"], "imageCacheName": "web", "zoneId": "a"}
        seen = shown(images=["redis"], imageCacheName="other", imageCacheSize=40, eliminationStrategy="LRU")
        assert drifted(ImageCacheArgs, inputs, seen) == {
            "images": ["redis"],
            "imageCacheName": "other",
            "zoneId": "a",
            "imageCacheSize": 40,
            "eliminationStrategy": "LRU",
        }

    def test_assigned(self) -> None:
        """What the cloud chose is no drift where the user chose nothing, and is one where they did."""
        seen = shown(images=["nginx"], resourceGroupId="rg-default")
        assert drifted(ImageCacheArgs, {"images": ["nginx"]}, seen) == {"images": ["nginx"]}
        empty = {"images": ["nginx"], "resourceGroupId": ""}
        assert drifted(ImageCacheArgs, empty, seen) == empty
        chosen = {"images": ["nginx"], "resourceGroupId": "rg-1"}
        assert drifted(ImageCacheArgs, chosen, seen) == {**chosen, "resourceGroupId": "rg-default"}

    def test_derived_without_a_state(self) -> None:
        """What is worked out of outputs is left out where the state's outputs aren't at hand."""
        inputs = {"images": ["nginx"]}
        assert drifted(ImageCacheArgs, inputs, shown(derived={"retentionDays": 7})) == inputs

    @pytest.mark.parametrize("given", [None, {}, USERS, {"team": "other"}])
    def test_tags(self, given: dict[str, str] | None) -> None:
        """The cloud's own tags and ours are never a user's; all others are compared one by one."""
        inputs: Inputs = {"images": ["nginx"], **({} if given is None else {"tags": given})}
        assert drifted(ImageCacheArgs, inputs, shown(CLOUDS_OWN)).get("tags", {}) == {}
        assert drifted(ImageCacheArgs, inputs, shown({**CLOUDS_OWN, **USERS}))["tags"] == USERS

    @pytest.mark.parametrize("given", [{}, {"tags": {}}])
    def test_no_tags(self, given: Inputs) -> None:
        """Where the user has no tags, the cloud's own add none, not even an empty map."""
        assert drifted(ImageCacheArgs, given, shown(CLOUDS_OWN)) == given

    def test_inputs_stay(self) -> None:
        """The inputs that were handed in are left as they are."""
        inputs: Inputs = {"images": ["nginx"]}
        drifted(ImageCacheArgs, inputs, shown({"a": "b"}, images=["redis"]))
        assert inputs == {"images": ["nginx"]}


class TestDescribed:
    """A cache of which only the cloud knows, as inputs."""

    def test_described(self) -> None:
        """What is told or worked out is an input; defaults and what the cloud chose go without saying."""
        seen = shown(
            {**CLOUDS_OWN, **USERS},
            {"retentionDays": 7},
            images=["nginx"],
            imageCacheName="web",
            imageCacheSize=20,
            eliminationStrategy="LRU",
            resourceGroupId="rg-default",
        )
        assert described(ImageCacheArgs, seen) == {
            "images": ["nginx"],
            "imageCacheName": "web",
            "eliminationStrategy": "LRU",
            "retentionDays": 7,
            "tags": USERS,
        }

    def test_no_tags(self) -> None:
        """The cloud's own tags and ours alone are none."""
        assert described(ImageCacheArgs, shown(CLOUDS_OWN, images=["nginx"])) == {"images": ["nginx"]}

    def test_empty(self) -> None:
        """What the cloud returns empty is none."""
        seen = shown(images=["nginx"], imageCacheName="", retentionDays=None)
        assert described(ImageCacheArgs, seen) == {"images": ["nginx"]}


TOLD: Inputs = {
    "images": ["nginx"],
    "imageCacheName": "web",
    "regionId": "cn-hangzhou",
    "retentionDays": 7,
    "resourceGroupId": "rg-1",
    "imageCacheSize": 40,
}


class TestImport:
    """A program against what was only now read from the cloud, which doesn't tell everything."""

    @pytest.mark.parametrize(
        ("changes", "change", "replaces"),
        [
            ({"images": ["redis"]}, Change.BUILD, False),
            ({"imageCacheSize": 60}, Change.BUILD, False),
            ({"regionId": "cn-beijing"}, Change.REPLACE, True),
            ({"imageCacheName": "other"}, Change.METADATA, False),
            ({"retentionDays": 8}, Change.METADATA, False),
            ({"flashCopyCount": 2}, Change.METADATA, False),
            ({"flash": True}, Change.RECORD, False),
            ({"autoMatchImageCache": True}, Change.RECORD, False),
            ({"rebuildTriggers": ["1"]}, Change.RECORD, False),
            ({"osType": "Windows"}, Change.RECORD, False),
            ({"zoneId": "a"}, Change.RECORD, False),
            ({"awaitReady": False}, Change.RECORD, False),
            ({"retentionDays": None}, Change.RECORD, False),
            ({"resourceGroupId": None}, Change.RECORD, False),
            ({"imageCacheSize": None}, Change.RECORD, False),
        ],
    )
    def test_meanings(self, changes: Inputs, change: Change, replaces: bool) -> None:
        """What the cloud tells is compared; for all else the program's word is taken, and builds nothing."""
        news = {name: value for name, value in {**TOLD, **changes}.items() if value is not None}
        (difference,) = diff(ImageCacheArgs, TOLD, news, "", imported=True).differences
        assert (difference.property, difference.change, difference.replaces) == (*changes, change, replaces)
        reason = "the cloud tells no more: recorded as the program has it; nothing is built now"
        assert (difference.reason == reason) == (change is Change.RECORD)

    def test_tags(self) -> None:
        """Tags are told: a program without them takes them off."""
        olds = {**TOLD, "tags": {"a": "b"}}
        (difference,) = diff(ImageCacheArgs, olds, TOLD, "", imported=True).differences
        assert (difference.change, difference.kind) == (Change.METADATA, Kind.DELETE)

    @pytest.mark.parametrize(("derived", "change"), [("", Change.RECORD), ("diskSize", Change.BUILD)])
    def test_derived(self, derived: str, change: Change) -> None:
        """What can be worked out of an output is told as well as what the cloud returns."""

        class Args(Model):
            """The inputs of a kind of its own."""

            size: Annotated[int, Property("A size.", change=Change.BUILD, derived=derived)] = OPTIONAL

        (difference,) = diff(Args, {"size": 1}, {"size": 2}, "", imported=True).differences
        assert difference.change is change


class TestReasons:
    """What is said of a difference."""

    @pytest.mark.parametrize(
        ("olds", "news", "reason"),
        [
            ({}, {"flash": True}, "the images are pulled again; until the cache is Ready, new pods pull"),
            ({}, {"imageCacheName": "a"}, "changed in place, without a build"),
            ({}, {"zoneId": "a"}, "kept for the next build; nothing is built now"),
            ({}, {"osType": "Windows"}, "another cache is needed"),
            ({}, {"awaitReady": False}, "a setting of the provider's own"),
            (
                {"retentionDays": 1},
                {},
                "the cloud has no value that undoes retentionDays; another cache is needed",
            ),
        ],
    )
    def test_reason(self, olds: Inputs, news: Inputs, reason: str) -> None:
        """Each meaning is told in words."""
        (difference,) = compare(olds, news).differences
        assert difference.reason.startswith(reason)
        assert difference.input


class TestRetention:
    """The retention, which the cloud only tells by dates."""

    MADE = "2026-01-01T00:00:00Z"

    def drift(self, expires: str, recorded: str, days: int | None = 7, **shown: str) -> int | None:
        """Give the retention that is recorded after a Read; 0 for none.

        Args:
            expires: when the cloud will delete the cache, as it says now.
            recorded: the same, as the state has it.
            days: the retention of the program.
            shown: what else the cloud shows.
        """
        cache = {"ImageCacheId": "imc-1", "Status": "Ready", "CreationTime": self.MADE, **shown}
        seen = observed({**cache, "ExpireDateTime": expires} if expires else cache)
        inputs: Inputs = {} if days is None else {"retentionDays": days}
        return drifted(ImageCacheArgs, inputs, seen, {"expireDateTime": recorded}).get("retentionDays")

    @pytest.mark.parametrize(
        ("expires", "recorded"),
        [
            ("2026-01-08T00:00:00Z", "2026-01-08T00:00:00Z"),
            ("2026-01-08T00:00:00Z", ""),  # it wasn't waited for, so that nobody has seen it yet
            ("2026-01-08T00:00:07Z", "2026-01-08T00:00:00Z"),  # the cloud counts from its answer
            ("2026-01-07T23:59:59Z", "2026-01-08T00:00:00Z"),
            ("2026-01-08T03:00:00Z", ""),  # from the end of a build of three hours
            ("2026-02-20T00:00:00Z", "2026-02-20T00:00:00Z"),  # from our last update
            ("2025-12-25T00:00:00Z", "2026-01-08T00:00:00Z"),  # before it was made
            ("0001-01-01T00:00:00Z", ""),
            ("9999-12-31T23:59:59Z", ""),  # a cloud's way to write never
            ("2026-01-08", "2026-01-08T00:00:00Z"),
            ("2026-01-08T00:00:00", "2026-01-08T00:00:00Z"),
            ("never", "2026-01-08T00:00:00Z"),
            ("", "2026-01-08T00:00:00Z"),  # nothing takes a retention away
            ("", ""),
        ],
    )
    @pytest.mark.parametrize("status", ["Ready", "Updating", "Preparing", "UpdateFailed"])
    def test_none(self, expires: str, recorded: str, status: str) -> None:
        """What our own create or update explains is no drift, nor are dates that no retention does."""
        assert self.drift(expires, recorded, Status=status) == 7

    def test_failed(self) -> None:
        """A failed cache goes after a day, whatever its retention."""
        assert self.drift("2026-01-02T00:00:00Z", "", Status="Failed") == 7
        assert self.drift("2026-01-02T00:00:00Z", "2026-01-08T00:00:00Z", Status="Failed") == 7

    @pytest.mark.parametrize("made", ["", "soon"])
    def test_no_creation(self, made: str) -> None:
        """Without a creation there's nothing to count from."""
        assert self.drift("2026-01-02T00:00:00Z", "", CreationTime=made) == 7

    @pytest.mark.parametrize("recorded", ["2026-01-08T00:00:00Z", "", "soon"])
    @pytest.mark.parametrize(
        ("expires", "days"),
        [
            ("2026-01-02T00:00:00Z", 1),
            ("2026-01-01T02:00:00Z", 1),  # less than the cloud takes: it's told as the least
            ("2026-01-31T00:00:00Z", 30),
            ("2026-01-09T00:00:00Z", 8),
            ("2205-06-08T00:00:00Z", 65536),
        ],
    )
    def test_drift(self, expires: str, recorded: str, days: int) -> None:
        """Another end than was recorded is another retention."""
        assert self.drift(expires, recorded) == days

    def test_not_wanted(self) -> None:
        """A retention that the program doesn't have is drift if it came later; an import's own isn't."""
        assert self.drift("2026-01-02T00:00:00Z", "", days=None) == 1
        assert self.drift("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", days=None) is None
