"""Tests of the rules on quota, stock and resource group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.provider.eci.preflight.plans import RIGHT, SECOND, among, creating, updating

from imagecache_provider.eci.preflight import account
from imagecache_provider.eci.preflight.facts import ImageCache, Usage
from imagecache_provider.eci.preflight.network import listed
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.preflight import Plan


class TestQuota:
    """`room_in_the_quota`."""

    def test_first_too_many(self) -> None:
        """Of all that a run adds, the first that doesn't fit is told; caches that are there don't count."""
        plans = [updating(builds=True), *(creating(f"web-{number}") for number in range(5))]
        facts = among(replace(RIGHT, usage=Usage(most=12, used=10)), *plans)
        found = [list(account.room_in_the_quota(plan, facts)) for plan in plans]
        assert [len(each) for each in found] == [0, 0, 0, 1, 0, 0]
        (finding,) = found[3]
        there = "10 of 12 image caches are there in cn-hangzhou"
        assert finding.fact == f"{there}, and this run adds 3: there's no room for this one"
        assert finding.remedy == (
            "delete caches that nobody needs, set eliminationStrategy to LRU on some, or ask for a larger"
            " quota"
        )
        assert finding.certain

    @pytest.mark.parametrize("used", [12, 14])
    def test_full(self, used: int) -> None:
        """A quota that is full, or was lowered since, has no room for the first."""
        plan = creating()
        facts = among(replace(RIGHT, usage=Usage(most=12, used=used)), plan)
        (finding,) = account.room_in_the_quota(plan, facts)
        assert f"{used} of 12 image caches are there in cn-hangzhou: " in finding.fact

    def test_replacement(self) -> None:
        """What takes another's place may come after that has gone: it's no error."""
        plan = replace(creating(), replaces=True)
        (finding,) = account.room_in_the_quota(plan, among(replace(RIGHT, usage=Usage(1, 1)), plan))
        assert not finding.certain

    def test_eviction(self) -> None:
        """Where the cloud may delete others to make room, it's told which, and is no error."""
        plan = creating()
        caches = [ImageCache("imc-2", "spare", "Ready", evictable=True), ImageCache("imc-3", "kept", "Ready")]
        facts = among(replace(RIGHT, usage=Usage(2, 2), caches=caches), plan)
        (finding,) = account.room_in_the_quota(plan, facts)
        assert "such as spare (imc-2)" in finding.fact
        assert not finding.certain

    def test_eviction_is_of_what_is_ready(self) -> None:
        """Only Ready caches that may be evicted count; how many there are is told, and the first is named."""
        plans = [creating(f"web-{number}") for number in range(2)]
        caches = [
            ImageCache("imc-1", "busy", "Creating", evictable=True),
            ImageCache("imc-2", "spare", "Ready", evictable=True),
            ImageCache("imc-3", "other", "Ready", evictable=True),
            ImageCache("imc-4", "kept", "Ready"),
        ]
        facts = among(replace(RIGHT, usage=Usage(5, 4), caches=caches), *plans)
        assert list(account.room_in_the_quota(plans[0], facts)) == []
        (finding,) = account.room_in_the_quota(plans[1], facts)
        assert finding.property == "regionId"
        assert finding.fact == (
            "4 of 5 image caches are there in cn-hangzhou, and this run adds 2: the cloud makes room by"
            " deleting the one with eliminationStrategy LRU that is least used, now 2 of them, such as spare"
            " (imc-2)"
        )
        assert finding.remedy == "delete caches that nobody needs, or ask for a larger quota"
        facts = among(replace(facts, caches=[caches[0], caches[3]]), *plans)
        (finding,) = account.room_in_the_quota(plans[1], facts)
        assert "there's no room for this one" in finding.fact
        assert finding.certain

    def test_caches_not_told(self) -> None:
        """A full quota is told where the cloud doesn't list the caches."""
        plan = creating()
        facts = among(replace(RIGHT, usage=Usage(2, 2), caches=None), plan)
        (finding,) = account.room_in_the_quota(plan, facts)
        assert finding.fact == "2 of 2 image caches are there in cn-hangzhou: there's no room for this one"
        assert (finding.property, finding.certain) == ("regionId", True)

    def test_update(self) -> None:
        """An update adds nothing: a full quota is nothing to it."""
        plan = updating(builds=True)
        assert list(account.room_in_the_quota(plan, among(replace(RIGHT, usage=Usage(1, 1)), plan))) == []

    def test_not_told(self) -> None:
        """Nothing is said where the cloud doesn't tell the quota."""
        plan = creating()
        assert list(account.room_in_the_quota(plan, among(replace(RIGHT, usage=None), plan))) == []


