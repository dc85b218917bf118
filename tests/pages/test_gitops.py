"""docs/gitops.md holds: its folder, its rounds and what they report, against two simulated regions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.pages.page import DOCS, run_page

from engine_environment import environment
from local_stack import simulator

PAGE = DOCS / "gitops.md"
EXAMPLE = DOCS.parent / "examples" / "gitops"
# What somebody does in the console; the page's reader has one, not the command.
DELETE = """import json, os, sys, urllib.request as door
base = "http://" + os.environ["ALIBABA_CLOUD_ENDPOINT_ECI"] + "/_simulator/"
for cache in json.load(door.urlopen(base + "resources"))["image_caches"]:
    if cache["RegionId"] == sys.argv[1]:
        door.urlopen(door.Request(base + "image-caches/" + cache["ImageCacheId"], method="DELETE"))
"""


@pytest.mark.timeout(400)
def test_commands(tmp_path: Path) -> None:
    """The page's stacks are applied; a cache that is deleted is reported, and put back."""
    for program in ("loop.py", "programs.py"):
        shutil.copy(EXAMPLE / program, tmp_path)
    (tmp_path / "delete_a_cache.py").write_text(DELETE)
    backend = tmp_path / "backend"
    backend.mkdir()
    cloudless = {name: value for name, value in os.environ.items() if not name.startswith(("ALI", "PULUMI_"))}
    with simulator("--speed", "600", "--seed", "7", "--no-tls") as cloud:
        for region in ("cn-hangzhou", "cn-beijing"):
            cloud.ask("internet", "POST", {"RegionId": region})
        variables = {
            **cloudless,
            **environment(tmp_path / "home"),
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            **{f"ALIBABA_CLOUD_ENDPOINT_{name}": cloud.endpoint for name in ("ECI", "VPC", "ECS")},
            "ALIBABA_CLOUD_PROTOCOL": "HTTP",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": cloud.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": cloud.access_key_secret,
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "none",
        }
        install(variables)
        run_page(PAGE, tmp_path, variables)
        assert sorted(cache["RegionId"] for cache in cloud.caches()) == ["cn-beijing", "cn-hangzhou"]
        assert len(cloud.calls("CreateImageCache")) == 3


def install(variables: dict[str, str]) -> None:
    """Install the plugin, as docs/install.md says."""
    command = [sys.executable, "-m", "imagecache_provider", "install"]
    subprocess.run(command, check=True, env=variables, capture_output=True)


def test_files_that_the_page_names() -> None:
    """The page's table has each of the operator's files."""
    table = re.findall(r"^\| `([\w.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    named = [name for name in table if "." in name or name == "Containerfile"]
    assert sorted(named) == sorted(file.name for file in (EXAMPLE / "operator").iterdir())


def test_results_that_the_page_names() -> None:
    """The page's table has each result that the loop may report."""
    page, program = PAGE.read_text(encoding="utf-8"), (EXAMPLE / "loop.py").read_text()
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) - {"result", "Containerfile"}
    assert told == set(re.findall(r'"(unchanged|changed|drifted|mended|failed|interrupted)"', program))
