"""Tests of where the plugin is put, and of what is said of bad archives and bad places."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

import pytest

from imagecache_provider import install
from imagecache_provider.errors import ProviderError
from imagecache_provider.install import PROGRAM, VERSION, File, Place, archive_name, archived, launcher

_PORT = b"#!/bin/sh\necho 1\n"
_PLUGIN = {PROGRAM: File(_PORT, executable=True), "data/names": File(b"a", executable=False)}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The plugin's place in a PULUMI_HOME that doesn't exist yet."""
    return Place.of({"PULUMI_HOME": str(tmp_path / "home")})


def archive_at(folder: Path, files: dict[str, File], name: str = "") -> Path:
    """Write an archive as `make plugin` does."""
    archive = folder / (name or archive_name())
    with tarfile.open(archive, "w:gz") as content:
        for path, file in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(file.content), file.mode
            content.addfile(entry, io.BytesIO(file.content))
    return archive


def around(place: Place) -> list[str]:
    """What is in the folder of plugins, by name."""
    return sorted(path.name for path in place.folder.parent.iterdir())


def test_put(place: Place) -> None:
    """The folder holds the plugin's files and permissions; beside it is the engine's lock, and no mark."""
    said = place.put(_PLUGIN, "from a test")
    assert said == f"Installed the plugin imagecache v{VERSION}: {place.folder} (from a test)"
    assert place.folder.name == f"resource-imagecache-v{VERSION}"
    assert place.program.read_bytes() == _PORT
    assert place.program.stat().st_mode & 0o777 == 0o755
    assert (place.folder / "data" / "names").stat().st_mode & 0o777 == 0o644
    assert around(place) == [place.folder.name, f"{place.folder.name}.lock"]


def test_put_again(place: Place) -> None:
    """What is there already is left alone: a plugin that runs keeps its files."""
    place.put(_PLUGIN, "")
    before = place.program.stat().st_ino
    assert (
        place.put(_PLUGIN, "") == f"The plugin imagecache v{VERSION} was installed already: {place.folder} ()"
    )
    assert place.program.stat().st_ino == before


@pytest.mark.parametrize(
    "other",
    [
        {**_PLUGIN, "data/more": File(b"", executable=False)},
        {**_PLUGIN, PROGRAM: File(_PORT, executable=False)},
        {PROGRAM: File(b"#!/bin/sh\n", executable=True)},
    ],
)
def test_put_over_another(place: Place, other: dict[str, File]) -> None:
    """Another plugin gives way, and leaves no file behind."""
    place.put(other, "")
    assert place.put(_PLUGIN, "").startswith("Installed")
    assert place.put(_PLUGIN, "").startswith("The plugin imagecache")
    assert not (place.folder / "data" / "more").exists()


