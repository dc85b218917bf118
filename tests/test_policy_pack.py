"""The policy pack: its own tests, in its own environment, the tables of docs/policy-pack.md, what is judged.

pulumi-policy doesn't go with this environment's protobuf, so that nothing here imports it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from imagecache_provider.channel import OPTIONS

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "policy-pack"
PYTHON = PACK / ".venv" / "bin" / "python"
LEVELS = {"ADVISORY": "advisory", "MANDATORY": "mandatory"}
OURS = "imagecache:eci:ImageCache"
WRONG: dict[str, tuple[Any, str]] = {
    "images": (["nginx"], "image-cache-immutable-images"),
    "retentionDays": (366, "image-cache-retention"),
    "imageCacheSize": (101, "image-cache-size"),
    "tags": ({}, "image-cache-required-tags"),
    "plainHttpRegistries": (["r.example.com"], "image-cache-no-plain-http-registry"),
    "insecureRegistries": (["r.example.com"], "image-cache-no-plain-http-registry"),
    "imageRegistryCredentials": (
        [{"server": "r.example.com", "userName": "u", "password": "p"}],
        "image-cache-no-inline-passwords",
    ),
}
"""For each property that can break a policy: a value that does, and the policy."""
HARMLESS = {"imageCacheName", "securityGroupId", "vswitchId", "eipInstanceId", "resourceGroupId", "zoneId"}
"""The other properties of pulumi-alicloud's image caches."""


def alicloud(part: str) -> dict[str, str]:
    """Give pulumi-alicloud's resource types whose class's name has a part, with that class's place."""
    found = importlib.util.find_spec("pulumi_alicloud")
    assert found is not None
    assert found.origin is not None
    text = Path(found.origin).read_text(encoding="utf-8")
    (listed,) = re.findall(r'resource_modules="""\n(.*?)"""', text, re.DOTALL)
    return {
        kind: f"{module['fqn']}.{name}"
        for module in json.loads(listed)
        for kind, name in module["classes"].items()
        if part in name.lower()
    }


def properties(place: str) -> set[str]:
    """Give the names of the properties of a class of inputs, as policies are handed them."""
    module, _, name = place.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns of its own old names as it's imported
        arguments = getattr(importlib.import_module(module), f"{name}Args")
    members = (member.fget for member in vars(arguments).values() if isinstance(member, property))
    return {vars(getter)["_pulumi_name"] for getter in members if getter is not None}


CACHES = alicloud("imagecache")
SCHEMA = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))["resources"][OURS]


@pytest.fixture(autouse=True)
def _environment() -> None:
    assert PYTHON.exists(), "the policy pack has no environment: run make policy-pack"


@pytest.fixture
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The running pack."""
    with subprocess.Popen([PACK / "analyzer", "127.0.0.1:1"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.terminate()


@pytest.fixture
def policies(pack: analyzer_pb2_grpc.AnalyzerStub) -> list[dict[str, Any]]:
    """What the running pack tells the engine of its policies."""
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())
    told = json_format.MessageToDict(info, always_print_fields_with_no_presence=True)["policies"]
    assert isinstance(told, list)
    return told


@pytest.mark.timeout(600)
def test_policy_pack() -> None:
    """All tests in policy-pack/tests pass, and there are some."""
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "--quiet"], cwd=PACK, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_tables(policies: list[dict[str, Any]]) -> None:
    """The page has each policy with its level, and each setting with its default, as the pack tells them."""
    page = (ROOT / "docs" / "policy-pack.md").read_text(encoding="utf-8")
    levels = [
        f"| `{policy['name']}` | {LEVELS[policy['enforcementLevel']]} | {policy['description']} |"
        for policy in policies
    ]
    settings = [
        f"| `{policy['name']}` | `{name}` | {_default(form['default'])} | {form['description']} |"
        for policy in policies
        for name, form in policy.get("configSchema", {}).get("properties", {}).items()
    ]
    for header, rows in (("| policy | level | what it says |", levels), ("| policy | setting |", settings)):
        _, _, table = page.partition(header)
        shown = [line for line in table.partition("\n\n")[0].splitlines()[2:] if line]
        assert sorted(shown) == sorted(rows), "\n".join(rows)


def test_tags_that_the_page_names(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    """Each tag in the page's table stays or moves by default as it says there."""
    page = (ROOT / "docs" / "policy-pack.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| (stays|moves) \|$", page, re.MULTILINE)
    tags = {tag: word for named, word in rows for tag in re.findall(r"`([^`]+)`", named)}
    assert len(tags) > 15
    for tag, word in tags.items():
        found = _analyzed(pack, OURS, {"images": [f"nginx:{tag}"], "retentionDays": 30})
        assert found == ({"image-cache-immutable-images"} if word == "moves" else set()), tag


