"""One simulated account: everything that exists in it, and the one entry that both doors call.

`Cloud` holds the clock, the randomness, the credentials, one backend per product and the log of requests.
Nothing here is global: two clouds in a process know nothing of each other.
"""

from __future__ import annotations

import copy
import random
import string
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from imagecache_simulator.calls import Call
from imagecache_simulator.clock import Clock, ManualClock, real_now
from imagecache_simulator.eci.models import EciBackend
from imagecache_simulator.ecs.models import EcsBackend
from imagecache_simulator.exceptions import ApiError, DryRunOperationError
from imagecache_simulator.faults.exceptions import ConnectionLostError
from imagecache_simulator.faults.models import Faults
from imagecache_simulator.idempotency import Idempotency
from imagecache_simulator.ram.users import Users, authorize
from imagecache_simulator.rates import Rates
from imagecache_simulator.regions import default_regions
from imagecache_simulator.registries import Registries
from imagecache_simulator.resourcemanager.models import ResourceManagerBackend
from imagecache_simulator.signing import Verifier
from imagecache_simulator.stock import Stock
from imagecache_simulator.switches import Switches
from imagecache_simulator.urls import Action
from imagecache_simulator.vpc.models import VpcBackend
from imagecache_simulator.wire import Request, Response

LOGGED_REQUESTS = 10_000
DEFAULT_QUOTAS = {
    "MaxImageCacheCount": 500,
    "MaxAutoImageCacheCount": 25,
    "MaxDataCacheCount": 100,
    "MaxCpu": 1000,
    "MaxDescribeImageCachesLimit": 20,
}

# Eci's actions look for DryRun themselves.
_RUN_DRY_ON_A_COPY = frozenset({"Vpc", "Ecs"})
_ID_LETTERS = string.digits + string.ascii_lowercase
Observer = Callable[[dict[str, Any] | None], None]


