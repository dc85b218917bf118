"""The pack as the engine runs it: a process that answers over gRPC.

`pulumi.policy` is what Pulumi's Python host starts for a folder, and the file `analyzer` what the engine
starts itself. tests/engine/test_policy_pack.py in the project runs the second with the engine.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from imagecache_policies import POLICIES
from imagecache_policies.resource_types import PLUGIN
from judging import UNKNOWN, urn

PACK = Path(__file__).resolve().parents[1]
STARTS = {
    "folder": [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)],
    "executable": [str(PACK / "analyzer"), "127.0.0.1:1"],
}
DIRECT = (("grpc.enable_http_proxy", 0),)
"""The pack is on this machine, whatever proxy leads out of it."""
_ENDS = 10
"""Seconds that the pack has to end after it was asked to."""


@pytest.fixture(scope="module", params=STARTS)
def pack(request: pytest.FixtureRequest) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack as a running process, started in both ways."""
    with subprocess.Popen(STARTS[request.param], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=DIRECT) as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.terminate()
            process.wait(_ENDS)


def properties(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Give properties the form in which they are sent."""
    sent = struct_pb2.Struct()
    sent.update(values)
    return sent


def analyzed(pack: analyzer_pb2_grpc.AnalyzerStub, values: Mapping[str, Any]) -> dict[str, str]:
    """Let the pack analyze an image cache; give its messages' last lines by policy."""
    request = analyzer_pb2.AnalyzeRequest(
        type=PLUGIN, urn=urn("web"), name="web", properties=properties(values)
    )
    return {each.policyName: each.message.splitlines()[-1] for each in pack.Analyze(request).diagnostics}


def configure(pack: analyzer_pb2_grpc.AnalyzerStub, **settings: Mapping[str, Any]) -> None:
    """Configure policies by name, `_` for `-`, all of them mandatory."""
    config = {
        name.replace("_", "-"): analyzer_pb2.PolicyConfig(
            enforcementLevel=analyzer_pb2.MANDATORY, properties=properties(values)
        )
        for name, values in settings.items()
    }
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config))


def test_info(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    """The engine is told each policy with its level and the schema of its configuration."""
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == "imagecache"
    assert [policy.name for policy in info.policies] == [policy.name for policy in POLICIES]
    levels = {policy.name: policy.enforcementLevel for policy in info.policies}
    assert {name for name, level in levels.items() if level != analyzer_pb2.MANDATORY} == {
        "image-pull-policy"
    }
    schemas = {policy.name: policy.configSchema.properties for policy in info.policies}
    assert schemas["image-cache-size"]["maxGiB"]["default"] == 100


def test_analyze(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    """A cache's faults are found over the wire, where numbers are floats and secrets are wrapped."""
    configure(pack, image_cache_size={"maxGiB": 40}, image_cache_required_tags={"requiredTags": ["team"]})
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    found = analyzed(
        pack,
        {
            "images": ["nginx", UNKNOWN],
            "imageCacheSize": 41,
            "plainHttpRegistries": ["registry.example.com"],
            "imageRegistryCredentials": {**secret, "value": [{"server": "s", "password": "hidden-password"}]},
        },
    )
    assert found.keys() == {policy.name for policy in POLICIES[:6]}
    assert found["image-cache-size"].startswith("imageCacheSize is 41 GiB, more than 40")
    assert found["image-cache-immutable-images"].endswith(
        "string value at .images.1 can't be known during preview"
    )
    assert "hidden" not in "".join(found.values())


def test_analyze_stack(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    """A stack's caches are counted over the wire."""
    configure(pack, image_caches_per_stack={"maxCaches": 1})
    resources = [analyzer_pb2.AnalyzerResource(type=PLUGIN, urn=urn(name), name=name) for name in ("a", "b")]
    (fault,) = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources)).diagnostics
    assert (fault.policyName, fault.urn) == ("image-caches-per-stack", "")
    assert "the stack has 2 image caches, more than 1" in fault.message


def test_no_environment(tmp_path: Path) -> None:
    """A pack whose environment wasn't made says what to run."""
    copy = tmp_path / "analyzer"
    copy.write_bytes((PACK / "analyzer").read_bytes())
    copy.chmod(0o755)
    done = subprocess.run([copy, "127.0.0.1:1"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "has no environment yet. In that folder: python3 -m venv .venv" in done.stderr
