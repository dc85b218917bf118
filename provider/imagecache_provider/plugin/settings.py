"""The settings of the plugin's provider resource: checked, compared, and opened as sessions.

`servicer` calls it for CheckConfig, DiffConfig and Configure. Nothing here calls a cloud.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, cast

from imagecache_provider.check import CheckFailure, check, nearest
from imagecache_provider.clock import Clock
from imagecache_provider.diff import Diff, Difference, kind_of
from imagecache_provider.eci.account import read_account
from imagecache_provider.eci.account_model import ProviderArgs
from imagecache_provider.errors import ConfigurationError, ProviderError
from imagecache_provider.fields import UNKNOWN, Change, fields, secrets_of, without_empty
from imagecache_provider.function import FunctionConnection
from imagecache_provider.gate import Awaits, Gate
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.registry import FUNCTIONS, GATES, RESOURCES
from imagecache_provider.resource import Connection, Resource

_ENGINES_OWN = ("version", "pluginDownloadURL")
"""Settings that the engine keeps for itself."""
_ROLES = ("assumeRole", "assumeRoleWithOidc")
REMEDY = (
    "; or hand over pulumi-alicloud's:"
    ' imagecache.Provider("…", region=alicloud.config.region, access_key=alicloud.config.access_key,'
    " secret_key=alicloud.config.secret_key), given as the resource's provider"
)
"""What a user of this front can do beside setting configuration or environment."""


def readable(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Read settings, of which the engine hands objects and numbers over as JSON text."""
    known = fields(ProviderArgs)
    return {
        name: _read(value) if name in known and known[name].annotation is not str else value
        for name, value in plain.items()
        if name not in _ENGINES_OWN and not name.startswith("__")
    }


def _read(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # Check says that it's no object


def check_settings(settings: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[CheckFailure, ...]:
    """Say what is wrong with settings; what isn't known yet is never wrong."""
    failures = check(ProviderArgs, dict(settings)).failures
    if failures or UNKNOWN in settings.values():
        return failures
    try:
        read_account(_configuration(settings), environment)
    except ConfigurationError as error:
        return (CheckFailure("", str(error)),)
    return ()


def diff_settings(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Diff:
    """Compare settings: another region or account means other resources, other credentials don't."""
    olds, news = without_empty(ProviderArgs, olds), without_empty(ProviderArgs, news)
    return Diff(
        tuple(
            Difference(
                name,
                kind_of(olds.get(name), news.get(name)),
                member.property.change or Change.LOCAL,
                _replaces(name, olds.get(name), news.get(name)),
                "",
            )
            for name, member in fields(ProviderArgs).items()
            if not member.property.same(olds.get(name), news.get(name))
        )
    )


def _replaces(name: str, old: Any, new: Any) -> bool:
    if fields(ProviderArgs)[name].property.change is Change.REPLACE:
        return old is not None and new is not None
    return name in _ROLES and bool(_account(old) and _account(new)) and _account(old) != _account(new)


def _account(role: Any) -> str:
    """Give the account that a role belongs to: `acs:ram::<account>:role/…`."""
    arn = role.get("roleArn") if isinstance(role, dict) else None
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - an ARN's fourth part


def _configuration(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {f"imagecache:{name}": value for name, value in settings.items()}


@dataclass(frozen=True)
class Session:
    """A kind of resource under one provider resource's settings."""

    connection: Connection
    lifecycle: Lifecycle | Gate


class Sessions:
    """The sessions of a configured provider, each opened when it's first needed.

    Args:
        settings: the provider resource's settings.
        environment: the process's environment variables.
        clock: what waiting goes by.
    """

    def __init__(self, settings: Mapping[str, Any], environment: Mapping[str, str], clock: Clock) -> None:
        self._settings = settings
        self._environment = environment
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._functions: dict[str, FunctionConnection] = {}
        self._stopped = False

    def of(self, token: str) -> Session:
        """Give the session of a kind of resource.

        Raises:
            ProviderError: there is no such kind.
            ConfigurationError: a setting can't be read.
        """
        if token in GATES:
            return self._gate(GATES[token])
        if token not in RESOURCES:
            raise ProviderError(f"there is no resource {token}; {nearest(token, list(RESOURCES))}")
        if token not in self._open:
            connection = RESOURCES[token].connect(
                _configuration(self._settings), self._environment, self._clock, REMEDY
            )
            lifecycle = Lifecycle(connection, self._clock, keeps_failed=True)
            if self._stopped:
                lifecycle.stop()
            self._open[token] = Session(connection, lifecycle)
        return self._open[token]

    def _gate(self, gate: type[Awaits]) -> Session:
        """Give the session of a kind of gate, over that of what it waits for."""
        kind = self.of(gate.kind)
        assert isinstance(kind.lifecycle, Lifecycle)  # noqa: S101 - a gate waits for no gates
        opened = Gate(gate, kind.lifecycle, kind.connection.region, kind.connection.missing_region)
        about = replace(kind.connection, resource=cast("Resource", gate), preflight=None)
        return Session(about, opened)

    def function(self, token: str) -> FunctionConnection:
        """Give a function, bound to the account; raises as `of`."""
        if token not in FUNCTIONS:
            raise ProviderError(f"there is no function {token}; {nearest(token, list(FUNCTIONS))}")
        if token not in self._functions:
            self._functions[token] = FUNCTIONS[token].connect(
                _configuration(self._settings), self._environment, self._clock, REMEDY
            )
        return self._functions[token]

    @property
    def secrets(self) -> list[str]:
        """The texts that must never be shown."""
        accounts = [session.connection.secrets for session in self._open.values()]
        accounts += [connection.secrets for connection in self._functions.values()]
        return [*chain.from_iterable(accounts), *secrets_of(ProviderArgs, dict(self._settings))]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user has set and isn't used; nothing where a setting can't be read."""
        try:
            return read_account(_configuration(self._settings), self._environment).notes
        except ConfigurationError:
            return ()

    def stop(self) -> None:
        """End all waiting, now and from now on."""
        self._stopped = True
        for session in self._open.values():
            session.lifecycle.stop()
