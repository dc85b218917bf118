"""Looks for canaries: the secret inputs and credentials of a trial, which must be nowhere in the clear.

`real` gives it everything that a run leaves behind or shows meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chaos import compare
from chaos.compare import Finding

_AROUND = 60
"""So many characters of what stands around a canary are told."""


def secrets_shown(places: Mapping[str, str], canaries: Iterable[str]) -> Iterator[Finding]:
    """Yield each place in which a canary stands, with what is around it.

    Args:
        places: texts by what they are: a file's path, `arguments`, `output`.
        canaries: what is looked for.
    """
    for canary in canaries:
        for place, text in places.items():
            found = text.find(canary)
            if found >= 0:
                around = text[max(0, found - _AROUND) : found + len(canary) + _AROUND]
                yield Finding(compare.SECRET, f"{canary} in {place}: …{around}…")
