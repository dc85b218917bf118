"""Tests of the way to the cloud: proxies and what they are spared, plain HTTP, and what DEBUG=sdk prints.

The proxies are servers on this machine that note what reaches them.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import random
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import darabonba.core
import pytest
import requests
import responses
import Tea.core

from imagecache_provider.eci.account import Account
from imagecache_provider.eci.client import OpenApiClient
from imagecache_provider.eci.preflight.gaps import Gaps
from imagecache_provider.eci.products import ECI, ECS, RESOURCE_MANAGER, VPC, Product
from imagecache_provider.eci.transport import (
    CloudSession,
    PlainHttpError,
    UnsentError,
    never_in_the_clear,
    prepare,
)
from imagecache_provider.errors import (
    CloudError,
    ConfigurationError,
    ProviderError,
    RefusedError,
    TryAgainError,
)

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

KEYS = {"accessKey": "simulator", "secretKey": "simulator"}
ROLE = {**KEYS, "assumeRole": {"roleArn": "acs:ram::1:role/a"}}
PASSWORD = "hid/den+word"
Call = Callable[..., dict[str, Any]]


@dataclass
class Gate:
    """A proxy that answers everything itself.

    Attributes:
        address: its host:port.
        status: what it answers with.
        seen: method and target of each request that reached it.
        body: what else it says.
    """

    address: str = ""
    status: int = 502
    seen: list[str] = field(default_factory=list)
    body: bytes = b"<html>no</html>"


@pytest.fixture
def proxy() -> Iterator[Gate]:
    """A proxy that lets nothing through."""
    gate = Gate()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            gate.seen.append(f"{self.command} {self.path}")
            self.send_response(gate.status)
            self.send_header("content-length", str(len(gate.body)))
            self.end_headers()
            self.wfile.write(gate.body)

        do_CONNECT = do_POST = do_GET = do_PUT = answer  # noqa: N815 - the class's names

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gate.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield gate
        server.shutdown()
        thread.join()


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def call(clock: DrivenClock, loop: DrivenLoop) -> Call:
    """Return a function that makes a call on driven time."""

    def make(product: Product = ECI, **account: Any) -> dict[str, Any]:
        settings = Account(**{"region": "cn-hangzhou", "credentials": KEYS, **account})
        client = OpenApiClient(settings, clock, random.Random(7))  # noqa: S311 - spreads retries
        action = "DescribeImageCaches" if product is ECI else "DescribeVSwitches"
        sent = {"RegionId": "cn-hangzhou", "ClientToken": "token-1", "Password": "in-a-body"}
        return loop.run_until_complete(client.call(action, sent, product=product))

    return make


def refusal(call: Call, kind: type[ProviderError], **account: Any) -> str:
    """Make a call that must fail in one way; give its text."""
    with pytest.raises(ProviderError) as caught:
        call(**account)
    assert type(caught.value) is kind
    return str(caught.value)


class TestNoProxy:
    """What NO_PROXY spares."""

    @pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
    @pytest.mark.parametrize("spares", ["NO_PROXY", "no_proxy"])
    @pytest.mark.parametrize("listed", ["127.0.0.1", "*", "a, 127.0.0.0/8", "127.0.0.1:{port}"])
    def test_spared(
        self,
        variable: str,
        spares: str,
        listed: str,
        call: Call,
        http_endpoint: str,
        proxy: Gate,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A call to what is spared goes there, and the proxy hears nothing of it."""
        monkeypatch.setenv(variable, f"http://{proxy.address}")
        monkeypatch.setenv(spares, listed.format(port=http_endpoint.rpartition(":")[2]))
        for product in (ECI, VPC):
            assert call(product, endpoint=http_endpoint, protocol="HTTP")["RequestId"]
        assert proxy.seen == []

    def test_not_spared(
        self, call: Call, http_endpoint: str, proxy: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A call to what isn't spared goes through the proxy, which sees no parameter in its URL."""
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("NO_PROXY", "10.0.0.0/8")
        refusal(call, TryAgainError, endpoint=http_endpoint, protocol="HTTP")
        assert set(proxy.seen) == {f"POST http://{http_endpoint}/"}

    @pytest.mark.parametrize("listed", [None, "aliyuncs.com"])
    def test_role(self, call: Call, proxy: Gate, monkeypatch: pytest.MonkeyPatch, listed: str | None) -> None:
        """The credentials package's call to STS goes the same way, through the proxy or past it."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        if listed is None:
            text = refusal(call, TryAgainError, credentials=ROLE)
            assert "sts.aliyuncs.com" in text
            assert set(proxy.seen) == {"CONNECT sts.aliyuncs.com:443"}
            return
        monkeypatch.setenv("NO_PROXY", listed)
        with responses.RequestsMock() as mock:
            mock.add(
                responses.GET, "https://sts.aliyuncs.com/", json={"Code": "No", "Message": "No."}, status=400
            )
            with pytest.raises(ConfigurationError, match=r"STS \(AssumeRole\) refused: No"):
                call(credentials=ROLE)
            assert mock.calls[0].request.req_kwargs["proxies"] == {}  # type: ignore[attr-defined] # of responses
        assert proxy.seen == []

    @pytest.mark.parametrize("spared", [True, False])
    def test_metadata_and_uri(
        self, call: Call, proxy: Gate, spared: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The metadata server and credentialsUri are asked the same way, too."""
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        if spared:
            monkeypatch.setenv("NO_PROXY", "100.100.100.200, .internal")
        for settings, host in (
            ({"ecsRoleName": "role"}, "100.100.100.200"),
            ({"credentialsUri": "http://keys.internal:81/a?hid-den"}, "keys.internal"),
        ):
            with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
                for method in (responses.GET, responses.PUT):
                    mock.add(method, re.compile(f"http://{host}.*"), body="no", status=404)
                with pytest.raises(Exception, match=r"404|metadata") as caught:
                    call(credentials=settings)
                assert "hid-den" not in str(caught.value)
                used = [each.request.req_kwargs["proxies"] for each in mock.calls]  # type: ignore[attr-defined] # of responses
            assert used
            assert all(bool(each) is not spared for each in used)


class TestTold:
    """Proxies that don't work, each in one error without its password."""

    def assert_told(self, text: str, *words: str) -> None:
        """Assert what the error names, and that it gives away nothing."""
        for word in (*words, "what to do: ", "NO_PROXY"):
            assert word in text
        both = f"user:{PASSWORD}".encode()
        for secret in (
            PASSWORD,
            quote(PASSWORD, safe=""),
            base64.b64encode(both).decode(),
            "user:hid",
            "den+word",
        ):
            assert secret not in text
        for noise in ("object at 0x", "HTTPConnectionPool", "Max retries", "Traceback", "in-a-body"):
            assert noise not in text

    @pytest.mark.parametrize("user", ["", f"user:{quote(PASSWORD, safe='')}@"])
    @pytest.mark.parametrize("protocol", ["HTTP", "HTTPS"])
    def test_unreachable(
        self, call: Call, user: str, protocol: str, nobody: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy that can't be reached is named with its variable; it may be there later."""
        monkeypatch.setenv(f"{protocol}_PROXY", f"http://{user}{nobody}")
        text = refusal(call, TryAgainError, endpoint="cloud.example", protocol=protocol)
        self.assert_told(text, f"the proxy http://{nobody} of {protocol}_PROXY can't be used", "refused")

    @pytest.mark.parametrize("user", ["", f"user:{quote(PASSWORD, safe='')}@"])
    @pytest.mark.parametrize(
        ("protocol", "status", "kind", "words"),
        [
            ("HTTP", 407, RefusedError, "http://user:password@"),
            ("HTTPS", 407, RefusedError, "http://user:password@"),
            ("HTTP", 403, RefusedError, "doesn't let requests through to cloud.example: "),
            ("HTTPS", 403, RefusedError, "doesn't let requests through to cloud.example: "),
            ("HTTPS", 503, TryAgainError, "503"),  # in plain HTTP it may be the cloud's own
        ],
    )
    def test_refuses(
        self,
        call: Call,
        user: str,
        protocol: str,
        status: int,
        kind: type[CloudError],
        words: str,
        proxy: Gate,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A proxy that refuses is told as such, and not asked again where that's for good."""
        proxy.status = status
        monkeypatch.setenv(f"{protocol.lower()}_proxy", f"http://{user}{proxy.address}")
        text = refusal(call, kind, endpoint="cloud.example", protocol=protocol)
        self.assert_told(
            text, f"the proxy http://{proxy.address} of {protocol.lower()}_proxy", str(status), words
        )
        assert len(proxy.seen) == (1 if kind is RefusedError else 6)

    def test_clouds_own_refusal(self, call: Call, proxy: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
        """The cloud's own 403 behind a proxy stays the cloud's."""
        proxy.status, proxy.body = 403, b'{"Code": "QuotaExceeded", "Message": "Full."}'
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        assert "QuotaExceeded: Full." in refusal(call, RefusedError, endpoint="a.example", protocol="HTTP")

    @pytest.mark.parametrize(
        "value",
        [
            f"http://user:{PASSWORD}@proxy:3128",
            "http://user:hid#den+word@proxy",
            "http://proxy:port",
            "ftp://a",
            "http://user:hid-den+word@[::::]:1",
            "http://user:hid-den+word@[1.2.3.4]:1",
        ],
    )
    def test_no_address(self, call: Call, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A variable that holds no address, such as one whose password isn't encoded, is named alone."""
        monkeypatch.setenv("HTTPS_PROXY", value)
        with pytest.raises(RefusedError) as caught:
            call()
        text = str(caught.value)
        assert "HTTPS_PROXY holds no proxy's address" in text
        assert "percent-encoded" in text
        assert not [secret for secret in ("hid", "den+word", "@proxy:3128") if secret in text]

    @pytest.mark.parametrize("credentials", [KEYS, ROLE])
    @pytest.mark.parametrize("password", ["hid[den]", "hid]den", "hid\\den", "密hidden", "%E5%AF%86hidden"])
    def test_odd_password(
        self,
        call: Call,
        proxy: Gate,
        credentials: dict[str, Any],
        password: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A password that the libraries can't read by themselves reaches the proxy, and isn't quoted."""
        proxy.status = 407
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{password}@{proxy.address}")
        with pytest.raises(ProviderError, match="didn't take the user and password") as caught:
            call(credentials=credentials)
        assert not [part for part in ("hid", "密", "5bc6", "codec") if part in str(caught.value)]
        assert len(proxy.seen) == 1

    def test_tls(self, call: Call, proxy: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy that is named with https:// and speaks no TLS is told at once."""
        monkeypatch.setenv("HTTPS_PROXY", f"https://{proxy.address}")
        assert "WRONG_VERSION_NUMBER" in refusal(call, RefusedError)

    def test_role(self, call: Call, proxy: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy that refuses the credentials package is told in the same way."""
        proxy.status = 407
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{quote(PASSWORD, safe='')}@{proxy.address}")
        text = refusal(call, ConfigurationError, credentials=ROLE)
        self.assert_told(text, "didn't take the user and password", "HTTPS_PROXY", "sts.aliyuncs.com")


class TestPlainHttp:
    """What isn't sent in the clear."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://eci.aliyuncs.com/",
            "http://ECI.Aliyuncs.com:80/",
            "http://eci.aliyuncs.com./",
            "http://vpc.cn-hangzhou.aliyuncs.com/",
            "http://sts.aliyuncs.com/",
            "http://signin.alibabacloudsso.com/",
            "http://ecs.alibabacloud.com/",
        ],
    )
    def test_the_clouds(self, url: str) -> None:
        """Nothing goes to one of the cloud's hosts in plain HTTP, whoever asks for it."""
        request = requests.Request("POST", url).prepare()
        with responses.RequestsMock() as mock, never_in_the_clear():
            with pytest.raises(PlainHttpError, match="set protocol to HTTPS"):
                CloudSession().send(request)
            assert len(mock.calls) == 0

    def test_of_others(self) -> None:
        """What others in the process send with the same libraries is theirs to decide."""
        with never_in_the_clear():
            pass
        with responses.RequestsMock() as mock:
            mock.add(responses.POST, "http://eci.aliyuncs.com/")
            assert CloudSession().send(requests.Request("POST", "http://eci.aliyuncs.com/").prepare()).ok

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:1/",
            "http://simulator/",
            "http://100.100.100.200/",
            "https://eci.aliyuncs.com/",
            "http://myaliyuncs.com/",
        ],
    )
    def test_others(self, url: str) -> None:
        """Simulators, proxies of one's own and the metadata server are spoken to in plain HTTP."""
        with responses.RequestsMock() as mock, never_in_the_clear():
            mock.add(responses.POST, url)
            assert CloudSession().send(requests.Request("POST", url).prepare()).ok

    def test_redirect(self) -> None:
        """Nothing is sent there in plain HTTP after a redirect, either."""
        insecure = {"location": "http://eci.aliyuncs.com/"}
        asked = requests.Request("GET", "https://a.example/").prepare()
        with responses.RequestsMock() as mock:
            mock.add(responses.GET, "https://a.example/", status=302, headers=insecure)
            with never_in_the_clear(), pytest.raises(PlainHttpError):
                CloudSession().send(asked)

    def test_credentials_uri(self, call: Call) -> None:
        """A credentialsUri is refused in the same way."""
        text = refusal(call, ConfigurationError, credentials={"credentialsUri": "http://keys.aliyuncs.com/a"})
        assert "plain HTTP to keys.aliyuncs.com was refused" in text
        assert "credentialsUri" in text


class TestPrinted:
    """What the libraries print where DEBUG is sdk, and what they log."""

    CANARIES: ClassVar = {"accessKey": "key", "secretKey": "canary-secret", "securityToken": "canary-token"}

    @pytest.mark.parametrize("switch", ["sdk", "SDK"])
    def test_debug(
        self,
        call: Call,
        switch: str,
        http_endpoint: str,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """The SDK's switch shows requests and answers, but neither parameters nor the session's token."""
        monkeypatch.setenv("DEBUG", switch)
        with caplog.at_level(logging.DEBUG), pytest.raises(CloudError):
            call(endpoint=http_endpoint, protocol="HTTP", credentials=self.CANARIES)
        assert "> x-acs-action : DescribeImageCaches" in caplog.text
        assert "> POST / HTTP/1.1" in caplog.text
        assert "> x-acs-security-token : …" in caplog.text
        for canary in ("canary-secret", "canary-token", "in-a-body"):
            assert canary not in caplog.text

    def test_role(
        self, call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """STS is called with its parameters in the URL, which aren't shown; what fails is logged without."""
        monkeypatch.setenv("DEBUG", "sdk")
        role = {**self.CANARIES, "assumeRole": {"roleArn": "acs:ram::1:role/a", "externalId": "canary-id"}}
        body = {
            "Code": "No",
            "Message": "server string to sign is:POST&%2F&canary-token",
            "SecretKey": "canary",
        }
        with responses.RequestsMock() as mock, caplog.at_level(logging.DEBUG):
            mock.add(responses.GET, "https://sts.aliyuncs.com/", json=body, status=400)
            with pytest.raises(Exception, match="credentials") as caught:
                call(credentials=role)
            assert "canary-token" in str(mock.calls[0].request.url)
        assert "> GET / HTTP/1.1" in caplog.text
        assert "Traceback" not in caplog.text
        for text in (caplog.text, str(caught.value)):
            assert "canary" not in text

    def test_signed_alone(self) -> None:
        """What is sent is whole; what the library keeps and prints isn't, and a signature is no secret."""
        headers = {
            "X-Acs-Security-Token": "a",
            "X-aliyun-ecs-metadata-token": "b",
            "Authorization": "Bearer c",
            "host": "a.example",
        }
        kept = requests.Request("POST", "https://a.example/b?c=d", headers=headers).prepare()
        with responses.RequestsMock() as mock:
            mock.add(responses.POST, "https://a.example/b")
            CloudSession().send(kept)
            (sent,) = (each.request for each in mock.calls)
        assert {name: sent.headers[name] for name in headers} == headers
        assert (sent.url, kept.url) == ("https://a.example/b?c=d", "https://a.example/b")
        assert [kept.headers[name] for name in headers] == ["…", "…", "…", "a.example"]
        signed = requests.Request(
            "POST", "https://a.example/", headers={"Authorization": "ACS3-HMAC-SHA256 x"}
        )
        with responses.RequestsMock() as mock:
            mock.add(responses.POST, "https://a.example/")
            CloudSession().send(kept := signed.prepare())
        assert kept.headers["Authorization"] == "ACS3-HMAC-SHA256 x"


def test_both_cores() -> None:
    """The SDK and the credentials package send with our session, and with none that was made before."""
    darabonba.core.DaraCore._sessions["http://a:80"] = requests.Session()  # noqa: SLF001 - as another provider's
    darabonba.core.Session = requests.Session
    prepare()
    prepare()
    assert (Tea.core.Session, darabonba.core.Session) == (CloudSession, CloudSession)
    assert "http://a:80" not in darabonba.core.DaraCore._sessions  # noqa: SLF001 - see above
    assert not issubclass(UnsentError, OSError), "the cores would turn it into a text"


class TestPreflight:
    """What preflight says of products that can't be reached while ECI isn't asked, or is spared the proxy."""

    @pytest.fixture
    def left_out(self, call: Call) -> Callable[[], list[str]]:
        """Return a function that asks three products in one region, two in another, and gives the lines."""

        def ask() -> list[str]:
            gaps = Gaps()
            for region, products in (("cn-hangzhou", (VPC, ECS, RESOURCE_MANAGER)), ("a-new-1", (VPC, ECS))):
                for product in products:
                    error = self.failure(call, product, product.host.replace("{region}", region))

                    async def fails(error: ProviderError = error) -> None:
                        raise error

                    asyncio.run(gaps.ask(product, "Any", fails, region))
                gaps.settle(region, unknown=False)
            return [gap.text() for gap in gaps.notes()]

        return ask

    @staticmethod
    def failure(call: Call, product: Product, host: str) -> ProviderError:
        """Give how a call of a product ends."""
        with pytest.raises(ProviderError) as caught:
            call(product=product, endpoints={product.name: host})
        return caught.value

    @pytest.mark.parametrize("status", [403, 407, 502, 503])
    def test_a_proxy_that_refuses(
        self, left_out: Callable[[], list[str]], proxy: Gate, monkeypatch: pytest.MonkeyPatch, status: int
    ) -> None:
        """A proxy that lets none of them through is one line, which names all hosts."""
        proxy.status = status
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        self.assert_one(left_out(), f"http://{proxy.address}", str(status), "name them in NO_PROXY")

    def test_a_proxy_that_is_gone(
        self, left_out: Callable[[], list[str]], nobody: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So is one where nobody listens."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://{nobody}")
        self.assert_one(left_out(), f"http://{nobody}", "refused", "name them in NO_PROXY")

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            ("Failed to resolve '{host}' (no such name)", "Failed to resolve them (no such name)"),
            ("Read timed out. (read timeout=4.0)", "Read timed out. (read timeout=4.0)"),
            ("certificate is not valid for '{host}'", "certificate is not valid for them"),
        ],
    )
    def test_no_network(
        self,
        left_out: Callable[[], list[str]],
        error: str,
        reason: str,
    ) -> None:
        """So is whatever else keeps all of them from answering."""
        hosts = [
            product.host.replace("{region}", region)
            for product in (VPC, ECS, RESOURCE_MANAGER)
            for region in ("cn-hangzhou", "a-new-1")
        ]
        with responses.RequestsMock(assert_all_requests_are_fired=False) as answers:
            for host in hosts:
                failure = requests.ConnectionError(error.replace("{host}", host))
                answers.add(responses.POST, f"https://{host}/", body=failure)
            self.assert_one(left_out(), f"no answer from them: {reason}")

    @staticmethod
    def assert_one(lines: list[str], *parts: str) -> None:
        """Assert that there is one line, with the name of each host once and with these parts."""
        (line,) = lines
        for part in (
            "ecs (ecs.a-new-1.aliyuncs.com), ",
            "resourcemanager (resourcemanager.aliyuncs.com), ",
            *parts,
        ):
            assert part in line
        for region in ("cn-hangzhou", "a-new-1"):
            assert line.count(f"vpc.{region}.aliyuncs.com") == 1
