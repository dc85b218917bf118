"""Whether there is such a region, asked once an answer makes it doubtful; `questions` calls it.

The list is the cloud's own: one in this package would refuse a region that is newer than the package.
"""

from __future__ import annotations

from difflib import get_close_matches

from imagecache_provider.eci.client import Client
from imagecache_provider.errors import ProviderError
from imagecache_provider.preflight import Finding


async def no_such_region(client: Client, region: str, *, disbelieved: bool) -> Finding | None:
    """Give the finding that a region doesn't exist; None if it does, or if that isn't told.

    Args:
        client: calls to the account.
        region: its ID.
        disbelieved: whether the cloud has refused it; that counts where the list can't be had.
    """
    there = await _regions(client)
    if region in there or not (there or disbelieved):
        return None
    meant = get_close_matches(region, there, n=1)
    hint = f"; did you mean {meant[0]}?" if meant else ""
    right = meant[0] if meant else "a region that has ECI, such as cn-hangzhou"
    return Finding(
        "regionId",
        f"{region} is no region that has ECI{hint}",
        f"set regionId, or imagecache:region where it comes from the configuration, to {right}",
        everywhere=True,
    )


async def _regions(client: Client) -> list[str]:
    """Give the regions that have ECI; none if that isn't told."""
    try:
        answer = await client.call("DescribeRegions", {})
    except ProviderError:
        return []
    return [str(region.get("RegionId")) for region in answer.get("Regions") or []]
