"""Tests of CreateContainerGroup, DescribeContainerGroups and DeleteContainerGroup, caches aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_eci20180808.models import DescribeContainerGroupsResponseBody

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Describe = Callable[[str], dict[str, Any]]
Refusal = Callable[..., tuple[int, str]]

NEEDED = {"ContainerGroupName": "shop", "Container.1.Name": "main", "Container.1.Image": "nginx:1.25"}

EVERYTHING = {
    "Container.1.Arg.1": "-v",
    "Container.1.Command.1": "run",
    "Container.1.Port.1.Port": 80,
    "Container.1.Port.1.Protocol": "TCP",
    "Container.1.EnvironmentVar.1.Key": "IP",
    "Container.1.EnvironmentVar.1.FieldRef.FieldPath": "status.podIP",
    "Container.1.VolumeMount.1.Name": "data",
    "Container.1.VolumeMount.1.ReadOnly": "True",
    "Container.1.LivenessProbe.HttpGet.Path": "/",
    "Container.1.LivenessProbe.HttpGet.Port": 80,
    "Container.1.LivenessProbe.PeriodSeconds": 5,
    "Container.1.SecurityContext.Capability.Add.1": "NET_ADMIN",
    "Container.1.Cpu": 0.25,
    "Container.1.Memory": 0.5,
    "Container.2.Name": "other",
    "Container.2.Image": "redis:7",
    "Container.2.Cpu": 0.5,
    "Container.2.EnvironmentVar.1.Key": "SECRET",
    "Container.2.EnvironmentVarHide": "true",
    "InitContainer.1.Name": "first",
    "InitContainer.1.Image": "busybox:1",
    "InitContainer.1.Command.1": "true",
    "Volume.1.Name": "data",
    "Volume.1.Type": "NFSVolume",
    "Volume.1.NFSVolume.Server": "nas.example.com",
    "Volume.1.NFSVolume.ReadOnly": "false",
    "DnsConfig.NameServer.1": "10.0.0.2",
    "DnsConfig.Option.1.Name": "ndots",
    "SecurityContext.Sysctl.1.Name": "net.ipv4.ping_group_range",
    "SecurityContext.Sysctl.1.Value": "0 1",
    "HostAliase.1.Ip": "10.0.0.3",
    "HostAliase.1.Hostname.1": "db",
    "SpotStrategy": "SpotWithPriceLimit",
    "SpotPriceLimit": 0.123,
    "ComputeCategory.1": "economy",
    "RamRoleName": "role",
    "TerminationGracePeriodSeconds": 60,
    "DataCacheBucket": "default",
}


def reasons(group: dict[str, Any]) -> list[str]:
    """Return the reasons of a group's events, in their order."""
    return [event["Reason"] for event in group["Events"]]


def contains(known: Any, shown: Any) -> bool:
    """Tell whether all that is shown is known, in objects and lists to any depth."""
    if isinstance(shown, dict):
        return isinstance(known, dict) and all(contains(known.get(name), shown[name]) for name in shown)
    if isinstance(shown, list):
        return isinstance(known, list) and all(map(contains, known, shown)) and len(known) == len(shown)
    return type(known) is type(shown) and bool(known == shown)


def ids(answer: dict[str, Any]) -> list[str]:
    """Return the IDs of the groups in an answer."""
    return [group["ContainerGroupId"] for group in answer["ContainerGroups"]]


def test_way_to_running(cloud: Cloud, create_group: Create, describe_group: Describe) -> None:
    """A group is scheduled, pending while its images are pulled, and then runs."""
    container_group_id = create_group(Container__1__Image="flink:1.17")
    shown = [describe_group(container_group_id)]
    while shown[-1]["Status"] != "Running":
        cloud.advance(1)
        shown.append(describe_group(container_group_id))
    statuses = [each["Status"] for each in shown]
    assert list(dict.fromkeys(statuses)) == ["Scheduling", "Pending", "Running"]
    assert 12 <= statuses.count("Scheduling") <= 18
    assert 44 <= statuses.count("Pending") <= 57
    assert reasons(shown[-1]) == ["UserInstanceTypeSpec", "Pulling", "Pulled", "Created", "Started"]
    assert shown[0]["Containers"][0]["CurrentState"] == {"State": "Waiting"}
    (container,) = shown[-1]["Containers"]
    assert (container["CurrentState"]["State"], container["Ready"]) == ("Running", True)
    assert container["CurrentState"]["StartTime"] == shown[-1]["Events"][-1]["FirstTimestamp"]


