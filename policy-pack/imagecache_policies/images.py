"""Image references, `[registry[:port]/]repository[:tag][@digest]`, as far as policies look into them.

The grammar is that of github.com/distribution/reference, which every container runtime follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REGISTRY = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:{_REGISTRY}/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::(?P<tag>[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?"
)


@dataclass(frozen=True)
class Image:
    """What an image reference says.

    Attributes:
        tag: its tag; `latest`, as every runtime takes it, where it has none.
        digest: its digest, such as `sha256:` and 64 hexadecimal digits; empty where it has none.
    """

    tag: str
    digest: str


def image(reference: str) -> Image | None:
    """Read an image reference; None for a text that is none, which no registry has an image for."""
    found = _REFERENCE.fullmatch(reference)
    return Image(found["tag"] or "latest", found["digest"] or "") if found else None
