"""Image references, `[registry/]repository[:tag][@digest]`, as far as policies look into them."""

from __future__ import annotations


def tag(image: str) -> str:
    """Give the tag of an image without a digest; `latest`, as every runtime takes it, where it has none."""
    _, _, last = image.rpartition("/")
    _, _, named = last.partition(":")
    return named or "latest"


def has_digest(image: str) -> bool:
    """Say whether an image is named by its digest, whatever its tag."""
    return "@" in image
