"""CreateImageCache: what it takes and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from conformance_account import RUN_TAG, Account, Product

Show = Callable[[str], dict[str, Any]]
Wait = Callable[[Callable[[], Any]], Any]
Drive = Callable[..., Any]

BUILDS = pytest.mark.costs("a transit instance, its disk and a snapshot, for minutes")
EIP = pytest.mark.costs("an elastic IP address, for minutes")


@BUILDS
def test_ids(eci: Product, network: dict[str, str]) -> None:
    """The call answers at once, with the IDs of the cache and of its transit instance."""
    made = eci("CreateImageCache", ImageCacheName="web", Image=["nginx:1.25"], VSwitchId=network["VSwitchId"],
               SecurityGroupId=network["SecurityGroupId"])  # fmt: skip
    assert made["ImageCacheId"].startswith("imc-")
    assert made["ContainerGroupId"].startswith("eci-")
    assert made["RequestId"]


@BUILDS
def test_shown(eci: Product, network: dict[str, str], shown: Show, account: Account) -> None:
    """What was asked for is shown: name, images, size, strategy, tags; and that it is being prepared."""
    made = eci(
        "CreateImageCache",
        ImageCacheName="web",
        Image=["nginx:1.25", "redis:7"],
        ImageCacheSize=25,
        EliminationStrategy="LRU",
        Tag=[{"Key": "team", "Value": "a"}, {"Key": "empty", "Value": ""}],
        VSwitchId=network["VSwitchId"],
        SecurityGroupId=network["SecurityGroupId"],
        ZoneId=network["ZoneId"],
    )
    cache = shown(made["ImageCacheId"])
    assert cache["ImageCacheName"] == "web"
    assert cache["Images"] == ["nginx:1.25", "redis:7"]
    assert (cache["ImageCacheSize"], cache["EliminationStrategy"]) == (25, "LRU")
    assert cache["RegionId"] == account.access.region
    assert cache["ContainerGroupId"] == made["ContainerGroupId"]
    assert cache["ResourceGroupId"].startswith("rg-")
    tags = {tag["Key"]: tag["Value"] for tag in cache["Tags"]}
    assert tags == {"team": "a", "empty": "", RUN_TAG: account.run}
    assert cache["Status"] == "Preparing"
    assert cache["Progress"] == "0%"
    assert cache["CreationTime"].endswith("Z")


@BUILDS
def test_defaults(image_cache: Callable[..., str], shown: Show) -> None:
    """Unless told otherwise a cache has 20 GiB, expires never and is not eliminated."""
    cache = shown(image_cache(until=""))
    assert cache["ImageCacheSize"] == 20
    assert not cache.get("ExpireDateTime")
    assert not cache.get("EliminationStrategy")


@BUILDS
def test_from_preparing_to_ready(image_cache: Callable[..., str], shown: Show, eventually: Wait) -> None:
    """A cache goes from Preparing by Creating to Ready, and then has a snapshot and its whole progress."""
    image_cache_id = image_cache(until="")
    seen = []

    def look() -> bool:
        seen.append(shown(image_cache_id)["Status"])
        return seen[-1] not in {"Preparing", "Creating"}

    eventually(look)
    assert list(dict.fromkeys(seen)) == ["Preparing", "Creating", "Ready"]
    cache = shown(image_cache_id)
    assert cache["SnapshotId"].startswith("s-")
    assert cache["Progress"] == "100%"
    assert not cache.get("FlashSnapshotId")


@BUILDS
def test_events(image_cache: Callable[..., str], shown: Show) -> None:
    """A build leaves events that name the cache, and say when, how often and what."""
    events = shown(image_cache(ImageCacheName="web"))["Events"]
    started = next(event for event in events if event["Reason"] == "Started")
    assert started["Message"] == "Successfully check image cache resource."
    assert (started["Type"], started["Count"]) == ("Normal", 1)
    assert started["Name"].startswith("web.")
    assert started["FirstTimestamp"] <= started["LastTimestamp"]
    assert "Success pull image nginx:1.25" in [event["Message"] for event in events]


@BUILDS
def test_flash(eci: Product, network: dict[str, str], shown: Show, eventually: Wait) -> None:
    """With Flash a cache is Ready from its local snapshot; the standard one comes later and replaces it."""
    made = eci(
        "CreateImageCache",
        ImageCacheName="flash",
        Image=["nginx:1.25"],
        Flash=True,
        FlashCopyCount=2,
        StandardCopyCount=1,
        VSwitchId=network["VSwitchId"],
        SecurityGroupId=network["SecurityGroupId"],
    )
    image_cache_id = made["ImageCacheId"]
    eventually(lambda: shown(image_cache_id)["Status"] == "Ready")
    first = shown(image_cache_id)
    assert first["FlashSnapshotId"].startswith("s-")
    assert not first.get("SnapshotId")
    eventually(lambda: shown(image_cache_id).get("SnapshotId"))
    last = shown(image_cache_id)
    assert not last.get("FlashSnapshotId")
    assert (last["Status"], last["Progress"]) == ("Ready", "100%")


@BUILDS
def test_retention(eci: Product, network: dict[str, str], shown: Show) -> None:
    """RetentionDays is shown as the moment at which the cache expires."""
    made = eci("CreateImageCache", ImageCacheName="web", Image=["nginx:1.25"], RetentionDays=7,
               VSwitchId=network["VSwitchId"], SecurityGroupId=network["SecurityGroupId"])  # fmt: skip
    cache = shown(made["ImageCacheId"])
    assert cache["ExpireDateTime"][10:] == cache["CreationTime"][10:]
    assert cache["ExpireDateTime"] > cache["CreationTime"]


@pytest.mark.simulator_only("a day must pass")
def test_expiry(eci: Product, image_cache: Callable[..., str], drive: Drive) -> None:
    """A cache whose retention is over is gone."""
    image_cache_id = image_cache(RetentionDays=1)
    drive("POST", "clock", advance=86400)
    assert eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"] == []


@BUILDS
def test_images_that_do_not_fit(image_cache: Callable[..., str], shown: Show) -> None:
    """Images that are larger than the cache fail its build."""
    images = [f"tensorflow/tensorflow:2.{minor}.0-gpu" for minor in range(5, 20)]
    cache = shown(image_cache(until="Failed", Image=images))
    assert cache["Events"][-1]["Type"] == "Warning"
    assert not cache.get("SnapshotId")


@BUILDS
def test_image_that_is_not_there(image_cache: Callable[..., str], shown: Show) -> None:
    """An image that can't be pulled fails the build, and an event says which."""
    image_cache_id = image_cache(until="Failed", Image=["nginx:this-tag-does-not-exist"])
    event = shown(image_cache_id)["Events"][-1]
    assert event["Type"] == "Warning"
    assert "nginx:this-tag-does-not-exist" in event["Message"]


