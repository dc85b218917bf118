"""Calls to the cloud: the official generic client on threads, with the retries that it doesn't have.

The modules of `eci` are the callers: of ECI itself, and of the products that preflight asks. The SDK's sync
path goes over `requests`, so that tests can put `responses` in its place; it's loaded at the first call,
since loading takes longer than most calls.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from imagecache_provider.clock import Clock
from imagecache_provider.eci.account import Account
from imagecache_provider.eci.credential_sources import UnusableCredentialsError
from imagecache_provider.eci.credentials import credentials_client
from imagecache_provider.eci.errors import refused
from imagecache_provider.eci.products import ECI, Product
from imagecache_provider.eci.reasons import chain, is_permanent, said, shown
from imagecache_provider.errors import (
    Cause,
    CloudError,
    ConfigurationError,
    ProviderError,
    RefusedError,
    ThrottledError,
    TryAgainError,
)

_THREADS = 8
_ATTEMPTS = 6
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
_UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError)
"""What the SDK stumbles over in an answer that is no JSON, or no object."""


class Client(Protocol):
    """What resources ask of the cloud."""

    async def call(
        self, action: str, parameters: Mapping[str, str], *, paced: bool = False, product: Product = ECI
    ) -> dict[str, Any]:
        """Call an action; give the body of its answer. Raises errors of `errors.CloudError`.

        Args:
            action: the API's name of it.
            parameters: by their names on the wire.
            paced: whether the caller waits by itself after throttling.
            product: whose action it is.
        """


class OpenApiClient:
    """Calls one account's products; waiting takes no thread.

    Args:
        account: where it is and who calls.
        clock: what passes between attempts.
        jitter: what spreads them, so that many callers don't come back at once.
        attempts: how often a call is made at most, while the cloud says that it may go through later.
        timeout: seconds for a connection, and again for the answer; None for the SDK's 5 and 10.
    """

    def __init__(
        self,
        account: Account,
        clock: Clock,
        jitter: random.Random,
        attempts: int = _ATTEMPTS,
        timeout: float | None = None,
    ) -> None:
        self._account = account
        self._clock = clock
        self._jitter = jitter
        self._attempts = attempts
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="eci")
        self._timeout = timeout
        self._credentials: Any = None
        self._sdks: dict[str, Any] = {}
        self._loading = threading.Lock()

    async def call(
        self, action: str, parameters: Mapping[str, str], *, paced: bool = False, product: Product = ECI
    ) -> dict[str, Any]:
        """Call an action, again and again while it may yet go through.

        A create or update in `parameters` has its ClientToken, so that an attempt whose answer was lost isn't
        carried out twice.
        """
        loop = asyncio.get_running_loop()
        for attempt in range(1, self._attempts + 1):
            try:
                return await loop.run_in_executor(
                    self._threads, self._call_once, product, action, dict(parameters)
                )
            except TryAgainError as error:  # noqa: PERF203 - a call takes a thousand times as long
                if attempt == self._attempts or (paced and isinstance(error, ThrottledError)):
                    raise
                await self._clock.sleep(self._pause(attempt))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _pause(self, attempt: int) -> float:
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt)
        return longest * self._jitter.uniform(0.5, 1.0)

    def _call_once(self, product: Product, action: str, parameters: dict[str, str]) -> dict[str, Any]:
        from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params  # noqa: PLC0415 - see above
        from darabonba.runtime import RuntimeOptions  # noqa: PLC0415 - see above

        from imagecache_provider.eci.transport import never_in_the_clear  # noqa: PLC0415 - see above

        host = self._account.host(product, parameters.get("RegionId") or self._account.region)
        try:
            sdk = self._loaded(host)
        except UnusableCredentialsError as error:
            raise _without_credentials(action, error) from None
        how = Params(
            action=action,
            version=product.version,
            protocol=self._account.protocol,
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        # In the body, as the alicloud plugin sends them: proxies read and log a URL, passwords too.
        try:
            with never_in_the_clear():
                answer = sdk.call_api(how, OpenApiRequest(body=parameters), self._options(RuntimeOptions))
        except Exception as error:  # noqa: BLE001 - what the SDK may raise is documented nowhere
            raise self._translated(action, host, error) from None
        body = answer["body"]
        if not isinstance(body, dict) or "RequestId" not in body:
            raise self._of_another(action, host)
        return body

    def _options(self, kind: Any) -> Any:
        if self._timeout is None:
            return kind()
        milliseconds = round(self._timeout * 1000)
        return kind(connect_timeout=milliseconds, read_timeout=milliseconds)

    def _loaded(self, host: str) -> Any:
        with self._loading:
            if host not in self._sdks:
                from alibabacloud_tea_openapi.client import Client as Sdk  # noqa: PLC0415 - see above
                from alibabacloud_tea_openapi.utils_models import Config  # noqa: PLC0415 - see above

                from imagecache_provider.eci.transport import prepare  # noqa: PLC0415 - see above

                prepare()
                if self._credentials is None:
                    self._credentials = credentials_client(self._account)
                self._sdks[host] = Sdk(
                    Config(
                        credential=self._credentials,
                        endpoint=host,
                        protocol=self._account.protocol,
                        region_id=self._account.region or None,
                        user_agent="pulumi-imagecache",
                    )
                )
        return self._sdks[host]

    def _translated(self, action: str, host: str, error: Exception) -> Exception:
        """Turn what the SDK raises into the error tree; its own classes stay inside this module."""
        from alibabacloud_tea_openapi.exceptions import AlibabaCloudException  # noqa: PLC0415 - see above
        from Tea.exceptions import TeaException  # noqa: PLC0415 - see above

        from imagecache_provider.eci.transport import UnsentError  # noqa: PLC0415 - see above

        if isinstance(error, AlibabaCloudException):
            return _answered(action, error) if _has_code(error) else self._of_another(action, host)
        links = list(chain(error))
        missing = next((link for link in links if isinstance(link, ConfigurationError)), None)
        if isinstance(missing, UnusableCredentialsError):
            return _without_credentials(action, missing)
        if missing is not None:
            return missing
        unsent = next((link for link in links if isinstance(link, UnsentError)), None)
        if unsent is not None:
            return self._unsent(action, host, unsent)
        if isinstance(error, TeaException):
            return self._unanswered(action, host, links)
        return error

    def _unsent(self, action: str, host: str, error: Any) -> CloudError:
        message = f"no answer from {self._where(host)}: {error.reason}"
        cause = Cause("", message, error.remedy, unsent=True, host=host)
        return RefusedError(action, cause) if error.lasting else TryAgainError(action, cause)

    def _where(self, host: str) -> str:
        return f"{self._account.protocol.lower()}://{host}"

    def _unanswered(self, action: str, host: str, links: list[BaseException]) -> CloudError:
        from urllib3.exceptions import NameResolutionError  # noqa: PLC0415 - see above

        if any(isinstance(link, _UNREADABLE) for link in links):
            return self._of_another(action, host)
        text = said(links[-1])
        unresolved = any(isinstance(link, (socket.gaierror, NameResolutionError)) for link in links)
        cause = self._no_answer(host, text, unresolved=unresolved)
        if is_permanent(text):
            return RefusedError(action, cause)
        return TryAgainError(action, cause)

    def _of_another(self, action: str, host: str) -> CloudError:
        """Tell an answer that isn't the cloud's: nothing that it says, or leaves out, is believed."""
        text = "something else has answered, such as a proxy: it's no JSON of the cloud's"
        return TryAgainError(action, self._no_answer(host, text))

    def _no_answer(self, host: str, text: str, *, unresolved: bool = False) -> Cause:
        return Cause(
            code="",
            message=f"no answer from {self._where(host)}: {text}",
            remedy="check imagecache:endpoint, imagecache:protocol and this machine's network or proxy",
            unresolved=unresolved,
            host=host,
        )


def _has_code(error: Any) -> bool:
    return bool(error.data and (error.data.get("Code") or error.data.get("code")))


def _answered(action: str, error: Any) -> CloudError:
    data = error.data or {}
    message = shown(str(data.get("Message") or data.get("message") or "").strip())
    request_id = str(data.get("RequestId") or data.get("requestId") or "")
    denied = data.get("AccessDeniedDetail")
    return refused(
        action,
        str(error.code or ""),
        message or "the cloud gives no reason",
        int(error.status_code or 0),
        request_id,
        denied if isinstance(denied, Mapping) else None,
    )


def _without_credentials(action: str, error: UnusableCredentialsError) -> ProviderError:
    """Say which call wanted credentials; a source that may yet answer is asked again."""
    text = f"{action} needs credentials and none were usable: {error.text}"
    if error.passing:
        return TryAgainError(action, Cause("", f"it needs credentials; {error.text}", error.remedy))
    return ConfigurationError(f"{text}\n  what to do: {error.remedy}")
