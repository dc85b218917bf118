"""What faults do to a call, as `core.Cloud.handle` catches it."""

from __future__ import annotations

from imagecache_simulator.exceptions import ApiError


class InjectedError(ApiError):
    """An error that a test asked for.

    Attributes:
        retry_after: milliseconds that the header `x-acs-retry-after` tells; None: no such header.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        self.status, self.code, self.retry_after = status, code, retry_after
        super().__init__(message)


class ConnectionLostError(Exception):
    """The call gets no answer; `how` is `dropped` or `silent`, as in `wire.Response.lost`."""

    def __init__(self, how: str) -> None:
        self.how = how
        super().__init__(how)
