"""Rules on what the account has: room in its quota, stock in the zones, the resource group. Pure.

Sources: spec/eci-image-cache.md, section 3 (quota, LRU, the transit instance) and section 6.
"""

from __future__ import annotations

from collections.abc import Iterator

from imagecache_provider.eci.preflight.facts import Facts, region_of, vswitch_ids
from imagecache_provider.eci.preflight.network import listed
from imagecache_provider.fields import has_unknown
from imagecache_provider.preflight import Finding, Plan

SOLD = frozenset({"WithStock", "ClosedWithStock"})
"""The words of DescribeAvailableResource for what can be had."""
NOTHING = "not offered"


def room_in_the_quota(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """The caches that this run adds fit into the quota; said at the one that is the first too many."""
    if not plan.adds or facts.usage is None:
        return
    added = [each for each in facts.plans if each.adds]
    place = added.index(plan) + 1
    room = max(0, facts.usage.most - facts.usage.used)
    if place != room + 1:
        return
    evictable = [cache for cache in facts.caches or () if cache.evictable and cache.status == "Ready"]
    counted = f"{facts.usage.used} of {facts.usage.most} image caches are there in {region_of(plan)}"
    many = f", and this run adds {place}" if place > 1 else ""
    if evictable:
        yield Finding(
            "regionId",
            f"{counted}{many}: the cloud makes room by deleting the one with eliminationStrategy LRU that is"
            f" least used, now {len(evictable)} of them, such as {evictable[0].name} ({evictable[0].id})",
            "delete caches that nobody needs, or ask for a larger quota",
            certain=False,
            everywhere=True,
        )
        return
    yield Finding(
        "regionId",
        f"{counted}{many}: there's no room for this one",
        "delete caches that nobody needs, set eliminationStrategy to LRU on some, or ask for a larger quota",
        # One that takes another's place may well go first (deleteBeforeReplace), which a preview doesn't say.
        certain=not plan.replaces,
        everywhere=True,
    )


def stock_in_the_zones(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """One of the zones in which the build may be has what it takes."""
    zones = _zones(plan, facts)
    if not plan.builds or facts.stock is None or not zones:
        return
    left = {zone: facts.stock.get(zone, NOTHING) for zone in zones}
    if any(word in SOLD for word in left.values()):
        return
    said = ", ".join(f"{zone} ({word})" for zone, word in left.items())
    yield Finding(
        "vswitchIds" if vswitch_ids(plan) else "zoneId",
        f"the instance with 2 vCPU and 4 GiB that builds the cache isn't to be had in {said}",
        "add vSwitches of other zones, so that the cloud can choose, or try again later",
    )


def _zones(plan: Plan, facts: Facts) -> list[str]:
    """Give the zone of each place that a build may be in; none where that isn't known, or may be any."""
    named = plan.inputs.get("vswitchIds")
    if named:
        vswitches = facts.named(plan)
        known = not has_unknown(named) and len(vswitches) == len(named)
        return [vswitch.zone for vswitch in vswitches] if known else []
    zone = plan.inputs.get("zoneId")
    return [zone] if isinstance(zone, str) and zone else []


def resource_group_exists(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """The resource group is one of the account."""
    group = plan.known("resourceGroupId")
    if not group or facts.resource_groups is None or group in facts.resource_groups:
        return
    there = sorted(facts.resource_groups)
    fits = f"; there are {listed(there)}" if 0 < len(there) <= _FEW else ""
    yield Finding(
        "resourceGroupId",
        f"{group} is no resource group of this account{fits}",
        "use one of the account's, or leave it out for the default one",
    )


_FEW = 5
