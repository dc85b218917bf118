"""Names of images and of registries: what is well formed, and what a short name is completed to.

`registries` and whatever takes an image or a registry out of a request call it. The rules are those of
github.com/distribution/reference, by which container runtimes read images; its digests are of sha256, sha384
and sha512, in lower case and complete.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DOCKER_HUB = "docker.io"

_WORD = r"[a-z0-9]+"
_PATH = re.compile(rf"{_WORD}(?:(?:[._/]|__|-+){_WORD})*")
_NAME = re.compile(r"[A-Za-z0-9]+(?:(?:\.|-+)[A-Za-z0-9]+)*")
_IPV6 = re.compile(r"\[[0-9A-Fa-f:]+\]")
_PORT = re.compile(r"[0-9]+")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
_IMAGE_ID = re.compile(r"[0-9a-f]{64}")
_LONGEST_PATH = 255


@dataclass(frozen=True)
class ImageReference:
    """An image's name, taken apart and completed: `nginx` is `docker.io/library/nginx:latest`."""

    registry: str
    repository: str
    tag: str = "latest"
    digest: str = ""

    @property
    def name(self) -> str:
        """The repository with its registry, without tag."""
        return f"{self.registry}/{self.repository}"

    def __str__(self) -> str:
        return f"{self.name}@{self.digest}" if self.digest else f"{self.name}:{self.tag}"


def parse_reference(text: str) -> ImageReference | None:
    """Take an image's name apart; None if it isn't well formed."""
    tagged, at, digest = text.partition("@")
    if _IMAGE_ID.fullmatch(text) or (at and not _DIGEST.fullmatch(digest)):
        return None
    registry, rest = _split_registry(tagged)
    repository, colon, tag = rest.partition(":")
    if colon and not _TAG.fullmatch(tag):
        return None
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    # A first part that can be no host, such as a_b.c, is a part of the repository's path.
    path = repository if is_registry(registry) else f"{registry}/{repository}"
    if len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        return None
    return ImageReference(registry, repository, tag or "latest", digest)


def image_key(text: str) -> str:
    """Return what images are looked up by: one tag, or without a tag the whole repository.

    Raises:
        ValueError: the name isn't well formed.
    """
    reference = parse_reference(text)
    if reference is None:
        raise ValueError(f"not an image reference: {text!r}")
    tagged = ":" in text.rpartition("/")[2]
    return str(reference) if tagged else reference.name


def is_registry(text: str) -> bool:
    """Tell whether a text is a registry: `host` or `host:port`; an IPv6 address has brackets around it."""
    host, colon, port = _cut_port(text)
    if colon and not _PORT.fullmatch(port):
        return False
    return bool(_NAME.fullmatch(host) or _IPV6.fullmatch(host))


def split_port(registry: str) -> tuple[str, str]:
    """Return a registry's host, with the brackets of an IPv6 address, and its port, empty if it has none."""
    host, _, port = _cut_port(registry)
    return host, port


def _cut_port(registry: str) -> tuple[str, str, str]:
    if registry.endswith("]"):
        return registry, "", ""
    host, colon, port = registry.rpartition(":")
    return (host, colon, port) if colon else (registry, "", "")


def _split_registry(tagged: str) -> tuple[str, str]:
    first, slash, rest = tagged.partition("/")
    if not slash or not (first == "localhost" or first != first.lower() or re.search(r"[.:]", first)):
        return DOCKER_HUB, tagged
    return (DOCKER_HUB if first == "index.docker.io" else first), rest
