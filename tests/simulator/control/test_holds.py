"""Tests of builds and holds over HTTP."""

from __future__ import annotations

import json
from typing import Any

from imagecache_simulator import Cloud, control
from imagecache_simulator.eci.image_cache import Inputs


def send(cloud: Cloud, method: str, content: Any = None, path: str = "holds") -> Any:
    """Return the content of an answer to a request that must succeed."""
    answer = control.handle(cloud, method, f"/_simulator/{path}", json.dumps(content).encode())
    assert answer.status == 200
    return json.loads(answer.body)


def test_all_builds(cloud: Cloud) -> None:
    """Held builds stand still until they're released."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    assert send(cloud, "POST", {"ImageCaches": True}) == {"ImageCaches": True, "transitions": []}
    cloud.advance(3600)
    assert send(cloud, "GET")["ImageCaches"] is True
    assert cache.status == "Preparing"
    send(cloud, "POST", {"ImageCaches": False})
    cloud.advance(3600)
    assert cache.status == "Ready"


def test_transitions(cloud: Cloud) -> None:
    """A transition is held for one cache or for all, and let go on, singly or with all others."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    ready = {"transition": "Ready", "image_cache": "web"}
    shown = send(cloud, "POST", ready)
    assert shown == {"ImageCaches": False, "transitions": [ready]}
    assert send(cloud, "POST", {"transition": "Creating"})["transitions"] == [
        ready,
        {"transition": "Creating", "image_cache": ""},
    ]
    cloud.advance(3600)
    assert cache.status == "Preparing"
    assert send(cloud, "POST", {"transition": "Creating", "held": False}) == shown
    cloud.advance(3600)
    assert cache.status == "Creating"
    assert send(cloud, "DELETE") == {"ImageCaches": False, "transitions": []}
    assert cache.status == "Ready"


def test_builds(cloud: Cloud) -> None:
    """Builds that begin from now on take as long as is said, until null lets them take their usual time."""
    assert send(cloud, "GET", path="builds") == {"seconds": None}
    assert send(cloud, "POST", {"seconds": 20}, "builds") == {"seconds": 20}
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    assert send(cloud, "POST", {"seconds": None}, "builds") == {"seconds": None}
    other = cloud.eci.create_image_cache("cn-hangzhou", Inputs("other", ("nginx",)), {})
    cloud.advance(20)
    assert (cache.status, other.status) == ("Ready", "Preparing")


def test_bad_builds(cloud: Cloud) -> None:
    """No time, or no number, is refused."""
    for wrong in (0, -1, "20", True):
        body = json.dumps({"seconds": wrong}).encode()
        answer = control.handle(cloud, "POST", "/_simulator/builds", body)
        assert answer.status == 400
        assert "seconds is a number" in json.loads(answer.body)["error"]
