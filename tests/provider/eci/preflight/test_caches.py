"""Tests of the rules on names, expiry and use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from tests.provider.eci.preflight.plans import RIGHT, creating, updating

from imagecache_provider.eci.preflight import caches
from imagecache_provider.eci.preflight.facts import ImageCache, Pull
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.preflight import Plan

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def written(moment: datetime | None) -> str:
    """Write a moment as the cloud does; empty for none."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


class TestName:
    """`name_is_free`."""

    @pytest.mark.parametrize(("stack", "owner"), [("", "of no stack"), ("theirs", "another stack's")])
    def test_taken(self, stack: str, owner: str) -> None:
        """A name that a cache of another stack or of none has is told; the cloud takes it: it's no error."""
        facts = replace(RIGHT, caches=[ImageCache("imc-9", "web", "Ready", stack=stack)])
        (finding,) = caches.name_is_free(creating(), facts)
        assert finding.property == "imageCacheName"
        assert f"imc-9 in cn-hangzhou, {owner}, has the name web" in finding.fact
        assert not finding.certain

    @pytest.mark.parametrize(
        "plan",
        [
            creating(imageCacheName="old"),
            creating(imageCacheName="free"),
            creating(imageCacheName=UNKNOWN),
            updating("tags", imageCacheName="web"),
        ],
    )
    def test_nothing(self, plan: Plan) -> None:
        """Nothing is said of a name that is free or this stack's, isn't known, or isn't changed."""
        web = ImageCache("imc-9", "web", "Ready", stack="theirs")
        assert list(caches.name_is_free(plan, replace(RIGHT, caches=[*(RIGHT.caches or ()), web]))) == []

    def test_itself(self) -> None:
        """A cache that was imported has its own name."""
        facts = replace(RIGHT, caches=[ImageCache("imc-1", "web", "Ready")])
        assert list(caches.name_is_free(updating("imageCacheName"), facts)) == []


URN = "urn:pulumi:dev::shop::imagecache:eci:ImageCache::web"
SERVING = ImageCache("imc-1", "web-1a2b3c4", "Ready", stack="ours", resource="web's", created=NOW)


def lost(key: str = URN, **more: Any) -> Plan:
    """Give the plan of a create in a stack whose state is empty."""
    return replace(creating(key), resource="web's", state_is_empty=True, **more)


class TestIsThereAlready:
    """`is_there_already`."""

    @pytest.mark.parametrize("status", ["Ready", "Updating", "UpdateFailed"])
    def test_serving(self, status: str) -> None:
        """A cache that was handed over is told, with the import; an `up` would only make another one."""
        facts = replace(RIGHT, caches=[replace(SERVING, status=status)], home="cn-hangzhou")
        (finding,) = caches.is_there_already(lost(), facts)
        assert (finding.property, finding.certain) == ("imageCacheId", False)
        assert finding.fact.startswith("imc-1 in cn-hangzhou was made for this very resource")
        assert "another backend" in finding.remedy
        assert finding.remedy.endswith(
            "run this first: pulumi import imagecache:eci:ImageCache web imc-1 --protect=false"
            " --generate-code=false"
        )

    @pytest.mark.parametrize(
        "plan",
        [
            replace(lost(), state_is_empty=False),  # a forced replacement: the state has it
            lost(replaces=True),
            replace(lost(), resource="another's"),
            replace(lost(), stack="theirs"),
            replace(updating(builds=True), resource="web's", state_is_empty=True),
        ],
    )
    def test_other_plans(self, plan: Plan) -> None:
        """Nothing is said of replacements, whose old one is in the state, of other resources, of updates."""
        assert list(caches.is_there_already(plan, replace(RIGHT, caches=[SERVING]))) == []

    @pytest.mark.parametrize(
        "cache",
        [replace(SERVING, pending=True), replace(SERVING, status="Failed"), replace(SERVING, resource="")],
    )
    def test_other_caches(self, cache: ImageCache) -> None:
        """Nothing is said of what an `up` adopts or cleans up, nor of what doesn't tell whose it is."""
        assert list(caches.is_there_already(lost(), replace(RIGHT, caches=[cache]))) == []

    def test_not_asked(self) -> None:
        """Nothing is said where the list couldn't be had."""
        assert list(caches.is_there_already(lost(), replace(RIGHT, caches=None))) == []

    def test_another_region(self) -> None:
        """Outside the provider's region the ID to import has the region in front."""
        facts = replace(RIGHT, caches=[SERVING], home="cn-beijing")
        (finding,) = caches.is_there_already(lost(), facts)
        assert " web cn-hangzhou/imc-1 " in finding.remedy

    def test_parent(self) -> None:
        """A resource with a parent is imported by its options: the command would need the parent's URN."""
        plan = lost(URN.replace("imagecache:eci", "shop:index:Site$imagecache:eci"))
        (finding,) = caches.is_there_already(plan, replace(RIGHT, caches=[SERVING], home="cn-hangzhou"))
        assert "by `import`, which is imc-1, among the resource's options" in finding.remedy
        assert "pulumi import" not in finding.remedy

    def test_several(self) -> None:
        """Of several all are told, and the newest is offered."""
        newer = replace(SERVING, id="imc-0", created=NOW + timedelta(days=1))
        facts = replace(RIGHT, caches=[newer, SERVING], home="cn-hangzhou")
        (finding,) = caches.is_there_already(lost(), facts)
        assert "imc-0 and imc-1 in cn-hangzhou were made for this very resource" in finding.fact
        assert " web imc-0 " in finding.remedy


