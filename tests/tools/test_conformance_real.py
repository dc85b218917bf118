"""Tests of a conformance run against a real account, with the simulator standing in for it.

Each runs pytest in a process of its own, as a person would: `pytest tests/conformance --cloud real …`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance_account import RUN_TAG
from imagecache_simulator import Cloud, ManualClock, ScaledClock, serve
from imagecache_simulator.eci.image_cache import Inputs

ROOT = Path(__file__).parents[2]
SUITE = "tests/conformance"
REGION = "cn-hangzhou"
KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "simulator", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "simulator"}
CREATING = ("Create", "Allocate", "Update")
A_BUILD = f"{SUITE}/eci/test_create_image_cache.py::test_from_preparing_to_ready"

Command = Callable[..., list[str]]


@pytest.fixture
def cloud() -> Cloud:
    """Return the account that stands in for a real one; its builds stand still."""
    return Cloud(clock=ManualClock(), seed=1)


@pytest.fixture
def endpoint(cloud: Cloud) -> Iterator[str]:
    """Yield where the account is."""
    with serve(cloud) as server:
        yield server.endpoint


@pytest.fixture
def suite(endpoint: str) -> Command:
    """Return what makes the command line of a run against the account."""

    def make(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--cloud", "real",
                "--cloud-region", REGION, "--cloud-endpoint", endpoint, "--cloud-interval", "0.05",
                *arguments]  # fmt: skip

    return make


@pytest.fixture
def sweep(endpoint: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what runs the command that sweeps the account."""

    def make(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run([sys.executable, "tools/conformance_sweep.py", "--cloud-region", REGION,
                    "--cloud-endpoint", endpoint, "--cloud-interval", "0.05", *arguments])  # fmt: skip

    return make


def environment(key: dict[str, str]) -> dict[str, str]:
    """Return this process's environment without anybody's key, and with this one."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ALIBABA_CLOUD_")}
    return {**ours, "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", **key}


def run(command: list[str], key: dict[str, str] = KEY) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository to its end."""
    return subprocess.run(
        command, cwd=ROOT, env=environment(key), capture_output=True, text=True, timeout=110, check=False
    )


def made(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the calls that made something, or were to."""
    return [request for request in cloud.requests if request["action"].startswith(CREATING)]


def left(cloud: Cloud) -> list[str]:
    """Return the IDs of what exists on the account."""
    network: list[dict[str, Any]] = [cloud.vpc.vpcs, cloud.vpc.vswitches, cloud.vpc.eips]
    eci: list[dict[str, Any]] = [cloud.eci.image_caches, cloud.eci.container_groups]
    tables = [*network, cloud.vpc.nat.gateways, cloud.ecs.security_groups, *eci]
    return [each for table in tables for each in table]


def wait_for(condition: Callable[[], Any]) -> None:
    """Wait until another process has brought something about."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_tagged_and_swept(suite: Command, cloud: Cloud) -> None:
    """Everything that a run makes carries its tag, and is gone at its end; what isn't the run's stays."""
    colleagues = cloud.vpc.create_vpc(REGION, "10.0.0.0/8", "").vpc_id
    result = run(suite(f"{SUITE}/vpc/test_vpcs.py", f"{SUITE}/ecs/test_rules.py", "--cloud-cap", "60"))
    assert result.returncode == 0, result.stdout
    calls = [call for call in made(cloud) if not call["code"]]
    assert {call["action"] for call in calls} == {"CreateVpc", "CreateVSwitch", "CreateSecurityGroup"}
    ((tag, count),) = re.findall(r"run (\S+): (\d+) creating calls of 60", result.stdout)
    for call in calls:
        assert RUN_TAG in call["parameters"].values()
        assert any(value.startswith(tag) for value in call["parameters"].values())
    assert int(count) == len(made(cloud))
    assert left(cloud) == [colleagues]


def test_what_costs_is_left_out(suite: Command, cloud: Cloud) -> None:
    """What costs money, and what can't be driven on a real account, is left out with its reason."""
    result = run(suite(f"{SUITE}/vpc/test_eip_addresses.py", f"{SUITE}/vpc/test_shared.py"))
    assert result.returncode == 0, result.stdout
    assert re.search(r"left out \d+: costs money, --cloud-paid runs it: elastic IP addresses", result.stdout)
    assert re.search(r"left out 1: can't be driven on a real account: it takes the tag off", result.stdout)
    assert "AllocateEipAddress" not in {call["action"] for call in cloud.requests}


def test_paid(suite: Command) -> None:
    """With --cloud-paid builds are made, waited for in real time, and swept."""
    cloud = Cloud(clock=ScaledClock(speed=600), seed=1)
    with serve(cloud) as server:
        command = suite(A_BUILD, "--cloud-paid", "--cloud-endpoint", server.endpoint)
        result = run([*command, "--cloud-interval", "0.02"])
    assert result.returncode == 0, result.stdout
    assert "CreateImageCache" in {call["action"] for call in made(cloud)}
    assert left(cloud) == []


def test_cap(suite: Command, cloud: Cloud) -> None:
    """A run that would make more than its cap fails before the call, ends there, and is swept."""
    result = run(suite(f"{SUITE}/vpc/test_vpcs.py", "--cloud-cap", "3"))
    assert result.returncode != 0
    assert "would be creating call 4 of this run, and --cloud-cap is 3" in result.stdout
    assert len(made(cloud)) == 3
    assert "1 failed" in result.stdout or "1 error" in result.stdout
    assert left(cloud) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--cloud", "real"], "--cloud real needs --cloud-region"),
        (["--cloud-region", REGION], "go with --cloud real"),
        (["--cloud-paid"], "go with --cloud real"),
        (["--cloud", "real", "--cloud-region", REGION, "-n", "2"], "--cloud real goes without -n"),
    ],
)
def test_half_of_what_it_needs(options: list[str], message: str) -> None:
    """A run against a real account names its region, and only such a run does."""
    result = run([sys.executable, "-m", "pytest", f"{SUITE}/vpc", *options])
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr


