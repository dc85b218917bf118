"""Stacks on a real engine for the tests of this folder.

Each test gets its own simulator, engine state and copy of the program, so that they share nothing.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.prepared import PreparedStack, Template, account, template

from local_stack import Simulator

__all__ = ["template"]

PROGRAMS = Path(__file__).parent / "programs"
_PATIENCE = 60
"""Seconds to wait for what another process is going to do."""


class OneCache:
    """The program `one_cache` as a stack.

    Args:
        stack: the stack, created.
    """

    def __init__(self, stack: PreparedStack) -> None:
        self.stack = stack
        self.cloud = stack.simulator

    def arguments(self, **arguments: Any) -> None:
        """Set the cache's arguments; images are those of before unless given."""
        self.stack.configure({"arguments": json.dumps({"images": ["nginx:1.27"], **arguments})})

    def up(self) -> dict[str, Any]:
        """Run `pulumi up`; give the stack's outputs."""
        self.stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
        return self.stack.outputs()

    def refused(self, command: str = "up") -> str:
        """Run a command that must fail; give all that it printed."""
        flags = ("--yes", "--skip-preview") if command != "preview" else ()
        done = self.stack.pulumi(command, *flags, quiet=True, expect=None)
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def resource(self) -> dict[str, Any]:
        """The cache as the stack's state has it, secrets as they are stored."""
        found = [each for each in self.stack.state() if each["type"].endswith(":ImageCache")]
        assert len(found) == 1
        return found[0]


@pytest.fixture
def cloud() -> Iterator[Simulator]:
    """A simulated account of its own; a build takes about half a second."""
    with account() as running:
        yield running


@pytest.fixture
def one_cache(cloud: Simulator, template: Template, tmp_path: Path) -> OneCache:
    """A created stack of the program `one_cache`, not yet up; its default networks reach the registries."""
    for region in (cloud.region, "cn-beijing"):
        cloud.ask("internet", "POST", {"RegionId": region})
    project = tmp_path / "project"
    shutil.copytree(PROGRAMS / "one_cache", project)
    stack = template.stack(project, tmp_path / "pulumi", cloud)
    # The dynamic front takes what pulumi-alicloud is configured with: here the provider's own key.
    stack.unset("imagecache:region")
    for name in ("accessKey", "secretKey"):
        stack.rename(f"imagecache:{name}", f"alicloud:{name}")
    return OneCache(stack)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], str], None]:
    """Wait for what another process is going to do: there is no clock of ours in it to drive."""

    def wait(fact: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + _PATIENCE
        while not fact():
            assert time.monotonic() < limit, f"{what}: not in {_PATIENCE} s"
            time.sleep(0.05)

    return wait
