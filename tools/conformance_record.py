"""The record of what crossed the wire in tests that passed: docs/conformance.json, and how it's made.

A run of tests/conformance gathers it, in one process or several; tests/whole_run.py puts the parts together,
writes it (`make conformance`) and compares it. tools/conformance_table.py reads it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # the official clients take a second to load, and a run of other tests has none
    from conformance_account import Crossing

PATH = Path(__file__).resolve().parent.parent / "docs" / "conformance.json"
KINDS = ("parameters", "fields", "errors")

Record = dict[str, dict[str, dict[str, dict[str, str]]]]
"""Product, action, kind and name, to the test that shows it."""


class Recorder:
    """Gathers what tests see; of several that see the same, the one that sees least else is named."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, set[tuple[str, str, str, str]]] = defaultdict(set)
        self._failed: set[str] = set()

    def passed(self, test: str, crossings: Mapping[tuple[str, str], Crossing]) -> None:
        """Take in what one run of a test saw."""
        self._seen[test] |= {
            (product, action, kind, name)
            for (product, action), crossing in crossings.items()
            for kind in KINDS
            for name in getattr(crossing, kind)
        }

    def failed(self, test: str) -> None:
        """Take a test out: what it saw proves nothing."""
        self._failed.add(test)

    def part(self) -> dict[str, Any]:
        """Return what was seen, as one process can hand it to another."""
        seen = {test: [list(item) for item in sorted(items)] for test, items in self._seen.items()}
        return {"seen": seen, "failed": sorted(self._failed)}

    def merge(self, part: Mapping[str, Any]) -> None:
        """Take in what another process saw."""
        for test, items in part["seen"].items():
            self._seen[test] |= {(product, action, kind, name) for product, action, kind, name in items}
        self._failed |= set(part["failed"])

    def record(self) -> Record:
        """Return the record, the same whatever order the tests ran in."""
        tests = sorted(self._seen.keys() - self._failed, key=lambda test: (len(self._seen[test]), test))
        named: dict[tuple[str, str, str, str], str] = {}
        for test in tests:
            for item in self._seen[test]:
                named.setdefault(item, test)
        record: Record = {}
        for (product, action, kind, name), test in sorted(named.items()):
            record.setdefault(product, {}).setdefault(action, {}).setdefault(kind, {})[name] = test
        return record


RECORDER = pytest.StashKey[Recorder]()
"""What the tests of this process saw."""


def read() -> Record:
    """Return the committed record; an empty one if there's none."""
    if not PATH.exists():
        return {}
    record: Record = json.loads(PATH.read_text())
    return record


def write(record: Record) -> None:
    """Write the record, laid out so that a change is a change of few lines."""
    PATH.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
