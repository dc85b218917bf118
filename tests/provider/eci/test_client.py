"""Tests of the client: what it sends, what it tries again, and what it makes of answers and their absence."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from alibabacloud_credentials.utils import auth_util
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError

from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.account import Account
from imagecache_provider.eci.client import OpenApiClient
from imagecache_provider.errors import (
    CloudError,
    ConfigurationError,
    NotFoundError,
    RefusedError,
    ThrottledError,
    TokenUsedError,
    TryAgainError,
)

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

KEYS = {"accessKey": "simulator", "secretKey": "simulator"}
ADDRESS = "https://eci.aliyuncs.com/"
CREATE = {"RegionId": "cn-hangzhou", "Image.1": "nginx", "ClientToken": "token-1"}

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def answers() -> Iterator[responses.RequestsMock]:
    """Yield what stands in for the cloud: answers in their order, the last one for ever."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def call(clock: DrivenClock, loop: DrivenLoop) -> Call:
    """Return a function that makes a call on driven time."""

    def make(
        action: str = "CreateImageCache",
        parameters: dict[str, str] | None = None,
        paced: bool = False,
        **account: Any,
    ) -> dict[str, Any]:
        settings = Account(**{"region": "cn-hangzhou", "credentials": KEYS, **account})
        client = OpenApiClient(settings, clock, random.Random(7))  # noqa: S311 - spreads retries
        return loop.run_until_complete(client.call(action, parameters or CREATE, paced=paced))

    return make


def refuse(answers: responses.RequestsMock, status: int, code: str, message: str = "No.") -> None:
    """Let the cloud answer with an error."""
    body = {"Code": code, "Message": message, "RequestId": "REQUEST-1"}
    answers.add(responses.POST, ADDRESS, json=body, status=status)


def accept(answers: responses.RequestsMock) -> None:
    """Let the cloud answer with a result."""
    answers.add(responses.POST, ADDRESS, json={"ImageCacheId": "imc-1", "RequestId": "REQUEST-2"})


def sent(answers: responses.RequestsMock) -> list[dict[str, str]]:
    """Return the parameters of each request."""
    return [
        {name: values[0] for name, values in parse_qs(str(each.request.body, "utf-8")).items()}  # type: ignore[arg-type] # bytes, which the SDK makes of a form
        for each in answers.calls
    ]


class TestAnswered:
    """Calls that the cloud answers."""

    def test_result(self, answers: responses.RequestsMock, call: Call) -> None:
        """The body of the answer is given; the request's body has the parameters, its URL none of them."""
        accept(answers)
        assert call()["ImageCacheId"] == "imc-1"
        (made,) = answers.calls
        assert sent(answers) == [CREATE]
        assert made.request.url == ADDRESS
        assert made.request.headers["x-acs-action"] == "CreateImageCache"
        assert made.request.headers["x-acs-version"] == "2018-08-08"
        assert "pulumi-imagecache" in str(made.request.headers["user-agent"])

    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (403, "QuotaExceeded", RefusedError),
            (400, "SomethingNew", RefusedError),
            (404, "InvalidParameter.NotFound", NotFoundError),
            (400, "IdempotentParameterMismatch", TokenUsedError),
        ],
    )
    def test_refused(
        self,
        answers: responses.RequestsMock,
        call: Call,
        status: int,
        code: str,
        expected: type[CloudError],
    ) -> None:
        """A refusal isn't tried again; the cloud's own words, code and request are in the error."""
        refuse(answers, status, code, "The cloud's words.")
        with pytest.raises(CloudError) as caught:
            call()
        assert type(caught.value) is expected
        assert len(answers.calls) == 1
        cause = caught.value.cause
        assert (cause.code, cause.message, cause.request_id) == (code, "The cloud's words.", "REQUEST-1")
        assert str(caught.value).startswith(f"CreateImageCache failed: {code}: The cloud's words.")

    def test_bare_refusal(self, answers: responses.RequestsMock, call: Call) -> None:
        """A refusal without code and message is an error with a text all the same."""
        answers.add(responses.POST, ADDRESS, json={}, status=403)
        with pytest.raises(CloudError, match="CreateImageCache failed"):
            call()


