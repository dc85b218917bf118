"""The image caches of an account: how they are made and changed, on plain data.

`image_cache_lifecycle` has what happens to them afterwards. Source: spec/eci-image-cache.md section 3.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imagecache_simulator.catalogue import Layer
from imagecache_simulator.eci.builds import Order, TransitInstance, plan
from imagecache_simulator.eci.exceptions import (
    ImageCacheIncorrectStatusError,
    QuotaExceededError,
)
from imagecache_simulator.eci.image_cache import ImageCache, Inputs
from imagecache_simulator.eci.image_cache_lifecycle import ImageCacheLifecycle
from imagecache_simulator.eci.placement import (
    EIP_INSTANCE_TYPE,
    TRANSIT_DISK,
    TRANSIT_SIZE,
    Place,
    check_placement,
    check_roles,
    eip_obstacle,
    find_place,
)
from imagecache_simulator.eci.snapshots import adjust_copies
from imagecache_simulator.exceptions import DryRunOperationError
from imagecache_simulator.tags import add_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDS_BUILD = frozenset({"images", "size", "flash", "auto_match_image_cache"})
_NEEDS_CHECK = frozenset({"security_group_id", "v_switch_ids", "eip_instance_id", "resource_group_id"})


class ImageCacheBackend(ImageCacheLifecycle):
    """The image caches of an account, in all its regions."""

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
        cache = ImageCache(
            image_cache_id=self._cloud.new_id("imc"),
            number=self.next_number(),
            region_id=region_id,
            container_group_id=self._cloud.new_id("eci"),
            created=self._cloud.clock.now(),
            inputs=self._with_resource_group(inputs),
            tags=tags,
        )
        self._begin(cache, place)
        self._image_caches[cache.image_cache_id] = cache
        return cache

    def next_number(self) -> int:
        """Count up: caches and container groups have numbers in the order in which they were made."""
        self._numbers += 1
        return self._numbers

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

    def _place(self, region_id: str, inputs: Inputs) -> Place:
        """Return where a transit instance can start; `ApiError` if it can nowhere."""
        vswitches = check_placement(self._cloud, region_id, inputs)
        return find_place(self._cloud, region_id, inputs.zone_id, vswitches, TRANSIT_DISK, TRANSIT_SIZE)

    def _begin(self, cache: ImageCache, place: Place) -> None:
        """Start a transit instance and plan the build. An address in use stops it soon after."""
        inputs = cache.inputs
        vswitch = place.take(self._cloud, cache.region_id)
        obstacle = eip_obstacle(
            self._cloud, inputs.eip_instance_id, f"transit container group {cache.container_group_id}"
        )
        transit = TransitInstance(
            container_group_id=cache.container_group_id,
            disk_id=self._cloud.new_id("d"),
            v_switch_id=vswitch.v_switch_id,
            zone_id=place.zone_id,
            security_group_id=inputs.security_group_id,
            eip_instance_id="" if obstacle else inputs.eip_instance_id,
        )
        if transit.eip_instance_id:
            eip = self._cloud.vpc.eip(transit.eip_instance_id)
            self._cloud.vpc.bind_eip(eip, transit.container_group_id, EIP_INSTANCE_TYPE)
        internet = self._cloud.vpc.reaches_internet(vswitch, transit.eip_instance_id)
        order = Order(
            images=inputs.images,
            size=inputs.size,
            flash=inputs.flash,
            pull=lambda image: self._cloud.registries.pull(image, inputs.access, internet=internet),
            reusable=self._reusable(cache) if inputs.auto_match_image_cache else frozenset(),
            obstacle=obstacle,
        )
        cache.build = plan(order, transit, self._cloud.random)
        if self.build_seconds is not None:
            cache.build.last(self.build_seconds)

    def usable(self, region_id: str) -> list[ImageCache]:
        """Return the image caches of a region that instances can use, the newest first."""
        return [cache for cache in self.in_region(region_id) if cache.status == "Ready"]

    def _reusable(self, cache: ImageCache) -> frozenset[Layer]:
        return frozenset(layer for other in self.usable(cache.region_id) for layer in other.layers)

    def _to_drop(self, region_id: str) -> ImageCache | None:
        """Return what makes room at quota, the LRU cache used longest ago; `QuotaExceededError` if none."""
        caches = [cache for cache in self.of_region(region_id) if not cache.automatic]
        if len(caches) < self._cloud.quotas["MaxImageCacheCount"]:
            return None
        disposable = [
            cache for cache in caches if cache.inputs.elimination_strategy == "LRU" and cache.build is None
        ]
        if not disposable:
            raise QuotaExceededError("ImageCache")
        return min(disposable, key=lambda cache: (cache.used, cache.number))

    def _with_resource_group(self, inputs: Inputs) -> Inputs:
        group = inputs.resource_group_id or self._cloud.resource_manager.default.resource_group_id
        return replace(inputs, resource_group_id=group)
