"""The Alibaba Cloud account that the credentials belong to, asked of STS. Fulfils `place.Locator`.

`ImageCache.connect` makes one. The call needs no right of RAM.
"""

from __future__ import annotations

from typing import ClassVar

from imagecache_provider.eci.client import Client
from imagecache_provider.eci.products import STS


class CallerIdentity:
    """Whose account it is.

    Args:
        client: calls to the account, which give up soon.
    """

    noun: ClassVar[str] = "account"
    output: ClassVar[str] = "accountId"
    remedy: ClassVar[str] = (
        "use credentials of account {recorded}, or a role of it (imagecache:profile, imagecache:assumeRole,"
        " the environment); to leave what is there behind, take it out of the state: pulumi state delete"
    )

    def __init__(self, client: Client) -> None:
        self._client = client

    async def locate(self) -> str:
        """GetCallerIdentity."""
        answer = await self._client.call("GetCallerIdentity", {}, product=STS)
        return str(answer.get("AccountId") or "")
