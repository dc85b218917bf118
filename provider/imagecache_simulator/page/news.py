"""What a page hasn't been told yet: the differences between what it knows of an account and what is.

`events` sends them. The shape, in which everything but `clock` may be missing:

    {"account": {"id": …, "access_key_id": …, "region": …},  # at first, and after a reset: forget all
     "clock": "2026-01-01T00:00:00Z",
     "resources": {"image_caches": {"imc-…": {"Status": "Ready", "FlashSnapshotId": null}}},  # null: gone
     "gone": {"image_caches": ["imc-…"]},
     "requests": [{"number": 1, …}]}  # those of the log, oldest first
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control import resources
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

# The kinds of control.resources() that the page shows, and the field that tells two of a kind apart.
IDS = {
    "vpcs": "VpcId",
    "vswitches": "VSwitchId",
    "security_groups": "SecurityGroupId",
    "eips": "AllocationId",
    "nat_gateways": "NatGatewayId",
    "container_groups": "ContainerGroupId",
    "image_caches": "ImageCacheId",
}
MOST_REQUESTS = 200

Form = dict[str, Any]


class News:
    """What one page knows of an account, and what is new to it.

    Args:
        cloud: the account.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._account: dict[str, str] = {}
        self._known: dict[str, dict[str, Form]] = {}
        self._clock = ""
        self._number = 0

    def take(self) -> dict[str, Any]:
        """Return what is new since the last call, everything at the first; empty if nothing is."""
        cloud = self._cloud
        with cloud.lock:
            cloud.settle()
            clock = timestamp(cloud.clock.now())
            account = {"id": cloud.account_id, "access_key_id": cloud.access_key_id, "region": cloud.region}
            afresh = account != self._account or self._log_was_cleared()
            if afresh:
                self._account, self._known, self._number = account, {}, 0
            now = _by_id(resources(cloud))
            news = {**_differences(self._known, now), **self._new_requests()}
        if afresh:
            news["account"] = account
        if news or clock != self._clock:
            news["clock"] = clock
        self._known, self._clock = now, clock
        return news

    def _log_was_cleared(self) -> bool:
        log = self._cloud.requests
        return self._number > 0 and (not log or log[0]["number"] > self._number)

    def _new_requests(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        for entry in reversed(self._cloud.requests):
            if entry["number"] <= self._number or len(found) == MOST_REQUESTS:
                break
            found.append(entry)
        if not found:
            return {}
        self._number = found[0]["number"]
        return {"requests": found[::-1]}


def _by_id(resources: dict[str, list[Form]]) -> dict[str, dict[str, Form]]:
    return {kind: {form[IDS[kind]]: form for form in resources.get(kind, [])} for kind in IDS}


def _differences(before: dict[str, dict[str, Form]], now: dict[str, dict[str, Form]]) -> dict[str, Any]:
    """Return what must be told of the resources: fields that are new or other, and what is gone."""
    resources: dict[str, dict[str, Form]] = {}
    gone: dict[str, list[str]] = {}
    for kind, forms in now.items():
        known = before.get(kind, {})
        changes = {key: _changes(known.get(key, {}), form) for key, form in forms.items()}
        if changed := {key: fields for key, fields in changes.items() if fields}:
            resources[kind] = changed
        if missing := [key for key in known if key not in forms]:
            gone[kind] = missing
    return {name: value for name, value in (("resources", resources), ("gone", gone)) if value}


def _changes(before: Form, now: Form) -> Form:
    if before == now:
        return {}
    changed = {name: value for name, value in now.items() if name not in before or before[name] != value}
    return {**changed, **{name: None for name in before if name not in now}}
