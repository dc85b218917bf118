"""Tests of the policy that nobody on the way can change what a registry answers."""

from __future__ import annotations

from imagecache_policies.plain_http_registries import POLICY
from judging import UNJUDGED, UNKNOWN, judge


def test_plain_http() -> None:
    """A registry over plain HTTP is a fault unless it's allowed."""
    inputs = {"plainHttpRegistries": ["registry.example.com:5000", "other.example.com"]}
    (message,) = judge(POLICY, inputs, allowedRegistries=["other.example.com"])
    assert message == (
        "plainHttpRegistries[0] is 'registry.example.com:5000', which is spoken to over plain HTTP: serve it"
        " over HTTPS and take it out of the list, or name it in this policy's allowedRegistries"
    )


def test_unverified_certificate() -> None:
    """So is one whose certificate isn't verified, unless that is allowed for all or for it."""
    inputs = {"insecureRegistries": ["registry.example.com"]}
    (message,) = judge(POLICY, inputs)
    assert message.startswith(
        "insecureRegistries[0] is 'registry.example.com', whose certificate isn't verified:"
    )
    assert judge(POLICY, inputs, verifyCertificates=False) == []
    assert judge(POLICY, inputs, allowedRegistries=["registry.example.com"]) == []


def test_unknown() -> None:
    """A registry that a preview doesn't know is left out."""
    assert judge(POLICY, {"plainHttpRegistries": [UNKNOWN]}) == [UNJUDGED]
    assert judge(POLICY, {}) == []
