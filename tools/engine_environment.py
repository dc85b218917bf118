"""Where this machine's Pulumi engine is, and the environment in which `pulumi` finds all of it.

The demo and the real-engine tests call environment(); `make engine` (build_engine.py) calls find_engine()
to see what is missing. Nothing here touches the network or builds anything.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine_cache import cache_folder
from engine_pins import (
    MODULES,
    OLDEST_PULUMI,
    PLUGIN,
    PLUGIN_GROUP,
    PLUGIN_VERSION,
    PULUMI,
    PULUMI_PROGRAMS,
    PULUMI_VERSION,
    engine_folder_name,
)

ON_PATH = "on PATH"
IN_THE_MAKING = "PULUMI_IMAGECACHE_ENGINE_IN_THE_MAKING"
"""The variable that has the process ID of a `make engine` which is at work beside this process."""


class EngineMissingError(RuntimeError):
    """There is no engine on this machine yet: `make engine` makes one."""


@dataclass(frozen=True)
class Part:
    """Programs that were found: the folder they are in, and how they came to be there."""

    folder: Path
    origin: str

    def __str__(self) -> str:
        return f"{self.folder} ({self.origin})"


@dataclass(frozen=True)
class Engine:
    """A whole engine: `pulumi` with its hosts, and the alicloud plugin."""

    pulumi: Part
    plugin: Part


def environment(pulumi_home: Path | None = None, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables to lay over the environment of a `pulumi` process.

    PATH begins with this interpreter's own scripts (the engine's Python host runs the first `python3` on
    PATH, whatever a stack says of virtual environments) and goes on with the engine. The engine asks
    nobody for updates or plugins. The caller adds what belongs to a stack: PULUMI_BACKEND_URL,
    PULUMI_CONFIG_PASSPHRASE.

    With `pulumi_home`, which is made if it isn't there, PULUMI_HOME is set and the alicloud plugin is
    installed there by a link; without, the plugin is on PATH, and the engine warns of that in each run.

    Raises:
        EngineMissingError: `make engine` hasn't been run here.
    """
    environ = os.environ if environ is None else environ
    engine = find_engine(environ)
    variables = {"PULUMI_SKIP_UPDATE_CHECK": "1", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "1"}
    folders = path_folders(engine)
    if pulumi_home is not None:
        pulumi_home = pulumi_home.absolute()  # `pulumi` runs in the folder of a stack
        pulumi_home.mkdir(parents=True, exist_ok=True)
        variables["PULUMI_HOME"] = str(pulumi_home)
        if engine.plugin.folder in folders:
            folders.remove(engine.plugin.folder)
            _link_plugin(engine.plugin.folder, pulumi_home)
    variables["PATH"] = os.pathsep.join([*map(str, folders), environ.get("PATH", os.defpath)])
    return variables


def path_folders(engine: Engine) -> list[Path]:
    """What goes before the PATH that a process has, in this order."""
    parts = [part.folder for part in (engine.pulumi, engine.plugin) if part.origin != ON_PATH]
    return [Path(sysconfig.get_path("scripts")), *parts]


def find_engine(environ: Mapping[str, str], modules: Path = MODULES) -> Engine:
    """Find the whole engine. Takes well under a second.

    Raises:
        EngineMissingError: a part of it is nowhere.
    """
    pulumi, plugin = find_pulumi(environ, modules), find_plugin(environ, modules)
    if not pulumi or not plugin:
        raise EngineMissingError("There is no Pulumi engine on this machine yet. Run: make engine")
    return Engine(pulumi, plugin)


def wait_for_engine(environ: Mapping[str, str], wait: Callable[[], None]) -> Engine:
    """Find the whole engine, once it's made if that is under way.

    Args:
        environ: of this process; IN_THE_MAKING in it names the `make engine` to wait for.
        wait: passes a moment.

    Raises:
        EngineMissingError: a part of it is nowhere, and nothing makes it, or does any more.
    """
    while True:
        at_work = _is_at_work(environ.get(IN_THE_MAKING, ""))  # asked first: it may end in between
        try:
            return find_engine(environ)
        except EngineMissingError:
            if not at_work:
                raise
        wait()


def _is_at_work(process: str) -> bool:
    if not process:
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True


