"""CreateContainerGroup, DescribeContainerGroups and DeleteContainerGroup."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from conformance_account import Account, Product

Wait = Callable[[Callable[[], Any]], Any]
Drive = Callable[..., Any]

RUNS = pytest.mark.costs("a container group of 2 vCPUs, for minutes")
NAMES = pytest.mark.simulator_only("it names what a real account would have to have: disks, NAS, roles, ACR")

NGINX = [{"Name": "main", "Image": "nginx:1.25"}]
_PROBE = {
    "Exec": {"Command": ["true"]},
    "HttpGet": {"Path": "/", "Port": 80, "Scheme": "HTTP"},
    "TcpSocket": {"Port": 80},
    "FailureThreshold": 3,
    "InitialDelaySeconds": 5,
    "PeriodSeconds": 10,
    "SuccessThreshold": 1,
    "TimeoutSeconds": 1,
}
_HANDLERS = {
    f"Lifecycle{handler}Handler{name}": value
    for handler in ("PostStart", "PreStop")
    for name, value in {
        "Exec": ["true"],
        "HttpGetHost": "10.0.0.2",
        "HttpGetHttpHeader": [{"Name": "a", "Value": "1"}],
        "HttpGetPath": "/",
        "HttpGetPort": 80,
        "HttpGetScheme": "HTTP",
        "TcpSocketHost": "10.0.0.2",
        "TcpSocketPort": 80,
    }.items()
}
_INIT_CONTAINER = {
    "Name": "first",
    "Image": "busybox:1",
    "ImagePullPolicy": "IfNotPresent",
    "Arg": ["-v"],
    "Command": ["true"],
    "Cpu": 0.25,
    "Memory": 0.5,
    "Gpu": 1,
    "WorkingDir": "/srv",
    "EnvironmentVar": [
        {"Key": "IP", "FieldRef": {"FieldPath": "status.podIP"}},
        {"Key": "MODE", "Value": "test"},
    ],
    "Port": [{"Port": 80, "Protocol": "TCP"}],
    "VolumeMount": [
        {"MountPath": "/data", "MountPropagation": "None", "Name": "nas", "ReadOnly": True, "SubPath": "a"}
    ],
    "SecurityContext": {
        "Capability": {"Add": ["NET_ADMIN"]},
        "ReadOnlyRootFilesystem": True,
        "RunAsUser": 1000,
    },
    "TerminationMessagePath": "/tmp/end",  # noqa: S108 - a path in a container
    "TerminationMessagePolicy": "",
}
_CONTAINER = {
    **_INIT_CONTAINER,
    "Name": "main",
    "Image": "nginx:1.25",
    "EnvironmentVarHide": False,
    "LivenessProbe": _PROBE,
    "ReadinessProbe": _PROBE,
    "SecurityContextPrivileged": False,
    "SecurityContextRunAsGroup": 1000,
    "SecurityContextRunAsNonRoot": True,
    "Stdin": True,
    "StdinOnce": True,
    "Tty": True,
    **_HANDLERS,
}
_VOLUMES = [
    {
        "Name": "files",
        "Type": "ConfigFileVolume",
        "ConfigFileVolume": {
            "ConfigFileToPath": [{"Content": "YQ==", "Mode": 644, "Path": "a"}],
            "DefaultMode": 644,
        },
    },
    {
        "Name": "disk",
        "Type": "DiskVolume",
        "DiskVolume": {"DiskId": "d-1", "DiskSize": 20, "FsType": "ext4"},
    },
    {
        "Name": "empty",
        "Type": "EmptyDirVolume",
        "EmptyDirVolume": {"Medium": "Memory", "SizeLimit": "1"},
    },
    {
        "Name": "flex",
        "Type": "FlexVolume",
        "FlexVolume": {"Driver": "alicloud/disk", "FsType": "ext4", "Options": "{}"},
    },
    {
        "Name": "host",
        "Type": "HostPathVolume",
        "HostPathVolume": {"Path": "/srv", "Type": "Directory"},
    },
    {
        "Name": "nas",
        "Type": "NFSVolume",
        "NFSVolume": {"Path": "/", "ReadOnly": False, "Server": "nas.example.com"},
    },
]
_SYSCTL = {"Sysctl": [{"Name": "net.ipv4.ping_group_range", "Value": "0 1"}]}
EVERYTHING: dict[str, Any] = {
    "AcrRegistryInfo": [
        {
            "Domain": ["shop-registry.cn-hangzhou.cr.aliyuncs.com"],
            "InstanceId": "cri-1",
            "InstanceName": "shop",
            "RegionId": "cn-hangzhou",
        }
    ],
    "ActiveDeadlineSeconds": 3600,
    "ComputeCategory": ["economy"],
    "Container": [_CONTAINER],
    "ContainerResourceView": True,
    "CorePattern": "/tmp",  # noqa: S108 - a path in a container
    "Cpu": 2.0,
    "CpuArchitecture": "AMD64",
    "CpuOptionsCore": 2,
    "CpuOptionsNuma": "1",
    "CpuOptionsThreadsPerCore": 1,
    "DataCacheBucket": "default",
    "DataCacheBurstingEnabled": False,
    "DataCachePL": "PL1",
    "DataCacheProvisionedIops": 1000,
    "DnsConfig": {
        "NameServer": ["10.0.0.2"],
        "Option": [{"Name": "ndots", "Value": "2"}],
        "Search": ["example.com"],
    },
    "DnsPolicy": "None",
    "EgressBandwidth": 1000000,
    "EipBandwidth": 5,
    "EipCommonBandwidthPackage": "cbwp-1",
    "EipISP": "BGP",
    "EphemeralStorage": 20,
    "FixedIp": "true",
    "FixedIpRetainHour": 24,
    "GpuDriverVersion": "tesla=535",
    "HostAliase": [{"Hostname": ["db"], "Ip": "10.0.0.3"}],
    "HostName": "shop",
    "HostSecurityContext": _SYSCTL,
    "ImageAccelerateMode": "imc",
    "ImageRegistryCredential": [
        {"Password": "simulator", "Server": "private.example.com", "UserName": "simulator"}
    ],
    "IngressBandwidth": 1000000,
    "InitContainer": [_INIT_CONTAINER],
    "InsecureRegistry": "self-signed.example.com",
    "InstanceType": "ecs.c6.large",
    "Ipv6AddressCount": 1,
    "Ipv6GatewayBandwidth": "1",
    "Ipv6GatewayBandwidthEnable": False,
    "Memory": 4.0,
    "NtpServer": ["ntp.example.com"],
    "OsType": "Linux",
    "OverheadReservationOption": {"EnableOverheadReservation": False},
    "PlainHttpRegistry": "http.example.com",
    "RamRoleName": "role",
    "RestartPolicy": "Always",
    "ScheduleStrategy": "VSwitchOrdered",
    "SecurityContext": _SYSCTL,
    "ShareProcessNamespace": False,
    "SpotDuration": 1,
    "SpotPriceLimit": 0.5,
    "SpotStrategy": "SpotWithPriceLimit",
    "StrictSpot": False,
    "TerminationGracePeriodSeconds": 30,
    "Volume": _VOLUMES,
}


@pytest.fixture
def place(network: dict[str, str]) -> dict[str, Any]:
    """Return where groups are made, with a name."""
    return {
        "ContainerGroupName": "shop",
        "VSwitchId": network["VSwitchId"],
        "SecurityGroupId": network["SecurityGroupId"],
    }


@pytest.fixture
def group(eci: Product, eventually: Wait) -> Callable[..., dict[str, Any]]:
    """Return a function that shows a group, which must be there, once it has one of some statuses."""

    def show(container_group_id: str, *statuses: str) -> dict[str, Any]:
        ids = json.dumps([container_group_id])

        def look() -> dict[str, Any] | None:
            answer = eci("DescribeContainerGroups", ContainerGroupIds=ids, WithEvent=True)
            (found,) = answer["ContainerGroups"]
            shown: dict[str, Any] = found
            return shown if not statuses or shown["Status"] in statuses else None

        shown: dict[str, Any] = eventually(look)
        return shown

    return show


Show = Callable[..., dict[str, Any]]


@NAMES
def test_everything(
    eci: Product, place: dict[str, Any], network: dict[str, str], account_id: str, group: Show
) -> None:
    """Every parameter of the SDK is accepted, and shown back as far as there is a field for it."""
    role = f"acs:ram::{account_id}:role/a"
    registry = {**EVERYTHING["AcrRegistryInfo"][0], "ArnService": role, "ArnUser": role}
    asked = {**EVERYTHING, "AcrRegistryInfo": [registry], "ZoneId": network["ZoneId"]}
    made = eci("CreateContainerGroup", **place, **asked)
    assert made["RequestId"]
    shown = group(made["ContainerGroupId"], "Running")
    (container,), (first,) = shown["Containers"], shown["InitContainers"]
    assert (container["Commands"], first["Command"]) == (["true"], ["true"])
    assert (container["CurrentState"]["State"], container["Ready"]) == ("Running", True)
    assert (first["CurrentState"]["State"], first["CurrentState"]["ExitCode"]) == ("Terminated", 0)
    assert container["LivenessProbe"]["HttpGet"] == _PROBE["HttpGet"]
    assert {volume["Name"] for volume in shown["Volumes"]} == {volume["Name"] for volume in _VOLUMES}
    assert shown["DnsConfig"]["Searches"] == ["example.com"]
    assert shown["EciSecurityContext"] == {"Sysctls": _SYSCTL["Sysctl"]}


@RUNS
def test_running(eci: Product, place: dict[str, Any], network: dict[str, str], group: Show) -> None:
    """A group comes to Running, and shows where it is."""
    made = eci("CreateContainerGroup", **place, Container=NGINX, Tag=[{"Key": "a", "Value": "1"}])
    shown = group(made["ContainerGroupId"], "Running")
    assert (shown["VSwitchId"], shown["VpcId"]) == (network["VSwitchId"], network["VpcId"])
    assert {"Key": "a", "Value": "1"} in shown["Tags"]
    assert {"Pulled", "Created", "Started"} <= {event["Reason"] for event in shown["Events"]}
    eci("DeleteContainerGroup", ContainerGroupId=made["ContainerGroupId"])


@RUNS
def test_filters(eci: Product, place: dict[str, Any], network: dict[str, str], account: Account) -> None:
    """Each filter selects, and pages lead through all."""
    mark = [{"Key": "conformance", "Value": account.run}]
    made = {
        eci("CreateContainerGroup", **place, Container=NGINX, Tag=mark)["ContainerGroupId"] for _ in range(2)
    }

    def ids(**filters: Any) -> set[str]:
        answer = eci("DescribeContainerGroups", Tag=mark, **filters)
        return {each["ContainerGroupId"] for each in answer["ContainerGroups"]}

    assert ids() == made
    assert ids(ContainerGroupName="shop", SecurityGroupId=network["SecurityGroupId"]) == made
    assert ids(VSwitchId=network["VSwitchId"], ZoneId=network["ZoneId"]) == made
    assert ids(Status="Expired") == ids(ResourceGroupId="rg-none") == ids(ComputeCategory="economy") == set()
    first = eci("DescribeContainerGroups", Tag=mark, Limit=1)
    rest = eci("DescribeContainerGroups", Tag=mark, Limit=1, NextToken=first["NextToken"])
    pages = [*first["ContainerGroups"], *rest["ContainerGroups"]]
    assert (first["TotalCount"], {each["ContainerGroupId"] for each in pages}) == (2, made)


@RUNS
def test_named_cache(
    eci: Product, place: dict[str, Any], image_cache: Callable[..., str], group: Show
) -> None:
    """A group that names a ready image cache hits it, and its image needn't be pulled."""
    image_cache_id = image_cache()
    made = eci("CreateContainerGroup", **place, Container=NGINX, ImageSnapshotId=image_cache_id)
    events = group(made["ContainerGroupId"], "Running")["Events"]
    assert "SuccessfulHitImageCache" in {event["Reason"] for event in events}
    assert "Pulling" not in {event["Reason"] for event in events}
    (cache,) = eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"]
    assert cache["LastMatchedTime"]