class TestStock:
    """`stock_in_the_zones`."""

    @pytest.mark.parametrize("stock", [{}, {"cn-hangzhou-h": "WithoutStock"}])
    def test_none(self, stock: dict[str, str]) -> None:
        """A zone that is sold out or doesn't offer the instance is told in the cloud's word."""
        (finding,) = account.stock_in_the_zones(creating(), replace(RIGHT, stock=stock))
        assert finding.property == "vswitchIds"
        assert f"cn-hangzhou-h ({stock.get('cn-hangzhou-h', 'not offered')})" in finding.fact
        assert finding.remedy == (
            "add vSwitches of other zones, so that the cloud can choose, or try again later"
        )

    def test_zone(self) -> None:
        """So is a zone that is named without a vSwitch."""
        plan = creating(vswitchIds=None, zoneId="cn-hangzhou-x")
        (finding,) = account.stock_in_the_zones(plan, RIGHT)
        assert finding.property == "zoneId"

    @pytest.mark.parametrize(
        "plan",
        [
            creating(),
            creating(vswitchIds=["vsw-1", "vsw-2"]),
            creating(vswitchIds=["vsw-1", UNKNOWN]),
            creating(vswitchIds=None),
            updating("vswitchIds"),
        ],
    )
    def test_nothing(self, plan: Plan) -> None:
        """Nothing is said where one of the zones has some, may be any, or nothing is built."""
        facts = replace(RIGHT, stock={"cn-hangzhou-h": "ClosedWithStock", "cn-hangzhou-i": "WithoutStock"})
        assert list(account.stock_in_the_zones(plan, facts)) == []

    @pytest.mark.parametrize("word", ["WithStock", "ClosedWithStock"])
    def test_sold(self, word: str) -> None:
        """Each of the cloud's two words for what can be had lets a zone pass."""
        assert (
            list(account.stock_in_the_zones(creating(), replace(RIGHT, stock={"cn-hangzhou-h": word}))) == []
        )

    @pytest.mark.parametrize("word", ["WithoutStock", "ClosedWithoutStock", "withstock", ""])
    def test_not_sold(self, word: str) -> None:
        """Any other word doesn't."""
        (finding,) = account.stock_in_the_zones(creating(), replace(RIGHT, stock={"cn-hangzhou-h": word}))
        assert f"isn't to be had in cn-hangzhou-h ({word})" in finding.fact
        assert finding.certain

    def test_each_zone_once(self) -> None:
        """Where all zones are sold out, each is told once."""
        third = replace(SECOND, id="vsw-3")
        facts = replace(
            RIGHT, vswitches={**(RIGHT.vswitches or {}), "vsw-3": third}, stock={"cn-hangzhou-i": "No"}
        )
        (finding,) = account.stock_in_the_zones(creating(vswitchIds=["vsw-1", "vsw-2", "vsw-3"]), facts)
        assert finding.fact.endswith("isn't to be had in cn-hangzhou-h (not offered), cn-hangzhou-i (No)")

    @pytest.mark.parametrize(
        "plan",
        [
            updating("vswitchIds"),
            creating(vswitchIds=["vsw-1", UNKNOWN]),
            creating(vswitchIds=UNKNOWN),
            creating(vswitchIds=["vsw-1", "vsw-9"]),
            creating(vswitchIds=[]),
            creating(vswitchIds=None, zoneId=UNKNOWN),
            creating(vswitchIds=None, zoneId=""),
            creating(vswitchIds=["vsw-1", "vsw-9"], zoneId="cn-hangzhou-h"),
        ],
    )
    def test_nothing_where_all_is_sold_out(self, plan: Plan) -> None:
        """Nothing is said of a zone that isn't known, or of an update that builds nothing."""
        assert list(account.stock_in_the_zones(plan, replace(RIGHT, stock={}))) == []

    def test_stock_not_told(self) -> None:
        """Nothing is said where the cloud doesn't tell the stock."""
        assert list(account.stock_in_the_zones(creating(), replace(RIGHT, stock=None))) == []


class TestResourceGroup:
    """`resource_group_exists`."""

    @pytest.mark.parametrize("count", [0, 1, 5, 6])
    def test_those_that_are(self, count: int) -> None:
        """Up to five groups are listed, in order; more, or none, aren't."""
        groups = [f"rg-{number}" for number in range(1, count + 1)]
        facts = replace(RIGHT, resource_groups=frozenset(reversed(groups)))
        (finding,) = account.resource_group_exists(creating(resourceGroupId="rg-0"), facts)
        there = f"; there are {listed(groups)}" if count in {1, 5} else ""
        assert finding.fact == f"rg-0 is no resource group of this account{there}"
        assert (finding.property, finding.certain) == ("resourceGroupId", True)

    def test_not_told(self) -> None:
        """Nothing is said where the cloud doesn't tell the groups, and of a group that an update leaves."""
        plan = creating(resourceGroupId="rg-0")
        assert list(account.resource_group_exists(plan, replace(RIGHT, resource_groups=None))) == []
        assert list(account.resource_group_exists(updating("tags", resourceGroupId="rg-0"), RIGHT)) == []

    def test_missing(self) -> None:
        """A group that isn't the account's is told, with those that are if they're few."""
        (finding,) = account.resource_group_exists(creating(resourceGroupId="rg-0"), RIGHT)
        assert finding.fact == "rg-0 is no resource group of this account; there are rg-1"
        assert finding.remedy == "use one of the account's, or leave it out for the default one"

    @pytest.mark.parametrize("group", ["rg-1", UNKNOWN, None])
    def test_nothing(self, group: Any) -> None:
        """Nothing is said of one that exists or isn't known."""
        assert list(account.resource_group_exists(creating(resourceGroupId=group), RIGHT)) == []
