"""Tests of `python -m imagecache_provider`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from imagecache_provider.__main__ import main
from imagecache_provider.install import VERSION


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plugin's folder in a fresh PULUMI_HOME."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    return tmp_path / "plugins" / f"resource-imagecache-v{VERSION}"


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help is shown."""
    assert main([]) == 0
    assert "install" in capsys.readouterr().out


def test_install(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Install, check and remove say in one line each what was done, and end with 0."""
    for arguments in ([], ["--check"], ["--remove"]):
        assert main(["install", *arguments]) == 0
    installed, checked, removed = capsys.readouterr().out.splitlines()
    assert installed == (
        f"Installed the plugin imagecache v{VERSION}: {folder} (runs in the Python environment {sys.prefix})"
    )
    assert str(folder) in checked
    assert removed.startswith("Removed")
    assert not folder.exists()


def test_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can't be done is told on standard error, with exit status 1 and no traceback."""
    assert main(["install", "--check"]) == 1
    out, errors = capsys.readouterr()
    assert (out, errors.count("\n")) == ("", 1)
    assert str(folder) in errors


def test_ways_exclude_each_other() -> None:
    """Only one of --file, --check and --remove is taken, with exit status 2 otherwise."""
    with pytest.raises(SystemExit) as ended:
        main(["install", "--check", "--remove"])
    assert ended.value.code == 2
