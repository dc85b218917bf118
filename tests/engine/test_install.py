"""The plugin as a user gets it: from the wheel or the archive, in a project far from this clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_environment import find_engine
from imagecache_provider.install import PROGRAM, VERSION, Place, archived
from local_stack import LocalStack, Simulator

pytestmark = pytest.mark.timeout(
    400
)  # the wheel's environment takes pip half a minute, and a busy machine longer

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"
SYSTEM = "/usr/bin:/bin"


@pytest.fixture
def engine() -> str:
    """The folder of `pulumi` and its hosts."""
    return str(find_engine(os.environ).pulumi.folder)


@pytest.fixture(scope="module")
def wheel_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel, and nothing that the wheel doesn't ask for."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = folder / "environment"
    python = environment / "bin" / "python"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel],
        cwd=folder,
        env={**os.environ, "PIP_CONSTRAINT": str(ROOT / "constraints.txt")},
        check=True,
    )
    return python


def stack_of(program: str, cloud: Simulator, folder: Path, path: str) -> LocalStack:
    """Give a stack of a copy of a program, without a plugin; its engine sees the programs on `path`."""
    cloud.ask("internet", "POST", {"RegionId": cloud.region})
    project = folder / "project"
    shutil.copytree(PROGRAMS / program, project)
    stack = LocalStack(project, folder / "pulumi", cloud, variables={"PATH": path})
    stack.create()
    place_of(stack).remove()
    return stack


@pytest.fixture
def yaml_stack(cloud: Simulator, engine: str, tmp_path: Path) -> LocalStack:
    """A stack of the YAML program; there is no Python on its PATH but the system's."""
    return stack_of("plugin_yaml", cloud, tmp_path, f"{engine}:{SYSTEM}")


def place_of(stack: LocalStack) -> Place:
    """Where the stack's engine looks for the plugin."""
    return Place.of(stack.variables)


def goes_round(stack: LocalStack) -> str:
    """Preview, bring up, see that nothing is left to do, and destroy; gives what `up` said."""
    stack.pulumi("preview", quiet=True)
    done = stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    (cache,) = stack.simulator.caches()
    assert cache["Status"] == "Ready"
    assert stack.outputs() == {"id": cache["ImageCacheId"]}
    stack.pulumi("preview", "--expect-no-changes", quiet=True)
    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert stack.simulator.caches() == []
    return done.stdout


def installed(stack: LocalStack, *arguments: str | Path) -> str:
    """Run `python -m imagecache_provider install` of some interpreter for the stack's engine."""
    python, *rest = arguments
    return subprocess.run(
        [python, "-m", "imagecache_provider", "install", *rest],
        cwd=stack.folder,
        env={"PULUMI_HOME": stack.variables["PULUMI_HOME"]},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def tree(place: Place) -> dict[str, tuple[bytes, bool]]:
    """Give the files of a PULUMI_HOME that are about the plugin: their contents, and whether they run."""
    plugins = place.folder.parent
    return {
        str(path.relative_to(plugins)): (path.read_bytes(), os.access(path, os.X_OK))
        for path in plugins.rglob("*")
        if path.is_file() and "imagecache" in str(path.relative_to(plugins))
    }


def test_wheel_for_yaml(wheel_python: Path, yaml_stack: LocalStack) -> None:
    """The wheel's launcher serves a YAML program, though the wheel's environment isn't active."""
    assert str(wheel_python.parent.parent) in installed(yaml_stack, wheel_python)
    assert "from $PATH" not in goes_round(yaml_stack)


def test_wheel_for_python(wheel_python: Path, engine: str, cloud: Simulator, tmp_path: Path) -> None:
    """The wheel has what a Python program needs, SDK and plugin; the SDK says how to install the latter."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "python3").write_text(f'#!/bin/sh\nexec {wheel_python} "$@"\n')
    (scripts / "python3").chmod(0o755)
    stack = stack_of("plugin_python", cloud, tmp_path, f"{scripts}:{engine}:{SYSTEM}")
    lacking = stack.pulumi("preview", quiet=True, expect=None)
    remedy = f"run: {wheel_python} -m imagecache_provider install"
    assert lacking.returncode != 0
    assert f"no resource plugin '{PROGRAM}' found" in lacking.stdout
    assert remedy in lacking.stdout
    installed(stack, wheel_python)
    assert remedy not in goes_round(stack)


def test_archive(plugin_archive: Path, yaml_stack: LocalStack, engine: str, tmp_path: Path) -> None:
    """The archive serves a program where no Python is; Pulumi's own install and ours leave the same files."""
    yaml_stack.variables.update({"PATH": engine, "PULUMI_IGNORE_AMBIENT_PLUGINS": "1"})
    subprocess.run(
        ["pulumi", "plugin", "install", "resource", "imagecache", VERSION, "-f", plugin_archive],
        env=yaml_stack.variables,
        check=True,
        capture_output=True,
    )
    ours = Place.of({"PULUMI_HOME": str(tmp_path / "ours")})
    ours.put(archived(plugin_archive), "")
    assert tree(ours) == tree(place_of(yaml_stack))
    assert f"resource-imagecache-v{VERSION}.lock" in tree(ours)
    goes_round(yaml_stack)


def test_ambient(yaml_stack: LocalStack, engine: str, tmp_path: Path) -> None:
    """A plugin on PATH is taken before an installed one, with a warning, unless ambient ones are ignored."""
    installed(yaml_stack, sys.executable)
    ambient = tmp_path / "ambient"
    ambient.mkdir()
    shutil.copy(place_of(yaml_stack).program, ambient)
    yaml_stack.variables["PATH"] = f"{ambient}:{engine}:{SYSTEM}"
    warning = f"using {PROGRAM} from $PATH at {ambient / PROGRAM}"
    assert warning in yaml_stack.pulumi("preview", quiet=True).stdout
    yaml_stack.variables["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "1"
    assert warning not in yaml_stack.pulumi("preview", quiet=True).stdout


@pytest.fixture
def running() -> Iterator[str]:
    """The port of a plugin that somebody started by hand, such as a debugger."""
    command = [sys.executable, "-m", "imagecache_provider.plugin"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def test_attach(running: str, yaml_stack: LocalStack) -> None:
    """PULUMI_DEBUG_PROVIDERS lets one running plugin serve one command after the other; none is installed."""
    yaml_stack.variables["PULUMI_DEBUG_PROVIDERS"] = f"imagecache:{running}"
    goes_round(yaml_stack)
    assert not place_of(yaml_stack).folder.exists()
