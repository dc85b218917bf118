"""Registries as `host[:port]`: what is one, and what a right one looks like where a field holds another text.

`image_reference` asks `is_host` about the first part of an image; `image_cache_model` asks `problem` about
every field that holds a registry. An image's host is taken as github.com/distribution/reference takes it; a
field of its own is held to more (a port that exists, lower case), since a login for a host that no image
names is never used, and no cloud says so.
"""

from __future__ import annotations

import ipaddress
import re

DOCKER_HUB = "docker.io"
"""The registry of images that name none."""
OLD_DOCKER_HUB = "index.docker.io"
"""Docker Hub's former name, which means the same in an image and in a login."""

_LABEL = r"[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*"
_HOST_AND_PORT = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_HUB_ALIASES = frozenset({DOCKER_HUB, OLD_DOCKER_HUB, "registry-1.docker.io"})
_HUB_SITES = frozenset({"hub.docker.com", "registry.hub.docker.com", "www.docker.com", "docker.com"})
"""Docker Hub's names that serve no images under `docker.io`'s logins."""
_HIGHEST_PORT = 65535
_EXAMPLES = "such as registry.example.com:5000 or [fd00::5]:5000"


def is_host(text: str) -> bool:
    """Say whether a text can be the registry of an image, by the grammar of image references."""
    return _HOST_AND_PORT.fullmatch(text) is not None


def problem(value: str) -> str | None:
    """Say what is wrong with a field's registry, and what to write there; None for a right one.

    The text quotes the host and nothing beside it: a URL may hold a password.
    """
    if not value.strip():
        return f"is empty: write the registry as host[:port], {_EXAMPLES}"
    if re.search(r"[/?#].*@", value.rpartition("://")[2]):
        return f"is not host[:port]: write the registry alone, {_EXAMPLES}"
    surplus, host = _without_surplus(value)
    if host in _HUB_SITES:
        return f"is no registry, but a site of Docker Hub: write {DOCKER_HUB!r}"
    if reason := _host_problem(host):
        return f"is not host[:port]: {reason}"
    return f"has {_joined(surplus)}: write {_advised(host)}" if surplus else None


def _advised(host: str) -> str:
    return f"{DOCKER_HUB!r}, which is Docker Hub" if host in _HUB_ALIASES else repr(host)


def canonical(host: str) -> str:
    """Give two names of one registry one form."""
    return DOCKER_HUB if host == OLD_DOCKER_HUB else host


def _without_surplus(value: str) -> tuple[list[str], str]:
    """Give what a text has beside a host and a port, in words, and the text without that."""
    surplus: list[str] = []
    host = value.strip()
    if host != value:
        surplus.append("spaces around it")
    scheme, mark, behind = host.rpartition("://")
    if mark or host.startswith("//"):
        surplus.append("a scheme")
        host = behind if mark and scheme else host.lstrip(":/")
    path = re.search(r"[/?#]", host)
    if path is not None:
        surplus.append("a path")
        host = host[: path.start()]
    if "@" in host:
        surplus.append("a user")
        host = host.rpartition("@")[2]
    if _is_ipv6(host):
        surplus.append("an IPv6 address without brackets")
        host = f"[{host}]"
    name, colon, port = host.partition(":")
    if name.endswith(".") and not name.endswith(".."):
        surplus.append("a dot at the host's end")
        host = f"{name[:-1]}{colon}{port}"
    if host != host.lower():
        surplus.append("upper-case letters")
        host = host.lower()
    return surplus, host


def _host_problem(host: str) -> str | None:
    """Say what is wrong with a text that has nothing beside a host and a port."""
    if not host:
        return f"there is no host in it; write one, {_EXAMPLES}"
    if re.search(r"[\s,;\"']", host):
        return f"it is no single name; write each registry by itself, {_EXAMPLES}"
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon:
        name = host
    elif not (re.fullmatch(r"[0-9]{1,5}", port) and 1 <= int(port) <= _HIGHEST_PORT):
        return f"its port is no number from 1 to {_HIGHEST_PORT}; write one, or leave it out with its colon"
    if name.startswith("["):
        right = name.endswith("]") and _is_ipv6(name[1:-1])
        return (
            None if right else "there is no IPv6 address between its brackets; write one as in [fd00::5]:5000"
        )
    if ":" in name or not is_host(name):
        return f"a host has letters a to z, digits, '-' and '.'; write one, {_EXAMPLES}"
    return None


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return re.fullmatch(r"[0-9a-fA-F:]+", text) is not None


def _joined(parts: list[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
