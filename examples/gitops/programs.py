"""The programs that the loop runs: a signal that asks the loop to end ends them as ^C does.

loop.py takes its signals through `Programs`, and starts `git` and `pulumi` by it. Each runs in a session of
its own, so that a terminal's ^C and a `kill` of the loop alone come to the same. No other program is needed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any

from pulumi import automation
from pulumi.automation.errors import create_command_error


class Programs:
    """What runs now, and whether the loop was asked to end; a handler for signals.

    Attributes:
        asked_to_end: set by the first signal.
        signal: the last signal's number; 0 before there was one.
    """

    def __init__(self) -> None:
        self.asked_to_end = threading.Event()
        self.signal = 0
        self._running: set[subprocess.Popen[str]] = set()
        self._untold: set[subprocess.Popen[str]] = set()

    def __call__(self, number: int, _frame: Any) -> None:
        """Take a signal. It interrupts each program once; another one interrupts what still runs again."""
        again = self.asked_to_end.is_set()
        self.signal = number
        self.asked_to_end.set()
        for process in tuple(self._running):
            if again:
                process.send_signal(signal.SIGINT)
            else:
                self._tell(process)

    @contextmanager
    def started(self, command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
        """Start a program whose output is read as text, and wait for its end."""
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            **options,
        ) as process:
            self._untold.add(process)
            self._running.add(process)
            if self.asked_to_end.is_set():
                self._tell(process)
            try:
                yield process
                process.wait()
            finally:
                self._running.discard(process)
                self._untold.discard(process)

    def _tell(self, process: subprocess.Popen[str]) -> None:
        """Interrupt a program, unless that was done: at a second ^C Pulumi drops everything at once."""
        try:
            self._untold.remove(process)
        except KeyError:
            return
        process.send_signal(signal.SIGINT)


class Pulumi(automation.PulumiCommand):
    """Pulumi's command as the Automation API runs it, among the loop's programs."""

    def __init__(self, programs: Programs) -> None:
        super().__init__()
        self._programs = programs

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: automation.OnOutput | None = None,
        on_error: automation.OnOutput | None = None,
    ) -> automation.CommandResult:
        """Run a command to its end.

        Raises:
            automation.CommandError: it ended with another status than 0.
        """
        command = [self.command, "--non-interactive", *as_values(args)]
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        with (
            self._programs.started(command, cwd=cwd, env=environment) as process,
            ThreadPoolExecutor(2) as readers,
        ):
            output = readers.submit(_read, process.stdout, on_output)
            errors = readers.submit(_read, process.stderr, on_error)
        done = automation.CommandResult(output.result(), errors.result(), process.returncode)
        if done.code:
            raise create_command_error(done)
        return done


def as_values(arguments: Sequence[str]) -> list[str]:
    """Write a stack's name behind its flag's `=`: a name that stands alone may be taken for an option."""
    given = list(arguments)
    if given[:2] == ["stack", "init"]:
        given.insert(2, "--stack")
    each = iter(given)
    return [f"--stack={next(each)}" if argument == "--stack" else argument for argument in each]


def _read(stream: IO[str] | None, tell: automation.OnOutput | None) -> str:
    lines = []
    for line in stream or ():
        lines.append(line.rstrip())
        if tell:
            tell(lines[-1])
    return "\n".join(lines)
