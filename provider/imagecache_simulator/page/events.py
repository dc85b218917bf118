"""The page's stream, `/_simulator/events`: what is new in an account, as server-sent events.

`server` routes to it. A stream looks at the account when something happens there, and on a tick, as state
follows the clock only when somebody looks. Without a stream nothing runs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from imagecache_simulator.page.news import News

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud

TICK_SECONDS = 0.5
# However much happens, a page is told at most so often.
PAUSE_SECONDS = 0.25
# How long a browser waits before it comes back.
RETRY_MILLISECONDS = 1000


class Events:
    """Streams an account's news to each page that is open.

    Args:
        cloud: the account.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._closed = False
        self._enders: set[Callable[[], None]] = set()

    def response(self) -> StreamingResponse:
        """Return a stream of its own for one page; it ends when the page goes away or the server ends."""
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    def close(self) -> None:
        """End all streams at once, from any thread, so that the server needn't wait for them."""
        self._closed = True
        for end in list(self._enders):
            end()

    async def _stream(self) -> AsyncIterator[str]:
        loop, news = asyncio.get_running_loop(), News(self._cloud)
        happened, ended = asyncio.Event(), asyncio.Event()

        def wake(_: object) -> None:
            loop.call_soon_threadsafe(happened.set)

        def end() -> None:
            loop.call_soon_threadsafe(ended.set)
            loop.call_soon_threadsafe(happened.set)

        self._enders.add(end)
        unsubscribe = self._cloud.subscribe(wake)
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            while not self._closed:
                happened.clear()
                if found := news.take():
                    yield f"data: {json.dumps(found, separators=(',', ':'))}\n\n"
                    await _wait(ended, PAUSE_SECONDS)
                await _wait(happened, TICK_SECONDS)
        finally:
            unsubscribe()
            self._enders.discard(end)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long."""
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
