"""What the cloud's libraries say of a failure, fit to be shown: the innermost reason, and no secret in it.

`client`, `transport` and `credential_reasons` call this; so does what the libraries log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HIDDEN = (
    (re.compile(r"(://[^\s?]*)\?\S*|\?[^\s?=]+=\S*"), r"\1?…"),  # a query has parameters, or a token
    (re.compile(r"://[^\s'\"]*@"), "://"),  # user and password
    (re.compile(r'("[^"]*(?:secret|token|password)[^"]*"\s*:\s*")[^"]*', re.IGNORECASE), r"\1…"),  # JSON
    # What the cloud signed itself: with signature 1 all parameters, with signature 3 all headers.
    (re.compile(r"\s*server (?:string ?to ?sign|canonical ?request) is.*", re.IGNORECASE | re.DOTALL), ""),
)


def shown(text: str) -> str:
    """Take out of a text what may hold a secret: a URL's query and user, secrets in JSON, what was signed."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def innermost(error: BaseException) -> str:
    """Give the text of what an error was raised for in the end."""
    return said(list(chain(error))[-1])


def said(error: BaseException) -> str:
    """Give an error's own text, or its type's name where it has none."""
    return shown(str(error)) or type(error).__name__


def is_permanent(text: str) -> bool:
    """Say whether a lost connection will be lost again: TLS that doesn't fit, or isn't trusted."""
    return "CERTIFICATE_VERIFY_FAILED" in text or "WRONG_VERSION_NUMBER" in text


def chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and what it was raised for, down to the bottom, through the libraries' wrappers."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        inner = (
            getattr(link, "inner_exception", None),  # Tea
            getattr(link, "reason", None),  # urllib3
            *link.args,  # requests
            link.__cause__,
            link.__context__,
        )
        link = next((below for below in inner if isinstance(below, BaseException)), None)
