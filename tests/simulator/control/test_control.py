"""Tests of what drives the simulator under `/_simulator/`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagecache_simulator import Cloud, ManualClock, ScaledClock, control
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.registries import Access, RegistryCredential
from imagecache_simulator.wire import Request


def send(cloud: Cloud, method: str, name: str, content: Any = None, query: str = "") -> tuple[int, Any]:
    """Return status and content of an answer."""
    body = b"" if content is None else json.dumps(content).encode()
    answer = control.handle(cloud, method, f"/_simulator/{name}", body, query)
    return answer.status, json.loads(answer.body)


def test_resources(cloud: Cloud, network: dict[str, str]) -> None:
    """All that exists is shown as plain data, passwords masked."""
    access = Access(credentials=(RegistryCredential("private.example.com", "me", "hunter2"),))
    inputs = Inputs(
        "web",
        ("nginx",),
        v_switch_ids=(network["VSwitchId"],),
        eip_instance_id=network["EipInstanceId"],
        access=access,
    )
    gateway = cloud.vpc.open_internet(cloud.vpc.vswitches[network["VSwitchId"]])
    cache = cloud.eci.create_image_cache("cn-hangzhou", inputs, {"a": "1"})
    status, shown = send(cloud, "GET", "resources")
    assert status == 200
    kinds = {
        "vpcs",
        "vswitches",
        "security_groups",
        "eips",
        "nat_gateways",
        "image_caches",
        "snapshots",
        "container_groups",
    }
    assert shown.keys() == kinds
    assert [vpc["VpcId"] for vpc in shown["vpcs"]] == [network["VpcId"]]
    assert [vswitch["VSwitchId"] for vswitch in shown["vswitches"]] == [network["VSwitchId"]]
    assert [each["SecurityGroupId"] for each in shown["security_groups"]] == [network["SecurityGroupId"]]
    (nat,) = shown["nat_gateways"]
    assert nat["SnatEntries"][0]["SnatIp"] == nat["IpLists"]["IpList"][0]["IpAddress"]
    holders = {eip["InstanceId"] for eip in shown["eips"]}
    assert holders == {cache.container_group_id, gateway.nat_gateway_id}
    assert shown["image_caches"][0]["EipInstanceId"] == network["EipInstanceId"]
    assert shown["image_caches"][0]["ImageRegistryCredentials"][0]["Password"] == "***"
    assert "hunter2" not in json.dumps(shown)


def test_resources_have_snapshots(cloud: Cloud) -> None:
    """Snapshots are shown with the caches that they hold, so that one can be found to delete."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    cloud.advance(600)
    (snapshot,) = send(cloud, "GET", "resources")[1]["snapshots"]
    assert snapshot["SnapshotId"] == cache.snapshot_id


@pytest.mark.parametrize(
    ("method", "name"),
    [("GET", "clock/x"), ("GET", "requests/1"), ("POST", "reset/x"), ("DELETE", "holds/Ready")],
)
def test_nothing_below_a_path(cloud: Cloud, method: str, name: str) -> None:
    """What follows a path that takes no ID is unknown: nothing is done by mistake."""
    cloud.eci.holds.hold("Ready")
    status, shown = send(cloud, method, name)
    assert (status, shown) == (404, {"error": f"there is no {method} /_simulator/{name}"})
    assert cloud.eci.holds.listing()


@pytest.mark.parametrize("content", [{"transition": "Ready", "image_cache": "\ud800"}, {"\ud800": 1}])
def test_half_a_character(cloud: Cloud, content: dict[str, Any]) -> None:
    """Text that isn't Unicode is refused: it couldn't be shown again."""
    assert send(cloud, "POST", "holds", content) == (
        400,
        {"error": "the body is a JSON object, of Unicode text"},
    )
    assert send(cloud, "GET", "holds")[0] == 200


def test_clock(cloud: Cloud) -> None:
    """The clock is shown and moved, and what comes due happens."""
    cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    assert send(cloud, "GET", "clock") == (200, {"now": "2026-01-01T00:00:00Z"})
    assert send(cloud, "POST", "clock", {"advance": 600}) == (200, {"now": "2026-01-01T00:10:00Z"})
    assert send(cloud, "GET", "resources")[1]["image_caches"][0]["Status"] == "Ready"


