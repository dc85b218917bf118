"""Writes the state that this version leaves: `python tools/golden_state.py`, once a release, before its tag.

`tests/engine/test_upgrade.py` imports each file of tests/engine/golden into a new stack, where a preview of
the same program must find nothing to do: users' states outlive our versions. A file is never written again.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine_environment import EngineMissingError
from local_stack import LocalStack, simulator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "engine" / "golden"
PROGRAMS = FOLDER / "programs"
FRONTS = ("plugin", "dynamic")
_OF_THIS_MACHINE = ("sourcePosition", "stackTrace", "created", "modified")


def main() -> int:
    """Write the states of both fronts; 1 if they are there already, or there's no engine."""
    for front in FRONTS:
        path = FOLDER / f"{front}-{version('pulumi-imagecache')}.json"
        if path.exists():
            print(f"{path.name} is there already: a released state never changes", file=sys.stderr)
            return 1
        try:
            state = made(front)
        except EngineMissingError as error:
            print(error, file=sys.stderr)
            return 1
        path.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")
    return 0


def made(front: str) -> dict[str, Any]:
    """Bring a front's program up on a simulator; give its exported state without what is this machine's."""
    with simulator("--speed", "600", "--seed", "7") as cloud, tempfile.TemporaryDirectory() as folder:
        cloud.ask("internet", "POST", {"RegionId": cloud.region})
        stack = golden_stack(front, Path(folder), cloud)
        stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
        exported: dict[str, Any] = json.loads(stack.pulumi("stack", "export", quiet=True).stdout)
    for resource in exported["deployment"]["resources"]:
        for name in _OF_THIS_MACHINE:
            resource.pop(name, None)
    return exported


def golden_stack(front: str, folder: Path, cloud: Any) -> LocalStack:
    """Make a stack of a front's program in a folder."""
    project = folder / "project"
    project.mkdir()
    for part in (PROGRAMS / front).iterdir():
        (project / part.name).write_text(part.read_text())
    stack = LocalStack(project, folder / "pulumi", cloud)
    stack.create()
    return stack


if __name__ == "__main__":
    sys.exit(main())