def test_alicloud_has_image_caches() -> None:
    """pulumi-alicloud has image caches, and of each property it's known whether it can break a policy."""
    assert len(CACHES) >= 2
    for place in CACHES.values():
        assert properties(place) - WRONG.keys() == HARMLESS
        assert properties(f"{place}ImageRegistryCredential") == {"server", "userName", "password"}


@pytest.mark.parametrize("kind", [OURS, *CACHES])
def test_every_image_cache_is_judged(pack: analyzer_pb2_grpc.AnalyzerStub, kind: str) -> None:
    """Each type that makes an image cache is judged by every policy that its properties can break."""
    has = properties(CACHES[kind]) if kind in CACHES else SCHEMA["inputProperties"].keys()
    wrong = {name: value for name, (value, _) in WRONG.items() if name in has}
    assert len(wrong) >= 4
    _configure(pack, {"image-cache-required-tags": {"requiredTags": ["team"]}})
    right = {"images": ["nginx:1.27.3"], "retentionDays": 30, "tags": {"team": "web"}}
    good = {name: value for name, value in right.items() if name in has}
    assert _analyzed(pack, kind, good) == set()
    for name, value in wrong.items():
        found = _analyzed(pack, kind, {**good, name: value})
        assert found == {WRONG[name][1]}, name


@pytest.mark.parametrize("kind", [OURS, *CACHES])
def test_every_image_cache_counts(pack: analyzer_pb2_grpc.AnalyzerStub, kind: str) -> None:
    """Each type that makes an image cache counts among the stack's."""
    _configure(pack, {"image-caches-per-stack": {"maxCaches": 1}})
    resources = [
        analyzer_pb2.AnalyzerResource(type=kind, urn=f"urn:pulumi:s::p::{kind}::{name}") for name in "ab"
    ]
    answer = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    assert [each.policyName for each in answer.diagnostics] == ["image-caches-per-stack"]


def test_every_container_of_alicloud_is_judged(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    """Each of pulumi-alicloud's types of ECI's containers is judged by its pull policy."""
    types = {**alicloud("containergroup"), **alicloud("eciscaling")}
    kinds = [kind for kind, place in types.items() if "containers" in properties(place)]
    assert len(kinds) >= 2
    for kind in kinds:
        found = _analyzed(pack, kind, {"containers": [{"image": "a:1.0.0", "imagePullPolicy": "Always"}]})
        assert found == {"image-pull-policy"}, kind


def _configure(pack: analyzer_pb2_grpc.AnalyzerStub, settings: dict[str, dict[str, Any]]) -> None:
    configured = {
        name: analyzer_pb2.PolicyConfig(
            enforcementLevel=analyzer_pb2.MANDATORY,
            properties=json_format.ParseDict(values, struct_pb2.Struct()),
        )
        for name, values in settings.items()
    }
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=configured))


def _analyzed(pack: analyzer_pb2_grpc.AnalyzerStub, kind: str, inputs: dict[str, Any]) -> set[str]:
    """Let the pack analyze a resource; give the policies that it breaks."""
    request = analyzer_pb2.AnalyzeRequest(
        type=kind,
        urn=f"urn:pulumi:s::p::{kind}::web",
        name="web",
        properties=json_format.ParseDict(inputs, struct_pb2.Struct()),
    )
    return {each.policyName for each in pack.Analyze(request).diagnostics}


def _default(value: Any) -> str:
    """Show a default as the configuration file has it; | would end the table's cell."""
    shown = int(value) if isinstance(value, float) else value
    return f"`{json.dumps(shown)}`".replace("|", r"\|")