def test_messages(cloud: Cloud, create_group: Create, describe_group: Describe) -> None:
    """Events are worded as the cloud's, with the name of the group and what the image's pull took."""
    container_group_id = create_group(Container__1__Image="nginx:1.25", Cpu=0.5, Memory=1)
    cloud.advance(600)
    group = describe_group(container_group_id)
    specified, pulling, pulled, created, started = (event["Message"] for event in group["Events"])
    assert specified == (
        "[eci.containergroup]The user-specified instanceType for current eci instance is 0.5-1.0Gi"
    )
    assert pulling == 'Pulling image "nginx:1.25"'
    assert pulled.startswith('Successfully pulled image "nginx:1.25" in ')
    assert pulled.endswith("s including waiting). Image size: 71000000 bytes.")
    assert (created, started) == ("Created container: main", "Started container main")
    assert all(event["Name"].startswith("shop.") for event in group["Events"])
    assert all((event["Type"], event["Count"]) == ("Normal", 1) for event in group["Events"])


def test_fields(
    cloud: Cloud, create_group: Create, describe_group: Describe, network: dict[str, str]
) -> None:
    """A group shows where it is, what it was asked for, and what the alicloud plugin can't do without."""
    container_group_id = create_group(
        VSwitchId=network["VSwitchId"],
        SecurityGroupId=network["SecurityGroupId"],
        EipInstanceId=network["EipInstanceId"],
        Cpu=1,
        Memory=2.5,
        EphemeralStorage=10,
        RestartPolicy="OnFailure",
        Tag__1__Key="team",
        Tag__1__Value="a",
        ImageRegistryCredential__1__Server="private.example.com",
        ImageRegistryCredential__1__Password="hunter2",
    )
    cloud.advance(600)
    group = describe_group(container_group_id)
    expected = {
        "ContainerGroupName": "shop",
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-h",
        "VpcId": network["VpcId"],
        "VSwitchId": network["VSwitchId"],
        "SecurityGroupId": network["SecurityGroupId"],
        "InternetIp": cloud.vpc.eips[network["EipInstanceId"]].ip_address,
        "Cpu": 1,
        "Memory": 2.5,
        "EphemeralStorage": 10,
        "RestartPolicy": "OnFailure",
        "CreationTime": "2026-01-01T00:00:00Z",
        "Tags": [{"Key": "team", "Value": "a"}],
        "DnsConfig": {},
        "EciSecurityContext": {},
    }
    assert {name: group[name] for name in expected} == expected
    assert group["IntranetIp"].startswith("10.0.0.")
    assert group["EniInstanceId"].startswith("eni-")
    assert "hunter2" not in str(group)


