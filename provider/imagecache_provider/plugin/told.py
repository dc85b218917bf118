"""What preflight has told in a run of the engine, so that nothing is told, or asked, twice in one `up`.

`previews` asks it. The preview and the update are two processes: the first leaves a note for the second in a
folder of the user's own. A note holds digests and moments, nothing else. Where there can't be one, since the
engine's process or the folder can't be told apart from others, the second process tells everything again.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from imagecache_provider.clock import Clock
from imagecache_provider.plugin.engine_run import ended
from imagecache_provider.resource import digest

_DIGITS = 32
_FRESH = 3600.0
"""Seconds after which a note counts no more: what was asked then says little of now."""
_STALE = 86400.0
"""Seconds after which a note is removed whose run can't be seen to be over, such as another container's."""
_LARGEST = 16 * 1024 * 1024
"""Bytes that are read of a note: some 370,000 lines."""
_PRIVATE = 0o700
_ALLOWED = 0o777
"""Whom a mode lets in; a folder inherits the bits beside these, such as setgid, from the one that it's in."""
_VARIABLES = ("TMPDIR", "TEMP", "TMP")
_SHARED = ("/tmp", "/var/tmp", "/usr/tmp")  # noqa: S108 - only compared
"""Where temporary files are, by these variables or without one, as `tempfile` has it."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


def notes_folder() -> Path | None:
    """Give where this user's notes are; None where nothing temporary can be written.

    `tempfile` falls back on the working directory, which is the user's project: no place for notes.
    """
    try:
        temporary, working = Path(tempfile.gettempdir()), Path.cwd()
    except OSError:
        return None
    meant = {Path(name) for name in (*_SHARED, *map(os.environ.get, _VARIABLES)) if name}
    if temporary == working and temporary not in meant:
        return None
    return temporary / f"pulumi-imagecache-{os.geteuid()}"


class Told:
    """What this process and, in the same run of the engine, those before it have told.

    Args:
        clock: what the age of a note goes by.
        run: the run's name, of `engine_run`; empty for a process that has nothing to do with others.
        folder: where notes are, if not in `notes_folder`.
    """

    def __init__(self, clock: Clock, run: str = "", folder: Path | None = None) -> None:
        self._clock = clock
        self._run = run
        self._folder = folder
        self._own: set[str] = set()
        self._earlier: set[str] | None = None
        self._note: int | None = None

    def told(self, what: Any, *, before: bool = True) -> bool:
        """Say whether something was told.

        Args:
            what: plain.
            before: whether a process before this one counts, too.
        """
        name = digest(what, _DIGITS)
        return name in self._own or (before and name in self._before())

    def tell(self, what: Any, *, noted: bool = True) -> None:
        """Take in that something is told.

        Args:
            what: plain; a digest of it is kept.
            noted: whether the process behind this one is to know.
        """
        name = digest(what, _DIGITS)
        if name not in self._own:
            self._own.add(name)
            if noted:
                self._write(f"{int(self._clock.now().timestamp())} {name}\n")

    def _before(self) -> set[str]:
        """Give the digests of earlier processes; read once, before this one leaves a note."""
        if self._earlier is None:
            self._earlier = set()
            with suppress(OSError):
                self._earlier = self._read()
        return self._earlier

    def _read(self) -> set[str]:
        folder = self._opened()
        if folder is None:
            return set()
        try:
            self._sweep(folder)
            notes = [name for name in _names(folder) if name.partition(".")[0] == self._run]
            return {found for name in notes for found in self._fresh(folder, name)}
        finally:
            os.close(folder)

    def _fresh(self, folder: int, name: str) -> Iterator[str]:
        lines: list[str] = []
        with suppress(OSError):  # one that can't be read takes none of the others with it
            note = os.open(name, _READ, dir_fd=folder)
            try:
                lines = os.read(note, _LARGEST).decode("ascii", "replace").splitlines()
            finally:
                os.close(note)
        now = int(self._clock.now().timestamp())
        for line in lines:
            moment, _, found = line.partition(" ")
            whole = moment.isdecimal() and len(found) == _DIGITS  # its writer may have been killed
            if whole and 0 <= now - int(moment) <= _FRESH:
                yield found

    def _write(self, line: str) -> None:
        """Add a line to this process's note; what can't be noted is told again, no more."""
        self._before()
        with suppress(OSError):
            if self._note is None:
                folder = self._opened()
                if folder is None:
                    return
                try:
                    self._note = os.open(f"{self._run}.{uuid4().hex}", _WRITE, 0o600, dir_fd=folder)
                finally:
                    os.close(folder)
            os.write(self._note, line.encode("ascii"))

    def _opened(self) -> int | None:
        """Open the folder, made if need be; None for one that others may have a hand in."""
        path = (self._folder or notes_folder()) if self._run else None
        if path is None:
            return None
        with suppress(FileExistsError):
            path.mkdir(mode=_PRIVATE)
        folder = os.open(path, _FOLDER)
        found = os.fstat(folder)
        if found.st_uid == os.geteuid() and found.st_mode & _ALLOWED == _PRIVATE:
            return folder
        os.close(folder)
        return None

    def _sweep(self, folder: int) -> None:
        """Remove the notes of runs that are over."""
        oldest = self._clock.now().timestamp() - _STALE
        for name in _names(folder):
            run = name.partition(".")[0]
            if run == self._run:
                continue
            with suppress(OSError):  # another process removes it, too
                if ended(run) or os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime < oldest:
                    os.unlink(name, dir_fd=folder)


def _names(folder: int) -> list[str]:
    return os.listdir(folder)
