"""`python -m imagecache_provider orphans` on real stacks, and `pulumi do … list` beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from imagecache_provider.resource import STACK_TAG, Identity
from local_stack import end

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
Eventually = Callable[[Callable[[], bool], str], None]
KEPT = {"properties": {"images": ["redis:7"]}}
CUT_OFF = {"properties": {"images": ["nginx:1.27"]}}


def orphans(plugin: PLUGIN, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the stack's project."""
    return subprocess.run(
        [sys.executable, "-m", "imagecache_provider", "orphans", *arguments],
        cwd=plugin.stack.project,
        env={**plugin.stack.variables, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def listed(plugin: PLUGIN, *arguments: str) -> Any:
    """Run it for JSON; it must not fail, and its status must say whether some are left."""
    done = orphans(plugin, "--json", *arguments)
    assert done.returncode in {0, 3}, done.stderr
    found = json.loads(done.stdout)
    assert done.returncode == (0 if len(found["removed"]) == len(found["orphans"]) else 3)
    return found


def kill_during_a_build(plugin: PLUGIN, eventually: Eventually) -> str:
    """Kill the engine while a cache is being built; give the cache's ID."""
    before: set[str] = set(plugin.ids())
    plugin.cloud.ask("holds", "POST", {"ImageCaches": True})
    engine = plugin.stack.start("up", "--yes", "--skip-preview")
    eventually(lambda: bool(set(plugin.ids()) - before), "a cache is being built")
    engine.kill()
    end(engine)
    left: list[str] = list(set(plugin.ids()) - before)
    assert len(left) == 1
    return left[0]


def test_cut_off_and_taken_out(plugin: PLUGIN, eventually: Eventually) -> None:
    """What a killed `up` left of a resource that is then taken out is listed, and removed on request only."""
    plugin.program(kept=KEPT)
    (kept,) = plugin.up().values()
    plugin.program(kept=KEPT, web=CUT_OFF)
    left = kill_during_a_build(plugin, eventually)
    # The engine's lock is still there: an `up` might be running for all that anybody knows.
    said = orphans(plugin, "--stack", plugin.stack.name)
    assert left in said.stdout
    assert "Nothing can be removed now: another command is at work on stack simulated" in said.stdout
    refused = orphans(plugin, "--remove", "--yes", "--building")
    assert (refused.returncode, refused.stderr.startswith("nothing was removed:")) == (1, True)
    plugin.stack.pulumi("cancel", "--yes", quiet=True)
    assert "Left alone, unless --building is given" in orphans(plugin, "--remove", "--yes").stdout
    plugin.cloud.ask("holds", "POST", {"ImageCaches": False})
    plugin.program(kept=KEPT)
    plugin.up()
    eventually(lambda: {each["Status"] for each in plugin.cloud.caches()} == {"Ready"}, "it's built")
    found = listed(plugin)
    assert [(each["id"], each["pending"], each["atWork"]) for each in found["orphans"]] == [
        (left, True, False)
    ]
    assert found["orphans"][0]["urn"].endswith("::web")
    assert sorted(plugin.ids()) == sorted([kept, left])
    assert listed(plugin, "--remove", "--yes")["removed"] == [left]
    assert plugin.ids() == [kept]
    plugin.unchanged()
    assert orphans(plugin).stdout.startswith("No orphans: every image cache in cn-hangzhou with the tag of")


def test_after_destroy(plugin: PLUGIN, eventually: Eventually) -> None:
    """A stack that was destroyed, whose state is empty, has its orphans found by the project's file."""
    plugin.program(web=CUT_OFF)
    left = kill_during_a_build(plugin, eventually)
    plugin.stack.pulumi("cancel", "--yes", quiet=True)
    plugin.cloud.ask("holds", "POST", {"ImageCaches": False})
    plugin.run("destroy", "--yes", "--skip-preview")
    eventually(lambda: {each["Status"] for each in plugin.cloud.caches()} == {"Ready"}, "it's built")
    assert [each["id"] for each in listed(plugin)["orphans"]] == [left]
    assert listed(plugin, "--remove", left, "--yes")["removed"] == [left]
    assert plugin.ids() == []


def test_lost_state(plugin: PLUGIN) -> None:
    """Without the state, what serves isn't removed; the commands that are printed take it back as it was."""
    plugin.program(kept=KEPT, web=CUT_OFF)
    made = plugin.up()
    plugin.run("stack", "rm", "--force", "--yes", "--preserve-config", plugin.stack.name)
    plugin.run("stack", "init", plugin.stack.name)
    found = listed(plugin, "--remove", "--yes")
    assert (found["removed"], sorted(found["needIds"])) == ([], sorted(made.values()))
    for each in found["orphans"]:
        assert each["import"] in orphans(plugin).stdout
        plugin.run(*each["import"].split()[1:], "--yes")
    assert plugin.up() == made
    assert listed(plugin)["orphans"] == []
    assert len(plugin.cloud.calls("CreateImageCache")) == 2
    assert plugin.cloud.calls("UpdateImageCache") == plugin.cloud.calls("DeleteImageCache") == []


def test_renamed_stack(plugin: PLUGIN) -> None:
    """A new stack of a renamed one's name lists the other's cache, says why that may be, and leaves it."""
    plugin.cache()
    (serving,) = plugin.up().values()
    name = plugin.stack.name
    plugin.run("stack", "rename", "renamed")
    plugin.run("stack", "init", name)
    config = plugin.stack.project / "Pulumi.renamed.yaml"
    plugin.stack.config_file.write_text(config.read_text())
    done = orphans(plugin, "--remove", "--yes")
    assert (done.returncode, plugin.ids()) == (3, [serving])
    assert "`pulumi stack rename`: the renamed stack has the cache" in done.stdout
    assert orphans(plugin, "--stack", "renamed").stdout.startswith("No orphans")


def test_errors(plugin: PLUGIN) -> None:
    """No such stack, another passphrase, no credentials, no Pulumi: one error each that says what to do."""
    said = [
        orphans(plugin, "--stack", "missing"),
        orphans(plugin, PULUMI_CONFIG_PASSPHRASE="another"),
        orphans(plugin, PATH="/nowhere"),
        orphans(plugin, "--cwd", ".."),
    ]
    plugin.stack.pulumi("config", "rm-all", "imagecache:accessKey", "imagecache:secretKey", quiet=True)
    plugin.stack.pulumi("config", "rm-all", "alicloud:accessKey", "alicloud:secretKey", quiet=True)
    said.append(orphans(plugin))
    reasons = ["--stack NAME", "PULUMI_CONFIG_PASSPHRASE", "--state FILE", "--cwd DIR", "needs credentials"]
    for done, reason in zip(said, reasons, strict=True):
        assert reason in done.stderr
        assert (done.returncode, done.stdout, done.stderr.count("what to do:")) == (1, "", 1)
        assert "Traceback" not in done.stderr
        assert plugin.cloud.provider_key()[1] not in done.stderr


def test_list(plugin: PLUGIN) -> None:
    """`pulumi do … list` with a stack's tag, in a file of Pulumi's own form, lists that stack's caches."""
    plugin.cache()
    (ours,) = plugin.up().values()
    plugin.behind_our_back("CreateImageCache", "", {"ImageCacheName": "other", "Image.1": "redis:7"})
    key, secret = plugin.cloud.provider_key()
    settings = {
        "ALIBABA_CLOUD_REGION": plugin.cloud.region,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": key,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
        "ALIBABA_CLOUD_ENDPOINT_ECI": plugin.cloud.endpoint,
        "ALIBABA_CLOUD_PROTOCOL": "HTTP",
    }
    tags = {STACK_TAG: Identity.of("plugin-test", plugin.stack.name).stack}
    query = "".join(f'tags = {{ "{key}" = "{value}" }}\n' for key, value in tags.items())
    (plugin.stack.project / "query.pp").write_text(query)
    done = subprocess.run(
        ["pulumi", "do", "imagecache:eci:ImageCache", "list", "--input", "pcl", "--input-file", "query.pp"],
        cwd=plugin.stack.project,
        env={**plugin.stack.variables, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ours in done.stdout
    assert "other" not in done.stdout
    assert len(plugin.ids()) == 2
