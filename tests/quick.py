"""The quick form of the suite, `make test-quick`: all but what needs an engine or a browser, or takes long.

A plugin of pytest, which tests/conftest.py loads. What a test needs is told by its folder and its fixtures,
so that a new test is in the quick form unless its neighbours aren't.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

SUITE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Kind:
    """Tests that the quick form leaves out.

    Attributes:
        what: what they do.
        places: their folders and files.
        fixtures: those that only such tests take.
    """

    what: str
    places: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()


ENGINE = Kind("with an engine", ("engine", "pages", "benchmarks", "conformance/alicloud"))
KINDS = (
    ENGINE,
    Kind("with a browser", fixtures=("browser",)),
    Kind("of the plugin's archive", fixtures=("plugin_archive",)),
    Kind(
        "of programs that are started again and again",
        (
            "runs",
            "tools",
            "examples",
            "test_policy_pack.py",
            "simulator/test_main.py",
            "simulator/test_pytest_plugin.py",
        ),
    ),
    Kind("of conformance", ("conformance",)),
)


def why_not(path: Path, fixtures: Collection[str] = ()) -> Kind | None:
    """Return why the quick form leaves out a folder, a file, or a test with such fixtures; None if not."""
    for kind in KINDS:
        if any(f"{path}/".startswith(f"{SUITE / place}/") for place in kind.places):
            return kind
        if not set(kind.fixtures).isdisjoint(fixtures):
            return kind
    return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--quick", action="store_true", help="leave out what needs an engine or takes long")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is left out."""
    left_out = "; ".join(kind.what for kind in KINDS)
    return [f"quick, without tests {left_out}"] if config.getoption("quick") else []


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out folders and files before they are loaded."""
    return True if config.getoption("quick") and why_not(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests by their fixtures."""
    if not config.getoption("quick"):
        return
    reasons = [why_not(item.path, getattr(item, "fixturenames", ())) for item in items]
    config.hook.pytest_deselected(items=[item for item, why in zip(items, reasons, strict=True) if why])
    items[:] = [item for item, why in zip(items, reasons, strict=True) if not why]
