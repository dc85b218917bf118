"""Tests of the plugin's settings: what CheckConfig, DiffConfig and Configure make of them."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.clock import SystemClock
from imagecache_provider.errors import ProviderError
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.plugin.settings import Sessions, check_settings, diff_settings, readable

ROLE = {"roleArn": "acs:ram::1:role/builder"}


class TestReadable:
    """What the engine hands over."""

    def test_objects_are_json(self) -> None:
        """Objects come as JSON text; what is no JSON is left for Check."""
        assert readable({"assumeRole": '{"roleArn": "r"}'}) == {"assumeRole": {"roleArn": "r"}}
        assert readable({"assumeRole": "{"}) == {"assumeRole": "{"}
        assert readable({"assumeRole": UNKNOWN, "region": "[x]"}) == {"assumeRole": UNKNOWN, "region": "[x]"}

    def test_numbers_are_json(self) -> None:
        """Numbers come as JSON text or as they are."""
        assert readable({"maxCreatesPerMinute": "50"}) == {"maxCreatesPerMinute": 50}
        assert readable({"maxCreatesPerMinute": 50}) == {"maxCreatesPerMinute": 50}

    def test_engines_own(self) -> None:
        """What the engine keeps for itself isn't ours to check."""
        assert readable({"version": "1.0.0", "pluginDownloadURL": "x", "__internal": {}}) == {}


class TestCheck:
    """CheckConfig."""

    @pytest.mark.parametrize(
        ("settings", "path", "reason"),
        [
            ({"region": "Hangzhou"}, "region", "is no region ID"),
            ({"regoin": "cn-hangzhou"}, "regoin", "did you mean region?"),
            ({"endpoint": "https://eci.aliyuncs.com"}, "endpoint", "has a scheme"),
            ({"protocol": "gopher"}, "protocol", "'HTTPS' or 'HTTP'"),
            ({"protocol": "http"}, "", "unset imagecache:protocol, or set it to HTTPS"),
            ({"assumeRole": {}}, "assumeRole.roleArn", "is required"),
            ({"assumeRole": {**ROLE, "externalId": True}}, "assumeRole.externalId", "valid string"),
            ({"accessKey": "a"}, "", "secretKey is missing"),
            ({"maxCreatesPerMinute": 0}, "maxCreatesPerMinute", "greater than or equal to 1"),
            ({"maxCreatesPerMinute": "many"}, "maxCreatesPerMinute", "integer"),
        ],
    )
    def test_wrong(self, settings: dict[str, Any], path: str, reason: str) -> None:
        """A wrong setting is one failure that says which and why."""
        (failure,) = check_settings(settings, {})
        assert failure.property == path
        assert reason in failure.reason

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"region": UNKNOWN, "accessKey": "a"},
            {"protocol": "http", "endpoint": "127.0.0.1:1"},
            {"assumeRole": ROLE},
            {"assumeRole": {**ROLE, "externalId": 4711, "sessionName": 1}},
            {"assumeRoleWithOidc": {**ROLE, "roleSessionName": 1}},
        ],
    )
    def test_right(self, settings: dict[str, Any]) -> None:
        """Missing credentials and what isn't known yet are no failures."""
        assert check_settings(settings, {}) == ()


class TestDiff:
    """DiffConfig."""

    @pytest.mark.parametrize(
        ("olds", "news", "replaces"),
        [
            ({"region": "cn-hangzhou"}, {"region": "cn-beijing"}, ["region"]),
            ({"assumeRole": ROLE}, {"assumeRole": {"roleArn": "acs:ram::2:role/builder"}}, ["assumeRole"]),
            ({"assumeRole": ROLE}, {"assumeRole": {"roleArn": "acs:ram::1:role/other"}}, []),
            ({"assumeRole": ROLE}, {"assumeRole": UNKNOWN}, []),
            ({"secretKey": "a"}, {"secretKey": "b"}, []),
            ({}, {"region": "cn-hangzhou"}, []),
        ],
    )
    def test_replaces(self, olds: dict[str, Any], news: dict[str, Any], replaces: list[str]) -> None:
        """Another region or account means other resources; other credentials don't."""
        found = diff_settings(olds, news)
        assert found
        assert found.replaces == replaces

    def test_region_to_come(self) -> None:
        """A region that isn't known yet may be another one: the engine is told so."""
        assert diff_settings({"region": "cn-hangzhou"}, {"region": UNKNOWN}).replaces == ["region"]

    def test_same(self) -> None:
        """The same settings are no difference."""
        assert not diff_settings({"assumeRole": ROLE, "region": "x"}, {"assumeRole": ROLE, "region": "x"})


class TestSessions:
    """A configured provider."""

    def test_one_a_kind(self) -> None:
        """All resources of a kind share one session, so that they wait together."""
        sessions = Sessions({"region": "cn-hangzhou"}, {}, SystemClock())
        first = sessions.of("imagecache:eci:ImageCache")
        assert first is sessions.of("imagecache:eci:ImageCache")
        assert first.connection.region == "cn-hangzhou"

    def test_no_such_kind(self) -> None:
        """A type that isn't ours is told with the nearest that is."""
        with pytest.raises(ProviderError, match="no resource imagecache:eci:ImageCash; did you mean"):
            Sessions({}, {}, SystemClock()).of("imagecache:eci:ImageCash")

    def test_secrets(self) -> None:
        """Secret settings are known before anything is connected, those of the environment after."""
        environment = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden-1"}
        sessions = Sessions({"securityToken": "hidden-2"}, {}, SystemClock())
        assert sessions.secrets == ["hidden-2"]
        sessions = Sessions({}, environment, SystemClock())
        sessions.of("imagecache:eci:ImageCache")
        assert sessions.secrets == ["hidden-1"]

    def test_remedy(self) -> None:
        """Who has set no region is told of pulumi-alicloud's."""
        connection = Sessions({}, {}, SystemClock()).of("imagecache:eci:ImageCache").connection
        assert "ALIBABA_CLOUD_REGION" in connection.missing_region
        assert 'imagecache.Provider("…", region=alicloud.config.region, ' in connection.missing_region
