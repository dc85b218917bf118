"""Bad input on a real engine: one clear error with cause and remedy, and nothing is lost."""

from __future__ import annotations

from typing import Any

WRONG_SETTINGS = [
    ({"alicloud:secretKey": "wrong-secret"}, ["SignatureDoesNotMatch", "imagecache:secretKey"]),
    ({"alicloud:accessKey": "nobody"}, ["InvalidAccessKeyId.NotFound", "imagecache:accessKey"]),
    ({"alicloud:region": "cn-nowhere"}, ["regionId", "cn-hangzhou"]),
]


def test_all_check_failures_at_once(one_cache: Any) -> None:
    """A preview names every wrong property with its reason, and the nearest name of an unknown part."""
    one_cache.arguments(
        images=["nginx:1.27", "NGINX"],
        image_cache_size=5,
        tags={"acct": "acs:1"},
        image_registry_credentials=[{"server": "https://a.example.com", "user_name": "u", "pasword": "p"}],
    )
    said = one_cache.refused("preview")
    for fact in (
        "images[1] 'NGINX' has upper-case letters in its repository: write 'nginx'",
        "imageCacheSize should be greater than or equal to 20",
        "tags.acct has a value that begins with acs:, which the cloud reserves",
        "imageRegistryCredentials[0].server has a scheme: write 'a.example.com'",
        "imageRegistryCredentials[0].pasword is no property of ImageRegistryCredential; did you mean",
    ):
        assert f"ImageCache resource 'cache' has a problem: {fact}" in said
    assert "<nil>" not in said
    assert "Traceback" not in said
    assert one_cache.cloud.ask("requests") == []


def test_wrong_settings(one_cache: Any) -> None:
    """Wrong credentials or region end in one error that names the setting; right ones then work.

    An endpoint that can't be reached does, too, after the client has tried for half a minute:
    tests/provider/dynamic/test_unreachable.py lets that pass at once.
    """
    right = one_cache.stack.settings()
    for wrong, facts in WRONG_SETTINGS:
        one_cache.stack.write({**right, **wrong})
        said = one_cache.refused()
        for fact in facts:
            assert fact in said, f"{wrong} is told without it:\n{said}"
        assert "Traceback" not in said
        assert "wrong-secret" not in said
    assert one_cache.cloud.caches() == []
    one_cache.stack.write(right)
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


def test_two_of_one_name(one_cache: Any) -> None:
    """Two resources of one name under parents of one name are refused, not given one cache."""
    one_cache.stack.configure({"twins": "true"})
    said = one_cache.refused()
    assert "two resources of one name and type" in said
    twins = [call for call in one_cache.cloud.calls("CreateImageCache") if "twin" in str(call["parameters"])]
    assert len(twins) == 1


def test_no_region_anywhere(one_cache: Any) -> None:
    """Without a region a preview says where to set one."""
    one_cache.stack.unset("alicloud:region")
    said = one_cache.refused("preview")
    assert "pulumi config set imagecache:region" in said
    assert "ALIBABA_CLOUD_REGION" in said


def test_wrong_arguments(one_cache: Any) -> None:
    """A cache without images and a misspelt argument are refused by the argument's name, without a stack."""
    one_cache.stack.configure({"arguments": '{"retention_days": 3}'})
    missing = one_cache.refused("preview")
    one_cache.arguments(image_cach_size=40)
    unknown = one_cache.refused("preview")
    assert "ImageCache 'cache' needs images: The images to cache, 1 to 20" in missing
    assert "ImageCache has no argument image_cach_size; did you mean image_cache_size?" in unknown
    assert "Traceback" not in missing + unknown


def test_error_has_no_traceback_of_ours(one_cache: Any) -> None:
    """A vSwitch that doesn't exist is refused by name of the property."""
    one_cache.arguments(vswitch_ids=["vsw-missing"])
    said = one_cache.refused()
    assert "property: vswitchIds" in said
    assert "Traceback" not in said
    assert "imagecache_provider" not in said
