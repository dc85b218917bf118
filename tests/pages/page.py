r"""A page of docs/ as something that can be run: its files are written, its commands run in a shell.

The tests of this folder call it, so that what a page tells a reader to type works, and says what the page
says it says. In a page,

- a block ```console holds commands, each after `$ ` (`\` at a line's end continues it), and after each what
  it prints: `…` stands for any text, a line that is nothing but `…` for any lines. Without such lines,
  anything may be printed. A command must succeed, unless a line of what it prints begins with `error:`: then
  it must fail;
- a block of another language whose first line is `# file: NAME` (or `// file: NAME`) is that file;
- a block ```diff whose first line is `--- NAME` is an edit of that file: its lines with `-` and with a space
  must stand there once, in a row, and those with `+` and with a space take their place.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import Self

from local_stack import end

DOCS = Path(__file__).resolve().parents[2] / "docs"
ANY = "…"
LONGEST = 300
"""Seconds that one command may take."""

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:#|//) file: (\S+)\n")


@dataclass(frozen=True)
class File:
    """A file that the page shows.

    Attributes:
        name: its path in the folder that the commands run in.
        text: what is in it, without the line that names it.
    """

    name: str
    text: str


@dataclass(frozen=True)
class Edit:
    """A change of a file that the page shows.

    Attributes:
        name: the file's path in the folder that the commands run in.
        before: the lines that have to be there.
        after: the lines that take their place.
    """

    name: str
    before: str
    after: str

    def made_in(self, text: str) -> str:
        """Give a file's text with the change made."""
        assert text.count(self.before) == 1, (
            f"{self.name} doesn't have this once:\n{self.before}\nbut:\n{text}"
        )
        return text.replace(self.before, self.after)


@dataclass(frozen=True)
class Command:
    """A command that the page tells its reader to run.

    Attributes:
        text: what to type.
        expected: the lines that the page shows under it.
    """

    text: str
    expected: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the page shows it failing."""
        return any(line.strip().startswith("error:") for line in self.expected)

    def printed(self, output: str) -> bool:
        """Say whether an output is what the page shows.

        Blank lines and spaces at lines' ends don't count, and a tab is the spaces that it looks like.
        """
        return not self.expected or _pattern(self.expected).fullmatch(_lines(output)) is not None


Step = File | Edit | Command


def steps(text: str) -> list[Step]:
    """Give the files, edits and commands of a page's Markdown, in its order."""
    return [step for block in _BLOCK.finditer(text) for step in _steps(block[2], _dedented(block))]


class Shell:
    """One shell for all commands of a page: what one sets, changes into or starts is there for the next.

    Args:
        folder: where it begins.
        variables: its environment, all of it.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        end(self._process)

    def take(self, step: Step) -> str:
        """Write or edit a file, or run a command and see that it does what is shown; give what it printed."""
        if isinstance(step, File):
            file = self._folder / step.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text)
            return ""
        if isinstance(step, Edit):
            file = self._folder / step.name
            file.write_text(step.made_in(file.read_text()))
            return ""
        status, output = self.run(step.text)
        assert (status != 0) == step.fails, f"$ {step.text}\n{output}\nended with {status}"
        assert step.printed(output), f"$ {step.text}\n{output}\nThe page shows:\n" + "\n".join(step.expected)
        return output

    def run(self, command: str) -> tuple[int, str]:
        """Run a command; give its exit status and all that it printed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        mark = uuid.uuid4().hex
        limit = threading.Timer(LONGEST, os.killpg, [self._process.pid, signal.SIGKILL])
        limit.start()
        try:
            stdin.write(f"{{ {command}\n}} < /dev/null\nprintf '\\n%s %d\\n' {mark} $?\n")
            stdin.flush()
            printed: list[str] = []
            for line in stdout:
                if line.startswith(mark):
                    return int(line.split()[1]), "".join(printed)
                printed.append(line)
        finally:
            limit.cancel()
        raise AssertionError(f"$ {command}\nended the shell, or took over {LONGEST} s:\n{''.join(printed)}")


def run_page(page: Path, folder: Path, variables: Mapping[str, str]) -> list[str]:
    """Do all that a page tells its reader to do; give what each command printed.

    Args:
        page: the Markdown file.
        folder: an empty folder, where the reader is.
        variables: the environment of the reader's shell, all of it.
    """
    found = steps(page.read_text(encoding="utf-8"))
    with Shell(folder, variables) as shell:
        return [shell.take(step) for step in found]


def _dedented(block: re.Match[str]) -> str:
    return re.sub(f"^{block[1]}", "", block[3], flags=re.MULTILINE)


def _steps(language: str, text: str) -> Iterator[Step]:
    if language == "console":
        yield from _commands(text)
    elif language == "diff":
        yield _edit(text)
    elif named := _FILE.match(text):
        yield File(named[1], text[named.end() :])


def _edit(text: str) -> Edit:
    head, *lines = text.splitlines()
    if not head.startswith("--- "):
        raise ValueError(f"an edit begins with {head!r}, not with '--- NAME'")
    before, after = (
        "".join(f"{line[1:]}\n" for line in lines if not line.startswith(other)) for other in "+-"
    )
    return Edit(head.removeprefix("--- ").strip(), before, after)


def _commands(text: str) -> Iterator[Command]:
    command, expected, continued = "", list[str](), False
    for line in text.splitlines():
        if continued:
            command += f"\n{line}"
        elif line.startswith("$ "):
            if command:
                yield Command(command, tuple(expected))
            command, expected = line[2:], []
        elif command:
            expected.append(line)
        else:
            raise ValueError(f"a block of commands begins with {line!r}, not with '$ '")
        continued = line.endswith("\\") and not expected
    if command:
        yield Command(command, tuple(expected))


def _pattern(expected: tuple[str, ...]) -> re.Pattern[str]:
    """Make what matches the shown lines out of them."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == ANY else ".*?".join(map(re.escape, line.rstrip().split(ANY))) + r"\n"
        for line in expected
        if line.strip()
    ]
    return re.compile("".join(parts))


def _lines(output: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in output.expandtabs(4).splitlines() if line.strip())
