"""Tests of what a page is told of an account."""

from __future__ import annotations

import json

import pytest

from imagecache_simulator import Cloud, control
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.page.news import IDS, MOST_REQUESTS, News
from imagecache_simulator.registries import Access, RegistryCredential
from imagecache_simulator.wire import Request

REGION = "cn-hangzhou"


@pytest.fixture
def news(cloud: Cloud) -> News:
    """Return the news of the account for a page that has just been opened."""
    return News(cloud)


def test_everything_at_first(cloud: Cloud, network: dict[str, str], news: News) -> None:
    """The first look tells the account, the clock, all resources and the log."""
    cloud.handle(Request("GET", "h"))
    told = news.take()
    assert told["account"] == {"id": cloud.account_id, "access_key_id": "simulator", "region": REGION}
    assert told["clock"] == "2026-01-01T00:00:00Z"
    assert told["resources"]["vpcs"].keys() == {network["VpcId"]}
    assert told["resources"]["eips"].keys() == {network["EipInstanceId"]}
    assert [entry["code"] for entry in told["requests"]] == ["MissingAction"]


def test_nothing_new(cloud: Cloud, news: News) -> None:
    """Nothing is told while nothing happens; where only time passes, only the time."""
    cloud.vpc.allocate_eip(REGION, "")
    assert news.take()["resources"]
    assert news.take() == {}
    cloud.clock.advance(1)
    assert news.take() == {"clock": "2026-01-01T00:00:01Z"}


def test_only_what_changed(cloud: Cloud, news: News) -> None:
    """Of a resource that changed, the fields that did are told; those that vanished are null."""
    cloud.vpc.allocate_eip(REGION, "")
    cache = cloud.eci.create_image_cache(REGION, Inputs("web", ("nginx",), flash=True), {})
    news.take()
    while not cache.flash_snapshot_id:
        cloud.advance(1)
    (change,) = news.take()["resources"]["image_caches"].values()
    assert change["Status"] == "Ready"
    assert "ImageCacheName" not in change
    cloud.advance(600)
    told = news.take()
    assert told["resources"].keys() == {"image_caches"}
    (change,) = told["resources"]["image_caches"].values()
    assert change.keys() == {"SnapshotId", "FlashSnapshotId", "Progress", "Events"}
    assert change["FlashSnapshotId"] is None


def test_what_is_gone(cloud: Cloud, network: dict[str, str], news: News) -> None:
    """What was deleted is told by its ID, once."""
    news.take()
    cloud.vpc.release_eip(network["EipInstanceId"])
    told = news.take()
    assert told == {"gone": {"eips": [network["EipInstanceId"]]}, "clock": told["clock"]}
    assert news.take() == {}


def test_each_request_once(cloud: Cloud, news: News) -> None:
    """Each request is told once, and of a flood the last ones."""
    for count in (1, 2, MOST_REQUESTS + 10):
        for _ in range(count):
            cloud.handle(Request("GET", "h"))
        numbers = [entry["number"] for entry in news.take()["requests"]]
        last = cloud.requests[-1]["number"]
        kept = min(count, MOST_REQUESTS)
        assert numbers == list(range(last - kept + 1, last + 1))


def test_no_secret(cloud: Cloud, news: News) -> None:
    """No password is told, neither a registry's nor the account's."""
    access = Access(credentials=(RegistryCredential("private.example.com", "me", "hunter2"),))
    cloud.eci.create_image_cache(REGION, Inputs("web", ("nginx",), access=access), {})
    cloud.access_key_secret = "hunter3"
    query = "Action=CreateImageCache&ImageRegistryCredential.1.Password=hunter4"
    cloud.handle(Request("GET", "h", query=query))
    told = json.dumps(news.take())
    assert "private.example.com" in told
    assert "CreateImageCache" in told
    assert "hunter" not in told


def test_every_kind_is_known(cloud: Cloud) -> None:
    """The page shows each kind of resource that the simulator has, snapshots with their caches."""
    assert control.resources(cloud).keys() - {"snapshots"} == IDS.keys()


@pytest.mark.parametrize("calls", [0, 1])
def test_log_that_was_cleared(cloud: Cloud, news: News, calls: int) -> None:
    """Once the log was cleared, a page is told everything again, once."""
    cloud.handle(Request("GET", "h"))
    cloud.vpc.allocate_eip(REGION, "")
    news.take()
    cloud.requests.clear()
    for _ in range(calls):
        cloud.handle(Request("GET", "h"))
    told = news.take()
    assert told["account"]
    assert told["resources"]["eips"]
    assert len(told.get("requests", [])) == calls
    assert news.take() == {}


def test_reset(cloud: Cloud, news: News) -> None:
    """Of an account that was reset nothing from before remains."""
    cloud.handle(Request("GET", "h"))
    cloud.vpc.allocate_eip(REGION, "")
    news.take()
    cloud.reset()
    told = news.take()
    assert told["account"]["id"] == cloud.account_id
    assert not told.keys() & {"resources", "requests", "gone"}
