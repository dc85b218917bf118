"""The rules of image caches, small and apart from the simulator: `test_rules` holds it against them.

Made from spec/eci-image-cache.md section 3, and docs/simulator.md where the page says what was chosen. No
rule says how long a build takes, so what time leads to isn't foretold: each new state must be one that the
rules allow, and a build that nothing held has ended after `LONGEST_BUILD`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

REGISTRY = "registry-vpc.cn-hangzhou.aliyuncs.com/team"
NGINX, REDIS, MISSING, MODEL = (
    f"{REGISTRY}/{name}" for name in ("nginx:1.25", "redis:7", "does-not-exist:1", "model:1")
)
MODEL_MB = 9000
"""More than a cache of 20 GiB holds, and less than one of 40."""

NO_ADDRESS = "InvalidVSwitchId.IpNotEnough"
LONGEST_BUILD = 3600.0
A_DAY = timedelta(hours=24)
BUILDING = frozenset({"Preparing", "Creating", "Updating"})
FAILURES = frozenset({"Failed", "UpdateFailed"})
AFTER = {
    "Preparing": {"Creating", "Ready", "Failed"},
    "Creating": {"Ready", "Failed"},
    "Updating": {"Ready", "UpdateFailed"},
    "Ready": set(),
    "Failed": set(),
    "UpdateFailed": set(),
}
"""Status to what time alone may make of it."""


@dataclass
class KnownCache:
    """A cache as it must be.

    Attributes:
        number: counts up; the newest has the highest.
        v_switches: those that its builds may use, and `v_switch_id` the one that the last build used.
        good: whether its present build can succeed.
        unheld: seconds of its present build in which nothing was held.
        form: as it was last seen.
        failed_until: when it vanishes after its failure, as it told.
    """

    image_cache_id: str
    container_group_id: str
    number: int
    created: datetime
    name: str
    images: tuple[str, ...]
    size: int
    v_switches: tuple[str, ...]
    v_switch_id: str = ""
    eip: str = ""
    lru: bool = False
    flash: bool = False
    retention_days: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "Preparing"
    good: bool = True
    unheld: float = 0.0
    matched: datetime | None = None
    failed_until: datetime | None = None
    form: Mapping[str, Any] = field(default_factory=dict)

    @property
    def retained_until(self) -> datetime | None:
        """When its retention ends."""
        return None if self.retention_days is None else self.created + timedelta(days=self.retention_days)

    @property
    def busy(self) -> bool:
        """Whether it's being built, be it that a Flash cache only waits for its standard snapshot."""
        return self.status in BUILDING or "FlashSnapshotId" in self.form

    @property
    def pullable(self) -> bool:
        """Whether its images are there and fit."""
        return MISSING not in self.images and (MODEL not in self.images or self.size >= 40)


