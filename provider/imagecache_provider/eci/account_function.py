"""What ECI's functions share: the way to an account. Each group of functions has a module of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Annotated, Any

from imagecache_provider.clock import Clock
from imagecache_provider.eci.account import missing_region, read_account
from imagecache_provider.eci.client import Client, OpenApiClient
from imagecache_provider.eci.image_cache_model import Region
from imagecache_provider.fields import Property
from imagecache_provider.function import Function, FunctionConnection

AskedRegion = Annotated[Region, Property("The region. Default: the provider's.", "RegionId")]
"""The region that a question is about."""


class AccountFunction(Function):
    """A function of one account.

    Args:
        client: calls to the account.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    def connect(
        cls, config: Mapping[str, Any], environment: Mapping[str, str], clock: Clock, remedy: str = ""
    ) -> FunctionConnection:
        """Bind it to the account that `eci.account` finds in the settings."""
        account = read_account(config, environment, remedy)
        client = OpenApiClient(account, clock, random.Random())  # noqa: S311 - it spreads retries, no more
        return FunctionConnection(cls(client), account.region, missing_region(remedy), tuple(account.secrets))
