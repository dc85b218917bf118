"""examples/gitops on a real engine: the loop over two regions and what goes wrong, the operator's parts."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.prepared import Template

from engine_environment import environment
from imagecache_provider.clock import moment
from imagecache_provider.install import VERSION
from local_stack import LocalStack, Simulator, end

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "gitops"
PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
Eventually = Callable[[Callable[[], bool], str], None]
PASSWORD = "correct-horse-battery"
BEIJING, HANGZHOU = "caches/cn-beijing", "caches/cn-hangzhou"


class Loop:
    """The loop over a copy of the example's stacks.

    Args:
        folder: the copy.
        stack: whose environment the loop gets; it isn't made.
    """

    def __init__(self, folder: Path, stack: LocalStack) -> None:
        cloud = stack.simulator
        key, secret = cloud.provider_key()
        self.folder = folder
        self.variables = {
            **stack.variables,
            "ALIBABA_CLOUD_ENDPOINT_ECI": cloud.endpoint,
            "ALIBABA_CLOUD_PROTOCOL": "HTTP",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": key,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
        }
        self.said = ""

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it."""
        return subprocess.Popen(
            [sys.executable, str(EXAMPLE / "loop.py"), str(self.folder), *arguments],
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def end(self, process: subprocess.Popen[str]) -> tuple[int, dict[str, dict[str, Any]]]:
        """Wait for its end; give the exit status and the report by stack."""
        try:
            report, errors = process.communicate(timeout=240)
        finally:
            end(process)
        self.said = report + errors
        assert "Traceback" not in self.said, self.said
        return process.returncode, {line["stack"]: line for line in map(json.loads, report.splitlines())}

    def once(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Run one round."""
        return self.end(self.start("--once", *arguments))


@pytest.fixture
def loop(cloud: Simulator, template: Template, tmp_path: Path) -> Loop:
    """A loop that hasn't run yet; both regions' default networks reach the registries."""
    for region in ("cn-hangzhou", "cn-beijing"):
        cloud.ask("internet", "POST", {"RegionId": region})
    folder = tmp_path / "stacks"
    shutil.copytree(EXAMPLE / "stacks", folder)
    template.installed(tmp_path / "pulumi")
    return Loop(folder, LocalStack(folder, tmp_path / "pulumi", cloud))


def results(report: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Give each stack's result."""
    return {stack: line["result"] for stack, line in report.items()}


def tags(cache: dict[str, Any]) -> dict[str, str]:
    """Give a cache's tags."""
    return {tag["Key"]: tag["Value"] for tag in cache["Tags"]}


def drifted(what: str, properties: list[str]) -> dict[str, Any]:
    """Write what the report says of a drift of the example's cache."""
    return {
        "resource": "web",
        "type": "imagecache:eci:ImageCache",
        "what": what,
        "properties": properties,
    }


@pytest.mark.timeout(400)
def test_two_regions(loop: Loop, cloud: Simulator, plugin: PLUGIN) -> None:
    """Both regions' stacks are applied; drift behind their back is reported, left alone, then mended."""
    status, report = loop.once()
    assert (status, results(report)) == (0, {BEIJING: "changed", HANGZHOU: "changed"})
    by_region = {cache["RegionId"]: cache for cache in cloud.caches()}
    tiers = {region: tags(cache)["tier"] for region, cache in by_region.items()}
    assert tiers == {"cn-hangzhou": "standard", "cn-beijing": "spare"}

    cloud.ask(f"image-caches/{by_region['cn-beijing']['ImageCacheId']}", "DELETE")
    changed = by_region["cn-hangzhou"]["ImageCacheId"]
    plugin.behind_our_back("TagResources", changed, {"Tag.1.Key": "tier", "Tag.1.Value": "wrong"})
    plugin.call("UpdateImageCache", "eci", ImageCacheId=changed, RetentionDays="1")
    drift = {
        BEIJING: [drifted("deleted", [])],
        HANGZHOU: [drifted("changed", ["retentionDays", "tags.tier"])],
    }
    status, report = loop.once("--check")
    assert (status, results(report)) == (3, {BEIJING: "drifted", HANGZHOU: "drifted"})
    assert {stack: line["drift"] for stack, line in report.items()} == drift
    assert len(cloud.caches()) == 1

    status, report = loop.once()
    assert (status, results(report)) == (3, {BEIJING: "mended", HANGZHOU: "mended"})
    assert {stack: line["drift"] for stack, line in report.items()} == drift
    assert report[BEIJING]["changes"] == {"create": 1, "same": 1}
    caches = {cache["RegionId"]: cache for cache in cloud.caches()}
    assert {region: tags(cache)["tier"] for region, cache in caches.items()} == tiers
    hangzhou = caches["cn-hangzhou"]
    assert hangzhou["ImageCacheId"] == changed
    assert moment(hangzhou["ExpireDateTime"]) - moment(hangzhou["CreationTime"]) == timedelta(days=30)

    status, report = loop.once()
    assert (status, results(report)) == (0, {BEIJING: "unchanged", HANGZHOU: "unchanged"})


@pytest.mark.timeout(300)
def test_one_fails(loop: Loop) -> None:
    """A stack that fails is reported with its error and without its secrets; the others have their turn."""
    project = loop.folder / "private"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(f"""
name: private
runtime: yaml
resources:
  app:
    type: imagecache:eci:ImageCache
    properties:
      images: ["private.example.com/team/app:1.0"]
      imageRegistryCredentials:
        - server: private.example.com
          userName: simulator
          password:
            fn::secret: {PASSWORD}
""")
    (project / "Pulumi.cn-hangzhou.yaml").write_text("config:\n  imagecache:region: cn-hangzhou\n")
    (loop.folder / "broken").mkdir()
    (loop.folder / "broken" / "Pulumi.yaml").write_text("name: broken\nruntime: yaml\nresources: 7\n")
    (loop.folder / "broken" / "Pulumi.prod.yaml").write_text("config: {}\n")
    status, report = loop.once()
    assert (status, results(report)) == (
        1,
        {BEIJING: "changed", HANGZHOU: "changed", "private/cn-hangzhou": "failed", "broken/prod": "failed"},
    )
    assert "it refused the user name or password" in report["private/cn-hangzhou"]["error"]
    assert "resources" in report["broken/prod"]["error"]
    assert PASSWORD not in loop.said


@pytest.mark.timeout(300)
def test_asked_to_end_while_building(loop: Loop, cloud: Simulator, eventually: Eventually) -> None:
    """SIGTERM ends a round within seconds with its caches recorded; the next round waits for them."""
    cloud.ask("holds", "POST", {"ImageCaches": True})
    process = loop.start("--every", "3600")
    eventually(lambda: len(cloud.caches()) == 2, "both regions build")
    process.send_signal(signal.SIGTERM)
    status, report = loop.end(process)
    assert (status, results(report)) == (143, {BEIJING: "interrupted", HANGZHOU: "interrupted"})
    cloud.ask("holds", "POST", {"ImageCaches": False})
    status, report = loop.once()
    assert status == 0, loop.said
    assert {cache["Status"] for cache in cloud.caches()} == {"Ready"}
    assert len(cloud.calls("CreateImageCache")) == 2


@pytest.mark.timeout(300)
def test_every_round_takes_what_git_has(loop: Loop, cloud: Simulator, tmp_path: Path) -> None:
    """With --pull a round begins with `git pull`; if that fails, it's reported, and what is there applied."""
    work, origin = tmp_path / "work", tmp_path / "origin"
    for command in (
        ["init", "--quiet", "--bare", "--initial-branch", "main", str(origin)],
        ["clone", "--quiet", str(origin), str(work)],
    ):
        subprocess.run(["git", *command], check=True, capture_output=True)
    git = ["git", "-C", str(work), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    shutil.copytree(loop.folder, work, dirs_exist_ok=True)

    def commit() -> None:
        for command in (
            ["add", "."],
            ["commit", "--quiet", "-m", "a change"],
            ["push", "--quiet", "origin", "HEAD"],
        ):
            subprocess.run([*git, *command], check=True, capture_output=True)

    commit()
    shutil.rmtree(loop.folder)
    subprocess.run(["git", "clone", "--quiet", str(origin), str(loop.folder)], check=True)
    (loop.folder / "caches" / "Pulumi.cn-beijing.yaml").unlink()
    assert loop.once("--pull")[0] == 0
    program = work / "caches" / "Pulumi.yaml"
    program.write_text(program.read_text().replace("nginx:1.27", "nginx:1.28"))
    commit()
    status, report = loop.once("--pull")
    assert (status, results(report)) == (0, {HANGZHOU: "changed"})
    assert [cache["Images"] for cache in cloud.caches()] == [["nginx:1.28"]]
    shutil.rmtree(origin)
    status, report = loop.once("--pull")
    assert (status, results(report)) == (1, {"": "failed", HANGZHOU: "unchanged"})
    assert report[""]["error"].startswith("git pull: ")


def test_no_stacks(loop: Loop) -> None:
    """A folder without stacks is a failure that says what is looked for; one that isn't there, bad usage."""
    shutil.rmtree(loop.folder / "caches")
    status, report = loop.once()
    assert status == 1
    assert report[""]["error"] == f"{loop.folder} has no Pulumi.STACK.yaml beside a Pulumi.yaml"
    loop.folder.rmdir()
    process = loop.start("--once")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.endswith(f"error: {loop.folder} is no folder\n")


def test_program_of_the_operator(plugin: PLUGIN) -> None:
    """The Program that the operator is given brings up its cache, and is at rest then."""
    program = yaml.safe_load((EXAMPLE / "operator" / "program.yaml").read_text())["program"]
    whole = {"name": "plugin-test", "runtime": "yaml", **program}
    (plugin.stack.project / "Pulumi.yaml").write_text(yaml.safe_dump(whole))
    assert list(plugin.up().values()) == plugin.ids()
    plugin.unchanged()


def test_containerfile(plugin_archive: Path, tmp_path: Path) -> None:
    """The Containerfile copies what `make plugin` makes, and its commands install the plugin from that."""
    text = (EXAMPLE / "operator" / "Containerfile").read_text()
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    assert arguments["VERSION"] == VERSION
    arguments["TARGETARCH"] = plugin_archive.name.removesuffix(".tar.gz").rpartition("-")[2]
    source, target = re.findall(r"^COPY (\S+) (\S+)$", text, re.MULTILINE)[0]
    for name, value in arguments.items():
        source = source.replace(f"${{{name}}}", value)
    assert source.replace("-linux-", f"-{sys.platform}-") == f"dist/{plugin_archive.name}"
    assert target == "./"
    shutil.copy(plugin_archive, tmp_path / Path(source).name)
    variables = {**environment(tmp_path / "home"), **arguments}
    said = ""
    for command in re.findall(r"^RUN (.+)$", text, re.MULTILINE):
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said = done.stdout
    installed = [(each["name"], each["version"]) for each in json.loads(said)]
    assert ("imagecache", VERSION) in installed
