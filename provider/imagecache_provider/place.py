"""Where resources live, beside their region: recorded with each, and compared before one counts as gone.

Who changes the credentials may reach another account, where nothing of what the state has is found. A kind of
resource that can tell where it is gives a `Locator` (`resource.Connection.locator`); the lifecycle asks it
through one `Home` a process, and the cloud is asked once, or again where it answered that it's overloaded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from imagecache_provider.errors import CloudError, ConfigurationError, ProviderError, TryAgainError, where


class Locator(Protocol):
    """Tells where a connection leads to."""

    noun: ClassVar[str]
    """What a sentence calls such a place."""
    output: ClassVar[str]
    """The output property that names it."""
    remedy: ClassVar[str]
    """What a user can do whose credentials lead elsewhere; `{recorded}` stands for the recorded place."""

    async def locate(self) -> str:
        """Ask the cloud for the place's name; raises `ProviderError`."""


class MisplacedError(ProviderError):
    """A resource that isn't found, and that is recorded in another place: use the credentials of that one."""


class Home:
    """Where one process's resources of a kind live. Used from one event loop.

    Args:
        locator: tells it; None for a kind that lives in one place only.
    """

    def __init__(self, locator: Locator | None) -> None:
        self._locator = locator
        self._asking: asyncio.Task[str] | None = None
        self._unknown = ""
        self._later = ""
        self._told = False

    def ask(self) -> None:
        """Begin to ask, beside whatever else is done; nothing waits for it yet."""
        if self._locator is not None and self._asking is None:
            self._asking = asyncio.ensure_future(self._located(self._locator))

    async def recorded(self, outputs: Mapping[str, Any]) -> dict[str, str]:
        """Give the outputs that say where a resource lives which was just seen.

        Args:
            outputs: what the state has of it. A place that it names stays: it was seen there.
        """
        if self._locator is None:
            return {}
        name = self._locator.output
        return self._output(outputs, str(outputs.get(name) or await self._here()))

    def known(self, outputs: Mapping[str, Any]) -> dict[str, str]:
        """Give the same as `recorded` as far as it's known by now; asks nobody."""
        if self._locator is None:
            return {}
        name = self._locator.output
        answered = self._asking is not None and self._asking.done() and not self._asking.cancelled()
        here = outputs.get(name) or (self._asking.result() if self._asking and answered else "")
        return self._output(outputs, str(here))

    def _output(self, outputs: Mapping[str, Any], here: str) -> dict[str, str]:
        """Give the output, but for a state without it where nothing is known: that has no change then."""
        assert self._locator is not None  # noqa: S101 - the callers have looked
        name = self._locator.output
        return {name: here} if here or name in outputs or not outputs else {}

    async def confirm(self, title: str, outputs: Mapping[str, Any]) -> None:
        """See that a resource that isn't found was looked for where the state has it.

        Where the state names no place, or the cloud doesn't tell where this is, it counts as gone.

        Args:
            title: names the resource.
            outputs: what the state has of it.

        Raises:
            MisplacedError: the state has it elsewhere.
            ProviderError: the cloud is to be asked again later.
        """
        if self._locator is None:
            return
        noun = self._locator.noun
        recorded = str(outputs.get(self._locator.output) or "")
        here = await self._here() if recorded else ""
        if recorded and not here and self._later:
            raise ProviderError(
                f"{title} isn't found, and whether it was looked for in the right {noun}, nobody tells for"
                f" now: {self._later}\n  what to do: do the same again later"
            )
        if not here or here == recorded:
            return
        raise MisplacedError(
            f"{title} isn't found, and was looked for in the wrong {noun}: the state has it in {noun}"
            f" {recorded}, the credentials are those of {noun} {here}\n"
            f"  what to do: {self._locator.remedy.format(recorded=recorded)}"
        )

    def notes(self) -> tuple[str, ...]:
        """Give what is to be said, once a process: that nobody tells where this is."""
        if not self._unknown or self._told:
            return ()
        self._told = True
        return (self._unknown,)

    async def _here(self) -> str:
        self.ask()
        assert self._asking is not None  # noqa: S101 - it was set just now, as there is a locator
        return await asyncio.shield(self._asking)  # who is cancelled doesn't take the answer from the others

    async def _located(self, locator: Locator) -> str:
        try:
            return await locator.locate()
        except ConfigurationError:
            self._asking = None  # without credentials whatever was asked for fails, and says so
        except CloudError as error:
            code = f"{error.cause.code}: " if error.cause.code else ""
            said = f"{error.action} failed: {code}{error.cause.message}"
            if code and isinstance(error, TryAgainError):  # it was reached, and will tell
                self._asking, self._later = None, said
                return ""
            self._nobody_tells(locator, said)
        except Exception as error:  # noqa: BLE001 - an odd answer must not lose a resource that was just made
            self._nobody_tells(locator, where(error, with_text=False))
        return ""

    def _nobody_tells(self, locator: Locator, why: str) -> None:
        self._later = ""
        self._unknown = (
            f"nobody tells which {locator.noun} this is, so that what isn't found counts as gone, in"
            f" whatever {locator.noun} it was made: {why}"
        )
