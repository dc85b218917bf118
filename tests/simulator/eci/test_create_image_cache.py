"""Tests of what CreateImageCache takes and refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud
from imagecache_simulator.control import resources

Call = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]
GOOD = {"ImageCacheName": "web", "Image.1": "nginx:1.25"}


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_answer(cloud: Cloud, call: Call, algorithm: str | None) -> None:
    """The answer comes at once and has the IDs of the cache and of its transit instance."""
    answer = call("CreateImageCache", GOOD, algorithm=algorithm)
    assert answer.keys() == {"RequestId", "ImageCacheId", "ContainerGroupId"}
    assert answer["ImageCacheId"].startswith("imc-")
    assert answer["ContainerGroupId"].startswith("eci-")
    assert cloud.eci.image_caches[answer["ImageCacheId"]].status == "Preparing"


def test_every_parameter_arrives(cloud: Cloud, call: Call, network: dict[str, str]) -> None:
    """Each parameter of the action is kept, those included that Describe never shows."""
    group = cloud.resource_manager.add_resource_group("team")
    call(
        "CreateImageCache",
        {
            **GOOD,
            "Image.2": "private.example.com/app@sha256:" + "ab" * 32,
            "SecurityGroupId": network["SecurityGroupId"],
            "VSwitchId": network["VSwitchId"],
            "ZoneId": "cn-hangzhou-h",
            "EipInstanceId": network["EipInstanceId"],
            "ResourceGroupId": group.resource_group_id,
            "ImageCacheSize": 40,
            "RetentionDays": 7,
            "AutoMatchImageCache": True,
            "Flash": True,
            "FlashCopyCount": 2,
            "StandardCopyCount": 3,
            "EliminationStrategy": "LRU",
            "ImageRegistryCredential.1.Server": "private.example.com",
            "ImageRegistryCredential.1.UserName": "simulator",
            "ImageRegistryCredential.1.Password": "hunter2",
            "Tag.1.Key": "team",
            "Tag.1.Value": "",
            "AcrRegistryInfo.1.InstanceId": "cri-1",
            "AcrRegistryInfo.1.InstanceName": "shop",
            "AcrRegistryInfo.1.RegionId": "cn-hangzhou",
            "AcrRegistryInfo.1.Domain.1": "a.example.com,b.example.com",
            "PlainHttpRegistry": '"harbor.example.com,10.0.0.9:5000"',
            "InsecureRegistry": "self.example.com",
            "OsType": "Linux",
            "Annotations": "hide",
        },
    )
    (shown,) = resources(cloud)["image_caches"]
    expected = {
        "ImageCacheName": "web",
        "Images": ["nginx:1.25", "private.example.com/app@sha256:" + "ab" * 32],
        "SecurityGroupId": network["SecurityGroupId"],
        "VSwitchIds": [network["VSwitchId"]],
        "ZoneId": "cn-hangzhou-h",
        "EipInstanceId": network["EipInstanceId"],
        "ResourceGroupId": group.resource_group_id,
        "ImageCacheSize": 40,
        "RetentionDays": 7,
        "ExpireDateTime": "2026-01-08T00:00:00Z",
        "AutoMatchImageCache": True,
        "Flash": True,
        "FlashCopyCount": 2,
        "StandardCopyCount": 3,
        "EliminationStrategy": "LRU",
        "ImageRegistryCredentials": [
            {"Server": "private.example.com", "UserName": "simulator", "Password": "***"}
        ],
        "Tags": [{"Key": "team", "Value": ""}],
        "AcrRegistryInfos": [
            {
                "InstanceId": "cri-1",
                "InstanceName": "shop",
                "RegionId": "cn-hangzhou",
                "Domains": ["a.example.com", "b.example.com"],
                "ArnService": "",
                "ArnUser": "",
            }
        ],
        "PlainHttpRegistries": ["harbor.example.com", "10.0.0.9:5000"],
        "InsecureRegistries": ["self.example.com"],
        "OsType": "Linux",
        "Annotations": "hide",
    }
    assert {name: shown[name] for name in expected} == expected


def test_defaults(cloud: Cloud, call: Call) -> None:
    """Without options a cache has 20 GiB, stays for ever, and is in the default resource group."""
    call("CreateImageCache", GOOD)
    (shown,) = resources(cloud)["image_caches"]
    assert (shown["ImageCacheSize"], shown["RetentionDays"], shown["Flash"]) == (20, None, False)
    assert shown["ResourceGroupId"] == cloud.resource_manager.default.resource_group_id
    assert "ExpireDateTime" not in shown


def test_names_needn_t_be_unique(call: Call) -> None:
    """Two caches may have one name."""
    first, second = (call("CreateImageCache", GOOD)["ImageCacheId"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ImageCacheName": None}, (400, "MissingImageCacheName")),
        ({"ImageCacheName": ""}, (400, "MissingImageCacheName")),
        ({"Image.1": None}, (400, "MissingImage")),
        ({"Image.1": ""}, (400, "InvalidParameter.Image")),
        ({"Image.1": "Not An Image"}, (400, "InvalidParameter.Image")),
        ({"Image.1": "https://example.com/nginx"}, (400, "InvalidParameter.Image")),
        ({f"Image.{n}": "nginx" for n in range(1, 22)}, (400, "InvalidParameter.Image")),
        ({"ImageCacheSize": 19}, (400, "InvalidParameter.ImageCacheSize")),
        ({"ImageCacheSize": 32769}, (400, "InvalidParameter.ImageCacheSize")),
        ({"RetentionDays": 0}, (400, "InvalidParameter.RetentionDays")),
        ({"RetentionDays": 65537}, (400, "InvalidParameter.RetentionDays")),
        ({"Flash": "perhaps"}, (400, "InvalidParameter.Flash")),
        ({"FlashCopyCount": 0}, (400, "InvalidParameter.FlashCopyCount")),
        ({"EliminationStrategy": "FIFO"}, (400, "InvalidParameter.EliminationStrategy")),
        ({"OsType": "BeOS"}, (400, "InvalidParameter.OsType")),
        ({"OsType": "Windows"}, (403, "Forbidden.OnlyForInvitedTest")),
        ({"ClientToken": "x" * 65}, (400, "InvalidParameter.ClientToken")),
        ({"ClientToken": "é"}, (400, "InvalidParameter.ClientToken")),
        ({"AcrRegistryInfo.1.InstanceName": "x"}, (400, "MissingAcrRegistryInfo.1.InstanceId")),
        ({"VSwitchId": ",".join("abcdefghijk")}, (400, "InvalidParameter.VSwitchId")),
        ({"ZoneId": "cn-beijing-a"}, (404, "InvalidZoneId.NotFound")),
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"SecurityGroupId": "sg-none"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"EipInstanceId": "eip-none"}, (404, "InvalidEipInstanceId.NotFound")),
        ({"ResourceGroupId": "rg-none"}, (404, "InvalidResourceGroup.NotFound")),
        ({"Tag.1.Key": "aliyun"}, (400, "InvalidParameter.Tag.1.Key")),
        ({f"Tag.{n}.Key": f"k{n}" for n in range(1, 22)}, (400, "NumberExceed.Tags")),
        *(
            (
                {"ImageRegistryCredential.1.Server": text},
                (400, "InvalidParameter.ImageRegistryCredential.1.Server"),
            )
            for text in (
                "https://a.example.com",
                "HTTP://a.example.com",
                "a.example.com/team",
                "a.example.com/",
                " ",
            )
        ),
        (
            {
                "AcrRegistryInfo.1.InstanceId": "cri-1",
                "AcrRegistryInfo.1.Domain.1": "a.example.com,u@b.example.com",
            },
            (400, "InvalidParameter.AcrRegistryInfo.1.Domain"),
        ),
        ({"PlainHttpRegistry": '"a.example.com,http://b"'}, (400, "InvalidParameter.PlainHttpRegistry")),
        ({"InsecureRegistry": "a.example.com/team"}, (400, "InvalidParameter.InsecureRegistry")),
    ],
)
def test_refused(cloud: Cloud, refusal: Refusal, changes: dict[str, Any], expected: tuple[int, str]) -> None:
    """What breaks a rule is refused at once, and leaves nothing behind."""
    assert refusal("CreateImageCache", {**GOOD, **changes}) == expected
    assert not cloud.eci.image_caches


def test_twenty_images_are_allowed(call: Call) -> None:
    """A cache holds up to 20 images."""
    images = {f"Image.{number}": f"nginx:{number}" for number in range(1, 21)}
    assert call("CreateImageCache", {**GOOD, **images})["ImageCacheId"]


def test_network_must_fit(cloud: Cloud, refusal: Refusal, network: dict[str, str]) -> None:
    """The zone must be the vSwitch's, and the security group of the same VPC."""
    at = {**GOOD, "VSwitchId": network["VSwitchId"]}
    assert refusal("CreateImageCache", {**at, "ZoneId": "cn-hangzhou-i"}) == (
        403,
        "OperationDenied.VswZoneMisMatch",
    )
    other = cloud.vpc.create_vpc("cn-hangzhou", "", "")
    group = cloud.ecs.create_security_group("cn-hangzhou", other.vpc_id, "")
    assert refusal("CreateImageCache", {**at, "SecurityGroupId": group.security_group_id}) == (
        403,
        "OperationDenied.SecurityGroupMisMatch",
    )