class Cloud:
    """A simulated Alibaba Cloud account.

    Args:
        clock: the simulated time; a `ManualClock` unless told otherwise.
        seed: makes IDs and durations repeat.
        access_key_id: the account's access key.
        access_key_secret: its secret.
        region: the region that the server's first line names.
        policy: restricts the access key to what a policy of RAM allows: plain data or JSON. Without one it's
            the account's own, which may do everything.
        now: the real time, which the age of signatures is measured against.

    Attributes:
        vpc, ecs, eci, resource_manager: what exists, by product.
        registries: the image registries; add images, private registries and passwords there.
        quotas: limits of the account, by the names of ListUsage.
        switches: states of the account that no call leads to, arrears for instance.
        stock: what each zone sells; close zones and sell things out there.
        rates: how many calls are admitted in a minute; all unless a limit is set.
        faults: what goes wrong; add and remove it there.
        users: RAM users, each with an access key and a policy; add and remove them there.
        service_linked_roles: the services that have made their role in the account: none at first, Eci's
            (`eci.aliyuncs.com`) from the first build or instance on.
        requests: the last 10,000 calls, secrets masked: dicts of number (1 for the first call, counting up),
            time, user (of RAM; empty: the account's own key), product, action, parameters, status (0: no
            answer was sent), code, request_id, faults.
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
        policy: Any = None,
    ) -> None:
        self.clock: Clock = clock or ManualClock()
        self.lock = threading.RLock()
        self.access_key_id = access_key_id
        self.access_key_secret = access_key_secret
        self.region = region
        self.requests: deque[dict[str, Any]] = deque(maxlen=LOGGED_REQUESTS)
        self._seed = seed
        self.users = Users(access_key_id, access_key_secret, policy)
        self._verifier = Verifier(self.users.secret, now)
        self._request_count = 0
        self._observers: dict[object, Observer] = {}
        self._found()

    def handle(self, request: Request) -> Response:
        """Answer one API request as the cloud would: verify it, run its action, word its errors.

        Args:
            request: what arrived at a door.

        Returns:
            The action's result with `RequestId`, or the error body of spec/signing.md section 4.
        """
        with self.lock:
            call = Call(request, self.new_request_id())
            code = ""
            try:
                response = call.answer(self._run(call))
            except ApiError as error:
                response, code = call.refusal(error), error.code
            except ConnectionLostError as lost:
                response = call.silence(lost)
            self._log(call.log_entry(self.clock.now(), response.status, code))
            return response

    def refusal(self, error: ApiError, request: Request) -> Response:
        """Return the cloud's answer to a request that a door itself had to refuse, and log it.

        Args:
            error: why.
            request: as far as the door read it.
        """
        with self.lock:
            call = Call(request, self.new_request_id())
            self._log(call.log_entry(self.clock.now(), error.status, error.code))
            return call.refusal(error)

    def advance(self, seconds: float) -> None:
        """Move simulated time forward and let happen what comes due; `ValueError` for a step back."""
        with self.lock:
            self.clock.advance(seconds)
            self.settle()
            self.changed()

    def advance_to(self, moment: datetime) -> None:
        """Move simulated time to a moment; `ValueError` if that's past or has no time zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment has a time zone: datetime(..., tzinfo=timezone.utc)")
        with self.lock:
            self.advance((moment - self.clock.now()).total_seconds())

    def settle(self) -> None:
        """Let everything happen that was due by now. Each request does so first."""
        with self.lock:
            self.faults.remember()
            self.eci.settle()

    def copied(self, moment: datetime) -> Cloud:
        """Return a copy of the account that stands at a moment, without faults and observers."""
        shared = (self.lock, self._verifier, self.users, self.registries, self._idempotency, self.requests)
        memo: dict[int, Any] = {id(each): each for each in shared}
        memo[id(self.clock)] = ManualClock(moment)
        memo[id(self._observers)] = {}
        memo[id(self.faults)] = Faults(self)
        copied = copy.deepcopy(self, memo)
        copied.faults = Faults(copied)
        return copied

    def reset(self) -> None:
        """Make the account as new, for test suites that share a server.

        Everything in it goes, with quotas, switches, stock and the log. Simulated time begins where it began,
        and a seed makes its IDs and durations repeat from the first. What stays: credentials, users, nonces
        that were used, observers, and the numbers in the log, which go on.
        """
        with self.lock:
            self.clock.reset()
            self.requests.clear()
            self._found()
            self.changed()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Have a function called whenever something happens, so that nobody has to ask again and again.

        Args:
            observer: called with the log's entry of each new request, refused ones too, and with None when
                anything else may have changed: time was moved, a build went on, a cache expired, a fault was
                added, something was driven over HTTP. What a test sets in Python, it knows. Where time runs
                by itself, builds go on when somebody looks: at a request, or at `settle`. It's called in the
                thread in which it happened, with `lock` held: it hands over (`loop.call_soon_threadsafe`, a
                queue) and returns, and raises nothing.

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
        digits = f"{self._request_chance.getrandbits(128):032X}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _found(self) -> None:
        """Begin an account that has nothing yet."""
        self.random = random.Random(self._seed)  # noqa: S311 - IDs and durations that repeat, no secrets
        # Of their own: how often a client polls changes nothing in what is made.
        self._request_chance = random.Random(None if self._seed is None else f"requests {self._seed}")  # noqa: S311 - as above
        self.account_id = "1" + "".join(self.random.choices(string.digits, k=15))
        self.regions = default_regions()
        self.quotas: dict[str, int] = dict(DEFAULT_QUOTAS)
        self.service_linked_roles: set[str] = set()
        self.faults = Faults(self)
        self.registries = Registries(self.account_id, self.faults.pull)
        self.switches = Switches()
        self.rates = Rates()
        self.stock = Stock(self.regions)
        self.resource_manager = ResourceManagerBackend(self)
        self.vpc = VpcBackend(self)
        self.ecs = EcsBackend(self)
        self.eci = EciBackend(self)
        self._idempotency = Idempotency()

    def _log(self, entry: dict[str, Any]) -> None:
        self._request_count += 1
        self.requests.append({"number": self._request_count, **entry})
        self._tell(self.requests[-1])

    def _tell(self, entry: dict[str, Any] | None) -> None:
        with self.lock:
            for observer in list(self._observers.values()):
                observer(entry)

    def _run(self, call: Call) -> Mapping[str, Any]:
        action = call.find_action()
        call.signed_by(self.users.of_key(self._verifier.verify(call.request)))
        self.settle()
        authorize(self, call, call.user)
        self.switches.check(call.product, call.action, call.parameters)
        self.rates.check(call.action, self.clock.now())
        self.faults.before(call)
        answer = self._answer(action, call)
        self.faults.after(call)
        return answer

    def _answer(self, action: Action, call: Call) -> Mapping[str, Any]:
        """Run an action, unless its ClientToken came before."""
        token = call.parameters.text("ClientToken")
        if not (action.idempotent and token):
            return self._act(action, call)
        key = (call.product, call.action.lower(), call.parameters.text("RegionId"), token)
        now = self.clock.now()
        answer = self._idempotency.answer(key, call.parameters, now)
        if answer is None:
            answer = self._act(action, call)
            self._idempotency.remember(key, call.parameters, now, answer)
        return answer

    def _act(self, action: Action, call: Call) -> Mapping[str, Any]:
        if call.product in _RUN_DRY_ON_A_COPY and call.parameters.boolean("DryRun"):
            action.handler(self.copied(self.clock.now()), call.parameters)
            raise DryRunOperationError
        answer = action.handler(self.faults.account_for(call), call.parameters)
        self.faults.build(call, answer)
        return answer
