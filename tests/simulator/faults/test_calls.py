"""Tests of faults that strike calls, through both doors."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException, ThrottlingException
from darabonba.exceptions import UnretryableException

from imagecache_simulator import Cloud
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.wire import Request
from signed_calls import Signer

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Refusal = Callable[..., tuple[int, str]]


def lost(function: Callable[..., Any], *args: Any) -> str:
    """Return how a call ended that got no answer."""
    with pytest.raises(UnretryableException) as caught:
        function(*args)
    return str(caught.value)


def test_throttle(cloud: Cloud, call: Call, create: Create, refusal: Refusal) -> None:
    """So many calls of an action are throttled, others and later ones aren't; the fault counts."""
    fault = cloud.faults.throttle("CreateImageCache", times=2)
    parameters = {"ImageCacheName": "web", "Image.1": "nginx"}
    for count in (1, 2):
        assert refusal("CreateImageCache", parameters) == (400, "Throttling")
        assert call("DescribeImageCaches")["TotalCount"] == 0
        assert fault.struck == count
    assert create()
    assert fault.struck == 2
    assert fault.spent


def test_throttle_with_a_time_to_wait(cloud: Cloud, call: Call) -> None:
    """The header x-acs-retry-after makes the official client raise its own exception."""
    cloud.faults.throttle("ListUsage", code="Throttling.User", retry_after=1500)
    with pytest.raises(ThrottlingException) as caught:
        call("ListUsage")
    assert (caught.value.code, caught.value.retry_after) == ("Throttling.User", 1500)


def test_throttling_for_older_clients(cloud: Cloud) -> None:
    """Older common cores look into x-ratelimit-user-api for the milliseconds; by their rule, it has them."""
    cloud.faults.throttle("ListUsage", retry_after=1500)
    signed = Signer("h").rpc("ListUsage", "2018-08-08", {"RegionId": "cn-hangzhou"})
    refused = cloud.handle(Request("POST", "h", "/", signed.query, signed.headers, signed.body))
    pairs = dict(pair.split(":") for pair in refused.headers["x-ratelimit-user-api"].split(","))
    assert pairs["TimeLeft"] == "1500"


@pytest.mark.parametrize(
    ("status", "code"), [(503, "ServiceUnavailable"), (500, "InternalError"), (403, "A.B")]
)
def test_error(cloud: Cloud, call: Call, status: int, code: str) -> None:
    """A call is refused with the status, the code and the message that were asked for, until removed."""
    fault = cloud.faults.error("DeleteVpc", status=status, code=code, message="On purpose.", times=None)
    for _ in range(3):
        with pytest.raises(AlibabaCloudException) as caught:
            call("DeleteVpc", {"VpcId": "vpc-1"}, product="vpc")
        assert (caught.value.status_code, caught.value.code) == (status, code)
        assert "On purpose." in caught.value.message
    cloud.faults.remove(fault)
    with pytest.raises(AlibabaCloudException, match=r"(?i)not (exist|found)"):
        call("DeleteVpc", {"VpcId": "vpc-1"}, product="vpc")


def test_dropped_before(cloud: Cloud, create: Create) -> None:
    """A connection that's dropped before the change: the client sees a reset, and nothing was made."""
    cloud.faults.drop("CreateImageCache")
    assert "reset by peer" in lost(create)
    assert not cloud.eci.image_caches
    assert create()


def test_dropped_after(cloud: Cloud, create: Create) -> None:
    """A connection that's dropped after the change: it's there, and its ClientToken finds it."""
    cloud.faults.drop("CreateImageCache", after=True)
    assert "reset by peer" in lost(lambda: create(ClientToken="once"))
    (made,) = cloud.eci.image_caches
    assert create(ClientToken="once") == made


