"""What the conformance suite's tests share: the official clients, and an account, simulated or real.

    pytest tests/conformance                                             against the simulator
    pytest tests/conformance --cloud real --cloud-region cn-hangzhou     against a real account

docs/simulator.md, "How faithful it is", says what the latter may cost and how it's bounded. The folder
alicloud has fixtures of its own and uses none of these.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import pytest
from alibabacloud_credentials.client import Client as CredentialClient
from alibabacloud_credentials.models import Config as CredentialConfig

from conformance_account import Access, Account, Cap, Product
from conformance_run import (
    ACCOUNT,
    SUITE,
    Suite,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_generate_tests,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)
from conformance_sweep import environment_access, is_old, of_run, sweep
from imagecache_simulator import Cloud, control, serve
from imagecache_simulator.wire import Request, Response

__all__ = [
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
]

REGION = "cn-hangzhou"
_MOST_LOOKS = 400
_STEP = 5

T = TypeVar("T")
Drive = Callable[..., Any]


class Board(Cloud):
    """Hands each request on to the account of the test that runs, so that one server serves all tests."""

    connected: Cloud

    def handle(self, request: Request) -> Response:
        """Answer for the account that is connected."""
        return self.connected.handle(request)


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> Suite:
    """Return this run of the suite."""
    return pytestconfig.stash[SUITE]


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Yield a loop for the asynchronous clients: one of its own, so that the thread's stays as it is."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def board() -> Iterator[tuple[Board, str]]:
    """Yield the simulator's server for all tests, and its endpoint."""
    board = Board()
    with serve(board) as server:
        yield board, server.endpoint


@pytest.fixture(scope="session")
def real_access(suite: Suite) -> Iterator[Access]:
    """Yield the way to the real account, swept of what old runs left, and of all that this one made."""
    access = environment_access(suite.region, suite.endpoint)
    sweeper = Account(access, "", Cap(0))
    sweep(sweeper, is_old, lambda: time.sleep(suite.interval))
    yield access
    left = sweep(sweeper, of_run(suite.run), lambda: time.sleep(suite.interval))
    assert not left, f"run {suite.run} could not delete: {'; '.join(left)}"


@pytest.fixture
def simulated(request: pytest.FixtureRequest, suite: Suite) -> Cloud | None:
    """Return the test's own simulated account, connected to the server; None on a real account."""
    if suite.real:
        return None
    board, _ = request.getfixturevalue("board")
    cloud = Cloud(seed=7)
    cloud.registries.need_internet = False
    board.connected = cloud
    return cloud


@pytest.fixture
def needs_internet(simulated: Cloud | None) -> None:
    """Let public registries be reached by the internet alone, as they are on a real account."""
    if simulated is not None:
        simulated.registries.need_internet = True


@pytest.fixture
def access(request: pytest.FixtureRequest, simulated: Cloud | None) -> Access:
    """Return the way to the account."""
    if simulated is None:
        real: Access = request.getfixturevalue("real_access")
        return real
    _, endpoint = request.getfixturevalue("board")
    assert endpoint.startswith("127.0.0.1:")
    return Access(REGION, _credential("simulator"), endpoint)


@pytest.fixture
def account(
    request: pytest.FixtureRequest,
    suite: Suite,
    access: Access,
    caller: str,
    loop: asyncio.AbstractEventLoop,
    pause: Callable[[], None],
) -> Iterator[Account]:
    """Yield the account that the test's calls go to, and remember what crosses the wire."""
    run = f"{suite.run}.{suite.cap.made}"
    account = Account(access, run, suite.cap, loop if caller == "async" else None)
    request.node.stash[ACCOUNT] = account
    yield account
    if suite.real:
        sweep(Account(access, "", Cap(0)), lambda value: value == run, pause)


@pytest.fixture
def background(suite: Suite, access: Access, account: Account) -> Account:
    """Return the same account for what a test needs but isn't about: nothing of it is recorded."""
    return Account(access, account.run, suite.cap)


@pytest.fixture
def pause(suite: Suite, simulated: Cloud | None) -> Callable[[], None]:
    """Return what lets some time pass: five simulated seconds, or real ones."""
    if simulated is None:
        return lambda: time.sleep(suite.interval)
    return lambda: simulated.advance(_STEP)


@pytest.fixture
def eventually(pause: Callable[[], None]) -> Callable[[Callable[[], T]], T]:
    """Return a function that looks again and again, until it sees something, and returns that."""

    def wait(look: Callable[[], T]) -> T:
        for _ in range(_MOST_LOOKS):
            if seen := look():
                return seen
            pause()
        raise AssertionError("it did not come")

    return wait


@pytest.fixture
def drive(request: pytest.FixtureRequest, simulated: Cloud | None) -> Drive:
    """Return what drives the simulator as /_simulator/ does: `drive("POST", "clock", advance=9)`."""
    assert request.node.get_closest_marker("simulator_only"), "a test that drives is marked simulator_only"
    assert simulated is not None

    def make(method: str, path: str, **body: Any) -> Any:
        content = Response.of_json(200, body).body
        answer = control.handle(simulated, method, control.PREFIX + path, content)
        assert answer.status == 200, answer.body
        return answer

    return make


