"""A stack of pulumi-alicloud's own resources on a real engine, with the simulator as its cloud.

Each module has one: an `up` takes most of a minute of the plugin's own waits.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.prepared import PreparedStack, Template, account, template

__all__ = ["template"]

PROGRAM = Path(__file__).parent / "programs" / "network"


@pytest.fixture(scope="module")
def stack(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedStack]:
    """Yield a created stack of the program, not yet up."""
    folder = tmp_path_factory.mktemp("alicloud")
    project = folder / "project"
    shutil.copytree(PROGRAM, project)
    with account() as cloud:
        yield template.stack(project, folder / "pulumi", cloud)