@pytest.mark.simulator_only("nothing would find the automatic cache again to delete it")
def test_automatic_cache(
    eci: Product, place: dict[str, Any], group: Show, eventually: Wait, drive: Drive
) -> None:
    """Where no cache matches, one is made automatically; a quota of its own bounds them."""
    named = {**place, "Container": NGINX, "AutoMatchImageCache": True}
    shown = group(eci("CreateContainerGroup", **named)["ContainerGroupId"], "Running")
    assert {"ImageCacheMissed", "ImageCacheAutoCreated"} <= {event["Reason"] for event in shown["Events"]}
    (cache,) = eventually(lambda: eci("DescribeImageCaches", MatchImage=["nginx:1.25"])["ImageCaches"])
    assert cache["ImageCacheName"] == f"auto-create-for-{shown['ContainerGroupId']}"
    drive("POST", "quotas", MaxAutoImageCacheCount=1)
    other = {**named, "Container": [{"Name": "main", "Image": "redis:7"}]}
    shown = group(eci("CreateContainerGroup", **other)["ContainerGroupId"], "Running")
    assert "QuotaFull" in {event["Reason"] for event in shown["Events"]}


@pytest.mark.costs("an elastic IP address, for minutes")
def test_eip_that_is_made(eci: Product, place: dict[str, Any], group: Show) -> None:
    """With AutoCreateEip a group has a public address."""
    made = eci("CreateContainerGroup", **place, Container=NGINX, AutoCreateEip=True, EipBandwidth=1)
    assert group(made["ContainerGroupId"], "Running")["InternetIp"]


