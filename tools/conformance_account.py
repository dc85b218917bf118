"""An account as the conformance suite sees it: the official clients, noted and bounded.

tests/conformance makes one for each test; tools/conformance_sweep.py makes one to clean up. Nothing here
knows whether the simulator or the real cloud answers.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from alibabacloud_eci20180808.client import Client as EciClient
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_tea_openapi.client import Client as PlainClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_vpc20160428.client import Client as VpcClient
from darabonba.runtime import RuntimeOptions

from conformance_models import flattened, mistakes, parameter_pattern, request_class

RUN_TAG = "pulumi-imagecache-conformance"
_STAMP = "%Y%m%dT%H%M%SZ"
_CLIENTS = {"Eci": EciClient, "Vpc": VpcClient, "Ecs": EcsClient}
_PLAIN = {
    "Eci": ("2018-08-08", "eci.aliyuncs.com"),
    "ResourceManager": ("2020-03-31", "resourcemanager.aliyuncs.com"),
    "Sts": ("2015-04-01", "sts.aliyuncs.com"),
    "Location": ("2015-06-12", "location.aliyuncs.com"),
    "BssOpenApi": ("2017-12-14", "business.aliyuncs.com"),
}
# Whatever begins otherwise is taken to make something, so that a new action can't slip past the cap.
_MAKES_NOTHING = (
    "Associate", "Authorize", "Delete", "DeletionProtection", "Describe", "Get", "Join", "List", "Modify",
    "Move", "Query", "Release", "Revoke", "Set", "Tag", "UnTag", "Unassociate", "Untag",
)  # fmt: skip
# Parts of something that carries the tag, and goes with it; and what changes something that does.
_PARTS = frozenset({"CreateSnatEntry", "UpdateImageCache", "UpdateNatGatewayNatType"})


class CapExceededError(Exception):
    """The run would make more than it may; nothing was sent."""


class UnfaithfulError(AssertionError):
    """A call or its answer isn't as the official client has it."""


@dataclass
class Cap:
    """How many creating calls a run may still make; None for any number."""

    most: int | None = None
    made: int = 0

    def count(self, action: str) -> None:
        """Count a call that is about to be made; `CapExceededError` if it's one too many."""
        if self.most is not None and self.made >= self.most:
            raise CapExceededError(
                f"{action} would be creating call {self.made + 1} of this run, and --cloud-cap is {self.most}"
            )
        self.made += 1


@dataclass
class Crossing:
    """What a test saw cross the wire in the calls of one action, by the names of `conformance_models`."""

    parameters: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Access:
    """Where an account is, and how it's reached.

    Attributes:
        region: the region of every call that doesn't name another.
        credential: an object of alibabacloud-credentials.
        endpoint: `host:port` of a server that speaks plain HTTP for all products; empty for the cloud's own.
    """

    region: str
    credential: Any
    endpoint: str = ""

    def config(self, endpoint: str = "") -> Any:
        """Return what a client is made from."""
        return Config(
            credential=self.credential,
            region_id=self.region,
            endpoint=self.endpoint or endpoint or None,
            protocol="HTTP" if self.endpoint else "HTTPS",
        )


