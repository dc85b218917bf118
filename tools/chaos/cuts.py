"""What a cut-off create may leave behind: the two kinds of orphans that docs/limitations.md explains.

`trial` and `real` note a `Cut` after each run that they cut off. `compare` takes an orphan for explained only
if it is exactly what one of these cuts left; every other one is a finding that nothing explains.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagecache_provider.resource import Record


@dataclass(frozen=True)
class Cut:
    """The end of one run that cut creates off.

    Attributes:
        handed_over: the IDs of the caches that the creates had marked as handed over, and nobody recorded.
        pending: the IDs of those that they had asked for, and not handed over.
    """

    handed_over: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        resources: Collection[str],
        caches: Mapping[str, Mapping[str, str]],
        known: Collection[str],
        before: Collection[str],
        requests: Sequence[Mapping[str, Any]],
    ) -> Cut:
        """Find what a run left that has just been cut off, before another one begins.

        A create makes one cache. If there are more for one resource, the newest is what the cut left. The
        hand-over is a create's last call: a cache that was looked at afterwards was handed over too early.

        Args:
            resources: the hashes of the resources whose creates were cut off.
            caches: the tags of the stack's caches in the cloud by ID, oldest first.
            known: the IDs that the state has.
            before: the IDs that were there before the run, and that no earlier cut had left.
            requests: the run's calls, as the cloud's log has them.
        """
        made: dict[str, tuple[str, Record]] = {}
        for id_, tags in caches.items():
            record = Record.read(tags)
            if record and record.resource in resources and id_ not in known and id_ not in before:
                made[record.resource] = (id_, record)
        return cls(
            frozenset(
                id_ for id_, record in made.values() if not record.pending and _just_tagged(id_, requests)
            ),
            frozenset(id_ for id_, record in made.values() if record.pending),
        )

    @property
    def left(self) -> frozenset[str]:
        """All that it left."""
        return self.handed_over | self.pending


def unanswered(requests: Iterable[Mapping[str, Any]]) -> set[str]:
    """Give the hashes of the resources of which a create got no answer, as the connection ended."""
    lost = [each for each in requests if each["action"] == "CreateImageCache" and not each["status"]]
    tags = [each["parameters"][name] for each in lost for name in each["parameters"] if name[:4] == "Tag."]
    return {str(tag).partition(".")[0] for tag in tags}


def _just_tagged(id: str, requests: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the last call that names a cache set its tags."""
    named = [each["action"] for each in requests if id in each["parameters"].values()]
    return named[-1:] == ["TagResources"]


def handed_over(id: str, cuts: Iterable[Cut]) -> bool:
    """Say whether a run was cut off between the hand-over of a cache and its record."""
    return any(id in cut.handed_over for cut in cuts)


def cut_off(id: str, cuts: Iterable[Cut]) -> bool:
    """Say whether a run was cut off while it created a cache."""
    return any(id in cut.left for cut in cuts)
