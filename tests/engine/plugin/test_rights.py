"""docs/policies on the real engine: what goes with the key of a RAM user who may only read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.rights.walk import READ_ONLY, rights

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""


@pytest.mark.timeout(300)
def test_read_only(plugin: PLUGIN) -> None:
    """Preview, refresh and import go; up and destroy end with the right that lacks, and change nothing."""
    plugin.cache(imageCacheName="one")
    (id_,) = plugin.up().values()
    policy = {"name": "reader", "policy": READ_ONLY.document}
    plugin.cloud.ask("users", "POST", policy)
    plugin.stack.configure({"imagecache:accessKey": "reader"})
    plugin.stack.configure({"imagecache:secretKey": "reader-secret"}, secret=True)
    plugin.unchanged()
    plugin.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    plugin.cache(imageCacheName="one", images=["redis:7"])
    assert "~ images" in plugin.run("preview", "--diff")
    plugin.run("state", "delete", plugin.state()["web"]["urn"], "--yes")
    plugin.run("import", "imagecache:eci:ImageCache", "web", id_, "--yes", "--protect=false", "--out", "code")
    assert plugin.state()["web"]["id"] == id_
    said = plugin.fails("up", "--yes", "--skip-preview")
    assert "UpdateImageCache failed: Forbidden.RAM: User not authorized" in said
    assert "have eci:UpdateImageCache granted to RAM user" in said
    assert "docs/rights.md has the policies" in said
    assert "have eci:DeleteImageCache granted" in plugin.fails("destroy", "--yes", "--skip-preview")
    (cache,) = plugin.cloud.caches()
    assert (cache["ImageCacheId"], cache["Images"]) == (id_, ["nginx:1.27"])
    (reader,) = [user for user in plugin.cloud.ask("users") if user["name"] == "reader"]
    writes = set(reader["needed"]) - set(rights(READ_ONLY))
    assert writes == {"eci:UpdateImageCache", "eci:DeleteImageCache"}, json.dumps(reader["needed"])
