"""Tests of the credentials: which provider of the official package each setting makes, with what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_credentials import provider

from imagecache_provider.eci.account import Account
from imagecache_provider.eci.credential_sources import Chain, CheckedProfile, Source
from imagecache_provider.eci.credentials import credentials_client
from imagecache_provider.eci.profile import ProfileFile
from imagecache_provider.errors import ConfigurationError

KEYS = {"accessKey": "key", "secretKey": "hidden"}
ROLE = {"roleArn": "acs:ram::1:role/a"}
OIDC = {
    "roleArn": "acs:ram::1:role/a",
    "oidcProviderArn": "acs:ram::1:oidc-provider/b",
    "oidcTokenFile": "token",
}


def client(settings: Mapping[str, Any]) -> Any:
    """Return the package's client for some settings."""
    return credentials_client(Account(credentials=settings, profiles=ProfileFile(Path("config.json"))))


def official(source: Any) -> Any:
    """Return the package's provider behind a source of ours."""
    inner = source.provider if isinstance(source, Source) else source
    return inner.provider if isinstance(inner, CheckedProfile) else inner


class Recorder:
    """Stands in for a provider class: remembers what it was made with."""

    def __init__(self, **arguments: Any) -> None:
        self.arguments = {name: value for name, value in arguments.items() if value is not None}

    def get_provider_name(self) -> str:
        """Give a name, as the package's providers do."""
        return "recorder"


def recorded(monkeypatch: pytest.MonkeyPatch, name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what the package's provider class of this name is made with for these settings."""
    monkeypatch.setattr(provider, name, Recorder)
    made = official(client(settings).cloud_credential.provider)
    assert isinstance(made, Recorder)
    return made.arguments


def test_keys() -> None:
    """Two keys are static credentials."""
    found = client(KEYS).get_credential()
    assert (found.access_key_id, found.access_key_secret, found.provider_name) == (
        "key",
        "hidden",
        "static_ak",
    )


def test_token() -> None:
    """Keys with a token are those of an STS session."""
    found = client({**KEYS, "securityToken": "token"}).get_credential()
    assert (found.access_key_id, found.security_token, found.provider_name) == ("key", "token", "static_sts")


def test_chain() -> None:
    """Without settings it is the official chain."""
    made = client({})
    assert isinstance(made.cloud_credential.provider, Chain)


@pytest.mark.parametrize(
    ("settings", "name", "arguments"),
    [
        (
            {"profile": "work"},
            "CLIProfileCredentialsProvider",
            {"profile_name": "work", "profile_file": "config.json"},
        ),
        (
            {"ecsRoleName": "builder"},
            "EcsRamRoleCredentialsProvider",
            {"role_name": "builder", "async_update_enabled": False},
        ),
        (
            {"credentialsUri": "http://127.0.0.1/a"},
            "URLCredentialsProvider",
            {"uri": "http://127.0.0.1/a"},
        ),
        (
            {"assumeRoleWithOidc": {**OIDC, "roleSessionName": "mine", "sessionExpiration": 900}},
            "OIDCRoleArnCredentialsProvider",
            {
                "role_arn": "acs:ram::1:role/a",
                "oidc_provider_arn": "acs:ram::1:oidc-provider/b",
                "oidc_token_file_path": "token",
                "role_session_name": "mine",
                "duration_seconds": 900,
            },
        ),
    ],
)
def test_kinds(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], name: str, arguments: dict[str, Any]
) -> None:
    """Profile, ECS role, URI and OIDC make the package's provider for it."""
    assert recorded(monkeypatch, name, settings) == arguments


@pytest.mark.parametrize(
    "settings",
    [
        {"profile": "work"},
        {"ecsRoleName": "builder"},
        {"credentialsUri": "http://127.0.0.1/a"},
        {**KEYS, "assumeRole": ROLE},
        {"assumeRole": [ROLE]},
        {"assumeRoleWithOidc": OIDC},
    ],
)
def test_real_classes(settings: dict[str, Any]) -> None:
    """The package's own classes take what they're given; nothing is called."""
    assert client(settings).cloud_credential.provider is not None


class TestAssumeRole:
    """A RAM role."""

    def test_from_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It's assumed with the keys beside it; everything that is set is passed on."""
        role = {
            **ROLE,
            "sessionName": "mine",
            "sessionExpiration": "1800",
            "policy": "{}",
            "externalId": "x",
        }
        arguments = recorded(monkeypatch, "RamRoleArnCredentialsProvider", {**KEYS, "assumeRole": role})
        source = official(arguments.pop("credentials_provider"))
        assert isinstance(source, provider.StaticAKCredentialsProvider)
        assert arguments == {
            "role_arn": "acs:ram::1:role/a",
            "role_session_name": "mine",
            "duration_seconds": 1800,
            "policy": "{}",
            "external_id": "x",
        }

    def test_texts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Parts that aren't texts become such: digits, which Pulumi takes for a number, and an object."""
        role = {**ROLE, "externalId": 4711, "policy": {"Version": "1"}, "sessionName": None}
        arguments = recorded(monkeypatch, "RamRoleArnCredentialsProvider", {**KEYS, "assumeRole": role})
        assert (arguments["external_id"], arguments["policy"]) == ("4711", '{"Version": "1"}')
        assert arguments["role_session_name"] == "pulumi-imagecache"

    @pytest.mark.parametrize(
        ("settings", "source"),
        [
            ({**KEYS, "securityToken": "token"}, provider.StaticSTSCredentialsProvider),
            ({"profile": "work"}, provider.CLIProfileCredentialsProvider),
            ({}, Chain),
        ],
    )
    def test_source(
        self, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], source: type[Any]
    ) -> None:
        """It's assumed from whatever credentials there are, the chain's where none are set."""
        arguments = recorded(monkeypatch, "RamRoleArnCredentialsProvider", {**settings, "assumeRole": ROLE})
        assert isinstance(official(arguments["credentials_provider"]), source)
        assert arguments["role_session_name"] == "pulumi-imagecache"
        assert "duration_seconds" not in arguments

    def test_list_of_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It may stand in a list, as some versions of pulumi-alicloud have it."""
        arguments = recorded(monkeypatch, "RamRoleArnCredentialsProvider", {"assumeRole": [ROLE]})
        assert arguments["role_arn"] == "acs:ram::1:role/a"

    @pytest.mark.parametrize("role", ["acs:ram::1:role/a", [ROLE, ROLE], 5])
    def test_no_object(self, role: Any) -> None:
        """What is no object is an error that shows its form."""
        with pytest.raises(ConfigurationError, match=r"assumeRole is no object: give it as \{roleArn"):
            client({**KEYS, "assumeRole": role})


@pytest.mark.parametrize(
    "settings",
    [
        {"securityToken": "hidden-token"},
        {**KEYS, "assumeRole": {"sessionName": "a"}},
        {"assumeRoleWithOidc": {"roleArn": "acs:ram::1:role/a"}},
        {**KEYS, "assumeRole": {**ROLE, "sessionExpiration": "long"}},
        {**KEYS, "assumeRole": {**ROLE, "sessionExpiration": 60}},
    ],
)
def test_incomplete(monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> None:
    """Settings that don't suffice for what they ask for are an error without a secret in it."""
    for name in ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match=r"empty|session") as caught:
        client(settings)
    assert "hidden" not in str(caught.value)
