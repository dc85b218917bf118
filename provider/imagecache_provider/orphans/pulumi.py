"""What `pulumi` says of a stack: its state, its configuration, and whether something is at work on it.

`Command` asks. Source of the lock's place: pkg/backend/diy/lock.go of pulumi/pulumi.
"""

from __future__ import annotations

import json
import pwd
import re
import subprocess
from collections.abc import Mapping
from functools import cached_property
from os import getuid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from imagecache_provider.errors import ProviderError
from imagecache_provider.orphans.stack_state import StackState

_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_NAME = re.compile(r"""^["']?name["']?\s*:\s*["']?([\w.-]+)""", re.MULTILINE)
_REMEDIES = {
    "no Pulumi.yaml": "run it in the project's folder, or name that: --cwd DIR",
    "no stack": "name a stack of this project: --stack NAME; `pulumi stack ls` shows them",
    "passphrase": "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to this stack's",
    "PULUMI_ACCESS_TOKEN": "run `pulumi login`, or set PULUMI_BACKEND_URL to where the stack is",
}


class Pulumi:
    """The program `pulumi`, asked about one stack.

    Args:
        folder: the project's.
        stack: the stack's name; empty for the one that is selected.
        environment: the process's environment variables.
    """

    def __init__(self, folder: Path, stack: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._named = stack
        self._environment = environment

    @cached_property
    def stack(self) -> str:
        """The stack's name, without organization and project."""
        name = self._named or self._ask("stack", "--show-name").strip()
        return name.rpartition("/")[2]

    def state(self) -> str:
        """Give the exported state; secrets in it stay encrypted."""
        return self._ask("stack", "export", *self._which())

    def config(self) -> dict[str, Any]:
        """Give the configuration by `namespace:name`, secrets in the clear."""
        found = self._json("config", "--json", "--show-secrets", *self._which())
        return {
            name: each.get("objectValue", each.get("value"))
            for name, each in found.items()
            if isinstance(each, dict)
        }

    @property
    def knows_what_is_under_way(self) -> bool:
        """Whether this backend lets us see that: a folder's locks and Pulumi Cloud's updates are seen."""
        return self._backend.scheme in {"file", "http", "https"}

    def under_way(self, state: StackState) -> str:
        """Say what is at work on the stack, and what to do about it; empty if nothing is seen."""
        busy = self._locks(state) if self._backend.scheme == "file" else self._updating()
        if not busy:
            return ""
        return (
            f"another command is at work on stack {state.name}, or was killed at it ({busy})\n"
            "  what to do: wait for its end; if it was killed, run `pulumi cancel`, then `pulumi up`"
        )

    def _locks(self, state: StackState) -> str:
        found = [
            lock
            for root in self._roots()
            for place in (f"*/{state.project}/{state.name}", state.name)
            for lock in (root / ".pulumi" / "locks").glob(f"{place}/*.json")
        ]
        return ", ".join(f"its lock is {each}" for each in sorted(found))

    def _roots(self) -> set[Path]:
        """Give where a folder's backend may be: a home is HOME or what the system says, by Pulumi's build."""
        text = unquote(self._backend.netloc + self._backend.path)
        if text.startswith("~"):
            homes = {Path.home(), Path(pwd.getpwuid(getuid()).pw_dir)}
            return {home / text[1:].lstrip("/") for home in homes}
        return {self._folder / text}

    def _updating(self) -> str:
        if self._backend.scheme not in {"http", "https"}:
            return ""
        stacks = self._json("stack", "ls", "--json")
        busy = (each for each in stacks if each.get("updateInProgress") is True)
        ours = any(str(each.get("name")).rpartition("/")[2] == self.stack for each in busy)
        return "Pulumi Cloud says that an update is in progress" if ours else ""

    @cached_property
    def _backend(self) -> Any:
        return urlsplit(str(self._json("whoami", "--json").get("url", "")))

    def _which(self) -> tuple[str, ...]:
        return (f"--stack={self._named}",) if self._named else ()

    def _json(self, *arguments: str) -> Any:
        text = self._ask(*arguments)
        try:
            return json.loads(text)
        except ValueError:
            raise ProviderError(
                f"`pulumi {' '.join(arguments)}` didn't print JSON; is it Pulumi 3.231 or newer?"
            ) from None

    def _ask(self, *arguments: str) -> str:
        if not self._folder.is_dir():
            raise ProviderError(f"--cwd {self._folder} is no folder; name the one with Pulumi.yaml")
        command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
        try:
            done = subprocess.run(  # noqa: S603 - the user's own program
                command,
                cwd=self._folder,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise ProviderError(
                f"pulumi can't be run: {error.strerror}\n"
                "  what to do: put it on PATH, or give a state that it exported: --state FILE"
            ) from None
        if done.returncode:
            raise ProviderError(_refusal(" ".join(arguments), done.stderr or done.stdout))
        return done.stdout


def _refusal(command: str, said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    text = " ".join(lines).removeprefix("error: ") or "it ended with an error and said nothing"
    remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in text), "")
    return f"`pulumi {command}` failed: {text}" + (f"\n  what to do: {remedy}" if remedy else "")


def project_of(folder: Path) -> str:
    """Read the name of the project that a folder is in, as Pulumi finds it; empty if it's in none."""
    for each in (folder.absolute(), *folder.absolute().parents):
        for name in _PROJECT_FILES:
            if (path := each / name).is_file():
                return _project_name(path.read_text(encoding="utf-8", errors="replace"))
    return ""


def _project_name(text: str) -> str:
    try:
        return str(json.loads(text)["name"])
    except (ValueError, KeyError, TypeError):
        found = _NAME.search(text)
        return found[1] if found else ""
