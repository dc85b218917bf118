"""Container groups in an account, a zone or a network that refuses them, and what their images need."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account, Product

Show = Callable[[str], dict[str, Any]]
Wait = Callable[[Callable[[], Any]], Any]
Drive = Callable[..., Any]

INSTANCE = pytest.mark.costs("an instance of 2 vCPUs and 4 GiB, for minutes")


@INSTANCE
def test_hidden_variables(eci: Product, named: dict[str, Any], group: Show) -> None:
    """EnvironmentVarHide keeps a container's variables from being shown."""
    container = {"Name": "web", "Image": "nginx:1.25", "EnvironmentVarHide": True,
                 "EnvironmentVar": [{"Key": "A", "Value": "secret-1"}]}  # fmt: skip
    made = eci("CreateContainerGroup", **{**named, "Container": [container]})
    assert "secret-1" not in str(group(made["ContainerGroupId"]))


@pytest.mark.costs("an instance and an elastic IP address, for minutes")
def test_address_of_ones_own(
    eci: Product, named: dict[str, Any], group: Show, eventually: Wait, background: Account
) -> None:
    """An elastic IP address that is there is bound to the group."""
    eip = background.call("Vpc", "AllocateEipAddress", {"InternetChargeType": "PayByTraffic"})
    made = eci("CreateContainerGroup", **named, EipInstanceId=eip["AllocationId"])
    eventually(lambda: group(made["ContainerGroupId"])["Status"] == "Running")
    assert group(made["ContainerGroupId"])["InternetIp"] == eip["EipAddress"]


@INSTANCE
def test_init_containers(container_group: Callable[..., str], group: Show) -> None:
    """Init containers come to their end before the others begin."""
    shown = group(container_group(InitContainer=[{"Name": "first", "Image": "hello-world:latest"}]))
    (first,), (web,) = shown["InitContainers"], shown["Containers"]
    ended = first["CurrentState"]
    assert (ended["State"], ended["ExitCode"], ended["Reason"]) == ("Terminated", 0, "Completed")
    assert ended["StartTime"] <= ended["FinishTime"] <= web["CurrentState"]["StartTime"]


@pytest.mark.simulator_only("the registries are the simulator's")
def test_registries(eci: Product, named: dict[str, Any], group: Show, eventually: Wait) -> None:
    """A group pulls with the credentials, from the registries and with the ACR instances that it names."""
    images = ["private.example.com/a:1", "http.example.com/a:1", "self-signed.example.com/a:1",
              "team-registry-vpc.cn-hangzhou.cr.aliyuncs.com/a/b:1"]  # fmt: skip
    containers = [{"Name": f"c{number}", "Image": image} for number, image in enumerate(images)]
    info = {"InstanceId": "cri-1", "InstanceName": "team", "RegionId": "cn-hangzhou",
            "Domain": ["team-registry-vpc.cn-hangzhou.cr.aliyuncs.com"]}  # fmt: skip
    credential = {"Server": "private.example.com", "UserName": "simulator", "Password": "simulator"}
    made = eci("CreateContainerGroup", **{**named, "Container": containers}, AcrRegistryInfo=[info],
               ImageRegistryCredential=[credential], PlainHttpRegistry="http.example.com",
               InsecureRegistry="self-signed.example.com")  # fmt: skip
    eventually(lambda: group(made["ContainerGroupId"])["Status"] == "Running")


@INSTANCE
def test_delete(eci: Product, container_group: Callable[..., str], account: Account) -> None:
    """A deleted group isn't listed any more; a second deletion is refused but under the same ClientToken."""
    container_group_id = container_group(until="")
    named = {"ContainerGroupId": container_group_id}
    assert eci("DeleteContainerGroup", **named, ClientToken=account.run)["RequestId"]
    eci("DeleteContainerGroup", **named, ClientToken=account.run)
    wanted = json.dumps([container_group_id])
    assert eci("DescribeContainerGroups", ContainerGroupIds=wanted)["ContainerGroups"] == []
    assert eci.refused("DeleteContainerGroup", **named) == (404, "InvalidParameter.NotFound")


