"""One simulated account: everything that exists in it, and the one entry that both doors call.

`Cloud` holds the clock, the randomness, the credentials, one backend per product and the log of requests.
Nothing here is global: two clouds in a process know nothing of each other.
"""

from __future__ import annotations

import random
import re
import string
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from imagecache_simulator.clock import Clock, ManualClock, real_now
from imagecache_simulator.eci.models import EciBackend
from imagecache_simulator.ecs.models import EcsBackend
from imagecache_simulator.exceptions import (
    ApiError,
    InvalidActionNotFoundError,
    InvalidVersionError,
    MissingActionError,
)
from imagecache_simulator.idempotency import Idempotency
from imagecache_simulator.regions import default_regions
from imagecache_simulator.registries import Registries
from imagecache_simulator.resourcemanager.models import ResourceManagerBackend
from imagecache_simulator.signing import Verifier
from imagecache_simulator.switches import Switches
from imagecache_simulator.urls import PRODUCTS, Action, Product
from imagecache_simulator.vpc.models import VpcBackend
from imagecache_simulator.wire import Parameters, Request, Response, timestamp

LOGGED_REQUESTS = 10_000
LOGGED_PARAMETERS = 200
LOGGED_LENGTH = 200
DEFAULT_QUOTAS = {
    "MaxImageCacheCount": 500,
    "MaxAutoImageCacheCount": 25,
    "MaxDataCacheCount": 100,
    "MaxCpu": 1000,
    "MaxDescribeImageCachesLimit": 20,
}

_ID_LETTERS = string.digits + string.ascii_lowercase
_SECRET = re.compile(r"password|secret|signature|securitytoken", re.IGNORECASE)
_SYSTEM = frozenset(
    {
        "Action", "Version", "Format", "Timestamp", "SignatureMethod", "SignatureVersion", "SignatureNonce",
        "SignatureType", "AccessKeyId", "SecurityToken", "Signature",
    }
)  # fmt: skip

Observer = Callable[[dict[str, Any] | None], None]


