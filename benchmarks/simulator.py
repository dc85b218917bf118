"""`make bench-simulator`: how the simulator's server bears a steady load, and whether its memory stays flat.

The server runs as `python -m imagecache_simulator`, the client is this process: a few connections that are
kept, each with calls at fixed times, so that a slow answer doesn't slow the load down. It fails when a call
isn't answered with 200, or when the server's memory grows.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from signed_calls import SignedCall, Signer

REPORT = Path(__file__).parents[1] / "docs" / "simulator-performance.json"
CONNECTIONS = 8
CACHES = 300
REGION = "cn-hangzhou"
ECI, VPC, ECS = "2018-08-08", "2016-04-28", "2014-05-26"
# What the server's memory may grow by in the second half, in MB. Its log of 10,000 calls isn't full before 50
# seconds at 200 calls a second, nonces are kept for half an hour: both are bounded, and this is their share.
MOST_GROWTH = 12.0
# What is called, and how often of a hundred calls.
MIX = {
    "DescribeImageCaches page": 40,
    "DescribeImageCaches one": 20,
    "CreateImageCache": 6,
    "UpdateImageCache": 6,
    "DeleteImageCache": 6,
    "DescribeVpcs": 6,
    "DescribeVSwitches": 6,
    "DescribeSecurityGroups": 5,
    "ListUsage": 5,
}


class RefusedError(Exception):
    """A call wasn't answered with 200."""


@dataclass
class Load:
    """Calls of a realistic mix; connections share it.

    Attributes:
        seconds, failures: what was measured: how late each answer came after its time, and what went wrong.
    """

    signer: Signer
    network: Mapping[str, str]
    caches: deque[str]
    chance: random.Random
    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in MIX})
    failures: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def call(self, connection: http.client.HTTPConnection, kind: str) -> None:
        """Make one call of a kind."""
        number = next(self.numbers)
        action, version = kind.partition(" ")[0], ECI
        parameters: dict[str, str] = {}
        if kind == "DescribeImageCaches page":
            parameters = {"Limit": "20"}
        elif kind == "DescribeImageCaches one":
            parameters = {"ImageCacheId": self.chance.choice(self.caches)}
        elif kind == "CreateImageCache":
            parameters = self.creation(number)
        elif kind == "UpdateImageCache":
            parameters = {"ImageCacheId": self.ready(), "Tag.1.Key": "n", "Tag.1.Value": str(number)}
        elif kind == "DeleteImageCache":
            parameters = {"ImageCacheId": self.caches.popleft()}
        elif kind != "ListUsage":
            version = ECS if kind == "DescribeSecurityGroups" else VPC
        answer = self.send(connection, action, version, parameters)
        if kind == "CreateImageCache":
            self.caches.append(answer["ImageCacheId"])

    def ready(self) -> str:
        """Return a cache that has been there since the beginning, or nearly."""
        return self.caches[len(self.caches) // 2]

    def creation(self, number: int) -> dict[str, str]:
        """Return the parameters of a new cache."""
        return {
            "ImageCacheName": f"bench-{number}",
            "Image.1": "registry-vpc.cn-hangzhou.aliyuncs.com/team/nginx:1.25",
            "ClientToken": f"bench-{number}",
            "VSwitchId": self.network["VSwitchId"],
            "SecurityGroupId": self.network["SecurityGroupId"],
        }

    def send(
        self, connection: http.client.HTTPConnection, action: str, version: str, parameters: Mapping[str, str]
    ) -> dict[str, Any]:
        """Sign a call in one of both ways, send it and return the body; `RefusedError` for any but 200."""
        named = {"RegionId": REGION, **parameters}
        call = self.sign(action, version, named)
        connection.request("POST", f"/?{call.query}", call.body, dict(call.headers))
        response = connection.getresponse()
        body: dict[str, Any] = json.loads(response.read())
        if response.status != http.client.OK:
            raise RefusedError(f"{action}: {response.status} {body.get('Code')}")
        return body

    def sign(self, action: str, version: str, parameters: Mapping[str, str]) -> SignedCall:
        """Sign a call, half of them each way."""
        if self.chance.random() < 1 / 2:
            return self.signer.rpc(action, version, parameters)
        return self.signer.v3(action, version, urlencode(parameters))


def work(load: Load, endpoint: str, schedule: list[tuple[float, str]], began: float) -> None:
    """Make the calls of one connection, each at its time (seconds after `began`)."""
    connection = http.client.HTTPConnection(endpoint, timeout=30)
    for at, kind in schedule:
        due = began + at
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            load.call(connection, kind)
        except (RefusedError, OSError, http.client.HTTPException, ValueError) as error:
            load.failures[f"{type(error).__name__}: {error}"] += 1
            connection.close()
        else:
            load.seconds[kind].append(time.perf_counter() - due)
    connection.close()


def prepare(endpoint: str, chance: random.Random) -> Load:
    """Make the network and the caches that are there when the load begins."""
    load = Load(Signer(endpoint), {}, deque(), chance)
    connection = http.client.HTTPConnection(endpoint, timeout=30)
    vpc = load.send(connection, "CreateVpc", VPC, {"CidrBlock": "10.0.0.0/8"})["VpcId"]
    place = {"VpcId": vpc, "ZoneId": "cn-hangzhou-h", "CidrBlock": "10.0.0.0/16"}
    load.network = {
        "VSwitchId": load.send(connection, "CreateVSwitch", VPC, place)["VSwitchId"],
        "SecurityGroupId": load.send(connection, "CreateSecurityGroup", ECS, {"VpcId": vpc})[
            "SecurityGroupId"
        ],
    }
    for _ in range(CACHES):
        load.call(connection, "CreateImageCache")
    connection.request("POST", "/_simulator/clock", json.dumps({"advance": 7200}))
    connection.getresponse().read()
    connection.close()
    return load


def schedules(rate: float, seconds: float, chance: random.Random) -> list[list[tuple[float, str]]]:
    """Return what each connection calls and when: the rate altogether, evenly spread."""
    kinds = chance.choices(list(MIX), list(MIX.values()), k=int(rate * seconds))
    planned = [(number / rate, kind) for number, kind in enumerate(kinds)]
    return [planned[first::CONNECTIONS] for first in range(CONNECTIONS)]


@contextmanager
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a simulator; yield its process and its endpoint."""
    command = [sys.executable, "-m", "imagecache_simulator", "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            yield process, json.loads(process.stdout.readline())["endpoint"]
        finally:
            process.terminate()


def resident_mb(process_id: int) -> float:
    """Return a process's resident memory in MB; `ps` tells it where there is no /proc, as on macOS."""
    statm = Path(f"/proc/{process_id}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1024**2
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process_id)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout) / 1024