@pytest.mark.parametrize("after", [False, True])
def test_timeout(cloud: Cloud, call: Call, after: bool) -> None:
    """A call without an answer times out, before the change or after it."""
    cloud.faults.timeout("CreateVpc", after=after)
    parameters = {"CidrBlock": "10.0.0.0/8"}
    assert "timed out" in lost(lambda: call("CreateVpc", parameters, product="vpc", read_timeout=200)).lower()
    assert len(cloud.vpc.vpcs) == after


def test_latency(cloud: Cloud, call: Call, endpoint: str) -> None:
    """An answer comes late over HTTP; in the process it doesn't keep anybody waiting."""
    cloud.faults.latency("ListUsage", seconds=0.2)
    before = time.monotonic()
    assert call("ListUsage")["Attributes"]
    assert (time.monotonic() - before >= 0.2) == endpoint.startswith("127.")


def test_latency_of_a_refusal(cloud: Cloud, call: Call, create: Create) -> None:
    """A latency beyond the client's timeout is a timeout, also of what would be refused; a change is made."""
    cloud.faults.throttle("ListUsage")
    cloud.faults.latency(seconds=30, times=2)
    assert "timed out" in lost(lambda: call("ListUsage", read_timeout=200)).lower()
    assert "timed out" in lost(lambda: call("CreateVpc", product="vpc", read_timeout=200)).lower()
    assert len(cloud.vpc.vpcs) == 1
    assert create()


def test_no_stock(cloud: Cloud, create: Create, refusal: Refusal) -> None:
    """A create is refused as sold out, once."""
    cloud.faults.no_stock()
    refused = refusal("CreateImageCache", {"ImageCacheName": "web", "Image.1": "nginx"})
    assert refused == (403, "OperationDenied.NoStock")
    assert create()


def test_only_with_parameters(cloud: Cloud, create: Create, refusal: Refusal) -> None:
    """A fault may be for the calls that have certain parameters."""
    cloud.faults.throttle("CreateImageCache", parameters={"ImageCacheName": "web"}, times=None)
    assert create(ImageCacheName="shop")
    assert refusal("CreateImageCache", {"ImageCacheName": "web", "Image.1": "nginx"})[1] == "Throttling"


def test_only_of_a_product(cloud: Cloud, call: Call, refusal: Refusal) -> None:
    """Actions of the same name are told apart by their product, and capitals don't matter."""
    cloud.faults.throttle("describeregions", product="VPC", times=None)
    assert call("DescribeRegions")["Regions"]
    assert refusal("DescribeRegions", product="vpc")[1] == "Throttling"


def test_probability(cloud: Cloud, call: Call) -> None:
    """A fault may strike now and then, by the account's randomness: the same seed, the same calls."""

    def run() -> list[bool]:
        cloud.reset()
        fault = cloud.faults.throttle("ListUsage", probability=0.5, times=None)
        struck = []
        for _ in range(30):
            before = fault.struck
            try:
                call("ListUsage")
            except AlibabaCloudException as error:
                assert error.code == "Throttling"  # noqa: PT017 - whether it's raised is chance
            struck.append(fault.struck > before)
        return struck

    first = run()
    assert 5 < sum(first) < 25
    assert run() == first


def test_bad_signature_is_no_strike(cloud: Cloud, refusal: Refusal) -> None:
    """A call that the gateway refuses anyway uses no fault up."""
    fault = cloud.faults.throttle("ListUsage")
    assert refusal("ListUsage", secret="wrong")[1] == "SignatureDoesNotMatch"
    assert fault.struck == 0


def test_log(cloud: Cloud, call: Call, create: Create, refusal: Refusal) -> None:
    """The log has refused, dropped and silent calls, and names what struck them."""
    ids = [
        cloud.faults.latency("ListUsage", seconds=0).id,
        cloud.faults.throttle("ListUsage").id,
        cloud.faults.drop("CreateImageCache").id,
    ]
    assert ids == ["fault-1", "fault-2", "fault-3"]
    refusal("ListUsage")
    lost(create)
    call("ListUsage")
    logged = [(each["action"], each["status"], each["code"], each["faults"]) for each in cloud.requests]
    latency, throttle = {"id": "fault-1", "kind": "latency"}, {"id": "fault-2", "kind": "throttle"}
    assert logged == [
        ("ListUsage", 400, "Throttling", [latency, throttle]),
        ("CreateImageCache", 0, "", [{"id": "fault-3", "kind": "drop"}]),
        ("ListUsage", 200, "", []),
    ]


