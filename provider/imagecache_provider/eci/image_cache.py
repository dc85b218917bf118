"""`imagecache:eci:ImageCache`: what the lifecycle asks of an image cache, as calls to ECI.

Every method is one action of the API; its page is named there. The fields are in `image_cache_model`.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from imagecache_provider.clock import Clock, moment
from imagecache_provider.eci.account import Account, missing_region, read_account
from imagecache_provider.eci.caller_identity import CallerIdentity
from imagecache_provider.eci.client import Client, OpenApiClient
from imagecache_provider.eci.failures import failure
from imagecache_provider.eci.image_cache_model import MOST_DAYS, ImageCacheArgs, ImageCacheState
from imagecache_provider.eci.wire import numbered, parameters, tag_parameters
from imagecache_provider.fields import NO_DEFAULT, Model, fields, without_empty
from imagecache_provider.preflight import Mode, Preflight
from imagecache_provider.resource import SINGLY, Connection, Observed, Phase

_PHASES = {
    "Updating": Phase.REBUILDING,
    "Ready": Phase.READY,
    "Failed": Phase.FAILED,
    "UpdateFailed": Phase.UPDATE_FAILED,
}
_PAGE = 20
"""The most that one answer holds [spec: eci-image-cache.md, section 4]."""
_BRIEF_ATTEMPTS = 2
_BRIEF_TIMEOUT = 4.0
"""Seconds: nobody waits long for what can be done without."""
_DAY = timedelta(days=1)
_NO_TIME = timedelta()
_EVENTS_KEPT = 3
"""Few, since they stand in the stack's state."""
_MESSAGE_KEPT = 200
_WARNINGS_SHOWN = 5
_ENDS = frozenset({"SnapshotCreated", "Failed", "FailedCreate"})
"""Reasons of the events that a build ends with."""


