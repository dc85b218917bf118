"""Writes the states that this version leaves: `python tools/golden_state.py`, once a release, before its tag.

tests/engine/golden has a file for each program and version. `tests/engine/test_upgrade.py` imports it into a
new stack, where a preview of the same program must find nothing to do: users' states outlive our versions.
`tests/provider/test_golden.py` holds to it what needs no engine, and to calls/, which has what was sent to
the cloud then: names, tokens, hidden tags.

A file is history: it's never written again, and nothing can tell whether it's fresh. Where a program is new,
only its files are written; where an input is new, add a program.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine_environment import EngineMissingError
from imagecache_simulator import Cloud, ScaledClock, serve
from local_stack import LocalStack, Simulator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "engine" / "golden"
PROGRAMS = FOLDER / "programs"
NAMES = ("plugin", "dynamic", "plugin_every_input", "dynamic_every_input")
"""The programs: the front, and what is in them."""
_OF_THIS_MACHINE = ("sourcePosition", "stackTrace", "created", "modified")
_SPEED = 600
_SEED = 7


def main() -> int:
    """Write the states that this version hasn't yet; 1 if it has all, or there's no engine."""
    stems = {name: f"{name}-{version('pulumi-imagecache')}" for name in NAMES}
    missing = {name: stem for name, stem in stems.items() if not (FOLDER / f"{stem}.json").exists()}
    if not missing:
        print("this version's states are there already: a released state never changes", file=sys.stderr)
        return 1
    for name, stem in missing.items():
        try:
            state, calls = made(name)
        except EngineMissingError as error:
            print(error, file=sys.stderr)
            return 1
        _write(FOLDER / f"{stem}.json", state)
        _write(FOLDER / "calls" / f"{stem}.json", calls)
    return 0


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def made(name: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Bring a program up on a simulator.

    Args:
        name: the program.

    Returns:
        The exported state with its made-up secrets, without what is this machine's; and what each
        CreateImageCache sent.
    """
    account = Cloud(clock=ScaledClock(_SPEED), seed=_SEED)
    with serve(account) as server, tempfile.TemporaryDirectory() as folder:
        cloud = Simulator(
            server.endpoint,
            server.tls_endpoint,
            str(server.ca_file),
            account.access_key_id,
            account.access_key_secret,
            account.region,
        )
        cloud.ask("internet", "POST", {"RegionId": account.region})
        stack = golden_stack(name, Path(folder), cloud)
        stack.configure({"network": json.dumps(_network(account))})
        stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
        # What awaitReady leaves open is read, as every later run does first.
        stack.pulumi("refresh", "--yes", "--skip-preview", quiet=True)
        shown = stack.pulumi("stack", "export", "--show-secrets", quiet=True).stdout
        calls = [call["parameters"] for call in cloud.calls("CreateImageCache")]
    exported: dict[str, Any] = json.loads(shown)
    for resource in exported["deployment"]["resources"]:
        for part in _OF_THIS_MACHINE:
            resource.pop(part, None)
    return exported, calls


def _network(account: Cloud) -> dict[str, Any]:
    """Make what an image cache may be built with."""
    region, zone = account.region, f"{account.region}-h"
    vpc = account.vpc.create_vpc(region, "10.0.0.0/8", "")
    blocks = ("10.0.0.0/24", "10.0.1.0/24")
    return {
        "region": region,
        "zone": zone,
        "vswitches": [account.vpc.create_vswitch(vpc, zone, block).v_switch_id for block in blocks],
        "group": account.ecs.create_security_group(region, vpc.vpc_id, "").security_group_id,
        "eip": account.vpc.allocate_eip(region, "").allocation_id,
        "resource_group": account.resource_manager.default.resource_group_id,
        "arn_service": f"acs:ram::{account.account_id}:role/service",
    }


def golden_stack(name: str, folder: Path, cloud: Any) -> LocalStack:
    """Make a stack of a program in a folder."""
    project = folder / "project"
    project.mkdir()
    for part in (PROGRAMS / name).iterdir():
        (project / part.name).write_text(part.read_text())
    stack = LocalStack(project, folder / "pulumi", cloud)
    stack.create()
    return stack


if __name__ == "__main__":
    sys.exit(main())
