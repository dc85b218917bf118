"""Tests of what the Python SDK says when its plugin is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pulumi
import pytest

from imagecache_provider import sdk
from imagecache_provider.install import PROGRAM, File, Place

_PLUGIN = {PROGRAM: File(b"#!/bin/sh\n", executable=True)}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An engine's environment in which the plugin is nowhere, and a folder on PATH."""
    (tmp_path / "bin").mkdir()
    return {"PULUMI_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def test_nowhere(environment: dict[str, str]) -> None:
    """A plugin that is nowhere isn't found, nor is another one that a debugger runs."""
    assert not sdk.found(environment)
    assert not sdk.found({**environment, "PULUMI_DEBUG_PROVIDERS": "aws:1,imagecache-other:2"})


def test_attached(environment: dict[str, str]) -> None:
    """A plugin that a debugger runs is found."""
    assert sdk.found({**environment, "PULUMI_DEBUG_PROVIDERS": "aws:1,imagecache:2"})


def test_on_path(environment: dict[str, str]) -> None:
    """A plugin on PATH is found, unless such ones are ignored."""
    program = Path(environment["PATH"], PROGRAM)
    program.touch(0o755)
    assert sdk.found(environment)
    assert not sdk.found({**environment, "PULUMI_IGNORE_AMBIENT_PLUGINS": "true"})


def test_installed(environment: dict[str, str]) -> None:
    """An installed plugin is found, a half one isn't."""
    place = Place.of(environment)
    place.put(_PLUGIN, "")
    assert sdk.found(environment)
    place.folder.with_name(f"{place.folder.name}.partial").touch()
    assert not sdk.found(environment)


def test_warning(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The warning has the command with the program's own interpreter; with a plugin there's none."""
    said: list[str] = []
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    monkeypatch.setattr("sys.executable", "/some/python")
    sdk.warn_without_plugin()
    assert len(said) == 1
    assert said[0].endswith("run: /some/python -m imagecache_provider install")
    Place.of(environment).put(_PLUGIN, "")
    sdk.warn_without_plugin()
    assert len(said) == 1


def run(program: str) -> str:
    """Run a program as an engine does, with mocks in its place; return what it's told of the plugin."""
    lines = (
        "import pulumi",
        "from imagecache_provider import sdk",
        "class Mocks(pulumi.runtime.Mocks):",
        "    def new_resource(self, args): return args.name, args.inputs",
        "    def call(self, args): return {'regions': []}",
        "pulumi.runtime.set_mocks(Mocks())",
        "sdk.found = lambda environment: False",
        "pulumi.log.warn = print",
        program,
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_who_needs_it_is_told_once() -> None:
    """A program with resources and functions of the SDK is told once where the plugin is missing."""
    said = run(
        "import pulumi_imagecache as imagecache\n"
        "print('loaded')\n"
        "imagecache.eci.ImageCache('one', images=['nginx'])\n"
        "imagecache.eci.ImageCache('two', images=['nginx'])\n"
        "imagecache.eci.get_regions()\n"
    )
    assert said.startswith("loaded\nThe plugin imagecache")
    assert said.count("imagecache_provider install") == 1


def test_dynamic_front_needs_none() -> None:
    """A program of the dynamic front, which takes the SDK's types, isn't told of any plugin."""
    assert run("from imagecache_provider.dynamic import eci\neci.ImageCache('one', images=['nginx'])\n") == ""
