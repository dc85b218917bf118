"""Users' states outlive our versions: each released one previews without a change.

The states are history, written by a real engine and the version in their name: see tools/golden_state.py.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from golden_state import FOLDER, NAMES, golden_stack
from local_stack import Simulator

STATES = sorted(FOLDER.glob("*.json"))


def stack_outputs(state: Path) -> dict[str, Any]:
    """Return the outputs of a state's stack: what its program was told, if anything was."""
    resources = json.loads(state.read_text())["deployment"]["resources"]
    (stack,) = [each for each in resources if each["type"] == "pulumi:pulumi:Stack"]
    outputs: dict[str, Any] = stack.get("outputs", {})
    return outputs


def test_there_is_one_of_this_version() -> None:
    """This version's states are there, of each program."""
    names = {path.stem for path in STATES}
    assert {f"{name}-{version('pulumi-imagecache')}" for name in NAMES} <= names


@pytest.mark.parametrize("state", STATES, ids=lambda path: path.stem)
def test_no_change(cloud: Simulator, tmp_path: Path, state: Path) -> None:
    """A state of an earlier version previews as it is, offline, and its secrets are read."""
    stack = golden_stack(state.stem.partition("-")[0], tmp_path, cloud)
    if outputs := stack_outputs(state):
        stack.configure({name: json.dumps(value) for name, value in outputs.items()})
    stack.pulumi("stack", "import", "--file", str(state), quiet=True)
    stack.pulumi("preview", "--expect-no-changes", quiet=True)
    assert cloud.ask("requests") == []
    shown = stack.pulumi("stack", "export", "--show-secrets", quiet=True).stdout
    assert '\\"simulator\\"' in shown, "the password is read"