def test_network_of_another_region(refusal: Refusal, network: dict[str, str]) -> None:
    """What is in another region isn't there."""
    for name, missing in (
        ("VSwitchId", "InvalidVSwitchId.NotFound"),
        ("SecurityGroupId", "InvalidSecurityGroupId.NotFound"),
        ("EipInstanceId", "InvalidEipInstanceId.NotFound"),
    ):
        parameters = {**GOOD, "RegionId": "cn-beijing", name: network[name]}
        assert refusal("CreateImageCache", parameters) == (404, missing)


def test_addresses_of_a_vswitch(cloud: Cloud, call: Call, refusal: Refusal, network: dict[str, str]) -> None:
    """Each transit instance takes an address; where none is left the next vSwitch serves, then none does."""
    vpc = cloud.vpc.vpcs[network["VpcId"]]
    small = cloud.vpc.create_vswitch(vpc, "cn-hangzhou-i", "10.1.0.0/29")
    parameters = {**GOOD, "VSwitchId": small.v_switch_id}
    for _ in range(4):
        call("CreateImageCache", parameters)
    assert refusal("CreateImageCache", parameters) == (403, "InvalidVSwitchId.IpNotEnough")
    both = {**GOOD, "VSwitchId": f"{small.v_switch_id},{network['VSwitchId']}"}
    call("CreateImageCache", both)
    assert cloud.vpc.available_addresses(cloud.vpc.vswitches[network["VSwitchId"]]) == 251
    cloud.advance(3600)
    call("CreateImageCache", parameters)


