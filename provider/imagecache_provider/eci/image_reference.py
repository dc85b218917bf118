"""Image references: the grammar of github.com/distribution/reference, for the models' checks.

`[registry[:port]/]repository[:tag][@digest]`, where the first part is a registry if it has a dot, a colon
or an upper-case letter, or is `localhost`. A digest is of sha256, sha384 or sha512, with all its digits, in
lower case: registries have no others. tests/test_references.py holds this to each rule of the grammar.
"""

from __future__ import annotations

import re

from imagecache_provider.eci.registry_host import DOCKER_HUB, OLD_DOCKER_HUB, is_host

_PATH_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PATH_COMPONENT}(?:/{_PATH_COMPONENT})*")
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]*")
_IMAGE_ID = re.compile(r"[0-9a-f]{64}")
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}
_LONGEST_REPOSITORY = 255

DEFAULT_REGISTRY = DOCKER_HUB
DEFAULT_TAG = "latest"
_OFFICIAL = "library/"


def problem(reference: str) -> str | None:
    """Say what is wrong with an image reference, and what a right one has there; None for a right one."""
    if not reference.strip():
        return "is empty: name an image such as nginx:1.27"
    if "://" in reference:
        return f"has a scheme: write {reference.split('://', 1)[1]!r}"
    if _IMAGE_ID.fullmatch(reference):
        return "is an image's ID, which no registry knows: write the image's name, such as nginx:1.27"
    registry, repository, tag, digest = _split(reference)
    return (
        _registry_problem(registry)
        or _digest_problem(digest)
        or _tag_problem(tag)
        or _repository_problem(registry, repository)
    )


def canonical(reference: str) -> str:
    """Spell a valid reference out, so that two ways to name one image compare equal."""
    registry, repository, tag, digest = _split(reference)
    name = "/".join(_completed(registry, repository))
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


def _completed(registry: str, repository: str) -> tuple[str, str]:
    """Give registry and repository as a runtime asks for them; without a registry it asks Docker Hub."""
    if registry in {"", OLD_DOCKER_HUB}:
        registry = DEFAULT_REGISTRY
    if registry == DEFAULT_REGISTRY and "/" not in repository:
        repository = f"{_OFFICIAL}{repository}"
    return registry, repository


def _repository_problem(registry: str, repository: str) -> str | None:
    if not _REPOSITORY.fullmatch(repository):
        if _REPOSITORY.fullmatch(repository.lower()):
            return f"has upper-case letters in its repository: write {repository.lower()!r}"
        return (
            f"has no valid repository: {repository!r} is not lower-case letters and digits,"
            " separated by single '.', '_', '/' or by '-'"
        )
    asked_for = _completed(registry, repository)[1]
    if registry and not is_host(registry):
        asked_for = f"{registry}/{repository}"  # no host has such a name, so that all of it is the repository
    if len(asked_for) <= _LONGEST_REPOSITORY:
        return None
    added = ", with the 'library/' of Docker Hub" if asked_for == f"{_OFFICIAL}{repository}" else ""
    return f"has a repository of {len(asked_for)} characters{added}; {_LONGEST_REPOSITORY} are the most"


def _registry_problem(registry: str) -> str | None:
    if not registry or is_host(registry) or _REPOSITORY.fullmatch(registry):
        return None
    return f"names no valid registry: {registry!r} is not host[:port], such as registry.example.com:5000"


def _tag_problem(tag: str | None) -> str | None:
    if tag is None or _TAG.fullmatch(tag):
        return None
    return (
        f"has no valid tag: {tag!r} is not up to 128 letters, digits, '_', '.' and '-',"
        " beginning with neither '.' nor '-'"
    )


def _digest_problem(digest: str | None) -> str | None:
    if digest is None:
        return None
    algorithm, _, encoded = digest.partition(":")
    count = _DIGITS.get(algorithm)
    if count is None or not _HEX.fullmatch(encoded):
        known = ", ".join(f"{name}: and {digits}" for name, digits in _DIGITS.items())
        reason = f"is none that registries take; write one of {known} hex digits"
    elif len(encoded) != count:
        reason = f"has {len(encoded)} hex digits; {algorithm} has {count}, write all of them"
    elif encoded != encoded.lower():
        reason = f"has upper-case letters; write {digest.lower()!r}"
    else:
        return None
    return f"has no valid digest: {digest!r} {reason}"


def _split(reference: str) -> tuple[str, str, str | None, str | None]:
    rest, at, digest = reference.partition("@")
    registry = ""
    first, slash, behind = rest.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        registry, rest = first, behind
    repository, colon, tag = rest.partition(":")
    return registry, repository, tag if colon else None, digest if at else None
