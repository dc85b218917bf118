"""The fixtures of the provider's tests.

`world` has everything: it is an account behind one of the simulator's two doors, with a network in it, driven
time, and runs of the provider through the front that the test names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.provider.fronts import DynamicProcess, Plugin, PluginProcess
from tests.provider.world import REGION, Begin, DrivenClock, DrivenLoop, Process, World

from imagecache_provider.dynamic import host, session
from imagecache_provider.eci.image_cache import ImageCache
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.readiness import Operation
from imagecache_provider.resource import Connection
from imagecache_simulator import Cloud, mock_cloud, serve
from imagecache_simulator.wire import Request, Response


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drop what a test says that it isn't about: `not_through` names fronts, with the reason beside it."""
    items[:] = [item for item in items if _front(item) not in _not_through(item)]


def _front(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("front", "core")) if callspec else "core"


def _not_through(item: pytest.Item) -> tuple[str, ...]:
    marker = item.get_closest_marker("not_through")
    return marker.args if marker else ()


@pytest.fixture
def clock() -> DrivenClock:
    """Return a driven clock, in whose cloud builds go twenty times as fast."""
    return DrivenClock(pace=20)


@pytest.fixture
def loop(clock: DrivenClock) -> Iterator[DrivenLoop]:
    """Yield a loop on the driven clock, in which nothing may fail unseen."""
    loop = DrivenLoop(clock)
    yield loop
    loop.crash()
    loop.close()
    assert loop.unhandled == []


@pytest.fixture
def network(clock: DrivenClock) -> dict[str, str]:
    """Return a VPC's vSwitch, security group and EIP as inputs of a cache: `vswitch`, `group`, `eip`."""
    cloud = clock.cloud
    vpc = cloud.vpc.create_vpc(REGION, "10.0.0.0/8", "")
    vswitch = cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", "10.0.0.0/24")
    group = cloud.ecs.create_security_group(REGION, vpc.vpc_id, "")
    eip = cloud.vpc.allocate_eip(REGION, "")
    return {
        "vswitch": vswitch.v_switch_id,
        "group": group.security_group_id,
        "eip": eip.allocation_id,
    }


class _Relay(Cloud):
    """An account that lets another one answer: one server then serves all tests, each with its own cloud."""

    answering: Cloud

    def handle(self, request: Request) -> Response:
        """Answer; a connection that is kept may be closed just when a later test uses it."""
        response = self.answering.handle(request)
        return replace(response, headers={**response.headers, "connection": "close"})


@pytest.fixture(scope="session")
def relay() -> Iterator[tuple[_Relay, str]]:
    """Yield a relay and the endpoint of the server before it."""
    account = _Relay()
    with serve(account) as server:
        yield account, server.endpoint


@pytest.fixture
def http_endpoint(relay: tuple[_Relay, str], clock: DrivenClock) -> str:
    """Return where the account is reached over HTTP."""
    account, address = relay
    account.answering = clock.cloud
    return address


@pytest.fixture(params=["in-process", "http"])
def endpoint(request: pytest.FixtureRequest, clock: DrivenClock) -> Iterator[str]:
    """Yield where the account is reached, through each of the simulator's two doors."""
    if request.param == "http":
        yield request.getfixturevalue("http_endpoint")
    else:
        with mock_cloud(clock.cloud):
            yield "eci.aliyuncs.com"


@pytest.fixture
def world(
    clock: DrivenClock, loop: DrivenLoop, endpoint: str, network: dict[str, str], begin: Begin
) -> World:
    """Return a whole account."""
    settings = {
        "region": REGION,
        "endpoint": endpoint,
        "protocol": "HTTPS" if endpoint == "eci.aliyuncs.com" else "HTTP",
        "accessKey": "simulator",
        "secretKey": "simulator",
        "preflight": "off",  # tests of it set it
    }
    config = {f"imagecache:{name}": value for name, value in settings.items()}
    return World(clock, loop, config, network, begin)


@pytest.fixture
def front(request: pytest.FixtureRequest) -> str:
    """Return what a test's runs of the provider go through: the lifecycle itself, or a front over it."""
    return str(getattr(request, "param", "core"))


@pytest.fixture
def begin(clock: DrivenClock, loop: DrivenLoop, front: str, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Return a function that starts a run of the provider through the test's front."""

    def core(config: Mapping[str, str], timeout: float, stack: str) -> Process:
        connection = ImageCache.connect(config, {}, clock)
        return Process(Lifecycle(connection, clock), loop, stack, Operation(timeout))

    def plugin(config: Mapping[str, str], timeout: float, stack: str) -> Process:
        settings = {name.removeprefix("imagecache:"): value for name, value in config.items()}
        started = loop.run_until_complete(Plugin.start(Servicer({}, clock), settings, stack))
        started.timeout = timeout
        return PluginProcess(started, loop)

    def dynamic(config: Mapping[str, str], timeout: float, stack: str) -> Process:
        monkeypatch.setattr(host, "run", loop.run_until_complete)
        monkeypatch.setattr(session, "SystemClock", lambda: clock)
        return DynamicProcess({**config, "imagecache:timeoutMinutes": str(timeout / 60)}, stack)

    return {"core": core, "plugin": plugin, "dynamic": dynamic}[front]


@pytest.fixture
def start(clock: DrivenClock, loop: DrivenLoop) -> Callable[[Connection], Process]:
    """Return a function that starts a run of the provider over any connection."""
    return lambda connection: Process(Lifecycle(connection, clock), loop)


@pytest.fixture
def offline(clock: DrivenClock, start: Callable[[Connection], Process]) -> Process:
    """Return a run of the provider that can call nothing."""
    return start(ImageCache.connect({"imagecache:region": REGION}, {}, clock))


@pytest.fixture
def everything() -> dict[str, Any]:
    """Return right inputs of an image cache that name every property and every part of one."""
    return {
        "images": ["nginx:1.27", f"registry.example.com:5000/team/app@sha256:{64 * 'a'}"],
        "imageCacheName": "mine",
        "regionId": REGION,
        "zoneId": "cn-hangzhou-h",
        "vswitchIds": ["vsw-1", "vsw-2"],
        "securityGroupId": "sg-1",
        "eipInstanceId": "eip-1",
        "resourceGroupId": "rg-1",
        "imageCacheSize": 40,
        "retentionDays": 7,
        "autoMatchImageCache": True,
        "flash": True,
        "flashCopyCount": 2,
        "standardCopyCount": 3,
        "eliminationStrategy": "LRU",
        "imageRegistryCredentials": [
            {"server": "one.example.com", "userName": "one", "password": "hidden-1"},
            {"server": "two.example.com:5000", "userName": "two", "password": "hidden-2"},
        ],
        "acrRegistryInfos": [
            {
                "instanceId": "cri-1",
                "instanceName": "team",
                "regionId": REGION,
                "domains": ["team-registry.cn-hangzhou.cr.aliyuncs.com", "registry.example.com"],
                "arnService": "acs:ram::1:role/service",
                "arnUser": "acs:ram::2:role/user",
            }
        ],
        "plainHttpRegistries": ["http.example.com:5000", "localhost"],
        "insecureRegistries": ["self-signed.example.com"],
        "annotations": "{}",
        "osType": "Windows",
        "tags": {"team": "a", "stage": "b"},
        "rebuildTriggers": ["1", "2"],
        "awaitReady": False,
    }
