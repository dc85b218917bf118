"""Tests of the account's switches: what each refuses, with which words, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from imagecache_simulator import Cloud, control
from imagecache_simulator.switches import SWITCHES, Switch
from imagecache_simulator.urls import PRODUCTS

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]

ROLE = "acs:ram::1:role/pull"
PARAMETERS: dict[str, dict[str, Any]] = {
    "CreateImageCache": {
        "ImageCacheName": "web",
        "Image.1": "nginx",
        "AcrRegistryInfo.1.InstanceId": "cri-1",
        "AcrRegistryInfo.1.ArnUser": ROLE,
    },
    "UpdateImageCache": {
        "RetentionDays": 3,
        "AcrRegistryInfo.1.InstanceId": "cri-1",
        "AcrRegistryInfo.1.ArnUser": ROLE,
    },
    "DescribeImageCaches": {},
    "DeleteImageCache": {},
    "TagResources": {"ResourceType": "ImageCache", "Tag.1.Key": "a"},
    "UntagResources": {"ResourceType": "ImageCache", "TagKey.1": "a"},
    "CreateContainerGroup": {
        "ContainerGroupName": "web",
        "Container.1.Name": "web",
        "Container.1.Image": "nginx",
        "RamRoleName": "pull",
    },
}
"""What a call of each action takes that would succeed, besides the ID of a cache."""
_ACTIONS = {product.name: product.actions for product in PRODUCTS.values()}
TOUCHED = [
    pytest.param(switch, action, id=f"{switch.name}-{action}")
    for switch in SWITCHES.values()
    for product, actions in switch.actions.items()
    for action in actions
    if action.lower() in _ACTIONS[product]
]


@pytest.mark.parametrize(("switch", "action"), TOUCHED)
def test_each_switch(cloud: Cloud, call: Call, create: Create, switch: Switch, action: str) -> None:
    """A switch that is on refuses each action that it touches, with its words; off again it lets it pass."""
    image_cache_id = create()
    cloud.advance(600)
    parameters = {"ImageCacheId": image_cache_id, "ResourceId.1": image_cache_id, **PARAMETERS[action]}
    cloud.switches.turn_on(switch.name)
    with pytest.raises(AlibabaCloudException) as caught:
        call(action, parameters)
    assert (caught.value.status_code, caught.value.code) == (switch.status, switch.code)
    assert switch.message_of(action) in str(caught.value.message)
    cloud.switches.turn_off(switch.name)
    call(action, parameters)


def test_describe_words_its_own_refusal() -> None:
    """NoPermission is about another role in DescribeImageCaches than in CreateImageCache."""
    switch = SWITCHES["container_group_role_foreign"]
    assert switch.message_of("describeimagecaches") == "The RAM role does not belong to ECS."
    assert "AliyunECIContainerGroupRole" in switch.message_of("CreateImageCache")


def test_other_calls_pass(cloud: Cloud, call: Call) -> None:
    """With every switch on, what none touches is answered: looking at usage, regions and networks."""
    for name in SWITCHES:
        cloud.switches.turn_on(name)
    call("ListUsage")
    call("DescribeRegions")
    call("DescribeVpcs", product="vpc")
    cloud.switches.turn_off("arrears")
    assert not cloud.switches.is_on("arrears")
    assert cloud.switches.is_on("risk_control")


def test_roles_only(cloud: Cloud, create: Create) -> None:
    """Who may not pass roles on may create caches that name none."""
    cloud.switches.turn_on("pass_role_forbidden")
    assert create()


def test_refused_call_does_nothing(cloud: Cloud, call: Call) -> None:
    """A refused call leaves nothing behind, and its ClientToken stays free."""
    parameters = {**PARAMETERS["CreateImageCache"], "ClientToken": "once"}
    cloud.switches.turn_on("arrears")
    with pytest.raises(AlibabaCloudException):
        call("CreateImageCache", parameters)
    assert not cloud.eci.image_caches
    cloud.switches.turn_off("arrears")
    assert call("CreateImageCache", {**parameters, "Image.1": "redis"})["ImageCacheId"]


def test_unknown_switch(cloud: Cloud) -> None:
    """A switch that isn't there is named, with those that are."""
    for use in (cloud.switches.turn_on, cloud.switches.turn_off, cloud.switches.is_on):
        with pytest.raises(ValueError, match=r"no switch 'poverty'; there are arrears, "):
            use("poverty")


def test_over_http(cloud: Cloud) -> None:
    """Switches are listed and turned by name; a bad one leaves all as they were."""

    def post(content: Any) -> tuple[int, Any]:
        answer = control.handle(cloud, "POST", "/_simulator/switches", json.dumps(content).encode())
        return answer.status, json.loads(answer.body)

    off = dict.fromkeys(SWITCHES, False)
    assert json.loads(control.handle(cloud, "GET", "/_simulator/switches").body) == off
    assert post({"arrears": True}) == (200, {**off, "arrears": True})
    for bad in ({"arrears": False, "poverty": True}, {"arrears": False, "sub_user": 1}):
        status, answer = post(bad)
        assert status == 400
        assert answer["error"]
        assert cloud.switches.listing() == {**off, "arrears": True}
    assert post({"arrears": False}) == (200, off)
