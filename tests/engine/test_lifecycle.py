"""One image cache on a real engine, from create to destroy."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.account import Account
from imagecache_provider.eci.client import OpenApiClient
from imagecache_provider.eci.image_cache import ImageCache
from local_stack import Simulator

ONE_CACHE = Any
"""conftest.OneCache; pytest's importlib mode has no import between test files."""


def test_unchanged_updated_destroyed(one_cache: ONE_CACHE) -> None:
    """A second preview shows no change, also after a refresh; images change in place; nothing is left.

    A changed image list is one UpdateImageCache: the ID stays. A cache that is gone already is no error for
    destroy.
    """
    before = one_cache.up()
    one_cache.stack.pulumi("preview", "--expect-no-changes", quiet=True)
    one_cache.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", quiet=True)
    one_cache.stack.pulumi("preview", "--expect-no-changes", quiet=True)
    assert one_cache.cloud.calls("UpdateImageCache") == []

    one_cache.arguments(images=["nginx:1.27", "redis:7.4"])
    assert one_cache.up() == before
    (cache,) = one_cache.cloud.caches()
    assert cache["Images"] == ["nginx:1.27", "redis:7.4"]
    assert len(one_cache.cloud.calls("UpdateImageCache")) == 1

    one_cache.cloud.ask(f"image-caches/{cache['ImageCacheId']}", "DELETE")
    one_cache.stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert one_cache.cloud.caches() == []


def test_replaced_create_first(one_cache: ONE_CACHE) -> None:
    """`up --target-replace` with unchanged inputs makes another cache and deletes the old one.

    Another region takes another cache, too, which is Ready before the old one is deleted.
    """
    first = one_cache.up()
    urn = one_cache.resource()["urn"]
    one_cache.stack.pulumi("up", "--yes", "--skip-preview", "--target-replace", urn, quiet=True)
    forced = one_cache.stack.outputs()
    assert forced["id"] != first["id"]
    assert [cache["ImageCacheId"] for cache in one_cache.cloud.caches()] == [forced["id"]]

    before = len(one_cache.cloud.ask("requests"))
    one_cache.arguments(region_id="cn-beijing")
    moved = one_cache.up()
    assert moved["id"] not in {first["id"], forced["id"]}
    assert [cache["RegionId"] for cache in one_cache.cloud.caches()] == ["cn-beijing"]

    calls = one_cache.cloud.ask("requests")[before:]
    actions = [call["action"] for call in calls if call["action"] in {"CreateImageCache", "DeleteImageCache"}]
    assert actions == ["CreateImageCache", "DeleteImageCache"]


def test_drift_is_found_by_refresh(one_cache: ONE_CACHE) -> None:
    """A tag that somebody added shows in a refresh, and the next up removes it."""
    one_cache.arguments(tags={"team": "web"})
    one_cache.up()
    cache = one_cache.cloud.caches()[0]["ImageCacheId"]
    tag_by_hand(one_cache.cloud, cache)
    one_cache.stack.pulumi("refresh", "--yes", "--skip-preview", quiet=True)
    assert one_cache.resource()["outputs"]["tags"] == {"team": "web", "added": "by hand"}
    shown = one_cache.stack.pulumi("preview", "--diff", quiet=True).stdout
    assert "by hand" in shown
    one_cache.up()
    tags = {tag["Key"] for tag in one_cache.cloud.caches()[0]["Tags"]}
    assert tags == {"team", "pulumi-imagecache-stack", "pulumi-imagecache-resource"}
    assert one_cache.cloud.caches()[0]["ImageCacheId"] == cache


def tag_by_hand(cloud: Simulator, cache: str) -> None:
    """Add a tag as a colleague would, past Pulumi."""
    account = Account(
        endpoint=cloud.endpoint,
        protocol="HTTP",
        credentials={"accessKey": cloud.access_key_id, "secretKey": cloud.access_key_secret},
    )
    console = ImageCache(OpenApiClient(account, SystemClock(), random.Random()))  # noqa: S311 - for retries
    asyncio.run(console.tag(cache, cloud.region, {"added": "by hand"}, removed=()))


def test_password_is_secret_everywhere(one_cache: ONE_CACHE) -> None:
    """A password is in no output of up, preview, refresh or an error, and not in the state.

    Nor is it in what the SDK prints where DEBUG=sdk is set.
    """
    canary = "canary-4711-password"
    one_cache.stack.variables["DEBUG"] = "sdk"
    one_cache.stack.configure({"password": canary})
    shown = one_cache.stack.pulumi("preview", "--diff", quiet=True).stdout
    done = one_cache.stack.pulumi("up", "--yes", "--skip-preview", "--diff", quiet=True)
    shown += done.stdout + done.stderr
    assert "> x-acs-action : CreateImageCache" in shown
    shown += one_cache.stack.pulumi("refresh", "--yes", "--skip-preview", quiet=True).stdout
    one_cache.arguments(images=["private.example.com/team/app:1.0"])
    shown += one_cache.refused()
    shown += json.dumps(one_cache.resource())
    shown += json.dumps(one_cache.cloud.ask("requests"))
    assert canary not in shown
    assert "[secret]" in shown


def test_small_state_and_rotated_password(one_cache: ONE_CACHE) -> None:
    """A cache's record pickles no code and is small; a rotated password is recorded without a build.

    Small is under 3 KB, but for the engine's stack trace.
    """
    one_cache.arguments(
        images=["private.example.com/team/app:1.0", "nginx:1.27"], retention_days=30, tags={"team": "web"}
    )
    one_cache.stack.configure({"password": "simulator"})
    one_cache.up()
    record = one_cache.resource()
    engines = {"stackTrace", "sourcePosition"}
    ours = {name: value for name, value in record.items() if name not in engines}
    assert len(json.dumps(ours, separators=(",", ":"))) < 3000
    assert len(record["inputs"]["__provider"]) < 200

    one_cache.stack.configure({"password": "rotated-password"})
    one_cache.up()
    assert one_cache.cloud.calls("UpdateImageCache") == []
    one_cache.stack.pulumi("preview", "--expect-no-changes", quiet=True)
