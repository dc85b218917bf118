"""The image caches of an account: how they are made, changed, aged and removed, on plain data.

State follows the simulated clock: nothing runs in the background, and every request first lets happen what
has come due (`settle`). Source: spec/eci-image-cache.md section 3.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from imagecache_simulator.catalogue import Layer
from imagecache_simulator.eci.builds import Effect, Order, Step, TransitInstance, plan
from imagecache_simulator.eci.exceptions import (
    DryRunOperationError,
    ImageCacheIncorrectStatusError,
    ImageCacheNotFoundError,
    QuotaExceededError,
)
from imagecache_simulator.eci.holds import Holds
from imagecache_simulator.eci.image_cache import ImageCache, Inputs
from imagecache_simulator.eci.placement import (
    EIP_INSTANCE_TYPE,
    TRANSIT_DISK,
    TRANSIT_SIZE,
    Place,
    check_placement,
    check_roles,
    eip_obstacle,
    find_place,
    stock_refusal,
)
from imagecache_simulator.eci.snapshots import (
    adjust_copies,
    drop_snapshots,
    show_snapshots,
    take_snapshots,
)
from imagecache_simulator.tags import add_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagecache_simulator.core import Cloud
    from imagecache_simulator.ecs.snapshots import Snapshot

_NEEDS_BUILD = frozenset({"images", "size", "flash", "auto_match_image_cache"})
_NEEDS_CHECK = frozenset({"security_group_id", "v_switch_ids", "eip_instance_id", "resource_group_id"})


class ImageCacheBackend:
    """The image caches of an account, in all its regions.

    Attributes:
        holds: the transitions that wait.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._image_caches: dict[str, ImageCache] = {}
        self._numbers = 0
        self._settled_at = cloud.clock.now()
        self._held = False
        self.holds = Holds(self.settle)

    @property
    def image_caches(self) -> dict[str, ImageCache]:
        """All image caches as they are now, by ID, the oldest first."""
        self.settle()
        return self._image_caches

    @property
    def held(self) -> bool:
        """Whether builds stand still."""
        return self._held

    def hold(self, held: bool) -> None:
        """Stop all builds where they are, or let them go on."""
        self.settle()
        self._held = held

    def transit_instances(self) -> list[TransitInstance]:
        """Return the transit instances that exist now."""
        builds = (cache.build for cache in self._image_caches.values())
        return [build.transit for build in builds if build is not None and build.transit is not None]

    def of_region(self, region_id: str) -> list[ImageCache]:
        """Return the image caches of a region, the newest first."""
        return [cache for cache in reversed(self.image_caches.values()) if cache.region_id == region_id]

    def image_cache(self, image_cache_id: str, region_id: str = "") -> ImageCache:
        """Return an image cache, of a region if one is named; `ImageCacheNotFoundError` if there's none."""
        cache = self.image_caches.get(image_cache_id)
        if cache is None or region_id not in {"", cache.region_id}:
            raise ImageCacheNotFoundError(image_cache_id)
        return cache

    def create_image_cache(
        self, region_id: str, inputs: Inputs, tags: dict[str, str], *, dry_run: bool = False
    ) -> ImageCache:
        """Accept a new image cache and begin its build.

        Args:
            region_id: where.
            inputs: what was asked for.
            tags: checked already.
            dry_run: only check.

        Raises:
            DryRunOperationError: it was only checked, and all is well.
            ApiError: the network or the resource group isn't there or doesn't fit, or the quota is used up.
        """
        check_roles(self._cloud, inputs.access)
        place = self._place(region_id, inputs)
        dropped = self._to_drop(region_id)
        if dry_run:
            raise DryRunOperationError
        if dropped is not None:
            self.delete_image_cache(dropped)
        self._numbers += 1
        cache = ImageCache(
            image_cache_id=self._cloud.new_id("imc"),
            number=self._numbers,
            region_id=region_id,
            container_group_id=self._cloud.new_id("eci"),
            created=self._cloud.clock.now(),
            inputs=self._with_resource_group(inputs),
            tags=tags,
        )
        self._begin(cache, place)
        self._image_caches[cache.image_cache_id] = cache
        return cache

    def update_image_cache(
        self, cache: ImageCache, changes: Mapping[str, Any], tags: Mapping[str, str]
    ) -> None:
        """Change what a cache is; rebuild it if images, size, Flash or reuse are among the changes.

        Args:
            cache: the one to change.
            changes: fields of `Inputs` that the call names, and their values.
            tags: to add.

        Raises:
            ImageCacheIncorrectStatusError: it's neither Ready nor UpdateFailed.
            ApiError: as for `create_image_cache`.
        """
        if cache.status not in {"Ready", "UpdateFailed"}:
            raise ImageCacheIncorrectStatusError(cache.image_cache_id, cache.status)
        inputs = replace(cache.inputs, **changes)
        check_roles(self._cloud, inputs.access)
        rebuild = bool(_NEEDS_BUILD & changes.keys())
        place = self._place(cache.region_id, inputs) if rebuild else None
        if _NEEDS_CHECK & changes.keys():
            check_placement(self._cloud, cache.region_id, inputs)
        add_tags(tags, cache.tags)
        cache.inputs = self._with_resource_group(inputs)
        if place is not None:
            cache.status, cache.progress = "Updating", 0
            cache.container_group_id = self._cloud.new_id("eci")
            self._begin(cache, place)
        elif cache.build is None:
            adjust_copies(self._cloud, cache, self._cloud.clock.now())

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
        self.settle()
        if self._cloud.ecs.snapshots.pop(snapshot.snapshot_id, None) is None:
            return
        cache = self._image_caches[snapshot.image_cache_id]
        show_snapshots(self._cloud, cache)
        if cache.status == "Ready" and not (cache.snapshot_id or cache.flash_snapshot_id):
            self._spoil(cache, f"Snapshot {snapshot.snapshot_id} was deleted.")
            cache.failed_at = None
        self._cloud.changed()

    def settle(self) -> None:
        """Let builds move on to the simulated now, and remove what has expired."""
        now = self._cloud.clock.now()
        passed = (now - self._settled_at).total_seconds()
        self._settled_at = now
        for cache in list(self._image_caches.values()):
            if cache.build is not None and not self._held:
                self._move_on(cache, passed, now)
            if cache.expires is not None and cache.expires <= now and not self.holds.stop_expiry(cache):
                self.delete_image_cache(cache)

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

    def _place(self, region_id: str, inputs: Inputs) -> Place:
        """Return where a transit instance can start; `ApiError` if it can nowhere."""
        vswitches = check_placement(self._cloud, region_id, inputs)
        return find_place(self._cloud, region_id, inputs.zone_id, vswitches, TRANSIT_DISK, TRANSIT_SIZE)

    def _begin(self, cache: ImageCache, place: Place) -> None:
        """Start a transit instance and plan the build. An address in use stops it soon after."""
        inputs = cache.inputs
        obstacle = eip_obstacle(
            self._cloud, inputs.eip_instance_id, f"transit container group {cache.container_group_id}"
        )
        transit = TransitInstance(
            container_group_id=cache.container_group_id,
            disk_id=self._cloud.new_id("d"),
            v_switch_id=place.v_switch_id,
            zone_id=place.zone_id,
            security_group_id=inputs.security_group_id,
            eip_instance_id="" if obstacle else inputs.eip_instance_id,
        )
        if transit.eip_instance_id:
            eip = self._cloud.vpc.eip(transit.eip_instance_id)
            self._cloud.vpc.bind_eip(eip, transit.container_group_id, EIP_INSTANCE_TYPE)
        order = Order(
            images=inputs.images,
            size=inputs.size,
            flash=inputs.flash,
            pull=lambda image: self._cloud.registries.pull(image, inputs.access),
            reusable=self._reusable(cache) if inputs.auto_match_image_cache else frozenset(),
            obstacle=obstacle,
        )
        cache.build = plan(order, transit, self._cloud.random)

    def usable(self, region_id: str) -> list[ImageCache]:
        """Return the image caches of a region that instances can use, the newest first."""
        return [cache for cache in self.of_region(region_id) if cache.status == "Ready"]

    def _reusable(self, cache: ImageCache) -> frozenset[Layer]:
        return frozenset(layer for other in self.usable(cache.region_id) for layer in other.layers)

    def _to_drop(self, region_id: str) -> ImageCache | None:
        """Return what makes room at quota, the LRU cache used longest ago; `QuotaExceededError` if none."""
        caches = self.of_region(region_id)
        if len(caches) < self._cloud.quotas["MaxImageCacheCount"]:
            return None
        disposable = [
            cache for cache in caches if cache.inputs.elimination_strategy == "LRU" and cache.build is None
        ]
        if not disposable:
            raise QuotaExceededError
        return min(disposable, key=lambda cache: (cache.used, cache.number))

    def _with_resource_group(self, inputs: Inputs) -> Inputs:
        group = inputs.resource_group_id or self._cloud.resource_manager.default.resource_group_id
        return replace(inputs, resource_group_id=group)
