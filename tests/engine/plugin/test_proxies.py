"""Previews on a real engine behind a proxy that can't be reached: what is told arrives all the same."""

from __future__ import annotations

import json
from typing import Any

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
NOBODY = "http://user:canary-pass@127.0.0.1:9"
FINDING = "vswitchIds: vsw-nosuch doesn't exist in "


def previewed(plugin: PLUGIN, **variables: str) -> tuple[str, list[str]]:
    """Preview with variables set; give all that was printed, and the warnings."""
    stack, before = plugin.stack, dict(plugin.stack.variables)
    stack.variables.update(variables)
    done = stack.pulumi("preview", "--json", quiet=True, expect=None)
    stack.variables.clear()
    stack.variables.update(before)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    told = json.loads(done.stdout).get("diagnostics") or []
    return done.stdout + done.stderr, [each["message"] for each in told if each["severity"] == "warning"]


def test_warnings_arrive(plugin: PLUGIN) -> None:
    """Whatever variable names the proxy, the plugin's warnings reach the engine, once and not by stderr.

    The cloud's calls here go in plain HTTP: HTTP_PROXY keeps them from the cloud unless NO_PROXY spares it,
    and that proxy is told of, without its password.
    """
    plugin.cache(vswitchIds=["vsw-nosuch"])
    spared = {"NO_PROXY": "127.0.0.0/8"}
    for variables in (
        {"https_proxy": NOBODY},
        {"HTTPS_PROXY": NOBODY, "grpc_proxy": NOBODY},
        {"http_proxy": NOBODY, **spared},
        {"HTTP_PROXY": NOBODY, "https_proxy": NOBODY, **spared},
    ):
        said, warnings = previewed(plugin, **variables)
        assert [FINDING in each for each in warnings] == [True], (variables, said)
        assert "didn't take the message" not in said
    said, _ = previewed(plugin, http_proxy=NOBODY)
    assert "the proxy http://127.0.0.1:9 of http_proxy can't be used" in said
    assert "canary-pass" not in said