def find_pulumi(environ: Mapping[str, str], modules: Path = MODULES) -> Part | None:
    """Find `pulumi` with its Python and YAML hosts: on PATH, downloaded, or built."""
    cache = cache_folder(environ)
    path = _path_without(cache, environ)
    program = shutil.which(PULUMI, path=path)
    if program and not whats_wrong_on_path(environ):
        return Part(Path(program).parent, ON_PATH)
    downloaded = downloaded_pulumi(cache) / "bin"
    if (downloaded / PULUMI).exists():
        return Part(downloaded, "downloaded")
    built = cache / engine_folder_name(modules)
    return Part(built, "built") if built.exists() else None


def find_plugin(environ: Mapping[str, str], modules: Path = MODULES) -> Part | None:
    """Find the alicloud plugin: on PATH, where Pulumi keeps plugins, downloaded, or built."""
    cache = cache_folder(environ)
    if program := shutil.which(PLUGIN, path=_path_without(cache, environ)):
        return Part(Path(program).parent, ON_PATH)
    home = Path(environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    # A link into the cache is no plugin of the user's own: `environment` made it of one of those below.
    folder = _installed_plugin(home)
    if folder and cache.resolve() not in (folder / PLUGIN).resolve().parents:
        return Part(folder, "installed")
    if folder := _installed_plugin(downloaded_plugin(cache)):
        return Part(folder, "downloaded")
    built = cache / PLUGIN_GROUP.folder_name(modules)
    return Part(built, "built") if built.exists() else None


def whats_wrong_on_path(environ: Mapping[str, str]) -> str:
    """Say why the `pulumi` on PATH can't be used; empty if it can."""
    path = _path_without(cache_folder(environ), environ)
    program = shutil.which(PULUMI, path=path)
    if not program:
        return "There is no pulumi on PATH."
    lacking = [name for name in PULUMI_PROGRAMS if not shutil.which(name, path=path)]
    if lacking:
        return f"{program} lacks {', '.join(lacking)}."
    version = _version_of(program, environ)
    if version is None:
        return f"{program} doesn't tell its version."
    if version < OLDEST_PULUMI:
        return f"{program} is older than {'.'.join(map(str, OLDEST_PULUMI))}."
    return ""


def downloaded_pulumi(cache: Path) -> Path:
    """The root that Pulumi's installer is given: one for each version of the Python package."""
    return cache / f"downloaded-pulumi-{PULUMI_VERSION}"


def downloaded_plugin(cache: Path) -> Path:
    """The PULUMI_HOME into which the alicloud plugin is downloaded."""
    return cache / f"downloaded-alicloud-{PLUGIN_VERSION}"


def _path_without(cache: Path, environ: Mapping[str, str]) -> str:
    # What `make engine` made is not the user's own, also where --print-path put it on PATH: it is looked
    # up by its pins, so that a changed pin is noticed.
    entries = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if cache not in Path(entry).parents)


def _version_of(pulumi: str, environ: Mapping[str, str]) -> tuple[int, int] | None:
    variables = {**environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        answer = subprocess.run(
            [pulumi, "version"], env=variables, capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.match(r"v?(\d+)\.(\d+)\.", answer)
    return (int(match[1]), int(match[2])) if match else None


def _installed_plugin(home: Path) -> Path | None:
    # Any version of the same major number does; the exact one comes first.
    major = PLUGIN_VERSION.partition(".")[0]
    exact = home / "plugins" / f"resource-alicloud-v{PLUGIN_VERSION}"
    folders = [exact, *sorted(home.glob(f"plugins/resource-alicloud-v{major}.*"), reverse=True)]
    return next((folder for folder in folders if os.access(folder / PLUGIN, os.X_OK)), None)


def _link_plugin(folder: Path, pulumi_home: Path) -> None:
    # The engine takes a folder there for a plugin, but not a link to one; the program may be a link.
    installed = pulumi_home / "plugins" / f"resource-alicloud-v{PLUGIN_VERSION}" / PLUGIN
    installed.parent.mkdir(parents=True, exist_ok=True)
    fresh = installed.with_name(f"{PLUGIN}.{os.getpid()}")
    fresh.symlink_to(folder / PLUGIN)
    fresh.replace(installed)  # at once: another process may be starting it