def test_quotas(cloud: Cloud) -> None:
    """Quotas are shown and set by name; a bad one leaves all as they were."""
    before = send(cloud, "GET", "quotas")[1]
    bad = {"MaxImageCacheCount": 1, "Other": 1}
    assert send(cloud, "POST", "quotas", bad)[0] == 400
    assert send(cloud, "GET", "quotas")[1] == before
    assert send(cloud, "POST", "quotas", {"MaxImageCacheCount": 1})[1]["MaxImageCacheCount"] == 1
    assert cloud.quotas["MaxImageCacheCount"] == 1


def test_internet() -> None:
    """A region's default network gets a NAT gateway, once; then a cache without a vSwitch can be built."""
    cloud = Cloud(seed=1)
    status, shown = send(cloud, "POST", "internet", {"RegionId": "cn-beijing"})
    assert (status, list(cloud.vpc.vswitches)) == (200, [shown["VSwitchId"]])
    assert send(cloud, "POST", "internet", {"RegionId": "cn-beijing"}) == (200, shown)
    assert len(cloud.vpc.nat.gateways) == 1
    cache = cloud.eci.create_image_cache("cn-beijing", Inputs("web", ("nginx",)), {})
    cloud.advance(600)
    assert cache.status == "Ready"
    for bad in ("cn-nowhere", ["cn-beijing"], None):
        assert send(cloud, "POST", "internet", {"RegionId": bad})[0] == 400


def test_requests(cloud: Cloud) -> None:
    """The log of calls is shown, chosen from, followed by number, and cleared; driving isn't a call."""
    assert send(cloud, "GET", "requests") == (200, [])
    for query in ("Action=DescribeVpcs&Version=2016-04-28", "Action=DescribeRegions&Version=2016-04-28", ""):
        cloud.handle(Request("GET", "h", query=query))
    status, shown = send(cloud, "GET", "requests")
    assert status == 200
    assert [each["action"] for each in shown] == ["DescribeVpcs", "DescribeRegions", ""]

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in send(cloud, "GET", "requests", query=query)[1]]

    assert numbers("action=describevpcs") == [1]
    assert numbers("product=Vpc") == [1, 2]
    assert numbers("product=Vpc&since=1") == [2]
    assert numbers("status=400&code=MissingAction") == [3]
    assert numbers("since=3") == []
    assert send(cloud, "DELETE", "requests") == (200, {})
    cloud.handle(Request("GET", "h"))
    assert numbers("since=3") == numbers("") == [4]


@pytest.mark.parametrize("query", ["since=", "since=-1", "since=a", "since=1e3", "acton=DescribeVpcs"])
def test_bad_filters(cloud: Cloud, query: str) -> None:
    """A filter that isn't there, or a number that's none, is 400."""
    status, answer = send(cloud, "GET", "requests", query=query)
    assert status == 400
    assert answer["error"]


def test_reset(cloud: Cloud) -> None:
    """An account can be made as new."""
    cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    assert send(cloud, "POST", "reset") == (200, {})
    assert send(cloud, "GET", "resources")[1]["image_caches"] == []


def test_clock_set_to_a_moment(cloud: Cloud) -> None:
    """The clock is set to a moment as well, and not back."""
    later = {"now": "2026-01-01T02:00:00Z"}
    assert send(cloud, "POST", "clock", later) == (200, later)
    assert send(cloud, "POST", "clock", {"now": "2026-01-01T01:59:59Z"})[0] == 400
    assert send(cloud, "GET", "clock") == (200, later)


