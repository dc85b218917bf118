"""Tests that each code of the ECI actions is reached, with the status and the text that the documents give.

The state leads to a code where it can, else a switch does. Source: spec/eci-image-cache.md sections 4 to 6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from imagecache_simulator import Cloud
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.stock import Goods

Call = Callable[..., dict[str, Any]]
Network = dict[str, str]
Attempt = tuple[str, dict[str, Any]]
# Brings about the state that leads to a code; returns the call that meets it.
Cause = Callable[[Cloud, Network], Attempt]

GOOD = {"ImageCacheName": "web", "Image.1": "nginx:1.25"}
ACR = "AcrRegistryInfo.1."


def creation(**parameters: Any) -> Attempt:
    """Return a call of CreateImageCache."""
    return "CreateImageCache", {**GOOD, **parameters}


def switch(name: str, action: str = "CreateImageCache", **parameters: Any) -> Cause:
    """Return the cause that a switch is, for a call of an action."""

    def cause(cloud: Cloud, _: Network) -> Attempt:
        cloud.switches.turn_on(name)
        return action, {**GOOD, **parameters}

    return cause


def stock(category: str, goods: Goods) -> Cause:
    """Return the cause that a zone is which lacks something."""

    def cause(cloud: Cloud, network: Network) -> Attempt:
        cloud.stock.set("cn-hangzhou-h", category, goods)
        return creation(VSwitchId=network["VSwitchId"])

    return cause


def closed_zone(cloud: Cloud, network: Network) -> Attempt:
    """Name a vSwitch in a zone that is closed for sale."""
    cloud.stock.close_zone("cn-hangzhou-h")
    return creation(VSwitchId=network["VSwitchId"])


def pending_vswitch(cloud: Cloud, network: Network) -> Attempt:
    """Name a vSwitch that is still being made."""
    cloud.vpc.vswitches[network["VSwitchId"]].status = "Pending"
    return creation(VSwitchId=network["VSwitchId"])


def other_zone(_: Cloud, network: Network) -> Attempt:
    """Name a zone that isn't the vSwitch's."""
    return creation(VSwitchId=network["VSwitchId"], ZoneId="cn-hangzhou-i")


def other_vpc(cloud: Cloud, network: Network) -> Attempt:
    """Name a security group of another VPC."""
    vpc = cloud.vpc.create_vpc("cn-hangzhou", "", "")
    group = cloud.ecs.create_security_group("cn-hangzhou", vpc.vpc_id, "")
    return creation(VSwitchId=network["VSwitchId"], SecurityGroupId=group.security_group_id)


def full_vswitch(cloud: Cloud, network: Network) -> Attempt:
    """Name a vSwitch all of whose addresses are taken."""
    vpc = cloud.vpc.vpcs[network["VpcId"]]
    small = cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", "10.1.0.0/29")
    for _ in range(4):
        cloud.eci.create_image_cache(
            "cn-hangzhou", Inputs("web", ("nginx",), v_switch_ids=(small.v_switch_id,)), {}
        )
    return creation(VSwitchId=small.v_switch_id)


def quota_used_up(cloud: Cloud, _: Network) -> Attempt:
    """Create one more cache than there may be."""
    cloud.quotas["MaxImageCacheCount"] = 0
    return creation()


def building(cloud: Cloud, _: Network) -> Attempt:
    """Update a cache that is being built."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    return "UpdateImageCache", {"ImageCacheId": cache.image_cache_id, "RetentionDays": 1}


def role_of_another_account(_: Cloud, __: Network) -> Attempt:
    """Take a role of another account."""
    return creation(**{ACR + "InstanceId": "cri-1", ACR + "ArnService": "acs:ram::1:role/pull"})


