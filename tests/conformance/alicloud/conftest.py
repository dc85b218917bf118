"""A stack of pulumi-alicloud's own resources on a real engine, with the simulator as its cloud.

Each module has one: an `up` takes most of a minute of the plugin's own waits.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_stack import LocalStack, simulator

PROGRAM = Path(__file__).parent / "programs" / "network"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Yield a created stack of the program, not yet up."""
    folder = tmp_path_factory.mktemp("alicloud")
    project = folder / "project"
    shutil.copytree(PROGRAM, project)
    with simulator("--speed", "600", "--seed", "7") as cloud:
        stack = LocalStack(project, folder / "pulumi", cloud)
        stack.create()
        yield stack
