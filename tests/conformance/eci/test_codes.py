"""Refusals that the state of the account or of the zone leads to, rather than the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from conformance_account import Account, Product

Drive = Callable[..., Any]

pytestmark = pytest.mark.simulator_only("an account, or a zone, in a bad state")

CREATE = {"ImageCacheName": "a", "Image": ["nginx:1.25"]}


@pytest.mark.parametrize(
    ("switch", "refusal"),
    [
        ("arrears", (400, "Account.Arrearage")),
        ("overdue_bills", (403, "Forbidden.UserBussinessStatus")),
        ("real_name_missing", (403, "Forbidden.UserNotRealNameAuthentication")),
        ("sub_user", (403, "Forbidden.SubUser")),
        ("service_not_enabled", (400, "ServiceNotEnabled")),
        ("container_group_role_foreign", (403, "NoPermission")),
        ("risk_control", (403, "Forbidden.RiskControl")),
        ("card_at_risk", (403, "SecurityRisk.3DVerification")),
        ("service_linked_role_denied", (403, "CreateServiceLinkedRole.Denied")),
        ("image_caches_not_open", (400, "ImageCacheNotSupport")),
        ("address_pool_empty", (400, "EipAddressPoolIpNotEnough")),
        ("instance_unfit", (400, "IncorrectStatus")),
        ("image_cache_unfit", (400, "ImageCache.IncorrectStatus")),
        ("operation_in_progress", (400, "OperationConflict")),
    ],
)
def test_create(eci: Product, drive: Drive, switch: str, refusal: tuple[int, str]) -> None:
    """CreateImageCache is refused for what is wrong with the account, and works again when it's put right."""
    drive("POST", "switches", **{switch: True})
    assert eci.refused("CreateImageCache", **CREATE) == refusal
    drive("POST", "switches", **{switch: False})
    assert eci("CreateImageCache", **CREATE)["ImageCacheId"]


def test_roles(eci: Product, drive: Drive, account_id: str) -> None:
    """A role that the caller may not pass on, and one of another account, are refused."""

    def named(owner: str) -> dict[str, Any]:
        return {"AcrRegistryInfo": [{"InstanceId": "cri-1", "ArnService": f"acs:ram::{owner}:role/a"}]}

    drive("POST", "switches", pass_role_forbidden=True)
    refusal = eci.refused("CreateImageCache", **CREATE, **named(account_id))
    assert refusal == (403, "InvalidUser.PassRoleForbidden")
    drive("POST", "switches", pass_role_forbidden=False)
    assert eci("CreateImageCache", **CREATE, **named(account_id))
    refusal = eci.refused("CreateImageCache", **CREATE, **named("1000000000000001"))
    assert refusal == (400, "RamRole.NotSupport")


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"OsType": "Windows"}, (403, "Forbidden.OnlyForInvitedTest")),
        ({"DryRun": "true"}, (400, "DryRunOperation")),
    ],
)
def test_parameters_that_the_sdk_lacks(
    account: Account, parameters: dict[str, str], refusal: tuple[int, str]
) -> None:
    """Windows is by invitation only, and a dry run ends with a code of its own. The SDK can't say either."""
    named = {"RegionId": account.access.region, "ImageCacheName": "a", "Image.1": "nginx:1.25", **parameters}
    with pytest.raises(AlibabaCloudException) as caught:
        account.plain_call("Eci", "CreateImageCache", named)
    assert (caught.value.status_code, caught.value.code) == refusal


def test_describing_dry(account: Account) -> None:
    """A dry run of DescribeImageCaches ends with its code, too."""
    with pytest.raises(AlibabaCloudException) as caught:
        account.plain_call(
            "Eci", "DescribeImageCaches", {"RegionId": account.access.region, "DryRun": "true"}
        )
    assert (caught.value.status_code, caught.value.code) == (400, "DryRunOperation")


@pytest.mark.parametrize(
    ("switch", "refusal"),
    [
        ("arrears", (400, "Account.Arrearage")),
        ("overdue_bills", (403, "Forbidden.UserBussinessStatus")),
        ("real_name_missing", (403, "Forbidden.UserNotRealNameAuthentication")),
        ("sub_user", (403, "Forbidden.SubUser")),
        ("service_not_enabled", (400, "ServiceNotEnabled")),
        ("container_group_role_foreign", (403, "NoPermission")),
    ],
)
def test_describe(eci: Product, drive: Drive, switch: str, refusal: tuple[int, str]) -> None:
    """DescribeImageCaches is refused for what is wrong with the account."""
    drive("POST", "switches", **{switch: True})
    assert eci.refused("DescribeImageCaches") == refusal


@pytest.mark.parametrize(
    ("switch", "refusal"),
    [
        ("instance_unfit", (400, "IncorrectStatus")),
        ("operation_in_progress", (400, "OperationConflict")),
        ("tags_not_permitted", (400, "NoPermission.Tag")),
    ],
)
def test_tag(
    eci: Product, drive: Drive, image_cache: Callable[..., str], switch: str, refusal: tuple[int, str]
) -> None:
    """TagResources is refused for the state of the resource, and for a missing permission."""
    named = {"ResourceType": "ImageCache", "ResourceId": [image_cache(until="")]}
    drive("POST", "switches", **{switch: True})
    assert eci.refused("TagResources", **named, Tag=[{"Key": "a", "Value": "1"}]) == refusal


@pytest.mark.parametrize(
    ("stock", "refusal"),
    [
        ({"OnSale": False}, (403, "Zone.NotOnSale")),
        ({"StatusCategory": "WithoutStock"}, (403, "OperationDenied.NoStock")),
        ({"StatusCategory": "NotOffered", "Cores": 2, "Memory": 4}, (400, "InvalidParameter.CPU.Memory")),
        ({"StatusCategory": "NotOffered", "DiskCategory": "cloud_essd"}, (400, "DiskVolume.NotSupport")),
    ],
)
def test_zone(
    eci: Product, drive: Drive, network: dict[str, str], stock: dict[str, Any], refusal: tuple[int, str]
) -> None:
    """A zone that is closed, sold out or has no fitting instances or disks can't build."""
    drive("POST", "stock", ZoneId=network["ZoneId"], **stock)
    assert eci.refused("CreateImageCache", **CREATE, VSwitchId=network["VSwitchId"]) == refusal


def test_another_zone(eci: Product, vpc: Product, drive: Drive, network: dict[str, str]) -> None:
    """Of several vSwitches one is used whose zone has stock."""
    zones = [zone["ZoneId"] for zone in vpc("DescribeZones")["Zones"]["Zone"]]
    other = next(zone for zone in zones if zone != network["ZoneId"])
    second = vpc("CreateVSwitch", VpcId=network["VpcId"], ZoneId=other, CidrBlock="10.3.0.0/24")["VSwitchId"]
    drive("POST", "stock", ZoneId=network["ZoneId"], StatusCategory="WithoutStock")
    made = eci("CreateImageCache", **CREATE, VSwitchId=f"{network['VSwitchId']},{second}")
    assert made["ImageCacheId"]
