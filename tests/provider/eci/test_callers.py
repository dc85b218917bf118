"""Tests of who calls: one source, whole, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.eci.account import read_account
from imagecache_provider.errors import ConfigurationError

ALICLOUD = {"ALICLOUD_ACCESS_KEY": "id-1", "ALICLOUD_SECRET_KEY": "hidden-1"}
ALIBABA_CLOUD = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id-2", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden-2"}
ALIBABACLOUD = {"ALIBABACLOUD_ACCESS_KEY_ID": "id-3", "ALIBABACLOUD_ACCESS_KEY_SECRET": "hidden-3"}
OURS = {"imagecache:accessKey": "id-0", "imagecache:secretKey": "hidden-0"}
ROLE = "acs:ram::2:role/r"
OIDC = {
    "ALIBABA_CLOUD_ROLE_ARN": ROLE,
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "provider",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/token",
}
OIDC_SETTING = {
    "assumeRoleWithOidc": {"roleArn": ROLE, "oidcProviderArn": "provider", "oidcTokenFile": "/token"}
}


def key(number: int) -> dict[str, str]:
    """Return the settings of one of the keys."""
    return {"accessKey": f"id-{number}", "secretKey": f"hidden-{number}"}


@pytest.mark.parametrize(
    ("config", "variables", "credentials", "left_out"),
    [
        # An access key is one family's, whole.
        ({}, ALICLOUD, key(1), []),
        ({}, {**ALICLOUD, **ALIBABA_CLOUD}, key(1), [*ALIBABA_CLOUD]),
        ({}, {**ALIBABACLOUD, **ALIBABA_CLOUD}, key(2), [*ALIBABACLOUD]),
        ({}, {"ALICLOUD_ACCESS_KEY": "id-1", **ALIBABA_CLOUD}, key(2), ["ALICLOUD_ACCESS_KEY"]),
        ({}, {"ALICLOUD_SECRET_KEY": "hidden-1", **ALIBABACLOUD}, key(3), ["ALICLOUD_SECRET_KEY"]),
        ({}, {**ALICLOUD, "ALICLOUD_SECURITY_TOKEN": "t"}, {**key(1), "securityToken": "t"}, []),
        # A token of another family, or beside a key that has none, was left over.
        (
            {},
            {**ALICLOUD, "ALIBABA_CLOUD_SECURITY_TOKEN": "t"},
            key(1),
            ["ALIBABA_CLOUD_SECURITY_TOKEN"],
        ),
        (
            {},
            {**ALIBABA_CLOUD, "ALIBABACLOUD_SECURITY_TOKEN": "t", "ALICLOUD_SECURITY_TOKEN": "u"},
            key(2),
            ["ALICLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"],
        ),
        (
            {},
            {
                "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5t",
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden",
                "ALIBABA_CLOUD_SECURITY_TOKEN": "t",
            },
            {"accessKey": "LTAI5t", "secretKey": "hidden"},
            ["ALIBABA_CLOUD_SECURITY_TOKEN"],
        ),
        (OURS, {"ALIBABA_CLOUD_SECURITY_TOKEN": "t"}, key(0), ["ALIBABA_CLOUD_SECURITY_TOKEN"]),
        # The same said twice is no news: simulators and CI jobs set all families.
        (
            {},
            {
                **ALICLOUD,
                "ALIBABA_CLOUD_ACCESS_KEY_ID": "id-1",
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden-1",
            },
            key(1),
            [],
        ),
        # The configuration comes first, as it says; what is whole elsewhere is no mistake.
        (OURS, ALICLOUD, key(0), []),
        (OURS, {"ALIBABA_CLOUD_PROFILE": "work"}, key(0), []),
        (OURS, {"ALICLOUD_ACCESS_KEY": "id-1"}, key(0), ["ALICLOUD_ACCESS_KEY"]),
        # A role belongs to the caller of its own place, or of a later one.
        (OURS, {"ALIBABA_CLOUD_ROLE_ARN": ROLE}, key(0), ["ALIBABA_CLOUD_ROLE_ARN"]),
        (OURS, {"ALICLOUD_ASSUME_ROLE_ARN": ROLE}, key(0), ["ALICLOUD_ASSUME_ROLE_ARN"]),
        (
            {"imagecache:profile": "work"},
            {"ALIBABA_CLOUD_ROLE_ARN": ROLE},
            {"profile": "work"},
            ["ALIBABA_CLOUD_ROLE_ARN"],
        ),
        (
            {**OURS, "alicloud:assumeRole": {"roleArn": ROLE}},
            {},
            key(0),
            ["alicloud:assumeRole"],
        ),
        (
            {"imagecache:assumeRole": {"roleArn": ROLE}},
            ALICLOUD,
            {**key(1), "assumeRole": {"roleArn": ROLE}},
            [],
        ),
        (
            {"imagecache:assumeRole": {"roleArn": ROLE}},
            {**ALICLOUD, "ALICLOUD_ASSUME_ROLE_ARN": "acs:ram::3:role/r"},
            {**key(1), "assumeRole": {"roleArn": ROLE}},
            ["ALICLOUD_ASSUME_ROLE_ARN"],
        ),
        (
            {},
            {**ALICLOUD, "ALICLOUD_ASSUME_ROLE_ARN": ROLE},
            {**key(1), "assumeRole": {"roleArn": ROLE}},
            [],
        ),
        ({}, {**ALICLOUD, "ALIBABA_CLOUD_ROLE_ARN": ROLE}, key(1), ["ALIBABA_CLOUD_ROLE_ARN"]),
        (
            {},
            {"ALIBABA_CLOUD_PROFILE": "work", "ALIBABA_CLOUD_ROLE_ARN": ROLE},
            {"profile": "work", "assumeRole": {"roleArn": ROLE}},
            [],
        ),
        # OIDC is a caller of its own.
        ({}, OIDC, OIDC_SETTING, []),
        ({}, {**ALIBABA_CLOUD, **OIDC}, key(2), [*OIDC]),
        ({}, {**OIDC, "ALIBABA_CLOUD_PROFILE": "work"}, OIDC_SETTING, ["ALIBABA_CLOUD_PROFILE"]),
        (OURS, OIDC, key(0), []),
        (
            {"imagecache:assumeRoleWithOidc": {"roleArn": ROLE}},
            {**ALICLOUD, "ALICLOUD_ASSUME_ROLE_ARN": "acs:ram::3:role/r"},
            {"assumeRoleWithOidc": {"roleArn": ROLE}},
            ["ALICLOUD_ASSUME_ROLE_ARN"],
        ),
        # Of several profiles, ECS roles and addresses one is used.
        (
            {},
            {"ALICLOUD_PROFILE": "one", "ALIBABA_CLOUD_PROFILE": "two"},
            {"profile": "one"},
            ["ALIBABA_CLOUD_PROFILE"],
        ),
        (
            {},
            {"ALICLOUD_ECS_ROLE_NAME": "one", "ALIBABA_CLOUD_CREDENTIALS_URI": "http://a"},
            {"ecsRoleName": "one"},
            ["ALIBABA_CLOUD_CREDENTIALS_URI"],
        ),
        (
            {**OURS, "imagecache:profile": "work"},
            {},
            key(0),
            ["imagecache:profile"],
        ),
    ],
)
def test_chosen(
    config: dict[str, Any], variables: dict[str, str], credentials: dict[str, Any], left_out: list[str]
) -> None:
    """One source is used, whole; what isn't used is named in one line, and no value is."""
    account = read_account(config, variables)
    assert account.credentials == credentials
    assert len(account.notes) == bool(left_out)
    for note in account.notes:
        named, _, used = note.partition(" set and not used: the credentials are those of ")
        assert named.rpartition(" ")[0].split(", ") == left_out
        assert used.partition(", whole; unset what")[0].split(", ") == list(account.names.values())
        assert not any(
            value in note for value in (*variables.values(), *map(str, config.values())) if len(value) > 2
        )