@pytest.mark.simulator_only("a day must pass")
def test_failed_caches_go(eci: Product, image_cache: Callable[..., str], drive: Drive) -> None:
    """A cache whose build failed is gone a day later."""
    image_cache_id = image_cache(until="Failed", Image=["nginx:this-tag-does-not-exist"])
    drive("POST", "clock", advance=86400)
    assert eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"] == []


@pytest.mark.simulator_only("private.example.com is the simulator's")
@pytest.mark.parametrize(("password", "status"), [("simulator", "Ready"), ("wrong", "Failed")])
def test_registry_credential(
    eci: Product, network: dict[str, str], shown: Show, eventually: Wait, password: str, status: str
) -> None:
    """A private image is pulled with the credential that the call brings for its registry."""
    made = eci(
        "CreateImageCache",
        ImageCacheName="private",
        Image=["private.example.com/team/app:1"],
        ImageRegistryCredential=[
            {"Server": "private.example.com", "UserName": "simulator", "Password": password}
        ],
        VSwitchId=network["VSwitchId"],
    )
    eventually(lambda: shown(made["ImageCacheId"])["Status"] == status)


@pytest.mark.simulator_only("the registry is the simulator's")
@pytest.mark.parametrize(("instance", "status"), [("team", "Ready"), ("other", "Failed")])
def test_acr_registry(
    eci: Product,
    network: dict[str, str],
    shown: Show,
    eventually: Wait,
    account_id: str,
    instance: str,
    status: str,
) -> None:
    """An image of an ACR Enterprise instance is pulled without a password if the call names the instance."""
    info = {
        "InstanceId": "cri-1",
        "InstanceName": instance,
        "RegionId": "cn-hangzhou",
        "Domain": [f"{instance}-registry-vpc.cn-hangzhou.cr.aliyuncs.com"],
        "ArnService": f"acs:ram::{account_id}:role/service",
        "ArnUser": f"acs:ram::{account_id}:role/user",
    }
    made = eci("CreateImageCache", ImageCacheName="acr", AcrRegistryInfo=[info],
               Image=["team-registry-vpc.cn-hangzhou.cr.aliyuncs.com/a/b:1"],
               VSwitchId=network["VSwitchId"])  # fmt: skip
    eventually(lambda: shown(made["ImageCacheId"])["Status"] == status)