class ImageCache:
    """An ECI image cache. Fulfils `resource.Resource`.

    Args:
        client: calls to the account that owns it.
    """

    token: ClassVar[str] = "imagecache:eci:ImageCache"  # noqa: S105 - a Pulumi type token
    noun: ClassVar[str] = "image cache"
    description: ClassVar[str] = (
        "Container images that Alibaba Cloud ECI keeps unpacked on a snapshot, so that instances start"
        " without pulling them.\n\n"
        "It is usable once it is Ready, which this resource waits for. A change of what is cached builds it"
        " again under the same ID; until it is Ready again, new pods pull from the registry. What serves a"
        " build only, such as the network and passwords, is kept for the next build when it changes."
    )
    args: ClassVar[type[Model]] = ImageCacheArgs
    state: ClassVar[type[Model]] = ImageCacheState
    name_property: ClassVar[str] = "imageCacheName"

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    def connect(
        cls, config: Mapping[str, Any], environment: Mapping[str, str], clock: Clock, remedy: str = ""
    ) -> Connection:
        """Bind it to the account that `eci.account` finds in the settings."""
        account = read_account(config, environment, remedy)
        client = OpenApiClient(account, clock, random.Random())  # noqa: S311 - it spreads retries, no more
        brief = _brief_client(account, clock)
        return Connection(
            cls(client),
            account.region,
            missing_region(remedy),
            tuple(account.secrets),
            account.creates_per_minute,
            _preflight(account, clock, brief),
            account.notes,
            CallerIdentity(brief),
        )

    def request(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Give what CreateImageCache is sent, without its ClientToken and the hidden tags."""
        return parameters(ImageCacheArgs, inputs, list(without_empty(ImageCacheArgs, inputs)))

    def exclusive(self, inputs: Mapping[str, Any]) -> str | None:
        """An EIP serves one building instance at a time."""
        return inputs.get("eipInstanceId") or None

    async def create(self, inputs: Mapping[str, Any], tags: Mapping[str, str], token: str) -> str:
        """CreateImageCache; answered at once, the build goes on behind it."""
        tagged = {**inputs, "tags": {**inputs.get("tags", {}), **tags}}
        sent = {**self.request(tagged), "ClientToken": token}
        answer = await self._client.call("CreateImageCache", sent, paced=True)
        return str(answer["ImageCacheId"])

    def accepted(self, id: str) -> Observed:
        """Give its ID, and nothing for all that only the cloud knows."""
        return observed({"ImageCacheId": id})

    async def rebuild(
        self,
        id: str,
        inputs: Mapping[str, Any],
        tags: Mapping[str, str],
        token: str,
    ) -> None:
        """UpdateImageCache with everything it takes, so that the build doesn't depend on what went before."""
        names = [name for name, field in fields(ImageCacheArgs).items() if field.property.updatable]
        tagged = {**inputs, "tags": {**inputs.get("tags", {}), **tags}}
        sent = {
            name: value for name, value in parameters(ImageCacheArgs, tagged, names).items() if _carried(name)
        }
        await self._client.call("UpdateImageCache", {**sent, "ImageCacheId": id, "ClientToken": token})

    async def update(
        self,
        id: str,
        inputs: Mapping[str, Any],
        changed: Collection[str],
        token: str,
    ) -> None:
        """UpdateImageCache with what changed and what is required."""
        sent = parameters(ImageCacheArgs, inputs, {*changed, "regionId", "imageCacheName"})
        await self._client.call("UpdateImageCache", {**sent, "ImageCacheId": id, "ClientToken": token})

    async def tag(
        self,
        id: str,
        region: str,
        tags: Mapping[str, str],
        removed: Collection[str],
    ) -> None:
        """TagResources and UntagResources, each if there is something to do."""
        which = {"RegionId": region, "ResourceType": "ImageCache", "ResourceId.1": id}
        if removed:
            await self._client.call("UntagResources", {**which, **numbered("TagKey", sorted(removed))})
        if tags:
            await self._client.call("TagResources", {**which, **tag_parameters(tags)})

    async def describe(self, region: str, ids: Collection[str]) -> dict[str, Observed]:
        """DescribeImageCaches by ID for a few, over the whole region for many."""
        if len(ids) <= SINGLY:
            found = [cache for id in ids for cache in await self._list(region, {"ImageCacheId": id})]
        else:
            found = await self._list(region, {})
        return {cache.id: cache for cache in found if cache.id in ids}

    async def find(self, region: str, tags: Mapping[str, str]) -> list[Observed]:
        """DescribeImageCaches by tag."""
        return await self._list(region, tag_parameters(tags))

    async def delete(self, id: str, region: str) -> None:
        """DeleteImageCache."""
        await self._client.call("DeleteImageCache", {"RegionId": region, "ImageCacheId": id})

    async def _list(self, region: str, filters: Mapping[str, str]) -> list[Observed]:
        found = await list_image_caches(self._client, {"RegionId": region, **filters})
        return [observed(cache) for cache in found]


def _preflight(account: Account, clock: Clock, client: Client) -> Preflight | None:
    if account.preflight is Mode.OFF:
        return None
    # Not needed to start the plugin: it's loaded with the first resource.
    from imagecache_provider.eci.preflight.rules import ImageCachePreflight  # noqa: PLC0415

    return ImageCachePreflight(client, clock, account.preflight, account.expiry_warning_days, account.region)


def _brief_client(account: Account, clock: Clock) -> Client:
    """Give calls that give up soon, for what can be done without."""
    jitter = random.Random()  # noqa: S311 - it spreads retries, no more
    return OpenApiClient(account, clock, jitter, _BRIEF_ATTEMPTS, _BRIEF_TIMEOUT)


async def list_image_caches(client: Client, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """DescribeImageCaches, page by page; a query is its parameters without the paging."""
    asked = {**query, "Limit": str(_PAGE)}
    found: list[Mapping[str, Any]] = []
    while True:
        answer = await client.call("DescribeImageCaches", asked)
        found.extend(answer.get("ImageCaches") or [])
        if not answer.get("NextToken"):
            return found
        asked["NextToken"] = str(answer["NextToken"])


_DEFAULTS = {
    name: field.property.default
    for name, field in fields(ImageCacheArgs).items()
    if field.property.default is not NO_DEFAULT
}


def _carried(wire: str) -> bool:
    """Leave out the parts of nested objects that only a create takes."""
    return wire.rpartition(".")[2] not in _CREATE_ONLY_PARTS


_CREATE_ONLY_PARTS = {
    part.property.wire
    for field in fields(ImageCacheArgs).values()
    if field.nested is not None
    for part in fields(field.nested).values()
    if not part.property.updatable
}


def observed(cache: Mapping[str, Any]) -> Observed:
    """Read one element of DescribeImageCaches."""
    status = str(cache.get("Status", ""))
    outputs = {
        name: cache.get(field.property.wire) or ""
        for name, field in fields(ImageCacheState).items()
        if field.property.wire
    }
    reasons = _reasons(cache)
    meaning = failure(reasons[-1] if reasons else "")
    outputs["events"] = [_event(event) for event in _newest(cache)[-_EVENTS_KEPT:]]
    return Observed(
        id=str(cache["ImageCacheId"]),
        phase=_PHASES.get(status, Phase.BUILDING),
        status=status,
        progress=str(cache.get("Progress") or ""),
        outputs=outputs,
        returned=_returned(cache),
        derived=_derived(cache),
        tags={str(tag["Key"]): str(tag.get("Value", "")) for tag in cache.get("Tags") or []},
        event=_last_event(cache),
        reasons=reasons,
        remedy=meaning.remedy,
        failing_property=meaning.property,
    )


def _returned(cache: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        name: field.property.wire
        for name, field in fields(ImageCacheArgs).items()
        if field.property.returned and name != "tags"
    }
    found = {name: cache[wire] for name, wire in {**names, "images": "Images"}.items() if cache.get(wire)}
    # The cloud leaves out what is empty: a property that isn't there has its default.
    return {**{name: default for name, default in _DEFAULTS.items() if name in names}, **found}


def _derived(cache: Mapping[str, Any]) -> dict[str, Any]:
    """Work the retention out of the dates; those of a failed cache are about something else.

    Dates that no retention explains (none, unreadable ones, an end before the beginning or in the year 9999)
    tell nothing.
    """
    if cache.get("Status") == "Failed":
        return {}
    try:
        lasts = moment(str(cache.get("ExpireDateTime"))) - moment(str(cache.get("CreationTime")))
    except (ValueError, TypeError):  # TypeError: one of them says its zone, the other doesn't
        return {}
    days = max(1, round(lasts / _DAY))
    return {"retentionDays": days} if lasts > _NO_TIME and days <= MOST_DAYS else {}


def _newest(cache: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Order the events by when they happened last; those of one second stay as the cloud has them."""
    return sorted(cache.get("Events") or [], key=lambda event: str(event.get("LastTimestamp", "")))


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": str(event.get("Type", "")),
        "reason": str(event.get("Reason", "")),
        "message": str(event.get("Message", ""))[:_MESSAGE_KEPT],
        "count": int(event.get("Count") or 1),
        "lastTimestamp": str(event.get("LastTimestamp", "")),
    }


def _last_build(cache: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the events of the last build: each begins with a Started event."""
    events = _newest(cache)
    started = max(
        (place for place, event in enumerate(events) if event.get("Reason") == "Started"), default=0
    )
    return events[started:]


def _last_event(cache: Mapping[str, Any]) -> str:
    """Give what happened last; before a build says anything, the events end with the last one's end."""
    events = _last_build(cache)
    ended = events and events[-1].get("Reason") in _ENDS
    return "" if ended or not events else str(events[-1].get("Message", "")).rstrip(".")


def _reasons(cache: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the warnings of the last build."""
    warnings = [event for event in _last_build(cache) if event.get("Type") == "Warning"]
    return tuple(f"{event.get('Reason', '')}: {event.get('Message', '')}" for event in warnings)[
        -_WARNINGS_SHOWN:
    ]
