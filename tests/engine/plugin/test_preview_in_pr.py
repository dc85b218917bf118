"""The pull request's comment out of what a real engine writes: examples/preview-in-pr.

The golden comment is what a reviewer sees of a change that does everything to some cache. WRITE_GOLDEN=1 in
the environment writes it anew; then read it as a reviewer would.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local_stack import LocalStack

ROOT = Path(__file__).resolve().parents[3]
COMMENT = ROOT / "examples" / "preview-in-pr" / "comment.py"
GOLDEN = ROOT / "tests" / "engine" / "golden" / "comment.md"
PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
PASSWORD = "correct-horse-battery"


def cache(*images: str, **properties: Any) -> dict[str, Any]:
    """Write an image cache of a program."""
    return {"properties": {"images": list(images), **properties}}


def with_password(password: str) -> dict[str, Any]:
    """Write a cache of a private registry's image."""
    credentials = {"server": "private.example.com", "userName": "simulator", "password": password}
    return cache("private.example.com/team/app:1.0", imageRegistryCredentials=[credentials])


def review(stack: LocalStack, folder: Path, *arguments: str) -> tuple[str, str]:
    """Preview a stack; give the comment, and all that the preview wrote."""
    stack.variables["PULUMI_DEBUG_COMMANDS"] = "1"
    preview, events, errors = files = [
        folder / name for name in ("preview.json", "events.jsonl", "errors.txt")
    ]
    logged = ["--json", "--event-log", str(events)]
    done = stack.pulumi("preview", *logged, *arguments, quiet=True, expect=None)
    preview.write_text(done.stdout)
    errors.write_text(done.stderr)
    command = [sys.executable, str(COMMENT), str(preview), str(events), "--errors", str(errors)]
    comment = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return comment, "".join(file.read_text() for file in files if file.exists())


@pytest.mark.timeout(300)
def test_golden_comment(plugin: PLUGIN, tmp_path: Path) -> None:
    """A preview that does everything to some cache becomes the golden comment, without a secret in it."""
    plugin.stack.configure({"registryPassword": PASSWORD}, secret=True)
    kept = cache("redis:7.4", retentionDays=30)
    plugin.program(
        kept=kept,
        web=cache("nginx:1.26", "redis:7.4", tags={"team": "web"}),
        private=with_password("simulator"),
        nightly=cache("busybox:1.36", retentionDays=7),
        archive=cache("golang:1.23", retentionDays=90),
        retired=cache("python:3.9"),
        lost=cache("flink:1.20"),
    )
    plugin.up()
    plugin.cloud.ask(f"image-caches/{plugin.stack.outputs()['lost']}", "DELETE")
    plugin.program(
        kept=kept,
        web=cache("nginx:1.27", "redis:7.4", "node:22", tags={"team": "web", "tier": "a|b"}),
        private=with_password("${registryPassword}"),
        nightly=cache("busybox:1.36", retentionDays=14),
        archive=cache("golang:1.23"),
        lost=cache("flink:1.20"),
        training=cache("tensorflow:2.17", imageCacheSize=40, eipInstanceId="eip-bp1ofnobody"),
    )
    comment, written = review(plugin.stack, tmp_path, "--refresh")
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(comment)
    assert comment == GOLDEN.read_text()
    assert PASSWORD not in comment + written


def test_failed_preview(plugin: PLUGIN, tmp_path: Path) -> None:
    """A preview that fails shows its errors first, and what else it would have done."""
    plugin.program(web={**cache(), "options": {"dependsOn": ["${db}"]}}, db=cache("redis:7.4"))
    comment, _ = review(plugin.stack, tmp_path)
    problem = "images has 0 images; 1 to 20 are possible"
    error = f"web: imagecache:eci:ImageCache resource 'web' has a problem: {problem}"
    assert f"❌ **The preview failed.**\n\n```text\n{error}\n```" in comment
    assert "\n\nUp to then: 1 created\n\n" in comment
    assert "| `db` | **created** | `images`: `redis:7.4` |" in comment


def test_preview_that_never_began(plugin: PLUGIN, tmp_path: Path) -> None:
    """A preview that the engine never began shows what `pulumi` said instead."""
    plugin.stack.name = "nobodys"
    comment, _ = review(plugin.stack, tmp_path)
    assert "**The preview failed.** It didn't come to its end." in comment
    assert "```text\nerror: no stack named 'nobodys' found\n```" in comment


def test_dynamic_front(one_cache: Any, tmp_path: Path) -> None:
    """A cache of the dynamic front, of which no reason is told, has its changed values in the comment."""
    one_cache.arguments(image_cache_name="web")
    one_cache.up()
    one_cache.arguments(image_cache_name="web", images=["nginx:1.28"])
    comment, _ = review(one_cache.stack, tmp_path)
    assert "| `cache` | **changed** | `images`: `nginx:1.27` → `nginx:1.28` |" in comment
