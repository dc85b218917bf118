"""`python -m imagecache_provider install`: puts the plugin where the engine looks for it.

The engine starts `pulumi-resource-imagecache` from PATH, or from the folder resource-imagecache-vX.Y.Z in
PULUMI_HOME/plugins; it never looks into a Python environment that isn't active. What goes into that folder is
a launcher for this environment, or what the archive of `make plugin` holds. Folder, lock and mark are as in
`pulumi plugin install -f`, so that the two can be used in turn, and at the same time.

`__main__` calls it; `sdk` and tools/build_plugin.py ask it where things are and what they are called.
Source: pkg/v3/pluginstorage/download.go and sdk/v3/go/common/workspace/plugins.go of pulumi/pulumi.
"""

from __future__ import annotations

import fcntl
import platform
import pwd
import re
import shlex
import shutil
import subprocess
import tarfile
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from os import getuid
from pathlib import Path, PurePosixPath

from imagecache_provider.errors import ProviderError

VERSION = version("pulumi-imagecache")
PROGRAM = "pulumi-resource-imagecache"
_COMMAND = "python -m imagecache_provider install"
_ARCHIVE_NAME = re.compile(rf"{PROGRAM}-v(?P<version>.+)-(?P<platform>[a-z0-9]+-[a-z0-9]+)\.tar\.gz")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_PATIENCE = 10
"""Seconds that a plugin has to start in, and to end in."""

_LAUNCHER = """\
#!/bin/sh
# The plugin of pulumi-imagecache {version}. Made by: {command}
if [ ! -x {python} ]; then
    echo 'The Python environment of the plugin is gone: '{python}. >&2
    echo 'Run in the one that has pulumi-imagecache now: {command}' >&2
    exit 1
fi
exec {python} -E -c 'import sys
del sys.path[0]
from imagecache_provider.plugin.__main__ import main
sys.exit(main(sys.argv[1:]))' "$@"
"""
"""`-E` and `del` keep out what the environment and a stack's folder have for other Python programs."""


@dataclass(frozen=True)
class File:
    """A file of a plugin."""

    content: bytes
    executable: bool

    @property
    def mode(self) -> int:
        """Its permissions."""
        return 0o755 if self.executable else 0o644


Plugin = Mapping[str, File]
"""What is to be in a plugin's folder: relative paths to files."""