@pytest.mark.simulator_only("the registries are the simulator's")
@pytest.mark.parametrize(
    ("parameter", "registry"),
    [("PlainHttpRegistry", "http.example.com"), ("InsecureRegistry", "self-signed.example.com")],
)
def test_registries_without_tls(
    eci: Product, network: dict[str, str], shown: Show, eventually: Wait, parameter: str, registry: str
) -> None:
    """A registry without HTTPS, or with a certificate that nobody signed, is pulled from if it's named."""
    common = {"ImageCacheName": "a", "Image": [f"{registry}/a:1"], "VSwitchId": network["VSwitchId"]}
    named = eci("CreateImageCache", **common, **{parameter: registry})["ImageCacheId"]
    unnamed = eci("CreateImageCache", **common)["ImageCacheId"]
    eventually(lambda: shown(named)["Status"] == "Ready")
    eventually(lambda: shown(unnamed)["Status"] == "Failed")


@pytest.mark.simulator_only("builds must last as long as they did before")
def test_reuse(
    eci: Product, network: dict[str, str], image_cache: Callable[..., str], shown: Show, drive: Drive
) -> None:
    """With AutoMatchImageCache, what another cache holds already needn't be pulled: the build is shorter."""
    image_cache(Image=["flink:1.17"])
    common = {"ImageCacheName": "a", "Image": ["flink:1.17"], "VSwitchId": network["VSwitchId"]}
    reusing = eci("CreateImageCache", **common, AutoMatchImageCache=True)["ImageCacheId"]
    pulling = eci("CreateImageCache", **common, AutoMatchImageCache=False)["ImageCacheId"]
    drive("POST", "clock", advance=95)
    assert (shown(reusing)["Status"], shown(pulling)["Status"]) == ("Ready", "Creating")


@EIP
@BUILDS
def test_eip(
    eci: Product, network: dict[str, str], background: Account, shown: Show, eventually: Wait
) -> None:
    """An EIP is bound to the transit instance while it builds, and free again when the cache is Ready."""
    allocated = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    named = {"AllocationId": allocated["AllocationId"]}

    def status() -> str:
        (eip,) = background.call("Vpc", "DescribeEipAddresses", named)["EipAddresses"]["EipAddress"]
        found: str = eip["Status"]
        return found

    made = eci("CreateImageCache", ImageCacheName="eip", Image=["nginx:1.25"],
               EipInstanceId=allocated["AllocationId"], VSwitchId=network["VSwitchId"],
               SecurityGroupId=network["SecurityGroupId"])  # fmt: skip
    eventually(lambda: status() == "InUse")
    eventually(lambda: shown(made["ImageCacheId"])["Status"] == "Ready")
    eventually(lambda: status() == "Available")


@BUILDS
def test_resource_group(
    image_cache: Callable[..., str], eci: Product, shown: Show, network: dict[str, str]
) -> None:
    """A cache is in the resource group that is named, the account's default one otherwise."""
    group = shown(image_cache(until=""))["ResourceGroupId"]
    made = eci("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"], ResourceGroupId=group,
               VSwitchId=network["VSwitchId"], SecurityGroupId=network["SecurityGroupId"])  # fmt: skip
    assert shown(made["ImageCacheId"])["ResourceGroupId"] == group


