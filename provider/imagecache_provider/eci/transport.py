"""How the cloud's libraries reach the network: past proxies or through them, and without showing secrets.

`client` calls `prepare` before its first call. The SDK (`darabonba`) and the credentials package (`Tea`) each
have an HTTP core of their own, which keeps a `requests.Session` a host and offers no place to set one. Both
read HTTP_PROXY and HTTPS_PROXY, but no NO_PROXY; both print a request's query and headers where DEBUG is
`sdk`. So both are given the session of this module.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import darabonba.core
import requests
import Tea.core
import urllib3

from imagecache_provider.eci.products import is_the_clouds
from imagecache_provider.eci.proxies import Proxy, read_proxy, spared
from imagecache_provider.eci.reasons import innermost, is_permanent, shown

_LOGS = ("alibabacloud-tea", "darabonba-core")
_SECRET_HEADER = re.compile(r"token$|secret|password|cookie|proxy-authorization", re.IGNORECASE)
_SIGNED = "ACS3-"
_FORBIDDEN = 403
_PROXY_WANTS_USER = 407
_NO_SOCKS = "Missing dependencies for SOCKS support"
_REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


class UnsentError(Exception):
    """A request that didn't reach the cloud, for a reason that is told in full; no error of the libraries.

    Both cores turn their HTTP library's errors (`OSError`) into texts, and let all others through.

    Attributes:
        reason: why, for the user.
        remedy: what the user can do.
        lasting: whether the same request would fail again.
    """

    def __init__(self, reason: str, remedy: str, *, lasting: bool) -> None:
        self.reason = reason
        self.remedy = remedy
        self.lasting = lasting
        super().__init__(f"{reason} (what to do: {remedy})")


class PlainHttpError(UnsentError):
    """Nothing is sent to the cloud's own hosts in the clear."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"plain HTTP to {host} was refused: whoever is on the way would read all of it",
            "set protocol to HTTPS, or leave it out; write https:// in credentialsUri, or in the"
            " profile's cloud_sso_sign_in_url",
            lasting=True,
        )


_calling = threading.local()


@contextlib.contextmanager
def never_in_the_clear() -> Iterator[None]:
    """Refuse plain HTTP to the cloud's own hosts in this thread, for a call of ours.

    The libraries' cores belong to the whole process: what others call with them there is theirs to decide.
    """
    _calling.ours = True
    try:
        yield
    finally:
        _calling.ours = False


class CloudSession(requests.Session):
    """Sends what the libraries prepared. Raises `UnsentError` where the way is the matter."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request; what the library keeps of it is fit to be printed afterwards."""
        url = str(request.url)
        parts = urlsplit(url)
        if (
            parts.scheme == "http"
            and getattr(_calling, "ours", False)
            and is_the_clouds(parts.hostname or "")
        ):
            raise PlainHttpError(str(parts.hostname))
        chosen = str((options.get("proxies") or {}).get(parts.scheme) or "")
        proxy = read_proxy(url, chosen, os.environ) if chosen and not spared(url, os.environ) else None
        if proxy is not None and not proxy.address:
            raise _no_address(proxy)
        sent = request.copy()
        _hide(request)
        if proxy is None:
            return super().send(sent, **{**options, "proxies": {}})
        with _told_of(proxy, parts.netloc):
            answer = super().send(sent, **{**options, "proxies": {parts.scheme: proxy.url}})
        if _is_the_proxys(answer):
            raise _refused(proxy, parts.netloc, answer.status_code, str(answer.reason))
        return answer


@contextlib.contextmanager
def _told_of(proxy: Proxy, host: str) -> Iterator[None]:
    """Tell what went wrong on the way to a proxy as that proxy's."""
    try:
        yield
    except requests.exceptions.SSLError:  # of the cloud's own host, behind the proxy
        raise
    except (requests.exceptions.ConnectionError, requests.exceptions.InvalidSchema) as error:
        raise _failed(proxy, host, innermost(error)) from None
    except (requests.exceptions.InvalidURL, urllib3.exceptions.HTTPError):  # the host's own was read before
        raise _no_address(proxy) from None


def _is_the_proxys(answer: requests.Response) -> bool:
    """Say whether a refusal is the proxy's, which sees plain HTTP's answers: the cloud's have a code."""
    if answer.status_code == _PROXY_WANTS_USER:
        return True
    return answer.status_code == _FORBIDDEN and b'"Code"' not in answer.content


def _no_address(proxy: Proxy) -> UnsentError:
    return UnsentError(
        f"{proxy.variable} holds no proxy's address",
        f"set {proxy.variable} to http://host:port, or http://user:password@host:port with the special"
        " characters of both percent-encoded, or unset it",
        lasting=True,
    )


def _failed(proxy: Proxy, host: str, reason: str) -> UnsentError:
    """Tell of a proxy that let nothing through; `reason` is the libraries' word."""
    if tunnel := _REFUSED_TUNNEL.search(reason):
        return _refused(proxy, host, int(tunnel[1]), reason)
    return UnsentError(
        f"{_named(proxy)} can't be used: {reason}",
        f"correct or unset {proxy.variable}, {_spare(host)}",
        lasting=_NO_SOCKS in reason or is_permanent(reason),
    )


def _refused(proxy: Proxy, host: str, status: int, reason: str) -> UnsentError:
    """Tell of a proxy that answered itself; `reason` is its word."""
    answered = reason if str(status) in reason else f"{status} {reason}"
    if status == _PROXY_WANTS_USER:
        wanted = (
            "didn't take the user and password in there" if proxy.has_user else "wants a user and password"
        )
        form = proxy.address.replace("://", "://user:password@")
        return UnsentError(
            f"{_named(proxy)} {wanted}: {answered}",
            f"set {proxy.variable} to {form}, with the special characters of both percent-encoded,"
            f" {_spare(host)}",
            lasting=True,
        )
    return UnsentError(
        f"{_named(proxy)} doesn't let requests through to {host}: {answered}",
        f"have {host} allowed there, {_spare(host)}",
        lasting=status == _FORBIDDEN,
    )


def _named(proxy: Proxy) -> str:
    return f"the proxy {proxy.address} of {proxy.variable}"


def _spare(host: str) -> str:
    return f"or name {urlsplit(f'//{host}').hostname} in NO_PROXY if it can be reached without a proxy"


def _hide(request: requests.PreparedRequest) -> None:
    """Take out of a request what the libraries mustn't print; DEBUG=sdk shows path, query and headers."""
    request.url = str(request.url).partition("?")[0]
    for name, value in request.headers.items():
        if _SECRET_HEADER.search(name) or (
            name.lower() == "authorization" and not str(value).startswith(_SIGNED)
        ):
            request.headers[name] = "…"


class _Shown(logging.Filter):
    """Lets a library's log say what happened, without secrets and without a stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = shown(record.getMessage()), None
        record.exc_info = record.exc_text = None
        return True


_SHOWN = _Shown()


def prepare() -> None:
    """Give both HTTP cores this module's session, once a process, and watch what they log.

    In Pulumi's host of dynamic providers, others may have made sessions before: those are dropped.
    """
    for core, holder in ((Tea.core, Tea.core.TeaCore), (darabonba.core, darabonba.core.DaraCore)):
        if core.Session is not CloudSession:
            core.Session = CloudSession
            holder._sessions = {}  # noqa: SLF001 - there is no other place to set them
    for name in _LOGS:
        logging.getLogger(name).addFilter(_SHOWN)
