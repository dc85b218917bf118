"""Tests of the door outside the process."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from dataclasses import replace

import pytest
import requests as http_client
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from imagecache_simulator import Cloud, serve
from imagecache_simulator.server import LARGEST_BODY
from imagecache_simulator.wire import Request, Response


def test_starts_and_stops() -> None:
    """A server is reachable inside its block, and afterwards port and thread are free."""
    before = set(threading.enumerate())
    with serve(Cloud()) as server:
        host, _, port = server.endpoint.partition(":")
        assert host == "127.0.0.1"
        assert http_client.get(server.url, timeout=10).status_code == 400
    assert set(threading.enumerate()) <= before
    with serve(Cloud(), port=int(port)) as again:
        assert again.endpoint == server.endpoint


def test_stops_before_the_first_request() -> None:
    """A server that nobody called stops as well."""
    for _ in range(3):
        with serve(Cloud()):
            pass


def test_port_that_is_taken() -> None:
    """A port that's taken is an error at once."""
    with (
        serve(Cloud()) as server,
        pytest.raises(OSError, match="in use"),
        serve(Cloud(), port=int(server.endpoint.rpartition(":")[2])),
    ):
        pass


def test_async_client() -> None:
    """The official client's asynchronous path, which escapes differently and adds a header, is accepted."""
    with serve(Cloud()) as server:
        config = Config(
            access_key_id="simulator",
            access_key_secret="simulator",
            endpoint=server.endpoint,
            protocol="HTTP",
        )
        params = Params(
            action="DescribeImageCaches",
            version="2018-08-08",
            protocol="HTTP",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        query = {
            "RegionId": "cn-hangzhou",
            "Image": "a:b@c*d/e~f+g h%20",
            "Tag.1.Key": "k",
            "Tag.1.Value": "",
        }
        call = Client(config).call_api_async(params, OpenApiRequest(query=query), RuntimeOptions())
        answer = asyncio.run(call)
    assert answer["body"]["ImageCaches"] == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "STRANGE"])
def test_methods(method: str) -> None:
    """Whatever the method, the answer is the cloud's."""
    with serve(Cloud()) as server:
        answer = http_client.request(method, server.url, timeout=10)
        assert (answer.status_code, answer.json()["Code"]) == (400, "MissingAction")


