"""Building the engine from its pinned Go modules.

build_engine.py calls build() for the groups of programs that are missing, and put_side_by_side() after
that; both need the cache's lock. tools/engine/trim says how the largest libraries are cut to what is used.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine_cache import cache_folder, new_folder
from engine_display import Display, spoken
from engine_pins import ENGINE_GROUPS, MODULES, Group, Module, Script, engine_folder_name, seconds
from engine_toolchain import BuildFailedError, go_environment

SHOWN_LINES = 25

# What the end of a failed build's output may say, and what to do then.
ADVICE = (
    ("no space left on device", "The disk is full. The first build needs about 6 GB in Go's caches."),
    ("signal: killed|cannot allocate memory", "The memory was used up. Try: GOMAXPROCS=1 make engine"),
    (
        "checksum mismatch|SECURITY ERROR",
        "A module isn't the pinned one. Don't use it; see `go help module-auth`.",
    ),
    (
        "dial tcp|proxyconnect|no such host|i/o timeout|TLS handshake|50[234] |403 Forbidden",
        "A module couldn't be fetched. Is there a network? Is GOPROXY or HTTPS_PROXY needed here?",
    ),
)
AGAIN = "What is compiled is kept: `make engine` goes on from there. A Pulumi on PATH is used instead."


def build(
    groups: Iterable[Group], go: Path, environ: Mapping[str, str], display: Display, modules: Path = MODULES
) -> None:
    """Build groups' programs into their folders in the cache; each group wholly or not at all.

    Raises:
        BuildFailedError: a program can't be compiled, or its modules can't be fetched.
    """
    cache = cache_folder(environ)
    wanted: dict[Module, list[Group]] = {}
    for group in groups:
        wanted.setdefault(group.module, []).append(group)
    for module, its in wanted.items():
        workshop = Workshop(go, modules / module.folder, go_environment(environ), display)
        with tempfile.TemporaryDirectory(prefix=".build.", dir=cache) as made:
            workshop.compile(module, its, Path(made))
            for group in its:
                with new_folder(cache / group.folder_name(modules)) as target:
                    for program in group.programs:
                        (Path(made) / program.name).rename(target / program.name)
                    for script in group.scripts:
                        workshop.copy(script, target / script.name)


def put_side_by_side(environ: Mapping[str, str], modules: Path = MODULES) -> None:
    """Make the one folder in which `pulumi` and its hosts find each other, out of the built groups."""
    cache = cache_folder(environ)
    with new_folder(cache / engine_folder_name(modules)) as target:
        for group in ENGINE_GROUPS:
            for program in (cache / group.folder_name(modules)).iterdir():
                # Not a soft link: `pulumi` asks where it really is, and looks for its hosts there.
                os.link(program, target / program.name)


@dataclass(frozen=True)
class Workshop:
    """A Go, a module's folder, and the environment to build in."""

    go: Path
    sources: Path
    environ: Mapping[str, str]
    display: Display
    clock: Callable[[], float] = time.monotonic

    def compile(self, module: Module, groups: Sequence[Group], target: Path) -> None:
        """Build the programs of some of a module's groups into a folder, and say so every now and then."""
        programs = [program for group in groups for program in group.programs]
        names = ", ".join(program.name for program in programs)
        begin, expected = self.clock(), seconds(groups)
        pins = self._trim(module, target / "trimmed") if module.libraries else []
        flags = ["-v", "-trimpath", "-ldflags", module.link_flags, *pins]
        # The folder is named with its slash, so that Go writes into it also where it's but one program.
        packages = [program.package for program in programs]
        with self._start(["build", *flags, "-o", f"{target}{os.sep}", *packages], module.tags) as process:
            output = Output()
            reader = threading.Thread(target=output.read, args=(process.stdout or (),), daemon=True)
            reader.start()
            try:
                while not _has_ended(process, self.display.interval):
                    elapsed = spoken(self.clock() - begin)
                    self.display.alive(f"{names}: {elapsed} of about {spoken(expected)}, {output}")
            except BaseException:
                _stop(process)
                raise
            finally:
                reader.join()  # before the pipe is closed
        if process.returncode:
            raise BuildFailedError(_explain(names, output.errors))
        self.display.done(f"{names}: built in {spoken(self.clock() - begin)}")

    def _trim(self, module: Module, target: Path) -> list[str]:
        """Copy what takes long to compile without what the programs don't reach; give the flags to use it."""
        self.display.alive("fetching modules, and leaving out what isn't needed of the largest")
        programs = ",".join(program.package for program in module.programs)
        arguments = ["run", "./trim", "-to", str(target), "-programs", programs, *module.libraries]
        with self._start(arguments, module.tags) as process:
            try:
                said = process.communicate()[0]
            except BaseException:
                _stop(process)
                raise
        if process.returncode:
            raise BuildFailedError(_explain("trim", said.splitlines()[-SHOWN_LINES:]))
        return ["-modfile", str(target / "go.mod")]

    def copy(self, script: Script, target: Path) -> None:
        """Copy a file out of a module, which the build of the programs has fetched and verified."""
        with self._start(["list", "-m", "-f", "{{.Dir}}", script.module]) as process:
            said = process.communicate()[0].strip()
        if process.returncode or not said:
            raise BuildFailedError(_explain(script.name, said.splitlines()))
        shutil.copyfile(Path(said) / script.path, target)
        target.chmod(0o755)

    def _start(self, arguments: list[str], tags: Sequence[str] = ()) -> subprocess.Popen[str]:
        # In the environment, so that a `go` that a program of ours runs has them, too.
        flags = " ".join([self.environ.get("GOFLAGS", ""), *([f"-tags={','.join(tags)}"] if tags else [])])
        return subprocess.Popen(
            [str(self.go), *arguments],
            cwd=self.sources,
            env={**self.environ, "GOFLAGS": flags},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # so that its compilers can be stopped with it
        )


@dataclass
class Output:
    """What `go build -v` says: a line for each package or download, and lines that aren't."""

    packages: int = 0
    now: str = "looking at what is compiled already"
    errors: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN_LINES))

    def read(self, lines: Iterable[str]) -> None:
        """Take lines until there are no more."""
        for line in lines:
            self.take(line.rstrip())

    def take(self, line: str) -> None:
        """Take one line."""
        if line.startswith("go: downloading "):
            self.now = line.removeprefix("go: ")
        elif re.fullmatch(r"[\w./~+-]+", line):
            self.packages += 1
            self.now = line
        else:
            self.errors.append(line)

    def __str__(self) -> str:
        return f"{self.packages} packages, now {self.now}"


def _has_ended(process: subprocess.Popen[str], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)
        return True
    return False


def _stop(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    if not _has_ended(process, 5):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _explain(name: str, lines: Iterable[str]) -> str:
    said = "\n".join(f"    {line}" for line in lines)
    advice = [text for pattern, text in ADVICE if re.search(pattern, said)]
    return "\n".join([f"{name} couldn't be built. The end of what Go said:", said, *advice, AGAIN])
