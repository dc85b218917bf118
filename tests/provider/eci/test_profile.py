"""Tests of the CLI's profiles: the region that is read from the one that is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imagecache_provider.check import CheckFailure
from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.account import read_account
from imagecache_provider.eci.image_cache import ImageCache
from imagecache_provider.eci.profile import ProfileFile
from imagecache_provider.lifecycle import Lifecycle
from imagecache_provider.resource import Identity

PROFILES = {
    "current": "home",
    "profiles": [
        {"name": "home", "mode": "AK", "region_id": "cn-hangzhou"},
        {"name": "work", "mode": "AK", "region_id": "cn-beijing"},
        {"name": "bare", "mode": "AK"},
        {"name": "odd", "mode": "AK", "region_id": 5},
    ],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home folder with the CLI's file."""
    (tmp_path / ".aliyun").mkdir()
    (tmp_path / ".aliyun" / "config.json").write_text(json.dumps(PROFILES))
    return tmp_path


@pytest.mark.parametrize(
    ("config", "variables", "region"),
    [
        ({}, {}, "cn-hangzhou"),
        ({"profile": "work"}, {}, "cn-beijing"),
        ({"profile": "work"}, {"ALIBABA_CLOUD_PROFILE": "home"}, "cn-beijing"),
        ({}, {"ALIBABA_CLOUD_PROFILE": "work"}, "cn-beijing"),
        ({}, {"ALICLOUD_PROFILE": "work"}, "cn-beijing"),
        ({"assumeRole": {"roleArn": "r"}}, {}, "cn-hangzhou"),
        ({"profile": "work", "assumeRole": {"roleArn": "r"}}, {}, "cn-beijing"),
        # It comes last.
        ({"profile": "work", "region": "cn-shanghai"}, {}, "cn-shanghai"),
        ({"profile": "work"}, {"ALIBABA_CLOUD_REGION": "cn-shanghai"}, "cn-shanghai"),
        ({}, {"ALIBABA_CLOUD_REGION_ID": "cn-shanghai"}, "cn-shanghai"),
        # What has none, or isn't there, names none.
        ({"profile": "bare"}, {}, ""),
        ({"profile": "odd"}, {}, ""),
        ({"profile": "no such"}, {}, ""),
        ({"sharedCredentialsFile": "/no/such"}, {}, ""),
        # A profile whose credentials aren't used says nothing.
        ({"accessKey": "a", "secretKey": "b"}, {}, ""),
        ({}, {"ALICLOUD_ACCESS_KEY": "a", "ALICLOUD_SECRET_KEY": "b"}, ""),
        ({"ecsRoleName": "a"}, {}, ""),
        ({"assumeRoleWithOidc": {"roleArn": "a"}}, {}, ""),
        ({}, {"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true"}, ""),
    ],
)
def test_region(home: Path, config: dict[str, Any], variables: dict[str, str], region: str) -> None:
    """The region of the profile that is used is taken where nothing else names one."""
    settings = {f"imagecache:{name}": value for name, value in config.items()}
    assert read_account(settings, {"HOME": str(home), **variables}).region == region


@pytest.mark.parametrize("named", ["{home}/other.json", "~/other.json"])
def test_other_file(home: Path, named: str) -> None:
    """The file may be another one."""
    (home / "other.json").write_text(json.dumps({**PROFILES, "current": "work"}))
    config = {"imagecache:sharedCredentialsFile": named.format(home=home)}
    assert read_account(config, {"HOME": str(home)}).region == "cn-beijing"


def test_no_home() -> None:
    """Where no home folder is known there is no file of the CLI."""
    assert ProfileFile.of("", {}) is None
    assert read_account({"imagecache:profile": "work"}, {}).region == ""


def test_check(home: Path) -> None:
    """A check fills it in, without a call: a profile that has no key yet is enough."""
    connection = ImageCache.connect({"imagecache:profile": "work"}, {"HOME": str(home)}, SystemClock())
    checked = Lifecycle(connection, SystemClock()).check(
        Identity.of("project", "dev", "web"), "web", {}, {"images": ["nginx"]}
    )
    assert checked.failures == ()
    assert checked.inputs["regionId"] == "cn-beijing"


def test_missing(home: Path) -> None:
    """Who has none in any place is told of all of them."""
    connection = ImageCache.connect({"imagecache:profile": "bare"}, {"HOME": str(home)}, SystemClock())
    checked = Lifecycle(connection, SystemClock()).check(
        Identity.of("project", "dev", "web"), "web", {}, {"images": ["nginx"]}
    )
    assert checked.failures == (CheckFailure("regionId", connection.missing_region),)
    for place in ("imagecache:region", "ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "profile"):
        assert place in connection.missing_region
