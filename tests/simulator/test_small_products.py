"""Tests of the products that clients need a little of: zones, resource groups, Sts, Location, BssOpenApi."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]


def test_zones_of_ecs(call: Call) -> None:
    """Zones have what the plugin's getZones wants of them: instance types and disk categories."""
    wanted = {"DestinationResource": "Zone", "RegionId": "cn-beijing"}
    available = call("DescribeAvailableResource", wanted, product="ecs")["AvailableZones"]["AvailableZone"]
    zones = call("DescribeZones", {"RegionId": "cn-beijing"}, product="ecs")["Zones"]["Zone"]
    assert [zone["ZoneId"] for zone in zones] == [zone["ZoneId"] for zone in available]
    assert all(zone["Status"] == "Available" for zone in available)
    assert all(zone["AvailableInstanceTypes"]["InstanceTypes"] for zone in zones)
    assert all(zone["AvailableDiskCategories"]["DiskCategories"] for zone in zones)
    assert call("DescribeRegions", product="ecs")["Regions"]["Region"]


def test_one_zone(call: Call) -> None:
    """A zone that is named is the only one shown."""
    answer = call("DescribeAvailableResource", {"ZoneId": "cn-hangzhou-h"}, product="ecs")
    (zone,) = answer["AvailableZones"]["AvailableZone"]
    assert zone["ZoneId"] == "cn-hangzhou-h"


def test_resource_groups(cloud: Cloud, call: Call, refusal: Callable[..., Any]) -> None:
    """Resource groups are listed by page and by name, and shown one by one; `default` is there."""
    for number in range(12):
        cloud.resource_manager.add_resource_group(f"team-{number}")
    listed = call("ListResourceGroups", {"PageSize": 50, "PageNumber": 1}, product="resourcemanager")
    groups = listed["ResourceGroups"]["ResourceGroup"]
    assert (len(groups), listed["TotalCount"], groups[0]["Name"]) == (13, 13, "default")
    assert groups[0]["AccountId"] == cloud.account_id
    named = call("ListResourceGroups", {"Name": "team-3", "Status": "OK"}, product="resourcemanager")
    (group,) = named["ResourceGroups"]["ResourceGroup"]
    shown = call("GetResourceGroup", {"ResourceGroupId": group["Id"]}, product="resourcemanager")
    assert shown["ResourceGroup"]["RegionStatuses"]["RegionStatus"]
    missing = refusal("GetResourceGroup", {"ResourceGroupId": "rg-none"}, product="resourcemanager")
    assert missing == (404, "EntityNotExists.ResourceGroup")


def test_caller(cloud: Cloud, call: Call) -> None:
    """The caller is the account itself."""
    identity = call("GetCallerIdentity", product="sts")
    assert identity["AccountId"] == cloud.account_id
    assert identity["Arn"] == f"acs:ram::{cloud.account_id}:root"
    assert identity["IdentityType"] == "Account"
    assert identity["RequestId"]


def test_endpoints(call: Call, endpoint: str) -> None:
    """Every product is where this request was sent to."""
    answer = call("DescribeEndpoints", {"ServiceCode": "eci", "Id": "cn-hangzhou"}, product="location")
    assert answer["Endpoints"]["Endpoint"][0]["Endpoint"] == endpoint
    assert answer["Endpoints"]["Endpoint"][0]["Type"] == "openAPI"


def test_kind_of_account(cloud: Cloud, call: Call) -> None:
    """The plugin's question what kind of account this is succeeds, and isn't logged as an error."""
    answer = call("QueryAvailableInstances", {"PageSize": "50", "PageNum": 1}, product="bssopenapi")
    assert answer["Success"] is True
    assert cloud.requests[-1]["code"] == ""