def test_shown_back(create_group: Create, describe_group: Describe) -> None:
    """What the simulator makes nothing of is accepted, and shown back under the names of the answer."""
    group = describe_group(create_group(**EVERYTHING))
    main, other = group["Containers"]
    assert (main["Args"], main["Commands"]) == (["-v"], ["run"])
    assert main["Ports"] == [{"Port": 80, "Protocol": "TCP"}]
    pod_ip = {"FieldRef": {"FieldPath": "status.podIP"}}
    assert main["EnvironmentVars"] == [{"Key": "IP", "ValueFrom": pod_ip}]
    assert main["VolumeMounts"] == [{"Name": "data", "ReadOnly": True}]
    assert main["LivenessProbe"] == {"HttpGet": {"Path": "/", "Port": 80}, "PeriodSeconds": 5}
    assert main["SecurityContext"] == {"Capability": {"Adds": ["NET_ADMIN"]}}
    assert other["EnvironmentVars"] == []
    assert group["InitContainers"][0]["Command"] == ["true"]
    assert group["Volumes"] == [
        {
            "Name": "data",
            "Type": "NFSVolume",
            "NFSVolumeReadOnly": False,
            "NFSVolumeServer": "nas.example.com",
        }
    ]
    assert group["DnsConfig"] == {"NameServers": ["10.0.0.2"], "Options": [{"Name": "ndots"}]}
    sysctl = {"Name": "net.ipv4.ping_group_range", "Value": "0 1"}
    assert group["EciSecurityContext"] == {"Sysctls": [sysctl]}
    assert group["HostAliases"] == [{"Ip": "10.0.0.3", "Hostnames": ["db"]}]
    assert (group["SpotStrategy"], group["SpotPriceLimit"]) == ("SpotWithPriceLimit", 0.123)
    assert (group["ComputeCategory"], group["RamRoleName"]) == ("economy", "role")
    assert (group["Cpu"], group["Memory"]) == (0.75, 0.5)


def test_fields_are_the_clients(
    cloud: Cloud, call: Call, create: Create, create_group: Create, network: dict[str, str]
) -> None:
    """Every field of an answer is one that the official client's models know."""
    create(VSwitchId=network["VSwitchId"])
    place = {name: network[name] for name in ("VSwitchId", "SecurityGroupId", "EipInstanceId")}
    create_group(**EVERYTHING, **place, Tag__1__Key="a")
    create_group(Container__1__Image="missing:1")
    create_group(Container__1__Image="hello-world:1", RestartPolicy="Never")
    for seconds in (0, 25, 600):
        cloud.advance(seconds)
        answer = call("DescribeContainerGroups")
        known = DescribeContainerGroupsResponseBody().from_map(answer).to_map()
        assert contains(known, answer)


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.25", "IfNotPresent"),
        ("nginx@sha256:" + "0a" * 32, "IfNotPresent"),
    ],
)
def test_pull_policy_by_default(
    create_group: Create, describe_group: Describe, image: str, policy: str
) -> None:
    """Without a pull policy the latest is always pulled, any other version if it isn't there."""
    group = describe_group(create_group(Container__1__Image=image))
    assert group["Containers"][0]["ImagePullPolicy"] == policy


def test_init_containers_come_first(cloud: Cloud, create_group: Create, describe_group: Describe) -> None:
    """Init containers run one after the other before the others, and have ended then."""
    container_group_id = create_group(
        InitContainer__1__Name="first",
        InitContainer__1__Image="busybox:1",
        InitContainer__2__Name="second",
        InitContainer__2__Image="busybox:1",
    )
    cloud.advance(600)
    group = describe_group(container_group_id)
    started = [event["Message"] for event in group["Events"] if event["Reason"] == "Started"]
    assert started == [f"Started container {name}" for name in ("first", "second", "main")]
    for each in group["InitContainers"]:
        state = each["CurrentState"]
        assert (state["State"], state["Reason"], state["ExitCode"]) == ("Terminated", "Completed", 0)
    assert 'Container image "busybox:1" already present on machine' in str(group["Events"])


@pytest.mark.parametrize(
    ("policy", "status"), [("Never", "Succeeded"), ("OnFailure", "Succeeded"), ("Always", "Running")]
)
def test_a_program_that_ends(
    cloud: Cloud, create_group: Create, describe_group: Describe, policy: str, status: str
) -> None:
    """hello-world ends by itself: its group has succeeded, unless it's always restarted."""
    container_group_id = create_group(Container__1__Image="hello-world:1", RestartPolicy=policy)
    cloud.advance(600)
    group = describe_group(container_group_id)
    assert group["Status"] == status
    assert ("SucceededTime" in group) == (status == "Succeeded")


