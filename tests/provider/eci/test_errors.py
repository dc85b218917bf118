"""Tests of ECI's error codes: each has a meaning, and makes the error that says what to do next."""

from __future__ import annotations

import pytest

from imagecache_provider.eci.errors import MEANINGS, refused
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.errors import (
    NotFoundError,
    RefusedError,
    ThrottledError,
    TokenUsedError,
    TryAgainError,
)
from imagecache_provider.fields import fields

CREATE_IMAGE_CACHE = [
    "Account.Arrearage",
    "DryRunOperation",
    "InvalidParameter.CPU.Memory",
    "IncorrectStatus",
    "ServiceNotEnabled",
    "DiskVolume.NotSupport",
    "RamRole.NotSupport",
    "ImageCache.IncorrectStatus",
    "ImageCacheNotSupport",
    "EipAddressPoolIpNotEnough",
    "OperationConflict",
    "OperationDenied.VswZoneMisMatch",
    "QuotaExceeded",
    "Zone.NotOnSale",
    "Forbidden.RiskControl",
    "Forbidden.SubUser",
    "Forbidden.OnlyForInvitedTest",
    "OperationDenied.SecurityGroupMisMatch",
    "InvalidVSwitchId.IpNotEnough",
    "Forbidden.UserBussinessStatus",
    "Forbidden.UserNotRealNameAuthentication",
    "InvalidUser.PassRoleForbidden",
    "OperationDenied.NoStock",
    "NoPermission",
    "SecurityRisk.3DVerification",
    "CreateServiceLinkedRole.Denied",
]
"""The codes of spec/eci-image-cache.md section 5."""


def test_complete() -> None:
    """The list above is as long as the API's page says."""
    assert len(set(CREATE_IMAGE_CACHE)) == 26


@pytest.mark.parametrize("code", CREATE_IMAGE_CACHE)
def test_each_code(code: str) -> None:
    """Every code of CreateImageCache is a refusal with a remedy, and with the cloud's words and request."""
    error = refused("CreateImageCache", code, "The cloud's words.", 403, "REQUEST-1")
    assert type(error) is RefusedError
    assert len(error.cause.remedy) > 10
    assert str(error).startswith(f"CreateImageCache failed: {code}: The cloud's words.\n")
    assert f"\n  what to do: {error.cause.remedy}\n" in str(error)
    assert str(error).endswith("\n  RequestId: REQUEST-1")


DENIED = {"AuthAction": "vpc:DescribeVSwitches", "AuthPrincipalDisplayName": "2000"}


@pytest.mark.parametrize("code", ["Forbidden.RAM", "NoPermission", "Forbidden.SomethingNew"])
def test_right_that_lacks(code: str) -> None:
    """Where the cloud names the right that lacks, and who lacks it, so does the remedy, whatever the code."""
    remedy = refused("DescribeVSwitches", code, "", 403, "", DENIED).cause.remedy
    assert remedy == "have vpc:DescribeVSwitches granted to RAM user 2000; docs/rights.md has the policies"
    denied = refused("DescribeVSwitches", code, "", 403, "", {**DENIED, "NoPermissionType": "ExplicitDeny"})
    assert "the policy changed that denies vpc:DescribeVSwitches to RAM user 2000" in denied.cause.remedy


def test_right_that_is_not_named() -> None:
    """Where it doesn't, the remedy names the call's own right."""
    remedy = refused("TagResources", "Forbidden.RAM", "", 403, "").cause.remedy
    assert remedy.startswith(
        "have eci:TagResources granted to whoever the credentials belong to; docs/rights.md"
    )
    assert refused("TagResources", "Forbidden.RAM", "", 403, "", {"AuthAction": ""}).cause.remedy == remedy


def test_role_that_is_passed() -> None:
    """A role that may not be handed on stays about its property."""
    denied = {"AuthAction": "ram:PassRole"}
    cause = refused("CreateImageCache", "InvalidUser.PassRoleForbidden", "", 403, "", denied).cause
    assert cause.property == "acrRegistryInfos"
    assert cause.remedy.startswith("have ram:PassRole granted")


def test_properties() -> None:
    """Every property that a meaning names is one of the inputs."""
    named = {meaning.property for meaning in MEANINGS.values()} - {""}
    assert named <= fields(ImageCacheArgs).keys()
    assert named


@pytest.mark.parametrize("meaning", MEANINGS.values(), ids=MEANINGS)
def test_remedies(meaning: object) -> None:
    """A remedy begins in the middle of a sentence and has no full stop: the text goes around it."""
    remedy = str(getattr(meaning, "remedy", ""))
    assert remedy[0].islower() or remedy.startswith("ask ")
    assert not remedy.endswith(".")


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("InvalidParameter.NotFound", 404, NotFoundError),
        ("ImageCache.NotFound", 404, NotFoundError),
        ("IdempotentParameterMismatch", 400, TokenUsedError),
        ("Throttling", 400, ThrottledError),
        ("Throttling.User", 400, ThrottledError),
        ("Throttling.Api", 429, ThrottledError),
        ("ServiceUnavailable", 503, TryAgainError),
        ("InternalError", 500, TryAgainError),
        ("SomethingNew", 502, TryAgainError),
        ("RequestTimeout", 400, TryAgainError),
        ("", 500, TryAgainError),
        ("SomethingNew", 400, RefusedError),
        ("InvalidVSwitchId.NotFound", 404, RefusedError),
        ("InvalidRegionId.NotFound", 404, RefusedError),
        ("InvalidAccessKeyId.NotFound", 404, RefusedError),
        ("InvalidAction.NotFound", 404, RefusedError),
        ("", 404, RefusedError),
    ],
)
def test_reaction(code: str, status: int, expected: type[Exception]) -> None:
    """A code's error says what the caller should do; only the cache's own absence is "not found"."""
    assert type(refused("DescribeImageCaches", code, "", status, "")) is expected