@BUILDS
def test_several_vswitches(eci: Product, network: dict[str, str], background: Account) -> None:
    """VSwitchId may name several, with commas between them."""
    other = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"], "CidrBlock": "10.0.1.0/24"}
    second = background.call("Vpc", "CreateVSwitch", other)["VSwitchId"]
    made = eci("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"],
               VSwitchId=f"{network['VSwitchId']},{second}",
               SecurityGroupId=network["SecurityGroupId"])  # fmt: skip
    assert made["ImageCacheId"]


@BUILDS
def test_client_token(eci: Product, network: dict[str, str], account: Account) -> None:
    """A repeated call with the same ClientToken makes nothing new; with other parameters it's refused."""
    common = {
        "ImageCacheName": "a",
        "Image": ["nginx:1.25"],
        "VSwitchId": network["VSwitchId"],
        "SecurityGroupId": network["SecurityGroupId"],
        "ClientToken": account.run,
    }
    first, again = eci("CreateImageCache", **common), eci("CreateImageCache", **common)
    assert first["ImageCacheId"] == again["ImageCacheId"]
    assert first["ContainerGroupId"] == again["ContainerGroupId"]
    other = eci.refused("CreateImageCache", **{**common, "ImageCacheName": "b"})
    assert other == (400, "IdempotentParameterMismatch")


@BUILDS
def test_annotations(eci: Product, network: dict[str, str]) -> None:
    """Annotations, whose meaning isn't public, are accepted."""
    assert eci("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"], Annotations="{}",
               VSwitchId=network["VSwitchId"], SecurityGroupId=network["SecurityGroupId"])  # fmt: skip


@pytest.mark.simulator_only("a full quota")
def test_elimination(eci: Product, image_cache: Callable[..., str], drive: Drive) -> None:
    """At quota, the cache with EliminationStrategy LRU that was used longest ago makes room."""
    kept = image_cache()
    oldest, younger = image_cache(EliminationStrategy="LRU"), image_cache(EliminationStrategy="LRU")
    drive("POST", "quotas", MaxImageCacheCount=3)
    made = eci("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"])["ImageCacheId"]
    left = {cache["ImageCacheId"] for cache in eci("DescribeImageCaches")["ImageCaches"]}
    assert left == {kept, younger, made}
    assert oldest not in left


