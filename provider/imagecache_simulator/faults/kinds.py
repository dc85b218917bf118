"""The kinds of faults: what each is told, when it strikes, and what it does then.

`models.Faults` keeps them and lets them strike. A model's fields are the arguments in Python and the fields
in JSON; one more kind is a class here, a line in `KINDS` and a method of `Faults`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from imagecache_simulator.eci.exceptions import NoStockError
from imagecache_simulator.eci.holds import TRANSITIONS
from imagecache_simulator.faults.exceptions import ConnectionLostError, InjectedError
from imagecache_simulator.references import ImageReference, image_key
from imagecache_simulator.urls import PRODUCTS

if TYPE_CHECKING:
    from imagecache_simulator.calls import Call
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.image_cache import ImageCache

_ACTIONS = {(product.name.lower(), action) for product in PRODUCTS.values() for action in product.actions}
_READING = ("describe", "list", "get")
_TEXT = 10_000


class Fault(BaseModel):
    """Something that goes wrong.

    Attributes:
        times: how often it strikes; None: until it's removed.
        probability: how likely it strikes where it could, by the account's own randomness.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_max_length=_TEXT)

    kind: ClassVar[str]
    times: int | None = Field(default=1, ge=1)
    probability: float = Field(default=1, gt=0, le=1)
    _id: str = PrivateAttr("")
    _struck: int = PrivateAttr(0)

    @property
    def id(self) -> str:
        """Its name, `fault-1` for the first of an account."""
        return self._id

    @property
    def struck(self) -> int:
        """How often it has struck."""
        return self._struck

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it should."""
        return self.times is not None and self._struck >= self.times

    def form(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"id": self.id, "kind": self.kind, **self.model_dump(), "struck": self.struck}


class CallFault(Fault):
    """A fault of calls.

    Attributes:
        action: of which action, in any capitals; of all unless given.
        product: of which product, `Eci` for instance; of all unless given.
        parameters: only of calls that have these, by wire name: `{"ImageCacheName": "web"}`.
    """

    action: str = ""
    product: str = ""
    parameters: dict[str, str] = Field(default_factory=dict, max_length=100)

    @model_validator(mode="after")
    def _check_action(self) -> CallFault:
        product, action = self.product.lower(), self.action.lower()
        if not any(product in {"", each[0]} and action in {"", each[1]} for each in _ACTIONS):
            where = f" of product {self.product}" if self.product else ""
            raise ValueError(f"there is no action {self.action!r}{where}; see docs/simulator.md, Actions")
        return self

    @property
    def stage(self) -> Literal["first", "before", "read", "build", "after"]:
        """When in a call it strikes."""
        return "before"

    def fits(self, call: Call) -> bool:
        """Tell whether it's a fault of this call."""
        return (
            self.action.lower() in {"", call.action.lower()}
            and self.product.lower() in {"", call.product.lower()}
            and all(call.parameters.get(name) == value for name, value in self.parameters.items())
        )

    def strike(self, call: Call) -> None:
        """Do to a call what it's for. Those that strike a read or a build do it in a method of their own."""


class Throttle(CallFault):
    """The gateway refuses the call: too many requests."""

    kind = "throttle"
    code: str = Field(default="Throttling", min_length=1, pattern=r"^[\x21-\x7e]+$")
    retry_after: int | None = Field(default=None, ge=1)

    def strike(self, _: Call) -> None:
        """Refuse it. Source: spec/eci-container-group.md, error codes; spec/signing.md section 4."""
        message = (
            "You have made too many requests within a short time; "
            "your request is denied due to request throttling"
        )
        raise InjectedError(400, self.code, message, self.retry_after)


class Error(CallFault):
    """The call is refused with any status and code; nothing changes."""

    kind = "error"
    code: str = Field(default="InternalError", min_length=1, pattern=r"^[\x21-\x7e]+$")
    status: int = Field(default=500, ge=400, le=599)
    message: str = "The request processing has failed due to some unknown error."

    def strike(self, _: Call) -> None:
        """Refuse it."""
        raise InjectedError(self.status, self.code, self.message)


