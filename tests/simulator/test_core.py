"""Tests of the entry that both doors call: errors, request IDs, the log, repeatability."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests as http_client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from imagecache_simulator import Cloud
from imagecache_simulator.core import LOGGED_REQUESTS
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.wire import Request

Call = Callable[..., dict[str, Any]]


def test_error_body(call: Call) -> None:
    """An error has the five fields of the cloud's error body, and its real status."""
    with pytest.raises(AlibabaCloudException) as caught:
        call("CreateImageCache", {"ImageCacheName": "a"})
    error = caught.value
    assert (error.status_code, error.code) == (400, "MissingImage")
    assert {"RequestId", "HostId", "Code", "Message", "Recommend"} <= error.data.keys()


def test_request_id_in_header_and_body(endpoint: str) -> None:
    """The header x-acs-request-id and the body name the same request, and the content is JSON."""
    answer = http_client.post(f"http://{endpoint}/", timeout=10)
    assert answer.status_code == 400
    assert answer.headers["x-acs-request-id"] == answer.json()["RequestId"]
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.json()["Code"] == "MissingAction"
    assert answer.json()["HostId"] == endpoint


def test_other_paths(endpoint: str) -> None:
    """The API has one path; another is an unknown action, not a page of the web server."""
    answer = http_client.post(f"http://{endpoint}/api/v1?Action=DescribeRegions", timeout=10)
    assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidAction.NotFound")


def test_action_in_any_capitals(call: Call) -> None:
    """Action names are compared without regard to capitals, as clients differ in them."""
    assert call("describeREGIONS")["Regions"]


def test_log_masks_secrets(cloud: Cloud, call: Call) -> None:
    """The log shows every call, and neither a password nor a signature nor a secret in it."""
    secret = "hunter2"
    credential = {
        "ImageRegistryCredential.1.Server": "private.example.com",
        "ImageRegistryCredential.1.UserName": "me",
        "ImageRegistryCredential.1.Password": secret,
    }
    image = {"ImageCacheName": "a", "Image.1": "private.example.com/a"}
    call("CreateImageCache", {**image, **credential}, algorithm="v2")
    entry = cloud.requests[-1]
    assert (entry["product"], entry["action"], entry["status"], entry["code"]) == (
        "Eci",
        "CreateImageCache",
        200,
        "",
    )
    assert entry["parameters"]["ImageRegistryCredential.1.Password"] == "***"
    assert entry["parameters"]["ImageRegistryCredential.1.UserName"] == "me"
    assert not {"Signature", "SignatureNonce", "AccessKeyId"} & entry["parameters"].keys()
    assert secret not in json.dumps(list(cloud.requests))


def test_log_masks_what_containers_are_told(cloud: Cloud, call: Call) -> None:
    """The log shows no value of an environment variable, no file's content and no option of a volume."""
    told = {
        "Container.1.EnvironmentVar.1.Key": "DB_PASSWORD",
        "Container.1.EnvironmentVar.1.Value": "hunter2",
        "Volume.1.Name": "a",
        "Volume.1.ConfigFileVolume.ConfigFileToPath.1.Content": "hunter2",
        "Volume.1.FlexVolume.Options": "hunter2",
    }
    named = {"ContainerGroupName": "shop", "Container.1.Name": "web", "Container.1.Image": "nginx:1.25"}
    call("CreateContainerGroup", {**named, **told})
    assert cloud.requests[-1]["parameters"]["Container.1.EnvironmentVar.1.Key"] == "DB_PASSWORD"
    assert "hunter2" not in json.dumps(list(cloud.requests))


def test_seed_and_polls() -> None:
    """A seed makes IDs and durations repeat however often a client looks in between."""
    made = []
    for polls in (0, 5):
        cloud = Cloud(seed=1)
        for _ in range(polls):
            cloud.handle(Request("GET", "h"))
        made.append(cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {}))
    assert made[0].image_cache_id == made[1].image_cache_id
    assert made[0].build == made[1].build


def test_log_is_bounded(cloud: Cloud) -> None:
    """The log keeps the last calls only, and of a huge call only its beginning."""
    for number in range(LOGGED_REQUESTS + 1):
        cloud.handle(Request("GET", "h", query=f"Number={number}"))
    assert len(cloud.requests) == LOGGED_REQUESTS
    assert cloud.requests[0]["parameters"] == {"Number": "1"}
    cloud.handle(Request("GET", "h", query="&".join(f"P{n}={'x' * 500}" for n in range(500))))
    assert len(json.dumps(cloud.requests[-1])) < 50_000


def test_seed_makes_ids_repeat() -> None:
    """Two accounts with the same seed give the same IDs; another seed gives others."""
    first, second, third = (Cloud(seed=seed) for seed in (1, 1, 2))
    assert first.new_id("imc") == second.new_id("imc") != third.new_id("imc")
    assert first.account_id == second.account_id


