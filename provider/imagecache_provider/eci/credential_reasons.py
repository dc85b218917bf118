"""Why no credentials came: what the official credentials library raises, told as it is, without a secret.

`credential_sources` asks it for every error. The library raises its own class, ValueError, what files, JSON,
dates and sockets raise, and whatever an answer of an unforeseen form leads to. Its texts may repeat answers
in full, with the secrets in them, and URLs with the tokens that were sent.
"""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from imagecache_provider.eci.errors import is_temporary
from imagecache_provider.eci.reasons import chain, is_permanent, said, shown

METADATA = "100.100.100.200"
"""Where an ECS instance finds the credentials of its role."""
_STATUS = re.compile(r"(?:http_code|status code|HttpCode)\s*[:=]\s*(\d{3})")
_ANSWER = re.compile(r"(?:result|response)\s*:\s*(.*)", re.DOTALL)
_LONGEST = 300
_OF_CALLER = ("InvalidAccessKeyId", "InvalidSecurityToken", "SignatureDoesNotMatch", "IncompleteSignature")
"""What the codes begin with by which STS refuses who calls, and not the role."""


@dataclass(frozen=True)
class Reason:
    """Why a source gave no credentials.

    Attributes:
        text: for people; a clause.
        passing: whether the same attempt may go through later.
        remedy: what to do, where that isn't for the source to say.
        of_caller: whether it's about the credentials that the source asked with.
    """

    text: str
    passing: bool = False
    remedy: str = ""
    of_caller: bool = False


def reason_of(error: Exception) -> Reason:  # noqa: PLR0911 - one return a kind of error
    """Tell an error that the credentials library raised."""
    from alibabacloud_credentials.exceptions import CredentialException  # noqa: PLC0415 - see `credentials`
    from Tea.exceptions import RetryError  # noqa: PLC0415 - see `credentials`

    from imagecache_provider.eci.transport import UnsentError  # noqa: PLC0415 - see `credentials`

    if isinstance(error, UnsentError):
        return Reason(error.reason, passing=not error.lasting, remedy=error.remedy)
    if isinstance(error, RetryError):
        return _unanswered(error)
    if isinstance(error, CredentialException):
        return _told(str(error))
    if isinstance(error, OSError) and error.filename:
        return Reason(f"{error.filename} can't be read: {error.strerror}")
    if isinstance(error, configparser.Error):
        return Reason("the file is no valid INI")  # the error's text repeats lines of it
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return Reason("what it gave is no valid JSON or text")
    if isinstance(error, ValueError):
        return Reason(_clause(said(error)))
    return Reason(f"what it gave has an unforeseen form ({type(error).__name__})")


def _unanswered(error: Exception) -> Reason:
    """Tell a lost connection by its address: it isn't that of the product that was to be called."""
    links = list(chain(error))
    urls = (getattr(getattr(link, "request", None), "url", None) for link in links)
    url = next((str(url) for url in urls if url), "")
    parts = urlsplit(url)
    text = _bottom(links)
    if parts.hostname == METADATA:
        return Reason(
            f"the metadata service of ECS, http://{METADATA}, doesn't answer: {text}",
            remedy="run this on an ECS instance that has a RAM role, or set other credentials",
        )
    where = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}" if url else "it"
    return Reason(
        f"no answer from {where}{_product(parts.hostname or '')}: {text}",
        passing=not is_permanent(text),
        remedy="check this machine's network or proxy, and that the address is right",
    )


def _bottom(links: list[BaseException]) -> str:
    """Give the text of the last link that has one of its own; the first ones repeat the URL."""
    return re.sub(r"^.*?object at 0x[0-9a-f]+>: ", "", said(links[-1]))


def _product(host: str) -> str:
    if host.startswith(("sts.", "sts-vpc.")):
        return " (STS)"
    return " (CloudSSO)" if "alibabacloudsso" in host or "cloudsso" in host else ""


def _told(message: str) -> Reason:
    """Tell the library's own error: of an answer only code and message, as the rest may be credentials."""
    if "No cached value was found" in message:
        return Reason("what it gave has expired already")
    status = _STATUS.search(message)
    answer = _ANSWER.search(message)
    if answer is None and status is None:
        return Reason(_clause(shown(message)))
    body = _read(answer[1]) if answer is not None else {}
    code = str(body.get("Code") or body.get("code") or body.get("ErrorCode") or body.get("error") or "")
    words = str(
        body.get("Message")
        or body.get("message")
        or body.get("ErrorMessage")
        or body.get("error_description")
        or ""
    )
    number = int(status[1]) if status is not None else 0
    request = f" (RequestId {body['RequestId']})" if code and body.get("RequestId") else ""
    if code and code != "Success":
        text = f"{_who(message)} refused: {code}{f': {words.rstrip(chr(46))}' if words else ''}{request}"
    elif number:
        text = f"{_who(message)} answered with HTTP status {number}"
    else:
        text = f"{_who(message)} answered without credentials"
    passing = is_temporary(code, number)
    return Reason(
        shown_text(text),
        passing=passing,
        remedy="run up again later" if passing else "",
        of_caller=code.startswith(_OF_CALLER),
    )


def shown_text(text: str) -> str:
    """Give a text without queries of URLs, and not too much of it."""
    text = shown(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _clause(text: str) -> str:
    return text[:_LONGEST].rstrip(".")


def _who(message: str) -> str:
    if "ram_role_arn" in message:
        return "STS (AssumeRole)"
    if "oidc_role_arn" in message:
        return "STS (AssumeRoleWithOIDC)"
    if "from sso" in message:
        return "CloudSSO"
    if "ECS" in message:
        return "the metadata service of ECS"
    return "OAuth" if "OAuth" in message else "it"


def _read(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