@pytest.mark.simulator_only("a full quota")
def test_quota(eci: Product, image_cache: Callable[..., str], drive: Drive) -> None:
    """At quota, and with no cache that may be eliminated, the call is refused; ListUsage tells why."""
    image_cache()
    drive("POST", "quotas", MaxImageCacheCount=1)
    refusal = eci.refused("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"])
    assert refusal == (403, "QuotaExceeded")
    usage = eci("ListUsage")["Attributes"]
    assert (usage["UsedImageCacheCount"], usage["MaxImageCacheCount"]) == (1, 1)


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "MissingRegionId")),
        ({"RegionId": "cn-atlantis"}, (404, "InvalidRegionId.NotFound")),
        ({"ImageCacheName": None}, (400, "MissingImageCacheName")),
        ({"Image": None}, (400, "MissingImage")),
        ({"Image": ["Not An Image"]}, (400, "InvalidParameter.Image")),
        ({"Image": [f"nginx:1.{minor}" for minor in range(21)]}, (400, "InvalidParameter.Image")),
        ({"ImageCacheSize": 19}, (400, "InvalidParameter.ImageCacheSize")),
        ({"ImageCacheSize": 32769}, (400, "InvalidParameter.ImageCacheSize")),
        ({"RetentionDays": 0}, (400, "InvalidParameter.RetentionDays")),
        ({"RetentionDays": 65537}, (400, "InvalidParameter.RetentionDays")),
        ({"FlashCopyCount": 0}, (400, "InvalidParameter.FlashCopyCount")),
        ({"StandardCopyCount": 0}, (400, "InvalidParameter.StandardCopyCount")),
        ({"EliminationStrategy": "MRU"}, (400, "InvalidParameter.EliminationStrategy")),
        ({"ClientToken": "x" * 65}, (400, "InvalidParameter.ClientToken")),
        ({"ImageRegistryCredential": [{"Server": "https://a.b"}]},
         (400, "InvalidParameter.ImageRegistryCredential.1.Server")),
        ({"AcrRegistryInfo": [{"InstanceName": "a"}]}, (400, "MissingAcrRegistryInfo.1.InstanceId")),
        ({"Tag": [{"Key": "", "Value": "a"}]}, (400, "InvalidParameter.Tag.1.Key")),
        ({"Tag": [{"Key": "acs:a", "Value": "a"}]}, (400, "InvalidParameter.Tag.1.Key")),
        ({"Tag": [{"Key": "a", "Value": "v" * 129}]}, (400, "InvalidParameter.Tag.1.Value")),
        ({"Tag": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]},
         (400, "InvalidParameter.Tag.2.Key")),
        ({"Tag": [{"Key": f"k{number}", "Value": ""} for number in range(20)]}, (400, "NumberExceed.Tags")),
        ({"ZoneId": "cn-atlantis-a"}, (404, "InvalidZoneId.NotFound")),
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"VSwitchId": ",".join(f"vsw-{number}" for number in range(11))},
         (400, "InvalidParameter.VSwitchId")),
        ({"SecurityGroupId": "sg-none"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"EipInstanceId": "eip-none"}, (404, "InvalidEipInstanceId.NotFound")),
        ({"ResourceGroupId": "rg-none"}, (404, "InvalidResourceGroup.NotFound")),
    ],
)  # fmt: skip
def test_refused(eci: Product, parameters: dict[str, Any], refusal: tuple[int, str]) -> None:
    """What is missing, out of its range or not there is refused at once, by name."""
    named = {"ImageCacheName": "a", "Image": ["nginx:1.25"], **parameters}
    assert eci.refused("CreateImageCache", **named) == refusal


def test_vswitch_in_another_zone(eci: Product, network: dict[str, str]) -> None:
    """A vSwitch that isn't in the zone that is named is refused."""
    zones = eci("DescribeRegions")["Regions"][0]["Zones"]
    other = next(zone for zone in zones if zone != network["ZoneId"])
    refusal = eci.refused("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"],
                          VSwitchId=network["VSwitchId"], ZoneId=other)  # fmt: skip
    assert refusal == (403, "OperationDenied.VswZoneMisMatch")


def test_security_group_of_another_vpc(eci: Product, network: dict[str, str], background: Account) -> None:
    """A security group and a vSwitch of different VPCs are refused."""
    vpc_id = background.call("Vpc", "CreateVpc", {"CidrBlock": "10.0.0.0/8"})["VpcId"]
    other = background.call("Ecs", "CreateSecurityGroup", {"VpcId": vpc_id})["SecurityGroupId"]
    refusal = eci.refused("CreateImageCache", ImageCacheName="a", Image=["nginx:1.25"],
                          VSwitchId=network["VSwitchId"], SecurityGroupId=other)  # fmt: skip
    assert refusal == (403, "OperationDenied.SecurityGroupMisMatch")


@BUILDS
def test_vswitch_without_addresses(eci: Product, network: dict[str, str], background: Account) -> None:
    """A vSwitch whose addresses are all taken is refused."""
    small = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"], "CidrBlock": "10.0.2.0/29"}
    vswitch_id = background.call("Vpc", "CreateVSwitch", small)["VSwitchId"]
    named = {"ImageCacheName": "a", "Image": ["nginx:1.25"], "VSwitchId": vswitch_id,
             "SecurityGroupId": network["SecurityGroupId"]}  # fmt: skip
    for _ in range(4):
        background.call("Eci", "CreateImageCache", named)
    assert eci.refused("CreateImageCache", **named) == (403, "InvalidVSwitchId.IpNotEnough")


def test_message_and_request_id(eci: Product) -> None:
    """A refusal carries a message for people, and the request's ID."""
    with pytest.raises(AlibabaCloudException) as caught:
        eci("CreateImageCache", ImageCacheName="a")
    assert "Image is mandatory" in caught.value.message
    assert caught.value.request_id
