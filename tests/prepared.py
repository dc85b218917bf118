"""Accounts and stacks that cost a test next to nothing: no process is started for either.

The tests on the real engine call it. An account is served by a thread of the test's own process. A stack is a
copy of one that Pulumi itself made, once in each process that runs tests; its settings and its state are read
and written as the files that they are. tests/engine/test_prepared.py holds them to what Pulumi says of them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.rights.walk import NEEDED

from imagecache_simulator import Cloud, ScaledClock, serve
from local_stack import PROVIDER, LocalStack, Simulator

SPEED = 600
"""The cloud's seconds in one of ours: a build takes about half a second."""
PROGRAM = """name: prepared
runtime: yaml
resources:
  web:
    type: imagecache:eci:ImageCache
    properties:
      images: ["nginx:1.27"]
"""
_FEWER_COLLECTIONS = {"GOGC": "400"}
"""Lets `pulumi`, which lives for a second, collect less garbage: a quarter of what it takes to start."""
_SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi tells a secret in a state."""
_TEMPLATE = pytest.StashKey["Template"]()


@contextmanager
def account() -> Iterator[Simulator]:
    """Serve a fresh simulated account until the block ends, and note which rights were needed in it."""
    cloud = Cloud(clock=ScaledClock(SPEED), seed=7)
    with serve(cloud) as server:
        yield Simulator(
            server.endpoint,
            server.tls_endpoint,
            str(server.ca_file),
            cloud.access_key_id,
            cloud.access_key_secret,
            cloud.region,
        )
    for user in cloud.users.listing():
        if user.name == PROVIDER:
            NEEDED.update(user.shown()["needed"])


@dataclass
class PreparedStack(LocalStack):
    """A stack that is there at once, and whose files are read where Pulumi isn't what a test is about."""

    @property
    def _checkpoint(self) -> Path:
        return checkpoint(self.folder, self._project(), self.name)

    def _project(self) -> str:
        return str(yaml.safe_load((self.project / "Pulumi.yaml").read_text())["name"])

    def settings(self) -> dict[str, Any]:
        """The stack's configuration, by full names; secrets as they are stored."""
        found: dict[str, Any] = yaml.safe_load(self.config_file.read_text())["config"]
        return found

    def configure(self, settings: Mapping[str, str], *, secret: bool = False) -> None:
        """Set values of the stack's configuration; what is to be secret goes through Pulumi."""
        if secret:
            super().configure(settings, secret=True)
            return
        project = self._project()
        named = {name if ":" in name else f"{project}:{name}": value for name, value in settings.items()}
        self.write({**self.settings(), **named})

    def unset(self, *names: str) -> None:
        """Take values out of the stack's configuration."""
        settings = self.settings()
        for name in names:
            del settings[name]
        self.write(settings)

    def rename(self, name: str, to: str) -> None:
        """Give a setting another name; a secret stays what it is."""
        settings = self.settings()
        settings[to] = settings.pop(name)
        self.write(settings)

    def write(self, settings: Mapping[str, Any]) -> None:
        """Let the stack's configuration be this, and nothing else."""
        content = yaml.safe_load(self.config_file.read_text())
        self.config_file.write_text(yaml.safe_dump({**content, "config": dict(settings)}))

    def state(self) -> list[dict[str, Any]]:
        """The resources that the engine has recorded, providers and the stack itself included."""
        latest = json.loads(self._checkpoint.read_text())["checkpoint"]["latest"]
        found: list[dict[str, Any]] = latest.get("resources", [])
        return found

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets masked."""
        stacks = [each for each in self.state() if each["type"] == "pulumi:pulumi:Stack"]
        found = stacks[0].get("outputs", {}) if stacks else {}
        return {name: "[secret]" if _is_secret(value) else value for name, value in found.items()}


def checkpoint(folder: Path, project: str, stack: str) -> Path:
    """Where the backend in a folder keeps a stack's state."""
    return folder / "backend" / ".pulumi" / "stacks" / project / f"{stack}.json"


class Template:
    """A stack that Pulumi itself made, to be copied.

    Args:
        folder: where it may write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "pulumi"
        project = folder / "project"
        project.mkdir()
        (project / "Pulumi.yaml").write_text(PROGRAM)
        with account() as cloud:
            stack = LocalStack(project, self._folder, cloud)
            stack.create()
            # The engine then keeps the plugin's schema, and asks for it no more.
            stack.pulumi("preview", quiet=True)
            self._endpoints = (cloud.tls_endpoint, cloud.endpoint)
        self._settings = stack.config_file.read_text()
        self._state = checkpoint(self._folder, "prepared", stack.name).read_text()
        shutil.rmtree(self._folder / "home" / "logs", ignore_errors=True)
        shutil.rmtree(self._folder / "home" / "workspaces", ignore_errors=True)

    def installed(self, folder: Path) -> None:
        """Put the plugin where the engine of a folder's stacks looks for it, if it isn't there yet."""
        if not (folder / "home").exists():
            shutil.copytree(self._folder / "home", folder / "home", symlinks=True)

    def stack(
        self,
        project: Path,
        folder: Path,
        cloud: Simulator,
        *,
        name: str = "simulated",
        variables: Mapping[str, str] | None = None,
    ) -> PreparedStack:
        """Return a stack as LocalStack.create makes it.

        Args:
            project: the folder of its program.
            folder: where state and plugins are kept.
            cloud: its cloud.
            name: the stack's name.
            variables: what its `pulumi` processes see, too.
        """
        self.installed(folder)
        stack = PreparedStack(
            project, folder, cloud, name=name, variables={**_FEWER_COLLECTIONS, **(variables or {})}
        )
        cloud.provider_key()
        settings = self._settings
        for prepared, own in zip(self._endpoints, (cloud.tls_endpoint, cloud.endpoint), strict=True):
            settings = settings.replace(prepared, own)
        stack.config_file.write_text(settings)
        program = yaml.safe_load((project / "Pulumi.yaml").read_text())["name"]
        state = checkpoint(folder, program, name)
        state.parent.mkdir(parents=True, exist_ok=True)
        whole = f"organization/{program}/{name}"
        state.write_text(self._state.replace("organization/prepared/simulated", whole))
        shutil.copy(self._folder / "backend" / ".pulumi" / "meta.yaml", folder / "backend" / ".pulumi")
        selected = {"stacks": {stack.variables["PULUMI_BACKEND_URL"].rstrip("/"): whole}}
        place = hashlib.sha1(
            str((project / "Pulumi.yaml").resolve()).encode(), usedforsecurity=False
        ).hexdigest()
        workspace = folder / "home" / "workspaces" / f"{program}-{place}-workspace.json"
        workspace.parent.mkdir(exist_ok=True)
        workspace.write_text(json.dumps(selected))
        return stack


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and _SECRET in value


@pytest.fixture(scope="session")
def template(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return the stack that others are copies of, made once however many conftest.py have this fixture."""
    made = pytestconfig.stash.get(_TEMPLATE, None)
    if made is None:
        made = pytestconfig.stash[_TEMPLATE] = Template(tmp_path_factory.mktemp("template"))
    return made