def test_speed() -> None:
    """A running clock's speed is shown and changed; it's paused and let go on."""
    real = [0.0]
    cloud = Cloud(clock=ScaledClock(60, ManualClock().now(), monotonic=lambda: real[0]))
    assert send(cloud, "GET", "clock")[1] == {"now": "2026-01-01T00:00:00Z", "speed": 60, "paused": False}
    assert send(cloud, "POST", "clock", {"speed": 3600})[1]["speed"] == 3600
    real[0] += 1
    stopped = send(cloud, "POST", "clock", {"paused": True, "advance": 60})[1]
    assert stopped == {"now": "2026-01-01T01:01:00Z", "speed": 3600, "paused": True}
    real[0] += 1
    assert send(cloud, "GET", "clock")[1] == stopped
    assert send(cloud, "POST", "clock", {"paused": False})[1]["paused"] is False
    for bad in ({"speed": 0}, {"speed": 1e7}, {"speed": "1"}, {"paused": 1}, {"speed": 1, "advance": -1}):
        assert send(cloud, "POST", "clock", bad)[0] == 400
    assert send(cloud, "GET", "clock")[1] == {**stopped, "paused": False}


def test_delete_image_cache(cloud: Cloud) -> None:
    """A cache can be deleted as if a colleague did it in the console; one that isn't there is 404."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    name = f"image-caches/{cache.image_cache_id}"
    assert send(cloud, "DELETE", name) == (200, {})
    status, answer = send(cloud, "DELETE", name)
    assert status == 404
    assert cache.image_cache_id in answer["error"]


@pytest.mark.parametrize(
    ("method", "name", "content"),
    [
        ("POST", "clock", None),
        ("POST", "clock", []),
        ("POST", "clock", {}),
        ("POST", "clock", {"advance": -1}),
        ("POST", "clock", {"advance": "1"}),
        ("POST", "clock", {"advance": True}),
        ("POST", "clock", {"advance": float("nan")}),
        ("POST", "clock", {"advance": float("inf")}),
        ("POST", "clock", {"advance": 10**400}),
        ("POST", "clock", {"advance": 1, "other": 1}),
        ("POST", "clock", {"advance": 1, "now": "2027-01-01T00:00:00Z"}),
        ("POST", "clock", {"now": "2027-01-01"}),
        ("POST", "clock", {"now": "9999-01-01T00:00:00Z"}),
        ("POST", "clock", {"now": 1}),
        ("POST", "clock", {"speed": 1}),
        ("POST", "clock", {"paused": True}),
        ("POST", "quotas", {"MaxImageCacheCount": "1"}),
        ("POST", "quotas", {"MaxImageCacheCount": True}),
        ("POST", "quotas", {"MaxImageCacheCount": -1}),
        ("POST", "quotas", {"MaxDescribeImageCachesLimit": 0}),
        ("POST", "holds", {"ImageCaches": 1}),
        ("POST", "holds", {"ImageCaches": True, "transition": "Ready"}),
        ("POST", "holds", {}),
        ("POST", "holds", {"transition": "Reddy"}),
        ("POST", "holds", {"transition": ["Ready"]}),
        ("POST", "holds", {"transition": "Ready", "image_cache": 1}),
        ("POST", "holds", {"transition": "Ready", "held": "no"}),
        ("POST", "holds", {"Transition": "Ready"}),
    ],
)
def test_bad_content(cloud: Cloud, method: str, name: str, content: Any) -> None:
    """Content that can't be done is 400 with a reason, and changes nothing."""
    before = cloud.clock.now(), dict(cloud.quotas), send(cloud, "GET", "holds")
    status, answer = send(cloud, method, name, content)
    assert status == 400
    assert answer["error"]
    assert (cloud.clock.now(), dict(cloud.quotas), send(cloud, "GET", "holds")) == before


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"advance": 1' + b"0" * 5000 + b"}"])
def test_bad_json(cloud: Cloud, body: bytes) -> None:
    """A body that isn't a JSON object is 400."""
    assert control.handle(cloud, "POST", "/_simulator/clock", body).status == 400


@pytest.mark.parametrize(
    ("method", "name"), [("GET", ""), ("GET", "nothing"), ("PUT", "clock"), ("GET", "image-caches/imc-1")]
)
def test_unknown_paths(cloud: Cloud, method: str, name: str) -> None:
    """A path or method that isn't there is 404, in JSON."""
    status, answer = send(cloud, method, name)
    assert status == 404
    assert "error" in answer
