"""`make plugin`: the plugin with its own Python, as an archive in dist/ that Pulumi and our `install` take.

It's PyInstaller's folder form: the folder is all there is, and the program in it needs no unpacking when it
starts. docs/install.md has what other forms measured. The same sources and packages give the same archive,
byte by byte.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from imagecache_provider import schema
from imagecache_provider.install import PROGRAM, archive_name

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PACKAGE = "pulumi-imagecache"
SDK = "pulumi"
"""Of Pulumi's SDK only the messages go in; see imagecache_provider/plugin/protocol.py."""
UNUSED = ("imagecache_simulator", "curses", "readline", "tkinter")
"""What PyInstaller would find a use for, and the plugin has none for."""
_TIME = 315532800
"""1980, the first year of a zip file, as the time of everything in the archive."""
_LICENCE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)


class BuildError(Exception):
    """The archive couldn't be made; the text says why."""


def main() -> int:
    """Make the archive; the exit status is 0, or 1 with the reason on standard error."""
    with tempfile.TemporaryDirectory() as temporary:
        try:
            folder = build(Path(temporary))
        except BuildError as error:
            print(error, file=sys.stderr)
            return 1
        DIST.mkdir(exist_ok=True)
        archive = DIST / archive_name()
        pack(folder, archive)
        size = archive.stat().st_size / 1e6
        print(f"{archive.relative_to(ROOT)}: {size:.0f} MB{needs(folder)}")
    return 0


def build(work: Path) -> Path:
    """Make the plugin's folder.

    Args:
        work: an empty folder to do it in.

    Returns:
        The folder, whose content is the archive's.
    """
    sources = work / "sources"
    _lay_out(sources)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--onedir", "--strip", "--name", PROGRAM]
    command += ["--log-level", "ERROR", "--paths", str(sources), "--specpath", str(work)]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "build")]
    command += ["--add-data", f"{schema.FILE.resolve()}:imagecache_provider"]
    for module in sorted({*strangers(), *UNUSED}):
        command += ["--exclude-module", module]
    fixed = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(_TIME)}
    done = subprocess.run(
        [*command, str(sources / "plugin.py")],
        cwd=work,
        env=fixed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"{done.stdout}\nPyInstaller couldn't make the plugin.")
    folder = work / "dist" / PROGRAM
    _forget_this_machine(folder)
    _add_licences(folder / "licences")
    return folder


def _lay_out(sources: Path) -> None:
    """Write what PyInstaller starts from: the program, and Pulumi's messages without the SDK."""
    spec = find_spec(f"{SDK}.runtime.proto")
    if spec is None or not spec.submodule_search_locations:
        raise BuildError("Pulumi's messages aren't installed. Run: make setup")
    messages = sources / SDK / "runtime" / "proto"
    shutil.copytree(
        spec.submodule_search_locations[0], messages, ignore=shutil.ignore_patterns("__pycache__")
    )
    for package in (messages.parent, messages.parent.parent):
        (package / "__init__.py").touch()
    (sources / "plugin.py").write_text(
        "import sys\nfrom imagecache_provider.plugin.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"
    )


def _forget_this_machine(folder: Path) -> None:
    """Remove what pip noted about an installation, such as the folder of this clone."""
    for file in folder.glob("_internal/*.dist-info/**/*"):
        if file.is_file() and file.name not in {"METADATA", "entry_points.txt"}:
            file.unlink()


def needed() -> dict[str, Distribution]:
    """Give the distributions that the plugin needs, by name: the package, what it requires, but no SDK."""
    found: dict[str, Distribution] = {}
    waiting = [canonicalize_name(PACKAGE)]
    while waiting:
        name = waiting.pop()
        if name in found or name == SDK:
            continue
        found[name] = distribution(name)
        wanted = map(Requirement, found[name].requires or ())
        waiting += [
            canonicalize_name(each.name)
            for each in wanted
            if each.marker is None or each.marker.evaluate({"extra": ""})
        ]
    return found


def strangers() -> set[str]:
    """Name the installed modules that belong to nothing that the plugin needs, such as pytest."""
    ours = {*needed(), SDK}
    return {
        module
        for module, owners in packages_distributions().items()
        if ours.isdisjoint(map(canonicalize_name, owners))
    }


def _add_licences(folder: Path) -> None:
    """Copy the licences of everything that goes in, which is their condition for that."""
    texts = {
        "python/LICENSE.txt": Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        "pulumi-imagecache/LICENSE": ROOT / "LICENSE",
    }
    for name, each in {**needed(), SDK: distribution(SDK)}.items():
        for file in each.files or ():
            if _LICENCE.match(file.name):
                texts[f"{name}/{file.name}"] = Path(str(file.locate()))
    for name, source in texts.items():
        if not source.exists():  # a Python of Debian keeps its own elsewhere
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def pack(folder: Path, archive: Path) -> None:
    """Write a folder's files as an archive, in order and without their times and owners."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as content,
    ):
        files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
        for name, path in sorted(files.items()):
            with path.open("rb") as opened:
                content.addfile(_entry(path, name), opened)


def _entry(path: Path, name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = path.stat().st_size
    entry.mode = 0o755 if os.access(path, os.X_OK) else 0o644
    entry.mtime = _TIME
    return entry


def needs(folder: Path) -> str:
    """Say what the folder needs of the system: the newest version of its C library that a file asks for."""
    asked = {version for path in folder.rglob("*") if path.is_file() for version in _glibc(path)}
    return f", for glibc {'.'.join(map(str, max(asked)))} or newer" if asked else ""


def _glibc(path: Path) -> Iterator[tuple[int, ...]]:
    content = path.read_bytes()
    if content.startswith(b"\x7fELF"):
        for version in re.findall(rb"GLIBC_([0-9]+(?:\.[0-9]+)+)\0", content):
            yield tuple(map(int, version.split(b".")))


if __name__ == "__main__":
    sys.exit(main())
