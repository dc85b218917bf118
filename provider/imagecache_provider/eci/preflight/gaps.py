"""What couldn't be asked, and the one line that says so: no credentials, no network, a right that's missing.

`questions` asks everything through `Gaps.ask`. A gap never ends a preview: the rules that needed the answer
say nothing, the others go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from imagecache_provider.eci.products import ECI, Product
from imagecache_provider.errors import Cause, CloudError, ConfigurationError, TryAgainError, where

T = TypeVar("T")

_FORBIDDEN = ("Forbidden", "NoPermission")
_CREDENTIALS = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "InvalidSecurityToken",
    "InvalidTimeStamp",
)
_OFF = "; set preflight to off if that's meant to be so"


class Gaps:
    """The gaps of one process.

    Attributes:
        off: why nothing more is asked; empty as long as something can be.
    """

    def __init__(self) -> None:
        self.off = ""
        self._silent: dict[str, str] = {}
        self._forbidden: set[str] = set()
        self._failed: dict[str, str] = {}
        self._told: set[str] = set()

    async def ask(self, product: Product, action: str, question: Callable[[], Awaitable[T]]) -> T | None:
        """Give an answer, or None for one that doesn't come.

        Args:
            product: whom the question goes to; one that didn't answer once isn't asked again.
            action: its API's name.
            question: makes the call or calls.
        """
        name = f"{product.name}:{action}"
        if self.off or product.name in self._silent:
            return None
        try:
            return await question()
        except ConfigurationError:
            self.off = "there are no usable credentials"
        except CloudError as error:
            if not error.cause.code:
                self._unanswered(product, error.cause)
            elif isinstance(error, TryAgainError):
                self._failed[name] = f"{error.cause.code}: {error.cause.message}"
            else:
                self._refused(name, error)
        except Exception as error:  # noqa: BLE001 - an answer of an unforeseen form mustn't end a preview
            self._failed[name] = where(error, with_text=False)
        return None

    async def side_by_side(self, questions: Iterable[Awaitable[object]]) -> None:
        """Ask questions side by side; an answer that can't be read is a gap, and the others are read."""
        for ended in await asyncio.gather(*questions, return_exceptions=True):
            if isinstance(ended, Exception):
                self._failed["an unforeseen answer"] = where(ended, with_text=False)

    def _unanswered(self, product: Product, cause: Cause) -> None:
        """Note a call that no cloud answered: for now, or for good, as behind a proxy that refuses it."""
        message = f"{cause.message} ({cause.remedy})" if cause.remedy else cause.message
        self._silent[product.name] = message
        if product is ECI:
            self.off = message

    def _refused(self, name: str, error: CloudError) -> None:
        code = error.cause.code
        if code.startswith(_CREDENTIALS):
            self.off = f"the credentials are refused: {code}"
        elif code.startswith(_FORBIDDEN):
            self._forbidden.add(name)
        else:
            self._failed[name] = f"{code}: {error.cause.message}"

    def notes(self) -> tuple[str, ...]:
        """Give the lines that haven't been given yet."""
        if self.off:
            lines = [f"preflight looked at nothing more: {self.off}{_OFF}"]
        else:
            lines = [*self._silent_line(), *self._forbidden_line(), *self._failed_lines()]
        new = tuple(line for line in lines if line not in self._told)
        self._told.update(lines)
        return new

    def _silent_line(self) -> list[str]:
        if not self._silent:
            return []
        message = next(iter(self._silent.values()))
        return [f"preflight left out what {', '.join(sorted(self._silent))} would tell: {message}{_OFF}"]

    def _forbidden_line(self) -> list[str]:
        actions = sorted(self._forbidden - self._told)
        self._told.update(actions)
        if not actions:
            return []
        return [f"preflight left out what it may not read: grant {', '.join(actions)}{_OFF}"]

    def _failed_lines(self) -> list[str]:
        return [f"preflight left out what {name} tells: {reason}" for name, reason in self._failed.items()]
