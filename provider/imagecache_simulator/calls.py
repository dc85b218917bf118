"""One API request on its way through the account: what it asks for, and what the log keeps of it.

`core.Cloud` makes one of each request; `faults` looks at it to tell whether it's struck.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import (
    ApiError,
    InvalidActionNotFoundError,
    InvalidVersionError,
    MissingActionError,
)
from imagecache_simulator.faults.exceptions import ConnectionLostError, InjectedError
from imagecache_simulator.ram.exceptions import AccessDeniedError
from imagecache_simulator.urls import PRODUCTS, Action, Product
from imagecache_simulator.wire import Parameters, Request, Response, timestamp

if TYPE_CHECKING:
    from imagecache_simulator.ram.users import User

LOGGED_PARAMETERS = 200
LOGGED_LENGTH = 200

# Beside what is called a secret: what containers are told, where users put theirs.
_SECRET = re.compile(
    r"password|secret|signature|securitytoken"
    r"|\.environmentvar\.[0-9]+\.value$|\.configfiletopath\.[0-9]+\.content$|\.flexvolume\.options$",
    re.IGNORECASE,
)
_SYSTEM = frozenset(
    {
        "Action", "Version", "Format", "Timestamp", "SignatureMethod", "SignatureVersion", "SignatureNonce",
        "SignatureType", "AccessKeyId", "SecurityToken", "Signature",
    }
)  # fmt: skip


class Call:
    """One request on its way.

    Attributes:
        request: what arrived.
        request_id: under which it's answered.
        product: the product's name, empty if its version is unknown.
        action: as the client wrote it.
        parameters: the action's own.
        user: the RAM user who made it, None for the account itself and before its signature is verified.
        faults: the ID and the kind of each fault that has struck it.
        delay: real seconds that its answer comes late.
    """

    def __init__(self, request: Request, request_id: str) -> None:
        values = dict(request.query_pairs() + request.form_pairs())
        self.user: User | None = None
        self.faults: list[dict[str, str]] = []
        self.delay = 0.0
        self.request = request
        self.request_id = request_id
        self.action = values.get("Action") or request.headers.get("x-acs-action", "")
        self.version = values.get("Version") or request.headers.get("x-acs-version", "")
        business = {name: value for name, value in values.items() if name not in _SYSTEM}
        self.parameters = Parameters(business, request.host)
        self.product = self._product.name if self._product else ""

    @property
    def _product(self) -> Product | None:
        return PRODUCTS.get(self.version)

    def signed_by(self, user: User | None) -> None:
        """Note who made the call; its action may ask, too."""
        self.user = self.parameters.user = user

    def find_action(self) -> Action:
        """Return the action that the request names; `ApiError` if there's none."""
        if self.request.path not in {"", "/"}:
            raise InvalidActionNotFoundError
        if not self.action:
            raise MissingActionError
        if self._product is None:
            raise InvalidVersionError
        found = self._product.actions.get(self.action.lower())
        if found is None:
            raise InvalidActionNotFoundError
        return found

    def answer(self, content: Mapping[str, Any]) -> Response:
        """Return the answer to a call that succeeded."""
        body = {"RequestId": self.request_id, **content}
        answer = Response.of_json(200, body, x_acs_request_id=self.request_id)
        return replace(answer, delay=self.delay)

    def refusal(self, error: ApiError) -> Response:
        """Return the cloud's error. Source: spec/signing.md section 4."""
        body: dict[str, Any] = {
            "RequestId": self.request_id,
            "HostId": self.request.host,
            "Code": error.code,
            "Message": error.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}&product={self.product}",
        }
        if isinstance(error, AccessDeniedError):
            body["AccessDeniedDetail"] = error.detail
        answer = Response.of_json(error.status, body, x_acs_request_id=self.request_id)
        headers = dict(answer.headers)
        if isinstance(error, InjectedError) and error.retry_after is not None:
            headers["x-acs-retry-after"] = str(error.retry_after)
            # Where the common cores of before 2026 look. Source: GetThrottlingTimeLeft of darabonba-openapi.
            headers["x-ratelimit-user-api"] = f"Remain:0,TimeLeft:{error.retry_after}"
        return replace(answer, headers=headers, delay=self.delay)

    def silence(self, lost: ConnectionLostError) -> Response:
        """Return what stands for an answer that never comes: its status is 0."""
        return Response(0, {}, b"", self.delay, lost.how)

    def log_entry(self, now: datetime, status: int, code: str) -> dict[str, Any]:
        """Return what the log keeps of the call; no secret is in it."""
        return {
            "time": timestamp(now),
            "user": self.user.name if self.user else "",
            "product": self.product,
            "action": self.action,
            "parameters": _masked(self.parameters),
            "status": status,
            "code": code,
            "request_id": self.request_id,
            "faults": list(self.faults),
        }


def _masked(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what the log may keep: no secret, and of a huge request only its beginning."""
    kept = list(parameters.items())[:LOGGED_PARAMETERS]
    return {
        name[:LOGGED_LENGTH]: "***" if _SECRET.search(name) else value[:LOGGED_LENGTH] for name, value in kept
    }
