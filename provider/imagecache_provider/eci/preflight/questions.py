"""What is asked of the cloud for the rules, in as few calls as will do: read-only, kept for the process.

`rules.ImageCachePreflight` hands over all plans that came together. A handful of IDs is looked up, more are
found in a list of the region, which then answers for all that come later. So a hundred caches take no more
calls than a few, beside the pages of those lists.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from imagecache_provider.eci.client import Client
from imagecache_provider.eci.preflight import answers, lists
from imagecache_provider.eci.preflight.facts import Facts, Nat, Pull, Usage, VSwitch, region_of, vswitch_ids
from imagecache_provider.eci.preflight.facts import ImageCache as SeenCache
from imagecache_provider.eci.preflight.gaps import Gaps
from imagecache_provider.eci.preflight.internet import looks_for_a_way_out
from imagecache_provider.eci.preflight.lists import Listing, listed_by_number, listed_by_token
from imagecache_provider.eci.preflight.region import no_such_region
from imagecache_provider.eci.products import ECI
from imagecache_provider.preflight import Finding, Plan
from imagecache_provider.resource import SINGLY

T = TypeVar("T")

_TRANSIT = {
    "DestinationResource.Category": "InstanceType",
    "DestinationResource.Cores": "2",
    "DestinationResource.Memory": "4",
}
"""The instance that builds a cache [spec: eci-image-cache.md, section 3]."""
_GROUP_PAGES = 5
"""So many pages of 20 container groups, the newest, are looked at: they are there to warn, not to count."""


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of thing that is looked up by IDs.

    Attributes:
        listing: the list that has it.
        id: reads a row's ID.
        read: reads a row.
        chunk: how many IDs a call may name.
        named: gives the parameters that name them.
    """

    listing: Listing
    id: str
    read: Callable[[Mapping[str, Any]], T]
    chunk: int
    named: Callable[[Collection[str]], dict[str, str]]


_VSWITCHES = Kind(lists.VSWITCHES, "VSwitchId", answers.vswitch, 1, lambda ids: {"VSwitchId": "".join(ids)})
_GROUPS = Kind(
    lists.SECURITY_GROUPS,
    "SecurityGroupId",
    answers.security_group,
    100,
    lambda ids: {"SecurityGroupIds": json.dumps(list(ids))},
)
_EIPS = Kind(lists.EIPS, "AllocationId", answers.eip, 50, lambda ids: {"AllocationId": ",".join(ids)})


class LookedUp(Generic[T]):
    """The things of one kind in one region that were asked for so far.

    Attributes:
        known: by ID; None for one that doesn't exist.
    """

    def __init__(self, kind: Kind[T], client: Client, region: str, gaps: Gaps) -> None:
        self._kind = kind
        self._client = client
        self._region = region
        self._gaps = gaps
        self._calls = 0
        self._whole = False
        self._closed = False
        self.known: dict[str, T | None] = {}

    async def look_up(self, ids: Iterable[str]) -> None:
        """Get to know these, if they aren't known."""
        missing = [id for id in dict.fromkeys(ids) if id not in self.known]
        if not missing or self._closed:
            return
        chunks = [missing[at : at + self._kind.chunk] for at in range(0, len(missing), self._kind.chunk)]
        if self._whole:
            found: list[Mapping[str, Any]] | None = []
        elif self._calls + len(chunks) > SINGLY:
            self._whole = True
            found = await self._ask({})
        else:
            self._calls += len(chunks)
            pages = await asyncio.gather(*(self._ask(self._kind.named(chunk)) for chunk in chunks))
            known = [page for page in pages if page is not None]
            found = [row for page in known for row in page] if len(known) == len(pages) else None
        if found is None:
            self._closed = True  # one refusal is as good as many
            return
        rows = {str(row[self._kind.id]): self._kind.read(row) for row in found}
        self.known.update({**dict.fromkeys(missing), **rows})

    async def _ask(self, filters: Mapping[str, str]) -> list[Mapping[str, Any]] | None:
        query, listing = {"RegionId": self._region, **filters}, self._kind.listing
        rows = partial(listed_by_number, self._client, listing, query)
        return await self._gaps.ask(listing.product, listing.action, rows, self._region)


