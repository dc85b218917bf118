"""Stacks that are prepared for tests are what Pulumi makes, and Pulumi says of them what the tests read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.prepared import Template, account, checkpoint

from local_stack import LocalStack, Simulator

PROGRAM = """
name: compared
runtime: yaml
config:
  hidden: {type: string, secret: true}
  shown: {type: string}
resources:
  web:
    type: imagecache:eci:ImageCache
    properties:
      images: ["nginx:1.27"]
      imageRegistryCredentials:
        - {server: private.example.com, userName: simulator, password: "${hidden}"}
outputs:
  id: ${web.id}
  shown: ${shown}
  hidden: ${hidden}
  nested: {inside: ["${hidden}"]}
"""


def project_in(folder: Path) -> Path:
    """Return a folder with the program."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(PROGRAM)
    return folder


def test_is_what_pulumi_makes(cloud: Simulator, template: Template, tmp_path: Path) -> None:
    """A prepared stack has the settings, the state and the plugin of one that is created by commands."""
    made = LocalStack(project_in(tmp_path / "made"), tmp_path / "made-pulumi", cloud)
    made.create()
    prepared = template.stack(project_in(tmp_path / "prepared"), tmp_path / "prepared-pulumi", cloud)
    settings = ("config", "--json", "--show-secrets")
    assert json.loads(prepared.pulumi(*settings, quiet=True).stdout) == json.loads(
        made.pulumi(*settings, quiet=True).stdout
    )
    states = [
        json.loads(checkpoint(stack.folder, "compared", stack.name).read_text()) for stack in (made, prepared)
    ]
    for state in states:
        for of_its_own in ("manifest", "secrets_providers"):
            assert state["checkpoint"]["latest"].pop(of_its_own)
    assert states[0] == states[1]
    plugins = [
        {path.name for path in (stack.folder / "home" / "plugins").rglob("*")} for stack in (made, prepared)
    ]
    assert plugins[0] == plugins[1] - {"resource-imagecache-v0.1.0.lastused"}


def test_is_read_as_pulumi_reads_it(cloud: Simulator, template: Template, tmp_path: Path) -> None:
    """State, outputs and settings that are read from files are what `pulumi` prints of them."""
    cloud.ask("internet", "POST", {"RegionId": cloud.region})
    stack = template.stack(project_in(tmp_path / "project"), tmp_path / "pulumi", cloud)
    assert stack.state() == LocalStack.state(stack) == []
    assert stack.outputs() == LocalStack.outputs(stack) == {}
    stack.configure({"shown": "7", "imagecache:preflight": "warn"})
    stack.configure({"hidden": "simulator"}, secret=True)
    stack.rename("imagecache:secretKey", "compared:renamed")
    stack.rename("compared:renamed", "imagecache:secretKey")
    stack.unset("alicloud:protocol")
    told = json.loads(stack.pulumi("config", "--json", "--show-secrets", quiet=True).stdout)
    assert told.keys() == stack.settings().keys()
    assert told["compared:shown"] == {"value": "7", "secret": False}
    assert told["compared:hidden"] == {"value": "simulator", "secret": True}
    assert told["imagecache:secretKey"] == {"value": cloud.provider_key()[1], "secret": True}
    stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    assert len(stack.state()) == 3
    assert stack.state() == LocalStack.state(stack)
    assert stack.outputs() == LocalStack.outputs(stack)
    assert (stack.outputs()["shown"], stack.outputs()["hidden"]) == (7, "[secret]")


def test_accounts_share_nothing() -> None:
    """Two accounts of one process have nothing of each other's, and begin alike."""
    with account() as one, account() as other:
        begun: list[dict[str, Any]] = [each.resources() for each in (one, other)]
        assert begun[0] == begun[1]
        one.ask("internet", "POST", {"RegionId": one.region})
        one.ask("clock", "POST", {"advance": 3600})
        one.provider_key()
        assert other.resources() == begun[1] != one.resources()
        assert other.ask("users") == []
        assert other.ask("clock")["now"] < one.ask("clock")["now"]
