"""Keys of the stack's configuration that were rotated: which commands take the new ones, on a real engine.

docs/accounts.md says so. Pulumi keeps a provider's settings in the state, and only a program brings new ones.
"""

from __future__ import annotations

from typing import Any

import pytest

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
QUIET = ("--yes", "--skip-preview")


def rotate(plugin: PLUGIN, name: str) -> None:
    """Give the stack's configuration a new key, and take the old one away."""
    old = plugin.stack.settings()["imagecache:accessKey"]
    key, secret = plugin.cloud.provider_key(name)
    plugin.stack.configure({"imagecache:accessKey": key})
    plugin.stack.configure({"imagecache:secretKey": secret}, secret=True)
    plugin.cloud.ask(f"users/{old}", "DELETE")


@pytest.mark.timeout(600)
def test_which_commands_take_new_keys(plugin: PLUGIN) -> None:
    """`up` and `--run-program` take them and record them; `refresh`, `destroy` and `up --refresh` don't."""
    plugin.cache()
    plugin.up()
    rotate(plugin, "second")
    for command in (("refresh",), ("destroy",), ("up", "--refresh")):
        said = plugin.fails(*command, *QUIET)
        assert "InvalidAccessKeyId.NotFound" in said
        assert "refresh and destroy use those of the last up: give them --run-program" in said
    plugin.run("refresh", *QUIET, "--run-program")
    plugin.run("refresh", *QUIET)
    rotate(plugin, "third")
    plugin.up()
    plugin.run("refresh", *QUIET)
    rotate(plugin, "fourth")
    plugin.run("destroy", *QUIET, "--run-program")
    assert plugin.ids() == []
