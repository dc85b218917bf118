"""The start of a container group: what happens when, from scheduling to running containers.

`container_group_models` plans it in two parts: what comes before it's known which image cache is used, and
what comes after. Durations: flink's 386 MB take 50 seconds without a cache and 5 with one (seed 003).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from imagecache_simulator.catalogue import Layer, total_size
from imagecache_simulator.eci.builds import MB_PER_GIB, PULL_RATE, UNPACK_FACTOR, Pull, no_space
from imagecache_simulator.eci.timeline import Timeline
from imagecache_simulator.references import parse_reference
from imagecache_simulator.registries import PullError

# The disk of every instance that images may fill, in GiB; EphemeralStorage adds to it.
INSTANCE_DISK = 20
# Images whose program ends by itself; all others run for ever.
_ENDS_BY_ITSELF = frozenset({"hello-world"})


class StartEffect(Enum):
    """What a step does to its container group, besides leaving an event."""

    NOTHING = "nothing"
    FIND_CACHE = "it's decided which image cache is used, and the rest is planned"
    SCHEDULED = "Scheduling -> Pending"
    STARTED = "a container runs"
    ENDED = "a container has ended, with status 0"
    RUNNING = "Pending -> Running"
    SUCCEEDED = "all containers have ended"
    FAIL = "a container can't be started, and the group fails"
    SCHEDULE_FAILED = "the instance can't be made"


FAILURES = frozenset({StartEffect.FAIL, StartEffect.SCHEDULE_FAILED})


@dataclass(frozen=True)
class StartStep:
    """One thing that happens; without a reason it leaves no event. `container` is whom it's about."""

    at: float
    reason: str = ""
    message: str = ""
    effect: StartEffect = StartEffect.NOTHING
    container: str = ""


@dataclass(kw_only=True)
class Start(Timeline[StartStep]):
    """A start on its way, with what has been planned to be pulled."""

    pulls: list[Pull] = field(default_factory=list)
    layers: set[Layer] = field(default_factory=set)


class Startable(Protocol):
    """A container, as far as its start goes."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def image(self) -> str:
        """As the user wrote it."""

    @property
    def pull_policy(self) -> str:
        """`Always`, `IfNotPresent` or `Never`."""


@dataclass(frozen=True)
class Brought:
    """What an image cache brings: its images' completed names, and layers."""

    references: frozenset[str]
    layers: frozenset[Layer]


@dataclass(frozen=True)
class StartOrder:
    """What is to be started.

    Attributes:
        pull: image to its layers; raises `PullError`.
        disk: GiB for what is pulled.
        restarts: containers that end are started again.
        brought: None without an image cache.
    """

    init_containers: Sequence[Startable]
    containers: Sequence[Startable]
    pull: Callable[[str], Sequence[Layer]]
    disk: int
    restarts: bool
    brought: Brought | None


def begin(obstacle: str, specification: str, chance: random.Random) -> Start:
    """Return a start up to the moment at which the image cache is looked for.

    Args:
        obstacle: why the instance can't be made; empty if it can.
        specification: its vCPU and memory, for instance `2.0-4.0Gi`.
        chance: where durations vary.
    """
    message = f"The user-specified instanceType for current eci instance is {specification}"
    steps = [StartStep(0, "UserInstanceTypeSpec", f"[eci.containergroup]{message}")]
    later = 3 + chance.random()
    if obstacle:
        steps.append(StartStep(later, "FailedCreate", obstacle, StartEffect.SCHEDULE_FAILED))
    else:
        steps.append(StartStep(later, effect=StartEffect.FIND_CACHE))
    return Start(steps=steps)


def go_on(start: Start, order: StartOrder, chance: random.Random) -> None:
    """Plan the rest of a start, up to its good or bad end."""
    _Planner(start, order, chance, start.steps[-1].at).plan()


