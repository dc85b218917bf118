"""One image cache: what was asked for, what has become of it, and what it tells about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imagecache_simulator.catalogue import Layer
from imagecache_simulator.eci.builds import Build, Effect, Step, TransitInstance
from imagecache_simulator.eci.events import Event, record
from imagecache_simulator.registries import Access

FAILED_CACHE_KEPT = timedelta(hours=24)
# An automatic cache is reclaimed so long after its creation, or after its last use (seed 001).
UNUSED_CACHE_KEPT = timedelta(days=7)
USED_CACHE_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Inputs:
    """Everything that CreateImageCache takes, `Access` being the registries' part.

    Sizes are GiB, retention is days (None: for ever). Source: spec/eci-image-cache.md section 1.
    """

    name: str
    images: tuple[str, ...]
    resource_group_id: str = ""
    security_group_id: str = ""
    v_switch_ids: tuple[str, ...] = ()
    zone_id: str = ""
    eip_instance_id: str = ""
    size: int = 20
    retention_days: int | None = None
    auto_match_image_cache: bool = False
    flash: bool = False
    flash_copy_count: int = 1
    standard_copy_count: int = 1
    elimination_strategy: str = ""
    os_type: str = "Linux"
    annotations: str = ""
    access: Access = field(default_factory=Access)


@dataclass
class ImageCache:
    """An image cache.

    Attributes:
        number: counts up with each cache of the account; pages are cut by it.
        automatic: it was made because a container group found none that fits.
        build: the build on its way; None when there's none.
        layers: what its snapshot holds.
        failed_at: when its creation failed.
        last_matched: when an instance last used it.
    """

    image_cache_id: str
    number: int
    region_id: str
    container_group_id: str
    created: datetime
    inputs: Inputs
    tags: dict[str, str]
    automatic: bool = False
    build: Build | None = None
    status: str = "Preparing"
    progress: int = 0
    snapshot_id: str = ""
    flash_snapshot_id: str = ""
    layers: frozenset[Layer] = frozenset()
    failed_at: datetime | None = None
    last_matched: datetime | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def expires(self) -> datetime | None:
        """When the cache vanishes: its retention, a day after a failed creation, or when it's reclaimed."""
        ends = []
        if self.automatic and self.last_matched is None:
            ends.append(self.created + UNUSED_CACHE_KEPT)
        elif self.automatic and self.last_matched is not None:
            ends.append(self.last_matched + USED_CACHE_KEPT)
        if self.inputs.retention_days is not None:
            ends.append(self.created + timedelta(days=self.inputs.retention_days))
        if self.failed_at is not None:
            ends.append(self.failed_at + FAILED_CACHE_KEPT)
        return min(ends) if ends else None  # mostly none, and asked for at every call

    @property
    def transit(self) -> TransitInstance | None:
        """The instance that exists only to make the cache, as long as it does."""
        return self.build.transit if self.build else None

    @property
    def used(self) -> datetime:
        """When the cache was last of use: LRU goes by it."""
        return self.last_matched or self.created

    def record(self, step: Step, moment: datetime) -> None:
        """Leave an event, or count the same one up."""
        warning = step.effect is Effect.FAIL
        record(
            self.events, self.inputs.name, moment, reason=step.reason, message=step.message, warning=warning
        )
