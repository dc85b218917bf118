"""Proxies: which addresses NO_PROXY spares, and how a proxy is used and shown. Pure; `transport` calls it.

The libraries' own rules don't suffice: the cloud's know no NO_PROXY at all, and that of `requests` knows
neither `*` in a list, nor an IPv4 address with a port, nor an IPv6 network.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes, urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?")
_ADDRESS = re.compile(
    r"(?:(https?|socks[45][ah]?)://)?(?:([^/?#\s]*)@)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,4}|[1-6]\d{4}))?/?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Proxy:
    """A proxy that a request goes through.

    Attributes:
        variable: the environment variable that names it.
        address: scheme://host[:port], without user and password; empty if the variable holds no address.
        has_user: whether the variable holds a user, too.
        url: the same with user and password, as the libraries can take it: they read little of what needs
            encoding, and quote the password where they can't.
    """

    variable: str
    address: str
    has_user: bool
    url: str = field(default="", repr=False)


def read_proxy(url: str, value: str, environment: Mapping[str, str]) -> Proxy:
    """Tell of the proxy that the libraries chose for a URL.

    Args:
        url: where the request goes.
        value: the proxy as the libraries read it, with user and password if it has them.
        environment: the process's variables.
    """
    name = f"{urlsplit(url).scheme}_proxy"
    variable = next((each for each in (name.upper(), name) if environment.get(each) == value), name.upper())
    parts = _ADDRESS.fullmatch(value.strip())
    if parts is None:
        return Proxy(variable, "", "@" in value)
    scheme, user, host, port = (part or "" for part in parts.groups())
    scheme = (scheme or "http").lower()
    place = f"{host}{f':{port}' if port else ''}"
    return Proxy(variable, f"{scheme}://{place}", bool(user), f"{scheme}://{_encoded(user, scheme)}{place}")


def _encoded(user: str, scheme: str) -> str:
    """Give `user:password@` of an address so that the proxy is sent what curl and Go's programs send it.

    That is UTF-8, and a user without a password, too. The libraries send HTTP's proxies Latin-1, and nothing
    without a password.
    """
    if not user:
        return ""
    parts = user.encode("utf-8", "surrogateescape").split(b":", 1)
    texts = (unquote_to_bytes(part) for part in (*parts, b"")[:2])
    if scheme.startswith("http"):
        return ":".join(quote(text.decode("latin-1"), safe="") for text in texts) + "@"
    return ":".join(quote(text, safe="") for text in texts) + "@"


def spared(url: str, environment: Mapping[str, str]) -> bool:
    """Say whether NO_PROXY or no_proxy lets a URL be reached without a proxy.

    The list is separated by commas or spaces. An entry is `*`, a name that stands for all below it, too (with
    or without a dot or `*.` before it), an address, or a network such as 10.0.0.0/8 or fd00::/8; each but
    `*` and networks may have a port.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or _PORTS.get(parts.scheme, 0)
    listed = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    return any(_covers(entry, host, port) for entry in re.split(r"[,\s]+", listed.lower()) if entry)


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if _in_network(host, entry):
        return True
    parts = _HOST_AND_PORT.fullmatch(entry)
    if parts is None or (parts[2] and int(parts[2]) != port):
        return False
    name = parts[1].strip("[]")
    return _in_network(host, name) or _in_domain(host, name.removeprefix("*").strip("."))


def _in_domain(host: str, name: str) -> bool:
    """Say whether a host is a name, and that or below that."""
    return bool(name) and not _in_network(host, host) and (host == name or host.endswith(f".{name}"))


def _in_network(host: str, network: str) -> bool:
    """Say whether a host is an address, and that or in that."""
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
