"""`make engine`: leave a working Pulumi engine on this machine, in the quickest way that it allows.

That is pulumi with its Python and YAML hosts, and the alicloud plugin; each of the two comes from the
first of these that has it:

1. what is on PATH, or installed in PULUMI_HOME, or made by an earlier run;
2. Pulumi's own installer and plugin download, where the network allows them;
3. Go: the pinned modules under tools/engine are built into the user's cache folder.

    python tools/build_engine.py               make what is missing, and print the line for a shell to use it
    python tools/build_engine.py --print-path  print what goes before a shell's PATH

The Makefile runs it. Programs ask engine_environment.environment() where the engine is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import NoReturn

import engine_download
import engine_go
import engine_toolchain
from engine_cache import cache_folder, one_at_a_time
from engine_display import Display, spoken
from engine_download import DownloadFailedError
from engine_environment import (
    ON_PATH,
    Engine,
    EngineMissingError,
    environment,
    find_engine,
    find_plugin,
    find_pulumi,
    path_folders,
    whats_wrong_on_path,
)
from engine_pins import ENGINE_GROUPS, PLUGIN_GROUP, Group, seconds
from engine_toolchain import BuildFailedError

GIGABYTE = 1024**3
NEEDED_SPACE = 6 * GIGABYTE
STOPPED = 130  # as a shell has it for a program that ^C ended
ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None, maker: Maker | None = None) -> int:
    """Run the command for this machine, or for another; gives its exit status."""
    maker = maker or Maker(os.environ)
    parser = argparse.ArgumentParser(description="Leave a working Pulumi engine on this machine.")
    parser.add_argument("--print-path", action="store_true", help="print what goes before PATH, make nothing")
    options = parser.parse_args(arguments)
    try:
        if options.print_path:
            say(os.pathsep.join(map(str, path_folders(find_engine(maker.environ)))))
        else:
            maker.make()
    except KeyboardInterrupt:
        print("\nStopped. What is compiled is kept: `make engine` goes on from there.", file=sys.stderr)
        return STOPPED
    except (BuildFailedError, EngineMissingError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


@dataclass(frozen=True)
class Maker:
    """Makes what is missing on the machine that `environ` describes."""

    environ: Mapping[str, str]
    reachable: Callable[[], bool] = engine_download.reachable

    def make(self) -> None:
        """Make what is missing, and say where the engine is and how a shell gets to use it.

        Raises:
            BuildFailedError: it couldn't be built.
            OSError: the cache folder can't be written.
        """
        if not self._is_complete():
            with one_at_a_time(cache_folder(self.environ), say):
                if not self._is_complete():  # another run may have made it
                    self._make_what_is_missing()
        engine = find_engine(self.environ)
        say(f"engine: pulumi in {engine.pulumi}, alicloud plugin in {engine.plugin}")
        if find_spec("imagecache_provider"):  # without it this Python isn't the one that programs will have
            say("To run `pulumi up` in this clone, paste into your shell:")
            say(self._line(engine))

    def _line(self, engine: Engine) -> str:
        """Give the line with which a shell finds all that this clone's programs need.

        Who has no Pulumi gets a PULUMI_HOME with both plugins, one for each clone, whose own launcher is in
        it. Who has one keeps that, with logins and plugins.
        """
        if engine.pulumi.origin == ON_PATH:
            return f"{_export_path(path_folders(engine))} && python -m imagecache_provider install"
        home = cache_folder(self.environ) / f"home-{hashlib.sha256(bytes(ROOT)).hexdigest()[:12]}"
        environment(home, self.environ)
        _install_own_plugin(home)
        folders = [folder for folder in path_folders(engine) if folder != engine.plugin.folder]
        return f"{_export_path(folders)} PULUMI_HOME={shlex.quote(str(home))}"

    def _is_complete(self) -> bool:
        return bool(find_pulumi(self.environ) and find_plugin(self.environ))

    def _make_what_is_missing(self) -> None:
        if not find_pulumi(self.environ):
            say(whats_wrong_on_path(self.environ))
        if self.reachable():
            self._download()
        else:
            say("Pulumi's download sites can't be reached from here.")
        if not self._is_complete():
            self._build()

    def _download(self) -> None:
        try:
            if not find_pulumi(self.environ):
                say("Downloading pulumi with its own installer ...")
                engine_download.download_pulumi(self.environ)
            pulumi = find_pulumi(self.environ)
            if pulumi and not find_plugin(self.environ):
                say("Downloading the alicloud plugin (100 MB) ...")
                engine_download.download_plugin(pulumi.folder, self.environ)
        except DownloadFailedError as error:
            say(f"The download failed: {error}")

    def _build(self) -> None:
        wanted = [*(() if find_pulumi(self.environ) else ENGINE_GROUPS)]
        wanted += [] if find_plugin(self.environ) else [PLUGIN_GROUP]
        cache = cache_folder(self.environ)
        missing = [group for group in wanted if not (cache / group.folder_name()).exists()]
        if missing:
            say(_announcement(missing, cache))
            go = engine_toolchain.go_program(self.environ, say)
            engine_go.build(missing, go, self.environ, Display(sys.stdout))
        if not find_pulumi(self.environ):
            engine_go.put_side_by_side(self.environ)


def _export_path(folders: Sequence[Path]) -> str:
    return f'export PATH={":".join(shlex.quote(str(folder)) for folder in folders)}:"$PATH"'


def _install_own_plugin(home: Path) -> None:
    from imagecache_provider import install  # noqa: PLC0415 - this runs without the package, too
    from imagecache_provider.errors import ProviderError  # noqa: PLC0415

    place = install.Place.of({"PULUMI_HOME": str(home)})
    try:
        place.put(install.launcher(sys.executable), f"runs in the Python environment {sys.prefix}")
    except ProviderError as error:
        raise BuildFailedError(str(error)) from None


def _announcement(groups: Sequence[Group], cache: Path) -> str:
    lines = [
        "Building what is missing from the Go modules that tools/engine pins, once for this user, into",
        f"  {cache}",
        *(f"  {program.name}" for group in groups for program in group.programs),
        f"About {spoken(seconds(groups))} in all on 2 idle cores if nothing is fetched or compiled yet.",
        "That fills up to 6 GB in Go's caches.",
    ]
    free = shutil.disk_usage(cache).free
    if free < NEEDED_SPACE:
        lines.append(f"Only {free / GIGABYTE:.1f} GB are free here, which may not be enough.")
    return "\n".join(lines)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main())
