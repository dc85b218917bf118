"""The policy pack: its own tests, in its own environment, and the tables of docs/policy-pack.md.

pulumi-policy doesn't go with this environment's protobuf, so that nothing here imports it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2_grpc

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "policy-pack"
PYTHON = PACK / ".venv" / "bin" / "python"
LEVELS = {"ADVISORY": "advisory", "MANDATORY": "mandatory"}


@pytest.fixture(autouse=True)
def _environment() -> None:
    assert PYTHON.exists(), "the policy pack has no environment: run make policy-pack"


@pytest.fixture
def policies() -> Iterator[list[dict[str, Any]]]:
    """What the running pack tells the engine of its policies."""
    with subprocess.Popen([PACK / "analyzer", "127.0.0.1:1"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                info = analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(empty_pb2.Empty())
            yield json_format.MessageToDict(info, always_print_fields_with_no_presence=True)["policies"]
        finally:
            process.terminate()


@pytest.mark.timeout(600)
def test_policy_pack() -> None:
    """All tests in policy-pack/tests pass, and there are some."""
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "--quiet"], cwd=PACK, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_tables(policies: list[dict[str, Any]]) -> None:
    """The page has each policy with its level, and each setting with its default, as the pack tells them."""
    page = (ROOT / "docs" / "policy-pack.md").read_text(encoding="utf-8")
    levels = [
        f"| `{policy['name']}` | {LEVELS[policy['enforcementLevel']]} | {policy['description']} |"
        for policy in policies
    ]
    settings = [
        f"| `{policy['name']}` | `{name}` | {_default(form['default'])} | {form['description']} |"
        for policy in policies
        for name, form in policy.get("configSchema", {}).get("properties", {}).items()
    ]
    for header, rows in (("| policy | level | what it says |", levels), ("| policy | setting |", settings)):
        _, _, table = page.partition(header)
        shown = [line for line in table.partition("\n\n")[0].splitlines()[2:] if line]
        assert sorted(shown) == sorted(rows), "\n".join(rows)


def _default(value: Any) -> str:
    """Show a default as the configuration file has it; | would end the table's cell."""
    shown = int(value) if isinstance(value, float) else value
    return f"`{json.dumps(shown)}`".replace("|", r"\|")
