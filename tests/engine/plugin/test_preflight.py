"""Preflight on a real engine: what previews say of planted mistakes, and of caches that could be better."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from imagecache_provider.clock import moment

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
PLUGIN = Any
"""conftest.PluginStack; pytest's importlib mode has no import between test files."""
Call = Callable[..., dict[str, Any]]
MISTAKES = {
    "no-such-vswitch": "vswitchIds",
    "no-such-group": "securityGroupId",
    "group-of-another-vpc": "securityGroupId",
    "two-vpcs": "vswitchIds",
    "another-zone": "zoneId",
    "no-address-left": "vswitchIds",
    "no-such-eip": "eipInstanceId",
    "eip-in-use": "eipInstanceId",
    "no-way-out": "eipInstanceId",
    "no-network-at-all": "eipInstanceId",
    "no-stock": "vswitchIds",
    "no-such-resource-group": "resourceGroupId",
    "name-is-taken": "imageCacheName",
    "fifth-with-one-eip": "eipInstanceId",
    "one-too-many": "regionId",
}
"""What is planted in the program `fifteen_mistakes`, and the property that each is found at."""
ADVICE = {"name-is-taken", "fifth-with-one-eip"}
"""Those that no cloud refuses."""
IN_HANGZHOU = 19
"""So many of its caches are in cn-hangzhou before the one that is too many."""


def previewed(plugin: PLUGIN, *arguments: str, expect: int | None = 0) -> list[tuple[str, str, str]]:
    """Preview; give severity, resource and text of all that is said."""
    done = plugin.stack.pulumi("preview", "--json", *arguments, quiet=True, expect=None)
    assert done.returncode == expect, done.stdout[-3000:] + done.stderr
    return [
        (
            each["severity"],
            each.get("urn", "").rpartition("::")[2],
            each["message"].strip().removeprefix("warning: "),
        )
        for each in json.loads(done.stdout).get("diagnostics") or []
    ]


