"""Tests of RAM users: what they may call, through both doors, and what they're told if they may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from imagecache_simulator import Cloud
from imagecache_simulator.ram.conditions import PolicyError

Call = Callable[..., dict[str, Any]]
CREATE = {"ImageCacheName": "web", "Image.1": "nginx:1.25"}
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy of these statements."""
    return {"Version": "1", "Statement": list(statements)}


def allow(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that allows actions."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    """Return a statement that denies actions."""
    return {**allow(*actions, **more), "Effect": "Deny"}


@pytest.fixture
def by(cloud: Cloud, call: Call) -> Callable[..., dict[str, Any]]:
    """Return a function that makes a call as a user whose policy has these statements."""

    def make(statements: list[dict[str, Any]], action: str, parameters: Any = None, **options: Any) -> Any:
        name = f"user-{len(cloud.users.listing())}"
        cloud.users.add(name, policy(*statements))
        return call(action, parameters, key=name, secret=f"{name}-secret", **options)

    return make


@pytest.fixture
def refused(by: Callable[..., Any]) -> Callable[..., AlibabaCloudException]:
    """Return the same for a call that must be refused; it returns the client's exception."""

    def make(*arguments: Any, **options: Any) -> AlibabaCloudException:
        with pytest.raises(AlibabaCloudException) as caught:
            by(*arguments, **options)
        return caught.value

    return make


class TestCalls:
    """What a user may call."""

    def test_allowed(self, by: Callable[..., Any]) -> None:
        """A call that the policy allows is answered."""
        assert by([allow("eci:DescribeImageCaches")], "DescribeImageCaches")["ImageCaches"] == []

    def test_denied(self, cloud: Cloud, refused: Callable[..., Any]) -> None:
        """Any other is refused: 403, the code, and who lacks which right; nothing has happened."""
        error = refused([allow("eci:DescribeImageCaches")], "CreateImageCache", CREATE)
        assert (error.status_code, error.code) == (403, "Forbidden.RAM")
        assert "User not authorized to operate on the specified resource" in error.message
        user = cloud.users.named("user-0")
        assert user is not None
        assert error.data["AccessDeniedDetail"] == {
            "AuthAction": "eci:CreateImageCache",
            "AuthPrincipalType": "SubUser",
            "AuthPrincipalDisplayName": user.user_id,
            "AuthPrincipalOwnerId": cloud.account_id,
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
        }
        assert cloud.eci.image_caches == {}
        assert cloud.service_linked_roles == set()

    def test_denied_explicitly(self, refused: Callable[..., Any]) -> None:
        """A denial that a statement made says so."""
        error = refused([ANYTHING, deny("eci:Create*")], "CreateImageCache", CREATE)
        assert error.data["AccessDeniedDetail"]["NoPermissionType"] == "ExplicitDeny"

    @pytest.mark.parametrize(
        ("product", "action", "code"),
        [
            ("eci", "DescribeImageCaches", "Forbidden.RAM"),
            ("vpc", "DescribeVSwitches", "Forbidden.RAM"),
            ("ecs", "DescribeSecurityGroups", "Forbidden.RAM"),
            ("bssopenapi", "QueryAvailableInstances", "Forbidden.RAM"),
            ("resourcemanager", "ListResourceGroups", "NoPermission"),
        ],
    )
    def test_codes(self, refused: Callable[..., Any], product: str, action: str, code: str) -> None:
        """Each product has its own code; RAM's names the resource and the action."""
        error = refused([allow("oss:*")], action, product=product)
        assert (error.status_code, error.code) == (403, code)
        right = error.data["AccessDeniedDetail"]["AuthAction"]
        assert right.endswith(f":{action}")
        assert code == "Forbidden.RAM" or f"Resource: * Action: {right}" in error.message

    @pytest.mark.parametrize(
        ("product", "action"), [("sts", "GetCallerIdentity"), ("location", "DescribeEndpoints")]
    )
    def test_needs_nothing(self, by: Callable[..., Any], product: str, action: str) -> None:
        """Everybody who has a key may ask who they are, and where a product is."""
        parameters = {"ServiceCode": "eci", "Id": "cn-hangzhou"} if product == "location" else {}
        assert by([allow("oss:*")], action, parameters, product=product)["RequestId"]

    @pytest.mark.parametrize("algorithm", [None, "v2"])
    def test_both_signatures(self, by: Callable[..., Any], algorithm: str | None) -> None:
        """A user signs as everybody does."""
        assert by([ANYTHING], "DescribeImageCaches", algorithm=algorithm)["ImageCaches"] == []

    def test_wrong_secret(self, cloud: Cloud, refusal: Callable[..., tuple[int, str]]) -> None:
        """A user's secret is checked, and a key that was removed is unknown."""
        cloud.users.add("ci", policy(ANYTHING), access_key_id="LTAI1", access_key_secret="hidden")
        assert refusal("ListUsage", key="LTAI1", secret="wrong")[1] == "SignatureDoesNotMatch"
        cloud.users.remove("ci")
        assert refusal("ListUsage", key="LTAI1", secret="hidden")[1] == "InvalidAccessKeyId.NotFound"

    def test_single_caches(self, cloud: Cloud, create: Callable[..., str], by: Any, refused: Any) -> None:
        """A right on single caches reaches no others, also where a call tags several."""
        ours, other = create(), create(ImageCacheName="other")
        cloud.advance(600)
        only = [allow("eci:*", resource=f"acs:eci:*:*:imagecache/{ours}")]
        named = {"ResourceType": "ImageCache", "ResourceId.1": ours, "Tag.1.Key": "a", "Tag.1.Value": "b"}
        by(only, "TagResources", named)
        assert refused(only, "TagResources", {**named, "ResourceId.2": other}).code == "Forbidden.RAM"
        assert refused(only, "DeleteImageCache", {"ImageCacheId": other}).code == "Forbidden.RAM"
        assert refused(only, "DescribeImageCaches").code == "Forbidden.RAM"
        assert by(only, "DescribeImageCaches", {"ImageCacheId": ours})["ImageCaches"]
        assert by(only, "DeleteImageCache", {"ImageCacheId": ours})
        assert list(cloud.eci.image_caches) == [other]

    def test_regions(self, by: Any, refused: Any) -> None:
        """A right in one region is none in another."""
        here = [allow("eci:*", resource="acs:eci:cn-beijing:*:imagecache/*")]
        assert by(here, "DescribeImageCaches", {"RegionId": "cn-beijing"})["ImageCaches"] == []
        assert refused(here, "DescribeImageCaches").code == "Forbidden.RAM"

    def test_network(self, network: dict[str, str], by: Any, refused: Any) -> None:
        """The reads of the network have kinds of resources, too; what else there is wants all resources."""
        reads = [
            allow("vpc:Describe*", resource="acs:vpc:*:*:vswitch/*"),
            allow("ecs:Describe*", resource="acs:ecs:*:*:securitygroup/*"),
        ]
        assert by(reads, "DescribeVSwitches", product="vpc")["TotalCount"] == 1
        assert by(reads, "DescribeSecurityGroups", product="ecs")["TotalCount"] == 1
        assert refused(reads, "DescribeVpcs", product="vpc").code == "Forbidden.RAM"
        one = [allow("vpc:*", resource=f"acs:vpc:*:*:vpc/{network['VpcId']}")]
        assert refused(one, "DeleteVpc", {"VpcId": network["VpcId"]}, product="vpc").code == "Forbidden.RAM"


class TestTags:
    """Conditions on tags."""

    @pytest.mark.parametrize("key", ["acs:RequestTag", "eci:tag"])
    def test_request(self, by: Any, refused: Any, key: str) -> None:
        """A cache is made with the tag that the policy wants, or not at all."""
        tagged = [allow("ram:*"), allow("eci:*", Condition={"StringEquals": {f"{key}/team": "web"}})]
        assert by(tagged, "CreateImageCache", {**CREATE, "Tag.1.Key": "team", "Tag.1.Value": "web"})
        for tag in (
            {},
            {"Tag.1.Key": "team", "Tag.1.Value": "api"},
            {"Tag.1.Key": "t", "Tag.1.Value": "web"},
        ):
            assert refused(tagged, "CreateImageCache", {**CREATE, **tag}).code == "Forbidden.RAM"

    @pytest.mark.parametrize("key", ["acs:ResourceTag", "eci:tag"])
    def test_resource(self, cloud: Cloud, create: Any, by: Any, refused: Any, key: str) -> None:
        """What exists has its own tags, whatever the request says."""
        ours = create(Tag__1__Key="team", Tag__1__Value="web")
        other = create(ImageCacheName="other", Tag__1__Key="team", Tag__1__Value="api")
        cloud.advance(600)
        tagged = [allow("eci:*", Condition={"StringEquals": {f"{key}/team": "web"}})]
        retag = {"ResourceType": "ImageCache", "Tag.1.Key": "team", "Tag.1.Value": "web"}
        assert refused(tagged, "TagResources", {**retag, "ResourceId.1": other}).code == "Forbidden.RAM"
        assert refused(tagged, "DeleteImageCache", {"ImageCacheId": other}).code == "Forbidden.RAM"
        assert by(tagged, "DeleteImageCache", {"ImageCacheId": ours})

    def test_container_groups(self, create_group: Any, by: Any, refused: Any) -> None:
        """Container groups have their tags, too."""
        group = {"ContainerGroupId": create_group(Tag__1__Key="team", Tag__1__Value="web")}
        statement = {"StringEquals": {"eci:tag/team": "api"}}
        assert refused([allow("eci:*", Condition=statement)], "DeleteContainerGroup", group).code
        assert by([allow("eci:*", resource="acs:eci:*:*:containergroup/*")], "DeleteContainerGroup", group)


class TestOnBehalf:
    """What the cloud does on the caller's behalf."""

    def test_service_linked_role(self, cloud: Cloud, by: Any, refused: Any) -> None:
        """The first build has the role made, for which its caller needs the right; later ones don't."""
        error = refused([allow("eci:*")], "CreateImageCache", CREATE)
        assert (error.status_code, error.code) == (403, "CreateServiceLinkedRole.Denied")
        assert error.data["AccessDeniedDetail"]["AuthAction"] == "ram:CreateServiceLinkedRole"
        for service, made in (("ecs.aliyuncs.com", False), ("eci.aliyuncs.com", True)):
            condition = {"StringEquals": {"ram:ServiceName": service}}
            rights = [allow("eci:*"), allow("ram:CreateServiceLinkedRole", Condition=condition)]
            if made:
                by(rights, "CreateImageCache", CREATE)
            else:
                assert refused(rights, "CreateImageCache", CREATE).code == "CreateServiceLinkedRole.Denied"
        assert cloud.service_linked_roles == {"eci.aliyuncs.com"}
        by([allow("eci:*")], "CreateImageCache", {**CREATE, "ImageCacheName": "another"})
        cloud.reset()
        assert refused([allow("eci:*")], "CreateImageCache", CREATE).code == "CreateServiceLinkedRole.Denied"

    def test_the_account_makes_it(self, cloud: Cloud, create: Any, create_group: Any, by: Any) -> None:
        """The account itself has the role made without a word, by a build or by an instance."""
        create()
        assert by([allow("eci:*")], "CreateImageCache", {**CREATE, "ImageCacheName": "another"})
        cloud.reset()
        create_group()
        assert cloud.service_linked_roles == {"eci.aliyuncs.com"}

    def test_pass_role(self, cloud: Cloud, create: Any, by: Any, refused: Any) -> None:
        """Who names a role of the account needs the right to hand it to Eci."""
        create()
        role = f"acs:ram::{cloud.account_id}:role/acr"
        named = {**CREATE, "AcrRegistryInfo.1.InstanceId": "cri-1", "AcrRegistryInfo.1.ArnService": role}
        error = refused([allow("eci:*")], "CreateImageCache", named)
        assert (error.status_code, error.code) == (403, "InvalidUser.PassRoleForbidden")
        assert error.data["AccessDeniedDetail"]["AuthAction"] == "ram:PassRole"
        to_eci = {"StringEquals": {"acs:Service": "eci.aliyuncs.com"}}
        other = allow("ram:PassRole", resource="acs:ram:*:*:role/other", Condition=to_eci)
        assert refused([allow("eci:*"), other], "CreateImageCache", named).code == error.code
        passing = allow("ram:PassRole", resource="acs:ram:*:*:role/acr", Condition=to_eci)
        by([allow("eci:*"), passing], "CreateImageCache", {**named, "ImageCacheName": "b"})
        instance = {"ContainerGroupName": "shop", "Container.1.Name": "a", "Container.1.Image": "nginx"}
        rights = [allow("eci:*"), other]
        assert refused(rights, "CreateContainerGroup", {**instance, "RamRoleName": "acr"}).code == error.code
        assert by(rights, "CreateContainerGroup", {**instance, "RamRoleName": "other"})


class TestUsers:
    """The users themselves."""

    def test_identity(self, cloud: Cloud, by: Callable[..., Any]) -> None:
        """STS tells a user who they are."""
        identity = by([ANYTHING], "GetCallerIdentity", product="sts")
        user = cloud.users.named("user-0")
        assert user is not None
        assert identity["Arn"] == f"acs:ram::{cloud.account_id}:user/user-0"
        assert (identity["IdentityType"], identity["UserId"]) == ("RAMUser", user.user_id)

    def test_first_key(self) -> None:
        """A cloud that is made with a policy restricts the one key that it has."""
        cloud = Cloud(policy=policy(allow("eci:ListUsage")), access_key_id="me", access_key_secret="hidden")
        (user,) = cloud.users.listing()
        assert (user.name, user.access_key_id) == ("simulator", "me")
        assert (cloud.users.secret("me"), cloud.users.secret("simulator")) == ("hidden", None)
        assert "hidden" not in repr(user)

    def test_log(self, cloud: Cloud, call: Call, by: Any, refused: Any) -> None:
        """The log names the user, also of a call that was refused; the account's own calls have none."""
        by([ANYTHING], "ListUsage")
        refused([allow("oss:*")], "ListUsage")
        call("ListUsage")
        logged = [(each["user"], each["status"], each["code"]) for each in cloud.requests]
        assert logged == [("user-0", 200, ""), ("user-1", 403, "Forbidden.RAM"), ("", 200, "")]

    def test_needed(self, cloud: Cloud, by: Any, refused: Any) -> None:
        """A user has a list of the rights that its calls needed, granted or not."""
        by([ANYTHING], "CreateImageCache", CREATE)
        refused([allow("oss:*")], "ListUsage")
        assert [dict(user.needed) for user in cloud.users.listing()] == [
            {"eci:CreateImageCache": 1, "ram:CreateServiceLinkedRole": 1},
            {"eci:ListUsage": 1},
        ]

    def test_another_policy(self, cloud: Cloud, call: Call, refusal: Any) -> None:
        """A user's policy can be replaced; a policy that can't be changes nothing."""
        cloud.users.add("ci", policy(allow("oss:*")))
        assert refusal("ListUsage", key="ci", secret="ci-secret")[1] == "Forbidden.RAM"
        cloud.users.grant("ci", policy(ANYTHING))
        with pytest.raises(PolicyError):
            cloud.users.grant("ci", {})
        assert call("ListUsage", key="ci", secret="ci-secret")["Attributes"]

    def test_what_cant_be(self, cloud: Cloud) -> None:
        """A name or key that's taken, or can't be one, is refused."""
        cloud.users.add("ci", policy(ANYTHING), access_key_id="LTAI1")
        for name, key in (("ci", "LTAI2"), ("dev", "LTAI1"), ("dev", "simulator")):
            with pytest.raises(ValueError, match="already"):
                cloud.users.add(name, policy(ANYTHING), access_key_id=key)
        for name in ("", "a b", "a/b", "a" * 65):
            with pytest.raises(ValueError, match="the name of a user"):
                cloud.users.add(name, policy(ANYTHING))
        for key in ("\x00", "ü", "a" * 129):
            with pytest.raises(ValueError, match="an access key"):
                cloud.users.add("dev", policy(ANYTHING), access_key_id=key)
        assert [user.name for user in cloud.users.listing()] == ["ci"]

    def test_stay(self, cloud: Cloud, call: Call) -> None:
        """Users are credentials: a reset keeps them."""
        cloud.users.add("ci", policy(ANYTHING))
        cloud.reset()
        assert call("ListUsage", key="ci", secret="ci-secret")["Attributes"]

    def test_number(self) -> None:
        """There are as many as RAM takes, at most."""
        cloud = Cloud()
        for number in range(1000):
            cloud.users.add(f"user-{number}", policy(ANYTHING))
        with pytest.raises(ValueError, match="1000 users already"):
            cloud.users.add("one-more", policy(ANYTHING))
