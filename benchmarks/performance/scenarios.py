"""What is measured: who does what, with how many caches, how often. `__main__` runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from performance.cloud import Account
from performance.contestants import (
    DYNAMIC,
    GATED,
    NOTHING,
    NOTHING_GATED,
    OURS,
    PEER,
    Contestant,
    contestant,
)
from performance.process import Run

PARALLEL, GATE, QUOTA, ONE, HOST, GROWTH = "parallel", "gate", "quota", "one", "host", "growth"
DEFAULT_PARALLEL = 8
"""Pulumi's own default on a machine of two cores; given, so that it's the same on others."""
CREATES_A_MINUTE = 200
UP = ("up", "--yes", "--skip-preview")
PREVIEW = ("preview", "--expect-no-changes")
REFRESH = ("refresh", "--yes", "--skip-preview", "--expect-no-changes")
_ANY_NUMBER = "100000"
_UNSAVED = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


@dataclass(frozen=True)
class Scenario:
    """A thing to measure.

    Attributes:
        name: one of those above.
        counts: how many caches there are, one after the other.
        build: seconds that each build takes.
        parallel: how many the engine does at once.
        contestants: who is measured, in turn.
        rounds: how often each is.
        looks: how often a preview and a refresh follow each `up`.
        creates_a_minute: how many the cloud admits.
        throttled: how many creates it refuses for coming too fast, whatever their pace.
        settings: of all stacks.
        variables: of all `pulumi` processes.
    """

    name: str
    counts: Sequence[int]
    build: float
    parallel: int
    contestants: Sequence[str]
    rounds: int = 3
    looks: int = 0
    creates_a_minute: int | None = None
    throttled: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


SCENARIOS = (
    Scenario(PARALLEL, (100,), 20, 128, (OURS, NOTHING, PEER)),
    Scenario(GATE, (100,), 20, DEFAULT_PARALLEL, (GATED, NOTHING_GATED)),
    Scenario(QUOTA, (300,), 20, 128, (OURS, NOTHING), creates_a_minute=CREATES_A_MINUTE),
    Scenario(ONE, (1,), 2, DEFAULT_PARALLEL, (OURS, NOTHING), rounds=5),
    Scenario(HOST, (20,), 20, DEFAULT_PARALLEL, (DYNAMIC,), rounds=1),
    Scenario(
        GROWTH,
        (10, 100, 1000),
        1,
        128,
        (OURS, NOTHING),
        looks=1,
        settings={"imagecache:maxCreatesPerMinute": _ANY_NUMBER},
        variables=_UNSAVED,
    ),
)


@dataclass(frozen=True)
class Sample:
    """What one run of a command came to.

    Attributes:
        scenario: its name.
        contestant: who ran it.
        caches: how many there were.
        command: Pulumi's.
        seconds: of the whole command.
        calls: to the cloud's API.
        describes: how many of them were DescribeImageCaches.
        throttled: how many of them were refused for coming too fast.
        errors: how many lines of the output speak of throttling.
        provider_megabytes: the most memory of the provider's process.
        provider_cpu: its seconds of CPU.
    """

    scenario: str
    contestant: str
    caches: int
    command: str
    seconds: float
    calls: int
    describes: int
    throttled: int
    errors: int
    provider_megabytes: float
    provider_cpu: float


@dataclass(frozen=True)
class State:
    """How large a cache's record in the state is, in bytes of JSON without spaces.

    Attributes:
        contestant: whose it is.
        own: without what the engine notes of the program's source: sourcePosition and stackTrace.
        whole: with it.
    """

    contestant: str
    own: int
    whole: int


def measure(scenario: Scenario, account: Account) -> Iterator[Sample | State]:
    """Run a scenario: its contestants take turns, so that what else the machine does hits all of them."""
    with ExitStack() as stacks:
        ready = [
            stacks.enter_context(contestant(name, account, scenario.settings))
            for name in scenario.contestants
        ]
        for each in ready:
            each.stack.variables.update(scenario.variables)
        for count in scenario.counts:
            for number in range(scenario.rounds):
                for each in ready:
                    yield from _round(scenario, each, count)
                    if number == 0 and count == scenario.counts[0]:
                        yield from _state(each)


def _round(scenario: Scenario, each: Contestant, count: int) -> Iterator[Sample]:
    each.account.begin(
        scenario.build, creates_a_minute=scenario.creates_a_minute, throttled=scenario.throttled
    )
    each.begin(count)
    yield _sample(scenario, each, count, (*UP, "--parallel", str(scenario.parallel)))
    for _ in range(scenario.looks):
        for command in (PREVIEW, REFRESH):
            yield _sample(scenario, each, count, (*command, "--parallel", str(DEFAULT_PARALLEL)))


def _sample(scenario: Scenario, each: Contestant, count: int, command: Sequence[str]) -> Sample:
    done: Run = each.run(*command)
    calls = each.account.calls()
    return Sample(
        scenario.name,
        each.name,
        count,
        command[0],
        round(done.seconds, 2),
        len(calls),
        sum(call["action"] == "DescribeImageCaches" for call in calls),
        sum(str(call["code"]).startswith("Throttling") for call in calls),
        sum("hrottl" in line for line in done.output.splitlines()),
        round(done.provider_megabytes, 1),
        round(done.provider_cpu, 2),
    )


def _state(each: Contestant) -> Iterator[State]:
    records = [record for record in each.stack.state() if record["type"].endswith("ImageCache")]
    largest = max(records, key=lambda record: len(str(record)))
    noted = {"sourcePosition", "stackTrace"}
    own = {name: value for name, value in largest.items() if name not in noted}
    yield State(each.name, _size(own), _size(largest))


def _size(record: object) -> int:
    return len(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode())
