"""What the tests of tools and those with the real engine share."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

import pytest

from build_plugin import DIST, ROOT
from imagecache_provider.install import archive_name

pytest_plugins = [
    "tests.chance",
    "tests.costs",
    "tests.quick",  # before the one that imports it, or pytest warns that it can't rewrite its asserts
    "tests.engine_beside",
    "tests.hangs",
    "tests.whole_run",
]


@pytest.fixture(scope="session")
def plugin_archive() -> Path:
    """The plugin's archive, made by `make plugin` if it isn't there or is older than what it's made from."""
    DIST.mkdir(exist_ok=True)
    with (DIST / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may want it at once
        subprocess.run(["make", "--silent", "plugin"], cwd=ROOT, check=True)
    return DIST / archive_name()
