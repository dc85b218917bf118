"""Tests of held transitions: what is held waits at its very point, and goes on from there."""

from __future__ import annotations

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.eci.image_cache import ImageCache, Inputs

REGION = "cn-hangzhou"


def make(cloud: Cloud, name: str = "web", image: str = "nginx:1.25", *, flash: bool = False) -> ImageCache:
    """Create a cache in Python."""
    return cloud.eci.create_image_cache(REGION, Inputs(name, (image,), flash=flash, retention_days=1), {})


def reasons(cache: ImageCache) -> list[str]:
    """Return what has happened to a cache."""
    return [event.reason for event in cache.events]


@pytest.mark.parametrize(
    ("transition", "status", "happened"),
    [
        ("Preparing", "Preparing", []),
        ("Creating", "Preparing", ["Started"]),
        ("LocalSnapshot", "Creating", ["Started", "SuccessfulCreate", "Pulling", "Pulled"]),
        ("Ready", "Creating", ["Started", "SuccessfulCreate", "Pulling", "Pulled"]),
        (
            "StandardSnapshot",
            "Ready",
            ["Started", "SuccessfulCreate", "Pulling", "Pulled", "LocalSnapshotCreated"],
        ),
    ],
)
def test_build(cloud: Cloud, transition: str, status: str, happened: list[str]) -> None:
    """A build waits before the transition that's held, and ends once it's released."""
    cloud.eci.holds.hold(transition)
    cache = make(cloud, flash=True)
    cloud.advance(3600)
    assert (cache.status, reasons(cache)) == (status, happened)
    progress = cache.progress
    cloud.advance(3600)
    assert (cache.status, reasons(cache), cache.progress) == (status, happened, progress)
    cloud.eci.holds.release(transition)
    cloud.advance(600)
    assert (cache.status, cache.progress, reasons(cache)[-1]) == ("Ready", 100, "SnapshotCreated")


def test_goes_on_from_its_point(cloud: Cloud) -> None:
    """What is released happens at once, and the rest of the build takes the time that it would have taken."""
    twin = Cloud(seed=7)
    twin.registries.need_internet = False
    held, free = make(cloud), make(twin)
    cloud.eci.holds.hold("Creating")
    cloud.advance(3600)
    cloud.eci.holds.release("Creating")
    assert held.status == "Creating"
    assert held.events[-1].first == cloud.clock.now()
    cloud.advance(600)
    twin.advance(600)

    def since_creating(cache: ImageCache) -> list[float]:
        moments = [event.first for event in cache.events[1:]]
        return [(moment - moments[0]).total_seconds() for moment in moments]

    assert since_creating(held) == pytest.approx(since_creating(free), abs=1e-3)


def test_without_flash_ready_is_the_standard_snapshot(cloud: Cloud) -> None:
    """Ready is held whichever snapshot it comes by."""
    cloud.eci.holds.hold("Ready")
    cache = make(cloud)
    cloud.advance(3600)
    assert cache.status == "Creating"


def test_ready_already(cloud: Cloud) -> None:
    """A Flash cache that is Ready from its local snapshot isn't stopped by a hold of Ready any more."""
    cloud.eci.holds.hold("StandardSnapshot")
    cache = make(cloud, flash=True)
    cloud.advance(3600)
    assert cache.status == "Ready"
    cloud.eci.holds.hold("Ready")
    cloud.eci.holds.release("StandardSnapshot")
    assert reasons(cache)[-1] == "SnapshotCreated"


def test_one_cache(cloud: Cloud) -> None:
    """A hold is for the caches of an ID or a name; others go on."""
    cloud.eci.holds.hold("Ready", "web")
    held, free, other = make(cloud), make(cloud, "shop"), make(cloud, "blog")
    cloud.eci.holds.hold("Ready", other.image_cache_id)
    cloud.advance(3600)
    assert [each.status for each in (held, free, other)] == ["Creating", "Ready", "Creating"]


def test_rebuild(cloud: Cloud) -> None:
    """A rebuild is held at its beginning, a first build isn't."""
    cloud.eci.holds.hold("Updating")
    cache = make(cloud)
    cloud.advance(600)
    assert cache.status == "Ready"
    before = len(cache.events)
    cloud.eci.update_image_cache(cache, {"images": ("redis",)}, {})
    cloud.advance(600)
    assert (cache.status, len(cache.events)) == ("Updating", before)
    cloud.eci.holds.release_all()
    cloud.advance(600)
    assert cache.status == "Ready"


def test_failure(cloud: Cloud) -> None:
    """A failure can be held, too."""
    cloud.eci.holds.hold("Failed")
    cache = make(cloud, image="nginx:no-such")
    cloud.advance(600)
    assert cache.status == "Creating"
    cloud.eci.holds.release("Failed")
    assert cache.status == "Failed"


def test_expiry(cloud: Cloud) -> None:
    """An expired cache stays while its expiry is held."""
    cloud.eci.holds.hold("Expiry", "web")
    cache = make(cloud)
    make(cloud, "shop")
    cloud.advance(3 * 86400)
    assert list(cloud.eci.image_caches) == [cache.image_cache_id]
    cloud.eci.holds.release("Expiry", "web")
    assert not cloud.eci.image_caches


def test_bad_names(cloud: Cloud) -> None:
    """A transition that isn't there is refused with those that are."""
    for change in (cloud.eci.holds.hold, cloud.eci.holds.release):
        with pytest.raises(ValueError, match="StandardSnapshot"):
            change("ready")
    assert cloud.eci.holds.listing() == []