def test_quota(cloud: Cloud, call: Call, refusal: Refusal) -> None:
    """At quota no cache is added; the quota is a region's."""
    cloud.quotas["MaxImageCacheCount"] = 1
    call("CreateImageCache", GOOD)
    assert refusal("CreateImageCache", GOOD) == (403, "QuotaExceeded")
    call("CreateImageCache", {**GOOD, "RegionId": "cn-beijing"})


def test_lru_makes_room(cloud: Cloud, call: Call, refusal: Refusal) -> None:
    """At quota the cache that was least recently used goes, if it is LRU and not being built."""
    cloud.quotas["MaxImageCacheCount"] = 3
    keep = call("CreateImageCache", GOOD)["ImageCacheId"]
    lru = {**GOOD, "EliminationStrategy": "LRU"}
    old, used = (call("CreateImageCache", lru)["ImageCacheId"] for _ in range(2))
    assert refusal("CreateImageCache", GOOD) == (403, "QuotaExceeded")
    cloud.advance(3600)
    cloud.eci.image_caches[old].last_matched = cloud.clock.now()
    newest = call("CreateImageCache", GOOD)["ImageCacheId"]
    assert list(cloud.eci.image_caches) == [keep, old, newest]
    assert used not in cloud.eci.image_caches


def test_roles(cloud: Cloud, call: Call, refusal: Refusal) -> None:
    """Both roles have the form of an ARN; the one that the instance takes is of its own account."""
    info = {"AcrRegistryInfo.1.InstanceId": "cri-1"}
    service, user = "AcrRegistryInfo.1.ArnService", "AcrRegistryInfo.1.ArnUser"
    for name in (service, user):
        bad = {**GOOD, **info, name: "role/pull"}
        assert refusal("CreateImageCache", bad) == (400, f"InvalidParameter.{name}")
    foreign = {**GOOD, **info, service: "acs:ram::1:role/pull"}
    assert refusal("CreateImageCache", foreign) == (400, "RamRole.NotSupport")
    roles = {service: f"acs:ram::{cloud.account_id}:role/pull", user: "acs:ram::1:role/pull"}
    image_cache_id = call("CreateImageCache", {**GOOD, **info, **roles})["ImageCacheId"]
    (shown,) = resources(cloud)["image_caches"]
    (kept,) = shown["AcrRegistryInfos"]
    assert (kept["ArnService"], kept["ArnUser"]) == (roles[service], roles[user])
    cloud.advance(600)
    change = {"ImageCacheId": image_cache_id, **info, service: "acs:ram::1:role/pull"}
    assert refusal("UpdateImageCache", change) == (400, "RamRole.NotSupport")