class TestTriedAgain:
    """Calls that may go through later."""

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "Throttling"),
            (400, "Throttling.User"),
            (429, "Throttling.Api"),
            (503, "ServiceUnavailable"),
            (500, "InternalError"),
        ],
    )
    def test_until_it_goes_through(
        self, answers: responses.RequestsMock, call: Call, status: int, code: str
    ) -> None:
        """Throttling and the cloud's own failures are tried again, under the same ClientToken."""
        refuse(answers, status, code)
        refuse(answers, status, code)
        accept(answers)
        assert call()["ImageCacheId"] == "imc-1"
        assert sent(answers) == [CREATE] * 3

    def test_asked_to_wait(self, answers: responses.RequestsMock, call: Call) -> None:
        """Throttling that says when to come back is throttling too."""
        answers.add(
            responses.POST,
            ADDRESS,
            json={"Code": "Throttling", "Message": "No.", "RequestId": "REQUEST-1"},
            status=429,
            headers={"x-acs-retry-after": "1000"},
        )
        accept(answers)
        assert call()["ImageCacheId"] == "imc-1"

    @pytest.mark.parametrize(
        "failure",
        [
            requests.ConnectionError("Connection aborted."),
            requests.ReadTimeout("Read timed out."),
            requests.ConnectTimeout("timed out"),
        ],
    )
    def test_dropped(self, answers: responses.RequestsMock, call: Call, failure: Exception) -> None:
        """A connection that breaks is tried again: the token makes it one request."""
        answers.add(responses.POST, ADDRESS, body=failure)
        accept(answers)
        assert call()["ImageCacheId"] == "imc-1"
        assert sent(answers) == [CREATE] * 2

    def test_no_json(self, answers: responses.RequestsMock, call: Call) -> None:
        """A gateway's page instead of an answer is tried again."""
        answers.add(responses.POST, ADDRESS, body="<html>Bad Gateway</html>", status=502)
        accept(answers)
        assert call()["ImageCacheId"] == "imc-1"

    def test_pauses(self, answers: responses.RequestsMock, call: Call, clock: DrivenClock) -> None:
        """Pauses grow, each spread over half its length, and end after six attempts with the last error."""
        refuse(answers, 400, "Throttling", "Slow down.")
        with pytest.raises(TryAgainError, match=r"Throttling: Slow down\."):
            call()
        assert len(answers.calls) == 6
        assert len(clock.slept) == 5
        for pause, longest in zip(clock.slept, [1, 2, 4, 8, 16], strict=True):
            assert longest / 2 <= pause <= longest

    def test_paced(self, answers: responses.RequestsMock, call: Call, clock: DrivenClock) -> None:
        """Of a call whose pace the caller keeps, other failures are tried again, but no throttling."""
        refuse(answers, 503, "ServiceUnavailable")
        refuse(answers, 400, "Throttling.User", "Slow down.")
        with pytest.raises(ThrottledError, match=r"Slow down\."):
            call(paced=True)
        assert len(answers.calls) == 2
        assert len(clock.slept) == 1

    def test_then_refused(self, answers: responses.RequestsMock, call: Call) -> None:
        """A refusal after throttling ends it."""
        refuse(answers, 400, "Throttling")
        refuse(answers, 403, "QuotaExceeded")
        with pytest.raises(RefusedError, match="QuotaExceeded"):
            call()
        assert len(answers.calls) == 2


