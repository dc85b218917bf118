"""Looks through texts for what must never stand in them: canaries, and words that only our own faults bring.

Canaries are the secret inputs and credentials of a trial. `real` and `trial` give it what a run leaves behind
or shows meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from chaos import compare
from chaos.compare import Finding
from imagecache_provider.errors import our_fault

_AROUND = 60
"""So many characters of what stands around a canary are told."""
_AFTER = 400
"""So many characters of what follows the word of a fault are told."""
_OWN_FAULTS = re.compile(
    "|".join(
        (
            re.escape(our_fault(Exception()).partition(":")[0]),
            r"(?i:internal error)",
            r"code = Internal\b",
            r"Traceback \(most recent call last\)",
            r"(Task|Future|Exception|_GatheringFuture) exception was never retrieved",
            r"Task was destroyed but it is pending",
            r"was never awaited",
            r"Exception ignored in",
            r"(Exception|Error) in (callback|thread)",
            r"Unhandled exception",
            r"Fatal Python error",
            r"\b[A-Z][A-Za-z]*Warning: ",
        )
    )
)
"""The provider's word for its faults, and those of Python, asyncio and gRPC when nobody handles an error."""


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


def own_faults(places: Mapping[str, str]) -> Iterator[Finding]:
    """Yield each place in which a user reads of a fault of our own code, with what is told of it.

    Args:
        places: texts by what they are: `output`, `errors`.
    """
    for place, text in places.items():
        found = _OWN_FAULTS.search(text)
        if found is not None:
            told = text[max(0, found.start() - _AROUND) : found.end() + _AFTER]
            yield Finding(compare.OWN_FAULT, f"{found[0]!r} in {place}: …{told}…")
