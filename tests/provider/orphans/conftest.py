"""A program `pulumi` that answers what a test wrote down: what the real one says is in tests/engine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

_PROGRAM = """#!{python}
import json, sys
answers = json.load(open({answers!r}))
command = " ".join(sys.argv[1:])
for start, (status, out, errors) in answers.items():
    if command.startswith(start):
        sys.stdout.write(out)
        sys.stderr.write(errors)
        sys.exit(status)
sys.exit("error: unexpected: " + command)
"""

Answers = Mapping[str, tuple[int, str, str]]


@pytest.fixture
def fake_pulumi(tmp_path: Path) -> Callable[[Answers], dict[str, str]]:
    """Return a function that puts `pulumi` on a PATH of its own, by what its arguments begin with."""

    def put(answers: Answers) -> dict[str, str]:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "answers.json").write_text(json.dumps(answers))
        program = folder / "pulumi"
        program.write_text(_PROGRAM.format(python=sys.executable, answers=str(folder / "answers.json")))
        program.chmod(0o755)
        return {"PATH": str(folder)}

    return put
