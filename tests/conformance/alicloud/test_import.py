"""The real alicloud plugin takes over what somebody else made, and sees no reason to change it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_credentials.client import Client as CredentialClient
from alibabacloud_credentials.models import Config as CredentialConfig

from conformance_account import RUN_TAG, Access, Account, Cap
from local_stack import LocalStack, Simulator

NOT_READ = {
    "securityGroupId": "the plugin's Read sets name, images, status and containerGroupId alone",
    "vswitchId": "the same",
}
"""What the plugin can't read back of an image cache, and a change of which replaces it.

Source: spec/eci-image-cache.md section 7.
"""
RUN = "made elsewhere"


def account_of(simulator: Simulator) -> Account:
    """Return the account as the official clients see it."""
    key = CredentialConfig(
        type="access_key",
        access_key_id=simulator.access_key_id,
        access_key_secret=simulator.access_key_secret,
    )
    return Account(Access(simulator.region, CredentialClient(key), simulator.endpoint), RUN, Cap())


def make_network(call: Callable[..., dict[str, Any]]) -> dict[str, str]:
    """Make by calls what the program describes, apart from the cache; return the IDs for its `imports`."""
    told = {"Description": "first"}
    vpc_id = call("Vpc", "CreateVpc", {"VpcName": "conformance", "CidrBlock": "10.0.0.0/16", **told})["VpcId"]
    zone_id = call("Vpc", "DescribeZones", {})["Zones"]["Zone"][0]["ZoneId"]
    vswitch = {"VSwitchName": "conformance", "CidrBlock": "10.0.1.0/24", "ZoneId": zone_id, **told}
    vswitch_id = call("Vpc", "CreateVSwitch", {"VpcId": vpc_id, **vswitch})["VSwitchId"]
    group = {"SecurityGroupName": "conformance", "VpcId": vpc_id, **told}
    group_id = call("Ecs", "CreateSecurityGroup", group)["SecurityGroupId"]
    rule = {"IpProtocol": "tcp", "PortRange": "443/443", "SourceCidrIp": "10.0.0.0/16", **told}
    call("Ecs", "AuthorizeSecurityGroup", {"SecurityGroupId": group_id, "Permissions": [rule]})
    eip = call("Vpc", "AllocateEipAddress", {"Name": "conformance", "Bandwidth": "10", **told})
    gateway = {"Name": "conformance", "NatType": "Enhanced", **told}
    made = call("Vpc", "CreateNatGateway", {"VpcId": vpc_id, "VSwitchId": vswitch_id, **gateway})
    bound = {"AllocationId": eip["AllocationId"], "InstanceId": made["NatGatewayId"]}
    call("Vpc", "AssociateEipAddress", {"InstanceType": "Nat", **bound})
    (table_id,) = made["SnatTableIds"]["SnatTableId"]
    out = {"SourceVSwitchId": vswitch_id, "SnatIp": eip["EipAddress"], "SnatEntryName": "first"}
    entry_id = call("Vpc", "CreateSnatEntry", {"SnatTableId": table_id, **out})["SnatEntryId"]
    return {
        "vpc": vpc_id,
        "vswitch": vswitch_id,
        "group": group_id,
        "rule": f"{group_id}:ingress:tcp:443/443:intranet:10.0.0.0/16:accept:1",
        "eip": eip["AllocationId"],
        "gateway": made["NatGatewayId"],
        "association": f"{eip['AllocationId']}:{made['NatGatewayId']}",
        "entry": f"{table_id}:{entry_id}",
    }


@pytest.fixture
def ids(stack: LocalStack) -> dict[str, str]:
    """Return the IDs of all that the program describes, made with the official clients, the cache Ready."""
    call = account_of(stack.simulator).call
    network = make_network(call)
    placed = {"VSwitchId": network["vswitch"], "SecurityGroupId": network["group"]}
    cache = {"ImageCacheName": "conformance", "Image": ["nginx:1.27"], **placed}
    image_cache_id = call("Eci", "CreateImageCache", cache)["ImageCacheId"]
    stack.simulator.ask("clock", "POST", {"advance": 600})
    return {**network, "cache": image_cache_id}


def changes(stack: LocalStack) -> dict[str, tuple[str, list[str]]]:
    """Return what a preview would change: resource name to what is done, and the fields that replace it."""
    shown = json.loads(stack.pulumi("preview", "--json", quiet=True).stdout)
    return {
        step["urn"].rpartition("::")[2]: (step["op"], sorted(step.get("replaceReasons") or []))
        for step in shown["steps"]
        if step["op"] != "same"
    }


@pytest.mark.timeout(240)
def test_import(stack: LocalStack, ids: dict[str, str]) -> None:
    """All nine kinds are imported, and only what the plugin can't read of an image cache would change."""
    stack.configure({"imports": json.dumps(ids), "tags": json.dumps({RUN_TAG: RUN})})
    before = stack.simulator.resources()
    done = stack.pulumi("up", "--yes", "--skip-preview", quiet=True, expect=None)
    # The engine imports the cache, too, and then ends: it replaces nothing that is being imported.
    assert "previously-imported resources that still specify an ID may not be replaced" in done.stdout
    imported = [each for each in stack.state() if each["type"].startswith("alicloud:")]
    assert {each["urn"].rpartition("::")[2]: each["id"] for each in imported} == ids
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", quiet=True)
    assert changes(stack) == {"cache": ("replace", sorted(NOT_READ))}
    assert stack.simulator.resources() == before

    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert not any(stack.simulator.resources().values())
