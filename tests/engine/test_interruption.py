"""What a failed or cut-off create leaves is adopted or cleaned up by the next `up`, on a real engine."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from local_stack import end

Eventually = Callable[[Callable[[], bool], str], None]


@pytest.fixture
def cut_off(one_cache: Any, eventually: Eventually) -> Callable[[], str]:
    """Kill the engine and all its processes while a cache is being built; give the ID of that cache."""

    def cut() -> str:
        one_cache.cloud.ask("holds", "POST", {"ImageCaches": True})
        engine = one_cache.stack.start("up", "--yes", "--skip-preview")
        eventually(lambda: bool(one_cache.cloud.caches()), "a cache is being built")
        engine.kill()
        end(engine)
        one_cache.stack.pulumi("cancel", "--yes", quiet=True)
        return str(one_cache.cloud.caches()[0]["ImageCacheId"])

    return cut


def test_cut_off_create_is_adopted(one_cache: Any, cut_off: Callable[[], str]) -> None:
    """A cache whose build was under way when the engine was killed is waited for by the next up."""
    begun = cut_off()
    one_cache.cloud.ask("holds", "POST", {"ImageCaches": False})
    assert one_cache.up() == {"id": begun, "status": "Ready"}
    assert len(one_cache.cloud.caches()) == 1


def test_finished_orphan_is_adopted(
    one_cache: Any, cut_off: Callable[[], str], eventually: Eventually
) -> None:
    """A cache that became Ready after the engine was killed is the resource's in the next up."""
    begun = cut_off()
    one_cache.cloud.ask("holds", "POST", {"ImageCaches": False})
    eventually(lambda: one_cache.cloud.caches()[0]["Status"] == "Ready", "the orphan is Ready")
    assert one_cache.up() == {"id": begun, "status": "Ready"}
    assert len(one_cache.cloud.caches()) == 1


def test_cut_off_create_of_other_images_is_cleaned_up(one_cache: Any, cut_off: Callable[[], str]) -> None:
    """A half-built cache for images that the program doesn't want any more is deleted by the next up."""
    begun = cut_off()
    one_cache.cloud.ask("holds", "POST", {"ImageCaches": False})
    one_cache.arguments(images=["redis:7.4"])
    made = one_cache.up()["id"]
    assert made != begun
    assert [cache["ImageCacheId"] for cache in one_cache.cloud.caches()] == [made]


def test_failed_create_leaves_nothing(one_cache: Any) -> None:
    """A create that ends Failed says why and leaves nothing; the mended program makes one cache."""
    one_cache.arguments(images=["nginx:does-not-exist"])
    said = one_cache.refused()
    assert "ended Failed" in said
    assert "nginx:does-not-exist" in said
    assert "Traceback" not in said
    assert one_cache.cloud.caches() == []
    one_cache.arguments(images=["nginx:1.27"])
    assert one_cache.up()["status"] == "Ready"
    assert len(one_cache.cloud.caches()) == 1


def test_interrupt_then_up(one_cache: Any, eventually: Eventually) -> None:
    """^C during a build, then up: one cache, the one that was begun."""
    one_cache.cloud.ask("holds", "POST", {"ImageCaches": True})
    engine: subprocess.Popen[str] = one_cache.stack.start("up", "--yes", "--skip-preview")
    eventually(lambda: bool(one_cache.cloud.caches()), "a cache is being built")

    def interrupted() -> bool:
        os.kill(engine.pid, signal.SIGINT)  # the second ^C doesn't wait for the create
        return engine.poll() is not None

    eventually(interrupted, "the engine has ended")
    end(engine)
    begun = one_cache.cloud.caches()[0]["ImageCacheId"]
    one_cache.cloud.ask("holds", "POST", {"ImageCaches": False})
    one_cache.stack.pulumi("cancel", "--yes", quiet=True, expect=None)
    assert one_cache.up()["id"] == begun
    assert len(one_cache.cloud.caches()) == 1
