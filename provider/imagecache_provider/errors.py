"""The errors of the provider, named by what whoever catches them should do next.

```
ProviderError              show its text to the user; the operation ended
├── ConfigurationError     the settings lack something: nothing was sent
├── RefusedError           the cloud said no, and will say no again until something is changed
│   ├── NotFoundError      what was asked for doesn't exist: gone, for a resource of ours
│   └── TokenUsedError     the ClientToken stands for another request: make another token
├── TryAgainError          overloaded or unreachable: the same call may go through later
│   └── ThrottledError     the account makes too many calls: later, and fewer
├── StoppedError         the user ended the operation before anything was sent: nothing to clean up
├── GoneError              the resource doesn't exist any more: refresh, and make it anew
└── NotReadyError          the resource exists, but isn't usable: record it
    ├── FailedError        it ended Failed: replace it
    └── TimedOutError      it may still become Ready: wait again
```

A cloud's client raises RefusedError, NotFoundError and TryAgainError; the lifecycle the others. Both fronts
print `str(error)`, which is all a user sees: what failed, why, which property, what to do, and the request.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus


@dataclass(frozen=True)
class Cause:
    """What a cloud said, and what follows from it.

    Attributes:
        code: the cloud's own error code, such as `QuotaExceeded`; empty where no answer came.
        message: the cloud's words.
        remedy: what the user can do about it; a sentence.
        property: the input property that it is about, in Pulumi's camelCase; empty where it is about none.
        request_id: the cloud's name for the call, which its support asks for.
        unresolved: whether no answer came because the host's name has no address.
        unsent: whether nothing came to the cloud, for a reason on the way, such as a proxy's.
        host: the host that didn't answer, which message and remedy may name; empty for an answer.
    """

    code: str
    message: str
    remedy: str = ""
    property: str = ""
    request_id: str = ""
    unresolved: bool = False
    unsent: bool = False
    host: str = ""


class ProviderError(Exception):
    """Base of all errors here; its text is written for the user."""


class ConfigurationError(ProviderError):
    """The settings lack something or hold something unusable; nothing was sent to a cloud."""


class CloudError(ProviderError):
    """A call that a cloud answered with an error, or didn't answer.

    Args:
        action: the API's action, such as `CreateImageCache`.
        cause: what the cloud said.
    """

    def __init__(self, action: str, cause: Cause) -> None:
        self.action = action
        self.cause = cause
        super().__init__(self._text())

    def _text(self) -> str:
        cause = self.cause
        code = f"{cause.code}: " if cause.code else ""
        lines = [f"{self.action} failed: {code}{cause.message}"]
        if cause.property:
            lines.append(f"  property: {cause.property}")
        if cause.remedy:
            lines.append(f"  what to do: {cause.remedy}")
        if cause.request_id:
            lines.append(f"  RequestId: {cause.request_id}")
        return "\n".join(lines)


class RefusedError(CloudError):
    """The cloud refused the call and will refuse it again until inputs, account or resources change."""


class NotFoundError(RefusedError):
    """What the call is about doesn't exist."""


class TokenUsedError(RefusedError):
    """The cloud knows the ClientToken from a request with other parameters."""


class TryAgainError(CloudError):
    """The call may go through later, and may also have gone through: repeat it under the same ClientToken."""


class ThrottledError(TryAgainError):
    """The account makes more calls than the cloud takes; this one wasn't carried out."""


class StoppedError(ProviderError):
    """The user ended the operation before anything was sent."""


class GoneError(ProviderError):
    """A resource that doesn't exist any more.

    Args:
        text: the message for the user.
        seen_once: whether it was seen to exist since it was asked for.
    """

    def __init__(self, text: str, *, seen_once: bool) -> None:
        self.seen_once = seen_once
        super().__init__(text)


class NotReadyError(ProviderError):
    """A resource that exists but isn't usable.

    Args:
        text: the message for the user.
        seen: the resource as the cloud showed it last (`resource.Observed`); None if it wasn't seen yet.
        id: its ID.
    """

    def __init__(self, text: str, seen: Any, id: str = "") -> None:
        self.seen = seen
        self.id = id or seen.id
        super().__init__(text)


class FailedError(NotReadyError):
    """The resource ended in a failed status and won't leave it by itself."""


class TimedOutError(NotReadyError):
    """The resource wasn't Ready in time; it may still become so."""


SHORTEST_SECRET = 4
"""A shorter text is in too many words to be taken out of them, and protects nothing."""


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out of a text that is to be shown: clouds and libraries may repeat what they were sent."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "[secret]")
    return text


def redacted_quotes(text: str, secrets: Collection[str]) -> str:
    """Take secrets out of a text, and what it quotes of them: it may quote the part that is wrong, mended."""

    def shown(quoted: re.Match[str]) -> str:
        part = quoted[2].casefold()
        hidden = len(part) >= SHORTEST_SECRET and any(part in secret.casefold() for secret in secrets)
        return f"{quoted[1]}[secret]{quoted[1]}" if hidden else quoted[0]

    return re.sub(r"""(['"])(.+?)\1""", shown, redacted(text, secrets))


def _forms(secret: str) -> Iterator[str]:
    """Give a secret as it is, and as it stands in a URL or in JSON."""
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]


def our_fault(error: BaseException, *, with_text: bool = True) -> str:
    """Say that an error should never have come, without a stack."""
    reason = where(error, with_text=with_text)
    return f"this is a fault of pulumi-imagecache, please report it: {reason}"


def where(error: BaseException, *, with_text: bool = True) -> str:
    """Name an unexpected error in a line: its type, its text, and the place where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{f': {error}' if with_text else ''}{place}"
