"""What one process of Pulumi's host keeps for one kind of resource: settings, the lifecycle, its clients.

Made by `dynamic.Provider` at its first operation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagecache_provider.clock import SystemClock
from imagecache_provider.errors import ConfigurationError
from imagecache_provider.fields import fields
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.preflight import Finding
from imagecache_provider.readiness import DEFAULT_TIMEOUT, Operation
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import Connection

_TIMEOUT = "imagecache:timeoutMinutes"
_MINUTE = 60
REMEDY = "; what pulumi-alicloud is configured with (alicloud:region, …) is taken too"
"""What a user of this front can do beside setting configuration or environment."""


@dataclass(frozen=True)
class Session:
    """An open provider.

    Attributes:
        connection: the kind of resource, bound to the account.
        lifecycle: its operations.
        operation: how each of them runs.
        told: what preflight has told that is true of all resources.
    """

    connection: Connection
    lifecycle: Lifecycle
    operation: Operation
    told: set[Finding] = field(default_factory=set)

    def split(self, state: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Part a dynamic resource's state, which has both in one, into inputs and outputs."""
        inputs = fields(self.connection.resource.args)
        outputs = fields(self.connection.resource.state)
        return (
            {name: value for name, value in state.items() if name in inputs},
            {name: value for name, value in state.items() if name in outputs},
        )


def open_session(token: str, config: Mapping[str, Any], environment: Mapping[str, str]) -> Session:
    """Open a session.

    Args:
        token: the resource's Pulumi type.
        config: the stack's whole configuration, secrets in the clear.
        environment: the process's environment variables.

    Raises:
        ConfigurationError: a setting can't be read. Nothing is called, and missing credentials are no error.
    """
    clock = SystemClock()
    connection = RESOURCES[token].connect(config, environment, clock, REMEDY)
    return Session(connection, Lifecycle(connection, clock), Operation(_timeout(config)))


def _timeout(config: Mapping[str, Any]) -> float:
    """Read how long a build may take: Pulumi's host doesn't hand over `custom_timeouts`."""
    minutes = config.get(_TIMEOUT)
    if minutes is None:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(minutes) * _MINUTE
    except (TypeError, ValueError):
        seconds = 0
    if not 0 < seconds < math.inf:
        raise ConfigurationError(f"{_TIMEOUT} {minutes!r} is no number of minutes above 0")
    return seconds
