"""Products that only tell something: ResourceManager, STS, Location, BSS; called by the SDKs' core."""

from __future__ import annotations

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from conformance_account import Account


def test_caller_identity(account: Account) -> None:
    """STS tells whose key it is."""
    identity = account.plain_call("Sts", "GetCallerIdentity", {})
    assert identity["AccountId"].isdigit()
    assert identity["Arn"].startswith(f"acs:ram::{identity['AccountId']}:")
    assert identity["IdentityType"]
    assert identity["PrincipalId"]
    assert identity["UserId"]


def test_resource_groups(account: Account) -> None:
    """ResourceManager lists the resource groups, of which there's always the default one."""
    answer = account.plain_call(
        "ResourceManager", "ListResourceGroups", {"PageSize": 50, "PageNumber": 1, "Status": "OK"}
    )
    groups = answer["ResourceGroups"]["ResourceGroup"]
    assert "default" in [group["Name"] for group in groups]
    assert all(
        group["Id"].startswith("rg-") and group["DisplayName"] and group["AccountId"] for group in groups
    )
    assert answer["TotalCount"] >= len(groups)
    assert (answer["PageNumber"], answer["PageSize"]) == (1, 50)


def test_one_resource_group(account: Account) -> None:
    """A resource group is found by its ID and its name, and shown with its state in each region."""
    listed = account.plain_call("ResourceManager", "ListResourceGroups", {"Name": "default"})
    (group,) = listed["ResourceGroups"]["ResourceGroup"]
    named = {"ResourceGroupId": group["Id"]}
    assert account.plain_call("ResourceManager", "ListResourceGroups", named)["TotalCount"] == 1
    shown = account.plain_call("ResourceManager", "GetResourceGroup", named)["ResourceGroup"]
    assert (shown["Id"], shown["Status"]) == (group["Id"], "OK")
    assert account.access.region in [each["RegionId"] for each in shown["RegionStatuses"]["RegionStatus"]]


def test_unknown_resource_group(account: Account) -> None:
    """A resource group that there isn't is refused."""
    with pytest.raises(AlibabaCloudException) as caught:
        account.plain_call("ResourceManager", "GetResourceGroup", {"ResourceGroupId": "rg-none"})
    assert (caught.value.status_code, caught.value.code) == (404, "EntityNotExists.ResourceGroup")


def test_endpoints(account: Account) -> None:
    """Location tells where a product's API is in a region."""
    answer = account.plain_call(
        "Location", "DescribeEndpoints", {"ServiceCode": "eci", "Id": account.access.region}
    )
    (endpoint,) = answer["Endpoints"]["Endpoint"]
    assert endpoint["Type"] == "openAPI"
    assert endpoint["Endpoint"]


def test_subscriptions(account: Account) -> None:
    """BSS lists an account's subscriptions."""
    answer = account.plain_call("BssOpenApi", "QueryAvailableInstances", {"PageNum": 1, "PageSize": 20})
    assert (answer["Code"], answer["Success"]) == ("Success", True)
    assert isinstance(answer["Data"]["InstanceList"], list)
