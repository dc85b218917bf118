"""Proxies: which addresses NO_PROXY spares, and how a proxy's address is shown. Pure; `transport` calls it.

The libraries' own rules don't suffice: the cloud's know no NO_PROXY at all, and that of `requests` knows
neither `*` in a list, nor an IPv4 address with a port, nor an IPv6 network.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?")
_ADDRESS = re.compile(
    r"(?:(https?|socks[45][ah]?)://)?(?:[^/?#\s]*@)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,4}|[1-6]\d{4}))?/?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Proxy:
    """A proxy that a request goes through.

    Attributes:
        variable: the environment variable that names it.
        address: scheme://host[:port], without user and password; empty if the variable holds no address.
        has_user: whether the variable holds a user, too.
    """

    variable: str
    address: str
    has_user: bool


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
    scheme, host, port = parts.groups()
    return Proxy(variable, f"{scheme or 'http'}://{host}{f':{port}' if port else ''}", "@" in value)


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
