"""Tests of what a failed build's events mean."""

from __future__ import annotations

import pytest

from imagecache_provider.eci.failures import _KINDS, failure
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.fields import fields

PULL = (
    'Failed: Failed to pull image "app:401": rpc error: code = Unknown desc = failed to pull and unpack image'
    ' "docker.io/library/app:401": '
)


@pytest.mark.parametrize(
    ("reason", "property_name"),
    [
        (f"{PULL}docker.io/library/app:401: not found", "images"),
        ('Failed: Failed to pull image "App:1": invalid reference format', "images"),
        (f"{PULL}dial tcp 203.0.113.93:443: i/o timeout", "eipInstanceId"),
        (f"{PULL}net/http: TLS handshake timeout", "eipInstanceId"),
        (f"{PULL}dial tcp: lookup registry.internal on 100.100.2.136:53: no such host", "images"),
        (f"{PULL}write: no space left on device: the images need 28.3 GiB", "imageCacheSize"),
        (f"{PULL}unexpected status from harbor: 401 Unauthorized: it is private", "imageRegistryCredentials"),
        (f"{PULL}pull access denied, repository does not exist", "imageRegistryCredentials"),
        (f"{PULL}429 Too Many Requests - toomanyrequests: limit", "imageRegistryCredentials"),
        (f"{PULL}http: server gave HTTP response to HTTPS client", "plainHttpRegistries"),
        (f"{PULL}x509: certificate signed by unknown authority", "insecureRegistries"),
        ("FailedCreate: Failed to create transit instance: OperationDenied.NoStock: Sales …", "vswitchIds"),
        ("FailedCreate: Failed to bind EIP eip-1 to imc-1: the EIP is InUse, bound to i-1.", "eipInstanceId"),
        (f"{PULL}something new", ""),
        ("", ""),
    ],
)
def test_property(reason: str, property_name: str) -> None:
    """Each kind of failure names its property, and a remedy; what nobody knows has neither."""
    found = failure(reason)
    assert found.property == property_name
    assert bool(found.remedy) is bool(property_name)


@pytest.mark.parametrize("meaning", [meaning for _, meaning in _KINDS])
def test_remedies(meaning: object) -> None:
    """A remedy names an input, and is the middle of a sentence: the error's text goes around it."""
    remedy = str(getattr(meaning, "remedy", ""))
    assert getattr(meaning, "property", "") in fields(ImageCacheArgs)
    assert remedy
    assert not remedy[0].isupper()
    assert not remedy.endswith(".")