def warnings(said: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Give resource and property of each warning."""
    return [(name, text.split(": ")[1]) for severity, name, text in said if severity == "warning"]


@pytest.fixture
def planted(plugin: PLUGIN) -> dict[str, str]:
    """Return what the program names, made in the cloud; what else is wrong there is planted, too."""
    call: Call = plugin.call
    network = call("CreateVpc", "vpc", CidrBlock="10.0.0.0/16")["VpcId"]
    closed = call("CreateVpc", "vpc", CidrBlock="10.0.0.0/16")["VpcId"]

    def vswitch(vpc: str, block: str, zone: str = "cn-hangzhou-h") -> str:
        made = call("CreateVSwitch", "vpc", VpcId=vpc, CidrBlock=block, ZoneId=zone)
        return str(made["VSwitchId"])

    def group(vpc: str) -> str:
        return str(call("CreateSecurityGroup", "ecs", VpcId=vpc)["SecurityGroupId"])

    def eip() -> str:
        return str(call("AllocateEipAddress", "vpc")["AllocationId"])

    out, full = vswitch(network, "10.0.1.0/24"), vswitch(network, "10.0.2.0/29")
    gateway = call("CreateNatGateway", "vpc", VpcId=network, VSwitchId=out, NatType="Enhanced")
    bound = call("AllocateEipAddress", "vpc")
    attached = {"AllocationId": bound["AllocationId"], "InstanceType": "Nat"}
    call("AssociateEipAddress", "vpc", InstanceId=gateway["NatGatewayId"], **attached)
    table = gateway["SnatTableIds"]["SnatTableId"][0]
    call("CreateSnatEntry", "vpc", SnatTableId=table, SourceCIDR="10.0.0.0/16", SnatIp=bound["EipAddress"])
    settings = {
        "vswitch": out,
        "group": group(network),
        "eip": eip(),
        "closed": vswitch(closed, "10.0.1.0/24"),
        "closedGroup": group(closed),
        "full": full,
        "soldOut": vswitch(network, "10.0.3.0/24", "cn-hangzhou-b"),
        "boundEip": str(bound["AllocationId"]),
    }
    for number in range(4):  # of eight addresses VPC keeps four
        named = {"ContainerGroupName": f"busy-{number}", "Container__1__Name": "app"}
        place = {"VSwitchId": full, "SecurityGroupId": settings["group"]}
        call("CreateContainerGroup", "eci", Container__1__Image="busybox:1.36", **named, **place)
    plugin.cloud.ask("stock", "POST", {"ZoneId": "cn-hangzhou-b", "StatusCategory": "WithoutStock"})
    place = {"VSwitchId": out, "SecurityGroupId": settings["group"]}
    call("CreateImageCache", "eci", ImageCacheName="somebody-elses", Image__1="nginx:1.27", **place)
    plugin.cloud.ask("quotas", "POST", {"MaxImageCacheCount": 1 + IN_HANGZHOU})
    shutil.copy(PROGRAMS / "fifteen_mistakes" / "Pulumi.yaml", plugin.stack.project)
    plugin.stack.configure(settings)
    return settings


@pytest.mark.usefixtures("planted")
@pytest.mark.timeout(300)
def test_fifteen_mistakes(plugin: PLUGIN) -> None:
    """A stack with fifteen planted mistakes previews with exactly fifteen findings, each at its resource."""
    said = previewed(plugin)
    assert sorted(warnings(said)) == sorted(MISTAKES.items())
    for severity, name, text in said:
        if severity == "warning":
            assert text.startswith(f"image cache {name}: ")
            assert "\n  what to do: " in text


@pytest.mark.timeout(300)
def test_errors(plugin: PLUGIN, planted: dict[str, str]) -> None:
    """With `preflight: error` what is certain to fail ends the preview, and an `up` without one: unbuilt."""
    plugin.stack.configure({"imagecache:preflight": "error"})
    plugin.cache(vswitchIds=[planted["closed"]], securityGroupId=planted["group"])
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        said = plugin.fails(*command)
        assert "preflight found 2 mistakes; nothing was built" in said
        assert "image cache web: securityGroupId: " in said
        assert "image cache web: eipInstanceId: none is set for nginx:1.27" in said
    assert [cache["ImageCacheName"] for cache in plugin.cloud.caches()] == ["somebody-elses"]


@pytest.mark.timeout(300)
def test_right(plugin: PLUGIN, planted: dict[str, str]) -> None:
    """A correct stack previews without a finding, errors or not, and comes up."""
    plugin.stack.configure({"imagecache:preflight": "error"})
    behind_nat = {"vswitchIds": [planted["vswitch"]], "securityGroupId": planted["group"]}
    own = {"securityGroupId": planted["closedGroup"], "eipInstanceId": planted["eip"]}
    plugin.program(
        nat={"properties": {"images": ["nginx:1.27"], **behind_nat}},
        one={"properties": {"images": ["nginx:1.27"], "vswitchIds": [planted["closed"]], **own}},
        two={"properties": {"images": ["nginx:1.27"], "vswitchIds": [planted["closed"]], **own}},
    )
    assert warnings(previewed(plugin)) == []
    plugin.up()
    calls = len(plugin.cloud.ask("requests"))
    plugin.unchanged()
    assert len(plugin.cloud.ask("requests")) == calls


@pytest.mark.timeout(300)
def test_what_else(plugin: PLUGIN) -> None:
    """A cache that expires soon and groups that pull past one are told of, once each, in an `up`, too."""
    caches = {
        "kept": {"properties": {"images": ["nginx:1.27"]}},
        "short": {"properties": {"images": ["redis:7.4"], "retentionDays": 30}},
    }
    plugin.program(**caches)
    plugin.up()
    container = {"Container__1__Name": "app", "Container__1__ImagePullPolicy": "Always"}
    named = {"ContainerGroupName": "fresh", "Container__1__Image": "nginx:1.27"}
    plugin.call("CreateContainerGroup", "eci", **named, **container)
    age(plugin, "short", 27)
    assert warnings(previewed(plugin)) == [("short", "expireDateTime")]
    new = {"properties": {"images": ["node:22"]}, "options": {"dependsOn": ["${kept}", "${short}"]}}
    plugin.program(**caches, new=new)
    said = previewed(plugin)
    assert sorted(warnings(said)) == [("kept", "images"), ("short", "expireDateTime")]
    assert any("container group fresh" in text for _, _, text in said)
    both = plugin.run("up", "--yes", "--suppress-progress")
    summed_up = re.findall(r"^ +warning: image cache (\w+): (\w+): ", both, re.MULTILINE)
    assert sorted(summed_up) == [("kept", "images"), ("short", "expireDateTime")]


@pytest.mark.timeout(300)
def test_lost_state(plugin: PLUGIN) -> None:
    """A preview without the state tells of the caches that are there; one that replaces them doesn't."""
    plugin.program(**{name: {"properties": {"images": ["nginx:1.27"]}} for name in ("one", "two")})
    plugin.up()
    assert warnings(previewed(plugin, "--target-replace", "**::one", "--target-replace", "**::two")) == []
    plugin.program(
        one={"properties": {"images": ["nginx:1.27"], "osType": "Windows"}},
        two={"properties": {"images": ["nginx:1.27"]}},
    )
    assert warnings(previewed(plugin)) == []
    plugin.run("stack", "rm", "--force", "--yes", "--preserve-config", plugin.stack.name)
    plugin.run("stack", "init", plugin.stack.name)
    assert sorted(warnings(previewed(plugin))) == [("one", "imageCacheId"), ("two", "imageCacheId")]
    plugin.stack.configure({"imagecache:preflight": "off"})
    calls = len(plugin.cloud.ask("requests"))
    assert previewed(plugin) == []
    assert len(plugin.cloud.ask("requests")) == calls


def age(plugin: PLUGIN, name: str, days: int) -> None:
    """Let the state have a cache's dates of so many days ago: the provider goes by the machine's clock."""
    exported = json.loads(plugin.run("stack", "export"))
    for resource in exported["deployment"]["resources"]:
        if resource["urn"].endswith(f"::{name}"):
            for date in ("creationTime", "expireDateTime"):
                then = moment(resource["outputs"][date]) - timedelta(days=days)
                resource["outputs"][date] = then.strftime("%Y-%m-%dT%H:%M:%SZ")
    file = plugin.stack.folder / "aged.json"
    file.write_text(json.dumps(exported))
    plugin.run("stack", "import", "--file", str(file))


@pytest.mark.timeout(300)
def test_without_credentials(plugin: PLUGIN) -> None:
    """Without credentials a preview works, and one line says what it leaves out."""
    for name in ("imagecache:accessKey", "imagecache:secretKey"):
        plugin.run("config", "rm", name)
    plugin.program(**{name: {"properties": {"images": ["nginx:1.27"]}} for name in ("one", "two")})
    said = [text for _, _, text in previewed(plugin)]
    assert len([text for text in said if "there are no usable credentials" in text]) == 1


@pytest.mark.timeout(300)
def test_without_a_network(plugin: PLUGIN) -> None:
    """Without a network a preview works, in seconds, and one line says what it leaves out."""
    plugin.stack.configure({"imagecache:endpoint": "127.0.0.1:9"})
    plugin.program(**{name: {"properties": {"images": ["nginx:1.27"]}} for name in ("one", "two")})
    said = [text for _, _, text in previewed(plugin)]
    assert len([text for text in said if "no answer from http://127.0.0.1:9" in text]) == 1


def taken(plugin: PLUGIN, *names: str) -> None:
    """Write a program of caches that are called as somebody else's, which a preview tells of."""
    plugin.program(
        **{
            name: {"properties": {"images": ["nginx:1.27"], "imageCacheName": "somebody-elses"}}
            for name in names
        }
    )


def told(said: str) -> list[str]:
    """Give the caches of which a command said that their name is taken, in order."""
    return re.findall(r"^ +warning: image cache (\w+): imageCacheName: ", said, re.MULTILINE)


@pytest.mark.timeout(400)
def test_with_and_without_a_preview(plugin: PLUGIN) -> None:
    """A finding is told once by each command that does or previews something, whatever previews it has."""
    plugin.call("CreateImageCache", "eci", ImageCacheName="somebody-elses", Image__1="nginx:1.27")
    up = ("up", "--yes", "--suppress-progress")
    taken(plugin, "first")
    assert told(plugin.run(*up, "--skip-preview")) == ["first"]
    taken(plugin, "first", "second")
    assert told(plugin.run("preview", "--suppress-progress")) == ["second"]
    assert told(plugin.run(*up, "--skip-preview")) == ["second"]
    taken(plugin, "first", "second", "third")
    asked = len(plugin.cloud.calls("ListUsage"))
    assert told(plugin.run(*up)) == ["third"]
    assert len(plugin.cloud.calls("ListUsage")) == asked + 1
    plugin.stack.configure({"imagecache:preflight": "off"})
    taken(plugin, "first", "second", "third", "fourth")
    assert told(plugin.run(*up, "--skip-preview")) == []


@pytest.mark.timeout(300)
def test_automation_api(plugin: PLUGIN, planted: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The Automation API's `up` previews nothing: what it finds is told, and with `error` ended."""
    monkeypatch.setenv("PATH", plugin.stack.variables["PATH"])
    options = automation.LocalWorkspaceOptions(env_vars=plugin.stack.variables)
    stack = automation.select_stack(plugin.stack.name, work_dir=str(plugin.stack.project), opts=options)
    way_out = {"vswitchIds": [planted["closed"]], "securityGroupId": planted["closedGroup"]}
    plugin.cache(**way_out)
    for mode, caches in (("error", ["somebody-elses"]), ("warn", ["somebody-elses", "web"])):
        plugin.stack.configure({"imagecache:preflight": mode})
        plugin.cache(**way_out, imageCacheName="web")
        lines: list[str] = []
        with pytest.raises(automation.CommandError):
            stack.up(on_output=lines.append, color="never")
        said = [line for line in lines if "eipInstanceId: none is set for nginx:1.27" in line]
        assert said
        assert any(line.strip().startswith("warning: ") for line in said) is (mode == "warn")
        assert sorted(cache["ImageCacheName"] for cache in plugin.cloud.caches()) == caches


@pytest.mark.timeout(400)
def test_wrong_settings(plugin: PLUGIN) -> None:
    """A region that doesn't exist and a protocol that isn't spoken are a line each; `error` ends both."""
    plugin.program(**{name: {"properties": {"images": ["nginx:1.27"]}} for name in ("one", "two")})
    right = plugin.stack.settings()
    for settings, line in (
        (
            {"imagecache:region": "cn-hangzou"},
            "cn-hangzou is no region that has ECI; did you mean cn-hangzhou?",
        ),
        (
            {"imagecache:protocol": "HTTPS"},
            f"no answer from https://{plugin.cloud.endpoint}: [SSL: WRONG_VERSION",
        ),
    ):
        plugin.stack.write({**right, **settings})
        ((severity, _, text),) = previewed(plugin)
        assert (severity, line in text) == ("warning", True)
        plugin.stack.write({**right, **settings, "imagecache:preflight": "error"})
        assert "preflight found 1 mistake; nothing was built\n" in (said := plugin.fails("preview"))
        assert line in said
