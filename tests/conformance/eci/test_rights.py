"""What a RAM user who lacks a right is told, and where: the official clients' exception has all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from alibabacloud_credentials.client import Client as CredentialClient
from alibabacloud_credentials.models import Config as CredentialConfig
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from conformance_account import Account, Product

pytestmark = pytest.mark.simulator_only("RAM users of the test's own")

READS = {"Effect": "Allow", "Action": "eci:Describe*", "Resource": "*"}
CREATE = {"ImageCacheName": "a", "Image": ["nginx:1.25"]}
Drive = Callable[..., Any]


@pytest.fixture
def allowed(account: Account, drive: Drive) -> Callable[..., None]:
    """Return what makes the account's caller a RAM user whose policy has these statements."""

    def make(*statements: dict[str, Any]) -> None:
        drive("POST", "users", name="ci", policy={"Version": "1", "Statement": list(statements)})
        key = CredentialConfig(type="access_key", access_key_id="ci", access_key_secret="ci-secret")
        account.access = replace(account.access, credential=CredentialClient(key))

    return make


def test_eci(eci: Product, allowed: Callable[..., None]) -> None:
    """ECI answers what is allowed and refuses the rest, naming the action and the user who lacks it."""
    allowed(READS)
    assert eci("DescribeImageCaches")["ImageCaches"] == []
    with pytest.raises(AlibabaCloudException) as caught:
        eci("CreateImageCache", **CREATE)
    assert (caught.value.status_code, caught.value.code) == (403, "Forbidden.RAM")
    detail = caught.value.access_denied_detail
    assert (detail["AuthAction"], detail["NoPermissionType"]) == ("eci:CreateImageCache", "ImplicitDeny")
    assert detail["AuthPrincipalType"] == "SubUser"
    assert detail["AuthPrincipalDisplayName"].isdigit()
    assert detail["AuthPrincipalOwnerId"].isdigit()


def test_denied_explicitly(eci: Product, allowed: Callable[..., None]) -> None:
    """A denial that a statement of a policy makes is told from a right that nothing gives."""
    allowed(READS, {**READS, "Effect": "Deny"})
    with pytest.raises(AlibabaCloudException) as caught:
        eci("DescribeImageCaches")
    assert caught.value.access_denied_detail["NoPermissionType"] == "ExplicitDeny"


@pytest.mark.parametrize(
    ("product", "action"), [("Vpc", "DescribeVSwitches"), ("Ecs", "DescribeSecurityGroups")]
)
def test_network(account: Account, allowed: Callable[..., None], product: str, action: str) -> None:
    """VPC and ECS refuse with the same code."""
    allowed(READS)
    assert Product(account, product).refused(action) == (403, "Forbidden.RAM")


def test_resource_manager(account: Account, allowed: Callable[..., None]) -> None:
    """ResourceManager refuses as RAM does."""
    allowed(READS)
    with pytest.raises(AlibabaCloudException) as caught:
        account.plain_call("ResourceManager", "ListResourceGroups", {})
    assert (caught.value.status_code, caught.value.code) == (403, "NoPermission")
    assert "Action: resourcemanager:ListResourceGroups" in caught.value.message


def test_identity(account: Account, allowed: Callable[..., None]) -> None:
    """STS tells a RAM user who they are, whatever they may do."""
    allowed(READS)
    identity = account.plain_call("Sts", "GetCallerIdentity", {})
    assert identity["IdentityType"] == "RAMUser"
    assert identity["Arn"] == f"acs:ram::{identity['AccountId']}:user/ci"


def test_service_linked_role(eci: Product, allowed: Callable[..., None]) -> None:
    """The account's first build makes ECI's service-linked role, for which its caller needs a right."""
    allowed({**READS, "Action": "eci:*"})
    assert eci.refused("CreateImageCache", **CREATE) == (403, "CreateServiceLinkedRole.Denied")
    role = {"StringEquals": {"ram:ServiceName": "eci.aliyuncs.com"}}
    allowed({**READS, "Action": ["eci:*", "ram:CreateServiceLinkedRole"], "Condition": role})
    assert eci.refused("CreateImageCache", **CREATE) == (403, "Forbidden.RAM")
    allowed(
        {**READS, "Action": "eci:*"}, {**READS, "Action": "ram:CreateServiceLinkedRole", "Condition": role}
    )
    assert eci("CreateImageCache", **CREATE)["ImageCacheId"]


def test_pass_role(eci: Product, allowed: Callable[..., None], account_id: str) -> None:
    """Who names a role needs the right to hand it to ECI."""
    role = f"acs:ram::{account_id}:role/acr"
    registry = {"AcrRegistryInfo": [{"InstanceId": "cri-1", "ArnService": role}]}
    rights = {**READS, "Action": ["eci:*", "ram:CreateServiceLinkedRole"]}
    allowed(rights)
    refusal = eci.refused("CreateImageCache", **CREATE, **registry)
    assert refusal == (403, "InvalidUser.PassRoleForbidden")
    to_eci = {"StringEquals": {"acs:Service": "eci.aliyuncs.com"}}
    allowed(rights, {"Effect": "Allow", "Action": "ram:PassRole", "Resource": role, "Condition": to_eci})
    assert eci("CreateImageCache", **CREATE, **registry)["ImageCacheId"]