def platform_name() -> str:
    """Name this machine as Pulumi names it in an archive's name, such as `linux-amd64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{_ARCHITECTURES.get(machine, machine)}"


def archive_name() -> str:
    """Name the archive of this version for this machine."""
    return f"{PROGRAM}-v{VERSION}-{platform_name()}.tar.gz"


def launcher(python: str) -> Plugin:
    """Give a plugin that is run by a Python interpreter's environment.

    Args:
        python: the interpreter's absolute path, that of the virtual environment if it's in one.
    """
    text = _LAUNCHER.format(version=VERSION, command=_COMMAND, python=shlex.quote(python))
    return {PROGRAM: File(text.encode(), executable=True)}


def archived(archive: Path) -> Plugin:
    """Read a plugin out of its archive.

    Raises:
        ProviderError: it is of another version or platform, or no such archive.
    """
    if not archive.is_file():
        raise ProviderError(f"there is no file {archive}; `make plugin` makes {archive_name()} in dist/")
    name = _ARCHIVE_NAME.fullmatch(archive.name)
    if name is None:
        raise ProviderError(f"{archive} isn't named like an archive of the plugin: {archive_name()}")
    if name["version"] != VERSION:
        raise ProviderError(
            f"{archive} is of version {name['version']}, the installed package of {VERSION}: take"
            f" {archive_name()}, or first run: pip install pulumi-imagecache=={name['version']}"
        )
    if name["platform"] != platform_name():
        raise ProviderError(
            f"{archive} is for {name['platform']}, and this is {platform_name()}: take {archive_name()}"
        )
    try:
        with tarfile.open(archive, "r:gz") as content:
            plugin = dict(_files(content))
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise ProviderError(f"{archive} can't be read: {error}; get it anew") from None
    if PROGRAM not in plugin or not plugin[PROGRAM].executable:
        raise ProviderError(f"{archive} has no program {PROGRAM} at its root; get it anew")
    return plugin


def _files(content: tarfile.TarFile) -> Iterator[tuple[str, File]]:
    for member in content:
        path = PurePosixPath(member.name)
        opened = content.extractfile(member) if member.isreg() else None
        if opened is None or path.is_absolute() or ".." in path.parts:
            raise tarfile.ExtractError(f"{member.name} is no file of a plugin")
        yield str(path), File(opened.read(), executable=bool(member.mode & 0o100))


@dataclass(frozen=True)
class Place:
    """The place of this version's plugin.

    Attributes:
        folder: PULUMI_HOME/plugins/resource-imagecache-vX.Y.Z; it need not exist.
    """

    folder: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Place:
        """Find it as the engine does: without PULUMI_HOME, in the home that the system knows, not in HOME."""
        home = Path(environment.get("PULUMI_HOME") or Path(pwd.getpwuid(getuid()).pw_dir, ".pulumi"))
        return cls(home.absolute() / "plugins" / f"resource-imagecache-v{VERSION}")

    @property
    def program(self) -> Path:
        """What the engine starts."""
        return self.folder / PROGRAM

    def put(self, plugin: Plugin, what: str) -> str:
        """Install a plugin; one that is there already is left alone, another one gives way.

        Args:
            plugin: its files.
            what: where it comes from, for the message.

        Returns:
            What was done.

        Raises:
            ProviderError: it can't be written.
        """
        with self._locked():
            if self._whole() and self._holds(plugin):
                return f"The plugin imagecache v{VERSION} was installed already: {self.folder} ({what})"
            self._partial.touch(0o600)
            if self.folder.exists():
                shutil.rmtree(self.folder)
            for name, file in plugin.items():
                path = self.folder / name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.write_bytes(file.content)
                path.chmod(file.mode)
            self._partial.unlink()
        return f"Installed the plugin imagecache v{VERSION}: {self.folder} ({what})"

    def remove(self) -> str:
        """Take the plugin away, with what the engine keeps beside it; gives what was done."""
        if not self.folder.exists():
            return f"The plugin imagecache v{VERSION} wasn't installed: there is no {self.folder}"
        with self._locked():
            self._partial.touch(0o600)
            shutil.rmtree(self.folder)
            for each in (self._partial, self._beside("lastused"), self._beside("lock")):
                each.unlink(missing_ok=True)
        return f"Removed the plugin imagecache v{VERSION}: {self.folder}"

    def check(self) -> str:
        """Say that the plugin is installed and starts.

        Raises:
            ProviderError: it isn't, or it doesn't.
        """
        if not self.holds_plugin:
            raise ProviderError(
                f"The plugin imagecache v{VERSION} isn't installed in {self.folder}; run: {_COMMAND}"
            )
        _start(self.program)
        return f"The plugin imagecache v{VERSION} is installed and starts: {self.program}"

    @property
    def holds_plugin(self) -> bool:
        """Whether the engine finds a plugin here."""
        return self._whole() and self.program.exists()

    def _whole(self) -> bool:
        return self.folder.is_dir() and not self._partial.exists()

    def _holds(self, plugin: Plugin) -> bool:
        there = (path for path in self.folder.rglob("*") if path.is_file())
        files = {str(path.relative_to(self.folder)): path for path in there}
        return files.keys() == plugin.keys() and all(
            path.read_bytes() == plugin[name].content and path.stat().st_mode & 0o777 == plugin[name].mode
            for name, path in files.items()
        )

    @property
    def _partial(self) -> Path:
        """The mark of a plugin that isn't whole; while it's there, the engine doesn't see the folder."""
        return self._beside("partial")

    def _beside(self, suffix: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}.{suffix}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the engine's own lock for this plugin."""
        try:
            self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._beside("lock").open("w", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise ProviderError(
                f"{self.folder.parent} can't be changed: {error.strerror} ({error.filename});"
                " make it a folder that you may write, or set PULUMI_HOME to another"
            ) from None


def _start(program: Path) -> None:
    """See that a plugin tells its port."""
    try:
        process = subprocess.Popen(  # noqa: S603 - what the engine runs too
            [program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    except OSError as error:
        raise _no_start(program, str(error.strerror)) from None
    assert process.stdout is not None  # noqa: S101 - it was asked for
    limit = threading.Timer(_PATIENCE, process.kill)
    limit.start()
    try:
        line = process.stdout.readline()
    finally:
        limit.cancel()
        process.terminate()
        _, errors = process.communicate(timeout=_PATIENCE)
    if not line.strip().isdigit():
        raise _no_start(program, errors.strip() or f"it doesn't tell its port in {_PATIENCE} s")


def _no_start(program: Path, reason: str) -> ProviderError:
    return ProviderError(f"{program} doesn't start: {reason}\n  what to do: {_COMMAND}")
