"""Bad input on a real engine: one clear error with cause and remedy, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest


def test_all_check_failures_at_once(one_cache: Any) -> None:
    """A preview names every wrong property with its reason, and the nearest name of an unknown part."""
    one_cache.arguments(
        images=["nginx:1.27", "NGINX"],
        image_cache_size=5,
        image_registry_credentials=[{"server": "https://a.example.com", "user_name": "u", "pasword": "p"}],
    )
    said = one_cache.refused("preview")
    for fact in (
        "write 'nginx'",
        "greater than or equal to 20",
        "has a scheme: write 'a.example.com'",
        "did you mean password?",
    ):
        assert fact in said
    assert "Traceback" not in said
    assert one_cache.cloud.ask("requests") == []


@pytest.mark.parametrize(
    ("settings", "facts"),
    [
        ({"alicloud:secretKey": "wrong-secret"}, ["SignatureDoesNotMatch", "imagecache:secretKey"]),
        ({"alicloud:accessKey": "nobody"}, ["InvalidAccessKeyId.NotFound", "imagecache:accessKey"]),
        ({"alicloud:region": "cn-nowhere"}, ["regionId", "cn-hangzhou"]),
        ({"imagecache:endpoint": "127.0.0.1:9"}, ["no answer from http://127.0.0.1:9", "or proxy"]),
    ],
    ids=["wrong secret", "unknown key", "unknown region", "unreachable endpoint"],
)
def test_wrong_settings(one_cache: Any, settings: dict[str, str], facts: list[str]) -> None:
    """Wrong credentials, region or endpoint end in one error that names the setting; right ones then work."""
    key, secret = one_cache.cloud.provider_key()
    right = {
        "alicloud:secretKey": secret,
        "alicloud:accessKey": key,
        "alicloud:region": one_cache.cloud.region,
        "imagecache:endpoint": one_cache.cloud.endpoint,
    }
    one_cache.stack.configure(settings)
    said = one_cache.refused()
    for fact in facts:
        assert fact in said
    assert "Traceback" not in said
    assert "wrong-secret" not in said
    one_cache.stack.configure(right)
    assert one_cache.up()["status"] == "Ready"


def test_full_quota(one_cache: Any) -> None:
    """A full quota is refused with code, remedy and RequestId; with room for one, up works."""
    one_cache.cloud.ask("quotas", "POST", {"MaxImageCacheCount": 0})
    said = one_cache.refused()
    for fact in ("QuotaExceeded", "what to do: delete caches", "RequestId: "):
        assert fact in said
    assert "Traceback" not in said
    one_cache.cloud.ask("quotas", "POST", {"MaxImageCacheCount": 1})
    assert one_cache.up()["status"] == "Ready"


def test_password_in_a_check_failure(one_cache: Any) -> None:
    """A failure of the whole credentials names them without showing a password."""
    login = {"server": "private.example.com", "user_name": "u", "password": "canary-4711-password"}
    for wrong, reason in (([login, login], "has 'private.example.com' twice"), (login, "valid list")):
        one_cache.arguments(image_registry_credentials=wrong)
        said = one_cache.refused("preview")
        assert "imageRegistryCredentials" in said
        assert reason in said
        assert "canary-4711-password" not in said


def test_missing_argument(one_cache: Any) -> None:
    """A cache without images is refused by the argument's name, without a stack."""
    one_cache.stack.configure({"arguments": '{"retention_days": 3}'})
    said = one_cache.refused("preview")
    assert "ImageCache 'cache' needs images: The images to cache, 1 to 20" in said
    assert "Traceback" not in said


def test_two_of_one_name(one_cache: Any) -> None:
    """Two resources of one name under parents of one name are refused, not given one cache."""
    one_cache.stack.configure({"twins": "true"})
    said = one_cache.refused()
    assert "two resources of one name and type" in said
    twins = [call for call in one_cache.cloud.calls("CreateImageCache") if "twin" in str(call["parameters"])]
    assert len(twins) == 1


def test_unknown_argument(one_cache: Any) -> None:
    """A misspelt argument is refused with the nearest right one, without a stack."""
    one_cache.arguments(image_cach_size=40)
    said = one_cache.refused("preview")
    assert "ImageCache has no argument image_cach_size; did you mean image_cache_size?" in said
    assert "Traceback" not in said


def test_no_region_anywhere(one_cache: Any) -> None:
    """Without a region a preview says where to set one."""
    one_cache.stack.pulumi("config", "rm", "alicloud:region", quiet=True)
    said = one_cache.refused("preview")
    assert "pulumi config set imagecache:region" in said
    assert "ALIBABA_CLOUD_REGION" in said


def test_error_has_no_traceback_of_ours(one_cache: Any) -> None:
    """A vSwitch that doesn't exist is refused by name of the property."""
    one_cache.arguments(vswitch_ids=["vsw-missing"])
    said = one_cache.refused()
    assert "property: vswitchIds" in said
    assert "Traceback" not in said
    assert "imagecache_provider" not in said
