"""Hears what nobody handles in a trial's process: errors of tasks and callbacks, warnings, stderr, logs.

`trial` runs inside `listening`. A plugin's process has all of it on stderr, which the engine shows.
"""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests.provider.fronts import AbortedError

from chaos.engine import UpFailedError
from chaos.loop import KillableLoop, KilledError

_THE_ENGINES_OWN = (AbortedError, UpFailedError, KilledError)
"""What the trial's engine raises for itself; when it's killed, nobody is left to take them."""


@dataclass
class Heard:
    """What was heard.

    Attributes:
        faults: what only a fault of our code brings.
        said: what is meant for the user: log lines up to warnings.
    """

    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class _Lines(logging.Handler):
    """Takes log lines in."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """Take one in; what is logged as an error, or by asyncio, is a fault."""
        fault = record.levelno >= logging.ERROR or record.name == "asyncio"
        (self._heard.faults if fault else self._heard.said).append(record.getMessage())


@contextlib.contextmanager
def listening(loop: KillableLoop) -> Iterator[Heard]:
    """Hear all that nobody handles until the block ends, at which all garbage is looked through."""
    heard = Heard()
    lines = _Lines(heard)
    printed = io.StringIO()
    logging.getLogger().addHandler(lines)
    try:
        with (
            warnings.catch_warnings(record=True) as warned,
            contextlib.redirect_stderr(printed),
            patch.object(sys, "unraisablehook", lambda found: heard.faults.append(repr(found.exc_value))),
        ):
            warnings.simplefilter("always")
            yield heard
            gc.collect()  # only then a lost task or coroutine is told of
    finally:
        logging.getLogger().removeHandler(lines)
    heard.faults += [f"{each.category.__name__}: {each.message}" for each in warned]
    heard.faults += [text for context in loop.unhandled if (text := _told(context))]
    if printed.getvalue():
        heard.faults.append(f"on stderr: {printed.getvalue()}")


def _told(context: dict[str, Any]) -> str:
    """Say what a loop was told that nobody handles; nothing for what is the trial's engine's own."""
    error = context.get("exception")
    if isinstance(error, _THE_ENGINES_OWN):
        return ""
    return f"{context['message']}: {error!r}"
