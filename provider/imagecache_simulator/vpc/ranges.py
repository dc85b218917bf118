"""Which ranges of addresses VPCs and vSwitches may have. `models` asks.

Source: VPC's limits, and the SDK's models of CreateVpc, AssociateVpcCidrBlock and CreateVSwitch
(alibabacloud-vpc20160428).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from imagecache_simulator.vpc.exceptions import CidrBlockOverlappedError, InvalidCidrBlockError

VPC_CIDR = "172.16.0.0/12"
# Of the VPC that the cloud makes by itself, and the size of the vSwitches in it.
DEFAULT_VPC_CIDR = "172.31.0.0/16"
DEFAULT_VSWITCH_PREFIX = 20
_VPC_PREFIXES = range(8, 29)
_SECONDARY_PREFIXES = range(16, 29)
_VSWITCH_PREFIXES = range(16, 30)
_FORBIDDEN = [ipaddress.IPv4Network(block) for block in ("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")]


def network(text: str) -> ipaddress.IPv4Network:
    """Read a range; `InvalidCidrBlockError` if it's none."""
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        raise InvalidCidrBlockError from None


def vpc_range(text: str) -> ipaddress.IPv4Network:
    """Read a VPC's range; `InvalidCidrBlockError` if it can't be one."""
    return _allowed(text or VPC_CIDR, _VPC_PREFIXES)


def secondary_range(text: str, others: Iterable[str]) -> ipaddress.IPv4Network:
    """Read a further range of a VPC.

    Args:
        text: the range.
        others: the ranges that the VPC has.

    Raises:
        InvalidCidrBlockError: it can't be one.
        CidrBlockOverlappedError: it has addresses of another.
    """
    return _apart(_allowed(text, _SECONDARY_PREFIXES), others)


def changed_vpc_range(
    text: str, before: str, secondary: Iterable[str], vswitches: Iterable[str]
) -> ipaddress.IPv4Network:
    """Read what a VPC's first range is changed to: it grows or shrinks, and keeps its vSwitches.

    Args:
        text: the new range.
        before: what it was.
        secondary: the VPC's further ranges.
        vswitches: the ranges of its vSwitches.

    Raises:
        InvalidCidrBlockError: it can't be one, or is neither part of what it was nor the other way round.
        CidrBlockOverlappedError: it has addresses of a further range, or a vSwitch would be out of it.
    """
    new, old = vpc_range(text), network(before)
    if not new.subnet_of(old) and not old.subnet_of(new):
        raise InvalidCidrBlockError
    held = [vswitch for vswitch in map(network, vswitches) if vswitch.subnet_of(old)]
    if not all(vswitch.subnet_of(new) for vswitch in held):
        raise CidrBlockOverlappedError
    return _apart(new, secondary)


def vswitch_range(text: str, vpc_ranges: Iterable[str], others: Iterable[str]) -> ipaddress.IPv4Network:
    """Read a vSwitch's range.

    Args:
        text: the range.
        vpc_ranges: those of its VPC, of which one has to hold it.
        others: the ranges of the VPC's other vSwitches.

    Raises:
        InvalidCidrBlockError: the range isn't within the VPC's, or too large or small.
        CidrBlockOverlappedError: another vSwitch of the VPC has some of its addresses.
    """
    found = network(text)
    if found.prefixlen not in _VSWITCH_PREFIXES:
        raise InvalidCidrBlockError
    if not any(found.subnet_of(network(each)) for each in vpc_ranges):
        raise InvalidCidrBlockError
    return _apart(found, others)


def _allowed(text: str, prefixes: range) -> ipaddress.IPv4Network:
    found = network(text)
    forbidden = found.is_multicast or any(found.overlaps(block) for block in _FORBIDDEN)
    if found.prefixlen not in prefixes or forbidden:
        raise InvalidCidrBlockError
    return found


def _apart(found: ipaddress.IPv4Network, others: Iterable[str]) -> ipaddress.IPv4Network:
    if any(found.overlaps(network(other)) for other in others):
        raise CidrBlockOverlappedError
    return found
