"""Preflight in the dynamic front on a real engine: at the create, before anything is built."""

from __future__ import annotations

from typing import Any

ONE_CACHE = Any
"""conftest.OneCache; pytest's importlib mode has no import between test files."""


def test_warns(one_cache: ONE_CACHE) -> None:
    """What is found is shown in the engine's display, and the cloud's own refusal ends the create."""
    one_cache.arguments(eip_instance_id="eip-none", resource_group_id="rg-none")
    said = one_cache.refused()
    assert "warning: image cache cache: eipInstanceId: eip-none doesn't exist in cn-hangzhou" in said
    assert "warning: image cache cache: resourceGroupId: rg-none is no resource group" in said
    assert "CreateImageCache failed" in said


def test_errors(one_cache: ONE_CACHE) -> None:
    """With `imagecache:preflight` error what is certain to fail isn't even asked for."""
    one_cache.stack.configure({"imagecache:preflight": "error"})
    one_cache.arguments(eip_instance_id="eip-none")
    said = one_cache.refused()
    assert "preflight found 1 mistake; nothing was built" in said
    assert "image cache cache: eipInstanceId: eip-none doesn't exist in cn-hangzhou" in said
    assert one_cache.cloud.calls("CreateImageCache") == []
    one_cache.arguments()
    assert one_cache.up()["status"] == "Ready"
