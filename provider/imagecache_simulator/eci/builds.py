"""The making of an image cache: what happens when, from the transit instance to the snapshot.

`image_cache_models` plans a build when a cache is created or updated, `image_cache_lifecycle` lets its steps
happen as simulated time passes. Durations come from the images' sizes: 386 MB in 50 seconds (seed 003).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from imagecache_simulator.catalogue import Layer, total_size
from imagecache_simulator.eci.timeline import Timeline
from imagecache_simulator.registries import PullError

# An unpacked image is larger than what was pulled; 2.5 is usual for gzip layers.
UNPACK_FACTOR = 2.5
PULL_RATE = 386 / 50
SNAPSHOT_SECONDS = 40
# A layer that another cache has comes from there, in a tenth of the time.
REUSED = 0.1
MB_PER_GIB = 1073.741824


class Effect(Enum):
    """What a step does to its cache, besides leaving an event."""

    NOTHING = "nothing"
    START_PULLING = "Preparing -> Creating"
    LOCAL_SNAPSHOT = "usable from the local snapshot; the transit instance goes"
    STANDARD_SNAPSHOT = "usable from the standard snapshot; the transit instance goes"
    FAIL = "the build ends without a snapshot; the transit instance goes"


@dataclass(frozen=True)
class Step:
    """One thing that happens in a build, `at` seconds after it began."""

    at: float
    reason: str
    message: str
    effect: Effect = Effect.NOTHING


@dataclass(frozen=True)
class TransitInstance:
    """The container group and the disk that exist only to pull the images and to be snapshotted.

    `zone_id` is where they are. `security_group_id` and `eip_instance_id` are empty where it uses none of the
    account's.
    """

    container_group_id: str
    disk_id: str
    v_switch_id: str
    security_group_id: str
    zone_id: str = ""
    eip_instance_id: str = ""


@dataclass(kw_only=True)
class Build(Timeline[Step]):
    """A build on its way. A held one's time stands still.

    Attributes:
        pulling_from: when Creating begins, in seconds after the start.
        until: when the standard snapshot is there, or would be.
        transit: what builds it; None once it's gone, and for an automatic cache.
        layers: what has been pulled at the end.
        disk_id: what the snapshots are taken of.
    """

    pulling_from: float
    until: float
    transit: TransitInstance | None
    layers: frozenset[Layer] = frozenset()
    disk_id: str = ""

    @property
    def progress(self) -> int:
        """Percent of the way from the first pull to the standard snapshot, 99 at most until it's there."""
        share = (self.elapsed - self.pulling_from) / max(self.until - self.pulling_from, 1)
        return min(99, max(0, int(share * 100)))

    def last(self, seconds: float) -> None:
        """Let a build that has just begun end after so many seconds, good or bad, its steps in proportion."""
        end = self.steps[-1].at
        self.steps = [replace(step, at=step.at / end * seconds) for step in self.steps]
        self.pulling_from, self.until = self.pulling_from / end * seconds, self.until / end * seconds

    def obstruct(self, reason: str) -> None:
        """Let a build that has just begun end with a transit instance that doesn't start."""
        first = self.steps[0]
        end = Step(first.at + 5, "FailedCreate", reason, Effect.FAIL)
        self.steps, self.pulling_from, self.until = [first, end], end.at, end.at + SNAPSHOT_SECONDS


@dataclass(frozen=True)
class Order:
    """What is to be built: the parts of a cache that its build depends on.

    Attributes:
        images: as the user wrote them.
        size: of the cache, in GiB.
        flash: a local snapshot comes first.
        pull: image to its layers; raises `PullError`.
        reusable: layers that a usable cache has, and that needn't be pulled again.
        obstacle: why the transit instance can't start; empty if it can.
    """

    images: Sequence[str]
    size: int
    flash: bool
    pull: Callable[[str], Sequence[Layer]]
    reusable: frozenset[Layer] = frozenset()
    obstacle: str = ""


def plan(order: Order, transit: TransitInstance, chance: random.Random) -> Build:
    """Return the build of an order.

    Args:
        order: what is to be built.
        transit: what builds it.
        chance: where durations vary.

    Returns:
        A build whose last step is its end, good or bad.
    """
    return _Planner(order, transit, chance).build()


@dataclass(frozen=True)
class Pull:
    """An image that was pulled, or couldn't be; an automatic image cache is made of these.

    `began` and `ended` are seconds after the start began; `error` is empty if it came.
    """

    image: str
    began: float
    ended: float
    error: str = ""