@RUNS
@pytest.mark.parametrize(
    ("image", "policy", "status"), [("hello-world", "Never", "Succeeded"), ("missing", "Always", "Failed")]
)
@pytest.mark.simulator_only("the cloud keeps trying to pull an image that isn't there")
def test_ends(eci: Product, place: dict[str, Any], group: Show, image: str, policy: str, status: str) -> None:
    """A group whose program ends has succeeded, one whose image can't be pulled has failed; both say when."""
    container = [{"Name": "main", "Image": image}]
    made = eci("CreateContainerGroup", **place, Container=container, RestartPolicy=policy)
    assert group(made["ContainerGroupId"], status)[f"{status}Time"]


@pytest.mark.simulator_only("the cloud keeps trying to pull an image that isn't there")
def test_init_container_that_fails(eci: Product, place: dict[str, Any], group: Show) -> None:
    """An init container whose image can't be pulled says why, and the others never start."""
    first = [{"Name": "first", "Image": "missing:1"}]
    made = eci("CreateContainerGroup", **place, Container=NGINX, InitContainer=first)
    shown = group(made["ContainerGroupId"], "Failed")
    assert "missing:1" in shown["InitContainers"][0]["CurrentState"]["Message"]
    assert shown["Containers"][0]["CurrentState"]["State"] == "Waiting"


