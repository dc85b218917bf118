"""Run commands while the engine is being built, where this machine has to build one and has Go for it.

    python3 tools/beside_engine.py [--show] COMMAND [ARGUMENT...] [-- COMMAND [ARGUMENT...]]...

`make engine` installs the Python packages meanwhile, with --show: what the build says is shown, and the build
is waited for. `make test` runs the checks and those tests that need no engine; the others find the build's
process in the variable IN_THE_MAKING, and wait for it (tests/conftest.py). If it fails, what it said is told.

The commands run one after the other until one fails. Any Python will do: there may be no .venv yet.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import IO

import engine_download
from engine_environment import IN_THE_MAKING, EngineMissingError, find_engine
from engine_toolchain import go_on_path
from local_stack import end

BUILD = (sys.executable, str(Path(__file__).with_name("build_engine.py")))
ENGINE_FIRST = ("make", "engine")


def main(arguments: Sequence[str]) -> int:
    """Run the command; give its exit status: that of the first part that failed."""
    shows = list(arguments[:1]) == ["--show"]
    commands = [
        tuple(words) for is_end, words in groupby(arguments[shows:], lambda word: word == "--") if not is_end
    ]
    if _is_there():
        return _run(commands, {})
    if engine_download.reachable() or not go_on_path(os.environ):  # what gets them needs the Python packages
        return _run(commands if shows else [ENGINE_FIRST, *commands], {})
    if shows:
        with _build(None) as build:
            return _run(commands, {}) or build.wait()
    print("There is no engine on this machine yet. It's built while tests run that need none.", flush=True)
    with tempfile.TemporaryFile("w+") as said, _build(said) as build:
        status = _run(commands, {IN_THE_MAKING: str(build.pid)})
        if build.poll():
            said.seek(0)
            print(f"The engine couldn't be built:\n{said.read()}", file=sys.stderr)
    return status


def _is_there() -> bool:
    try:
        find_engine(os.environ)
    except EngineMissingError:
        return False
    return True


def _run(commands: Sequence[tuple[str, ...]], variables: dict[str, str]) -> int:
    for command in commands:
        if status := subprocess.run(command, env={**os.environ, **variables}, check=False).returncode:
            return status
    return 0


@contextmanager
def _build(said: IO[str] | None) -> Iterator[subprocess.Popen[str]]:
    """Start to build the engine; it's ended with the block."""
    build = subprocess.Popen(
        BUILD, stdin=subprocess.DEVNULL, stdout=said, stderr=said, text=True, start_new_session=True
    )
    # Tests ask by its ID whether it's still at work, so nothing may be left of it once it isn't.
    threading.Thread(target=build.wait, daemon=True).start()
    try:
        yield build
    finally:
        end(build)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