@INSTANCE
def test_without_events(eci: Product, container_group: Callable[..., str]) -> None:
    """WithEvent=False leaves the events out."""
    wanted = json.dumps([container_group()])
    (shown,) = eci("DescribeContainerGroups", ContainerGroupIds=wanted, WithEvent=False)["ContainerGroups"]
    assert not shown.get("Events")


@pytest.mark.simulator_only("an account in a bad state")
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
        ("instance_unfit", (400, "IncorrectStatus")),
        ("account_closed", (403, "Forbidden.AccountClosed")),
        ("payment_method_missing", (400, "InvalidPaymentMethod.InsufficientBalance")),
        ("credit_used_up", (400, "Payfor.CreditPayInsufficientBalance")),
        ("risk_rejection", (400, "RISK.RISK_CONTROL_REJECTION")),
        ("daily_vcpus_used_up", (403, "Throttling.Vcpu.PerDay")),
    ],
)
def test_account(
    eci: Product, named: dict[str, Any], drive: Drive, switch: str, refusal: tuple[int, str]
) -> None:
    """CreateContainerGroup is refused for what is wrong with the account."""
    drive("POST", "switches", **{switch: True})
    assert eci.refused("CreateContainerGroup", **named) == refusal


@pytest.mark.simulator_only("an account in a bad state")
def test_role(eci: Product, named: dict[str, Any], drive: Drive) -> None:
    """A role that the caller may not pass on is refused."""
    drive("POST", "switches", pass_role_forbidden=True)
    refusal = eci.refused("CreateContainerGroup", **named, RamRoleName="role")
    assert refusal == (403, "InvalidUser.PassRoleForbidden")


@pytest.mark.simulator_only("a zone in a bad state")
@pytest.mark.parametrize(
    ("stock", "refusal"),
    [
        ({"OnSale": False}, (403, "Zone.NotOnSale")),
        ({"StatusCategory": "WithoutStock"}, (403, "OperationDenied.NoStock")),
        ({"StatusCategory": "NotOffered", "Cores": 2, "Memory": 4}, (400, "InvalidParameter.CPU.Memory")),
    ],
)
def test_zone(
    eci: Product,
    named: dict[str, Any],
    network: dict[str, str],
    drive: Drive,
    stock: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    """A zone that is closed, sold out or has no fitting instances starts no group."""
    drive("POST", "stock", ZoneId=network["ZoneId"], **stock)
    assert eci.refused("CreateContainerGroup", **named) == refusal


def test_network(eci: Product, named: dict[str, Any], network: dict[str, str], background: Account) -> None:
    """A vSwitch of another zone, and a security group of another VPC, are refused."""
    zones = eci("DescribeRegions")["Regions"][0]["Zones"]
    other = next(zone for zone in zones if zone != network["ZoneId"])
    refusal = eci.refused("CreateContainerGroup", **named, ZoneId=other)
    assert refusal == (403, "OperationDenied.VswZoneMisMatch")
    vpc_id = background.call("Vpc", "CreateVpc", {"CidrBlock": "10.0.0.0/8"})["VpcId"]
    foreign = background.call("Ecs", "CreateSecurityGroup", {"VpcId": vpc_id})["SecurityGroupId"]
    refusal = eci.refused("CreateContainerGroup", **{**named, "SecurityGroupId": foreign})
    assert refusal == (403, "OperationDenied.SecurityGroupMisMatch")


@INSTANCE
def test_addresses(eci: Product, named: dict[str, Any], network: dict[str, str], background: Account) -> None:
    """A vSwitch whose addresses are all taken is refused."""
    small = {"VpcId": network["VpcId"], "ZoneId": network["ZoneId"], "CidrBlock": "10.0.2.0/29"}
    within = {**named, "VSwitchId": background.call("Vpc", "CreateVSwitch", small)["VSwitchId"]}
    for _ in range(4):
        background.call("Eci", "CreateContainerGroup", within)
    assert eci.refused("CreateContainerGroup", **within) == (403, "InvalidVSwitchId.IpNotEnough")
