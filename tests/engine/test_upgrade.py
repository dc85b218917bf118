"""Users' states outlive our versions: each released one previews without a change."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from golden_state import FOLDER, FRONTS, golden_stack
from local_stack import Simulator

STATES = sorted(FOLDER.glob("*.json"))


def test_there_is_one_of_this_version() -> None:
    """This version's states are there, of each front."""
    names = {path.stem for path in STATES}
    assert {f"{front}-{version('pulumi-imagecache')}" for front in FRONTS} <= names


@pytest.mark.parametrize("state", STATES, ids=lambda path: path.stem)
def test_no_change(cloud: Simulator, tmp_path: Path, state: Path) -> None:
    """A state of an earlier version previews as it is, offline, and its secrets are read."""
    stack = golden_stack(state.stem.partition("-")[0], tmp_path, cloud)
    stack.pulumi("stack", "import", "--file", str(state), quiet=True)
    stack.pulumi("preview", "--expect-no-changes", quiet=True)
    assert cloud.ask("requests") == []
    shown = stack.pulumi("stack", "export", "--show-secrets", quiet=True).stdout
    assert '\\"simulator\\"' in shown, "the password is read"
