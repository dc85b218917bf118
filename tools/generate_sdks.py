"""Writes the SDKs that Pulumi's own generators make of schema.json.

    python tools/generate_sdks.py            the Python SDK into sdk/python, where it's committed
    python tools/generate_sdks.py --check    fail if that is stale, write nothing
    python tools/generate_sdks.py --others   the Node and Go SDKs into dist/sdk, compiled

`make generate` and `make sdks` run it. The generators are Go packages, called by tools/engine/sdk, which
is built once into the user's cache like the engine.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import engine_go
import engine_toolchain
from engine_cache import cache_folder, one_at_a_time
from engine_display import Display
from engine_pins import MODULES, SDK_GROUP
from engine_toolchain import BuildFailedError

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "schema.json"
PYTHON = ROOT / "sdk" / "python" / "pulumi_imagecache"
OTHERS = ROOT / "dist" / "sdk"
EXAMPLES = ROOT / "docs" / "examples"
NO_NPM = "There is no npm on PATH: install Node 20 or newer to make the Node SDK."
_HINT = """

# Added by tools/generate_sdks.py: in a program that an engine runs, says how to get a plugin that is missing.
# Each resource and function asks for this address; what only takes the types from here doesn't.
def get_plugin_download_url():
    if pulumi.runtime.settings.get_engine() is not None:
        _hint()
    return None


@functools.cache
def _hint():
    from imagecache_provider.sdk import warn_without_plugin

    warn_without_plugin()
"""
_GO_MODULE = "pulumi-imagecache/sdk/go/imagecache"


class StaleError(Exception):
    """What is committed isn't what would be generated."""


def main() -> int:
    """Run the command; gives its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="fail if the Python SDK is stale, write nothing")
    what.add_argument("--others", action="store_true", help="make and compile the Node and Go SDKs")
    options = parser.parse_args()
    try:
        if options.others:
            node()
            go()
        elif options.check:
            check_python()
        else:
            python()
    except (BuildFailedError, StaleError, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def generator() -> Path:
    """Give the program of tools/engine/sdk, built if it isn't in the cache yet.

    Raises:
        BuildFailedError: it can't be built.
    """
    cache = cache_folder(os.environ)
    folder = cache / SDK_GROUP.folder_name()
    if not folder.exists():
        with one_at_a_time(cache, _say):
            if not folder.exists():
                found = engine_toolchain.go_program(os.environ, _say)
                engine_go.build([SDK_GROUP], found, os.environ, Display(sys.stdout))
    return folder / SDK_GROUP.programs[0].name


def python() -> None:
    """Write the Python SDK."""
    with tempfile.TemporaryDirectory() as folder:
        made = _python_in(Path(folder))
        shutil.rmtree(PYTHON, ignore_errors=True)
        PYTHON.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, PYTHON)


def check_python() -> None:
    """Compare the committed Python SDK with one made now.

    Raises:
        StaleError: they differ.
    """
    with tempfile.TemporaryDirectory() as folder:
        stale = sorted(_different(_python_in(Path(folder)), PYTHON))
    if stale:
        raise StaleError(f"stale in sdk/python: {', '.join(stale)}; run `make generate`")


def _python_in(folder: Path) -> Path:
    """Generate it; of all files only the package's, since the root's pyproject.toml ships them.

    It comes in one distribution with `imagecache_provider`, which knows how to get the plugin.
    """
    _generate("python", folder)
    package = folder / "pulumi_imagecache"
    with (package / "_utilities.py").open("a", encoding="utf-8") as file:
        file.write(_HINT)
    return package


def _different(made: Path, kept: Path) -> Iterator[str]:
    def files(folder: Path) -> set[str]:
        found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {str(path) for path in found if "__pycache__" not in path.parts}

    yield from files(made) ^ files(kept)
    for name in files(made) & files(kept):
        if not filecmp.cmp(made / name, kept / name, shallow=False):
            yield name


def node() -> None:
    """Make the Node SDK, compile it with what its own package.json asks for, and check the examples by it.

    Raises:
        BuildFailedError: there is no npm, or something doesn't compile.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise BuildFailedError(NO_NPM)
    folder = _fresh(OTHERS / "nodejs", keep="node_modules")
    _generate("nodejs", folder)
    _run([npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
    _run([npm, "run", "--silent", "build"], folder)
    for name in ("package.json", "README.md"):
        shutil.copy(folder / name, folder / "bin")
    _check_examples(npm, folder)
    _say(f"Node SDK: {folder.relative_to(ROOT)}/bin")


def _check_examples(npm: str, folder: Path) -> None:
    """Check the types of the schema's TypeScript examples, as a program that has the SDK installed."""
    installed = folder / "node_modules" / "pulumi-imagecache"
    installed.unlink(missing_ok=True)
    installed.symlink_to(folder / "bin")
    programs = folder / "examples"
    programs.mkdir()
    for program in EXAMPLES.glob("*/*/*/index.ts"):
        shutil.copy(program, programs / f"{program.parent.parent.name}-{program.parent.name}.ts")
    settings = {
        "extends": "../tsconfig.json",
        "compilerOptions": {"noEmit": True},
        "files": sorted(path.name for path in programs.iterdir()),
    }
    (programs / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    _run([npm, "exec", "--", "tsc", "--project", "examples"], folder)


def go() -> None:
    """Make the Go SDK and compile it, with the modules that tools/engine pins."""
    found = str(engine_toolchain.go_program(os.environ, _say))
    folder = _fresh(OTHERS / "go")
    _generate("go", folder)
    package = folder / "imagecache"
    shutil.copy(MODULES / "go.sum", package)
    # Modules that folders beside it stand in for are named from here.
    pins = (MODULES / "go.mod").read_text(encoding="utf-8").replace("=> ./", f"=> {MODULES}/")
    (package / "go.mod").write_text(pins, encoding="utf-8")
    _run([found, "mod", "edit", f"-module={_GO_MODULE}"], package)
    # As the engine is built, so that what is compiled for it serves here too.
    _run([found, "vet", "-trimpath", "./..."], package)
    _say(f"Go SDK: {package.relative_to(ROOT)}")


def _generate(language: str, folder: Path) -> None:
    _run([str(generator()), str(SCHEMA), language, str(folder)], ROOT)


def _fresh(folder: Path, keep: str = "") -> Path:
    """Give a folder that is empty, or has only what may be kept of the last time."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if left.name == keep:
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
    return folder


def _run(command: list[str], folder: Path) -> str:
    """Run a program that must not fail; what it says goes to the user if it does."""
    environment = engine_toolchain.go_environment(os.environ)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildFailedError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
