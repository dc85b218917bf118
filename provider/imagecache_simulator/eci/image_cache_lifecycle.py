"""The image caches of an account once they're there: how they go on, age and are removed, on plain data.

State follows the simulated clock: nothing runs in the background, and every request first lets happen what
has come due (`settle`). Source: spec/eci-image-cache.md section 3.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from imagecache_simulator.eci.builds import Effect, Step, TransitInstance
from imagecache_simulator.eci.exceptions import ImageCacheNotFoundError
from imagecache_simulator.eci.holds import Holds
from imagecache_simulator.eci.image_cache import ImageCache
from imagecache_simulator.eci.placement import (
    TRANSIT_DISK,
    TRANSIT_SIZE,
    stock_refusal,
)
from imagecache_simulator.eci.snapshots import (
    drop_snapshots,
    show_snapshots,
    take_snapshots,
)

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.ecs.snapshots import Snapshot


class ImageCacheLifecycle:
    """The image caches of an account, in all its regions, without the making of new ones.

    Attributes:
        holds: the transitions that wait.
        build_seconds: how long every build takes that begins from now on; None: what its images take.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._image_caches: dict[str, ImageCache] = {}
        self._numbers = 0
        self._held = False
        self.holds = Holds(self._settle)
        self.build_seconds: float | None = None

    @property
    def image_caches(self) -> dict[str, ImageCache]:
        """All image caches as they are now, by ID, the oldest first."""
        self._settle()
        return self._image_caches

    @property
    def held(self) -> bool:
        """Whether builds stand still."""
        return self._held

    def hold(self, held: bool) -> None:
        """Stop all builds where they are, or let them go on."""
        self._settle()
        self._held = held

    def transit_instances(self) -> list[TransitInstance]:
        """Return the transit instances that exist now."""
        return [cache.transit for cache in self._image_caches.values() if cache.transit is not None]

    def of_region(self, region_id: str) -> list[ImageCache]:
        """Return the image caches of a region, the newest first."""
        self._settle()
        return self.in_region(region_id)

    def in_region(self, region_id: str) -> list[ImageCache]:
        """Return the same as `of_region`, as it was when time was last settled."""
        return [cache for cache in reversed(self._image_caches.values()) if cache.region_id == region_id]

    def image_cache(self, image_cache_id: str, region_id: str = "") -> ImageCache:
        """Return an image cache, of a region if one is named; `ImageCacheNotFoundError` if there's none."""
        cache = self.image_caches.get(image_cache_id)
        if cache is None or region_id not in {"", cache.region_id}:
            raise ImageCacheNotFoundError(image_cache_id)
        return cache

    def delete_image_cache(self, cache: ImageCache) -> None:
        """Remove a cache in any state, with its snapshots; what its build holds is free at once."""
        self._release(cache)
        drop_snapshots(self._cloud, cache)
        del self._image_caches[cache.image_cache_id]
        self._cloud.changed()

    def lose_transit(self, resource_id: str) -> bool:
        """Let the build fail of which this is the transit instance, or its disk.

        Args:
            resource_id: of a container group (`eci-…`) or a disk (`d-…`).

        Returns:
            Whether a build had it; else nothing was done.
        """
        for cache in self.image_caches.values():
            transit = cache.build.transit if cache.build else None
            if transit is None or resource_id not in {transit.container_group_id, transit.disk_id}:
                continue
            what = "disk" if resource_id == transit.disk_id else "container group"
            self._spoil(cache, f"The transit {what} {resource_id} was deleted.")
            return True
        return False

    def delete_snapshot(self, snapshot: Snapshot) -> None:
        """Delete a snapshot; a cache that was Ready and has none left is Failed, and its build ends."""
        self._settle()
        if self._cloud.ecs.snapshots.pop(snapshot.snapshot_id, None) is None:
            return
        cache = self._image_caches[snapshot.image_cache_id]
        show_snapshots(self._cloud, cache)
        if cache.status == "Ready" and not (cache.snapshot_id or cache.flash_snapshot_id):
            self._spoil(cache, f"Snapshot {snapshot.snapshot_id} was deleted.")
            cache.failed_at = None
        self._cloud.changed()

    def settle_image_caches(self, passed: float, now: datetime) -> None:
        """Let builds move on by so many seconds, and remove what has expired."""
        for cache in list(self._image_caches.values()):
            if cache.build is not None and not self._held:
                self._move_on(cache, passed, now)
            if cache.expires is not None and cache.expires <= now and not self.holds.stop_expiry(cache):
                self.delete_image_cache(cache)

    def _settle(self) -> None:
        """Let the whole of Eci go on: caches and container groups share their time."""
        self._cloud.eci.settle()

    def _move_on(self, cache: ImageCache, seconds: float, now: datetime) -> None:
        build = cache.build
        if build is None:
            return
        build.elapsed += seconds
        before = cache.progress, build.done
        for step in build.due(lambda step: self.holds.stop_step(cache, step)):
            self._happen(cache, step, now - timedelta(seconds=build.elapsed - step.at))
            if cache.build is not build:
                break
        if cache.build is not None:
            cache.progress = build.progress
        if (cache.progress, build.done) != before:
            self._cloud.changed()

    def _happen(self, cache: ImageCache, step: Step, moment: datetime) -> None:
        """Let one step happen to a cache. A first build goes by Creating, a later one stays Updating."""
        if step.effect is Effect.START_PULLING:
            step = self._start(cache, step)
        cache.record(step, moment)
        if step.effect is Effect.START_PULLING:
            cache.status = "Creating" if cache.status == "Preparing" else cache.status
        elif step.effect is Effect.LOCAL_SNAPSHOT:
            self._become_ready(cache, moment, local=True)
        elif step.effect is Effect.STANDARD_SNAPSHOT:
            self._become_ready(cache, moment, local=False)
            cache.build, cache.progress = None, 100
        elif step.effect is Effect.FAIL:
            if cache.build is not None:
                cache.build.elapsed = step.at
            self._fail(cache, moment)

    def _start(self, cache: ImageCache, step: Step) -> Step:
        """Return the start of a transit instance, or its failure if its zone has been sold out meanwhile."""
        transit = cache.build.transit if cache.build else None
        if transit is None:
            return step
        refusal = stock_refusal(self._cloud, transit.zone_id, TRANSIT_DISK, TRANSIT_SIZE)
        if refusal is None:
            return step
        message = f"Failed to create transit container group {transit.container_group_id}: {refusal}"
        return Step(step.at, "FailedCreate", message, Effect.FAIL)

    def _become_ready(self, cache: ImageCache, moment: datetime, *, local: bool) -> None:
        cache.status = "Ready"
        if cache.build is not None:
            cache.layers = cache.build.layers
            take_snapshots(self._cloud, cache, cache.build.disk_id, moment, local=local)
        self._release(cache)

    def _spoil(self, cache: ImageCache, cause: str) -> None:
        """Let a cache fail now, from outside, and say why."""
        now = self._cloud.clock.now()
        cache.record(Step(0, "Failed", cause, Effect.FAIL), now)
        self._fail(cache, now)
        self._cloud.changed()

    def _fail(self, cache: ImageCache, moment: datetime) -> None:
        first = cache.status != "Updating"
        if cache.build is not None:
            cache.progress = cache.build.progress
        cache.status = "Failed" if first else "UpdateFailed"
        cache.failed_at = moment if first else None
        self._release(cache)
        cache.build = None

    def _release(self, cache: ImageCache) -> None:
        """Take a build's transit instance away, and the address off it."""
        if cache.build is None or cache.build.transit is None:
            return
        eip = self._cloud.vpc.eips.get(cache.build.transit.eip_instance_id)
        if eip is not None:
            self._cloud.vpc.unbind_eip(eip)
        cache.build.transit = None