def test_interrupted_put(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A put that ends half-way leaves a folder that the engine skips, and that the next put mends."""

    def full(_path: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device", "a file")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(ProviderError, match=r"can't be changed: No space left on device \(a file\)"):
            place.put(_PLUGIN, "")
    assert f"{place.folder.name}.partial" in around(place)
    with pytest.raises(ProviderError, match="isn't installed"):
        place.check()
    assert place.put(_PLUGIN, "").startswith("Installed")
    assert around(place) == [place.folder.name, f"{place.folder.name}.lock"]


def test_remove(place: Place) -> None:
    """A plugin goes with all that the engine keeps beside it; one that isn't there is no error."""
    assert "wasn't installed" in place.remove()
    place.put(_PLUGIN, "")
    place.folder.with_name(f"{place.folder.name}.lastused").touch()
    assert place.remove() == f"Removed the plugin imagecache v{VERSION}: {place.folder}"
    assert around(place) == []


def test_check(place: Place) -> None:
    """A plugin is sound if it tells its port."""
    with pytest.raises(
        ProviderError, match=r"isn't installed in .*; run: python -m imagecache_provider install"
    ):
        place.check()
    place.put(_PLUGIN, "")
    assert place.check() == f"The plugin imagecache v{VERSION} is installed and starts: {place.program}"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (b"#!/bin/sh\necho broken >&2\n", "broken"),
        (b"#!/nowhere\n", "No such file or directory"),
        (b"#!/bin/sh\nexec sleep 60\n", "it doesn't tell its port in 0.1 s"),
    ],
)
def test_check_of_a_broken_one(
    place: Place, program: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin that doesn't start is told with the reason and the remedy."""
    place.put({PROGRAM: File(program, executable=True)}, "")
    monkeypatch.setattr(install, "_PATIENCE", 0.1 if b"sleep" in program else 10)
    with pytest.raises(ProviderError) as told:
        place.check()
    assert str(told.value).startswith(f"{place.program} doesn't start: {reason}")
    assert "what to do: python -m imagecache_provider install" in str(told.value)


def test_home_that_is_a_file(tmp_path: Path) -> None:
    """A PULUMI_HOME that isn't a folder is told with the remedy."""
    (tmp_path / "home").touch()
    place = Place.of({"PULUMI_HOME": str(tmp_path / "home")})
    with pytest.raises(ProviderError, match=r"can't be changed: .*set PULUMI_HOME to another"):
        place.put(_PLUGIN, "")


def test_home_without_permission(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be written is told with the remedy."""

    def denied(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(ProviderError, match=r"Permission denied \(.*\); make it a folder that you may write"):
        place.put(_PLUGIN, "")


def test_home_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without PULUMI_HOME it's .pulumi in the home that the system knows, as for the engine, not in HOME."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = Place.of({}).folder
    assert folder.parts[-3:] == (".pulumi", "plugins", f"resource-imagecache-v{VERSION}")
    assert not folder.is_relative_to(tmp_path)


def test_archive(place: Place, tmp_path: Path) -> None:
    """What an archive holds is what is installed."""
    plugin = archived(archive_at(tmp_path, _PLUGIN))
    assert plugin == _PLUGIN
    assert place.put(plugin, "").startswith("Installed")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("plugin.tar.gz", "isn't named like an archive of the plugin"),
        (archive_name().replace(VERSION, "0.0.9"), "is of version 0.0.9, the installed package of"),
        (archive_name().replace(install.platform_name(), "plan9-amd64"), "is for plan9-amd64, and this is"),
    ],
)
def test_archive_of_another_kind(tmp_path: Path, name: str, reason: str) -> None:
    """An archive of another version or platform is refused with the name of the right one."""
    with pytest.raises(ProviderError, match=reason) as told:
        archived(archive_at(tmp_path, _PLUGIN, name))
    assert archive_name() in str(told.value)


@pytest.mark.parametrize(
    "files",
    [
        {"data": File(b"", executable=False)},
        {PROGRAM: File(b"", executable=False)},
        {**_PLUGIN, "../outside": File(b"", executable=False)},
        {**_PLUGIN, "/outside": File(b"", executable=False)},
    ],
)
def test_archive_of_something_else(tmp_path: Path, files: dict[str, File]) -> None:
    """An archive without the program, or with paths that lead out of the folder, is refused."""
    with pytest.raises(ProviderError, match="get it anew"):
        archived(archive_at(tmp_path, files))


def test_archive_that_is_broken(tmp_path: Path) -> None:
    """A download that was cut off is told as such; so is a file that isn't there."""
    with pytest.raises(ProviderError, match="there is no file"):
        archived(tmp_path / archive_name())
    whole = archive_at(tmp_path, {**_PLUGIN, "big": File(bytes(range(256)) * 64, executable=False)})
    for content in (whole.read_bytes()[:-200], b"<html>"):
        whole.write_bytes(content)
        with pytest.raises(ProviderError, match=r"can't be read: .*; get it anew"):
            archived(whole)


def test_launcher(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The launcher runs this package, whatever a stack's folder or PYTHONPATH has under the same names."""
    for name in ("grpc", "asyncio", "imagecache_provider"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    place.put(launcher(sys.executable), "")
    assert "starts" in place.check()


def test_launcher_of_a_gone_environment(place: Place, tmp_path: Path) -> None:
    """A launcher whose environment was deleted says so, and what to do."""
    place.put(launcher(str(tmp_path / "it's gone" / "python")), "")
    with pytest.raises(ProviderError) as told:
        place.check()
    assert f"The Python environment of the plugin is gone: {tmp_path}/it's gone/python." in str(told.value)


def test_version_is_one_that_pulumi_reads() -> None:
    """The version is three numbers, which Python and Pulumi write alike; others would need translation."""
    assert [part.isdecimal() for part in VERSION.split(".")] == [True, True, True]
