"""Rules on what a cache is built with: vSwitches, security group, zone and EIP. Pure; `rules` lists them.

Sources: spec/eci-image-cache.md, section 5, for what the cloud refuses; the names of the fields are those of
DescribeVSwitches, DescribeSecurityGroups and DescribeEipAddresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imagecache_provider.eci.preflight.facts import Eip, Facts, VSwitch, region_of, vswitch_ids
from imagecache_provider.fields import has_unknown
from imagecache_provider.preflight import Finding, Plan

_TRANSIT = "EciInstance"
"""What DescribeEipAddresses calls a container group, such as the one that builds a cache."""
MANY = 5
"""So many builds that wait for each other take a quarter of an hour and more."""


def vswitches_exist(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Every vSwitch is one of the region."""
    if "vswitchIds" not in plan.judged:
        return
    missing = [id for id in vswitch_ids(plan) if facts.vswitches.get(id, ...) is None]
    if missing:
        yield Finding(
            "vswitchIds",
            f"{listed(missing)} {_verb(missing)} in {region_of(plan)}",
            "use vSwitches of this region and account; pass their resources' ids so that they're made first",
        )


def security_group_exists(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """The security group is one of the region."""
    group = plan.known("securityGroupId")
    if group and facts.groups.get(group, ...) is None:
        yield Finding(
            "securityGroupId",
            f"{group} doesn't exist in {region_of(plan)}",
            "use a security group of this region and account; pass its resource's id so that it's made first",
        )


def one_vpc(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """The vSwitches and the security group are in one VPC."""
    vswitches = facts.named(plan)
    vpcs = list(dict.fromkeys(vswitch.vpc for vswitch in vswitches))
    if len(vpcs) > 1 and "vswitchIds" in plan.judged:
        where = ", ".join(f"{vswitch.id} in {vswitch.vpc}" for vswitch in vswitches)
        yield Finding(
            "vswitchIds",
            f"they are in {len(vpcs)} VPCs: {where}",
            "use vSwitches of one VPC",
            # With a security group, which is in one of them at most, the cloud refuses it.
            certain=bool(plan.inputs.get("securityGroupId")),
        )
        return
    if not plan.judged & {"vswitchIds", "securityGroupId"}:
        return
    id = plan.inputs.get("securityGroupId")
    group = facts.groups.get(id) if isinstance(id, str) else None
    if group is not None and len(vpcs) == 1 and group.vpc != vpcs[0]:
        yield Finding(
            "securityGroupId",
            f"{group.id} is in {group.vpc or 'no VPC'}, the vSwitches are in {vpcs[0]}",
            f"use a security group of {vpcs[0]}",
        )


def zone_agrees(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """The vSwitches are in the zone that is named."""
    zone = plan.inputs.get("zoneId")
    if not isinstance(zone, str) or not zone or not plan.judged & {"zoneId", "vswitchIds"}:
        return
    elsewhere = [vswitch for vswitch in facts.named(plan) if vswitch.zone != zone]
    if elsewhere:
        where = ", ".join(f"{vswitch.id} is in {vswitch.zone}" for vswitch in elsewhere)
        yield Finding(
            "zoneId",
            f"it is {zone}, but {where}",
            "leave zoneId out, or use vSwitches of that zone only",
        )


def free_addresses(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """One of the vSwitches has an address left; there is one for each build of this run."""
    vswitches = _all_named(plan, facts)
    if not plan.builds or not vswitches:
        return
    free = sum(vswitch.free for vswitch in vswitches)
    ids = listed([vswitch.id for vswitch in vswitches])
    if free <= 0:
        yield Finding(
            "vswitchIds",
            f"{ids} {'has' if len(vswitches) == 1 else 'have'} no free IP address",
            "add a vSwitch that has free addresses, or a larger one",
        )
        return
    here = [each for each in facts.plans if each.builds and set(vswitch_ids(each)) == set(vswitch_ids(plan))]
    if plan in here and here.index(plan) == free:
        addresses = "1 free IP address" if free == 1 else f"{free} free IP addresses"
        yield Finding(
            "vswitchIds",
            f"{ids} {'has' if len(vswitches) == 1 else 'have'} {addresses},"
            f" and this is build {free + 1} there; a build takes one until it's done",
            f"add a vSwitch, or run up with --parallel {free}",
            certain=False,
            everywhere=True,  # which of the builds is that one differs from a preview to its up
        )


def eip_is_free(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """The EIP is one of the region, and nothing has it."""
    id = plan.known("eipInstanceId")
    if not id or id not in facts.eips:
        return
    eip = facts.eips[id]
    if eip is None:
        yield Finding(
            "eipInstanceId",
            f"{id} doesn't exist in {region_of(plan)}",
            "use an EIP of this region and account; pass its resource's id so that it's made first",
        )
    elif eip.user or eip.status not in {"", "Available"}:
        yield from _in_use(eip, facts)


def _in_use(eip: Eip, facts: Facts) -> Iterator[Finding]:
    ours = [plan for plan in facts.passed if plan.builds and plan.inputs.get("eipInstanceId") == eip.id]
    if eip.user_type == _TRANSIT and ours:
        return  # a build of this run may have it: they wait for each other
    user = f"{eip.user_type} {eip.user}".strip() or "something"
    building = [cache for cache in facts.caches or () if cache.builder == eip.user]
    if eip.user_type == _TRANSIT and building:
        user = f"the build of image cache {building[0].name} ({building[0].id})"
    yield Finding(
        "eipInstanceId",
        f"{eip.id} is {eip.status or 'InUse'}, bound to {user}",
        "use a free EIP, or none behind a NAT gateway"
        if eip.user_type != _TRANSIT
        else "wait until that is done, or use a free EIP",
        # What ECI has bound is given back when the instance is done, maybe before this is carried out.
        certain=eip.user_type != _TRANSIT,
    )


def shared_eip(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Builds that share an EIP wait for each other: many of them are better off behind a NAT gateway."""
    id = plan.inputs.get("eipInstanceId")
    if not plan.builds or not isinstance(id, str) or not id:
        return
    sharing = [each for each in facts.plans if each.builds and each.inputs.get("eipInstanceId") == id]
    if plan in sharing and sharing.index(plan) == MANY - 1:
        yield Finding(
            "eipInstanceId",
            f"{MANY} builds and more share {id}, which serves one at a time: they wait for each other",
            "put a NAT gateway with an SNAT entry before the vSwitches and leave eipInstanceId out, and they"
            " are built side by side",
            certain=False,
            everywhere=True,
        )


def _all_named(plan: Plan, facts: Facts) -> list[VSwitch]:
    """Give the plan's vSwitches if all of them are known to exist; else none."""
    named = facts.named(plan)
    whole = not has_unknown(plan.inputs.get("vswitchIds")) and len(named) == len(vswitch_ids(plan))
    return named if whole else []


def listed(ids: Iterable[str]) -> str:
    """Write IDs as a sentence does: a, b and c."""
    *first, last = ids
    return f"{', '.join(first)} and {last}" if first else last


def _verb(ids: list[str]) -> str:
    return "doesn't exist" if len(ids) == 1 else "don't exist"
