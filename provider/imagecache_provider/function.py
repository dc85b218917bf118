"""What a function module fulfils: a question to the cloud that changes nothing.

The plugin answers the engine's Invoke through it; the schema describes functions by their models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from imagecache_provider.clock import Clock
from imagecache_provider.fields import Model


@dataclass(frozen=True)
class FunctionConnection:
    """A function, bound to an account.

    Attributes:
        function: what answers.
        region: the region of questions that name none; empty if nothing sets one.
        missing_region: what to tell a user who has to set one; it follows the property's name.
        secrets: the account's texts that must never be shown.
    """

    function: Function
    region: str
    missing_region: str
    secrets: tuple[str, ...]


class Function(Protocol):
    """One function."""

    token: ClassVar[str]
    """Its Pulumi token: `imagecache:eci:getImageCache`."""
    description: ClassVar[str]
    """What it answers, for users; Markdown."""
    args: ClassVar[type[Model]]
    """Its arguments; a `regionId` among them is filled in where it isn't given."""
    result: ClassVar[type[Model]]

    @classmethod
    def connect(
        cls, config: Mapping[str, Any], environment: Mapping[str, str], clock: Clock, remedy: str = ""
    ) -> FunctionConnection:
        """Bind it to an account, as `resource.Resource.connect`; calls nothing."""

    async def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer checked arguments with a plain result, keyed by Pulumi names; raises `ProviderError`."""
