"""The faults of an account: tests add and remove them, and `core.Cloud` lets them strike.

A fault is added by the method of its kind, which returns it: `fault.struck` tells how often it has struck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from pydantic import ValidationError
from typing_extensions import Unpack

from imagecache_simulator.faults.kinds import (
    KINDS,
    CallFault,
    Drop,
    Error,
    Fault,
    Hang,
    HideNew,
    Latency,
    NoStock,
    PullFailure,
    Stale,
    Throttle,
    Timeout,
)
from imagecache_simulator.faults.past import Past

if TYPE_CHECKING:
    from imagecache_simulator.calls import Call
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.references import ImageReference

MOST_FAULTS = 1000
_F = TypeVar("_F", bound=Fault)


class Which(TypedDict, total=False):
    """What every fault of calls can be told besides: which calls it's for, how often, how likely.

    `times` is 1 unless given, None until it's removed. The attributes of `kinds.CallFault` say the rest.
    """

    product: str
    parameters: dict[str, str]
    times: int | None
    probability: float


class Faults:
    """The faults of one account. A method's first argument is the action; all of them unless given."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._past = Past(cloud)
        self._faults: dict[str, Fault] = {}
        self._count = 0

    def throttle(
        self,
        action: str = "",
        *,
        code: str = "Throttling",
        retry_after: int | None = None,
        **which: Unpack[Which],
    ) -> Throttle:
        """Refuse calls as too many, with status 400.

        Args:
            action: of which action.
            code: `Throttling`, `Throttling.User` or another.
            retry_after: milliseconds, for the header `x-acs-retry-after`.
            which: see `Which`.
        """
        return self._add(Throttle, {"action": action, "code": code, "retry_after": retry_after, **which})

    def error(
        self,
        action: str = "",
        *,
        status: int = 500,
        code: str = "InternalError",
        message: str = "The request processing has failed due to some unknown error.",
        **which: Unpack[Which],
    ) -> Error:
        """Refuse calls with any status from 400 and any code; nothing changes."""
        settings = {"action": action, "status": status, "code": code, "message": message, **which}
        return self._add(Error, settings)

    def latency(self, action: str = "", *, seconds: float, **which: Unpack[Which]) -> Latency:
        """Answer later by so many real seconds; over HTTP only, or where `mock_cloud` was told to wait."""
        return self._add(Latency, {"action": action, "seconds": seconds, **which})

    def drop(self, action: str = "", *, after: bool = False, **which: Unpack[Which]) -> Drop:
        """Reset the connection, before the change is made or after it."""
        return self._add(Drop, {"action": action, "after": after, **which})

    def timeout(self, action: str = "", *, after: bool = False, **which: Unpack[Which]) -> Timeout:
        """Never answer, before the change is made or after it; the client gives up."""
        return self._add(Timeout, {"action": action, "after": after, **which})

    def stale(self, action: str = "", *, seconds: float, **which: Unpack[Which]) -> Stale:
        """Answer reads with the account as it was so many simulated seconds ago.

        What happened before the fault was added is known as far as caches and groups that weren't there yet.
        """
        return self._add(Stale, {"action": action, "seconds": seconds, **which})

    def hide_new(self, action: str = "", *, seconds: float, **which: Unpack[Which]) -> HideNew:
        """Don't show caches and container groups created less than so many simulated seconds ago."""
        return self._add(HideNew, {"action": action, "seconds": seconds, **which})

    def no_stock(
        self, action: str = "CreateImageCache", *, build: bool = False, **which: Unpack[Which]
    ) -> NoStock:
        """Refuse calls as sold out, or let the build fail that they begin. `Cloud.stock` does it by zone."""
        return self._add(NoStock, {"action": action, "build": build, **which})

    def hang(self, action: str = "CreateImageCache", *, at: str = "Ready", **which: Unpack[Which]) -> Hang:
        """Hold the builds that calls begin before a transition, until `Cloud.eci.holds` releases them."""
        return self._add(Hang, {"action": action, "at": at, **which})

    def pull_failure(
        self,
        *,
        image: str = "",
        registry: str = "",
        message: str = "failed to do request: dial tcp: i/o timeout",
        times: int | None = 1,
        probability: float = 1,
    ) -> PullFailure:
        """Let pulls fail, of an image or of all images of a registry, in builds that begin from now on."""
        return self._add(
            PullFailure,
            {
                "image": image,
                "registry": registry,
                "message": message,
                "times": times,
                "probability": probability,
            },
        )

    def add(self, kind: str, settings: Mapping[str, Any]) -> Fault:
        """Add a fault from plain data.

        Args:
            kind: one of `KINDS`.
            settings: its fields.

        Raises:
            ValueError: there's no such kind, a field isn't right, or there are too many faults.
        """
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
        return self._add(KINDS[kind], settings)

    def remove(self, fault: Fault | str) -> None:
        """Remove a fault, or the one of this ID; `KeyError` if it isn't there."""
        with self._cloud.lock:
            del self._faults[fault if isinstance(fault, str) else fault.id]
            self._cloud.changed()

    def clear(self) -> None:
        """Remove all faults. A build that hangs is released by `Cloud.eci.holds`."""
        with self._cloud.lock:
            self._faults.clear()
            self._cloud.changed()

    def listing(self) -> list[Fault]:
        """Return the faults, the oldest first; those that won't strike again, too."""
        return list(self._faults.values())

    def before(self, call: Call) -> None:
        """Strike a call before its action runs.

        Raises:
            ApiError: it's refused.
            ConnectionLostError: it gets no answer.
        """
        for stage in ("first", "before"):
            for fault in self._striking(call, stage):
                fault.strike(call)

    def account_for(self, call: Call) -> Cloud:
        """Return the account that a call sees: the real one, or a copy that is behind."""
        for fault in self._striking(call, "read"):
            if isinstance(fault, Stale):
                return self._past.ago(fault.seconds)
            if isinstance(fault, HideNew):
                return self._past.without_new(fault.seconds)
        return self._cloud

    def build(self, call: Call, answer: Mapping[str, Any]) -> None:
        """Strike the build that a call has just begun, if it has."""
        image_cache_id = answer.get("ImageCacheId") or call.parameters.text("ImageCacheId")
        cache = self._cloud.eci.image_caches.get(image_cache_id)
        if cache is None or cache.build is None or cache.build.done:
            return
        for fault in self._striking(call, "build"):
            if isinstance(fault, (NoStock, Hang)):
                fault.strike_build(self._cloud, cache)

    def after(self, call: Call) -> None:
        """Strike a call when all it asked for is done; `ConnectionLostError` if it gets no answer."""
        for fault in self._striking(call, "after"):
            fault.strike(call)

    def pull(self, reference: ImageReference) -> str:
        """Return why an image can't be pulled just now; empty if it can."""
        for fault in list(self._faults.values()):
            if isinstance(fault, PullFailure) and fault.fits(reference) and self._strikes(fault):
                return fault.message
        return ""

    def remember(self) -> None:
        """Keep what stale reads will need, before time moves what is there."""
        stale = [fault for fault in self._faults.values() if isinstance(fault, Stale) and not fault.spent]
        self._past.keep([fault.seconds for fault in stale])

    def _add(self, kind: type[_F], settings: Mapping[str, Any]) -> _F:
        try:
            fault = kind.model_validate(dict(settings))
        except ValidationError as error:
            raise ValueError(_reason(error)) from None
        with self._cloud.lock:
            if len(self._faults) >= MOST_FAULTS:
                raise ValueError(f"there are {MOST_FAULTS} faults already: remove some first")
            self._cloud.settle()
            self._count += 1
            fault._id = f"fault-{self._count}"  # noqa: SLF001 - who keeps faults names them
            self._faults[fault.id] = fault
            self.remember()
            self._cloud.changed()
        return fault

    def _striking(self, call: Call, stage: str) -> Iterator[CallFault]:
        """Yield the faults that strike a call in one of its stages, and count them."""
        for fault in list(self._faults.values()):
            fits = isinstance(fault, CallFault) and fault.stage == stage and fault.fits(call)
            if isinstance(fault, CallFault) and fits and self._strikes(fault):
                call.faults.append({"id": fault.id, "kind": fault.kind})
                yield fault

    def _strikes(self, fault: Fault) -> bool:
        if fault.spent or (fault.probability < 1 and self._cloud.random.random() >= fault.probability):
            return False
        fault._struck += 1  # noqa: SLF001 - who lets them strike counts
        return True


def _reason(error: ValidationError) -> str:
    """Return the first thing that's wrong, in one line."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    reason = first["msg"].removeprefix("Value error, ")
    return f"{where}: {reason}" if where else reason
