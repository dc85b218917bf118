"""The account that a cache is recorded in, on a real engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
QUIET = ("--yes", "--skip-preview")
ELSEWHERE = "1999999999999999"


def record(plugin: PLUGIN, folder: Path, account: str | None) -> None:
    """Let the state have another account, or as that of an earlier version none."""
    state = json.loads(plugin.run("stack", "export"))
    for resource in state["deployment"]["resources"]:
        if resource["type"] == "imagecache:eci:ImageCache":
            resource["outputs"].pop("accountId")
            resource["outputs"].update({"accountId": account} if account else {})
    file = folder / "state.json"
    file.write_text(json.dumps(state))
    plugin.run("stack", "import", "--file", str(file))


@pytest.mark.timeout(600)
def test_earlier_state(plugin: PLUGIN, tmp_path: Path) -> None:
    """A state without the account is no difference to preview, up and refresh, which adds it."""
    plugin.cache()
    plugin.up()
    recorded = plugin.state()["web"]["outputs"]["accountId"]
    assert recorded.isdecimal()
    record(plugin, tmp_path, None)
    plugin.unchanged()
    plugin.run("up", *QUIET, "--expect-no-changes")
    assert "accountId" not in plugin.state()["web"]["outputs"]
    plugin.run("refresh", *QUIET, "--expect-no-changes")
    assert plugin.state()["web"]["outputs"]["accountId"] == recorded


@pytest.mark.timeout(600)
def test_another_account(plugin: PLUGIN, tmp_path: Path) -> None:
    """A cache that is recorded elsewhere and isn't found stays in the state; the error has both accounts."""
    plugin.cache()
    (id_,) = plugin.up().values()
    here = plugin.state()["web"]["outputs"]["accountId"]
    record(plugin, tmp_path, ELSEWHERE)
    plugin.cloud.ask(f"image-caches/{id_}", "DELETE")
    for command in ("refresh", "destroy"):
        said = plugin.fails(command, *QUIET)
        assert f"the state has it in account {ELSEWHERE}, the credentials are those of account {here}" in said
        assert f"what to do: use credentials of account {ELSEWHERE}" in said
    plugin.cache(images=["redis:7"])
    assert f"the state has it in account {ELSEWHERE}" in plugin.fails("up", *QUIET)
    assert plugin.state()["web"]["id"] == id_
    assert plugin.ids() == []
    record(plugin, tmp_path, here)
    plugin.run("refresh", *QUIET)
    assert plugin.state() == {}