class ImageCacheRules:
    """What must be true of the image caches of a region.

    Attributes:
        now: simulated time.
        quota: the most caches.
        addresses: vSwitch to how many addresses it has when nothing runs.
        caches: by ID, the oldest first.
        bound: elastic IP address to the cache that has it.
        groups: container group to its vSwitch.
        all_held, held: whether builds stand still, and the transitions that wait.
        ids: every ID that there has been.
    """

    def __init__(self, now: datetime, quota: int, addresses: Mapping[str, int]) -> None:
        self.now = now
        self.quota = quota
        self.addresses = dict(addresses)
        self.caches: dict[str, KnownCache] = {}
        self.bound: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.all_held = False
        self.held: set[str] = set()
        self.ids: set[str] = set()
        self._before = now

    def free_addresses(self, v_switch_id: str) -> int:
        """Return how many addresses a vSwitch must have left: one instance, one address."""
        builds = sum(
            cache.v_switch_id == v_switch_id and cache.status in BUILDING for cache in self.caches.values()
        )
        groups = sum(each == v_switch_id for each in self.groups.values())
        return self.addresses[v_switch_id] - builds - groups

    def place(self, v_switch_ids: Iterable[str]) -> str:
        """Return the first vSwitch that has an address left, an empty string if none has."""
        return next((each for each in v_switch_ids if self.free_addresses(each) > 0), "")

    def eliminated(self) -> KnownCache | None:
        """Return the cache that must go to make room: of those with LRU, the one that is used least."""
        disposable = [cache for cache in self.caches.values() if cache.lru and not cache.busy]
        return min(disposable, key=lambda cache: (cache.matched or cache.created, cache.number), default=None)

    def refusals(self, v_switch_ids: Sequence[str]) -> set[str]:
        """Return the codes of which a creation must be refused with one; none if it must succeed."""
        codes = set() if self.place(v_switch_ids) else {NO_ADDRESS}
        if len(self.caches) >= self.quota and self.eliminated() is None:
            codes.add("QuotaExceeded")
        return codes

    def add(self, cache: KnownCache) -> None:
        """Take note of a cache that was created, and of the one that had to go."""
        self.new_id(cache.image_cache_id)
        self.new_id(cache.container_group_id)
        eliminated = self.eliminated() if len(self.caches) >= self.quota else None
        if eliminated is not None:
            self.remove(eliminated.image_cache_id)
        self.begin(cache, "Preparing")
        self.caches[cache.image_cache_id] = cache

    def begin(self, cache: KnownCache, status: str) -> None:
        """Take note that a build began. An elastic IP address serves one instance at a time."""
        cache.v_switch_id = self.place(cache.v_switches)
        holder = self.bound.setdefault(cache.eip, cache.image_cache_id) if cache.eip else cache.image_cache_id
        cache.good = cache.pullable and holder == cache.image_cache_id
        cache.status, cache.unheld = status, 0.0

    def remove(self, image_cache_id: str) -> None:
        """Take note that a cache has gone, with what its build had."""
        del self.caches[image_cache_id]
        self._unbind(image_cache_id)

    def lose_transit(self, cache: KnownCache) -> None:
        """Take note that a build has failed because its instance was deleted."""
        first = cache.status != "Updating"
        cache.status = "Failed" if first else "UpdateFailed"
        if first:
            cache.failed_until = min(self.now + A_DAY, cache.retained_until or self.now + A_DAY)
        self._unbind(cache.image_cache_id)

    def new_id(self, resource_id: str) -> None:
        """Take note of an ID, which nothing must have had before."""
        assert resource_id not in self.ids, f"{resource_id} was given twice"
        self.ids.add(resource_id)

    def pass_time(self, seconds: int) -> None:
        """Take note that time has passed."""
        self._before, self.now = self.now, self.now + timedelta(seconds=seconds)
        for cache in self.caches.values():
            if not (self.all_held or self.held):
                cache.unheld += seconds

    def see(self, forms: Sequence[Mapping[str, Any]]) -> None:
        """Hold the list of all caches against the rules, and take note of what time has made of them."""
        shown = {form["ImageCacheId"]: form for form in forms}
        assert list(shown) == [each for each in reversed(self.caches) if each in shown]
        for image_cache_id, cache in list(self.caches.items()):
            if image_cache_id in shown:
                self._see(cache, shown[image_cache_id])
            else:
                assert self._may_be_gone(cache), f"{image_cache_id} has vanished"
                self.remove(image_cache_id)
        self._before = self.now

    def _may_be_gone(self, cache: KnownCache) -> bool:
        if "Expiry" in self.held:
            return False
        ends = [end for end in (cache.retained_until, cache.failed_until) if end is not None]
        fails = cache.status in {"Preparing", "Creating"} and not cache.good
        if fails:
            ends.append(self._before + A_DAY)
        return any(end <= self.now for end in ends)

    def _see(self, cache: KnownCache, form: Mapping[str, Any]) -> None:
        self._see_status(cache, form["Status"])
        self._see_end(cache, form)
        _see_content(cache, form)
        cache.form = form
        if cache.status not in BUILDING:
            self._unbind(cache.image_cache_id)

    def _see_status(self, cache: KnownCache, status: str) -> None:
        before, cache.status = cache.status, status
        if status != before:
            assert self.now > self._before, "without time nothing happens"
            assert status in AFTER[before], f"{before} became {status}"
            assert not self.all_held, "a build that's held went on"
            assert status not in FAILURES or (not cache.good and "Failed" not in self.held)
            assert status != "Ready" or (cache.good and "Ready" not in self.held)
        assert status not in BUILDING or cache.unheld < LONGEST_BUILD, f"the build never ends: {status}"

    def _see_end(self, cache: KnownCache, form: Mapping[str, Any]) -> None:
        told = moment(form["ExpireDateTime"]) if "ExpireDateTime" in form else None
        if cache.status == "Failed" and cache.failed_until is None:
            assert told is not None
            earliest, latest = self._before + A_DAY - timedelta(seconds=1), self.now + A_DAY
            assert told == cache.retained_until or earliest <= told <= latest
            cache.failed_until = told
        assert told == (cache.failed_until or cache.retained_until)
        # The wire has whole seconds.
        assert told is None or told + timedelta(seconds=1) > self.now or "Expiry" in self.held

    def _unbind(self, image_cache_id: str) -> None:
        self.bound = {eip: holder for eip, holder in self.bound.items() if holder != image_cache_id}


def moment(text: str) -> datetime:
    """Read a moment as the wire has it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def _see_content(cache: KnownCache, form: Mapping[str, Any]) -> None:
    assert (form["ImageCacheName"], tuple(form["Images"])) == (cache.name, cache.images)
    assert (form["ImageCacheSize"], moment(form["CreationTime"])) == (cache.size, cache.created)
    assert form["ContainerGroupId"] == cache.container_group_id
    assert {tag["Key"]: tag["Value"] for tag in form["Tags"]} == cache.tags
    assert form.get("EliminationStrategy") == ("LRU" if cache.lru else None)
    snapshots = {"SnapshotId", "FlashSnapshotId"} & form.keys()
    if cache.status in {"Preparing", "Creating", "Failed"}:
        assert not snapshots
    else:
        assert len(snapshots) == 1
    assert cache.flash or "FlashSnapshotId" not in form
    if cache.status == "Ready":
        assert (form["Progress"] == "100%") == ("SnapshotId" in form)
