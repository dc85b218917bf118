"""Lists of the cloud, page by page: by number as VPC, ECS and ResourceManager have them, by token as ECI.

Source: spec/networking.md, section 4, "Paging shapes".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagecache_provider.eci.client import Client
from imagecache_provider.eci.products import ECS, RESOURCE_MANAGER, VPC, Product

_TOKEN_PAGE = 20
"""The most that one of ECI's answers holds."""


@dataclass(frozen=True)
class Listing:
    """A list whose pages have numbers.

    Attributes:
        product: whose it is.
        action: its API's name.
        path: where the rows are in an answer: `VSwitches`, `VSwitch`.
        page: the most rows that an answer may have.
    """

    product: Product
    action: str
    path: tuple[str, str]
    page: int


VSWITCHES = Listing(VPC, "DescribeVSwitches", ("VSwitches", "VSwitch"), 50)
SECURITY_GROUPS = Listing(ECS, "DescribeSecurityGroups", ("SecurityGroups", "SecurityGroup"), 100)
EIPS = Listing(VPC, "DescribeEipAddresses", ("EipAddresses", "EipAddress"), 100)
NAT_GATEWAYS = Listing(VPC, "DescribeNatGateways", ("NatGateways", "NatGateway"), 50)
SNAT_ENTRIES = Listing(VPC, "DescribeSnatTableEntries", ("SnatTableEntries", "SnatTableEntry"), 50)
RESOURCE_GROUPS = Listing(RESOURCE_MANAGER, "ListResourceGroups", ("ResourceGroups", "ResourceGroup"), 100)


async def listed_by_number(
    client: Client, listing: Listing, query: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """Give all rows of a list; a query is its parameters without the paging."""
    outer, inner = listing.path
    found: list[Mapping[str, Any]] = []
    number = 1
    while True:
        asked = {**query, "PageSize": str(listing.page), "PageNumber": str(number)}
        answer = await client.call(listing.action, asked, product=listing.product)
        rows = (answer.get(outer) or {}).get(inner) or []
        found.extend(rows)
        if not rows or len(found) >= int(answer.get("TotalCount") or 0):
            return found
        number += 1


async def listed_by_token(
    client: Client, action: str, query: Mapping[str, str], name: str, pages: int = 0
) -> list[Mapping[str, Any]]:
    """Give the rows of one of ECI's lists.

    Args:
        client: calls to the account.
        action: its API's name.
        query: its parameters without the paging.
        name: where the rows are in an answer: `ImageCaches`.
        pages: how many pages are enough; 0 for all.
    """
    asked = {**query, "Limit": str(_TOKEN_PAGE)}
    found: list[Mapping[str, Any]] = []
    number = 1
    while True:
        answer = await client.call(action, asked)
        found.extend(answer.get(name) or [])
        if not answer.get("NextToken") or number == pages:
            return found
        asked["NextToken"] = str(answer["NextToken"])
        number += 1
