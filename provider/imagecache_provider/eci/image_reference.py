"""Image references: the grammar of github.com/distribution/reference, for the models' checks.

`[registry[:port]/]repository[:tag][@digest]`, where the first part is a registry if it has a dot, a colon
or an upper-case letter, or is `localhost`.
"""

from __future__ import annotations

import re

_PATH_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PATH_COMPONENT}(?:/{_PATH_COMPONENT})*")
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_LONGEST_NAME = 255

DEFAULT_REGISTRY = "docker.io"
DEFAULT_TAG = "latest"
_OLD_DEFAULT_REGISTRY = "index.docker.io"


def problem(reference: str) -> str | None:
    """Say what is wrong with an image reference, and what a right one has there; None for a right one."""
    if not reference.strip():
        return "is empty: name an image such as nginx:1.27"
    if "://" in reference:
        return f"has a scheme: write it without, as in {reference.split('://', 1)[1]}"
    registry, repository, tag, digest = _split(reference)
    if registry and not _REGISTRY.fullmatch(registry):
        return f"names no valid registry: {registry!r} is not host[:port]"
    if digest is not None and not _DIGEST.fullmatch(digest):
        return f"has no valid digest: {digest!r} is not algorithm:hex, such as sha256 and 64 hex digits"
    if tag is not None and not _TAG.fullmatch(tag):
        return (
            f"has no valid tag: {tag!r} is not up to 128 letters, digits, '_', '.' and '-',"
            " beginning with neither '.' nor '-'"
        )
    return _repository_problem(repository)


def canonical(reference: str) -> str:
    """Spell a valid reference out, so that two ways to name one image compare equal."""
    registry, repository, tag, digest = _split(reference)
    if registry in {"", _OLD_DEFAULT_REGISTRY}:
        registry = DEFAULT_REGISTRY
    if registry == DEFAULT_REGISTRY and "/" not in repository:
        repository = f"library/{repository}"
    name = f"{registry}/{repository}"
    if digest is not None:
        return f"{name}@{digest}"
    return f"{name}:{tag or DEFAULT_TAG}"


def repository(canonical_reference: str) -> str:
    """Give what a reference that is spelt out names without its tag or digest: registry and repository."""
    registry, path, _, _ = _split(canonical_reference)
    return f"{registry}/{path}"


def registry(canonical_reference: str) -> str:
    """Give the registry of a reference that is spelt out, as host[:port]."""
    return _split(canonical_reference)[0]


def _repository_problem(repository: str) -> str | None:
    if len(repository) > _LONGEST_NAME:
        return f"has a repository of {len(repository)} characters; {_LONGEST_NAME} are the most"
    if _REPOSITORY.fullmatch(repository):
        return None
    if _REPOSITORY.fullmatch(repository.lower()):
        return f"has upper-case letters in its repository: write {repository.lower()!r}"
    return (
        f"has no valid repository: {repository!r} is not lower-case letters and digits,"
        " separated by single '.', '_', '/' or by '-'"
    )


def _split(reference: str) -> tuple[str, str, str | None, str | None]:
    rest, at, digest = reference.partition("@")
    registry = ""
    first, slash, behind = rest.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        registry, rest = first, behind
    repository, colon, tag = rest.partition(":")
    return registry, repository, tag if colon else None, digest if at else None