def test_reset_removes_faults(cloud: Cloud, call: Call) -> None:
    """An account as new has no faults."""
    cloud.faults.throttle(times=None)
    cloud.reset()
    assert cloud.faults.listing() == []
    assert call("ListUsage")


def test_clear(cloud: Cloud, create: Create) -> None:
    """All faults can be removed at once; one that was removed isn't there."""
    fault = cloud.faults.throttle(times=None)
    cloud.faults.error(times=None)
    cloud.faults.pull_failure()
    cloud.faults.clear()
    assert create()
    with pytest.raises(KeyError, match=fault.id):
        cloud.faults.remove(fault)


def test_many_faults(cloud: Cloud) -> None:
    """Faults are removed by who adds many: beyond 1000 there's an error."""
    for _ in range(1000):
        cloud.faults.throttle("ListUsage")
    with pytest.raises(ValueError, match="1000 faults"):
        cloud.faults.throttle("ListUsage")


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("throtle", {}, "there is no kind 'throtle'"),
        ("throttle", {"action": "CreateImagecaches"}, "there is no action 'CreateImagecaches'"),
        ("throttle", {"action": "CreateImageCache", "product": "Vpc"}, "of product Vpc"),
        ("throttle", {"times": 0}, "times: "),
        ("throttle", {"times": "3"}, "times: "),
        ("throttle", {"times": True}, "times: "),
        ("throttle", {"probability": 0}, "probability: "),
        ("throttle", {"probability": 1.5}, "probability: "),
        ("throttle", {"probability": float("nan")}, "probability: "),
        ("throttle", {"code": ""}, "code: "),
        ("throttle", {"code": "a\r\nb: c"}, "code: "),
        ("throttle", {"parameters": {"A": 1}}, "parameters.A: "),
        ("throttle", {"count": 3}, "count: "),
        ("error", {"status": 200}, "status: "),
        ("latency", {}, "seconds: "),
        ("latency", {"seconds": -1}, "seconds: "),
        ("latency", {"seconds": float("inf")}, "seconds: "),
        ("stale", {"action": "CreateImageCache", "seconds": 1}, "action: CreateImageCache isn't a reading"),
        ("stale", {"seconds": 0}, "seconds: "),
        ("hang", {"at": "ready"}, "at: there is no transition"),
        ("pull_failure", {"image": "Not An Image"}, "image: not an image reference"),
        ("pull_failure", {"action": "CreateImageCache"}, "action: "),
    ],
)
def test_bad_settings(cloud: Cloud, kind: str, settings: dict[str, Any], reason: str) -> None:
    """What can't be is refused in one line that names it."""
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        cloud.faults.add(kind, settings)
    assert reason in str(caught.value)
    assert cloud.faults.listing() == []


def test_times_go_with_calls_that_fit(cloud: Cloud, call: Call) -> None:
    """Of two faults that fit, the older one strikes first, and only one is used up."""
    first, second = cloud.faults.throttle("ListUsage"), cloud.faults.error("ListUsage")
    for code in ("Throttling", "InternalError"):
        with pytest.raises(AlibabaCloudException) as caught:
            call("ListUsage")
        assert caught.value.code == code
    assert (first.struck, second.struck) == (1, 1)


def test_python_only_changes_are_no_calls(cloud: Cloud) -> None:
    """What a test makes in Python isn't struck."""
    cloud.faults.no_stock(times=None)
    cloud.faults.throttle(times=None)
    assert cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
