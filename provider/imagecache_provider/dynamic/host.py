"""Working inside Pulumi's host of dynamic providers: a loop for the lifecycle, and readable errors.

`dynamic.Provider` calls this. The host is a process of Pulumi's (`python -m pulumi.dynamic`) that calls a
provider on four threads and prints `traceback.format_exc()` for whatever it raises.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import traceback
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, TypeVar

from imagecache_provider.errors import ProviderError

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run lifecycle work on the process's one loop, so that all waits share one look a tick."""
    with _starting:  # the host's threads may all come first
        loop = _loop()
    return asyncio.run_coroutine_threadsafe(work, loop).result()


_starting = threading.Lock()


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="imagecache", daemon=True).start()
    return loop


class _PlainTraceback:
    """Stands in for the module `traceback` in Pulumi's host: our own errors print as their text."""

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    def format_exc(self, *arguments: Any, **keywords: Any) -> str:
        """Give the text of an error of ours; other providers' errors keep their traceback."""
        error = sys.exc_info()[1]
        if isinstance(error, ProviderError):
            return str(error)
        return traceback.format_exc(*arguments, **keywords)


def show_plain_errors() -> None:
    """Let Pulumi's host print our errors as their text; does nothing in any other process."""
    main = sys.modules["__main__"]
    if hasattr(main, "DynamicResourceProviderServicer") and not isinstance(main.traceback, _PlainTraceback):
        main.traceback = _PlainTraceback()  # type: ignore[attr-defined] # the host's own import
