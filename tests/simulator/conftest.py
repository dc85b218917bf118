"""What the simulator's tests share: an account, both doors to it, and the official generic client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from imagecache_simulator import Cloud, mock_cloud, serve
from imagecache_simulator.wire import Request, Response

REGION = "cn-hangzhou"
VERSIONS = {
    "eci": "2018-08-08",
    "vpc": "2016-04-28",
    "ecs": "2014-05-26",
    "resourcemanager": "2020-03-31",
    "sts": "2015-04-01",
    "location": "2015-06-12",
    "bssopenapi": "2017-12-14",
}

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def cloud() -> Cloud:
    """Return an account whose clock stands still and whose IDs repeat; registries need no internet."""
    cloud = Cloud(seed=7)
    cloud.registries.need_internet = False
    return cloud


class Switchboard(Cloud):
    """Hands each request on to the account of the test that runs, so that one server serves all tests."""

    connected: Cloud

    def handle(self, request: Request) -> Response:
        """Answer for the account that is connected."""
        return self.connected.handle(request)


@pytest.fixture(scope="session")
def switchboard() -> Iterator[tuple[Switchboard, str]]:
    """Yield a server for all tests, as stopping one takes a while, and its endpoint."""
    board = Switchboard()
    with serve(board) as server:
        yield board, server.endpoint


@pytest.fixture
def in_process(cloud: Cloud) -> Iterator[str]:
    """Yield where clients send requests, through the door inside the process."""
    with mock_cloud(cloud):
        yield "eci.aliyuncs.com"


@pytest.fixture
def over_http(cloud: Cloud, switchboard: tuple[Switchboard, str]) -> str:
    """Return where clients send requests, through the server."""
    board, endpoint = switchboard
    board.connected = cloud
    return endpoint


@pytest.fixture(params=["in_process", "over_http"])
def endpoint(request: pytest.FixtureRequest) -> str:
    """Return where clients send requests, through each of the two doors."""
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def call(endpoint: str) -> Call:
    """Return a function that makes an API call with the official generic client and returns the body.

    `call("CreateVpc", {"CidrBlock": …}, product="vpc")`. RegionId is added unless it's there; None leaves a
    parameter out. `form` goes into the body, `secret` and `key` replace the right ones, and
    `algorithm="v2"` signs with HMAC-SHA1; `read_timeout` is milliseconds.
    """

    def make(
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        product: str = "eci",
        form: dict[str, str] | None = None,
        key: str = "simulator",
        secret: str = "simulator",  # noqa: S107 - made up
        algorithm: str | None = None,
        read_timeout: int | None = None,
    ) -> dict[str, Any]:
        config = Config(
            access_key_id=key,
            access_key_secret=secret,
            endpoint=endpoint,
            protocol="HTTP",
            signature_algorithm=algorithm,
            read_timeout=read_timeout,
        )
        params = Params(
            action=action,
            version=VERSIONS[product],
            protocol="HTTP",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        named = {"RegionId": REGION, **(parameters or {})}
        query = {name: str(value) for name, value in named.items() if value is not None}
        answer = Client(config).call_api(params, OpenApiRequest(query=query, body=form), RuntimeOptions())
        body: dict[str, Any] = answer["body"]
        return body

    return make


@pytest.fixture
def refusal(call: Call) -> Callable[..., tuple[int, str]]:
    """Return a function that makes a call which must be refused, and returns its status and code."""

    def make(action: str, parameters: dict[str, Any] | None = None, **options: Any) -> tuple[int, str]:
        with pytest.raises(AlibabaCloudException) as caught:
            call(action, parameters, **options)
        return caught.value.status_code, caught.value.code

    return make


@pytest.fixture
def network(cloud: Cloud) -> dict[str, str]:
    """Return the IDs of a VPC, a vSwitch and a security group in it, and a free elastic IP address."""
    vpc = cloud.vpc.create_vpc(REGION, "10.0.0.0/8", "")
    vswitch = cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", "10.0.0.0/24")
    group = cloud.ecs.create_security_group(REGION, vpc.vpc_id, "")
    eip = cloud.vpc.allocate_eip(REGION, "")
    return {
        "VpcId": vpc.vpc_id,
        "VSwitchId": vswitch.v_switch_id,
        "SecurityGroupId": group.security_group_id,
        "EipInstanceId": eip.allocation_id,
    }


@pytest.fixture
def create(call: Call) -> Callable[..., str]:
    """Return a function that creates an image cache, of nginx unless told otherwise, and returns its ID."""

    def make(**parameters: Any) -> str:
        named = {
            "ImageCacheName": "web",
            **{key.replace("__", "."): value for key, value in parameters.items()},
        }
        if not any(name.startswith("Image.") for name in named):
            named["Image.1"] = "nginx:1.25"
        image_cache_id: str = call("CreateImageCache", named)["ImageCacheId"]
        return image_cache_id

    return make


@pytest.fixture
def describe(call: Call) -> Callable[[str], dict[str, Any]]:
    """Return a function that shows one image cache, which must be there."""

    def make(image_cache_id: str) -> dict[str, Any]:
        (cache,) = call("DescribeImageCaches", {"ImageCacheId": image_cache_id})["ImageCaches"]
        shown: dict[str, Any] = cache
        return shown

    return make


@pytest.fixture
def create_group(call: Call) -> Callable[..., str]:
    """Return a function that creates a container group, of nginx unless told otherwise; it returns its ID."""

    def make(**parameters: Any) -> str:
        named = {
            "ContainerGroupName": "shop",
            **{key.replace("__", "."): value for key, value in parameters.items()},
        }
        named.setdefault("Container.1.Name", "main")
        named.setdefault("Container.1.Image", "nginx:1.25")
        container_group_id: str = call("CreateContainerGroup", named)["ContainerGroupId"]
        return container_group_id

    return make


@pytest.fixture
def describe_group(call: Call) -> Callable[[str], dict[str, Any]]:
    """Return a function that shows one container group, which must be there."""

    def make(container_group_id: str) -> dict[str, Any]:
        ids = json.dumps([container_group_id])
        (group,) = call("DescribeContainerGroups", {"ContainerGroupIds": ids})["ContainerGroups"]
        shown: dict[str, Any] = group
        return shown

    return make
