"""Readiness gates on a real engine: many caches are waited for at once."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""


def gated(plugin: PLUGIN, *images: str, **properties: Any) -> None:
    """Write a program of a cache for each image, and a gate that waits for them all."""
    names = [f"cache-{number}" for number in range(len(images))]
    caches = {
        name: {"properties": {"images": [image], "awaitReady": False, **deepcopy(properties)}}
        for name, image in zip(names, images, strict=True)
    }
    awaited = [
        {"imageCacheId": f"${{{name}.imageCacheId}}", "buildId": f"${{{name}.buildId}}"} for name in names
    ]
    gate = {"type": "imagecache:eci:ReadinessGate", "properties": {"caches": awaited}}
    plugin.program(**caches, gate=gate)


def test_gate(plugin: PLUGIN) -> None:
    """A gate opens when all caches are Ready, again after a rebuild, and goes without a call."""
    gated(plugin, "nginx:1.27", "redis:7")
    plugin.up()
    assert {cache["Status"] for cache in plugin.cloud.caches()} == {"Ready"}
    plugin.unchanged()
    gated(plugin, "nginx:1.27", "redis:7", rebuildTriggers=["2"])
    assert "gate" in plugin.run("up", "--yes", "--skip-preview")
    assert {cache["Status"] for cache in plugin.cloud.caches()} == {"Ready"}
    assert len(plugin.cloud.calls("UpdateImageCache")) == 2
    plugin.run("destroy", "--yes", "--skip-preview")
    assert plugin.ids() == []


def test_failure(plugin: PLUGIN) -> None:
    """A gate names the cache that failed, with its reason; the next `up` replaces it."""
    gated(plugin, "nginx:1.27", "missing:1")
    said = plugin.fails("up", "--yes", "--skip-preview")
    failed = next(cache for cache in plugin.cloud.caches() if cache["Status"] == "Failed")
    assert "1 of 2 caches aren't Ready" in said
    assert f"{failed['ImageCacheId']} ended Failed: Failed: " in said
    gated(plugin, "nginx:1.27", "redis:7")
    plugin.up()
    assert failed["ImageCacheId"] not in plugin.ids()
    assert [cache["Status"] for cache in plugin.cloud.caches()] == ["Ready", "Ready"]


@pytest.mark.timeout(400)
def test_agrees_with_its_preview(plugin: PLUGIN) -> None:
    """A preview of caches and their gate counts what the update then does, whatever of the caches changes."""
    login = [{"server": "registry.example.com", "userName": "one", "password": {"fn::secret": "hidden-1"}}]
    vpc = plugin.call("CreateVpc", "vpc", CidrBlock="10.0.0.0/16")["VpcId"]
    block = {"CidrBlock": "10.0.1.0/24", "ZoneId": "cn-hangzhou-h"}
    vswitch = plugin.call("CreateVSwitch", "vpc", VpcId=vpc, **block)["VSwitchId"]
    recorded = {"imageRegistryCredentials": login, "vswitchIds": [vswitch]}
    gated(plugin, "nginx:1.27", "redis:7")
    plugin.up()
    for properties, expected in (
        ({"retentionDays": 30}, {"update": 2}),
        ({"retentionDays": 30, "tags": {"team": "web"}, **recorded}, {"update": 2}),
        ({"retentionDays": 30, "rebuildTriggers": ["2"]}, {"update": 3}),
        ({"rebuildTriggers": ["2"]}, {"replace": 2, "update": 1}),
    ):
        gated(plugin, "nginx:1.27", "redis:7", **properties)
        said = plugin.run("up", "--yes", "--suppress-progress")
        previewed, done = (counts(block) for block in said.split("Resources:\n")[1:])
        assert previewed == done == expected, said


def counts(block: str) -> dict[str, int]:
    """Read how many resources are changed, or to be, from the engine's summary."""
    found = re.findall(r"^ +[~+-]+ ?(\d+) (?:to )?(update|replace)d?$", block, re.MULTILINE)
    return {change: int(count) for count, change in found}