@pytest.mark.parametrize(
    ("parameters", "words", "reason"),
    [
        ({"Container__1__Image": "missing:1"}, "not found", "ErrImagePull"),
        ({"Container__1__Image": "private.example.com/app:1"}, "401 Unauthorized", "ErrImagePull"),
        ({"Container__1__ImagePullPolicy": "Never"}, "is not present with pull policy", "ErrImageNeverPull"),
        ({"Container__1__Image": "huge:1"}, "no space left on device", "ErrImagePull"),
    ],
)
def test_way_to_failed(
    cloud: Cloud,
    create_group: Create,
    describe_group: Describe,
    network: dict[str, str],
    *,
    parameters: dict[str, Any],
    words: str,
    reason: str,
) -> None:
    """A group whose image can't be had fails, says why, and frees its addresses."""
    cloud.registries.add_image("huge", 9000)
    place = {"VSwitchId": network["VSwitchId"], "EipInstanceId": network["EipInstanceId"]}
    container_group_id = create_group(**place, **parameters)
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "InUse"
    cloud.advance(7200)
    group = describe_group(container_group_id)
    assert group["Status"] == "Failed"
    assert words in group["Events"][-1]["Message"]
    assert group["Events"][-1]["Type"] == "Warning"
    state = group["Containers"][0]["CurrentState"]
    assert (state["State"], state["Reason"]) == ("Waiting", reason)
    assert group["FailedTime"] == group["Events"][-1]["FirstTimestamp"]
    assert cloud.vpc.eips[network["EipInstanceId"]].status == "Available"
    assert not cloud.eci.instances()


@pytest.mark.parametrize("way", ["none", "EIP", "made", "NAT"])
def test_the_way_out(
    cloud: Cloud, create_group: Create, describe_group: Describe, network: dict[str, str], way: str
) -> None:
    """A public image is pulled by an EIP, also one that is made, or a NAT gateway, or not at all."""
    cloud.registries.need_internet = True
    if way == "NAT":
        cloud.vpc.open_internet(cloud.vpc.vswitches[network["VSwitchId"]])
    by = {"EIP": {"EipInstanceId": network["EipInstanceId"]}, "made": {"AutoCreateEip": "true"}}
    container_group_id = create_group(VSwitchId=network["VSwitchId"], **by.get(way, {}))
    cloud.advance(600)
    group = describe_group(container_group_id)
    assert group["Status"] == ("Failed" if way == "none" else "Running")
    assert ("i/o timeout" in group["Events"][-1]["Message"]) == (way == "none")


def test_ephemeral_storage_makes_room(cloud: Cloud, create_group: Create, describe_group: Describe) -> None:
    """Images that don't fit into an instance's own 20 GiB fit with more ephemeral storage."""
    cloud.registries.add_image("huge", 9000)
    container_group_id = create_group(Container__1__Image="huge:1", EphemeralStorage=10)
    cloud.advance(7200)
    assert describe_group(container_group_id)["Status"] == "Running"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ContainerGroupName": None}, (400, "MissingContainerGroupName")),
        ({"ContainerGroupName": "-shop"}, (400, "InvalidParameter.ContainerGroupName")),
        ({"ContainerGroupName": "Shop"}, (400, "InvalidParameter.ContainerGroupName")),
        ({"ContainerGroupName": "s"}, (400, "InvalidParameter.ContainerGroupName")),
        ({"ContainerGroupName": "s" * 129}, (400, "InvalidParameter.ContainerGroupName")),
        ({"Container.1.Name": None, "Container.1.Image": None}, (400, "MissingContainer")),
        ({"Container.1.Image": None}, (400, "MissingContainer.1.Image")),
        ({"Container.1.Image": "No Image"}, (400, "InvalidParameter.Container.1.Image")),
        (
            {"Container.1.ImagePullPolicy": "Sometimes"},
            (400, "InvalidParameter.Container.1.ImagePullPolicy"),
        ),
        (
            {"InitContainer.1.Name": "main", "InitContainer.1.Image": "a"},
            (400, "InvalidParameter.DuplicatedName"),
        ),
        ({"Volume.1.Name": "a", "Volume.2.Name": "a"}, (400, "InvalidParameter.DuplicatedVolumeName")),
        ({"RestartPolicy": "never"}, (400, "InvalidParameter.RestartPolicy")),
        ({"ScheduleStrategy": "x"}, (400, "InvalidParameter.ScheduleStrategy")),
        ({"Cpu": "many"}, (400, "InvalidParameter.Cpu")),
        ({"Container.1.Port.1.Port": "http"}, (400, "InvalidParameter.Container.1.Port.1.Port")),
        ({"PrivateIpAddress": "10.0.0"}, (400, "InvalidParameter.PrivateIpAddress")),
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"SecurityGroupId": "sg-none"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"EipInstanceId": "eip-none"}, (404, "InvalidEipInstanceId.NotFound")),
        ({"ImageSnapshotId": "imc-none"}, (404, "ImageSnapshot.NotFound")),
        ({"OsType": "Windows"}, (403, "Forbidden.OnlyForInvitedTest")),
        ({"OsType": "BeOS"}, (400, "InvalidParameter.OsType")),
        ({"DryRun": "true"}, (400, "DryRunOperation")),
    ],
)
def test_refusals(cloud: Cloud, refusal: Refusal, changes: dict[str, Any], expected: tuple[int, str]) -> None:
    """What breaks a rule, or is to be checked only, is refused with its code, and nothing is made."""
    assert refusal("CreateContainerGroup", {**NEEDED, **changes}) == expected
    assert not cloud.eci.container_groups