def test_form_of_ids(cloud: Cloud) -> None:
    """An ID is a prefix, a hyphen and 20 letters or digits."""
    prefix, _, rest = cloud.new_id("vsw").partition("-")
    assert (prefix, len(rest)) == ("vsw", 20)
    assert rest.isalnum()
    assert rest == rest.lower()


def test_clouds_share_nothing() -> None:
    """What is made in one account isn't in another."""
    first, second = Cloud(), Cloud()
    first.vpc.create_vpc("cn-hangzhou", "", "")
    first.quotas["MaxImageCacheCount"] = 1
    first.registries.remove_image("nginx")
    assert not second.vpc.vpcs
    assert second.quotas["MaxImageCacheCount"] == 500


@pytest.mark.parametrize("action", ["DescribeImageCaches", "CreateImageCache", "ListUsage"])
def test_unknown_region(refusal: Callable[..., Any], action: str) -> None:
    """A region that doesn't exist is refused by name, and one that isn't named is missing."""
    parameters = {"ImageCacheName": "a", "Image.1": "nginx"}
    refused = refusal(action, {**parameters, "RegionId": "cn-nowhere"})
    assert refused == (404, "InvalidRegionId.NotFound")
    assert refusal(action, {**parameters, "RegionId": None}) == (400, "MissingRegionId")


def test_log_counts(cloud: Cloud) -> None:
    """Entries are numbered from 1, refused calls too."""
    for _ in range(3):
        cloud.handle(Request("GET", "h"))
    assert [entry["number"] for entry in cloud.requests] == [1, 2, 3]


def test_observers(cloud: Cloud) -> None:
    """An observer gets the entry of each request, None for any other change, and nothing once it ended it."""
    seen: list[dict[str, Any] | None] = []
    unsubscribe = cloud.subscribe(seen.append)
    unsubscribe_twin = cloud.subscribe(seen.append)
    unsubscribe_twin()
    cloud.handle(Request("GET", "h"))
    assert seen == [cloud.requests[-1]]
    cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    cloud.settle()
    assert len(seen) == 1
    cloud.clock.advance(600)
    cloud.settle()
    assert set(map(str, seen[1:])) == {"None"}
    unsubscribe()
    unsubscribe()
    cloud.advance(1)
    count = len(seen)
    cloud.handle(Request("GET", "h"))
    assert len(seen) == count


def test_advance_to(cloud: Cloud) -> None:
    """Time can be moved to a moment; not back, and not to one without a time zone."""
    cache = cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    moment = datetime(2026, 1, 1, 1, tzinfo=timezone.utc)
    cloud.advance_to(moment)
    assert cloud.clock.now() == moment
    assert cache.status == "Ready"
    for bad, reason in ((moment - timedelta(seconds=1), "forward"), (moment.replace(tzinfo=None), "zone")):
        with pytest.raises(ValueError, match=reason):
            cloud.advance_to(bad)
    assert cloud.clock.now() == moment


def test_reset(cloud: Cloud) -> None:
    """A reset account is as new: nothing is in it, time and randomness begin again, credentials stay."""
    fresh = Cloud(seed=7)
    cloud.eci.create_image_cache("cn-hangzhou", Inputs("web", ("nginx",)), {})
    cloud.vpc.create_vpc("cn-hangzhou", "", "")
    cloud.quotas["MaxImageCacheCount"] = 1
    cloud.switches.turn_on("arrears")
    cloud.handle(Request("GET", "h"))
    cloud.advance(60)
    cloud.reset()
    assert not cloud.eci.image_caches
    assert not cloud.vpc.vpcs
    assert not cloud.requests
    assert (cloud.quotas, cloud.switches.listing()) == (fresh.quotas, fresh.switches.listing())
    assert cloud.clock.now() == fresh.clock.now()
    assert cloud.account_id == fresh.account_id
    assert cloud.new_id("imc") == fresh.new_id("imc")
    cloud.handle(Request("GET", "h"))
    assert cloud.requests[0]["number"] == 2


def test_seed_makes_runs_repeat(cloud: Cloud, call: Call) -> None:
    """The same calls to an account of one seed repeat every ID, request ID and duration."""

    def run() -> list[Any]:
        cloud.reset()
        cloud.registries.need_internet = False
        vpc = call("CreateVpc", {"CidrBlock": "10.0.0.0/8"}, product="vpc")
        answers = [
            vpc,
            call("AllocateEipAddress", product="vpc"),
            call("CreateSecurityGroup", {"VpcId": vpc["VpcId"]}, product="ecs"),
        ]
        for image in ("flink:1.17", "nginx", "busybox"):
            parameters = {"ImageCacheName": "web", "Flash": "true", "Image.1": image}
            answers.append(call("CreateImageCache", parameters))
        for _ in range(40):
            cloud.advance(10)
            answers.append(call("DescribeImageCaches"))
        return answers

    first = run()
    assert {cache["Status"] for cache in first[-1]["ImageCaches"]} == {"Ready"}
    assert run() == first
