"""Tests of RAM users over HTTP."""

from __future__ import annotations

import json
from typing import Any

from imagecache_simulator import Cloud, control

POLICY = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "eci:*", "Resource": "*"}]}


def send(cloud: Cloud, method: str, name: str, content: Any = None) -> tuple[int, Any]:
    """Return status and content of an answer."""
    body = b"" if content is None else json.dumps(content).encode()
    answer = control.handle(cloud, method, f"/_simulator/{name}", body)
    return answer.status, json.loads(answer.body)


def test_users(cloud: Cloud) -> None:
    """Users are added, shown without their secrets, given another policy, and removed."""
    assert send(cloud, "GET", "users") == (200, [])
    shown = {"name": "ci", "access_key_id": "LTAI1", "policy": POLICY, "needed": {}}
    wanted = {"name": "ci", "policy": POLICY, "access_key_id": "LTAI1", "access_key_secret": "hunter2"}
    assert send(cloud, "POST", "users", wanted) == (200, shown)
    assert send(cloud, "GET", "users") == (200, [shown])
    assert cloud.users.secret("LTAI1") == "hunter2"
    other = {**POLICY, "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    assert send(cloud, "POST", "users", {"name": "ci", "policy": other})[1]["policy"] == other
    assert send(cloud, "DELETE", "users/ci") == (200, {})
    assert send(cloud, "GET", "users") == (200, [])


def test_bad_users(cloud: Cloud) -> None:
    """What can't be is told, and nothing changes."""
    for content, message in (
        ({"policy": POLICY}, "name is a string"),
        ({"name": "ci"}, "a policy is an object that isn't empty"),
        ({"name": "ci", "policy": {**POLICY, "Version": "2"}}, 'Version is "1"'),
        ({"name": "c i", "policy": POLICY}, "the name of a user"),
        ({"name": "ci", "policy": POLICY, "access_key_id": 3}, "access_key_id is a string"),
        ({"name": "ci", "policy": POLICY, "access_key_id": "simulator"}, "already"),
        ({"name": "ci", "policy": POLICY, "role": "a"}, "there is no role here"),
    ):
        status, answer = send(cloud, "POST", "users", content)
        assert status == 400
        assert message in answer["error"]
    assert send(cloud, "DELETE", "users/ci") == (404, {"error": "there is no user ci"})
    assert send(cloud, "DELETE", "users") == (404, {"error": "there is no user "})
    assert cloud.users.listing() == []