def test_vcpu_quota(cloud: Cloud, call: Call, refusal: Refusal) -> None:
    """No group is made that would take more vCPUs than the account may have in the region."""
    cloud.quotas["MaxCpu"] = 6
    four = {**NEEDED, "Cpu": 4}
    call("CreateContainerGroup", four)
    assert refusal("CreateContainerGroup", four) == (403, "QuotaExceeded")
    call("CreateContainerGroup", {**NEEDED, "Cpu": 2})
    call("CreateContainerGroup", {**four, "RegionId": "cn-beijing"})


def test_addresses(
    cloud: Cloud, refusal: Refusal, create_group: Create, describe_group: Describe, network: dict[str, str]
) -> None:
    """Each group has an address of its vSwitch, a free one or the one that it names."""
    vswitch = {"VSwitchId": network["VSwitchId"]}
    first = describe_group(create_group(**vswitch))["IntranetIp"]
    named = describe_group(create_group(**vswitch, PrivateIpAddress="10.0.0.77"))["IntranetIp"]
    assert (first != named, named) == (True, "10.0.0.77")
    taken = {**NEEDED, **vswitch, "PrivateIpAddress": "10.0.0.77"}
    assert refusal("CreateContainerGroup", taken) == (400, "PrivateIpAddress.Already.InUse")
    for address in ("10.0.1.1", "10.0.0.0", "10.0.0.253"):
        elsewhere = {**taken, "PrivateIpAddress": address}
        assert refusal("CreateContainerGroup", elsewhere) == (400, "InvalidParameter.PrivateIpAddress")
    assert cloud.vpc.available_addresses(cloud.vpc.vswitches[network["VSwitchId"]]) == 252 - 2


def test_several_vswitches(
    cloud: Cloud, refusal: Refusal, create_group: Create, describe_group: Describe, network: dict[str, str]
) -> None:
    """The first vSwitch with room is used; when none has any, there are not enough addresses."""
    vpc = cloud.vpc.vpcs[network["VpcId"]]
    small = [
        cloud.vpc.create_vswitch(vpc, f"cn-hangzhou-{letter}", f"10.0.{number}.0/29").v_switch_id
        for number, letter in ((1, "i"), (2, "j"))
    ]
    both = ",".join(small)
    used = [describe_group(create_group(VSwitchId=both))["VSwitchId"] for _ in range(8)]
    assert used == [small[0]] * 4 + [small[1]] * 4
    asked = {**NEEDED, "VSwitchId": both}
    assert refusal("CreateContainerGroup", asked) == (403, "InvalidVSwitchId.IpNotEnough")
    random = {**NEEDED, "VSwitchId": f"{both},{network['VSwitchId']}", "ScheduleStrategy": "VSwitchRandom"}
    assert refusal("CreateContainerGroup", {**random, "DryRun": "True"}) == (400, "DryRunOperation")