class Cloud:
    """A simulated Alibaba Cloud account.

    Args:
        clock: the simulated time; a `ManualClock` unless told otherwise.
        seed: makes IDs and durations repeat.
        access_key_id: the account's access key.
        access_key_secret: its secret.
        region: the region that the server's first line names.
        now: the real time, which the age of signatures is measured against.

    Attributes:
        vpc, ecs, eci, resource_manager: what exists, by product.
        registries: the image registries; add images, private registries and passwords there.
        quotas: limits of the account, by the names of ListUsage.
        switches: states of the account that no call leads to, arrears for instance.
        requests: the last 10,000 calls, secrets masked: dicts of number (1 for the first call, counting up),
            time, product, action, parameters, status, code, request_id.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int | None = None,
        access_key_id: str = "simulator",
        access_key_secret: str = "simulator",  # noqa: S107 - a made-up secret of a made-up account
        region: str = "cn-hangzhou",
        now: Callable[[], datetime] = real_now,
    ) -> None:
        self.clock: Clock = clock or ManualClock()
        self.random = random.Random(seed)  # noqa: S311 - IDs and durations that repeat, no secrets
        self.lock = threading.RLock()
        self.account_id = "1" + "".join(self.random.choices(string.digits, k=15))
        self.access_key_id = access_key_id
        self.access_key_secret = access_key_secret
        self.region = region
        self.regions = default_regions()
        self.quotas: dict[str, int] = dict(DEFAULT_QUOTAS)
        self.registries = Registries()
        self.switches = Switches()
        self.requests: deque[dict[str, Any]] = deque(maxlen=LOGGED_REQUESTS)
        self._request_count = 0
        self._observers: dict[object, Observer] = {}
        self.resource_manager = ResourceManagerBackend(self)
        self.vpc = VpcBackend(self)
        self.ecs = EcsBackend(self)
        self.eci = EciBackend(self)
        self._verifier = Verifier({access_key_id: access_key_secret}, now)
        self._idempotency = Idempotency()

    def handle(self, request: Request) -> Response:
        """Answer one API request as the cloud would: verify it, run its action, word its errors.

        Args:
            request: what arrived at a door.

        Returns:
            The action's result with `RequestId`, or the error body of spec/signing.md section 4.
        """
        with self.lock:
            call = _Call(request, self.new_request_id())
            status, code = 200, ""
            try:
                body = self._run(call)
            except ApiError as error:
                status, code = error.status, error.code
                body = _error_body(error, call.request_id, request.host, call.product)
            self._log(call.log_entry(self.clock.now(), status, code))
            return Response.of_json(status, body, x_acs_request_id=call.request_id)

    def refusal(self, error: ApiError) -> Response:
        """Return the cloud's answer to a request that a door itself had to refuse."""
        with self.lock:
            request_id = self.new_request_id()
        body = _error_body(error, request_id)
        return Response.of_json(error.status, body, x_acs_request_id=request_id)

    def advance(self, seconds: float) -> None:
        """Move simulated time forward and let happen what comes due; `ValueError` for a step back."""
        with self.lock:
            self.clock.advance(seconds)
            self.eci.settle()
            self.changed()

    def settle(self) -> None:
        """Let everything happen that was due by now. Each request does so first."""
        with self.lock:
            self.eci.settle()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Have a function called whenever something happens, so that nobody has to ask again and again.

        Args:
            observer: called with the log's entry of each new request, refused ones too, and with None when
                anything else may have changed: time was moved, a build went on, a cache expired, a quota, a
                hold or a fault was set. Where time runs by itself, builds go on when somebody looks: at a
                request, or at `settle`. It's called in the thread in which it happened, with `lock` held: it
                hands over (`loop.call_soon_threadsafe`, a queue) and returns, and raises nothing.

        Returns:
            A function that ends it; calling that again does nothing.
        """
        key = object()
        with self.lock:
            self._observers[key] = observer

        def unsubscribe() -> None:
            with self.lock:
                self._observers.pop(key, None)

        return unsubscribe

    def changed(self) -> None:
        """Tell the observers of a change that isn't a request; whatever changes the account calls it."""
        self._tell(None)

    def new_id(self, prefix: str) -> str:
        """Return an ID as the cloud makes them: the prefix, a hyphen and 20 letters or digits."""
        return f"{prefix}-{''.join(self.random.choices(_ID_LETTERS, k=20))}"

    def new_request_id(self) -> str:
        """Return a request ID: a UUID in capitals."""
        digits = f"{self.random.getrandbits(128):032X}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _log(self, entry: dict[str, Any]) -> None:
        self._request_count += 1
        self.requests.append({"number": self._request_count, **entry})
        self._tell(self.requests[-1])

    def _tell(self, entry: dict[str, Any] | None) -> None:
        with self.lock:
            for observer in list(self._observers.values()):
                observer(entry)

    def _run(self, call: _Call) -> dict[str, Any]:
        action = call.find_action()
        self._verifier.verify(call.request)
        self.settle()
        self.switches.check(call.product, call.action, call.parameters)
        token = call.parameters.text("ClientToken")
        if not (action.idempotent and token):
            return {"RequestId": call.request_id, **action.handler(self, call.parameters)}
        key = (call.product, call.action.lower(), call.parameters.text("RegionId"), token)
        now = self.clock.now()
        answer = self._idempotency.answer(key, call.parameters, now)
        if answer is None:
            answer = action.handler(self, call.parameters)
            self._idempotency.remember(key, call.parameters, now, answer)
        return {"RequestId": call.request_id, **answer}


class _Call:
    """One request on its way: what it asks for, and the ID under which it's answered."""

    def __init__(self, request: Request, request_id: str) -> None:
        values = dict(request.query_pairs() + request.form_pairs())
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

    def log_entry(self, now: datetime, status: int, code: str) -> dict[str, Any]:
        """Return what the log keeps of the call; no secret is in it."""
        return {
            "time": timestamp(now),
            "product": self.product,
            "action": self.action,
            "parameters": _masked(self.parameters),
            "status": status,
            "code": code,
            "request_id": self.request_id,
        }


def _error_body(error: ApiError, request_id: str, host: str = "", product: str = "") -> dict[str, Any]:
    """Return the body of a refusal. Source: spec/signing.md section 4."""
    return {
        "RequestId": request_id,
        "HostId": host,
        "Code": error.code,
        "Message": error.message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}&product={product}",
    }


def _masked(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what the log may keep: no secret, and of a huge request only its beginning."""
    kept = list(parameters.items())[:LOGGED_PARAMETERS]
    return {
        name[:LOGGED_LENGTH]: "***" if _SECRET.search(name) else value[:LOGGED_LENGTH] for name, value in kept
    }