@RUNS
def test_resource_group(eci: Product, place: dict[str, Any], group: Show) -> None:
    """A group is in the account's default resource group, or in the one that's named."""
    made = eci("CreateContainerGroup", **place, Container=NGINX)["ContainerGroupId"]
    default = group(made)["ResourceGroupId"]
    named = eci("CreateContainerGroup", **place, Container=NGINX, ResourceGroupId=default)
    assert group(named["ContainerGroupId"])["ResourceGroupId"] == default


@RUNS
def test_client_token(eci: Product, place: dict[str, Any], account: Account) -> None:
    """A repeated ClientToken gets the first answer again, in creation and in deletion."""
    named = {**place, "Container": NGINX, "ClientToken": account.run}
    first, again = (eci("CreateContainerGroup", **named)["ContainerGroupId"] for _ in range(2))
    assert first == again
    for _ in range(2):
        eci("DeleteContainerGroup", ContainerGroupId=first, ClientToken=account.run)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DryRun": True}, "DryRunOperation"),
        ({"OsType": "Windows"}, "Forbidden.OnlyForInvitedTest"),
        ({"Container": NGINX * 2}, "InvalidParameter.DuplicatedName"),
        ({"Volume": [{"Name": "a"}, {"Name": "a"}]}, "InvalidParameter.DuplicatedVolumeName"),
        ({"ImageSnapshotId": "imc-none"}, "ImageSnapshot.NotFound"),
        ({"EipInstanceId": "eip-none"}, "InvalidEipInstanceId.NotFound"),
    ],
)
def test_refused(eci: Product, place: dict[str, Any], changes: dict[str, Any], code: str) -> None:
    """What doesn't fit is refused with its code."""
    with pytest.raises(AlibabaCloudException) as caught:
        eci("CreateContainerGroup", **{**place, "Container": NGINX, **changes})
    assert caught.value.code == code


@pytest.mark.simulator_only("a full quota")
def test_vcpu_quota(eci: Product, place: dict[str, Any], drive: Drive) -> None:
    """A group that would take more vCPUs than the account may have isn't made."""
    drive("POST", "quotas", MaxCpu=1)
    with pytest.raises(AlibabaCloudException) as caught:
        eci("CreateContainerGroup", **place, Container=NGINX)
    assert (caught.value.status_code, caught.value.code) == (403, "QuotaExceeded")


@RUNS
def test_refused_cache(eci: Product, place: dict[str, Any], image_cache: Callable[..., str]) -> None:
    """An image cache that's still being made can't be named."""
    with pytest.raises(AlibabaCloudException) as caught:
        eci("CreateContainerGroup", **place, Container=NGINX, ImageSnapshotId=image_cache(until=""))
    assert caught.value.code == "ImageSnapshot.IncorrectStatus"


@RUNS
def test_address_in_use(eci: Product, place: dict[str, Any], group: Show) -> None:
    """A private address belongs to one group."""
    made = eci("CreateContainerGroup", **place, Container=NGINX)
    address = group(made["ContainerGroupId"])["IntranetIp"]
    with pytest.raises(AlibabaCloudException) as caught:
        eci("CreateContainerGroup", **place, Container=NGINX, PrivateIpAddress=address)
    assert caught.value.code == "PrivateIpAddress.Already.InUse"


def test_unknown(eci: Product) -> None:
    """A group that isn't there isn't listed, and can't be deleted."""
    with pytest.raises(AlibabaCloudException) as caught:
        eci("DeleteContainerGroup", ContainerGroupId="eci-none")
    assert caught.value.code == "InvalidParameter.NotFound"
    assert eci("DescribeContainerGroups", ContainerGroupIds='["eci-none"]')["ContainerGroups"] == []
