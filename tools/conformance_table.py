"""Makes docs/conformance.md and its summary in docs/simulator.md: parameters, fields, codes with their tests.

Rows come from the SDKs' models and the documented codes, tests from the record of what crossed the wire, and
reasons from tools/conformance_reasons.py; what has neither is shown as missing. `make conformance` runs it;
`make check` runs it with --check, which fails if a page is stale, a reason is one for nothing, or the record
names a test that isn't there.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import conformance_models as models
import conformance_record
from conformance_documented import CODES, PLAIN_ACTIONS, SDK_ACTIONS
from conformance_reasons import REASONS
from imagecache_simulator.urls import PRODUCTS

ROOT = Path(__file__).resolve().parent.parent
SUITE = ROOT / "tests" / "conformance"
PAGE = ROOT / "docs" / "conformance.md"
SUMMARY_PAGE = ROOT / "docs" / "simulator.md"
BEGIN, END = "<!-- conformance: begin -->", "<!-- conformance: end -->"
_KINDS = {"parameters": "parameter", "fields": "response field", "errors": "error code"}
_HEADER = """# Conformance

Every action of the simulator, with every parameter and response field of the official SDK's model and every
documented error code: the test of tests/conformance in which it crossed the wire, or the reason why the
simulator doesn't have it. Made by `make conformance`; don't edit.

A response field is named by its place in the answer, a parameter as on the wire. Of several tests the most
particular one is named. Error codes that no page lists, but that the simulator answers with, are listed too.
"""


@dataclass(frozen=True)
class Row:
    """One name of an action; of test and reason one is set, or neither where it's missing."""

    name: str
    test: str = ""
    reason: str = ""
    pattern: str = ""


@dataclass(frozen=True)
class Action:
    """An action with its rows by kind (`parameters`, `fields`, `errors`)."""

    product: str
    name: str
    rows: Mapping[str, Sequence[Row]]

    def missing(self) -> list[str]:
        """Return the names that have neither test nor reason."""
        return [row.name for rows in self.rows.values() for row in rows if not (row.test or row.reason)]


def actions(record: conformance_record.Record) -> list[Action]:
    """Return all actions, in the order of the page."""
    found = []
    for product in PRODUCTS.values():
        if product.name in PLAIN_ACTIONS:
            continue
        named = [models.action_name(product.name, action) or action for action in product.actions]
        listed = SDK_ACTIONS.get(product.name, ())
        found += [
            _sdk_action(record, product.name, action)
            for action in [*listed, *(each for each in named if each not in listed)]
        ]
    return found + [
        _plain_action(record, product, action) for product, each in PLAIN_ACTIONS.items() for action in each
    ]


def page(found: Sequence[Action]) -> str:
    """Return docs/conformance.md."""
    parts = [_HEADER]
    product = ""
    for action in found:
        if action.product != product:
            product = action.product
            parts.append(f"\n## {product}\n")
        parts.append(f"\n### {product} {action.name}\n")
        parts += [_table(heading, action.rows[kind]) for kind, heading in _KINDS.items() if action.rows[kind]]
    return "".join(parts)


def summary(found: Sequence[Action]) -> str:
    """Return the section of docs/simulator.md: numbers of each action, and what is missing."""
    lines = ["| action | parameters | fields | codes | missing |", "|---|---|---|---|---|"]
    for action in found:
        counts = " | ".join(_counts(action.rows[kind]) for kind in _KINDS)
        anchor = f"{action.product}-{action.name}".lower()
        link = f"[{action.product} {action.name}](conformance.md#{anchor})"
        lines.append(f"| {link} | {counts} | {len(action.missing()) or 'none'} |")
    return "\n".join(lines)


def with_summary(text: str, section: str) -> str:
    """Return a page with the section between its markers; `ValueError` if it hasn't got them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{SUMMARY_PAGE.name} has no place for the summary: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{section}\n{END}{after}"


def dead_reasons(found: Sequence[Action]) -> list[str]:
    """Return the reasons that are given for nothing: the name is tested, or isn't in the SDK."""
    used = {row.pattern for action in found for rows in action.rows.values() for row in rows}
    return [
        f"{where}: {pattern}"
        for where, patterns in REASONS.items()
        for pattern in patterns
        if f"{where}: {pattern}" not in used
    ]


