"""The examples, each brought up as it stands and taken away again, on a real engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.prepared import PreparedStack, Template

from local_stack import LocalStack, Simulator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
Open = Callable[[str], PreparedStack]


@pytest.fixture
def example(cloud: Simulator, template: Template, tmp_path: Path) -> Open:
    """Return a function that makes a stack of a copy of an example."""

    def make(name: str) -> PreparedStack:
        project = tmp_path / name
        shutil.copytree(EXAMPLES / name, project)
        return template.stack(project, tmp_path / "pulumi", cloud)

    return make


def up(stack: LocalStack) -> None:
    """Run `pulumi up`, after which there is nothing left to do."""
    stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    stack.pulumi("preview", "--expect-no-changes", quiet=True)


def test_all_are_tested() -> None:
    """Each example is run: here, by the demo, by the README's test or by one of its own."""
    elsewhere = {"quickstart", "quickstart-dynamic", "minimal", "preview-in-pr", "gitops", "from-terraform"}
    here = {"private-registry", "yaml", "adopt", "from-alicloud"}
    assert {path.name for path in EXAMPLES.iterdir()} == elsewhere | here


def test_fronts_differ_by_one_import() -> None:
    """The quick-start program moves between the fronts by changing one import."""
    plugin = (EXAMPLES / "quickstart" / "__main__.py").read_text()
    dynamic = (EXAMPLES / "quickstart-dynamic" / "__main__.py").read_text()
    moved = plugin.replace("from pulumi_imagecache import eci", "from imagecache_provider.dynamic import eci")
    assert [line for line in moved.splitlines() if line] == [line for line in dynamic.splitlines() if line]


def test_private_registry(example: Open, cloud: Simulator) -> None:
    """Images of ACR Enterprise Edition and of a registry with a password are cached; it stays secret."""
    stack = example("private-registry")
    stack.configure({"registryPassword": "simulator"}, secret=True)
    up(stack)
    (cache,) = cloud.caches()
    assert (cache["Status"], len(cache["Images"])) == ("Ready", 2)
    resources = {each.get("id"): each for each in stack.state()}
    credentials = resources[cache["ImageCacheId"]]["inputs"]["imageRegistryCredentials"]
    assert "ciphertext" in credentials
    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert not any(cloud.resources().values())


def test_yaml_and_adopt(example: Open, cloud: Simulator) -> None:
    """A cache that a YAML program made is taken into another stack by its ID, and nothing is built for it."""
    cloud.ask("internet", "POST", {"RegionId": cloud.region})
    network = cloud.resources()
    vswitch = network["vswitches"][0]
    made = example("yaml")
    made.configure(
        {
            "imagecache-yaml:vswitchId": vswitch["VSwitchId"],
            "imagecache-yaml:securityGroupId": "",
            "imagecache-yaml:eipInstanceId": "",
        }
    )
    up(made)
    (cache,) = cloud.caches()
    assert made.outputs() == {"imageCacheId": cache["ImageCacheId"], "status": "Ready"}
    adopting = example("adopt")
    wanted = {"flink": {"id": cache["ImageCacheId"], "images": ["flink:1.20"], "tags": {"team": "data"}}}
    adopting.configure({"adopt": json.dumps(wanted)})
    up(adopting)
    assert adopting.outputs() == {"flink": "Ready"}
    assert len(cloud.calls("CreateImageCache")) == 1
    assert cloud.calls("UpdateImageCache") == []


def test_from_alicloud(example: Open, cloud: Simulator) -> None:
    """A stack moves from pulumi-alicloud's eci.ImageCache to this provider without another build."""
    stack = example("from-alicloud")
    up(stack)
    moved = stack.outputs()["imageCacheId"]
    (urn,) = [each["urn"] for each in stack.state() if each["type"].endswith("ImageCache")]
    stack.pulumi("state", "delete", urn, "--yes", quiet=True)
    stack.configure({"imageCacheId": moved})
    up(stack)
    assert stack.outputs() == {"imageCacheId": moved}
    assert [cache["ImageCacheId"] for cache in cloud.caches()] == [moved]
    assert len(cloud.calls("CreateImageCache")) == 1
    assert cloud.calls("UpdateImageCache") == []
    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert not any(cloud.resources().values())
