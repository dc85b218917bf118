"""Tests of the wire form: inputs to ECI's flat parameters."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.eci.wire import numbered, parameters, tag_parameters
from imagecache_provider.fields import NO_DEFAULT, fields

CREATE_IMAGE_CACHE = {
    "RegionId",
    "ImageCacheName",
    "Image",
    "SecurityGroupId",
    "VSwitchId",
    "ZoneId",
    "EipInstanceId",
    "ResourceGroupId",
    "ImageCacheSize",
    "RetentionDays",
    "AutoMatchImageCache",
    "Flash",
    "FlashCopyCount",
    "StandardCopyCount",
    "EliminationStrategy",
    "ImageRegistryCredential",
    "Tag",
    "AcrRegistryInfo",
    "Annotations",
    "PlainHttpRegistry",
    "InsecureRegistry",
    "OsType",
}
"""The parameters of spec/eci-image-cache.md section 1, but ClientToken and the undocumented ones."""


def sent(inputs: dict[str, Any]) -> dict[str, str]:
    """Return the parameters for all properties that are there."""
    return parameters(ImageCacheArgs, inputs, inputs)


def test_every_parameter(everything: dict[str, Any]) -> None:
    """Inputs that name every property send every parameter of CreateImageCache, and no other."""
    assert {name.partition(".")[0] for name in sent(everything)} == CREATE_IMAGE_CACHE


def test_everything(everything: dict[str, Any]) -> None:
    """The parameters are named and formed as the API's page has them."""
    assert sent(everything) == {
        "Image.1": "nginx:1.27",
        "Image.2": f"registry.example.com:5000/team/app@sha256:{64 * 'a'}",
        "ImageCacheName": "mine",
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-h",
        "VSwitchId": "vsw-1,vsw-2",
        "SecurityGroupId": "sg-1",
        "EipInstanceId": "eip-1",
        "ResourceGroupId": "rg-1",
        "ImageCacheSize": "40",
        "RetentionDays": "7",
        "AutoMatchImageCache": "true",
        "Flash": "true",
        "FlashCopyCount": "2",
        "StandardCopyCount": "3",
        "EliminationStrategy": "LRU",
        "ImageRegistryCredential.1.Server": "one.example.com",
        "ImageRegistryCredential.1.UserName": "one",
        "ImageRegistryCredential.1.Password": "hidden-1",
        "ImageRegistryCredential.2.Server": "two.example.com:5000",
        "ImageRegistryCredential.2.UserName": "two",
        "ImageRegistryCredential.2.Password": "hidden-2",
        "AcrRegistryInfo.1.InstanceId": "cri-1",
        "AcrRegistryInfo.1.InstanceName": "team",
        "AcrRegistryInfo.1.RegionId": "cn-hangzhou",
        "AcrRegistryInfo.1.Domain.1": "team-registry.cn-hangzhou.cr.aliyuncs.com",
        "AcrRegistryInfo.1.Domain.2": "registry.example.com",
        "AcrRegistryInfo.1.ArnService": "acs:ram::1:role/service",
        "AcrRegistryInfo.1.ArnUser": "acs:ram::2:role/user",
        "PlainHttpRegistry": "http.example.com:5000,localhost",
        "InsecureRegistry": "self-signed.example.com",
        "Annotations": "{}",
        "OsType": "Windows",
        "Tag.1.Key": "stage",
        "Tag.1.Value": "b",
        "Tag.2.Key": "team",
        "Tag.2.Value": "a",
    }


def test_names_only(everything: dict[str, Any]) -> None:
    """Only the properties that are asked for are sent."""
    assert parameters(ImageCacheArgs, everything, ["flash"]) == {"Flash": "true"}


def test_never_sent() -> None:
    """The rebuild triggers, and whether to wait, have no parameters."""
    local = [name for name, field in fields(ImageCacheArgs).items() if not field.property.wire]
    assert local == ["rebuildTriggers", "awaitReady"]
    assert sent({"rebuildTriggers": ["1"], "awaitReady": False}) == {}


@pytest.mark.parametrize("value", [True, False])
def test_booleans(value: bool) -> None:
    """Booleans are lower case."""
    assert sent({"flash": value}) == {"Flash": str(value).lower()}


def test_removed() -> None:
    """A removed property is sent as its default; one without a default isn't sent."""
    for name, field in fields(ImageCacheArgs).items():
        found = parameters(ImageCacheArgs, {}, [name])
        default = field.property.default
        if default is NO_DEFAULT or default == {} or not field.property.wire:
            assert found == {}
        else:
            text = str(default).lower() if isinstance(default, bool) else str(default)
            assert found == {field.property.wire: text}


def test_optional_parts() -> None:
    """Parts of objects that aren't there are left out."""
    assert sent({"acrRegistryInfos": [{"instanceId": "a"}, {"instanceId": "b", "domains": []}]}) == {
        "AcrRegistryInfo.1.InstanceId": "a",
        "AcrRegistryInfo.2.InstanceId": "b",
    }


def test_tags() -> None:
    """Tags are numbered in the order of their keys, whatever order they were written in."""
    assert tag_parameters({"b": "2", "a": "1"}) == tag_parameters({"a": "1", "b": "2"})
    assert list(tag_parameters({"b": "2", "a": "1"}).values()) == ["a", "1", "b", "2"]


def test_numbered() -> None:
    """Members are numbered from 1."""
    assert numbered("TagKey", ["a", "b"]) == {"TagKey.1": "a", "TagKey.2": "b"}
