"""Tests of faults and rates over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagecache_simulator import Cloud, control


def send(cloud: Cloud, method: str, name: str, content: Any = None) -> tuple[int, Any]:
    """Return status and content of an answer."""
    body = b"" if content is None else json.dumps(content).encode()
    answer = control.handle(cloud, method, f"/_simulator/{name}", body)
    return answer.status, json.loads(answer.body)


def test_faults(cloud: Cloud) -> None:
    """A fault is added, listed with how often it has struck, and removed."""
    assert send(cloud, "GET", "faults") == (200, [])
    wanted = {"kind": "throttle", "action": "CreateImageCache", "times": 3}
    status, added = send(cloud, "POST", "faults", wanted)
    assert status == 200
    assert added == {
        **wanted,
        "id": "fault-1",
        "product": "",
        "parameters": {},
        "probability": 1,
        "code": "Throttling",
        "retry_after": None,
        "struck": 0,
    }
    assert send(cloud, "POST", "faults", {"kind": "drop", "after": True, "times": None})[1]["id"] == "fault-2"
    assert [each["id"] for each in send(cloud, "GET", "faults")[1]] == ["fault-1", "fault-2"]
    assert send(cloud, "DELETE", "faults/fault-1") == (200, {})
    assert send(cloud, "DELETE", "faults/fault-1") == (404, {"error": "there is no fault fault-1"})
    assert send(cloud, "DELETE", "faults") == (200, {})
    assert send(cloud, "GET", "faults") == (200, [])


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"kind": 1},
        {"kind": "other"},
        {"kind": "throttle", "action": "A"},
        {"kind": "throttle", "times": "many"},
        {"kind": "latency", "seconds": "1"},
        {"kind": "hang", "at": []},
        {"kind": "drop", "_id": "x"},
        {"kind": "drop", "id": "x"},
        {"kind": "drop", "self": 1},
    ],
)
def test_bad_faults(cloud: Cloud, content: Any) -> None:
    """A fault that can't be is 400 with the reason."""
    status, answer = send(cloud, "POST", "faults", content)
    assert status == 400
    assert answer["error"]
    assert cloud.faults.listing() == []


def test_rates(cloud: Cloud) -> None:
    """Rates are set, shown and removed."""
    assert send(cloud, "GET", "rates") == (200, {})
    assert send(cloud, "POST", "rates", {"CreateImageCache": 200}) == (200, {"CreateImageCache": 200})
    assert send(cloud, "GET", "rates") == (200, {"CreateImageCache": 200})
    assert send(cloud, "POST", "rates", {"CreateImageCache": None}) == (200, {})


@pytest.mark.parametrize("value", ["1", True, -1, 1.5, 10**9])
def test_bad_rates(cloud: Cloud, value: Any) -> None:
    """A rate that can't be, or of an action that isn't there, is 400, and none is set."""
    assert send(cloud, "POST", "rates", {"ListUsage": 1, "CreateImageCache": value})[0] == 400
    assert send(cloud, "POST", "rates", {"ListUsage": 1, "CreateImage": 1})[0] == 400
    assert cloud.rates.listing() == {}