class Latency(CallFault):
    """The answer comes later, in real seconds; the change is made at once."""

    kind = "latency"
    seconds: float = Field(ge=0, le=3600)

    @property
    def stage(self) -> Literal["first"]:
        """Before all others, so that refusals are late, too."""
        return "first"

    def strike(self, call: Call) -> None:
        """Hold the answer up."""
        call.delay += self.seconds


class _Silence(CallFault):
    """The call gets no answer, before or after the change that it asks for was made."""

    after: bool = False

    @property
    def stage(self) -> Literal["before", "after"]:
        """Before anything is done, or when all is."""
        return "after" if self.after else "before"


class Drop(_Silence):
    """The connection is reset."""

    kind = "drop"

    def strike(self, _: Call) -> None:
        """Reset it."""
        raise ConnectionLostError("dropped")


class Timeout(_Silence):
    """The connection stays open and nothing comes, until the client gives up."""

    kind = "timeout"

    def strike(self, _: Call) -> None:
        """Say nothing."""
        raise ConnectionLostError("silent")


class NoStock(CallFault):
    """The zone is sold out: the call is refused, or the build fails."""

    kind = "no_stock"
    action: str = "CreateImageCache"
    build: bool = False

    @property
    def stage(self) -> Literal["before", "build"]:
        """Before anything is done, or when a build has begun."""
        return "build" if self.build else "before"

    def strike(self, _: Call) -> None:
        """Refuse the call."""
        raise NoStockError

    def strike_build(self, _: Cloud, cache: ImageCache) -> None:
        """Let the transit instance not start."""
        what = f"transit container group {cache.container_group_id}"
        if cache.build is not None:
            cache.build.obstruct(f"Failed to create {what}: {NoStockError.code}: {NoStockError.message}")


class Hang(CallFault):
    """A build never comes past one of its transitions, until `Cloud.eci.holds` releases it."""

    kind = "hang"
    action: str = "CreateImageCache"
    at: str = "Ready"

    @field_validator("at")
    @classmethod
    def _check_at(cls, at: str) -> str:
        if at not in TRANSITIONS:
            raise ValueError(f"there is no transition {at!r}; there are {', '.join(TRANSITIONS)}")
        return at

    @property
    def stage(self) -> Literal["build"]:
        """When a build has begun."""
        return "build"

    def strike_build(self, cloud: Cloud, cache: ImageCache) -> None:
        """Hold it."""
        cloud.eci.holds.hold(self.at, cache.image_cache_id)


class _Reading(CallFault):
    """A fault of what reads: the actions Describe…, List… and Get….

    Attributes:
        seconds: simulated ones.
    """

    seconds: float = Field(gt=0, le=86_400)

    @field_validator("action")
    @classmethod
    def _check_reading(cls, action: str) -> str:
        if action and not action.lower().startswith(_READING):
            raise ValueError(f"{action} isn't a reading action: Describe…, List… or Get…")
        return action

    @property
    def stage(self) -> Literal["read"]:
        """In the place of reading what is there."""
        return "read"

    def fits(self, call: Call) -> bool:
        """Tell whether it's a fault of this call."""
        return super().fits(call) and call.action.lower().startswith(_READING)


class Stale(_Reading):
    """Reads answer with the account as it was some time ago."""

    kind = "stale"


class HideNew(_Reading):
    """Reads don't show image caches and container groups that were created a short time ago."""

    kind = "hide_new"


class PullFailure(Fault):
    """An image can't be pulled, for builds that begin from now on.

    Attributes:
        image: which: a tag, or without one all of a repository; any unless given.
        registry: any image of this host; `docker.io` is Docker Hub.
        message: what the registry says.
    """

    kind = "pull_failure"
    image: str = ""
    registry: str = ""
    message: str = "failed to do request: dial tcp: i/o timeout"

    @field_validator("image")
    @classmethod
    def _check_image(cls, image: str) -> str:
        if image:
            image_key(image)
        return image

    def fits(self, reference: ImageReference) -> bool:
        """Tell whether it's a fault of this image."""
        wanted = image_key(self.image) if self.image else ""
        return wanted in {"", str(reference), reference.name} and self.registry.lower() in {
            "",
            reference.registry.lower(),
        }


KINDS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (Throttle, Error, Latency, Drop, Timeout, NoStock, Hang, Stale, HideNew, PullFailure)
}
