"""The user's cache folder of engines: where it is, and how something whole gets into it.

Called by everything under tools/ that puts programs there or looks for them.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The folder that all clones of this project share for one user. It may not exist yet."""
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # which XDG says to ignore
        base = Path.home() / ".cache"
    return base / "pulumi-imagecache" / "engine"


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder that becomes `target` if the block ends well, and vanishes if it doesn't.

    The caller holds the lock, so that a leftover of a killed run is nobody's and can go.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield folder
        folder.chmod(0o755)  # mkdtemp's are closed to others
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def one_at_a_time(cache: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the cache's lock. Who has to wait for another build is told so."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another `make engine` is at work; waiting for what it makes.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
