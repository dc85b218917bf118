"""Tests of the policy that caches log in without passwords."""

from __future__ import annotations

from imagecache_policies.inline_passwords import POLICY
from imagecache_policies.resource_types import ALICLOUD
from judging import UNJUDGED, UNKNOWN, judge

LOGIN = {"server": "hidden.example.com", "userName": "hidden-user", "password": "hidden-password"}


def test_password() -> None:
    """A password is a fault, of which nothing that is secret is shown."""
    for kind in ("imagecache:eci:ImageCache", *ALICLOUD):
        (message,) = judge(POLICY, {"imageRegistryCredentials": [{"server": "x"}, LOGIN]}, kind=kind)
        assert message.startswith(
            "imageRegistryCredentials[1].password is set, and kept in the stack's state:"
        )
        assert "acrRegistryInfos" in message
        assert "hidden" not in message


def test_without_password() -> None:
    """ACR Enterprise Edition is pulled from without one."""
    assert judge(POLICY, {"acrRegistryInfos": [{"instanceId": "cri-1"}]}) == []


def test_allowed() -> None:
    """A registry may have no other way."""
    assert judge(POLICY, {"imageRegistryCredentials": [LOGIN]}, allowedServers=["hidden.example.com"]) == []
    assert len(judge(POLICY, {"imageRegistryCredentials": [LOGIN]}, allowedServers=["x"])) == 1


def test_unknown() -> None:
    """A password that a preview doesn't know is one; such a registry may be an allowed one."""
    inputs = {"imageRegistryCredentials": [{**LOGIN, "password": UNKNOWN}]}
    first, second = judge(POLICY, inputs)
    assert first.startswith("imageRegistryCredentials[0].password is set")
    assert second == UNJUDGED
    inputs = {"imageRegistryCredentials": [{**LOGIN, "server": UNKNOWN}]}
    assert judge(POLICY, inputs, allowedServers=["x"]) == [UNJUDGED]
    assert len(judge(POLICY, inputs)) == 1
