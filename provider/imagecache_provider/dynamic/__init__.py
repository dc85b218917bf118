"""Front 1: image caches as Pulumi dynamic resources, for Python programs that want nothing installed.

Programs use the classes of `dynamic.eci` as they would those of the SDK, `pulumi_imagecache.eci`. The class
here is what Pulumi writes into users' state, by reference: its path, `imagecache_provider.dynamic.Provider`,
never changes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi import dynamic

from imagecache_provider.dynamic import host
from imagecache_provider.dynamic.preflight import look
from imagecache_provider.dynamic.session import Session, open_session
from imagecache_provider.errors import ProviderError, our_fault, redacted, redacted_quotes
from imagecache_provider.fields import secrets_of
from imagecache_provider.resource import Identity
from imagecache_provider.values import from_pulumi, to_pulumi

if TYPE_CHECKING:
    from imagecache_provider.dynamic import eci as eci

PROGRAM = "__resource"
"""The hidden input {identity, name}: the program knows them, and Pulumi's host isn't told them."""
_PROVIDER = "__provider"

T = TypeVar("T")


def __getattr__(name: str) -> ModuleType:
    """Load `eci` when a program asks for it; Pulumi's host needs none of it."""
    if name == "eci":
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Provider(dynamic.ResourceProvider):
    """The life of one kind of resource, as Pulumi's host of dynamic providers calls it.

    Its state is the type token alone: nothing of this package's code is pickled, and no secret.

    Args:
        token: the resource's Pulumi type, such as `imagecache:eci:ImageCache`.
    """

    serialize_as_secret_always = False
    _session: Session

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def __getstate__(self) -> dict[str, Any]:
        return {"_token": self._token}

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Open the session, and say which settings aren't used; nothing is sent to a cloud.

        Pulumi's host calls this once a process.
        """
        host.show_plain_errors()
        config = dict(req.config._props)  # noqa: SLF001 - Pulumi's Config gives no other way to see all keys
        try:
            self._session = open_session(self._token, config, os.environ)
        except ProviderError:
            raise
        except Exception as error:  # noqa: BLE001 - a user is never shown our stack, whatever happened
            # Its text may hold any setting, and which of them are secrets isn't known yet.
            raise ProviderError(our_fault(error, with_text=False)) from None
        for note in self._session.connection.notes:
            host.warn(note)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Check the inputs; fill in region and name."""
        session = self._session

        def work() -> dynamic.CheckResult:
            identity, name = _program(news)
            checked = session.lifecycle.check(identity, name, _plain(_olds), _plain(news))
            # Not named to the engine: it shows a named property's value, and what the program keeps secret
            # comes to this host without its mark.
            secrets = self._secrets([news])
            failures = [
                dynamic.CheckFailure("", redacted_quotes(failure.text(), secrets))
                for failure in checked.failures
            ]
            return dynamic.CheckResult({**to_pulumi(checked.inputs), PROGRAM: news[PROGRAM]}, failures)

        return self._guarded(work, news)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Compare inputs; say what needs another resource."""
        session = self._session

        def work() -> dynamic.DiffResult:
            identity, _ = _program(_news)
            inputs, outputs = session.split(_plain(_olds))
            found = session.lifecycle.diff(identity, _id, inputs, outputs, _plain(_news))
            return dynamic.DiffResult(
                changes=bool(found), replaces=found.replaces, stables=[], delete_before_replace=False
            )

        return self._guarded(work, _news)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Make the resource and wait until it's usable."""
        session = self._session

        def work() -> dynamic.CreateResult:
            identity, name = _program(props)
            inputs = _plain(props)
            plan = session.lifecycle.plan_create(identity, inputs, key=str(identity))
            host.run(look(session, plan, name, self._warning(props)))
            outcome = host.run(session.lifecycle.create(identity, inputs, session.operation))
            return dynamic.CreateResult(
                outcome.id, {**outcome.inputs, **outcome.outputs, PROGRAM: props[PROGRAM]}
            )

        return self._guarded(work, props)

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """See what the cloud has; an empty ID says that it's gone."""
        session = self._session

        def work() -> dynamic.ReadResult:
            identity, _ = _program(props)
            inputs, outputs = session.split(_plain(props))
            outcome = host.run(session.lifecycle.read(identity, id_, inputs, outputs))
            if outcome is None:
                return dynamic.ReadResult("", {})
            known = {**outcome.inputs, PROGRAM: props[PROGRAM]}
            return dynamic.ReadResult(outcome.id, {**known, **outcome.outputs}, known)

        return self._guarded(work, props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Bring the resource to new inputs in place."""
        session = self._session

        def work() -> dynamic.UpdateResult:
            identity, name = _program(_news)
            inputs, outputs = session.split(_plain(_olds))
            news = _plain(_news)
            plan = session.lifecycle.plan_update(identity, _id, inputs, outputs, news, key=str(identity))
            host.run(look(session, plan, name, self._warning(_news, _olds)))
            updating = session.lifecycle.update(identity, _id, inputs, outputs, news, session.operation)
            outcome = host.run(updating)
            return dynamic.UpdateResult({**outcome.inputs, **outcome.outputs, PROGRAM: _news[PROGRAM]})

        return self._guarded(work, _news, _olds)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the resource and wait until it's gone."""
        session = self._session

        def work() -> None:
            _, outputs = session.split(_plain(_props))
            host.run(session.lifecycle.delete(_id, str(_props["regionId"]), outputs=outputs))

        self._guarded(work, _props)

    def _guarded(self, work: Callable[[], T], *props: Mapping[str, Any]) -> T:
        """Do the work; whatever it raises becomes one readable error without a secret of these properties."""
        try:
            done = work()
        except ProviderError as error:
            text = str(error)
        except Exception as error:  # noqa: BLE001 - a user is never shown our stack, whatever happened
            text = our_fault(error)
        else:
            for note in self._session.lifecycle.notes():
                self._warning(*props)(note)
            return done
        raise ProviderError(redacted(text, self._secrets(props)))

    def _warning(self, *props: Mapping[str, Any]) -> Callable[[str], None]:
        """Give what shows a warning, without a secret of these properties."""
        return lambda text: host.warn(redacted(text, self._secrets(props)))

    def _secrets(self, props: Iterable[Mapping[str, Any]]) -> list[str]:
        connection = self._session.connection
        ours = (secret for each in props for secret in secrets_of(connection.resource.args, _plain(each)))
        return [*connection.secrets, *ours]


def _program(props: Mapping[str, Any]) -> tuple[Identity, str]:
    told = props[PROGRAM]
    return Identity.parse(told["identity"]), str(told["name"])


def _plain(props: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = from_pulumi(
        {name: value for name, value in props.items() if name not in {PROGRAM, _PROVIDER}}
    )
    return plain
