"""What a person sees while the engine is being built: one line on a terminal, a line now and then in a log.

engine_go.py writes to it.
"""

from __future__ import annotations

import shutil
from typing import TextIO


class Display:
    """Shows that a build is alive, and what it has finished.

    `interval` is the number of seconds after which a caller should say again what goes on.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self.interval = 1.0 if self._terminal else 15.0

    def alive(self, text: str) -> None:
        """Say what goes on now; on a terminal the next line takes this one's place."""
        if self._terminal:
            width = shutil.get_terminal_size().columns - 3
            self._write(f"\r\033[K  {text[:width]}")
        else:
            self._write(f"  {text}\n")

    def done(self, text: str) -> None:
        """Say what has been finished."""
        self._write(f"\r\033[K  {text}\n" if self._terminal else f"  {text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def spoken(seconds: float) -> str:
    """Seconds as a person says them: 40 s, 3 min 20 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
