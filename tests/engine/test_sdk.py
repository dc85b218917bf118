"""The SDKs on a real engine: the plugin is installed by the package's own command, not found on PATH."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.prepared import PreparedStack, Template

from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.account import Account
from imagecache_provider.eci.client import OpenApiClient
from local_stack import Simulator

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*/*/*"))
PLUGIN = "import pulumi_imagecache as imagecache"
DYNAMIC = "import imagecache_provider.dynamic as imagecache"
PROGRAM = """
{front}
import pulumi

eci = imagecache.eci
one = eci.ImageCache(
    "one",
    images=["nginx:1.27"],
    image_cache_size=40,
    elimination_strategy=eci.EliminationStrategy.LRU,
    image_registry_credentials=[
        eci.ImageRegistryCredentialArgs(server="one.example.com", user_name="simulator", password="hidden-1"),
        {{"server": "two.example.com", "user_name": "simulator", "password": "hidden-2"}},
    ],
    opts=pulumi.ResourceOptions(protect=False),
)
two = eci.ImageCache(
    "two",
    eci.ImageCacheArgs(images=one.images, tags={{"id": one.image_cache_id}}),
    pulumi.ResourceOptions(depends_on=[one]),
)
pulumi.export("names", [one.image_cache_name, two.image_cache_name])
pulumi.export("event", one.events.apply(lambda events: events[-1].reason))
pulumi.export("tags", two.tags)
"""
ASKS = {
    "getImageCache": "DescribeImageCaches",
    "getImageCaches": "DescribeImageCaches",
    "getUsage": "ListUsage",
    "getRegions": "DescribeRegions",
}
"""What functions ask the cloud."""
Stack = Callable[[str], PreparedStack]


@pytest.fixture
def stack(cloud: Simulator, template: Template, tmp_path: Path) -> Stack:
    """Return what makes a stack for a language, with the plugin installed and no program yet."""

    def make(runtime: str) -> PreparedStack:
        cloud.ask("internet", "POST", {"RegionId": cloud.region})
        project = tmp_path / "project"
        project.mkdir()
        (project / "Pulumi.yaml").write_text(f"name: program\nruntime: {runtime}\n", encoding="utf-8")
        return template.stack(project, tmp_path / "pulumi", cloud)

    return make


def run(stack: PreparedStack, *command: str) -> str:
    """Run a command that must go well; return what it printed."""
    done = stack.pulumi(*command, quiet=True, expect=None)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def up(stack: PreparedStack) -> dict[str, Any]:
    """Run `pulumi up`; return the stack's outputs."""
    run(stack, "up", "--yes", "--skip-preview")
    return stack.outputs()


def created(cloud: Simulator) -> dict[str, dict[str, str]]:
    """Return the parameters of the creates by the resource's name, without what is made up for each."""
    sent = {}
    for call in cloud.calls("CreateImageCache"):
        parameters = dict(call["parameters"])
        name = parameters.pop("ImageCacheName").partition("-")[0]
        sent[name] = {
            key: value for key, value in parameters.items() if key != "ClientToken" and "Tag" not in key
        }
    return sent


def test_program_moves_by_its_import(stack: Stack, cloud: Simulator) -> None:
    """One program does the same through both fronts: only its import is another."""
    made = stack("python")
    program = made.project / "__main__.py"
    program.write_text(PROGRAM.format(front=PLUGIN), encoding="utf-8")
    through_plugin = up(made)
    sent = created(cloud)
    run(made, "preview", "--expect-no-changes")
    program.write_text(PROGRAM.format(front=DYNAMIC), encoding="utf-8")
    through_host = up(made)
    assert created(cloud) == sent
    assert sent["one"]["ImageRegistryCredential.2.UserName"] == "simulator"
    assert sent["two"]["Image.1"] == "nginx:1.27"
    assert through_host["event"] == through_plugin["event"]
    assert [name.partition("-")[0] for name in through_host["names"]] == ["one", "two"]
    assert len(cloud.caches()) == 2, "the caches of the other front are deleted"
    assert "hidden-" not in run(made, "stack", "export")


UNKNOWN_SETTINGS = """
import pulumi
import pulumi_alicloud as alicloud
import pulumi_imagecache as imagecache

vpc = alicloud.vpc.Network("vpc", cidr_block="10.0.0.0/16")
later = imagecache.Provider("later", region="cn-hangzhou", security_token=vpc.id)
login = {"server": "one.example.com", "user_name": "simulator", "password": "hidden-1"}
imagecache.eci.ImageCache(
    "one",
    images=["nginx:1.27"],
    image_registry_credentials=[login],
    opts=pulumi.ResourceOptions(provider=later),
)
"""


def test_unknown_settings_show_no_password(stack: Stack) -> None:
    """A preview that can't ask the plugin yet shows no password, although the program has it in the clear."""
    made = stack("python")
    (made.project / "__main__.py").write_text(UNKNOWN_SETTINGS, encoding="utf-8")
    said = run(made, "preview", "--diff")
    assert "imageRegistryCredentials: [secret]" in said
    assert "hidden-1" not in said


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("runtime", ["python", "yaml"])
def test_examples(stack: Stack, cloud: Simulator, runtime: str, example: Path) -> None:
    """Each example of the schema can be previewed; the functions in it are asked for real."""
    if example.parent.name == "getImageCache":
        make_by_hand(cloud)
    made = stack(runtime)
    file = {"python": "__main__.py", "yaml": "Pulumi.yaml"}[runtime]
    text = (example / file).read_text(encoding="utf-8")
    (made.project / file).write_text(re.sub(r"\Aname: .*", "name: program", text), encoding="utf-8")
    if "password" in text:
        made.configure({"password": "hidden-3"}, secret=True)
    said = run(made, "preview")
    if "imagecache:eci:ImageCache\n" in (example / "Pulumi.yaml").read_text(encoding="utf-8"):
        assert "imagecache:eci:ImageCache cache create" in said
    else:
        assert cloud.calls(ASKS[example.parent.name])


def make_by_hand(cloud: Simulator) -> None:
    """Make a cache `flink` as a colleague would, past Pulumi."""
    account = Account(
        endpoint=cloud.endpoint,
        protocol="HTTP",
        credentials={"accessKey": cloud.access_key_id, "secretKey": cloud.access_key_secret},
    )
    client = OpenApiClient(account, SystemClock(), random.Random())  # noqa: S311 - for retries
    parameters = {"RegionId": cloud.region, "ImageCacheName": "flink", "Image.1": "flink:1.20"}
    asyncio.run(client.call("CreateImageCache", parameters))