class RegionQuestions:
    """What was asked of one region.

    Args:
        client: calls to the account.
        region: its ID.
        gaps: takes what can't be asked.
        home: the provider's own region.

    Attributes:
        plans: what is planned there, in the order in which it came.
        passed: what else is planned there, which the preview has looked at.
        refusal: that there's no such region; None as far as is known.
    """

    def __init__(self, client: Client, region: str, gaps: Gaps, home: str) -> None:
        self._client = client
        self._region = region
        self._gaps = gaps
        self._home = home
        self._vswitches = LookedUp(_VSWITCHES, client, region, gaps)
        self._groups = LookedUp(_GROUPS, client, region, gaps)
        self._eips = LookedUp(_EIPS, client, region, gaps)
        self._nat: dict[str, Nat] = {}
        self._asked: set[str] = set()
        self._defaults: list[VSwitch] | None = None
        self._usage: Usage | None = None
        self._stock: dict[str, str] | None = None
        self._resource_groups: frozenset[str] | None = None
        self._caches: list[SeenCache] | None = None
        self._pulls: list[Pull] | None = None
        self.plans: list[Plan] = []
        self.passed: list[Plan] = []
        self.refusal: Finding | None = None

    def facts(self) -> Facts:
        """Give what is known by now."""
        return Facts(
            vswitches=self._vswitches.known,
            groups=self._groups.known,
            eips=self._eips.known,
            defaults=self._defaults,
            nat=self._nat,
            usage=self._usage,
            stock=self._stock,
            resource_groups=self._resource_groups,
            caches=self._caches,
            pulls=self._pulls,
            plans=tuple(self.plans),
            home=self._home,
            passed=tuple(self.passed),
        )

    async def ask_for(self, plans: Collection[Plan]) -> None:
        """Get to know what the rules need for these plans, and whether there is such a region."""
        if self.refusal is not None:
            return
        await self._ask_for(plans)
        if self._gaps.doubted(self._region):
            disbelieved = self._gaps.disbelieved(self._region)
            self.refusal = await no_such_region(self._client, self._region, disbelieved=disbelieved)
            self._gaps.settle(self._region, unknown=self.refusal is not None)

    async def _ask_for(self, plans: Collection[Plan]) -> None:
        asked = [
            self._network(plans),
            self._eips.look_up(_texts(plans, "eipInstanceId")),
        ]
        if any(plan.adds for plan in plans):
            asked.append(self._once("usage", self._ask_usage))
        if any(plan.builds for plan in plans):
            asked += [self._once("stock", self._ask_stock), self._once("pulls", self._ask_pulls)]
        if any(plan.adds or plan.known("imageCacheName") for plan in plans):
            asked.append(self._once("caches", self._ask_caches))
        if any(plan.known("resourceGroupId") for plan in plans):
            asked.append(self._once("groups", self._ask_resource_groups))
        await self._gaps.side_by_side(asked)

    async def _network(self, plans: Collection[Plan]) -> None:
        placed = [plan for plan in plans if plan.judged & {"vswitchIds", "securityGroupId", "zoneId"}]
        outward = [plan for plan in plans if looks_for_a_way_out(plan)]
        await self._gaps.side_by_side(
            [
                self._vswitches.look_up(id for plan in [*placed, *outward] for id in vswitch_ids(plan)),
                self._groups.look_up(
                    id for plan in placed if isinstance(id := plan.inputs.get("securityGroupId"), str) and id
                ),
                self._default_network(outward),
            ]
        )
        named = (self._vswitches.known.get(id) for plan in outward for id in vswitch_ids(plan))
        vpcs = {vswitch.vpc for vswitch in [*named, *(self._defaults or [])] if vswitch is not None}
        await self._gaps.side_by_side(
            self._once(f"nat of {vpc}", partial(self._ask_nat, vpc)) for vpc in sorted(vpcs)
        )

    async def _default_network(self, outward: Collection[Plan]) -> None:
        if any(not plan.inputs.get("vswitchIds") for plan in outward):
            await self._once("defaults", self._ask_defaults)

    async def _once(self, what: str, ask: Callable[[], Any]) -> None:
        if what not in self._asked:
            self._asked.add(what)
            await ask()

    async def _ask_defaults(self) -> None:
        rows = await self._rows(lists.VSWITCHES, {"RegionId": self._region, "IsDefault": "true"})
        self._defaults = None if rows is None else [answers.vswitch(row) for row in rows]

    async def _ask_nat(self, vpc: str) -> None:
        gateways = await self._rows(lists.NAT_GATEWAYS, {"RegionId": self._region, "VpcId": vpc})
        if gateways is None:
            return
        ways_out = []
        for row in gateways:
            for table in answers.snat_tables(row):
                query = {"RegionId": self._region, "SnatTableId": table}
                entries = await self._rows(lists.SNAT_ENTRIES, query)
                if entries is None:
                    return
                ways_out += [answers.way_out(entry, str(row["NatGatewayId"])) for entry in entries]
        self._nat[vpc] = Nat(tuple(str(row["NatGatewayId"]) for row in gateways), tuple(ways_out))

    async def _ask_usage(self) -> None:
        answer = await self._call("ListUsage", {})
        self._usage = None if answer is None else answers.usage(answer)

    async def _ask_stock(self) -> None:
        answer = await self._call("DescribeAvailableResource", _TRANSIT)
        self._stock = None if answer is None else answers.stock(answer)

    async def _ask_resource_groups(self) -> None:
        rows = await self._rows(lists.RESOURCE_GROUPS, {})
        if rows is not None:
            self._resource_groups = frozenset(filter(None, map(answers.resource_group, rows)))

    async def _ask_caches(self) -> None:
        rows = await self._tokens("DescribeImageCaches", "ImageCaches")
        self._caches = None if rows is None else [answers.image_cache(row) for row in rows]

    async def _ask_pulls(self) -> None:
        rows = await self._tokens("DescribeContainerGroups", "ContainerGroups", _GROUP_PAGES)
        self._pulls = None if rows is None else [pull for row in rows for pull in answers.pulls(row)]

    async def _rows(self, listing: Listing, query: Mapping[str, str]) -> list[Mapping[str, Any]] | None:
        rows = partial(listed_by_number, self._client, listing, query)
        return await self._gaps.ask(listing.product, listing.action, rows, self._region)

    async def _tokens(self, action: str, name: str, pages: int = 0) -> list[Mapping[str, Any]] | None:
        rows = partial(listed_by_token, self._client, action, {"RegionId": self._region}, name, pages)
        return await self._gaps.ask(ECI, action, rows, self._region)

    async def _call(self, action: str, query: Mapping[str, str]) -> Mapping[str, Any] | None:
        answer = partial(self._client.call, action, {"RegionId": self._region, **query})
        return await self._gaps.ask(ECI, action, answer, self._region)


def _texts(plans: Iterable[Plan], name: str) -> list[str]:
    return [value for plan in plans if isinstance(value := plan.known(name), str) and value]


def by_region(plans: Iterable[Plan]) -> dict[str, list[Plan]]:
    """Part plans by their regions; those whose region a preview doesn't know are left out."""
    parts: dict[str, list[Plan]] = {}
    for plan in plans:
        if region := region_of(plan):
            parts.setdefault(region, []).append(plan)
    return parts
