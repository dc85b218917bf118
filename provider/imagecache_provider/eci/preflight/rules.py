"""Preflight of image caches: the rules, and when they are asked about. Fulfils `preflight.Preflight`.

`ImageCache.connect` makes one for an account. The engine previews many resources at once, each in a call of
its own: those that come within a moment are looked at together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imagecache_provider.clock import Clock, comes_first
from imagecache_provider.eci.client import Client
from imagecache_provider.eci.preflight import account, caches, internet, network
from imagecache_provider.eci.preflight.facts import Facts, region_of
from imagecache_provider.eci.preflight.gaps import Gaps
from imagecache_provider.eci.preflight.questions import RegionQuestions, by_region
from imagecache_provider.preflight import Finding, Judgement, Mode, Plan

RULES: tuple[Callable[[Plan, Facts], Iterable[Finding]], ...] = (
    network.vswitches_exist,
    network.security_group_exists,
    network.one_vpc,
    network.zone_agrees,
    network.free_addresses,
    network.eip_is_free,
    network.shared_eip,
    internet.reaches_internet,
    account.room_in_the_quota,
    account.stock_in_the_zones,
    account.resource_group_exists,
    caches.name_is_free,
    caches.is_there_already,
)
_MOMENT = 0.05
"""Seconds in which plans come together; nobody notices them."""
_PATIENCE = 10.0
"""Seconds after which a preview goes on without what hasn't been answered."""


@dataclass(frozen=True)
class _Watched:
    """A cache that exists and that nothing is done with."""

    id: str
    inputs: Mapping[str, Any]


@dataclass
class _Round:
    """Plans that are looked at together."""

    plans: list[Plan]
    task: asyncio.Task[None]


class ImageCachePreflight:
    """What is found wrong with image caches of one account before they are built.

    Args:
        client: calls to the account, which give up soon.
        clock: what waiting and expiry go by.
        mode: what the fronts do with what is found.
        expiry_warning_days: how long before it expires a cache is warned of; 0 for never.
        home: the account's region where a resource names none.
    """

    def __init__(self, client: Client, clock: Clock, mode: Mode, expiry_warning_days: int, home: str) -> None:
        self.mode = mode
        self._client = client
        self._clock = clock
        self._expiry_warning_days = expiry_warning_days
        self._home = home
        self._gaps = Gaps()
        self._regions: dict[str, RegionQuestions] = {}
        self._watched: dict[str, _Watched] = {}
        self._gathering: _Round | None = None
        self._asking = asyncio.Lock()
        self._stopped = asyncio.Event()

    def recorded(
        self, outputs: Mapping[str, Any], changed: Collection[str], *, fresh: bool
    ) -> Iterator[Finding]:
        """Say what the record of a cache tells: it expires soon; freshly read, that nothing uses it."""
        now = self._clock.now()
        if "retentionDays" not in changed:
            yield from caches.expires(outputs, now, self._expiry_warning_days)
        if fresh:
            yield from caches.unused(outputs, now)

    def watch(self, key: str, id: str, inputs: Mapping[str, Any]) -> list[Finding]:
        """Say what the lists tell of a cache that nothing is done with, now or with the next plan."""
        watched = _Watched(id, inputs)
        facts = self._questions(str(inputs.get("regionId"))).facts()
        if facts.pulls is None:
            self._watched[key] = watched
            return []
        return self._told_of(watched, facts)

    def passes(self, plan: Plan) -> None:
        """Take in a plan that isn't looked at; an EIP that its build has then is no finding of another."""
        if region := region_of(plan):
            self._questions(region).passed.append(plan)

    def stop(self) -> None:
        """End all waiting."""
        self._stopped.set()

    async def judge(self, plan: Plan) -> Judgement:
        """Ask what the rules need for a plan, together with all plans that come now; apply them."""
        region = region_of(plan)
        if self._stopped.is_set() or not region:
            return Judgement()
        if not self._gaps.off:
            await self._ask(plan)
        questions = self._questions(region)
        if refusal := self._gaps.refusal or questions.refusal:
            return Judgement((refusal,), gaps=self._gaps.notes())
        facts = questions.facts()
        found = [finding for rule in RULES for finding in rule(plan, facts)]
        if plan.builds:
            found += caches.always_pulled(plan.inputs.get("images"), facts)
        return Judgement(tuple(found), tuple(self._about_watched(region, facts)), self._gaps.notes())

    def _about_watched(self, region: str, facts: Facts) -> list[tuple[str, Finding]]:
        if facts.pulls is None:
            return []
        here = [key for key, each in self._watched.items() if each.inputs.get("regionId") == region]
        watched = {key: self._watched.pop(key) for key in here}
        return [(key, finding) for key, each in watched.items() for finding in self._told_of(each, facts)]

    def _told_of(self, watched: _Watched, facts: Facts) -> list[Finding]:
        seen = [cache for cache in facts.caches or () if cache.id == watched.id]
        unused = [finding for cache in seen for finding in caches.unused_now(cache, self._clock.now())]
        return [*unused, *caches.always_pulled(watched.inputs.get("images"), facts)]

    async def _ask(self, plan: Plan) -> None:
        gathering = self._gathering
        if gathering is None or gathering.task.done():  # one that was cut off takes nobody any more
            plans: list[Plan] = []
            gathering = _Round(plans, asyncio.ensure_future(self._carry_out(plans)))
            self._gathering = gathering
        gathering.plans.append(plan)
        await asyncio.shield(gathering.task)  # who is cancelled doesn't take the answers from the others

    async def _carry_out(self, gathered: list[Plan]) -> None:
        await self._clock.sleep(_MOMENT)
        async with self._asking:
            self._gathering = None
            parts = by_region(gathered)
            for region, plans in parts.items():
                self._questions(region).plans.extend(plans)
            asking = self._ask_all(parts)
            in_time = await comes_first(asking, self._clock.sleep(_PATIENCE), self._stopped.wait())
            if not in_time and not self._stopped.is_set():
                self._gaps.give_up(f"the answers took more than {_PATIENCE:.0f} seconds")

    async def _ask_all(self, parts: Mapping[str, list[Plan]]) -> None:
        await self._gaps.side_by_side(
            self._questions(region).ask_for(plans) for region, plans in parts.items()
        )

    def _questions(self, region: str) -> RegionQuestions:
        if region not in self._regions:
            self._regions[region] = RegionQuestions(self._client, region, self._gaps, self._home)
        return self._regions[region]
