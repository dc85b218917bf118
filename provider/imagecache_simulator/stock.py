"""What each zone sells: whether it's open for sale, and what of instance types, sizes and disks is left.

All zones are open and have everything, until tests say otherwise through `Cloud.stock`. `eci.placement` asks
it before an instance starts; the actions that list zones and what they have show it.
Source of the categories: spec/eci-image-cache.md section 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# From plenty to nothing: with stock, little left, sold out for now, sold out for good.
CATEGORIES = ("WithStock", "ClosedWithStock", "WithoutStock", "ClosedWithoutStock")
# Not one of the cloud's words: the zone doesn't have such a thing, and doesn't list it.
NOT_OFFERED = "NotOffered"
SOLD = frozenset({"WithStock", "ClosedWithStock"})

# Instance type -> vCPUs and GiB of memory.
INSTANCE_TYPES: Mapping[str, tuple[float, float]] = {
    f"ecs.{family}6.{size}": (cores, cores * ratio)
    for family, ratio in (("c", 2), ("g", 4), ("r", 8))
    for size, cores in (("large", 2), ("xlarge", 4), ("2xlarge", 8), ("4xlarge", 16))
}
DISK_CATEGORIES = ("cloud_efficiency", "cloud_ssd", "cloud_essd")


@dataclass(frozen=True)
class Goods:
    """One thing that a zone sells: an instance type, a size, or a disk category; none of them: everything."""

    instance_type: str = ""
    cores: float = 0
    memory: float = 0
    disk_category: str = ""

    def form(self) -> dict[str, Any]:
        """Return what it is, with the wire's names."""
        named = {
            "InstanceType": self.instance_type,
            "Cores": self.cores,
            "Memory": self.memory,
            "DiskCategory": self.disk_category,
        }
        return {name: value for name, value in named.items() if value}


EVERYTHING = Goods()


class Stock:
    """What the zones of a cloud sell.

    Args:
        regions: the zones of each region; others are refused with `ValueError`.
    """

    def __init__(self, regions: Mapping[str, Sequence[str]]) -> None:
        self._regions = regions
        self._closed: set[str] = set()
        self._categories: dict[str, dict[Goods, str]] = {}

    def close_zone(self, zone_id: str) -> None:
        """Close a zone for sale: nothing can be started in it."""
        self._closed.add(self._known(zone_id))

    def open_zone(self, zone_id: str) -> None:
        """Open a zone for sale again."""
        self._closed.discard(self._known(zone_id))

    def is_open(self, zone_id: str) -> bool:
        """Tell whether a zone is open for sale."""
        return zone_id not in self._closed

    def set(self, zone_id: str, category: str, goods: Goods = EVERYTHING) -> None:
        """Say what a zone has of something.

        Args:
            zone_id: for instance `cn-hangzhou-h`.
            category: one of `CATEGORIES`, or `NOT_OFFERED`.
            goods: of what. A size covers the instance types of that size. Everything, the default, takes the
                place of all that was said of the zone.

        Raises:
            ValueError: there's no such zone, category, instance type or disk category, or the goods are two
                things at once.
        """
        if category not in {*CATEGORIES, NOT_OFFERED}:
            raise ValueError(f"{category!r} is none of {', '.join(CATEGORIES)}, {NOT_OFFERED}")
        _check(goods)
        categories = self._categories.setdefault(self._known(zone_id), {})
        if goods == EVERYTHING:
            categories.clear()
        categories[goods] = category

    def category(self, zone_id: str, goods: Goods) -> str:
        """Return what a zone has of something; in a closed zone nothing is left of what it offers."""
        categories = self._categories.get(zone_id, {})
        kinds = [goods]
        if goods.instance_type:
            kinds.append(_size_of(goods.instance_type))
        kinds.append(EVERYTHING)
        found = next((categories[kind] for kind in kinds if kind in categories), "WithStock")
        return found if found == NOT_OFFERED or self.is_open(zone_id) else "ClosedWithoutStock"

    def listing(self) -> list[dict[str, Any]]:
        """Return what differs from open zones that have everything, one entry each, zone by zone."""
        closed = [{"ZoneId": zone_id, "OnSale": False} for zone_id in sorted(self._closed)]
        return closed + [
            {"ZoneId": zone_id, **goods.form(), "StatusCategory": category}
            for zone_id, categories in sorted(self._categories.items())
            for goods, category in categories.items()
        ]

    def _known(self, zone_id: str) -> str:
        if not any(zone_id in zones for zones in self._regions.values()):
            raise ValueError(f"there is no zone {zone_id!r}")
        return zone_id


def best(categories: Sequence[str]) -> str:
    """Return the best of several categories; `NOT_OFFERED` if there's none."""
    return min(categories, key=[*CATEGORIES, NOT_OFFERED].index, default=NOT_OFFERED)


def _size_of(instance_type: str) -> Goods:
    cores, memory = INSTANCE_TYPES.get(instance_type, (0, 0))
    return Goods(cores=cores, memory=memory)


def _check(goods: Goods) -> None:
    if goods.instance_type and goods.instance_type not in INSTANCE_TYPES:
        raise ValueError(
            f"there is no instance type {goods.instance_type!r}; there are {', '.join(INSTANCE_TYPES)}"
        )
    if goods.disk_category and goods.disk_category not in DISK_CATEGORIES:
        raise ValueError(
            f"there is no disk category {goods.disk_category!r}; there are {', '.join(DISK_CATEGORIES)}"
        )
    if bool(goods.cores) != bool(goods.memory):
        raise ValueError("a size is vCPUs and memory")
    if sum(map(bool, (goods.instance_type, goods.cores, goods.disk_category))) > 1:
        raise ValueError("an instance type, a size or a disk category, not two of them")
