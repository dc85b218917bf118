"""What the tests of tools and those with the real engine share."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from build_plugin import DIST, ROOT
from imagecache_provider.install import archive_name

_SELECTED = pytest.StashKey[bool]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those that ask what all others did come last."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note that some tests are left out of this run; the conformance suite also tells of none."""
    for item in items:
        item.config.stash[_SELECTED] = True


@pytest.fixture
def whole_suite(pytestconfig: pytest.Config) -> bool:
    """Say whether this run is of all tests."""
    folders = [Path(argument).resolve() for argument in pytestconfig.args]
    return folders == [Path(__file__).parent.resolve()] and not pytestconfig.stash.get(_SELECTED, False)


@pytest.fixture(scope="session")
def plugin_archive() -> Path:
    """The plugin's archive, made by `make plugin` if it isn't there or is older than what it's made from."""
    subprocess.run(["make", "--silent", "plugin"], cwd=ROOT, check=True)
    return DIST / archive_name()
