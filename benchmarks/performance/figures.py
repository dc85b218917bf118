"""docs/performance.json: all that was measured, and from which the page's rows follow."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine_environment import environment
from engine_pins import PLUGIN_VERSION
from performance.scenarios import Sample, State

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAME = "performance.json"


@dataclass(frozen=True)
class Start:
    """Starts of a provider's process, from its start to its port line.

    Attributes:
        way: how it was started.
        seconds: the median.
        megabytes: resident then; the median.
        starts: how many there were.
    """

    way: str
    seconds: float
    megabytes: float
    starts: int


@dataclass(frozen=True)
class Machine:
    """Where and when it was measured.

    Attributes:
        date: the day.
        cores, memory_gb: of the machine.
        load: its load average over a minute, before and after.
        versions: of what took part.
    """

    date: str
    cores: int
    memory_gb: int
    load: tuple[float, float]
    versions: dict[str, str]


@dataclass
class Figures:
    """A run of the benchmark.

    Attributes:
        command: what repeats it.
        seconds: how long it took.
        machine: where and when.
        samples, states, starts: what was measured.
    """

    command: str
    seconds: int
    machine: Machine
    samples: list[Sample] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    def of(self, scenario: str, contestant: str, command: str = "up", caches: int = 0) -> Sequence[Sample]:
        """Give the samples of a contestant's command; of any number of caches unless one is given."""
        return [
            each
            for each in self.samples
            if (each.scenario, each.contestant, each.command) == (scenario, contestant, command)
            and caches in {0, each.caches}
        ]

    def state(self, contestant: str) -> int | None:
        """Give the largest record of a contestant's, in bytes, without what notes the program's source."""
        return max((each.own for each in self.states if each.contestant == contestant), default=None)

    def write(self, folder: Path = DOCS) -> None:
        """Write the file."""
        content = json.dumps({"made by": "make bench", **asdict(self)}, indent=1, ensure_ascii=False)
        (folder / NAME).write_text(f"{content}\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path = DOCS) -> Figures:
        """Read the file."""
        found: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        found.pop("made by")
        machine = found.pop("machine")
        return cls(
            machine=Machine(**{**machine, "load": tuple(machine["load"])}),
            samples=[Sample(**each) for each in found.pop("samples")],
            states=[State(**each) for each in found.pop("states")],
            starts=[Start(**each) for each in found.pop("starts")],
            **found,
        )


def median(samples: Iterable[Sample], what: str = "seconds") -> float | None:
    """Give the median of a part of samples; None of none."""
    found = [float(getattr(each, what)) for each in samples]
    return statistics.median(found) if found else None


def load() -> float:
    """Give the machine's load average over the last minute."""
    return round(os.getloadavg()[0], 1)


def machine(before: float) -> Machine:
    """Describe this machine; `before` is its load before anything was measured."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    pulumi = subprocess.run(
        ["pulumi", "version"],
        env={**os.environ, **environment()},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    return Machine(
        date=datetime.now(timezone.utc).date().isoformat(),
        cores=os.cpu_count() or 0,
        memory_gb=round(pages * size / 1024**3),
        load=(before, load()),
        versions={
            "pulumi": pulumi,
            "alicloud plugin": PLUGIN_VERSION,
            "pulumi-imagecache": version("pulumi-imagecache"),
            "Python": platform.python_version(),
            "grpcio": version("grpcio"),
        },
    )
