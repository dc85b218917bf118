"""What image caches are to container groups: which one a group uses, and the one that it leaves behind.

Source: seed 003 (automatic creation), seed 001 (reclamation); the events' words are those of ECI's list of
custom events and of logs that people published.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from imagecache_simulator.eci.builds import follow
from imagecache_simulator.eci.image_cache import ImageCache, Inputs
from imagecache_simulator.eci.image_cache_models import ImageCacheBackend
from imagecache_simulator.eci.matching import ranked, wanted_images
from imagecache_simulator.eci.starts import INSTANCE_DISK

if TYPE_CHECKING:
    from imagecache_simulator.eci.container_group import ContainerGroup


class AutomaticCacheBackend(ImageCacheBackend):
    """Image caches, and what container groups do with them."""

    def cache_for(self, group: ContainerGroup, moment: datetime) -> ImageCache | None:
        """Return the image cache that a group uses, None if there's none; both tell of it.

        One that the group names goes before one that matches.
        """
        named = group.inputs.image_snapshot_id
        if named:
            cache = self._named(group, moment)
        elif group.inputs.auto_match_image_cache:
            cache = self._matching(group, moment)
        else:
            return None
        if cache is not None:
            cache.last_matched = moment
            group.record(
                moment,
                "SuccessfulHitImageCache",
                f"[eci.imagecache]Successfully hit image cache {cache.image_cache_id}, "
                "eci will be scheduled with this image cache.",
            )
        return cache

    def create_automatic_image_cache(
        self, group: ContainerGroup, at: float, moment: datetime, seconds: float
    ) -> None:
        """Let a group that found no cache make one while it pulls.

        Args:
            group: with its pulls planned.
            at: seconds of its start that have passed at `moment`.
            moment: now, for the group.
            seconds: that have passed since time was last settled; the build hasn't gone through them yet.
        """
        region_id, inputs = group.region_id, group.inputs
        made = [each for each in self.in_region(region_id) if each.automatic]
        if len(made) >= self._cloud.quotas["MaxAutoImageCacheCount"]:
            group.record(moment, "QuotaFull", "[eci.imagecache]ImageCache quota is full.", warning=True)
            return
        build = follow(group.start.pulls, frozenset(group.start.layers), at, self._cloud.random)
        build.disk_id = self._cloud.new_id("d")
        build.elapsed = group.start.elapsed - seconds
        cache = ImageCache(
            image_cache_id=self._cloud.new_id("imc"),
            number=self.next_number(),
            region_id=region_id,
            container_group_id=group.container_group_id,
            created=moment,
            inputs=Inputs(
                name=f"auto-create-for-{group.container_group_id}",
                images=inputs.images,
                resource_group_id=inputs.resource_group_id,
                security_group_id=inputs.security_group_id,
                v_switch_ids=(group.v_switch_id,),
                size=INSTANCE_DISK + inputs.ephemeral_storage,
                access=inputs.access,
            ),
            tags={},
            automatic=True,
            build=build,
        )
        self._image_caches[cache.image_cache_id] = cache
        message = f"[eci.imagecache]Image cache {cache.image_cache_id} is auto created"
        group.record(moment, "ImageCacheAutoCreated", message)

    def lose_maker(self, container_group_id: str) -> None:
        """Let the automatic cache fail that a container group was still making."""
        for cache in self._image_caches.values():
            making = cache.automatic and cache.build is not None
            if making and cache.container_group_id == container_group_id:
                self._spoil(cache, f"Container group {container_group_id} was deleted.")

    def _named(self, group: ContainerGroup, moment: datetime) -> ImageCache | None:
        """Return the cache that a group names, unless it has gone or changed since the call."""
        image_cache_id = group.inputs.image_snapshot_id
        cache = self._image_caches.get(image_cache_id)
        if cache is None:
            message = f"[eci.imagecache]The specified image cache {image_cache_id} does not exist."
            group.record(moment, "ImageCacheNotFound", message, warning=True)
            return None
        if cache.status != "Ready":
            message = (
                f"[eci.imagecache]The production for specified image cache {image_cache_id} "
                "is not yet complete."
            )
            group.record(moment, "ImageCacheNotComplete", message)
            return None
        return cache

    def _matching(self, group: ContainerGroup, moment: datetime) -> ImageCache | None:
        wanted = wanted_images(group.inputs.images, self._cloud.registries.layers)
        found = ranked(wanted, self.usable(group.region_id), group.inputs.ephemeral_storage)
        if not found:
            group.record(moment, "ImageCacheMissed", "[eci.imagecache]Missed image cache.", warning=True)
            return None
        return found[0]