@pytest.fixture
def eci(account: Account) -> Product:
    """Return ECI."""
    return Product(account, "Eci")


@pytest.fixture
def vpc(account: Account) -> Product:
    """Return VPC."""
    return Product(account, "Vpc")


@pytest.fixture
def ecs(account: Account) -> Product:
    """Return ECS."""
    return Product(account, "Ecs")


def _network_scope(fixture_name: str, config: pytest.Config) -> Literal["session", "function"]:
    """Return how long a network lives: a real account has one for all tests, as it may have few VPCs."""
    assert fixture_name == "network"
    return "session" if config.stash[SUITE].real else "function"


@pytest.fixture(scope=_network_scope)
def network(request: pytest.FixtureRequest, suite: Suite) -> dict[str, str]:
    """Return the IDs of a VPC, of a vSwitch and a security group in it, and of the vSwitch's zone."""
    access = request.getfixturevalue("real_access" if suite.real else "access")
    account = Account(access, suite.run, suite.cap)
    zone_id = account.call("Vpc", "DescribeZones", {})["Zones"]["Zone"][0]["ZoneId"]
    vpc_id = account.call("Vpc", "CreateVpc", {"CidrBlock": "10.0.0.0/8"})["VpcId"]
    in_vpc = {"VpcId": vpc_id}
    _until_available(account, suite, "DescribeVpcAttribute", in_vpc)
    vswitch = {"CidrBlock": "10.0.0.0/24", "ZoneId": zone_id, **in_vpc}
    vswitch_id = account.call("Vpc", "CreateVSwitch", vswitch)["VSwitchId"]
    _until_available(account, suite, "DescribeVSwitchAttributes", {"VSwitchId": vswitch_id})
    group_id = account.call("Ecs", "CreateSecurityGroup", in_vpc)["SecurityGroupId"]
    if suite.real and suite.paid:
        _let_out(account, suite, vpc_id, vswitch_id)
    return {**in_vpc, "VSwitchId": vswitch_id, "SecurityGroupId": group_id, "ZoneId": zone_id}


def _let_out(account: Account, suite: Suite, vpc_id: str, vswitch_id: str) -> None:
    """Let a real account's vSwitch out by a NAT gateway, as its builds pull from public registries."""
    paid = {"InternetChargeType": "PayByTraffic"}
    eip = account.call("Vpc", "AllocateEipAddress", paid)
    gateway = {"VpcId": vpc_id, "VSwitchId": vswitch_id, "NatType": "Enhanced"}
    made = account.call("Vpc", "CreateNatGateway", gateway)
    named = {"NatGatewayId": made["NatGatewayId"]}
    _until_available(account, suite, "GetNatGatewayAttribute", named)
    bound = {"AllocationId": eip["AllocationId"], "InstanceId": made["NatGatewayId"], "InstanceType": "Nat"}
    account.call("Vpc", "AssociateEipAddress", bound)
    for _ in range(_MOST_LOOKS):
        shown = account.call("Vpc", "DescribeEipAddresses", {"AllocationId": eip["AllocationId"]})
        if shown["EipAddresses"]["EipAddress"][0]["Status"] == "InUse":
            break
        time.sleep(suite.interval)
    entry = {"SnatIp": eip["EipAddress"], "SourceVSwitchId": vswitch_id}
    account.call("Vpc", "CreateSnatEntry", {"SnatTableId": made["SnatTableIds"]["SnatTableId"][0], **entry})


def _until_available(account: Account, suite: Suite, action: str, named: dict[str, str]) -> None:
    for _ in range(_MOST_LOOKS):
        if account.call("Vpc", action, named).get("Status") == "Available":
            return
        time.sleep(suite.interval)
    raise AssertionError(f"{named} did not become Available")


@pytest.fixture
def image_cache(
    background: Account, network: dict[str, str], eventually: Callable[[Callable[[], Any]], Any]
) -> Callable[..., str]:
    """Return a function that makes an image cache in the network, waits for a status, and returns its ID.

    `image_cache(Image=["nginx:1.25"], until="Ready")`; `until=""` doesn't wait.
    """

    def make(until: str = "Ready", **parameters: Any) -> str:
        named = {
            "ImageCacheName": "conformance",
            "Image": ["nginx:1.25"],
            "VSwitchId": network["VSwitchId"],
            "SecurityGroupId": network["SecurityGroupId"],
            **parameters,
        }
        image_cache_id: str = background.call("Eci", "CreateImageCache", named)["ImageCacheId"]

        def look() -> bool:
            shown = background.call("Eci", "DescribeImageCaches", {"ImageCacheId": image_cache_id})
            return any(each["Status"] == until for each in shown["ImageCaches"])

        if until:
            eventually(look)
        return image_cache_id

    return make


def _credential(key: str) -> Any:
    return CredentialClient(CredentialConfig(type="access_key", access_key_id=key, access_key_secret=key))