class Account:
    """Makes calls with the official clients.

    Args:
        access: where to, and as whom.
        run: the value of the tag that everything made here carries.
        cap: counts creating calls.
        loop: runs the asynchronous methods of the clients; None for the synchronous ones.
    """

    def __init__(
        self, access: Access, run: str, cap: Cap, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self.access = access
        self.run = run
        self.crossings: dict[tuple[str, str], Crossing] = {}
        self._cap = cap
        self._loop = loop
        self._clients: dict[tuple[str, bool], Any] = {}

    def call(self, product: str, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Make a call with a product's SDK.

        Args:
            product: `Eci`, `Vpc` or `Ecs`.
            action: as the SDK writes it.
            parameters: by wire name, lists and objects as such. RegionId is added where the action takes it;
                None leaves it out.

        Returns:
            The SDK's model of the answer, as a dict by wire name.

        Raises:
            AlibabaCloudException: the cloud refused.
            CapExceededError: the run would make too much.
            UnfaithfulError: the SDK has no such parameter, or the answer isn't as its model has it.
        """
        model = request_class(product, action)()
        named = {
            key: value for key, value in self._with_region(model, parameters).items() if value is not None
        }
        request = model.from_map(self._counted(product, action, named))
        unknown = {name for name, _ in flattened(named)} - {name for name, _ in flattened(request.to_map())}
        if unknown:
            raise UnfaithfulError(f"the SDK's {action} has no {', '.join(sorted(unknown))}")
        method = _method(_CLIENTS[product], action, asynchronous=self._loop is not None)
        answer = self._result(getattr(self._client(product), method)(request, RuntimeOptions()))
        body: dict[str, Any] = answer.body.to_map()
        return body

    def plain_call(self, product: str, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Make a call with the SDKs' common core: for products and parameters whose SDK there isn't.

        Args:
            product: one of the small products, or `Eci`.
            action: its name.
            parameters: flattened, as on the wire. If the call makes something, the run's tag is `Tag.1`.

        Returns:
            The answer's body.
        """
        if not action.startswith(_MAKES_NOTHING):
            self._cap.count(action)
            parameters = {**parameters, "Tag.1.Key": RUN_TAG, "Tag.1.Value": self.run}
        version, _ = _PLAIN[product]
        params = Params(
            action=action,
            version=version,
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        client = self._client(product, plain=True)
        query = {name: str(value) for name, value in parameters.items()}
        make = client.call_api if self._loop is None else client.call_api_async
        body: dict[str, Any] = self._result(make(params, OpenApiRequest(query=query), RuntimeOptions()))[
            "body"
        ]
        return body

    def _client(self, product: str, *, plain: bool = False) -> Any:
        """Return a product's client, its own or the common core, whose calls are noted on their way."""
        key = (product, plain)
        if key not in self._clients:
            if plain:
                client = PlainClient(self.access.config(_PLAIN[product][1]))
            else:
                client = _CLIENTS[product](self.access.config())
            client.call_api = self._noted(product, client.call_api)
            client.call_api_async = self._noted_async(product, client.call_api_async)
            self._clients[key] = client
        return self._clients[key]

    def _result(self, made: Any) -> Any:
        return made if self._loop is None else self._loop.run_until_complete(made)

    def _with_region(self, model: Any, parameters: dict[str, Any]) -> dict[str, Any]:
        return {"RegionId": self.access.region, **parameters} if hasattr(model, "region_id") else parameters

    def _counted(self, product: str, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Count a call that makes something, and tag what it makes.

        What takes no tags is made by runs without a limit alone: nobody has to find it again.
        """
        if action.startswith(_MAKES_NOTHING):
            return parameters
        self._cap.count(action)
        if action in _PARTS:
            return parameters
        if not hasattr(request_class(product, action)(), "tag"):
            if self._cap.most is None:
                return parameters
            raise UnfaithfulError(f"what {action} makes couldn't be found again: it takes no tags")
        return {**parameters, "Tag": [*parameters.get("Tag", []), {"Key": RUN_TAG, "Value": self.run}]}

    def _noted(self, product: str, call_api: Callable[..., Any]) -> Callable[..., Any]:
        def noted(params: Any, request: Any, runtime: Any) -> Any:
            crossing = self._sent(product, params, request)
            try:
                return self._received(product, params, crossing, call_api(params, request, runtime))
            except AlibabaCloudException as error:
                crossing.errors.add(str(error.code))
                raise

        return noted

    def _noted_async(
        self, product: str, call_api: Callable[..., Coroutine[Any, Any, Any]]
    ) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def noted(params: Any, request: Any, runtime: Any) -> Any:
            crossing = self._sent(product, params, request)
            try:
                return self._received(product, params, crossing, await call_api(params, request, runtime))
            except AlibabaCloudException as error:
                crossing.errors.add(str(error.code))
                raise

        return noted

    def _sent(self, product: str, params: Any, request: Any) -> Crossing:
        crossing = self.crossings.setdefault((product, params.action), Crossing())
        query = dict(request.query or {})
        ours = [name.removesuffix("Key") for name, value in query.items() if value == RUN_TAG]
        tagged = tuple(ours) if not params.action.startswith(_MAKES_NOTHING) else ()
        crossing.parameters |= {parameter_pattern(name) for name in query if not name.startswith(tagged)}
        return crossing

    def _received(self, product: str, params: Any, crossing: Crossing, answer: Any) -> Any:
        body = answer["body"]
        if product in _CLIENTS:
            wrong = mistakes(product, params.action, body)
            if wrong:
                raise UnfaithfulError(f"{params.action} isn't answered as the SDK has it: {'; '.join(wrong)}")
        crossing.fields |= {name for name, _ in flattened(body)}
        return answer


@cache
def _method(client: Any, action: str, *, asynchronous: bool) -> str:
    """Return the name of a client's method for an action."""
    wanted = f"{action}WithOptions{'Async' if asynchronous else ''}".lower()
    (name,) = [name for name in dir(client) if name.replace("_", "") == wanted]
    return name


def new_run() -> str:
    """Return the value of the tag of a new run: when it began, and what tells it from others."""
    return f"{datetime.now(timezone.utc).strftime(_STAMP)}-{secrets.token_hex(4)}"


def age_of(run: str) -> timedelta | None:
    """Return how long ago a run began; None if a tag's value isn't that of a run."""
    try:
        began = datetime.strptime(run.partition("-")[0], _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return datetime.now(timezone.utc) - began


class Product:
    """One product of an account, as tests call it: `eci("DeleteImageCache", ImageCacheId="imc-…")`."""

    def __init__(self, account: Account, name: str) -> None:
        self._account = account
        self._name = name

    def __call__(self, action: str, **parameters: Any) -> dict[str, Any]:
        """Make a call; return the answer by wire name."""
        return self._account.call(self._name, action, parameters)

    def refused(self, action: str, **parameters: Any) -> tuple[int, str]:
        """Make a call that must be refused; return the refusal's HTTP status and code."""
        try:
            answer = self(action, **parameters)
        except AlibabaCloudException as error:
            return error.status_code, error.code
        raise UnfaithfulError(f"{action} was not refused: {answer}")
