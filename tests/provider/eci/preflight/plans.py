"""Plans and facts for the tests of the rules: what a run is about to do in a region that is all right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from imagecache_provider.eci.preflight.facts import (
    Eip,
    Facts,
    ImageCache,
    Nat,
    SecurityGroup,
    Usage,
    VSwitch,
    WayOut,
)
from imagecache_provider.preflight import Plan

REGION = "cn-hangzhou"
VSWITCH = VSwitch("vsw-1", "vpc-1", "cn-hangzhou-h", 200, "10.0.1.0/24")
SECOND = VSwitch("vsw-2", "vpc-1", "cn-hangzhou-i", 200, "10.0.2.0/24")
RIGHT = Facts(
    vswitches={"vsw-1": VSWITCH, "vsw-2": SECOND},
    groups={"sg-1": SecurityGroup("sg-1", "vpc-1")},
    eips={"eip-1": Eip("eip-1", "Available")},
    defaults=[],
    nat={"vpc-1": Nat(("ngw-1",), (WayOut("ngw-1", block="10.0.0.0/8"),))},
    usage=Usage(most=500, used=10),
    stock={"cn-hangzhou-h": "WithStock", "cn-hangzhou-i": "WithStock"},
    resource_groups=frozenset({"rg-1"}),
    caches=[ImageCache("imc-1", "old", "Ready", stack="ours")],
    pulls=[],
)
"""A region in which nothing is wrong with `creating()`."""
INPUTS = {
    "images": ["nginx:1.27"],
    "regionId": REGION,
    "imageCacheName": "web",
    "vswitchIds": ["vsw-1"],
    "securityGroupId": "sg-1",
    "eipInstanceId": "eip-1",
    "resourceGroupId": "rg-1",
}


def creating(key: str = "web", **inputs: Any) -> Plan:
    """Give the plan of a create; an input of None is left out."""
    given = {name: value for name, value in {**INPUTS, **inputs}.items() if value is not None}
    return Plan(key, "ours", given, frozenset(given), adds=True, builds=True)


def updating(*judged: str, builds: bool = False, **inputs: Any) -> Plan:
    """Give the plan of an update of a cache, `imc-1`, that changes these properties."""
    plan = creating(**inputs)
    changed = plan.judged if builds else frozenset(judged)
    return replace(plan, judged=changed, adds=False, builds=builds, id="imc-1")


def among(facts: Facts, *plans: Plan) -> Facts:
    """Give facts in which all of this is planned."""
    return replace(facts, plans=plans)
