"""Tests of what is told where credentials don't come: the source, why, what to do; and what is tried again.

The official package is the real one; what it talks to over HTTP is stood in for.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import requests
import responses
from alibabacloud_credentials.utils import auth_constant, auth_util

from imagecache_provider.eci.account import read_account
from imagecache_provider.eci.client import OpenApiClient
from imagecache_provider.errors import ConfigurationError, ProviderError, TryAgainError

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

HIDDEN = "hidden-secret-1"
KEY = {"access_key_id": "LTAI-key", "access_key_secret": HIDDEN}
ROLE = "acs:ram::1:role/builder"
STS = "https://sts.aliyuncs.com/"
METADATA = "http://100.100.100.200/latest/"
SOON = int(time.time()) + 7200

Told = Callable[..., ProviderError]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder; the package read its variables when it was imported, and forgets them."""
    for name in vars(auth_util).copy():
        if name.startswith("environment_") and isinstance(getattr(auth_util, name), (str, type(None))):
            monkeypatch.setattr(auth_util, name, "false" if name.endswith(("disabled", "vpc")) else None)
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def answers() -> Iterator[responses.RequestsMock]:
    """Yield what stands in for everything that answers over HTTP; where nothing is set, nobody does."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def told(home: Path, clock: DrivenClock, loop: DrivenLoop, answers: responses.RequestsMock) -> Told:
    """Return a function that makes a call with some settings, and gives the error that it must end in."""

    def tell(config: Mapping[str, Any] | None = None, **variables: str) -> ProviderError:
        account = read_account(
            {f"imagecache:{name}": value for name, value in (config or {}).items()},
            {"HOME": str(home), "ALIBABA_CLOUD_REGION": "cn-hangzhou", **variables},
        )
        client = OpenApiClient(account, clock, random.Random(7))  # noqa: S311 - spreads retries
        with pytest.raises(ProviderError) as caught:
            loop.run_until_complete(client.call("DescribeImageCaches", {}))
        text = str(caught.value)
        for noise in (HIDDEN, "Traceback", "object at 0x", "Max retries", "Error("):
            assert noise not in text
        assert "no answer from https://eci" not in text, "it isn't ECI that doesn't answer"
        assert "\n  what to do: " in text
        assert not any("eci.aliyuncs.com" in str(each.request.url) for each in answers.calls)
        return caught.value

    return tell


@pytest.fixture
def profile(home: Path) -> Callable[..., Path]:
    """Return a function that writes the CLI's file, with one profile, `work`, and others if any are given."""

    def write(*others: Mapping[str, Any], **settings: Any) -> Path:
        file = home / ".aliyun" / "config.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"current": "work", "profiles": [{"name": "work", **settings}, *others]}))
        return file

    return write


SSO = {
    "mode": "CloudSSO",
    "cloud_sso_sign_in_url": "https://signin.test/x/login",
    "cloud_sso_account_id": "1",
    "cloud_sso_access_config": "ac-1",
    "access_token": HIDDEN,
    "cloud_sso_access_token_expire": SOON,
}
OAUTH = {
    "mode": "OAuth",
    "oauth_refresh_token": HIDDEN,
    "oauth_access_token": "x",
    "oauth_access_token_expire": 1,
}
SSO_ADDRESS = "https://signin.test/cloud-credentials"