def test_a_network_in_use_stays(
    call: Call, refusal: Refusal, create_group: Create, network: dict[str, str]
) -> None:
    """A vSwitch and a security group can't be deleted while a group is in them, and can afterwards."""
    place = {name: network[name] for name in ("VSwitchId", "SecurityGroupId")}
    container_group_id = create_group(**place)
    vswitch, group = ({name: value} for name, value in place.items())
    assert refusal("DeleteVSwitch", vswitch, product="vpc")[1] == "DependencyViolation"
    assert refusal("DeleteSecurityGroup", group, product="ecs")[1] == "DependencyViolation"
    call("DeleteContainerGroup", {"ContainerGroupId": container_group_id})
    call("DeleteVSwitch", vswitch, product="vpc")
    call("DeleteSecurityGroup", group, product="ecs")


def test_eip_that_is_made(cloud: Cloud, call: Call, create_group: Create, describe_group: Describe) -> None:
    """With AutoCreateEip an address is made for the group, and goes with it."""
    container_group_id = create_group(AutoCreateEip="true", EipBandwidth=20, EipISP="BGP_PRO")
    (eip,) = cloud.vpc.eips.values()
    assert (eip.bandwidth, eip.isp, eip.instance_id) == ("20", "BGP_PRO", container_group_id)
    assert describe_group(container_group_id)["InternetIp"] == eip.ip_address
    call("DeleteContainerGroup", {"ContainerGroupId": container_group_id})
    assert not cloud.vpc.eips


def test_eip_in_use(
    cloud: Cloud, create_group: Create, describe_group: Describe, network: dict[str, str]
) -> None:
    """An address that serves something already lets the instance not be made, and stays where it is."""
    eip = cloud.vpc.eips[network["EipInstanceId"]]
    first, second = (create_group(EipInstanceId=eip.allocation_id) for _ in range(2))
    cloud.advance(10)
    group = describe_group(second)
    assert group["Status"] == "ScheduleFailed"
    assert eip.allocation_id in group["Events"][-1]["Message"]
    assert eip.instance_id == first


def test_filters(call: Call, create_group: Create, network: dict[str, str]) -> None:
    """Each filter selects, all together must hold, and the newest group comes first."""
    place = {name: network[name] for name in ("VSwitchId", "SecurityGroupId")}
    first = create_group(ContainerGroupName="first", **place, Tag__1__Key="a", Tag__1__Value="1")
    second = create_group(ContainerGroupName="second", ZoneId="cn-hangzhou-b", ComputeCategory__1="economy")

    def found(**filters: Any) -> list[str]:
        return ids(call("DescribeContainerGroups", {key.replace("__", "."): filters[key] for key in filters}))

    assert found() == [second, first]
    assert found(ContainerGroupIds=json.dumps([first, "eci-none"])) == [first]
    assert found(ContainerGroupName="second") == [second]
    assert found(VSwitchId=network["VSwitchId"]) == [first]
    assert found(SecurityGroupId=network["SecurityGroupId"]) == [first]
    assert found(ZoneId="cn-hangzhou-b") == [second]
    assert found(ComputeCategory="economy") == [second]
    assert found(Tag__1__Key="a", Tag__1__Value="1") == [first]
    assert found(Tag__1__Key="a", Tag__1__Value="1", ContainerGroupName="second") == []
    assert found(Status="Scheduling") == [second, first]
    assert found(Status="Running") == []
    assert found(RegionId="cn-beijing") == []


def test_pages(call: Call, create_group: Create) -> None:
    """Pages of 20 at most lead through all groups, once each."""
    made = [create_group() for _ in range(23)]
    first = call("DescribeContainerGroups", {"Limit": 100})
    assert (len(ids(first)), first["TotalCount"]) == (20, 23)
    rest = call("DescribeContainerGroups", {"NextToken": first["NextToken"]})
    assert ids(first) + ids(rest) == made[::-1]
    assert rest["NextToken"] == ""