class TestUnanswered:
    """Calls that nobody answers, told without the libraries' inner life."""

    def assert_readable(self, error: CloudError, where: str, reason: str) -> None:
        """Assert what the text names, and that it shows no object and no wrapper."""
        text = str(error)
        assert f"no answer from {where}: " in text
        assert reason in text
        assert "what to do: check imagecache:endpoint" in text
        for noise in ("object at 0x", "HTTPConnectionPool", "Max retries", "Traceback", "Exception"):
            assert noise not in text

    def test_nobody_listens(self, call: Call) -> None:
        """An endpoint where nobody listens."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            endpoint = f"127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(TryAgainError) as caught:
            call(endpoint=endpoint, protocol="HTTP")
        self.assert_readable(caught.value, f"http://{endpoint}", "refused")
        assert not caught.value.cause.unresolved

    def test_what_was_sent(self, call: Call) -> None:
        """What was sent isn't in the error, neither as it was nor as a URL spells it."""
        parameters = {"ImageRegistryCredential.1.Password": "hid/den", "ClientToken": "token-1"}
        with pytest.raises(TryAgainError) as caught:
            call(parameters=parameters, endpoint="127.0.0.1:1", protocol="HTTP")
        for sent in ("hid/den", "hid%2Fden", "token-1", "Password"):
            assert sent not in str(caught.value)

    def test_no_such_host(self, answers: responses.RequestsMock, call: Call) -> None:
        """An endpoint whose name doesn't resolve."""
        connection = HTTPSConnection("eci.aliyuncs.com")
        failure = NameResolutionError(
            "eci.aliyuncs.com", connection, socket.gaierror("Name or service not known")
        )
        pool: Any = None
        error = requests.ConnectionError(MaxRetryError(pool, "/", failure))
        answers.add(responses.POST, ADDRESS, body=error)
        with pytest.raises(TryAgainError) as caught:
            call()
        self.assert_readable(caught.value, "https://eci.aliyuncs.com", "Failed to resolve 'eci.aliyuncs.com'")
        assert caught.value.cause.unresolved

    @pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://proxy.invalid:3128"])
    def test_proxy(self, call: Call, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
        """A proxy that isn't there, or has no address, is named; the cloud's own name isn't in doubt."""
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(TryAgainError, match=f"the proxy {proxy} of HTTPS_PROXY") as caught:
            call(endpoint="eci.aliyuncs.com", protocol="HTTPS")
        assert not caught.value.cause.unresolved

    @pytest.mark.parametrize("debug", ["", "sdk"])
    @pytest.mark.parametrize("status", [200, 400, 403, 502, 599])
    @pytest.mark.parametrize(
        "body", ["<html>Log in</html>", "", "{}", "[]", "null", "5", '"no"', '{"error": "no"}', b"\xff\xfe"]
    )
    def test_something_else(
        self,
        answers: responses.RequestsMock,
        call: Call,
        body: str | bytes,
        status: int,
        debug: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A page instead of an answer, as a proxy's, isn't shown or believed, but told for what it is."""
        monkeypatch.setenv("DEBUG", debug)
        answers.add(responses.POST, ADDRESS, body=body, status=status)
        with pytest.raises(TryAgainError, match="something else has answered, such as a proxy: it's no JSON"):
            call()

    def test_code_alone(self, answers: responses.RequestsMock, call: Call) -> None:
        """An error that has nothing but its code is told without the SDK's None."""
        answers.add(responses.POST, ADDRESS, json={"Code": "Odd"}, status=400)
        with pytest.raises(RefusedError) as caught:
            call()
        assert "CreateImageCache failed: Odd: the cloud gives no reason" in str(caught.value)
        assert "None" not in str(caught.value)

    def test_too_slow(self, answers: responses.RequestsMock, call: Call) -> None:
        """An endpoint that takes too long."""
        answers.add(responses.POST, ADDRESS, body=requests.ReadTimeout("Read timed out. (read timeout=10.0)"))
        with pytest.raises(TryAgainError) as caught:
            call()
        self.assert_readable(caught.value, "https://eci.aliyuncs.com", "Read timed out")

    def test_wrong_protocol(self, call: Call, http_endpoint: str, clock: DrivenClock) -> None:
        """HTTPS to a server that speaks HTTP is refused at once: it won't go through later."""
        with pytest.raises(RefusedError) as caught:
            call(endpoint=http_endpoint, protocol="HTTPS")
        assert "imagecache:protocol" in str(caught.value)
        assert "object at 0x" not in str(caught.value)
        assert clock.slept == []

    def test_certificate(self, answers: responses.RequestsMock, call: Call, clock: DrivenClock) -> None:
        """A certificate that isn't trusted is refused at once."""
        failure = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
        answers.add(responses.POST, ADDRESS, body=failure)
        with pytest.raises(RefusedError, match="self-signed certificate"):
            call()
        assert clock.slept == []


class TestCredentials:
    """Credentials that nobody set."""

    def test_none(
        self,
        answers: responses.RequestsMock,
        call: Call,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        """Where the whole chain finds nothing, the error names the ways to set them; nothing is called."""
        monkeypatch.setenv("HOME", str(tmp_path))
        # The package reads its environment variables when it's imported.
        for name in ("access_key_id", "access_key_secret", "credentials_file", "credentials_uri"):
            monkeypatch.setattr(auth_util, f"environment_{name}", None)
        monkeypatch.setattr(auth_util, "environment_cli_profile_disabled", "true")
        monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
        monkeypatch.setattr(auth_util, "enable_oidc_credential", False)
        with pytest.raises(ConfigurationError) as caught:
            call(credentials={})
        text = str(caught.value)
        assert text.startswith("CreateImageCache needs credentials and none were usable")
        for remedy in ("imagecache:accessKey", "imagecache:secretKey", "ALIBABA_CLOUD_ACCESS_KEY_ID"):
            assert remedy in text
        assert len(answers.calls) == 0

    def test_incomplete(self, answers: responses.RequestsMock, call: Call) -> None:
        """Settings that don't suffice are told before anything is called."""
        with pytest.raises(ConfigurationError, match="incomplete"):
            call(credentials={"securityToken": "hidden"})
        assert len(answers.calls) == 0

    def test_token(self, answers: responses.RequestsMock, call: Call) -> None:
        """A session's token goes with the request, in a header."""
        accept(answers)
        call(credentials={**KEYS, "securityToken": "token"})
        assert answers.calls[0].request.headers["x-acs-security-token"] == "token"


def test_loaded_late() -> None:
    """The cloud's libraries aren't loaded before the first call: that takes longer than most calls."""
    program = "import sys; from imagecache_provider import registry; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    assert "imagecache_provider.eci.client" in loaded
    assert not {"alibabacloud_tea_openapi", "alibabacloud_credentials", "Tea", "requests"} & set(loaded)


def test_threads(http_endpoint: str) -> None:
    """Many calls at once go through, each with its own answer."""
    account = Account("cn-hangzhou", http_endpoint, "HTTP", KEYS)

    async def calls() -> list[dict[str, Any]]:
        client = OpenApiClient(account, SystemClock(), random.Random(7))  # noqa: S311 - spreads retries
        return await asyncio.gather(
            *(client.call("DescribeImageCaches", {"RegionId": "cn-hangzhou"}) for _ in range(20))
        )

    answers = asyncio.run(calls())
    assert len({json.dumps(answer["RequestId"]) for answer in answers}) == 20
