"""What fails, times out or is cut off under the plugin is recorded, and the next `up` goes on from there."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from local_stack import end

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
Eventually = Callable[[Callable[[], bool], str], None]


def hold(plugin: PLUGIN, held: bool) -> None:
    """Hold all builds where they are, or let them go on."""
    plugin.cloud.ask("holds", "POST", {"ImageCaches": held})


def test_failed_is_replaced_in_one_go(plugin: PLUGIN) -> None:
    """A cache that ends Failed is recorded with its reason; one `up` of the mended program replaces it."""
    plugin.cache(images=["nginx:missing"])
    said = plugin.fails("up", "--yes", "--skip-preview")
    assert "ended Failed" in said
    assert "run up again: it is replaced" in said
    failed = plugin.state()["web"]
    assert [failed["id"]] == plugin.ids()
    assert "ended Failed" in failed["initErrors"][0]
    plugin.run("refresh", "--yes", "--skip-preview")
    assert plugin.state()["web"]["initErrors"]
    plugin.cache()
    (made,) = plugin.up().values()
    assert plugin.ids() == [made] != [failed["id"]]
    assert "initErrors" not in plugin.state()["web"]
    plugin.unchanged()


def test_timed_out_is_resumed(plugin: PLUGIN) -> None:
    """A custom timeout ends the wait, and the next `up` takes it up again: nothing is made twice."""
    hold(plugin, held=True)
    plugin.cache(options={"customTimeouts": {"create": "2s"}})
    assert "wasn't Ready after 2 s" in plugin.fails("up", "--yes", "--skip-preview")
    left = plugin.state()["web"]["id"]
    hold(plugin, held=False)
    assert plugin.up() == {"web": left}
    assert len(plugin.cloud.calls("CreateImageCache")) == 1
    plugin.unchanged()


def test_interrupted_is_resumed(plugin: PLUGIN, eventually: Eventually) -> None:
    """^C ends an `up` within seconds with the cache in the state, and the next `up` waits for it."""
    hold(plugin, held=True)
    plugin.cache()
    engine = plugin.stack.start("up", "--yes", "--skip-preview")
    eventually(lambda: bool(plugin.ids()), "a cache is being built")
    os.kill(engine.pid, signal.SIGINT)
    engine.communicate(timeout=60)
    begun = plugin.state()["web"]["id"]
    assert plugin.ids() == [begun]
    hold(plugin, held=False)
    assert plugin.up() == {"web": begun}
    assert len(plugin.cloud.calls("CreateImageCache")) == 1


def test_killed_is_adopted(plugin: PLUGIN, eventually: Eventually) -> None:
    """An engine that is killed while a cache is being built leaves one that the next `up` finds."""
    hold(plugin, held=True)
    plugin.cache()
    engine = plugin.stack.start("up", "--yes", "--skip-preview")
    eventually(lambda: bool(plugin.ids()), "a cache is being built")
    engine.kill()
    end(engine)
    plugin.stack.pulumi("cancel", "--yes", quiet=True)
    (begun,) = plugin.ids()
    hold(plugin, held=False)
    assert plugin.up() == {"web": begun}
    assert plugin.ids() == [begun]


def test_two_interrupts(plugin: PLUGIN, eventually: Eventually) -> None:
    """A second ^C doesn't wait for the first: still one cache, and the next `up` has it."""
    hold(plugin, held=True)
    plugin.cache()
    engine = plugin.stack.start("up", "--yes", "--skip-preview")
    eventually(lambda: bool(plugin.ids()), "a cache is being built")
    for _ in range(2):
        os.kill(engine.pid, signal.SIGINT)
    engine.communicate(timeout=60)
    end(engine)
    plugin.stack.pulumi("cancel", "--yes", quiet=True, expect=None)
    (begun,) = plugin.ids()
    hold(plugin, held=False)
    assert plugin.up() == {"web": begun}
    assert plugin.ids() == [begun]


def test_forced_replacement_of_what_was_left(plugin: PLUGIN) -> None:
    """A cache that timed out and is then replaced by force is another one, and the old one goes."""
    hold(plugin, held=True)
    plugin.cache(options={"customTimeouts": {"create": "2s"}})
    plugin.fails("up", "--yes", "--skip-preview")
    left = plugin.state()["web"]
    hold(plugin, held=False)
    plugin.run("up", "--yes", "--skip-preview", "--target-replace", left["urn"])
    (made,) = plugin.stack.outputs().values()
    assert plugin.ids() == [made] != [left["id"]]


def test_failed_update(plugin: PLUGIN) -> None:
    """A failed update keeps the cache; the program taken back builds the old images again."""
    plugin.cache()
    made = plugin.up()
    plugin.cache(images=["nginx:missing"])
    assert "ended UpdateFailed" in plugin.fails("up", "--yes", "--skip-preview")
    plugin.cache()
    assert plugin.up() == made
    assert plugin.cloud.caches()[0]["Images"] == ["nginx:1.27"]
    plugin.unchanged()


def test_secrets(plugin: PLUGIN) -> None:
    """No password is in the state, in what is printed, or in the event log, after failure or success."""
    events = plugin.stack.folder / "events.json"
    plugin.stack.variables["PULUMI_DEBUG_COMMANDS"] = "true"  # offers --event-log
    login = {"server": "private.example.com", "userName": "simulator", "password": "canary-1234"}
    private = {"images": ["private.example.com/web:1"], "imageRegistryCredentials": [login]}
    plugin.cache(**private)
    said = plugin.fails("up", "--yes", "--skip-preview", "--event-log", str(events))
    assert "401" in said
    right = {**login, "password": "simulator"}
    plugin.cache(**{**private, "imageRegistryCredentials": [right]})
    said += plugin.run("up", "--yes", "--skip-preview")
    exported = plugin.run("stack", "export")
    files = [path.read_text(errors="replace") for path in plugin.stack.folder.rglob("*.json*")]
    assert len(files) > 1
    assert "canary-1234" not in said + exported + "".join(files)
    stored = plugin.state()["web"]["inputs"]["imageRegistryCredentials"]
    assert "ciphertext" in json.dumps(stored)
