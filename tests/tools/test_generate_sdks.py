"""Tests of the generated SDKs: Pulumi's own generators take the schema, and what is committed is fresh."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generate_sdks
from generate_sdks import EXAMPLES, PYTHON, SCHEMA, generator

pytestmark = pytest.mark.timeout(900)
"""Where the generator isn't in the cache yet, it's built first."""


def bind(schema: Path) -> subprocess.CompletedProcess[str]:
    """Bind a schema as Pulumi does."""
    return subprocess.run([generator(), schema], capture_output=True, text=True, check=False)


def test_schema_binds_cleanly() -> None:
    """Pulumi's schema package takes schema.json without an error or a warning."""
    done = bind(SCHEMA)
    assert (done.returncode, done.stderr) == (0, "")


def test_faults_are_told(tmp_path: Path) -> None:
    """A reference to a type that isn't there, or an unknown key, is an error that names it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    properties = schema["resources"]["imagecache:eci:ImageCache"]["inputProperties"]
    properties["images"] = {"$ref": "#/types/imagecache:eci:Missing"}
    broken = tmp_path / "schema.json"
    broken.write_text(json.dumps(schema), encoding="utf-8")
    done = bind(broken)
    assert done.returncode == 1
    assert "imagecache:eci:Missing" in done.stderr


def test_python_sdk_is_fresh() -> None:
    """The committed Python SDK is what the generator makes of schema.json."""
    generate_sdks.check_python()


def test_stale_python_sdk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was edited, removed or added by hand is named."""
    edited = tmp_path / "pulumi_imagecache"
    shutil.copytree(PYTHON, edited)
    (edited / "provider.py").write_text("", encoding="utf-8")
    (edited / "more.py").write_text("", encoding="utf-8")
    (edited / "py.typed").unlink()
    monkeypatch.setattr(generate_sdks, "PYTHON", edited)
    with pytest.raises(generate_sdks.StaleError, match=r"more\.py, provider\.py, py\.typed"):
        generate_sdks.check_python()


@pytest.mark.skipif(not (shutil.which("npm") or os.environ.get("REQUIRE_NPM")), reason=generate_sdks.NO_NPM)
def test_node_sdk_compiles() -> None:
    """The Node SDK compiles, and so do the schema's examples in TypeScript."""
    generate_sdks.node()


def check_types(folder: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    """Check the types of programs as their authors do, against the SDK of this clone."""
    settings = folder / "mypy.ini"
    settings.write_text("[mypy]\nstrict = true\nfollow_imports = silent\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", f"--config-file={settings}", f"--cache-dir={folder / 'cache'}"]
    found = os.pathsep.join([str(PYTHON.parent), str(PYTHON.parent.parent.parent / "provider")])
    return subprocess.run(
        [*command, *map(str, files)],
        env={**os.environ, "MYPYPATH": found},
        capture_output=True,
        text=True,
        check=False,
    )


def test_python_examples_are_typed(tmp_path: Path) -> None:
    """The schema's examples in Python pass a strict type checker; a property that doesn't exist doesn't."""
    programs = []
    for number, example in enumerate(sorted(EXAMPLES.glob("*/*/*/__main__.py"))):
        programs.append(tmp_path / f"example_{number}.py")
        shutil.copy(example, programs[-1])
    wrong = tmp_path / "wrong.py"
    wrong.write_text(programs[0].read_text(encoding="utf-8").replace("image_cache_size", "image_size"))
    done = check_types(tmp_path, *programs, wrong)
    faults = [line for line in done.stdout.splitlines() if "error:" in line]
    assert faults, done.stderr
    assert all("wrong.py:" in fault for fault in faults)
    assert 'did you mean "image_cache_size"?' in done.stdout


def test_go_sdk_compiles() -> None:
    """The Go SDK compiles."""
    generate_sdks.go()


def test_python_sdk_names_its_plugin() -> None:
    """The engine is told which plugin the SDK needs: this package's, in its version."""
    plugin = json.loads((PYTHON / "pulumi-plugin.json").read_text(encoding="utf-8"))
    assert plugin == {
        "resource": True,
        "name": "imagecache",
        "version": importlib.metadata.version("pulumi-imagecache"),
    }


def test_python_sdk_needs_pulumi_only() -> None:
    """A program that imports the SDK loads neither the provider nor the cloud's libraries."""
    program = (
        "import sys, pulumi_imagecache; pulumi_imagecache.eci.ImageCache;"
        "heavy = ('imagecache_', 'alibabacloud', 'pydantic');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
