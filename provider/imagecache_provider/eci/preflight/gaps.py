"""What couldn't be asked, and why: one cause is one line, whatever it keeps from being asked.

`questions` asks everything through `Gaps.ask`. No usable credentials, no network and a right that's missing
are gaps, which never end a preview: the rules that needed the answer say nothing, the others go on. What the
cloud is certain to refuse in the same way when it's asked to build, such as a wrong access key, is a finding.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from imagecache_provider.eci.products import ECI, Product
from imagecache_provider.errors import CloudError, ConfigurationError, TryAgainError, where
from imagecache_provider.preflight import Finding, Gap

T = TypeVar("T")

_FORBIDDEN = ("Forbidden", "NoPermission")
_CREDENTIALS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidSecurityToken")
_CLOCK = "InvalidTimeStamp"
_REGION = "Region"
"""What is in the code for a region that the cloud doesn't know, such as InvalidRegionId.NotFound."""
_NOTHING_MORE = "preflight looked at nothing more"
_MEANT = "; set preflight to off if that's meant to be so"


@dataclass(frozen=True)
class _Cause:
    """Why something couldn't be asked; the words around what it was.

    Attributes:
        opening: the words before the names of what couldn't be asked.
        closing: the words behind them.
    """

    opening: str
    closing: str


_FORBIDDEN_CAUSE = _Cause("preflight left out what it may not read: grant ", _MEANT)


class Gaps:
    """The gaps of one process.

    Attributes:
        off: whether nothing more is asked.
        refusal: what the cloud refuses every call of this account for; None as long as there's no such thing.
    """

    def __init__(self) -> None:
        self.off = False
        self.refusal: Finding | None = None
        self._silent: set[tuple[str, str]] = set()
        self._causes: dict[_Cause, dict[str, None]] = {}
        self._doubts: dict[str, list[tuple[_Cause, str]]] = {}
        self._disbelieved: set[str] = set()
        self._believed: set[str] = set()
        self._given: set[tuple[_Cause, str]] = set()

    async def ask(
        self, product: Product, action: str, question: Callable[[], Awaitable[T]], region: str
    ) -> T | None:
        """Give an answer, or None for one that doesn't come.

        Args:
            product: whom the question goes to; one that didn't answer once isn't asked again in the region.
            action: its API's name.
            question: makes the call or calls.
            region: which region is asked about.
        """
        if self.off or (product.name, region) in self._silent:
            return None
        name = f"{product.name}:{action}"
        try:
            return await question()
        except ConfigurationError:
            self.give_up("there are no usable credentials")
        except CloudError as error:
            self._left_out(product, name, region, error)
        except Exception as error:  # noqa: BLE001 - an answer of an unforeseen form mustn't end a preview
            self._failed(where(error, with_text=False), name)
        return None

    async def side_by_side(self, questions: Iterable[Awaitable[object]]) -> None:
        """Ask questions side by side; an answer that can't be read is a gap, and the others are read."""
        for ended in await asyncio.gather(*questions, return_exceptions=True):
            if isinstance(ended, Exception):
                self._failed(where(ended, with_text=False), "an unforeseen answer")

    def give_up(self, reason: str) -> None:
        """Ask nothing more; `reason` is told."""
        self.off = True
        self._causes = {_Cause(_NOTHING_MORE, f": {reason}{_MEANT}"): {"": None}}

    def _left_out(self, product: Product, name: str, region: str, error: CloudError) -> None:
        cause = error.cause
        if not cause.code:
            self._unanswered(product, region, error)
        elif cause.code.startswith((*_CREDENTIALS, _CLOCK)):
            self._refuse(_refusal_of_the_caller(error))
        elif cause.code.startswith(_FORBIDDEN):
            self._add(_FORBIDDEN_CAUSE, name)
        elif _REGION in cause.code:
            self._disbelieved.add(region)
            self._doubt(region, _failure(f"{cause.code}: {cause.message}"), name)
        else:
            self._failed(f"{cause.code}: {cause.message}", name)

    def _unanswered(self, product: Product, region: str, error: CloudError) -> None:
        """Take in that a product can't be reached: a finding if it's a setting, else a gap."""
        message = error.cause.message
        if error.cause.unsent:
            message += f" ({error.cause.remedy})"
        elif product is ECI and not isinstance(error, TryAgainError):
            self._refuse(Finding("imagecache:endpoint", message, error.cause.remedy, everywhere=True))
            return
        if product is ECI:
            self.give_up(message)
            return
        self._silent.add((product.name, region))
        host = error.cause.host
        name = f"{product.name} ({host})" if host else product.name
        cause = _Cause("preflight left out what ", f" would tell: {_of_any_host(message, host)}{_MEANT}")
        if error.cause.unresolved and "{region}" in product.host:
            self._doubt(region, cause, name)
        else:
            self._add(cause, name)

    def _refuse(self, refusal: Finding) -> None:
        self.off = True
        self.refusal = refusal
        self._causes = {}

    def _failed(self, reason: str, name: str) -> None:
        self._add(_failure(reason), name)

    def _add(self, cause: _Cause, name: str) -> None:
        if not self.off:
            self._causes.setdefault(cause, {})[name] = None

    def _doubt(self, region: str, cause: _Cause, name: str) -> None:
        if region in self._believed:
            self._add(cause, name)
        else:
            self._doubts.setdefault(region, []).append((cause, name))

    def doubted(self, region: str) -> bool:
        """Say whether an answer, or a host without an address, makes a region doubtful."""
        return region in self._doubts and not self.off

    def disbelieved(self, region: str) -> bool:
        """Say whether the cloud itself has said that it doesn't know a region."""
        return region in self._disbelieved

    def settle(self, region: str, *, unknown: bool) -> None:
        """Take in what came of a doubt: if there is such a region, what was left out has another cause."""
        doubts = self._doubts.pop(region, [])
        if unknown:
            return
        self._believed.add(region)
        for cause, name in doubts:
            self._add(cause, name)

    def notes(self) -> tuple[Gap, ...]:
        """Give what hasn't been given yet, a gap for each cause."""
        return tuple(self._new())

    def _new(self) -> Iterator[Gap]:
        for cause, names in self._causes.items():
            new = [name for name in names if (cause, name) not in self._given]
            self._given.update((cause, name) for name in new)
            if new:
                yield Gap(cause.opening, tuple(sorted(new)), cause.closing)


def _failure(reason: str) -> _Cause:
    return _Cause("preflight left out what ", f" would tell: {reason}")


def _of_any_host(text: str, host: str) -> str:
    """Say of all hosts what is said of one, so that one cause is one line, whichever hosts it's about."""
    if not host:
        return text
    named, whole = re.escape(urlsplit(f"//{host}").hostname or host), re.escape(host)
    alone = r"(?<![\w./:-])"  # not a part of another address, such as that of a proxy on the same machine
    spelled = rf"'?(?:https?://{whole}|{alone}{whole}|{alone}{named})'?(?![\w-]|[.:]\w)"
    return re.sub(spelled, "them", text, flags=re.IGNORECASE)


def _refusal_of_the_caller(error: CloudError) -> Finding:
    """Say that every call is refused. The cloud's words are left out: they may hold a whole request."""
    code = error.cause.code
    said = "the time of the calls is refused" if code.startswith(_CLOCK) else "the credentials are refused"
    return Finding("", f"{said}: {code}; nothing more was looked at", error.cause.remedy, everywhere=True)