class TestProfile:
    """A profile of the CLI."""

    @pytest.mark.parametrize(
        ("settings", "reason", "remedy"),
        [
            (
                {**SSO, "cloud_sso_access_token_expire": 1},
                "expired",
                "aliyun configure --profile work --mode Clo",
            ),
            (
                {**SSO, "cloud_sso_access_token_expire": None},
                "cloud_sso_access_token_expire is miss",
                "log in ag",
            ),
            ({**SSO, "cloud_sso_access_token_expire": "soon"}, "unforeseen form (TypeError)", "log in again"),
            ({**SSO, "access_token": ""}, "access_token is missing", "log in again"),
            (
                {"mode": "AK", "access_key_id": "k"},
                "access_key_secret is missing",
                "--profile work --mode AK",
            ),
            ({"mode": "AK"}, "access_key_id, access_key_secret are missing", "--profile work --mode AK"),
            ({"mode": "StsToken", **KEY}, "sts_token is missing", "--mode StsToken"),
            ({"mode": "RamRoleArn", **KEY}, "ram_role_arn is missing", "--mode RamRoleArn"),
            ({"mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE, "expired_seconds": 5}, "900", "RamRoleArn"),
            (
                {"mode": "OIDC", "ram_role_arn": ROLE},
                "oidc_provider_arn, oidc_token_file are missing",
                "OIDC",
            ),
            ({"mode": "External"}, "process_command is missing", "--mode External"),
            (
                {"mode": "External", "process_command": "no-such-command"},
                "no-such-command",
                "--mode External",
            ),
            ({"mode": "External", "process_command": "echo nothing"}, "external command output", "External"),
            ({"mode": "External", "process_command": "false"}, "exit status 1", "--mode External"),
            ({"mode": "External", "process_command": 'echo "'}, "No closing quotation", "--mode External"),
            ({"mode": "Odd"}, "its mode is 'Odd'", "a mode that the official credentials library knows: AK,"),
            ({}, "its mode is None", "a mode that the official credentials library knows: AK,"),
            (
                {**OAUTH, "oauth_site_type": "MOON"},
                "site type",
                "aliyun configure --profile work --mode OAuth",
            ),
            ({"mode": "ChainableRamRoleArn", "ram_role_arn": ROLE}, "source_profile is missing", "Chainable"),
        ],
    )
    def test_lacks_something(
        self,
        told: Told,
        profile: Callable[..., Path],
        clock: DrivenClock,
        settings: dict[str, Any],
        reason: str,
        remedy: str,
    ) -> None:
        """What it lacks is told at once, with the profile, its file and what mends it."""
        file = profile(**settings)
        error = told({"profile": "work"})
        first, last = str(error).split("\n  what to do: ")
        assert isinstance(error, ConfigurationError)
        assert first.startswith("DescribeImageCaches needs credentials and none were usable: ")
        assert f"profile 'work' in {file} (imagecache:profile): " in first
        assert reason in first
        assert remedy in last
        assert clock.slept == []

    def test_not_completed_from_the_environment(
        self, told: Told, profile: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An access key without its secret doesn't get that of the environment, which is another key's."""
        monkeypatch.setattr(auth_util, "environment_access_key_secret", "of-another-key")
        profile(mode="AK", access_key_id="LTAI-key")
        assert "access_key_secret is missing" in str(told({"profile": "work"}))

    @pytest.mark.parametrize("circle", [["work"], ["b", "work"], ["b", "c", "b"]])
    def test_circle(
        self, told: Told, profile: Callable[..., Path], clock: DrivenClock, circle: list[str]
    ) -> None:
        """A source_profile that leads back is told as the circle that it is."""
        links = dict(zip(["work", *circle], circle, strict=False))
        others = [
            {"name": name, "mode": "ChainableRamRoleArn", "ram_role_arn": ROLE, "source_profile": source}
            for name, source in links.items()
        ]
        work = next(each for each in others if each["name"] == "work")
        profile(*(each for each in others if each is not work), **work)
        text = str(told({"profile": "work"}))
        assert "its source_profile leads back to itself: " in text
        assert f"{circle[-1]} -> " in text
        assert clock.slept == []

    def test_source(self, told: Told, profile: Callable[..., Path]) -> None:
        """What the profile lacks that a role is taken on from is told of that one."""
        chained = {"mode": "ChainableRamRoleArn", "ram_role_arn": ROLE, "source_profile": "base"}
        profile({"name": "base", "mode": "AK", "access_key_id": "k"}, **chained)
        text = str(told({"profile": "work"}))
        assert "of 'base', which it's based on, access_key_secret is missing" in text
        assert "aliyun configure --profile base" in text

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (None, "there is no such file"),
            ("{", "is no valid JSON"),
            ("[" * 100_000, "is no valid JSON"),
            ("[]", "holds no object with profiles"),
            ("null", "holds no object with profiles"),
            ("{}", "there is no profile 'work'; those in the file: none"),
            ('{"profiles": {"work": {}}}', "there is no profile 'work'"),
            (
                '{"profiles": [{"name": "other"}, 5]}',
                "there is no profile 'work'; those in the file: 'other'",
            ),
        ],
    )
    def test_file(self, told: Told, home: Path, clock: DrivenClock, content: str | None, reason: str) -> None:
        """A file that can't be used is told with its path."""
        file = home / "mine.json"
        if content is not None:
            file.write_text(content)
        text = str(told({"profile": "work", "sharedCredentialsFile": str(file)}))
        assert f"profile 'work' in {file} (imagecache:profile, imagecache:sharedCredentialsFile): " in text
        assert reason in text
        assert clock.slept == []

    def test_folder_for_a_file(self, told: Told, home: Path) -> None:
        """What can't be read at all says so."""
        assert "can't be read: Is a directory" in str(told({"sharedCredentialsFile": str(home)}))

    def test_variable(self, told: Told, home: Path) -> None:
        """A profile that a variable names is told with the variable."""
        text = str(told(ALIBABA_CLOUD_PROFILE="work"))
        assert (
            f"profile 'work' in {home}/.aliyun/config.json (ALIBABA_CLOUD_PROFILE): there is no such" in text
        )

    def test_disabled(
        self, told: Told, profile: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A profile that is named although profiles are switched off is told so."""
        monkeypatch.setattr(auth_util, "environment_cli_profile_disabled", "true")
        profile(mode="AK", **KEY)
        assert "disabled" in str(told({"profile": "work"}))

    @pytest.mark.parametrize(
        ("status", "body", "reason"),
        [
            (403, {"Code": "Expired", "Message": "The login."}, "CloudSSO refused: Expired: The login"),
            (200, {"CloudCredential": {"AccessKeySecret": HIDDEN}}, "CloudSSO answered without credentials"),
            (200, {"CloudCredential": None}, "an unforeseen form (TypeError)"),
            (200, [], "CloudSSO answered without credentials"),
        ],
    )
    def test_cloud_sso(
        self,
        told: Told,
        profile: Callable[..., Path],
        answers: responses.RequestsMock,
        status: int,
        body: Any,
        reason: str,
    ) -> None:
        """What CloudSSO answers is told by its code; an answer that may hold credentials isn't repeated."""
        profile(**SSO)
        answers.add(responses.POST, SSO_ADDRESS, json=body, status=status)
        text = str(told({"profile": "work"}))
        assert reason in text
        assert "log in again" in text

    def test_oauth(self, told: Told, profile: Callable[..., Path], answers: responses.RequestsMock) -> None:
        """A login by OAuth that isn't taken any more is told by its code."""
        profile(**OAUTH)
        body = {"error": "invalid_grant", "error_description": "The refresh token is gone."}
        answers.add(responses.POST, "https://oauth.aliyun.com/v1/token", json=body, status=400)
        text = str(told({"profile": "work"}))
        assert "OAuth refused: invalid_grant: The refresh token is gone" in text
        assert "aliyun configure --profile work --mode OAuth" in text


def test_plain_http_login(told: Told, profile: Callable[..., Path]) -> None:
    """A login's address of the cloud's in plain HTTP is refused, and the setting that has it is named."""
    profile(**{**SSO, "cloud_sso_sign_in_url": "http://signin-cn-shanghai.alibabacloudsso.com/x/login"})
    text = str(told({"profile": "work"}))
    assert "plain HTTP to signin-cn-shanghai.alibabacloudsso.com was refused" in text
    assert "cloud_sso_sign_in_url" in text


class TestOidc:
    """A token of an OIDC provider."""

    VARIABLES: ClassVar = {
        "ALIBABA_CLOUD_ROLE_ARN": ROLE,
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/ci",
    }

    def test_no_file(self, told: Told, home: Path, clock: DrivenClock) -> None:
        """A token's file that is missing is told at once, with the file and the variable that names it."""
        text = str(told(**self.VARIABLES, ALIBABA_CLOUD_OIDC_TOKEN_FILE=str(home / "token")))
        assert f"OIDC token file {home}/token (ALIBABA_CLOUD_OIDC_TOKEN_FILE)" in text
        assert f"{home}/token can't be read: No such file or directory" in text
        assert "see that the file holds the token" in text
        assert clock.slept == []

    def test_no_text(self, told: Told, home: Path) -> None:
        """A file that holds no text is told so."""
        (home / "token").write_bytes(b"\xff\xfe\xff")
        text = str(told(**self.VARIABLES, ALIBABA_CLOUD_OIDC_TOKEN_FILE=str(home / "token")))
        assert "no valid JSON or text" in text

    def test_refused(
        self, told: Told, home: Path, answers: responses.RequestsMock, clock: DrivenClock
    ) -> None:
        """What STS refuses is told as STS's word, once."""
        (home / "token").write_text(HIDDEN)
        body = {"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "Expired.", "RequestId": "R-1"}
        answers.add(responses.GET, STS, json=body, status=400)
        config = {
            "assumeRoleWithOidc": {
                "roleArn": ROLE,
                "oidcProviderArn": "p",
                "oidcTokenFile": str(home / "token"),
            }
        }
        text = str(told(config))
        assert "STS (AssumeRoleWithOIDC) refused: AuthenticationFail.OIDCToken.Expired: Expired" in text
        assert "(RequestId R-1)" in text
        assert "(imagecache:assumeRoleWithOidc)" in text
        assert clock.slept == []


class TestRole:
    """A role that is taken on."""

    CONFIG: ClassVar = {"accessKey": "key", "secretKey": HIDDEN, "assumeRole": {"roleArn": ROLE}}

    def test_unreachable(self, told: Told, answers: responses.RequestsMock, clock: DrivenClock) -> None:
        """STS that can't be reached is told as STS, after some attempts."""
        request = requests.Request("GET", f"{STS}?Signature={HIDDEN}").prepare()
        lost = requests.ConnectionError(ConnectionRefusedError(111, "Connection refused"), request=request)
        answers.add(responses.GET, STS, body=lost)
        error = told(self.CONFIG)
        assert isinstance(error, TryAgainError)
        assert f"role {ROLE} (imagecache:assumeRole): no answer from https://sts.aliyuncs.com (STS)" in str(
            error
        )
        assert "Connection refused" in str(error)
        assert "network or proxy" in str(error)
        assert 0 < len(clock.slept) < 8

    def test_certificate(self, told: Told, answers: responses.RequestsMock, clock: DrivenClock) -> None:
        """A certificate that isn't trusted won't be the next time."""
        request = requests.Request("GET", STS).prepare()
        failure = requests.exceptions.SSLError(
            "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", request=request
        )
        answers.add(responses.GET, STS, body=failure)
        assert isinstance(told(self.CONFIG), ConfigurationError)
        assert clock.slept == []

    @pytest.mark.parametrize(("status", "code"), [(503, "ServiceUnavailable"), (400, "Throttling.User")])
    def test_busy(
        self, told: Told, answers: responses.RequestsMock, clock: DrivenClock, status: int, code: str
    ) -> None:
        """STS that is busy is asked again."""
        answers.add(responses.GET, STS, json={"Code": code, "Message": "Later."}, status=status)
        error = told(self.CONFIG)
        assert isinstance(error, TryAgainError)
        assert f"STS (AssumeRole) refused: {code}: Later" in str(error)
        assert "what to do: run up again later" in str(error)
        assert clock.slept

    @pytest.mark.parametrize(
        ("status", "body", "reason"),
        [
            (404, {"Code": "EntityNotExist.Role", "Message": "No."}, "refused: EntityNotExist.Role: No"),
            (200, {"Credentials": {"AccessKeySecret": HIDDEN}}, "answered without credentials"),
            (200, {"Credentials": None}, "unforeseen form (TypeError)"),
            (
                200,
                {
                    "Credentials": {
                        "AccessKeyId": "a",
                        "AccessKeySecret": HIDDEN,
                        "SecurityToken": "t",
                        "Expiration": "2020-01-01T00:00:00Z",
                    }
                },
                "what it gave has expired already",
            ),
            (
                200,
                {
                    "Credentials": {
                        "AccessKeyId": "a",
                        "AccessKeySecret": HIDDEN,
                        "SecurityToken": "t",
                        "Expiration": "soon",
                    }
                },
                "time data 'soon'",
            ),
        ],
    )
    def test_refused(
        self,
        told: Told,
        answers: responses.RequestsMock,
        clock: DrivenClock,
        status: int,
        body: Any,
        reason: str,
    ) -> None:
        """What STS answers instead of credentials is told at once, and never repeated."""
        answers.add(responses.GET, STS, json=body, status=status)
        text = str(told(self.CONFIG))
        assert reason in text
        assert "trust policy" in text
        assert clock.slept == []

    def test_no_json(self, told: Told, answers: responses.RequestsMock) -> None:
        """A page of a proxy is no answer of STS."""
        answers.add(responses.GET, STS, body="<html>", status=200)
        assert "no valid JSON" in str(told(self.CONFIG))

    @pytest.mark.parametrize(
        ("code", "of_key"),
        [
            ("InvalidAccessKeyId.NotFound", True),
            ("InvalidAccessKeyId.Inactive", True),
            ("InvalidSecurityToken.Expired", True),
            ("SignatureDoesNotMatch", True),
            ("NoPermission", False),
            ("EntityNotExist.Role", False),
        ],
    )
    def test_remedy(
        self,
        told: Told,
        answers: responses.RequestsMock,
        profile: Callable[..., Path],
        code: str,
        of_key: bool,
    ) -> None:
        """What to do is about the role, or the source of the key that STS doesn't take, whichever it is."""
        profile(mode="AK", **KEY)
        answers.add(responses.GET, STS, json={"Code": code, "Message": "No."}, status=403)
        role = {"assumeRole": {"roleArn": ROLE}}
        for config, remedy in (
            (self.CONFIG, "set imagecache:accessKey"),
            ({**role, "profile": "work"}, "aliyun configure --profile work --mode AK"),
            (role, "aliyun configure --profile work --mode AK"),
        ):
            last = str(told(config)).split("what to do: ")[1]
            assert (remedy in last, "trust policy" in last) == (of_key, not of_key)

    def test_caller(self, told: Told, profile: Callable[..., Path]) -> None:
        """Where it's who takes the role on that gives no credentials, that source is told."""
        profile(mode="AK", access_key_id="k")
        text = str(told({"profile": "work", "assumeRole": {"roleArn": ROLE}}))
        assert "profile 'work'" in text
        assert ROLE not in text


class TestEcs:
    """The role of an ECS instance."""

    def test_no_instance(self, told: Told, answers: responses.RequestsMock, clock: DrivenClock) -> None:
        """A machine that is no ECS instance is told so at once."""
        request = requests.Request("PUT", f"{METADATA}api/token").prepare()
        lost = requests.ConnectTimeout("timed out", request=request)
        for method in (responses.PUT, responses.GET):
            answers.add(method, f"{METADATA}api/token", body=lost)
            answers.add(method, f"{METADATA}meta-data/ram/security-credentials/builder", body=lost)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
            error = told(ALIBABA_CLOUD_ECS_METADATA="builder")
        assert isinstance(error, ConfigurationError)
        assert (
            "ECS role builder (ALIBABA_CLOUD_ECS_METADATA): the metadata service of ECS, http://100.1"
            in str(error)
        )
        assert clock.slept == []

    @pytest.mark.parametrize(
        ("status", "body", "reason"),
        [
            (404, "no", "HTTP status 404"),
            (200, '{"Code": "Failed"}', "Failed to get RAM session"),
            (200, "{", "JSON"),
        ],
    )
    def test_answers(
        self,
        told: Told,
        answers: responses.RequestsMock,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
        body: str,
        reason: str,
    ) -> None:
        """An instance without that role is told so."""
        monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
        answers.add(responses.PUT, f"{METADATA}api/token", body="token")
        path = f"{METADATA}meta-data/ram/security-credentials/builder"
        answers.add(responses.GET, path, body=body, status=status)
        text = str(told({"ecsRoleName": "builder"}))
        assert reason in text
        assert "attach the RAM role" in text

    def test_disabled(self, told: Told) -> None:
        """A role that is named although it's switched off is told so."""
        text = str(told({"ecsRoleName": "builder"}))
        assert "ECS role builder (imagecache:ecsRoleName): IMDS credentials is disabled" in text


class TestUri:
    """An address that hands credentials out."""

    @pytest.mark.parametrize(
        ("uri", "reason"),
        [
            ("nonsense", '"endpoint" is required'),
            ("http://127.0.0.1:no/x", "Port could not be cast"),
            ("ftp://127.0.0.1/x", "ftp"),
        ],
    )
    def test_no_address(self, told: Told, clock: DrivenClock, uri: str, reason: str) -> None:
        """What is no address is told at once."""
        text = str(told({"credentialsUri": uri}))
        assert "credentials URI " in text
        assert "(imagecache:credentialsUri)" in text
        assert clock.slept == []
        assert reason in text or "unforeseen form" in text

    def test_nobody(self, told: Told, clock: DrivenClock) -> None:
        """Where nobody listens, it's told at once, without the address's secrets."""
        text = str(told({"credentialsUri": f"http://u:{HIDDEN}@127.0.0.1:1/keys?token={HIDDEN}"}))
        assert (
            "credentials URI http://127.0.0.1:1/keys (imagecache:credentialsUri): no answer from http://"
            in text
        )
        assert clock.slept == []

    @pytest.mark.parametrize(
        ("status", "body", "reason"),
        [
            (500, "oops", "answered with HTTP status 500"),
            (200, "{", "no valid JSON"),
            (200, "[]", "unforeseen form (AttributeError)"),
            (200, json.dumps({"Code": "Success", "AccessKeySecret": HIDDEN}), "answered without credentials"),
            (200, json.dumps({"Code": "Denied", "Message": "No."}), "it refused: Denied: No"),
        ],
    )
    def test_answers(
        self,
        told: Told,
        answers: responses.RequestsMock,
        clock: DrivenClock,
        status: int,
        body: str,
        reason: str,
    ) -> None:
        """What is answered instead of credentials is told, and never repeated."""
        answers.add(responses.GET, "http://127.0.0.1:80/keys", body=body, status=status)
        answers.add(responses.GET, "http://127.0.0.1/keys", body=body, status=status)
        text = str(told(ALIBABA_CLOUD_CREDENTIALS_URI="http://127.0.0.1/keys"))
        assert reason in text
        assert "(ALIBABA_CLOUD_CREDENTIALS_URI)" in text
        assert clock.slept == []


class TestChain:
    """Where nothing is set, the official chain."""

    @pytest.mark.parametrize("status", [404, 200])
    def test_nothing(
        self, told: Told, answers: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, status: int
    ) -> None:
        """Where nobody has set anything up, the ways to do it are told, and nothing of ECS."""
        monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
        answers.add(responses.PUT, f"{METADATA}api/token", status=status)
        path = f"{METADATA}meta-data/ram/security-credentials/"
        answers.add(responses.GET, path, body="no", status=status)
        answers.add(responses.GET, f"{path}no", body="no", status=status)
        text = str(told())
        assert "none are set" in text
        assert "imagecache:accessKey" in text
        assert "ECS" not in text

    def test_current_profile(self, told: Told, profile: Callable[..., Path], clock: DrivenClock) -> None:
        """The current profile that lacks something is told as the cause."""
        file = profile(**{**SSO, "cloud_sso_access_token_expire": 1})
        text = str(told())
        assert f"the current profile in {file}: " in text
        assert "expired" in text
        assert "aliyun configure --profile work --mode CloudSSO" in text
        assert clock.slept == []

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("no section", "no valid INI"),
            (f"[default]\ntype = access_key\naccess_key_secret = %{HIDDEN}\n", "no valid INI"),
            (f"[default]\ntype = access_key\naccess_key_secret = {HIDDEN}\n", "the access key id is empty"),
            ("[other]\ntype = access_key\n", "failed to get credential from credentials file"),
            ("[default]\ntype = odd\n", "unsupported credential type odd"),
            ("[default]\ntype = rsa_key_pair\npublic_key_id = a\nprivate_key_file = /no/such\n", "/no/such"),
        ],
    )
    def test_ini(self, told: Told, home: Path, content: str, reason: str) -> None:
        """So is the package's own file."""
        file = home / ".alibabacloud" / "credentials.ini"
        file.parent.mkdir()
        file.write_text(content)
        text = str(told())
        assert f"profile 'default' in {file}: " in text
        assert reason in text

    def test_both(self, told: Told, home: Path, profile: Callable[..., Path]) -> None:
        """Two sources that fail are both told."""
        profile(mode="AK")
        (home / ".alibabacloud").mkdir()
        (home / ".alibabacloud" / "credentials.ini").write_text("[default]\ntype = odd\n")
        text = str(told())
        assert "access_key_id, access_key_secret are missing" in text
        assert "unsupported credential type odd" in text

    def test_second_source(
        self, home: Path, profile: Callable[..., Path], clock: DrivenClock, loop: DrivenLoop
    ) -> None:
        """A source that gives nothing doesn't keep the next one from giving credentials, call by call."""
        profile(mode="AK")
        (home / ".alibabacloud").mkdir()
        ini = f"[default]\ntype = access_key\naccess_key_id = second\naccess_key_secret = {HIDDEN}\n"
        (home / ".alibabacloud" / "credentials.ini").write_text(ini)
        client = OpenApiClient(read_account({}, {"HOME": str(home)}), clock, random.Random(7))  # noqa: S311
        with responses.RequestsMock() as answers:
            answers.add(responses.POST, "https://eci.aliyuncs.com/", json={"RequestId": "R-1"})
            for _ in range(2):
                loop.run_until_complete(client.call("DescribeImageCaches", {}))
            signed = [str(each.request.headers["Authorization"]) for each in answers.calls]
            assert [("Credential=second," in each) for each in signed] == [True, True]


def test_nothing_is_logged(
    told: Told, answers: responses.RequestsMock, capfd: pytest.CaptureFixture[str]
) -> None:
    """The package logs each failure with a stack and the URL that it sent: none of it is shown."""
    answers.add(responses.GET, STS, json={"Code": "No", "Message": "No."}, status=403)
    told(TestRole.CONFIG)
    assert capfd.readouterr() == ("", "")