def too_many_tags(cloud: Cloud, _: Network) -> Attempt:
    """Put 21 tags on a cache."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    tags = {f"Tag.{number}.Key": f"key-{number}" for number in range(1, 22)}
    return "TagResources", {"ResourceType": "ImageCache", "ResourceId.1": cache.image_cache_id, **tags}


SIZE = Goods(cores=2, memory=4)
DISK = Goods(disk_category="cloud_essd")
WITH_ROLE = {ACR + "InstanceId": "cri-1", ACR + "ArnUser": "acs:ram::1:role/pull"}

# Status, code, text (without it where the documents have %s only) and cause, in the order of section 5.
CREATE: list[tuple[int, str, str, Cause]] = [
    (400, "Account.Arrearage", "Your account has an outstanding payment.", switch("arrears")),
    (
        400,
        "DryRunOperation",
        "Request validation has been passed with DryRun flag set.",
        lambda *_: creation(DryRun=True),
    ),
    (
        400,
        "InvalidParameter.CPU.Memory",
        "The specified cpu and memory are not allowed",
        stock("NotOffered", SIZE),
    ),
    (400, "IncorrectStatus", "", pending_vswitch),
    (400, "ServiceNotEnabled", "", switch("service_not_enabled")),
    (400, "DiskVolume.NotSupport", "The disk volume is not supported.", stock("NotOffered", DISK)),
    (400, "RamRole.NotSupport", "The RAM role is not supported.", role_of_another_account),
    (400, "ImageCache.IncorrectStatus", "", building),
    (
        400,
        "ImageCacheNotSupport",
        "Image cache is not available for all users. If you want to enable this function, contact us.",
        switch("image_caches_not_open"),
    ),
    (
        400,
        "EipAddressPoolIpNotEnough",
        "The ip address of specified PublicIpAddressPool is not enough.",
        switch("address_pool_empty"),
    ),
    (
        400,
        "OperationConflict",
        "The request was denied. It conflicts with a previous request.",
        switch("operation_in_progress"),
    ),
    (
        403,
        "OperationDenied.VswZoneMisMatch",
        "The specified VSwitchId is not in the specified Zone.",
        other_zone,
    ),
    (403, "QuotaExceeded", "ImageCache quota exceeded.", quota_used_up),
    (403, "Zone.NotOnSale", "The specified zone is not available for purchase.", closed_zone),
    (
        403,
        "Forbidden.RiskControl",
        "This operation has been identified as an abnormal operation and cannot be processed.",
        switch("risk_control"),
    ),
    (403, "Forbidden.SubUser", "The specified action is not available for you.", switch("sub_user")),
    (
        403,
        "Forbidden.OnlyForInvitedTest",
        "Eci create action is only open to invited users during public beta.",
        lambda *_: creation(OsType="Windows"),
    ),
    (
        403,
        "OperationDenied.SecurityGroupMisMatch",
        "The specified VSwitchId and SecurityGroupId are not in the same VPC.",
        other_vpc,
    ),
    (
        403,
        "InvalidVSwitchId.IpNotEnough",
        "The specified VSwitch does not have enough IP addresses.",
        full_vswitch,
    ),
    (
        403,
        "Forbidden.UserBussinessStatus",
        "This operation is not allowed, because you have overdue bills. Pay the overdue bill and try again.",
        switch("overdue_bills"),
    ),
    (
        403,
        "Forbidden.UserNotRealNameAuthentication",
        "This operation is not allowed, because you have not passed the real-name verification.",
        switch("real_name_missing"),
    ),
    (
        403,
        "InvalidUser.PassRoleForbidden",
        "The RAM user is not authorized to assume a RAM role.",
        switch("pass_role_forbidden", **WITH_ROLE),
    ),
    (
        403,
        "OperationDenied.NoStock",
        (
            "Sales of this resource are temporarily suspended in the specified zone. We recommend that you "
            "use the multi-zone creation function to avoid the risk of insufficient resource. For more "
            "information, see https://help.aliyun.com/document_detail/157290.html"
        ),
        stock("WithoutStock", SIZE),
    ),
    (
        403,
        "NoPermission",
        (
            "The RAM role AliyunECIContainerGroupRole does not belong to eci.aliyuncs.com. "
            "Please check and try again."
        ),
        switch("container_group_role_foreign"),
    ),
    (
        403,
        "SecurityRisk.3DVerification",
        (
            "We have detected a security risk with your default credit or debit card. "
            "Please proceed with verification via the link in your email."
        ),
        switch("card_at_risk"),
    ),
    (
        403,
        "CreateServiceLinkedRole.Denied",
        "Please make sure the account has ram:CreateServiceLinkedRole permission.",
        switch("service_linked_role_denied"),
    ),
]


def refused(call: Call, attempt: Attempt) -> tuple[int, str, str]:
    """Return status, code and text of a call that must be refused."""
    action, parameters = attempt
    with pytest.raises(AlibabaCloudException) as caught:
        call(action, parameters)
    return caught.value.status_code, caught.value.code, str(caught.value.message)


def test_complete() -> None:
    """The table above is as long as the page of CreateImageCache: 11 codes with 400, 15 with 403."""
    statuses = [status for status, _, _, _ in CREATE]
    assert (statuses.count(400), statuses.count(403)) == (11, 15)
    assert len({code for _, code, _, _ in CREATE}) == 26


@pytest.mark.parametrize(("status", "code", "text", "cause"), CREATE, ids=[row[1] for row in CREATE])
def test_create_image_cache(
    cloud: Cloud, call: Call, network: Network, *, status: int, code: str, text: str, cause: Cause
) -> None:
    """Each code of CreateImageCache is reached, and the call leaves nothing behind."""
    attempt = cause(cloud, network)
    before = dict(cloud.eci.image_caches)
    found = refused(call, attempt)
    assert found[:2] == (status, code)
    assert text in found[2]
    assert cloud.eci.image_caches == before


def test_image_cache_status_by_switch(cloud: Cloud, call: Call, network: Network) -> None:
    """No parameter of CreateImageCache names a cache, so a switch leads it to ImageCache.IncorrectStatus."""
    found = refused(call, switch("image_cache_unfit")(cloud, network))
    assert found[:2] == (400, "ImageCache.IncorrectStatus")


@pytest.mark.parametrize(
    ("status", "code", "text", "cause"),
    [
        (400, "Account.Arrearage", "outstanding payment", switch("arrears", "DescribeImageCaches")),
        (
            400,
            "DryRunOperation",
            "Request validation has been passed",
            lambda *_: ("DescribeImageCaches", {"DryRun": True}),
        ),
        (400, "ServiceNotEnabled", "", switch("service_not_enabled", "DescribeImageCaches")),
        (403, "Forbidden.SubUser", "not available for you", switch("sub_user", "DescribeImageCaches")),
        (403, "Forbidden.UserBussinessStatus", "bills", switch("overdue_bills", "DescribeImageCaches")),
        (
            403,
            "Forbidden.UserNotRealNameAuthentication",
            "real-name",
            switch("real_name_missing", "DescribeImageCaches"),
        ),
        (
            403,
            "NoPermission",
            "The RAM role does not belong to ECS.",
            switch("container_group_role_foreign", "DescribeImageCaches"),
        ),
        (400, "IncorrectStatus", "", switch("instance_unfit", "TagResources")),
        (400, "OperationConflict", "previous request", switch("operation_in_progress", "TagResources")),
        (400, "NoPermission.Tag", "No permissions to operate", switch("tags_not_permitted", "TagResources")),
        (
            400,
            "NumberExceed.Tags",
            "The length of tags exceeded limit: 20.",
            too_many_tags,
        ),
        (
            404,
            "InvalidParameter.NotFound",
            "imc-none",
            lambda *_: ("DeleteImageCache", {"ImageCacheId": "imc-none"}),
        ),
        (400, "OperationConflict", "previous request", switch("operation_in_progress", "DeleteImageCache")),
        (
            404,
            "InvalidParameter.NotFound",
            "imc-none",
            lambda *_: ("UpdateImageCache", {"ImageCacheId": "imc-none"}),
        ),
        (400, "Account.Arrearage", "outstanding payment", switch("arrears", "UpdateImageCache")),
    ],
)
def test_other_actions(
    cloud: Cloud, call: Call, network: Network, *, status: int, code: str, text: str, cause: Cause
) -> None:
    """Each code that the documents list for another action is reached, in that action's words."""
    found = refused(call, cause(cloud, network))
    assert found[:2] == (status, code)
    assert text in found[2]


def test_dry_run_does_nothing(cloud: Cloud, call: Call, network: Network) -> None:
    """A dry run drops no cache for room and binds no address; what fails a call fails it, too."""
    old = Inputs("old", ("nginx",), elimination_strategy="LRU")
    cache = cloud.eci.create_image_cache("cn-hangzhou", old, {})
    cloud.advance(600)
    cloud.quotas["MaxImageCacheCount"] = 1
    attempt = creation(DryRun="true", EipInstanceId=network["EipInstanceId"])
    assert refused(call, attempt)[1] == "DryRunOperation"
    assert list(cloud.eci.image_caches) == [cache.image_cache_id]
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "Available"
    assert refused(call, creation(DryRun="true", VSwitchId="vsw-none"))[1] == "InvalidVSwitchId.NotFound"
