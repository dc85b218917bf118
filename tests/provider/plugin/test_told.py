"""Tests of what the processes of one run of the engine tell each other, and of whom they trust for it."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from imagecache_provider.clock import SystemClock
from imagecache_provider.plugin.engine_run import engine_run, machine
from imagecache_provider.plugin.told import Told, notes_folder

RUN, OTHER = "machine-1-one", "machine-2-two"


def told(folder: Path, run: str = RUN) -> Told:
    """Return what a process of a run has of it."""
    return Told(SystemClock(), run, folder)


def test_once(tmp_path: Path) -> None:
    """What is told is told, here and in a later process of the run; in no process of another one."""
    folder = tmp_path / "notes"
    first = told(folder)
    assert not first.told(["web", 1])
    first.tell(["web", 1])
    assert first.told(["web", 1])
    assert told(folder).told(["web", 1])
    assert not told(folder).told(["web", 2])
    assert not told(folder).told(["web", 1], before=False)
    assert not told(folder, OTHER).told(["web", 1])


def test_unnoted(tmp_path: Path) -> None:
    """What isn't for later processes stays in this one; so does all where the run has no name."""
    folder = tmp_path / "notes"
    one = told(folder)
    one.tell("a", noted=False)
    assert (one.told("a"), told(folder).told("a")) == (True, False)
    nameless = told(folder, "")
    nameless.tell("b")
    assert (nameless.told("b"), told(folder, "").told("b"), list(folder.iterdir())) == (True, False, [])


def test_private(tmp_path: Path) -> None:
    """Folder and note are the user's alone, and hold digests instead of what was told."""
    folder = tmp_path / "notes"
    told(folder).tell(["web", "very-secret"])
    (note,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert "secret" not in note.read_text()
    assert str(os.geteuid()) in str(notes_folder())


def test_inherited_bits(tmp_path: Path) -> None:
    """A folder that inherits setgid from a group's temporary one is as private as any."""
    tmp_path.chmod(0o2770)
    folder = tmp_path / "notes"
    told(folder).tell("a")
    assert folder.stat().st_mode & stat.S_ISGID
    assert told(folder).told("a")


@pytest.mark.parametrize("left", ["nothing", "the project"])
def test_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str) -> None:
    """Where nothing temporary can be written, or only in the user's project, nothing is noted, nor fails."""

    def temporary() -> str:
        if left == "nothing":
            raise FileNotFoundError(2, "No usable temporary directory found")
        return str(tmp_path)

    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "gettempdir", temporary)
    assert notes_folder() is None
    first = Told(SystemClock(), RUN)
    first.tell("a")
    assert (first.told("a"), Told(SystemClock(), RUN).told("a")) == (True, False)
    assert list(tmp_path.iterdir()) == []


def test_working_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that is the temporary folder itself, by the user's word, holds the notes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    folder = notes_folder()
    assert folder is not None
    assert folder.parent == tmp_path


@pytest.mark.parametrize("trick", ["open to others", "a link", "a file"])
def test_no_trust(tmp_path: Path, trick: str) -> None:
    """A folder that others may have a hand in isn't used: everything is told again, nothing fails."""
    folder = tmp_path / "notes"
    if trick == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    elif trick == "a file":
        folder.touch()
    else:
        folder.mkdir()
        folder.chmod(0o755)
    told(folder).tell("a")
    assert not told(folder).told("a")
    assert folder.is_file() or list(folder.iterdir()) == []


def test_folder_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is another user's."""
    folder = tmp_path / "notes"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    told(folder).tell("a")
    assert list(folder.iterdir()) == []


def test_linked_note(tmp_path: Path) -> None:
    """A note that is a link isn't followed; the others are read all the same."""
    folder = tmp_path / "notes"
    told(folder).tell("a")
    (note,) = folder.iterdir()
    told(folder).tell("b")
    note.rename(tmp_path / "elsewhere")
    note.symlink_to(tmp_path / "elsewhere")
    last = told(folder)
    assert (last.told("a"), last.told("b")) == (False, True)


def test_broken_note(tmp_path: Path) -> None:
    """A line that was cut off, or that is none, is passed over."""
    folder = tmp_path / "notes"
    told(folder).tell("a")
    (note,) = folder.iterdir()
    note.write_bytes(b"\xff\x00\n1\nx y\n" + note.read_bytes() + b"17000000")
    assert told(folder).told("a")


def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that can't be written is missed, no more."""

    def full(_note: int, _line: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    first = told(tmp_path / "notes")
    first.tell("a")
    assert first.told("a")


def test_stale(tmp_path: Path) -> None:
    """Notes of runs that are over are removed; those of another machine once they are a day old."""
    folder = tmp_path / "notes"
    over, running = f"{machine()}-{os.getpid()}-0", engine_run(os.getpid())
    for run in (over, running, "elsewhere-1-1", OTHER):
        told(folder, run).tell("a")
    (old,) = folder.glob(f"{OTHER}.*")
    os.utime(old, (0, 0))
    told(folder).tell("b")
    assert {note.name.partition(".")[0] for note in folder.iterdir()} == {running, "elsewhere-1-1", RUN}