@dataclass
class _Planner:
    start: Start
    order: StartOrder
    chance: random.Random
    now: float
    present: set[str] = field(default_factory=set)

    def plan(self) -> None:
        self.after(9 + 4 * self.chance.random(), effect=StartEffect.SCHEDULED)
        if self.order.brought:
            self.now += 4.5 + self.chance.random()
            self.present |= self.order.brought.references
        for container in self.order.init_containers:
            if not self.launch(container):
                return
            self.after(1 + self.chance.random(), effect=StartEffect.ENDED, container=container.name)
        if not all(self.launch(container) for container in self.order.containers):
            return
        self.after(0, effect=StartEffect.RUNNING)
        if not self.order.restarts and all(_ends(each.image) for each in self.order.containers):
            self.now += 1 + self.chance.random()
            for container in self.order.containers:
                self.after(0, effect=StartEffect.ENDED, container=container.name)
            self.after(0, effect=StartEffect.SUCCEEDED)

    def after(
        self,
        seconds: float,
        reason: str = "",
        message: str = "",
        *,
        effect: StartEffect = StartEffect.NOTHING,
        container: str = "",
    ) -> None:
        self.now += seconds
        self.start.steps.append(StartStep(self.now, reason, message, effect, container))

    def launch(self, container: Startable) -> bool:
        """Fetch a container's image and run it; tell whether it runs."""
        if not self.fetch(container):
            return False
        name = container.name
        self.after(0, "Created", f"Created container: {name}")
        self.after(0.2, "Started", f"Started container {name}", effect=StartEffect.STARTED, container=name)
        return True

    def fetch(self, container: Startable) -> bool:
        """Pull a container's image if its policy says so; tell whether it's there."""
        image = container.image
        if container.pull_policy != "Always" and str(parse_reference(image)) in self.present:
            self.after(0, "Pulled", f'Container image "{image}" already present on machine')
            return True
        if container.pull_policy == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            return self.fail(container, self.now, "ErrImageNeverPull", message)
        self.after(0, "Pulling", f'Pulling image "{image}"')
        began = self.now
        try:
            layers = self.order.pull(image)
        except PullError as error:
            self.now += error.waited + 4 + 4 * self.chance.random()
            return self.fail(container, began, "Failed", str(error))
        needed = self.needed(container, layers)
        self.start.layers |= needed
        seconds = total_size(needed) / PULL_RATE * (0.9 + 0.2 * self.chance.random())
        self.now += seconds
        unpacked = total_size(self.start.layers) * UNPACK_FACTOR
        if unpacked > self.order.disk * MB_PER_GIB:
            message = no_space(image, unpacked, f"the instance has {self.order.disk} GiB for them")
            return self.fail(container, began, "Failed", message)
        self.start.pulls.append(Pull(image, began, self.now))
        self.present.add(str(parse_reference(image)))
        took, size = _duration(seconds), int(total_size(layers) * 1_000_000)
        message = f'Successfully pulled image "{image}" in {took} ({took} including waiting). '
        self.after(0, "Pulled", f"{message}Image size: {size} bytes.")
        return True

    def needed(self, container: Startable, layers: Sequence[Layer]) -> set[Layer]:
        """Return the layers that must be pulled; with Always those of the image cache are, too."""
        needed = set(layers) - self.start.layers
        if self.order.brought and container.pull_policy != "Always":
            needed -= self.order.brought.layers
        return needed

    def fail(self, container: Startable, began: float, reason: str, error: str) -> bool:
        self.start.pulls.append(Pull(container.image, began, self.now, error))
        self.after(0, reason, error, effect=StartEffect.FAIL, container=container.name)
        return False


def _ends(image: str) -> bool:
    reference = parse_reference(image)
    return reference is not None and reference.repository.rpartition("/")[2] in _ENDS_BY_ITSELF


def _duration(seconds: float) -> str:
    """Return a duration as the kubelet writes it: `6.604s`, `1m41.289s`."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}m{rest:.3f}s" if minutes else f"{rest:.3f}s"
