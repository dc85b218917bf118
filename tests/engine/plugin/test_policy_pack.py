"""The policy pack on a real engine: what it says in a preview, and what it doesn't let through.

The engine starts the pack's file `analyzer`; the Python host that `make engine` builds can't run its folder.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.pages.page import DOCS, run_page

PluginStack = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""

ANALYZER = DOCS.parent / "policy-pack" / "analyzer"
GOOD = {"images": ["nginx:1.27.3"], "retentionDays": 30}
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def policies(tmp_path: Path) -> Any:
    """Return a function that gives the flags for the pack with a configuration."""

    def flags(**configuration: Any) -> tuple[str, ...]:
        file = tmp_path / "policies.json"
        file.write_text(json.dumps({name.replace("_", "-"): value for name, value in configuration.items()}))
        return ("--policy-pack", str(ANALYZER), "--policy-pack-config", str(file))

    return flags


def test_fault_blocks_up(plugin: PluginStack, policies: Any) -> None:
    """Nothing is built for a cache with a mandatory fault; without faults, it is."""
    plugin.cache(
        **GOOD,
        imageRegistryCredentials=[{"server": "s.example.com", "userName": "u", "password": "hunter2x"}],
    )
    said = plugin.fails("up", "--yes", "--skip-preview", *policies())
    assert "[mandatory] [severity: high]  image-cache-no-inline-passwords" in said
    assert "imageRegistryCredentials[0].password is set" in said
    assert "hunter2x" not in said
    assert plugin.ids() == []
    plugin.cache(**GOOD)
    plugin.up(*policies())
    assert len(plugin.ids()) == 1


def test_advisory_fault_and_unknown_value(plugin: PluginStack, policies: Any) -> None:
    """An advisory fault is shown and stops nothing; what a preview can't know hides no other fault."""
    images = ["nginx:stable", "registry.example.com/${first.imageCacheId}:1.0.0"]
    plugin.program(first={"properties": GOOD}, second={"properties": {**GOOD, "images": images}})
    said = plugin.run("preview", *policies(all="advisory"))
    assert (
        "[advisory] [severity: high]  image-cache-immutable-images  (imagecache:eci:ImageCache: second)"
        in said
    )
    assert "images[0] is 'nginx:stable'" in said
    assert "string value at .images.1 can't be known during preview" in said


def test_caches_per_stack(plugin: PluginStack, policies: Any) -> None:
    """A stack with too many caches doesn't pass its preview; without one, it's told when they are made."""
    plugin.program(first={"properties": GOOD}, second={"properties": deepcopy(GOOD)})
    limit = policies(image_caches_per_stack={"maxCaches": 1})
    assert "the stack has 2 image caches, more than 1" in plugin.fails("preview", *limit)
    said = plugin.fails("up", "--yes", "--skip-preview", *limit)
    assert "the stack has 2 image caches, more than 1" in said
    assert len(plugin.ids()) == 2


def test_dynamic_front(one_cache: Any, policies: Any) -> None:
    """A cache of the dynamic front, in a Python program, is judged alike; its secrets stay secret."""
    one_cache.arguments(images=["nginx:stable"], retention_days=30)
    done = one_cache.stack.pulumi("preview", *policies(), quiet=True, expect=None)
    assert done.returncode != 0
    assert "images[0] is 'nginx:stable'" in done.stdout
    assert "image-cache-retention" not in done.stdout


def test_wrong_configuration(plugin: PluginStack, policies: Any) -> None:
    """The engine refuses a configuration that isn't of the schema, and names the setting."""
    plugin.cache(**GOOD)
    assert "maxGiB" in plugin.fails("preview", *policies(image_cache_size={"maxGiB": "many"}))


def test_page(plugin: PluginStack) -> None:
    """What docs/policy-pack.md tells its reader to run does what it says."""
    variables = {**plugin.stack.variables, "PACK": str(ANALYZER.parent)}
    run_page(DOCS / "policy-pack.md", plugin.stack.project, variables)
