"""What the tests of ECI share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account, Product


@pytest.fixture
def shown(eci: Product) -> Callable[[str], dict[str, Any]]:
    """Return a function that shows one image cache, which must be there."""

    def show(image_cache_id: str) -> dict[str, Any]:
        (cache,) = eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"]
        found: dict[str, Any] = cache
        return found

    return show


@pytest.fixture
def account_id(background: Account) -> str:
    """Return the ID of the account."""
    found: str = background.plain_call("Sts", "GetCallerIdentity", {})["AccountId"]
    return found


@pytest.fixture
def named(network: dict[str, str]) -> dict[str, Any]:
    """Return what a container group of nginx in the network is made from."""
    return {
        "ContainerGroupName": "conformance",
        "Container": [{"Name": "web", "Image": "nginx:1.25"}],
        "VSwitchId": network["VSwitchId"],
        "SecurityGroupId": network["SecurityGroupId"],
    }


@pytest.fixture
def group(eci: Product) -> Callable[[str], dict[str, Any]]:
    """Return a function that shows one container group, which must be there."""

    def show(container_group_id: str) -> dict[str, Any]:
        wanted = json.dumps([container_group_id])
        (found,) = eci("DescribeContainerGroups", ContainerGroupIds=wanted, WithEvent=True)["ContainerGroups"]
        shown: dict[str, Any] = found
        return shown

    return show


@pytest.fixture
def container_group(
    background: Account,
    named: dict[str, Any],
    eventually: Callable[[Callable[[], Any]], Any],
) -> Callable[..., str]:
    """Return a function that makes a container group, waits for a status, and returns its ID."""

    def make(until: str = "Running", **parameters: Any) -> str:
        made = background.call("Eci", "CreateContainerGroup", {**named, **parameters})
        container_group_id: str = made["ContainerGroupId"]
        wanted = {"ContainerGroupIds": json.dumps([container_group_id])}

        def look() -> bool:
            answer = background.call("Eci", "DescribeContainerGroups", wanted)
            return any(each["Status"] == until for each in answer["ContainerGroups"])

        if until:
            eventually(look)
        return container_group_id

    return make