def lost_tests(record: conformance_record.Record) -> list[str]:
    """Return the tests that the record names and the suite hasn't got."""
    named = {
        test
        for product in record.values()
        for kinds in product.values()
        for names in kinds.values()
        for test in names.values()
    }
    return sorted(named - set(_tests()))


def main() -> int:
    """Write the pages, or with --check say whether they are as they would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a page is stale, write nothing")
    check = parser.parse_args().check
    record = conformance_record.read()
    found = actions(record)
    texts = {PAGE: page(found), SUMMARY_PAGE: with_summary(SUMMARY_PAGE.read_text(), summary(found))}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    problems = [
        f"a reason for nothing in tools/conformance_reasons.py: {each}" for each in dead_reasons(found)
    ]
    problems += [
        f"docs/conformance.json names a test that isn't there: {each}" for each in lost_tests(record)
    ]
    if check:
        problems += [f"stale: {path.relative_to(ROOT)}" for path in stale]
    else:
        for path in stale:
            path.write_text(texts[path])
    if problems:
        print("\n".join([*problems, "run `make conformance`"]), file=sys.stderr)
    return bool(problems)


def _sdk_action(record: conformance_record.Record, product: str, action: str) -> Action:
    seen = record.get(product, {}).get(action, {})
    known = models.action_name(product, action)
    names = {
        "parameters": models.parameters(product, action) if known else [],
        "fields": models.response_fields(product, action) if known else [],
        "errors": [*CODES.get(f"{product}.{action}", ()), *seen.get("errors", {})],
    }
    return _action(product, action, seen, names)


def _plain_action(record: conformance_record.Record, product: str, action: str) -> Action:
    seen = record.get(product, {}).get(action, {})
    return _action(product, action, seen, {kind: list(seen.get(kind, {})) for kind in _KINDS})


def _action(
    product: str, action: str, seen: Mapping[str, Mapping[str, str]], names: Mapping[str, Sequence[str]]
) -> Action:
    rows = {
        kind: [_row(product, action, kind, name, seen.get(kind, {})) for name in sorted(set(names[kind]))]
        for kind in _KINDS
    }
    return Action(product, action, rows)


def _row(product: str, action: str, kind: str, name: str, seen: Mapping[str, str]) -> Row:
    """Return the row of a name. A map of any names (as in ListUsage) is tested where one of them is."""
    tests = [
        test
        for each, test in seen.items()
        if each == name or (kind == "fields" and each.startswith(f"{name}."))
    ]
    if tests:
        return Row(name, test=tests[0])
    for where in (f"{product}.{action} {kind}", f"{product} {kind}", kind):
        for pattern, reason in REASONS.get(where, {}).items():
            if fnmatchcase(name, pattern.replace("[]", "[[]]")):
                return Row(name, reason=reason, pattern=f"{where}: {pattern}")
    return Row(name)


def _table(heading: str, rows: Sequence[Row]) -> str:
    lines = [f"\n| {heading} | test |\n|---|---|\n"]
    lines += [f"| `{row.name}` | {row.test or '**missing**'} |\n" for row in rows if not row.reason]
    reasons = dict.fromkeys(row.reason for row in rows if row.reason)
    for reason in reasons:
        names = ", ".join(f"`{row.name}`" for row in rows if row.reason == reason)
        lines.append(f"| {names} | {reason} |\n")
    return "".join(lines)


def _counts(rows: Sequence[Row]) -> str:
    tested, reasoned = sum(bool(row.test) for row in rows), sum(bool(row.reason) for row in rows)
    if not rows:
        return "none"
    return f"{tested} tested" + (f", {reasoned} not simulated" if reasoned else "")


def _tests() -> Iterator[str]:
    for path in SUITE.rglob("test_*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(SUITE)}::{node.name}"


if __name__ == "__main__":
    sys.exit(main())