@pytest.mark.parametrize("name", list(KEY))
def test_without_credentials(suite: Command, cloud: Cloud, name: str) -> None:
    """Without a key in the environment nothing is called, and the missing variable is named."""
    key = {each: value for each, value in KEY.items() if each != name}
    result = run(suite(f"{SUITE}/vpc/test_vpcs.py"), key)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"a real account needs {name} in the environment" in result.stdout + result.stderr
    assert not cloud.requests


def test_sweep_without_credentials() -> None:
    """The command that sweeps names the variables that it misses."""
    result = run([sys.executable, "tools/conformance_sweep.py", "--cloud-region", REGION], {})
    assert result.returncode == 2
    assert "a real account needs ALIBABA_CLOUD_ACCESS_KEY_ID and" in result.stderr


def test_interrupted(suite: Command, cloud: Cloud) -> None:
    """A run that is asked to end in the middle of a build sweeps before it does."""
    with subprocess.Popen(suite(A_BUILD, "--cloud-paid"), cwd=ROOT, env=environment(KEY),
                          stdout=subprocess.DEVNULL) as child:  # fmt: skip
        wait_for(lambda: cloud.eci.image_caches)
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=60) == pytest.ExitCode.INTERRUPTED
    assert left(cloud) == []


def test_killed(suite: Command, cloud: Cloud, sweep: Callable[..., Any]) -> None:
    """What a run left that was killed in the middle of a build is found by its tag and swept."""
    with subprocess.Popen(suite(A_BUILD, "--cloud-paid"), cwd=ROOT, env=environment(KEY),
                          stdout=subprocess.DEVNULL) as child:  # fmt: skip
        wait_for(lambda: cloud.eci.image_caches)
        child.kill()
        child.wait(timeout=60)
    before = left(cloud)
    assert len(before) == 6
    (cache,) = cloud.eci.image_caches.values()
    assert "DeleteVpc" not in sweep().stdout
    assert left(cloud) == before
    result = sweep("--run", cache.tags[RUN_TAG].partition(".")[0])
    assert result.returncode == 0, result.stderr
    assert "DeleteImageCache" in result.stdout
    assert left(cloud) == []


def test_old_runs_are_swept(suite: Command, cloud: Cloud) -> None:
    """A run first sweeps what is left of runs older than six hours, and lets younger ones be."""
    tags = {
        "old": f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(time.time() - 7 * 3600))}-0a0a0a0a.3",
        "young": f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(time.time() - 3600))}-0b0b0b0b.3",
        "other": "a colleague's own value",
    }
    ids = {
        name: cloud.eci.create_image_cache(REGION, Inputs(name, ("nginx",)), {RUN_TAG: tag}).image_cache_id
        for name, tag in tags.items()
    }
    result = run(suite(f"{SUITE}/eci/test_regions.py"))
    assert result.returncode == 0, result.stdout
    assert list(cloud.eci.image_caches) == [ids["young"], ids["other"]]


def test_sweep_tells_what_it_cannot_delete(cloud: Cloud, sweep: Callable[..., Any]) -> None:
    """What can't be deleted is named with the cloud's code, and the command fails."""
    vpc = cloud.vpc.create_vpc(REGION, "10.0.0.0/8", "")
    vpc.tags[RUN_TAG] = "20200101T000000Z-00000000"
    cloud.ecs.create_security_group(REGION, vpc.vpc_id, "")
    result = sweep()
    assert result.returncode == 1
    assert f"left: {vpc.vpc_id}: DependencyViolation.SecurityGroup" in result.stderr
