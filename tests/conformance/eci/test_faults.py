"""What the official clients make of a cloud that is busy or broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException

from conformance_account import Account, Product

Drive = Callable[..., Any]

pytestmark = pytest.mark.simulator_only("a cloud that is busy or broken")


@pytest.mark.parametrize("action", ["CreateImageCache", "CreateContainerGroup"])
def test_throttled(eci: Product, drive: Drive, named: dict[str, Any], action: str) -> None:
    """A call too many is refused as the client's error, and may be made again."""
    parameters = (
        named if action == "CreateContainerGroup" else {"ImageCacheName": "a", "Image": ["nginx:1.25"]}
    )
    drive("POST", "faults", kind="throttle", action=action)
    with pytest.raises(ClientException) as caught:
        eci(action, **parameters)
    assert (caught.value.status_code, caught.value.code) == (400, "Throttling")
    assert eci(action, **parameters)["ContainerGroupId"]


def test_throttled_with_a_time(eci: Product, drive: Drive) -> None:
    """The header x-acs-retry-after makes it an exception of its own, which says when to come again."""
    drive("POST", "faults", kind="throttle", action="DescribeImageCaches", retry_after=2500)
    with pytest.raises(ThrottlingException) as caught:
        eci("DescribeImageCaches")
    assert caught.value.retry_after == 2500


def test_broken(eci: Product, drive: Drive) -> None:
    """An answer above 500 is the server's error, with its code and the request's ID."""
    drive("POST", "faults", kind="error", action="DescribeImageCaches", status=503, code="ServiceUnavailable")
    with pytest.raises(ServerException) as caught:
        eci("DescribeImageCaches")
    assert (caught.value.status_code, caught.value.code) == (503, "ServiceUnavailable")
    assert caught.value.request_id


def test_cut_off(eci: Product, drive: Drive, account: Account) -> None:
    """A call whose answer is lost is made again under its ClientToken, and has made one cache."""
    create = {"ImageCacheName": "a", "Image": ["nginx:1.25"], "ClientToken": account.run}
    drive("POST", "faults", kind="drop", action="CreateImageCache", after=True)
    with pytest.raises(Exception, match=r"(?i)connection|disconnected|reset"):
        eci("CreateImageCache", **create)
    made = eci("CreateImageCache", **create)
    caches = eci("DescribeImageCaches")["ImageCaches"]
    assert [cache["ImageCacheId"] for cache in caches] == [made["ImageCacheId"]]