@pytest.mark.parametrize(
    ("variables", "missing", "there"),
    [
        (
            {"ALICLOUD_ACCESS_KEY": "id-1", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden"},
            "secretKey",
            "ALICLOUD_ACC",
        ),
        ({"ALIBABACLOUD_ACCESS_KEY_SECRET": "hidden"}, "accessKey", "ALIBABACLOUD_ACCESS_KEY_SECRET"),
        (
            {"ALIBABA_CLOUD_SECURITY_TOKEN": "hidden"},
            "securityToken stands",
            "ALIBABA_CLOUD_SECURITY_TOKEN alone",
        ),
        (
            {
                "ALICLOUD_ACCESS_KEY": "id-1",
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden",
                "ALIBABACLOUD_SECURITY_TOKEN": "hidden",
            },
            "secretKey is missing",
            "ALICLOUD_ACCESS_KEY",
        ),
    ],
)
def test_halves(variables: dict[str, str], missing: str, there: str) -> None:
    """Halves of several families make no whole: the error names what is missing, and its other half."""
    with pytest.raises(ConfigurationError, match=f"{missing}.*{there}") as caught:
        read_account({}, variables)
    assert "hidden" not in str(caught.value)


def test_half_oidc() -> None:
    """Variables of OIDC that aren't all there are none of the official chain's either; they are named."""
    account = read_account({}, {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "p", "ALIBABA_CLOUD_ROLE_ARN": ROLE})
    assert account.credentials == {}
    (note,) = account.notes
    assert "ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN are set and not used" in note
    assert "the official credentials chain" in note
