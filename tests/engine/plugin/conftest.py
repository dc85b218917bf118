"""Stacks of YAML programs on a real engine with the plugin, installed as users install it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.prepared import PreparedStack, Template

from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.account import Account
from imagecache_provider.eci.client import OpenApiClient
from imagecache_provider.eci.products import ECI, OTHERS, Product
from local_stack import Simulator

IMAGE_CACHE = "imagecache:eci:ImageCache"


class PluginStack:
    """A stack whose program the test writes, resource by resource.

    Args:
        stack: the stack, created.
    """

    def __init__(self, stack: PreparedStack) -> None:
        self.stack = stack
        self.cloud = stack.simulator

    def program(self, **resources: Mapping[str, Any]) -> None:
        """Write the program: resources by name, each `{properties, options}`, image caches unless typed."""
        whole = {name: {"type": IMAGE_CACHE, **resource} for name, resource in resources.items()}
        outputs = {name: f"${{{name}.id}}" for name in resources}
        content = {"name": "plugin-test", "runtime": "yaml", "resources": whole, "outputs": outputs}
        (self.stack.project / "Pulumi.yaml").write_text(yaml.safe_dump(content))

    def cache(self, *, options: Mapping[str, Any] | None = None, **properties: Any) -> None:
        """Write a program of one image cache, `web`, of one image unless told otherwise."""
        self.program(web={"properties": {"images": ["nginx:1.27"], **properties}, "options": options or {}})

    def run(self, *arguments: str) -> str:
        """Run a command of Pulumi's that must succeed; give all that it printed."""
        done = self.stack.pulumi(*arguments, quiet=True)
        return done.stdout + done.stderr

    def up(self, *arguments: str) -> dict[str, Any]:
        """Run `pulumi up`; give the stack's outputs: the resources' IDs."""
        self.run("up", "--yes", "--skip-preview", *arguments)
        return self.stack.outputs()

    def fails(self, *arguments: str) -> str:
        """Run a command of Pulumi's that must fail; give all that it printed, in which no stack is."""
        done = self.stack.pulumi(*arguments, quiet=True, expect=None)
        said = done.stdout + done.stderr
        assert done.returncode != 0, said
        assert "Traceback" not in said
        return said

    def unchanged(self) -> None:
        """See that a preview finds nothing to do."""
        self.run("preview", "--expect-no-changes")

    def state(self) -> dict[str, dict[str, Any]]:
        """The image caches that the state has, by their names in the program, secrets as they are stored."""
        caches = [each for each in self.stack.state() if each["type"] == IMAGE_CACHE]
        return {each["urn"].rpartition("::")[2]: each for each in caches}

    def behind_our_back(self, action: str, id: str, parameters: Mapping[str, str]) -> None:
        """Do to a cache what a colleague does, past Pulumi."""
        cache = {"ResourceType": "ImageCache", "ResourceId.1": id}
        self._call(action, ECI, {"RegionId": self.cloud.region, **cache, **parameters})

    def call(self, action: str, product: str, **parameters: str) -> dict[str, Any]:
        """Call the cloud as its console does; two underscores stand for a dot."""
        named = {name.replace("__", "."): value for name, value in parameters.items()}
        products = {each.name: each for each in (ECI, *OTHERS)}
        return self._call(action, products[product], {"RegionId": self.cloud.region, **named})

    def _call(self, action: str, product: Product, parameters: Mapping[str, str]) -> dict[str, Any]:
        credentials = {"accessKey": self.cloud.access_key_id, "secretKey": self.cloud.access_key_secret}
        account = Account(endpoint=self.cloud.endpoint, protocol="HTTP", credentials=credentials)
        client = OpenApiClient(account, SystemClock(), random.Random())  # noqa: S311 - for retries
        return asyncio.run(client.call(action, parameters, product=product))

    def ids(self) -> list[str]:
        """The IDs of the caches in the cloud."""
        return [cache["ImageCacheId"] for cache in self.cloud.caches()]


@pytest.fixture
def plugin(cloud: Simulator, template: Template, tmp_path: Path) -> PluginStack:
    """Return a created stack whose default networks reach the registries."""
    for region in (cloud.region, "cn-beijing", "cn-shanghai"):
        cloud.ask("internet", "POST", {"RegionId": region})
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: plugin-test\nruntime: yaml\n")
    stack = template.stack(project, tmp_path / "pulumi", cloud)
    return PluginStack(stack)