def test_large_body() -> None:
    """A body larger than any call is refused on both kinds of paths; that of a call is logged."""
    too_large = b"x" * (LARGEST_BODY + 1)
    with serve(Cloud()) as server:
        answer = http_client.post(f"{server.url}/?Action=DescribeVpcs", data=too_large, timeout=10)
        assert (answer.status_code, answer.json()["Code"]) == (413, "RequestEntityTooLarge")
        driving = http_client.post(f"{server.url}/_simulator/clock", data=too_large, timeout=10)
        assert (driving.status_code, driving.json()) == (413, {"error": "The request is too large."})
        assert http_client.post(server.url, data=b"x" * LARGEST_BODY, timeout=10).status_code == 400
    logged = [(each["action"], each["status"], each["code"]) for each in server.cloud.requests]
    assert logged == [("DescribeVpcs", 413, "RequestEntityTooLarge"), ("", 400, "MissingAction")]


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n"]
)
def test_what_is_not_http(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Bytes that aren't HTTP are refused, and the server goes on."""
    with serve(Cloud()) as server:
        host, _, port = server.endpoint.partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(sent)
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
        assert http_client.get(server.url, timeout=10).status_code == 400
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_client_that_goes_away() -> None:
    """A client that hangs up in the middle of its request does no harm."""
    with serve(Cloud()) as server:
        host, _, port = server.endpoint.partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        assert http_client.get(server.url, timeout=10).status_code == 400


def test_driving_it() -> None:
    """What drives the simulator is reached under its path, and unknown paths there are 404 in JSON."""
    with serve(Cloud()) as server:
        moved = http_client.post(f"{server.url}/_simulator/clock", json={"advance": 60}, timeout=10)
        assert moved.json() == {"now": "2026-01-01T00:01:00Z"}
        assert http_client.get(f"{server.url}/_simulator/nothing", timeout=10).status_code == 404
        assert http_client.get(f"{server.url}/_simulator/", timeout=10).json()["error"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://example.com"}, {"Origin": "null"}, {"Host": "rebound.example.com:80"}],
    ids=["another site", "a page without a site", "a name that leads here"],
)
def test_not_from_another_page(headers: dict[str, str]) -> None:
    """A page of another site, opened on this machine, can't drive it; its own page can."""
    with serve(Cloud()) as server:
        reset = http_client.post(f"{server.url}/_simulator/reset", headers=headers, timeout=10)
        assert reset.status_code == 403
        own = {"Origin": server.url}
        assert http_client.get(f"{server.url}/_simulator/clock", headers=own, timeout=10).ok


def test_odd_host() -> None:
    """A Host header that's no host is answered like any other."""
    with serve(Cloud()) as server:
        for path in ("/", "/_simulator/clock"):
            answer = http_client.get(server.url + path, headers={"Host": "[x"}, timeout=10)
            assert answer.status_code < 500


class Broken(Cloud):
    """An account with a defect."""

    def handle(self, request: Request) -> Response:
        """Fail."""
        raise RuntimeError(f"a defect, on {request.method}")


def test_defect(caplog: pytest.LogCaptureFixture) -> None:
    """A defect of the simulator is logged, and answered in the cloud's shape without a word of it."""
    with serve(Broken()) as server:
        answer = http_client.get(server.url, timeout=10)
    assert (answer.status_code, answer.json()["Code"]) == (500, "InternalError")
    assert "a defect" not in answer.text
    assert "a defect, on GET" in caplog.text


def test_many_threads() -> None:
    """Calls from many threads are all answered, and each cache is made once."""
    cloud = Cloud()
    statuses: list[int] = []
    with serve(cloud) as server:

        def work() -> None:
            statuses.extend(http_client.get(server.url, timeout=10).status_code for _ in range(10))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [400] * 80
    assert len({entry["request_id"] for entry in cloud.requests}) == 80


def test_environment() -> None:
    """What a process is given names the server for every product, and the account's key and region."""
    cloud = Cloud(access_key_id="me", access_key_secret="hidden", region="cn-beijing")
    with serve(cloud) as server:
        given = server.environment
        assert {given[name] for name in given if "ENDPOINT" in name} == {server.endpoint}
        assert given["ALIBABA_CLOUD_ENDPOINT_ECI"] == given["VPC_ENDPOINT"] == server.endpoint
        keys = {name: value for name, value in given.items() if "KEY" in name}
        assert set(keys.values()) == {"me", "hidden"}
        assert (given["ALICLOUD_REGION"], given["ALIBABA_CLOUD_PROTOCOL"]) == ("cn-beijing", "HTTP")


def test_pulumi_config() -> None:
    """A stack's configuration leads both providers to the server, alicloud to its port with TLS."""
    with serve(Cloud()) as server:
        settings = server.pulumi_config
        assert (settings["imagecache:endpoint"], settings["imagecache:protocol"]) == (server.endpoint, "HTTP")
        assert set(json.loads(settings["alicloud:endpoints"])[0].values()) == {server.tls_endpoint}
        assert settings["alicloud:protocol"] == "HTTPS"
    assert {name.partition(":")[0] for name in settings} == {"alicloud", "imagecache"}


def test_pulumi_config_without_tls() -> None:
    """Without TLS the alicloud plugin is led to the plain port."""
    with serve(Cloud(), tls_port=None) as server:
        settings = server.pulumi_config
        assert set(json.loads(settings["alicloud:endpoints"])[0].values()) == {server.endpoint}
        assert settings["alicloud:protocol"] == "HTTP"


def test_stops_while_a_fault_holds_a_connection(caplog: pytest.LogCaptureFixture) -> None:
    """A call that waits because of a fault is cut off when the server stops, at once and without a word."""
    ends: list[str] = []

    def work(url: str) -> None:
        with pytest.raises(http_client.ConnectionError) as caught:
            http_client.get(f"{url}/?Action=DescribeVpcs", timeout=60)
        ends.append(str(caught.value))

    with serve(Silent()) as server:
        threads = [threading.Thread(target=work, args=[server.url]) for _ in range(2)]
        for thread in threads:
            thread.start()
        while len(server.cloud.requests) < 2:
            time.sleep(0.01)
        before = time.monotonic()
    assert time.monotonic() - before < 2
    for thread in threads:
        thread.join()
    assert len(ends) == 2
    assert all("reset" in end for end in ends)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


class Silent(Cloud):
    """An account whose first answer is late and whose others never come."""

    def handle(self, request: Request) -> Response:
        """Answer as faults would have it."""
        answer = super().handle(request)
        return replace(answer, delay=60 * (len(self.requests) == 1), lost="silent")
