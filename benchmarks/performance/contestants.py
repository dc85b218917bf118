"""Who is measured: a program and a stack each, on one account."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from imagecache_provider.install import PROGRAM, File, Place, launcher
from local_stack import LocalStack
from performance.cloud import Account, Network
from performance.process import Run, run

IMAGES = ["nginx:1.27"]
OURS, GATED, NOTHING, NOTHING_GATED = "plugin", "plugin, gate", "nothing", "nothing, gate"
PEER, DYNAMIC = "alicloud", "dynamic host"
_KIND = "imagecache:eci:ImageCache"
_PEER_PROGRAM = """import json
import pulumi_alicloud as alicloud
program = json.load(open("program.json"))
for number in range(program["count"]):
    alicloud.eci.ImageCache(
        f"cache-{number}",
        image_cache_name=f"cache-{number}",
        images=program["images"],
        vswitch_id=program["vswitch"],
        security_group_id=program["security_group"],
    )
"""
_DYNAMIC_PROGRAM = """import json
from imagecache_provider.dynamic import eci
program = json.load(open("program.json"))
for number in range(program["count"]):
    eci.ImageCache(
        f"cache-{number}",
        images=program["images"],
        vswitch_ids=[program["vswitch"]],
        security_group_id=program["security_group"],
    )
"""
_PYTHON = {PEER: _PEER_PROGRAM, DYNAMIC: _DYNAMIC_PROGRAM}
_PROCESS = {
    PEER: "pulumi-resource-alicloud",
    DYNAMIC: "pulumi-resource-pulumi-python|dynamic.provider|pulumi.dynamic",
    NOTHING: "performance.nothing",
    NOTHING_GATED: "performance.nothing",
}
_OUR_PROCESS = "imagecache_provider.plugin"
_NOTHING = """\
#!/bin/sh
exec {python} -E -c 'import sys
sys.path[0] = {folder}
from performance.nothing import main
sys.exit(main())' "$@"
"""


def yaml_program(count: int, network: Network, *, gated: bool) -> dict[str, Any]:
    """Give a program of so many caches, and a gate that waits for all of them, if it's wanted."""
    properties: dict[str, Any] = {
        "images": IMAGES,
        "vswitchIds": [network.vswitch],
        "securityGroupId": network.security_group,
    }
    if gated:
        properties["awaitReady"] = False
    resources: dict[str, Any] = {
        f"cache-{number}": {"type": _KIND, "properties": properties} for number in range(count)
    }
    if gated:
        awaited = [
            {"imageCacheId": f"${{{name}.imageCacheId}}", "buildId": f"${{{name}.buildId}}"}
            for name in resources
        ]
        resources["gate"] = {"type": "imagecache:eci:ReadinessGate", "properties": {"caches": awaited}}
    return {"name": "bench", "runtime": "yaml", "resources": resources}


@dataclass
class Contestant:
    """A provider with its stack.

    Attributes:
        name: who it is.
        stack: its stack, created.
        account: its cloud.
    """

    name: str
    stack: LocalStack
    account: Account

    def begin(self, count: int) -> None:
        """Have an empty stack again, and a program of so many caches."""
        backend = self.stack.folder / "backend"
        fresh = self.stack.folder / "fresh"
        if not fresh.exists():
            shutil.copytree(backend, fresh)
        shutil.rmtree(backend)
        shutil.copytree(fresh, backend)
        network = self.account.network
        if self.name in _PYTHON:
            about: dict[str, Any] = {"name": "bench", "runtime": "python"}
            program = {
                "count": count,
                "images": IMAGES,
                "vswitch": network.vswitch,
                "security_group": network.security_group,
            }
            self._write("__main__.py", _PYTHON[self.name])
            self._write("program.json", json.dumps(program))
        else:
            about = yaml_program(count, network, gated=self.name in {GATED, NOTHING_GATED})
        self._write("Pulumi.yaml", json.dumps(about))  # JSON is YAML, too

    def run(self, *arguments: str) -> Run:
        """Run a command of Pulumi's, measured; calls are counted from its start on."""
        self.account.mark()
        return run(self.stack, _PROCESS.get(self.name, _OUR_PROCESS), *arguments)

    def _write(self, name: str, content: str) -> None:
        (self.stack.project / name).write_text(content, encoding="utf-8")


@contextmanager
def contestant(name: str, account: Account, settings: Mapping[str, str]) -> Iterator[Contestant]:
    """Make a contestant with a stack of its own, until the block ends.

    Args:
        name: one of those above.
        account: its cloud.
        settings: of its stack, beside those that lead to the account.
    """
    with TemporaryDirectory(prefix="bench-") as folder:
        project = Path(folder, "project")
        project.mkdir()
        runtime = "python" if name in _PYTHON else "yaml"
        (project / "Pulumi.yaml").write_text(f"name: bench\nruntime: {runtime}\n")
        stack = LocalStack(project, Path(folder, "pulumi"), account.simulator)
        stack.create()
        Place.of(stack.variables).put(plugin(name), "")
        if settings:
            stack.configure(settings)
        yield Contestant(name, stack, account)


def plugin(name: str) -> Mapping[str, File]:
    """Give what stands where the engine looks for this package's plugin: a launcher, either way."""
    if name not in {NOTHING, NOTHING_GATED}:
        return launcher(sys.executable)
    folder = str(Path(__file__).resolve().parents[1])
    text = _NOTHING.format(python=shlex.quote(sys.executable), folder=json.dumps(folder))
    return {PROGRAM: File(text.encode(), executable=True)}