def measure(rate: float, seconds: float) -> dict[str, Any]:
    """Run the load and return what was seen."""
    chance = random.Random(1)  # noqa: S311 - a mix that repeats
    with server() as (process, endpoint):
        load = prepare(endpoint, chance)
        memory = [resident_mb(process.pid)]
        began = time.perf_counter()
        plans = schedules(rate, seconds, chance)
        threads = [threading.Thread(target=work, args=(load, endpoint, plan, began)) for plan in plans]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 2)
        memory.append(resident_mb(process.pid))
        for thread in threads:
            thread.join()
        took = max(time.perf_counter() - began, seconds)
        memory.append(resident_mb(process.pid))
    return report(load, rate, took, memory)


def report(load: Load, rate: float, seconds: float, memory: list[float]) -> dict[str, Any]:
    """Return the result as plain data: latencies in ms, memory in MB at start, half-way and end."""
    everything = list(itertools.chain.from_iterable(load.seconds.values()))
    return {
        "command": "make bench-simulator",
        "machine": {"cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 1)},
        "wanted_rate": rate,
        "seconds": round(seconds, 1),
        "calls": len(everything),
        "rate": round(len(everything) / seconds, 1),
        "failures": dict(load.failures),
        "latency_ms": {"all": percentiles(everything)}
        | {kind: percentiles(each) for kind, each in load.seconds.items()},
        "memory_mb": {
            name: round(each, 1) for name, each in zip(("start", "half", "end"), memory, strict=True)
        },
        "most_growth_mb": MOST_GROWTH,
    }


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds; none of fewer than two."""
    if len(seconds) < 2:  # noqa: PLR2004 - what quantiles needs
        return {}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"p{share}": round(cuts[share - 1] * 1000, 1) for share in (50, 95, 99)}


def table(result: Mapping[str, Any]) -> str:
    """Return the result as a person reads it."""
    lines = [f"{'ms':<26}{'p50':>8}{'p95':>8}{'p99':>8}"]
    for kind, each in result["latency_ms"].items():
        lines.append(f"{kind:<26}" + "".join(f"{value:>8}" for value in each.values()))
    memory, machine = result["memory_mb"], result["machine"]
    lines += [
        f"{result['calls']} calls in {result['seconds']} s: {result['rate']} a second",
        f"{sum(result['failures'].values())} failed",
        f"memory: {memory['start']} MB at the start, {memory['half']} half-way, {memory['end']} at the end",
        f"{machine['cores']} cores, load average {machine['load_average']}",
    ]
    return "\n".join(lines)


def complaints(result: Mapping[str, Any]) -> list[str]:
    """Return what isn't as it must be."""
    found = [f"{count} times {failure}" for failure, count in result["failures"].items()]
    growth = result["memory_mb"]["end"] - result["memory_mb"]["half"]
    if growth > result["most_growth_mb"]:
        found.append(f"memory grew by {growth:.1f} MB in the second half")
    return found


def main() -> int:
    """Run it; return the exit status: 1 when a call failed or memory grew."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=float, default=200, help="calls a second (default: %(default)s)")
    options.add_argument("--seconds", type=float, default=60, help="how long (default: %(default)s)")
    options.add_argument("--report", type=Path, help=f"write the result there; {REPORT.name} is in docs")
    given = options.parse_args()
    result = measure(given.rate, given.seconds)
    print(table(result))
    if given.report:
        given.report.write_text(json.dumps(result, indent=2) + "\n")
    for complaint in complaints(result):
        print(complaint, file=sys.stderr)
    return 1 if complaints(result) else 0


if __name__ == "__main__":
    sys.exit(main())