def test_without_events(call: Call, create_group: Create) -> None:
    """WithEvent=false leaves the events out."""
    create_group()
    (group,) = call("DescribeContainerGroups", {"WithEvent": "False"})["ContainerGroups"]
    assert "Events" not in group


@pytest.mark.parametrize(
    "value", ["eci-1", "{}", "[1]", json.dumps([f"eci-{n}" for n in range(21)]), "[" * 3000]
)
def test_bad_ids(refusal: Refusal, value: str) -> None:
    """ContainerGroupIds that isn't a JSON list of at most 20 strings is refused."""
    asked = {"ContainerGroupIds": value}
    assert refusal("DescribeContainerGroups", asked) == (400, "InvalidParameter.ContainerGroupIds")


def test_delete(call: Call, refusal: Refusal, create_group: Create) -> None:
    """A deleted group is gone at once; one that isn't there can't be deleted."""
    named = {"ContainerGroupId": create_group()}
    call("DeleteContainerGroup", named)
    assert ids(call("DescribeContainerGroups")) == []
    assert refusal("DeleteContainerGroup", named) == (404, "InvalidParameter.NotFound")
    elsewhere = {"ContainerGroupId": create_group(), "RegionId": "cn-beijing"}
    assert refusal("DeleteContainerGroup", elsewhere) == (404, "InvalidParameter.NotFound")


def test_client_token(call: Call, refusal: Refusal) -> None:
    """A repeated token gets the first answer again; with other parameters it's refused."""
    first = call("CreateContainerGroup", {**NEEDED, "ClientToken": "t"})
    assert (
        call("CreateContainerGroup", {**NEEDED, "ClientToken": "t"})["ContainerGroupId"]
        == (first["ContainerGroupId"])
    )
    other = {**NEEDED, "ClientToken": "t", "Cpu": 4}
    assert refusal("CreateContainerGroup", other) == (400, "IdempotentParameterMismatch")


def test_ended_groups_are_forgotten(cloud: Cloud, create_group: Create) -> None:
    """An hour after their end the latest hundred of a region are kept, and those that run anyway."""
    running = create_group()
    ended = [create_group(Container__1__Image="missing:1") for _ in range(102)]
    cloud.advance(3600)
    assert len(cloud.eci.container_groups) == 103
    cloud.advance(60)
    assert list(cloud.eci.container_groups) == [running, *ended[2:]]


def test_transit_instances(
    cloud: Cloud, call: Call, create: Create, describe_group: Describe, network: dict[str, str]
) -> None:
    """The transit instance of a build is listed as long as it runs; deleting it fails the build."""
    place = {name: network[name] for name in ("VSwitchId", "SecurityGroupId", "EipInstanceId")}
    cache = cloud.eci.image_caches[create(**place)]
    shown = describe_group(cache.container_group_id)
    assert (shown["Cpu"], shown["Memory"], shown["Status"]) == (2.0, 4.0, "Pending")
    assert (shown["VSwitchId"], shown["VpcId"]) == (network["VSwitchId"], network["VpcId"])
    assert shown["InternetIp"] == cloud.vpc.eips[network["EipInstanceId"]].ip_address
    cloud.advance(35)
    assert describe_group(cache.container_group_id)["Status"] == "Running"
    call("DeleteContainerGroup", {"ContainerGroupId": cache.container_group_id})
    assert cache.status == "Failed"
    assert cache.container_group_id in cache.events[-1].message
    assert ids(call("DescribeContainerGroups")) == []


def test_usage(cloud: Cloud, call: Call, create: Create, create_group: Create) -> None:
    """UsedCpu counts the instances of the region that run: groups and transit instances."""
    create()
    create_group(Cpu=0.5, Memory=1)
    gone = create_group(Cpu=8, Memory=16)
    call("DeleteContainerGroup", {"ContainerGroupId": gone})
    assert call("ListUsage")["Attributes"]["UsedCpu"] == 2.5
    cloud.advance(1200)
    assert call("ListUsage")["Attributes"]["UsedCpu"] == 0.5
    assert call("ListUsage", {"RegionId": "cn-beijing"})["Attributes"]["UsedCpu"] == 0
