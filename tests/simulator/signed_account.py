"""An account, and signed calls to it without a client in between, for tests that make thousands of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from imagecache_simulator import Cloud
from imagecache_simulator.wire import Request
from signed_calls import SignedCall, Signer

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)
REGION = "cn-hangzhou"
VERSIONS = {"Eci": "2018-08-08", "Vpc": "2016-04-28", "Ecs": "2014-05-26"}


@dataclass(frozen=True)
class Answer:
    """What a call was answered: its status (0: the connection was lost), and its body."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """The code of a refusal; empty for any other answer."""
        return str(self.body.get("Code", "")) if self.status != 200 else ""


class SignedAccount:
    """An account for which signatures are always made at noon on the first of March.

    Attributes:
        cloud: the account.
        signer: signs for it.
    """

    def __init__(self) -> None:
        self.cloud = Cloud(seed=7, now=lambda: NOW)
        self.signer = Signer("h", now=NOW)

    def send(self, call: SignedCall) -> Answer:
        """Send a call that is signed already."""
        return sent(self.cloud, Request("POST", "h", "/", call.query, call.headers, call.body))

    def call(self, action: str, parameters: Mapping[str, Any], product: str = "Eci") -> Answer:
        """Make a call; RegionId is added."""
        named = {"RegionId": REGION, **{name: str(value) for name, value in parameters.items()}}
        return self.send(self.signer.rpc(action, VERSIONS[product], named))


def sent(cloud: Cloud, request: Request) -> Answer:
    """Send any request, and hold its answer against what every answer of the cloud has.

    Source: spec/signing.md section 4.
    """
    response = cloud.handle(request)
    if response.lost:
        return Answer(0, {})
    body = json.loads(response.body)
    assert body["RequestId"] == response.headers["x-acs-request-id"]
    assert response.headers["content-type"] == "application/json;charset=utf-8"
    refused = {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert (response.status == 200) == (body.keys() != refused)
    assert response.status == 200 or 400 <= response.status < 500
    if response.status != 200:
        assert all(isinstance(value, str) for value in body.values())
        assert body["Code"]
        assert body["Message"]
    return Answer(response.status, body)
