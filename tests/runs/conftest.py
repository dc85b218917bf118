"""Small runs of pytest, in which this project's own plugins are tried."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Inner = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def inner(tmp_path: Path) -> Inner:
    """Return a function that runs pytest on files of tests, named by keywords, with a plugin of tests/."""

    def run(*arguments: str, plugin: str, **files: str) -> subprocess.CompletedProcess[str]:
        files["conftest"] = f"pytest_plugins = ['tests.{plugin}']\n{files.get('conftest', '')}"
        for name, content in files.items():
            (tmp_path / f"{name}.py").write_text(content)
        # What isn't tried takes most of the time that a small run needs.
        others = ["cacheprovider", "anyio", *([] if plugin == "chance" else ["randomly", "hypothesispytest"])]
        without = [f"-pno:{name}" for name in others]
        paths = os.pathsep.join(map(str, (ROOT, ROOT / "tools")))
        return subprocess.run(
            [sys.executable, "-m", "pytest", "--rootdir", tmp_path, *without, *arguments, tmp_path],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths, "HANG_GRACE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture(params=[(), ("-n2",)], ids=["alone", "workers"])
def processes(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the options of a run in one process, and of one in two workers."""
    options: tuple[str, ...] = request.param
    return options
