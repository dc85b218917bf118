"""The channel to the engine: how it's opened, and where a message goes that the engine didn't take.

Both fronts speak to the engine that started them: `plugin.engine` over grpc.aio, `dynamic.host` over
blocking gRPC.
"""

from __future__ import annotations

import contextlib
import sys

OPTIONS = (("grpc.enable_http_proxy", 0),)
"""The engine is on this machine, and gRPC sends even that through https_proxy, http_proxy or grpc_proxy."""


def say_beside(text: str, reason: str) -> None:
    """Write a message to stderr, which the engine shows as it shows a plugin's other output.

    Args:
        text: the message, as the engine should have had it.
        reason: why it hasn't, in a word, such as gRPC's UNAVAILABLE.
    """
    with contextlib.suppress(OSError, ValueError):  # an engine that is gone has closed stderr, too
        sys.stderr.write(f"{text}\n  (written here, as the engine didn't take the message: {reason})\n")
        sys.stderr.flush()
