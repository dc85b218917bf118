"""Tests of the session: what one process of Pulumi's host keeps."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.dynamic.session import open_session
from imagecache_provider.errors import ConfigurationError
from imagecache_provider.registry import RESOURCES

TOKEN = "imagecache:eci:ImageCache"


@pytest.mark.parametrize("token", RESOURCES)
def test_each_resource(token: str) -> None:
    """A session opens for each resource, without settings and without credentials."""
    session = open_session(token, {}, {})
    assert isinstance(session.connection.resource, RESOURCES[token])
    assert session.connection.secrets == ()


def test_settings() -> None:
    """Configuration comes before the environment."""
    session = open_session(TOKEN, {"imagecache:region": "cn-beijing"}, {"ALICLOUD_REGION": "cn-hangzhou"})
    assert session.connection.region == "cn-beijing"
    assert open_session(TOKEN, {}, {"ALICLOUD_REGION": "cn-hangzhou"}).connection.region == "cn-hangzhou"


def test_split() -> None:
    """A state is parted into inputs and outputs; the region is both, what is neither is dropped."""
    state = {"images": ["nginx"], "status": "Ready", "regionId": "cn-hangzhou", "tags": {}, "color": "red"}
    inputs, outputs = open_session(TOKEN, {}, {}).split(state)
    assert inputs == {"images": ["nginx"], "regionId": "cn-hangzhou", "tags": {}}
    assert outputs == {"status": "Ready", "regionId": "cn-hangzhou"}


@pytest.mark.parametrize("minutes", ["soon", "0", "-1", 0, "nan", "inf", "", [], {}])
def test_no_minutes(minutes: Any) -> None:
    """A time that is none is named with its setting."""
    with pytest.raises(ConfigurationError, match=r"imagecache:timeoutMinutes .* is no number of minutes"):
        open_session(TOKEN, {"imagecache:timeoutMinutes": minutes}, {})


@pytest.mark.parametrize("minutes", ["90", 90, 1.5, "0.5", None])
def test_minutes(minutes: Any) -> None:
    """A time is a number, as text or not; without one the alicloud provider's hour holds."""
    open_session(TOKEN, {"imagecache:timeoutMinutes": minutes}, {})