class TestExpires:
    """`expires`."""

    @pytest.mark.parametrize(
        ("ends", "lives", "found"),
        [
            (timedelta(days=5), timedelta(days=30), "in 5 days"),
            (timedelta(days=1, hours=3), timedelta(days=30), "in 1 day"),
            (timedelta(hours=3), timedelta(days=30), "in 3 hours"),
            (timedelta(days=1), timedelta(days=3), "in 1 day"),
            (timedelta(days=2), timedelta(days=3), ""),
            (timedelta(days=8), timedelta(days=30), ""),
            (timedelta(days=-1), timedelta(days=30), ""),
        ],
    )
    def test_soon(self, ends: timedelta, lives: timedelta, found: str) -> None:
        """It's told within the days, not of what is past, and of a short life in its second half only."""
        expires = NOW + ends
        outputs = {"expireDateTime": written(expires), "creationTime": written(expires - lives)}
        said = [finding.fact for finding in caches.expires(outputs, NOW, 7)]
        assert (len(said) == 1 and found in said[0]) if found else said == []

    @pytest.mark.parametrize("text", ["", None, "soon", "2026-03-02T00:00:00"])
    def test_never(self, text: Any) -> None:
        """A cache that never expires, or whose record was edited by hand, isn't told of."""
        assert list(caches.expires({"expireDateTime": text}, NOW, 7)) == []


class TestUnused:
    """`unused`, by the record, and `unused_now`, by the cloud's list."""

    @pytest.mark.parametrize(
        ("created", "matched", "found"),
        [
            (8, None, "nothing has matched it in its 8 days"),
            (6, None, ""),
            (90, 31, "nothing has matched it for 31 days"),
            (90, 29, ""),
        ],
    )
    def test_days(self, created: int, matched: int | None, found: str) -> None:
        """A cache is told of that nothing used for as long as an automatic one would be kept."""
        made = NOW - timedelta(days=created)
        used = None if matched is None else NOW - timedelta(days=matched)
        outputs = {"status": "Ready", "creationTime": written(made), "lastMatchedTime": written(used)}
        cache = ImageCache("imc-1", "web", "Ready", created=made, matched=used)
        for findings in (caches.unused(outputs, NOW), caches.unused_now(cache, NOW)):
            said = [finding.fact for finding in findings]
            assert (len(said) == 1 and found in said[0]) if found else said == []

    def test_not_ready(self) -> None:
        """One that isn't usable has other troubles."""
        made = NOW - timedelta(days=60)
        outputs = {"status": "Failed", "creationTime": written(made)}
        cache = ImageCache("imc-1", "web", "Failed", created=made)
        assert [*caches.unused(outputs, NOW), *caches.unused_now(cache, NOW)] == []


class TestAlways:
    """`always_pulled`."""

    def test_groups(self) -> None:
        """Groups that pull one of the images at every start are told, however its name is spelled."""
        pulls = [
            Pull(f"eci-{number}", f"app-{number}", "docker.io/library/nginx:1.27") for number in range(4)
        ]
        facts = replace(RIGHT, pulls=[*pulls, Pull("eci-9", "other", "nginx:1.28")])
        (finding,) = caches.always_pulled(["busybox", "nginx:1.27"], facts)
        assert finding.property == "images"
        assert "app-0 (eci-0), app-1 (eci-1), app-2 (eci-2) and 1 more pull" in finding.fact
        assert not finding.certain

    @pytest.mark.parametrize("images", [["busybox"], UNKNOWN, [UNKNOWN]])
    def test_nothing(self, images: Any) -> None:
        """Nothing is said of other images, or of what isn't known."""
        facts = replace(RIGHT, pulls=[Pull("eci-1", "app", "nginx:1.27")])
        assert list(caches.always_pulled(images, facts)) == []
