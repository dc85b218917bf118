"""docs/ci.md holds: its commands make the comment that it shows, its workflows are as careful as it says."""

from __future__ import annotations

import os
import re
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.pages.page import DOCS, Shell, steps

from engine_environment import environment

PAGE = (DOCS / "ci.md").read_text(encoding="utf-8")
ROOT = DOCS.parent
COMMENT = "preview-in-pr/comment.py preview.json events.jsonl --errors errors.txt"
PREVIEW = re.compile(
    r"pulumi (?:--cwd head )?preview --stack \S+ --json --event-log \S+ > preview.json 2> errors.txt"
)


def blocks(language: str, containing: str) -> list[Any]:
    """Give the page's YAML blocks in which a text stands, parsed."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [yaml.safe_load(block) for block in found if containing in block]


@pytest.fixture(scope="module")
def github() -> Any:
    """The workflow for GitHub."""
    (workflow,) = blocks("yaml", "runs-on:")
    return workflow


@pytest.mark.timeout(300)
def test_commands(tmp_path: Path) -> None:
    """A fork's preview against the simulator is what the page shows, command by command."""
    shutil.copytree(ROOT / "examples" / "preview-in-pr", tmp_path / "preview-in-pr")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    cloudless = {name: value for name, value in os.environ.items() if not name.startswith(("ALI", "PULUMI_"))}
    variables = {
        **cloudless,
        **environment(tmp_path / "home"),
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    with Shell(tmp_path, variables) as shell:
        for step in steps(PAGE.replace("8800", str(port))):
            shell.take(step)
    assert (tmp_path / "comment.md").read_text().startswith("<!-- image caches: caches/ci -->\n")


def test_workflow_is_careful(github: Any) -> None:
    """Actions are pinned by hash, jobs may what they need, and a fork's code meets no secret and no token."""
    assert github["permissions"] == {}
    assert set(github) == {"name", True, "permissions", "concurrency", "jobs"}
    assert github[True] == "pull_request"
    account, fork = github["jobs"]["account"], github["jobs"]["fork"]
    assert account["permissions"] == {"contents": "read", "id-token": "write", "pull-requests": "write"}
    assert fork["permissions"] == {"contents": "read"}
    assert "secrets." not in str(fork)
    assert account["if"].replace("==", "!=") == fork["if"]
    uses = re.findall(r"uses: (.+)", PAGE)
    assert [each for each in uses if not re.match(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)] == []
    checkouts = [
        step["with"]
        for job in (account, fork)
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert [each["persist-credentials"] for each in checkouts] == [False] * 3


def test_workflows_run_what_the_page_runs(github: Any) -> None:
    """Both workflows preview and comment by the commands that the page's reader, and this test, runs."""
    (gitlab,) = blocks("yaml", "after_script:")
    told = [
        *(run for job in github["jobs"].values() for step in job["steps"] if (run := step.get("run"))),
        *gitlab["preview"]["script"],
        *gitlab["preview"]["after_script"],
    ]
    assert sum(bool(PREVIEW.search(run)) for run in told) == 3
    assert sum(COMMENT in run for run in told) == 3
    assert sum("preview-in-pr/post.py comment.md" in run for run in told) == 2
    console = [command for command in PAGE.splitlines() if command.startswith("$ ")]
    assert sum(bool(PREVIEW.search(command)) for command in console) == 1
    assert sum(COMMENT in command for command in console) == 1
    fork = next(step["run"] for step in github["jobs"]["fork"]["steps"] if "simulator" in step.get("run", ""))
    run_here = [command.removeprefix("$ ") for command in console]
    assert [line for line in fork.splitlines() if "pip" not in line and line not in run_here] == []


def test_forks_settings_are_the_pages(github: Any) -> None:
    """The fork's job is led to the simulator by the variables that the page exports."""
    exported = {
        pair for line in PAGE.splitlines() if line.startswith("$ export") for pair in line.split()[2:]
    }
    job = github["jobs"]["fork"]["env"]
    assert {f"{name}={value}" for name, value in job.items() if name.startswith("ALIBABA")} == {
        pair for pair in exported if pair.startswith("ALIBABA")
    }


def test_policy_that_the_page_names() -> None:
    """The read-only policy that the page links is there."""
    assert "(policies/read-only.json)" in PAGE
    assert (DOCS / "policies" / "read-only.json").is_file()
