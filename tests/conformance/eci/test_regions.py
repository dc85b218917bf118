"""ECI's regions and quotas: DescribeRegions, ListUsage."""

from __future__ import annotations

from conformance_account import Account, Product


def test_regions(eci: Product) -> None:
    """DescribeRegions lists regions with their endpoint, their zones and those that are recommended."""
    regions = eci("DescribeRegions", RegionId=None)["Regions"]
    assert len(regions) > 1
    for region in regions:
        assert region["RegionId"]
        assert region["RegionEndpoint"].endswith(".aliyuncs.com")
        assert set(region["RecommendZones"]) <= set(region["Zones"])


def test_one_region(eci: Product, account: Account) -> None:
    """DescribeRegions with a RegionId shows that region alone."""
    (region,) = eci("DescribeRegions")["Regions"]
    assert region["RegionId"] == account.access.region


def test_usage(eci: Product) -> None:
    """ListUsage tells quotas and what is used of them, as numbers."""
    usage = eci("ListUsage")["Attributes"]
    for name in ("Cpu", "ImageCacheCount", "AutoImageCacheCount", "DataCacheCount"):
        assert 0 <= usage[f"Used{name}"] <= usage[f"Max{name}"]


def test_usage_of_an_unknown_region(eci: Product) -> None:
    """A region that there isn't is refused."""
    assert eci.refused("ListUsage", RegionId="cn-atlantis") == (404, "InvalidRegionId.NotFound")


def test_usage_without_a_region(eci: Product) -> None:
    """ListUsage needs a region."""
    assert eci.refused("ListUsage", RegionId=None) == (400, "MissingRegionId")
