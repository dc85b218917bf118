"""The project's own workflows do what the README says, and nothing that they needn't be able to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"


def read(name: str) -> dict[Any, Any]:
    """Read a workflow."""
    workflow: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text())
    return workflow


RUN = (ROOT / ".ci" / "run").read_text()
WORKFLOW, NIGHTLY = read("ci.yml"), read("nightly.yml")
(JOB,) = WORKFLOW["jobs"].values()
(DEEP,) = NIGHTLY["jobs"].values()
BOTH = pytest.mark.parametrize("name", ["ci.yml", "nightly.yml"])


def test_runs_the_readmes_commands() -> None:
    """What it runs are the README's two commands, in their order; `.ci/run` runs the second too."""
    readme = (ROOT / "README.md").read_text()
    commands = re.findall(r"^```\n(make .+)\n```$", readme, re.MULTILINE)
    assert commands == ["make demo", "make test"]
    assert [step["run"] for step in JOB["steps"] if "run" in step] == commands
    assert "make test" in RUN


@pytest.mark.parametrize("job", [JOB, DEEP], ids=["ci", "nightly"])
def test_sets_what_ci_run_sets(job: dict[str, Any]) -> None:
    """Each job has the variables of `.ci/run`: a test that skips on a laptop skips in neither."""
    (settings,) = re.findall(r"^((?:[A-Z_]+=\S+ )+)make test\b", RUN, re.MULTILINE)
    assert [f"{name}={value}" for name, value in job["env"].items()] == settings.split()
    assert not [step for step in job["steps"] if set(step.get("env", ())) & set(job["env"])]


def test_sets_what_tests_ask_for() -> None:
    """There is no `REQUIRE_…` in the tests that `.ci/run` leaves out, and it sets none that no test reads."""
    read_by_tests = {
        name
        for folder in ("tests", "policy-pack/tests")
        for file in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"[\"'](REQUIRE_[A-Z_]+)[\"']", file.read_text())
    }
    assert read_by_tests == set(re.findall(r"\b(REQUIRE_[A-Z_]+)=1\b", RUN))


def test_runs_on_every_change() -> None:
    """It runs for what is pushed to main and for every pull request, a fork's too."""
    on = WORKFLOW[True]  # YAML 1.1 takes the word for a truth value
    assert on == {"push": {"branches": ["main"]}, "pull_request": None}


def test_nightly_runs_the_deep_form() -> None:
    """Each night, and by hand with the seed of a run to repeat, what `make test` is too short for is run."""
    on = NIGHTLY[True]
    assert set(on) == {"schedule", "workflow_dispatch"}
    assert list(on["workflow_dispatch"]["inputs"]) == ["seed"]
    (step,) = [step for step in DEEP["steps"] if "run" in step]
    assert step == {"run": 'make test-deep SEED="$SEED"', "env": {"SEED": "${{ inputs.seed }}"}}


def test_there_are_no_others() -> None:
    """The tests here are of all workflows."""
    assert sorted(file.name for file in FOLDER.iterdir()) == ["ci.yml", "nightly.yml"]


@BOTH
def test_may_only_read(name: str) -> None:
    """Its token reads the repository, isn't left in the checkout, and there is no secret in it."""
    workflow = read(name)
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in job
    (checkout,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"] == {"persist-credentials": False}
    assert "secrets." not in (FOLDER / name).read_text()


@BOTH
def test_actions_are_pinned(name: str) -> None:
    """Each action is named by the hash of a release, which stands behind it."""
    uses = re.findall(r"uses: (.+)", (FOLDER / name).read_text())
    assert uses
    assert [each for each in uses if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)] == []


def test_pythons() -> None:
    """It runs on the oldest Python that the package takes, and on a new one."""
    project = (ROOT / "pyproject.toml").read_text()
    (oldest,) = re.findall(r'requires-python = ">=([\d.]+)"', project)
    assert JOB["strategy"]["matrix"]["python"] == [oldest, "3.13"]


@pytest.mark.parametrize("job", [JOB, DEEP], ids=["ci", "nightly"])
def test_what_is_kept(job: dict[str, Any]) -> None:
    """The built engine is kept, and made anew when what it is built from changes."""
    (kept,) = [step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/cache@")]
    assert "~/.cache/pulumi-imagecache" in kept["path"]
    patterns = re.findall(r"'([^']+)'", kept["key"])
    assert patterns == ["tools/engine/**", "tools/engine_*.py"]
    assert all(list(ROOT.glob(pattern)) for pattern in patterns)
