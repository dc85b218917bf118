"""Rotated keys of the stack's configuration, in the dynamic front: which commands take the new ones.

tests/engine/plugin has the same of the plugin.
"""

from __future__ import annotations

from typing import Any

import pytest

ONE_CACHE = Any
"""conftest.OneCache; pytest's importlib mode has no import between test files."""


@pytest.mark.timeout(600)
def test_which_commands_take_new_keys(one_cache: ONE_CACHE) -> None:
    """`refresh` uses those of the last `up`; `refresh --run-program` and `up` take the new ones."""
    one_cache.arguments()
    one_cache.up()
    old = one_cache.stack.settings()["alicloud:accessKey"]
    key, secret = one_cache.cloud.provider_key("second")
    one_cache.stack.configure({"alicloud:accessKey": key})
    one_cache.stack.configure({"alicloud:secretKey": secret}, secret=True)
    one_cache.cloud.ask(f"users/{old}", "DELETE")
    assert "InvalidAccessKeyId.NotFound" in one_cache.refused("refresh")
    one_cache.stack.pulumi("refresh", "--yes", "--skip-preview", "--run-program", quiet=True)
    one_cache.up()
    one_cache.stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert one_cache.cloud.caches() == []