def follow(pulls: Sequence[Pull], layers: frozenset[Layer], since: float, chance: random.Random) -> Build:
    """Return the build of an automatic image cache, which a container group makes while it starts.

    Args:
        pulls: the group's, one at least; only the last can have failed.
        layers: what it pulls.
        since: when the cache was made, in seconds after the group's start began, as are the pulls.
        chance: where durations vary.
    """
    steps = [Step(since, "Started", "Successfully check image cache resource.")]
    effect = Effect.START_PULLING
    for pull in pulls:
        steps.append(Step(pull.began, "Pulling", f"Start to pull image {pull.image}", effect))
        effect = Effect.NOTHING
        if pull.error:
            steps.append(Step(pull.ended, "Failed", pull.error, Effect.FAIL))
        else:
            steps.append(Step(pull.ended, "Pulled", f"Success pull image {pull.image}"))
    began, ended = pulls[0].began, pulls[-1].ended
    until = ended + snapshot_seconds(ended - began, chance)
    if not pulls[-1].error:
        steps.append(Step(until, "SnapshotCreated", "Success create snapshot.", Effect.STANDARD_SNAPSHOT))
    return Build(steps=steps, pulling_from=began, until=until, transit=None, layers=layers)


def snapshot_seconds(pulled: float, chance: random.Random) -> float:
    """Return how long the standard snapshot takes after so many seconds of pulling."""
    return SNAPSHOT_SECONDS + 0.2 * pulled + 10 * chance.random()


def no_space(image: str, unpacked: float, room: str) -> str:
    """Return what is said when images need more than there's room for; `unpacked` is MB."""
    return (
        f'Failed to pull image "{image}": rpc error: code = Unknown desc = failed to pull and unpack '
        f'image "{image}": write: no space left on device: the images need '
        f"{unpacked / MB_PER_GIB:.1f} GiB, {room}"
    )


@dataclass
class _Planner:
    order: Order
    transit: TransitInstance
    chance: random.Random
    now: float = 0.0
    pulling_from: float = 0.0
    steps: list[Step] = field(default_factory=list)
    layers: set[Layer] = field(default_factory=set)

    def build(self) -> Build:
        self.after(1 + self.chance.random(), "Started", "Successfully check image cache resource.")
        if self.start() and self.pull_all():
            self.snapshot()
        failed = self.steps[-1].effect is Effect.FAIL
        until = self.now + failed * SNAPSHOT_SECONDS
        return Build(
            steps=self.steps,
            pulling_from=self.pulling_from,
            until=until,
            transit=self.transit,
            layers=frozenset(self.layers),
            disk_id=self.transit.disk_id,
        )

    def after(self, seconds: float, reason: str, message: str, effect: Effect = Effect.NOTHING) -> None:
        self.now += seconds
        self.steps.append(Step(self.now, reason, message, effect))

    def start(self) -> bool:
        """Bring the transit instance up; tell whether it came."""
        if self.order.obstacle:
            self.after(4 + 4 * self.chance.random(), "FailedCreate", self.order.obstacle, Effect.FAIL)
            return False
        what = f"container group {self.transit.container_group_id} and disk {self.transit.disk_id}"
        message = f"Successfully create transit {what}."
        self.after(20 + 10 * self.chance.random(), "SuccessfulCreate", message, Effect.START_PULLING)
        self.pulling_from = self.now
        return True

    def pull_all(self) -> bool:
        """Pull one image after the other, each layer once; tell whether all came and fit."""
        for image in self.order.images:
            self.after(1, "Pulling", f"Start to pull image {image}")
            try:
                layers = set(self.order.pull(image)) - self.layers
            except PullError as error:
                seconds = error.waited + 4 + 4 * self.chance.random()
                self.after(seconds, "Failed", str(error), Effect.FAIL)
                return False
            self.layers |= layers
            seconds = self.seconds_to_pull(layers)
            unpacked = total_size(self.layers) * UNPACK_FACTOR
            if unpacked > self.order.size * MB_PER_GIB:
                room = f"the image cache has {self.order.size} GiB"
                self.after(seconds, "Failed", no_space(image, unpacked, room), Effect.FAIL)
                return False
            self.after(seconds, "Pulled", f"Success pull image {image}")
        return True

    def seconds_to_pull(self, layers: set[Layer]) -> float:
        reused = total_size(layers & self.order.reusable)
        pulled = total_size(layers - self.order.reusable)
        return (pulled + REUSED * reused) / PULL_RATE * (0.9 + 0.2 * self.chance.random())

    def snapshot(self) -> None:
        """Take the local snapshot, if there's to be one, and the standard one."""
        pulled = self.now - self.pulling_from
        if self.order.flash:
            seconds = 5 + 3 * self.chance.random()
            self.after(
                seconds, "LocalSnapshotCreated", "Success create local snapshot.", Effect.LOCAL_SNAPSHOT
            )
        seconds = snapshot_seconds(pulled, self.chance)
        self.after(seconds, "SnapshotCreated", "Success create snapshot.", Effect.STANDARD_SNAPSHOT)
