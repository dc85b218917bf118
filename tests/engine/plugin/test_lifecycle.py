"""Image caches of the plugin on a real engine, from create to destroy, with Pulumi's resource options."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import Any

PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
Eventually = Callable[[Callable[[], bool], str], None]


def test_create_to_destroy(plugin: PLUGIN) -> None:
    """A cache is made, shows no change, changes in place with its reason in the preview, and is deleted."""
    plugin.cache()
    plugin.run("preview", "--diff")
    assert plugin.ids() == []
    made = plugin.up()
    plugin.unchanged()
    plugin.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    plugin.unchanged()
    plugin.cache(images=["nginx:1.27", "redis:7"])
    shown = plugin.run("preview", "--diff")
    assert "~ images" in shown
    assert shown.count("images: the images are pulled again; until the cache is Ready") == 1
    assert plugin.up() == made
    assert len(plugin.cloud.calls("UpdateImageCache")) == 1
    plugin.run("destroy", "--yes", "--skip-preview")
    assert plugin.ids() == []


def test_replacement_is_create_first(plugin: PLUGIN) -> None:
    """Another region takes another cache, made before the old one goes unless deleteBeforeReplace is set."""
    plugin.cache(imageCacheName="web")
    plugin.up()
    plugin.cache(imageCacheName="web", regionId="cn-beijing")
    shown = plugin.run("preview", "--diff")
    assert re.search(r"\+-imagecache:eci:ImageCache: \(replace\)", shown)
    assert "regionId: another cache is needed" in shown
    plugin.up()
    plugin.cache(imageCacheName="web", regionId="cn-shanghai", options={"deleteBeforeReplace": True})
    plugin.up()
    calls = [call["action"] for call in plugin.cloud.ask("requests")]
    order = [action for action in calls if action in {"CreateImageCache", "DeleteImageCache"}]
    first = ["CreateImageCache", "CreateImageCache", "DeleteImageCache"]
    assert order == [*first, "DeleteImageCache", "CreateImageCache"]


def test_drift(plugin: PLUGIN) -> None:
    """A tag that somebody changed is shown and taken back, and a deletion behind our back is made good."""
    plugin.cache(tags={"team": "web"})
    (gone,) = plugin.up().values()
    plugin.behind_our_back("TagResources", gone, {"Tag.1.Key": "team", "Tag.1.Value": "other"})
    assert "~ tags" in plugin.run("preview", "--refresh", "--diff")
    plugin.up("--refresh")
    assert {"Key": "team", "Value": "web"} in plugin.cloud.caches()[0]["Tags"]
    plugin.cloud.ask(f"image-caches/{gone}", "DELETE")
    plugin.run("refresh", "--yes", "--skip-preview")
    assert plugin.state() == {}
    (again,) = plugin.up().values()
    assert plugin.ids() == [again] != [gone]


def test_import(plugin: PLUGIN) -> None:
    """An ID is enough to import a cache, from the command line and by the option; nothing is built for it.

    A program that wants other images than the imported cache has shows it, and builds them in place.
    """
    plugin.program(one={"properties": {"images": ["nginx:1.27"], "imageCacheName": "one"}})
    (id_,) = plugin.up().values()
    plugin.run("state", "delete", plugin.state()["one"]["urn"], "--yes")
    written = plugin.run("import", "imagecache:eci:ImageCache", "two", id_, "--yes", "--protect=false")
    assert "imageCacheName: one" in written
    plugin.program(two={"properties": {"images": ["nginx:1.27"], "imageCacheName": "one"}})
    plugin.run("state", "delete", plugin.state()["two"]["urn"], "--yes")
    program = {"images": ["nginx:1.27"], "imageCacheName": "one", "vswitchIds": ["vsw-1"], "flash": True}
    plugin.program(three={"properties": program, "options": {"import": id_}})
    assert plugin.up() == {"three": id_}
    plugin.program(three={"properties": program})
    plugin.unchanged()
    assert len(plugin.cloud.calls("CreateImageCache")) == 1
    assert plugin.cloud.calls("UpdateImageCache") == []

    plugin.run("state", "delete", plugin.state()["three"]["urn"], "--yes")
    plugin.cache(images=["redis:7"], imageCacheName="one", options={"import": id_})
    assert "~ images" in plugin.run("preview", "--diff")
    assert plugin.up() == {"web": id_}
    assert plugin.cloud.caches()[0]["Images"] == ["redis:7"]


def test_list(plugin: PLUGIN) -> None:
    """`pulumi do`, which takes its settings from the environment, lists the region's caches."""
    plugin.cache(imageCacheName="one")
    (id_,) = plugin.up().values()
    key, secret = plugin.cloud.provider_key()
    settings = {
        "ALIBABA_CLOUD_REGION": plugin.cloud.region,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": key,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
        "ALIBABA_CLOUD_ENDPOINT_ECI": plugin.cloud.endpoint,
        "ALIBABA_CLOUD_PROTOCOL": "HTTP",
    }
    listed = subprocess.run(
        ["pulumi", "do", "imagecache:eci:ImageCache", "list"],
        cwd=plugin.stack.project,
        env={**plugin.stack.variables, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert id_ in listed.stdout


def test_options(plugin: PLUGIN) -> None:
    """ignoreChanges, replaceOnChanges, protect and targets do what they do elsewhere."""
    plugin.cache(options={"ignoreChanges": ["images"], "protect": True})
    made = plugin.up()
    plugin.cache(images=["redis:7"], options={"ignoreChanges": ["images"], "protect": True})
    plugin.unchanged()
    assert "protected" in plugin.fails("destroy", "--yes", "--skip-preview")
    plugin.cache(images=["redis:7"], options={"replaceOnChanges": ["images[0]"]})
    (after,) = plugin.up().values()
    assert [after] == plugin.ids()
    assert {"web": after} != made
    other = {"properties": {"images": ["alpine:3"]}}
    plugin.program(web={"properties": {"images": ["nginx:1"]}}, other=other)
    urn = plugin.state()["web"]["urn"].replace("::web", "::other")
    plugin.run("up", "--yes", "--skip-preview", "--target", urn)
    images = sorted(cache["Images"][0] for cache in plugin.cloud.caches())
    assert images == ["alpine:3", "redis:7"]


def test_alias(plugin: PLUGIN) -> None:
    """A resource that is renamed under an alias stays the same cache, and a later build says the new name."""
    plugin.cache()
    (id_,) = plugin.up().values()
    old = {"aliases": [{"name": "web"}]}
    plugin.program(site={"properties": {"images": ["nginx:1.27"]}, "options": old})
    assert plugin.up() == {"site": id_}
    plugin.program(site={"properties": {"images": ["redis:7"]}, "options": old})
    assert plugin.up() == {"site": id_}
    assert plugin.ids() == [id_]


def test_autonaming(plugin: PLUGIN) -> None:
    """The user's pattern for automatic names is followed, and a switched-off one asks for a name."""
    plugin.run("config", "set", "--path", "pulumi:autonaming.pattern", "team-${name}-${hex(4)}")
    plugin.cache()
    plugin.up()
    (cache,) = plugin.cloud.caches()
    assert re.fullmatch(r"team-web-[0-9a-f]{4}", cache["ImageCacheName"])
    plugin.unchanged()
    plugin.run("destroy", "--yes", "--skip-preview")
    plugin.run("config", "rm", "--path", "pulumi:autonaming.pattern")
    plugin.run("config", "set", "--path", "pulumi:autonaming.mode", "disabled")
    assert "pulumi:autonaming is switched off" in plugin.fails("up", "--yes", "--skip-preview")


def test_provider_resource(plugin: PLUGIN) -> None:
    """A provider resource's settings are used; another region of it replaces what took it from there."""
    key, secret = plugin.cloud.provider_key()
    settings = {
        "region": "cn-beijing",
        "endpoint": plugin.cloud.endpoint,
        "protocol": "HTTP",
        "accessKey": key,
        "secretKey": secret,
    }
    for name in ("region", "accessKey", "secretKey"):
        plugin.run("config", "rm", f"imagecache:{name}")
    web = {"properties": {"images": ["nginx:1.27"]}, "options": {"provider": "${elsewhere}"}}

    def region(name: str) -> None:
        provider = {"type": "pulumi:providers:imagecache", "properties": {**settings, "region": name}}
        plugin.program(elsewhere=provider, web=web)
        plugin.up()

    region("cn-beijing")
    (first,) = plugin.cloud.caches()
    assert first["RegionId"] == "cn-beijing"
    region("cn-shanghai")
    (second,) = plugin.cloud.caches()
    assert second["RegionId"] == "cn-shanghai"


def test_no_settings(plugin: PLUGIN) -> None:
    """Without a region Check says both remedies; without credentials only a call fails, and says its own."""
    for name in ("region", "accessKey", "secretKey"):
        plugin.run("config", "rm", f"imagecache:{name}")
    plugin.cache()
    said = plugin.fails("preview")
    assert "regionId is set nowhere" in said or "is set nowhere" in said
    assert "ALIBABA_CLOUD_REGION" in said
    assert "region=alicloud.config.region" in said
    plugin.run("config", "set", "imagecache:region", "cn-hangzhou")
    plugin.run("preview")
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in plugin.fails("up", "--yes", "--skip-preview")


def test_credentials_of_the_environment(plugin: PLUGIN) -> None:
    """Credentials of the environment are nowhere in the state, so that rotated ones serve from then on."""
    for name in ("accessKey", "secretKey"):
        plugin.run("config", "rm", f"imagecache:{name}")
    key, secret = plugin.cloud.provider_key()
    given = {"ALIBABA_CLOUD_ACCESS_KEY_ID": key, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret}
    plugin.stack.variables.update(dict.fromkeys(given, "expired-1234"))
    plugin.cache()
    said = plugin.fails("up", "--yes", "--skip-preview")
    assert "InvalidAccessKeyId" in said
    plugin.stack.variables.update(given)
    plugin.up()
    exported = plugin.run("stack", "export", "--show-secrets")
    assert "accessKey" not in exported
    assert "expired-1234" not in exported
    plugin.run("destroy", "--yes", "--skip-preview")
    assert plugin.ids() == []


def test_many_at_once(plugin: PLUGIN, eventually: Eventually) -> None:
    """A hundred caches are built side by side: all are begun before the first is Ready."""
    plugin.cloud.ask("holds", "POST", {"ImageCaches": True})
    names = [f"cache-{number}" for number in range(100)]
    plugin.program(**{name: {"properties": {"images": ["nginx:1.27"]}} for name in names})
    engine = plugin.stack.start("up", "--yes", "--skip-preview", "-p", "128")
    try:
        eventually(lambda: len(plugin.ids()) == len(names), "all caches are begun")
        assert {cache["Status"] for cache in plugin.cloud.caches()} <= {"Preparing", "Creating"}
        plugin.cloud.ask("holds", "POST", {"ImageCaches": False})
        out, errors = engine.communicate()
    finally:
        engine.kill()
    assert engine.returncode == 0, out + errors
    assert len(plugin.state()) == len(plugin.ids()) == len(names)


def test_not_awaited(plugin: PLUGIN) -> None:
    """With awaitReady: false, `up` ends during the build; the next one reads it, and changes nothing."""
    plugin.cloud.ask("clock", "POST", {"speed": 1})
    plugin.cache(awaitReady=False)
    (id_,) = plugin.up().values()
    assert plugin.cloud.caches()[0]["Status"] == "Preparing"
    assert plugin.state()["web"]["outputs"]["status"] == ""
    plugin.unchanged()
    assert "2 unchanged" in plugin.run("up", "--yes", "--skip-preview")
    assert plugin.state()["web"]["outputs"]["status"] == "Preparing"
    plugin.cloud.ask("clock", "POST", {"advance": 3600})
    plugin.run("up", "--yes", "--skip-preview")
    assert plugin.state()["web"]["outputs"]["status"] == "Ready"
    assert plugin.ids() == [id_]
    assert plugin.cloud.calls("UpdateImageCache") == []


def test_not_awaited_failure(plugin: PLUGIN) -> None:
    """A cache that nobody waited for and that failed is replaced by the next `up`."""
    plugin.cache(images=["missing:1"], awaitReady=False)
    (failed,) = plugin.up().values()
    plugin.cloud.ask("clock", "POST", {"advance": 3600})
    plugin.cache(awaitReady=True)
    (made,) = plugin.up().values()
    assert plugin.ids() == [made] != [failed]
