"""Rule: what builds from public registries has a way to the internet, an EIP or a NAT gateway. Pure.

Only registries count that are known to be public: one with another name may well be in the VPC.
Source: spec/eci-image-cache.md, section 1, EipInstanceId; whom a gateway lets out say its SNAT entries.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from imagecache_provider.eci import image_reference
from imagecache_provider.eci.preflight.facts import Facts, Nat, VSwitch, region_of
from imagecache_provider.eci.preflight.network import listed
from imagecache_provider.fields import has_unknown
from imagecache_provider.preflight import Finding, Plan

_PUBLIC = frozenset(
    {
        "docker.io",
        "gcr.io",
        "ghcr.io",
        "k8s.gcr.io",
        "mcr.microsoft.com",
        "nvcr.io",
        "public.ecr.aws",
        "quay.io",
        "registry.gitlab.com",
        "registry.k8s.io",
    }
)
_ACR = ".aliyuncs.com"
_INNER = ("-vpc", "-internal")
"""How ACR's names of a region's own network end, in their first part: registry-vpc.cn-hangzhou.…"""
_REMEDY = (
    "set eipInstanceId, put a NAT gateway with an SNAT entry for the vSwitch into the VPC, or name the image"
    " by ACR's address in the VPC"
)


def needs_internet(plan: Plan) -> str:
    """Give an image that can be pulled over the internet only; empty if none is known to be."""
    images = plan.inputs.get("images")
    for image in images if isinstance(images, list) else []:
        if isinstance(image, str) and is_public(image_reference.registry(image_reference.canonical(image))):
            return image
    return ""


def is_public(registry: str) -> bool:
    """Say whether a registry is known to be on the internet."""
    if registry in _PUBLIC:
        return True
    first, _, _ = registry.partition(".")
    return registry.endswith(_ACR) and not first.endswith(_INNER)


def looks_for_a_way_out(plan: Plan) -> bool:
    """Say whether a plan depends on a NAT gateway."""
    return plan.builds and not plan.inputs.get("eipInstanceId") and bool(needs_internet(plan))


def reaches_internet(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Public images are pulled through an EIP, or through the NAT gateway of the vSwitch's VPC."""
    if not looks_for_a_way_out(plan):
        return
    named = plan.inputs.get("vswitchIds")
    if not named:
        yield from _by_default(plan, facts)
        return
    vswitches = facts.named(plan)
    if has_unknown(named) or len(vswitches) != len(named):
        return
    if any(vswitch.vpc not in facts.nat for vswitch in vswitches):
        return
    closed = [vswitch for vswitch in vswitches if not lets_out(facts.nat[vswitch.vpc], vswitch)]
    if not closed:
        return
    yield Finding(
        "eipInstanceId",
        f"none is set for {needs_internet(plan)}, which is pulled over the internet, and"
        f" {_why(closed, facts)}",
        _REMEDY,
        certain=len(closed) == len(vswitches),
    )


def _by_default(plan: Plan, facts: Facts) -> Iterator[Finding]:
    if facts.defaults is None or any(vswitch.vpc not in facts.nat for vswitch in facts.defaults):
        return
    if any(lets_out(facts.nat[vswitch.vpc], vswitch) for vswitch in facts.defaults):
        return
    vpcs = list(dict.fromkeys(vswitch.vpc for vswitch in facts.defaults))
    default = f"{listed(vpcs)}, the default VPC of {region_of(plan)}," if vpcs else "the default VPC"
    yield Finding(
        "eipInstanceId",
        f"neither it nor vswitchIds is set for {needs_internet(plan)}, which is pulled over the internet, and"
        f" {default} has no NAT gateway that lets instances out",
        f"{_REMEDY}; with vswitchIds, use those behind such a gateway",
    )


def _why(closed: list[VSwitch], facts: Facts) -> str:
    vswitch = closed[0]
    gateways = facts.nat[vswitch.vpc].gateways
    if not gateways:
        return f"{vswitch.vpc}, the VPC of {vswitch.id}, has no NAT gateway"
    ids = listed([each.id for each in closed])
    return f"no SNAT entry of {listed(gateways)} lets {ids} out"


def lets_out(nat: Nat, vswitch: VSwitch) -> bool:
    """Say whether a NAT gateway lets a whole vSwitch out."""
    return any(way.vswitch == vswitch.id or _holds(way.block, vswitch.block) for way in nat.ways_out)


def _holds(outer: str, inner: str) -> bool:
    try:
        return ipaddress.IPv4Network(inner).subnet_of(ipaddress.IPv4Network(outer))
    except ValueError:
        return False
