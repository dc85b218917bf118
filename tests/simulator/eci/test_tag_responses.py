"""Tests of TagResources, UntagResources and ListTagResources of Eci."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagecache_simulator import Cloud

Call = Callable[..., dict[str, Any]]
Create = Callable[..., str]
Refusal = Callable[..., tuple[int, str]]


def test_tag_and_untag(call: Call, create: Create, describe: Callable[[str], dict[str, Any]]) -> None:
    """Tags are added and replaced by key, removed by key, and removed altogether."""
    image_cache_id = create(Tag__1__Key="a", Tag__1__Value="1")
    on = {"ResourceType": "ImageCache", "ResourceId.1": image_cache_id}
    two = {"Tag.1.Key": "a", "Tag.1.Value": "2", "Tag.2.Key": "b", "Tag.2.Value": ""}
    call("TagResources", {**on, **two})
    assert describe(image_cache_id)["Tags"] == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]
    call("UntagResources", {**on, "TagKey.1": "a", "TagKey.2": "not there"})
    assert describe(image_cache_id)["Tags"] == [{"Key": "b", "Value": ""}]
    call("UntagResources", {**on, "All": True})
    assert describe(image_cache_id)["Tags"] == []


def test_list(call: Call, create: Create) -> None:
    """Each tag is a row; rows are selected by resource and by tag, and come in pages."""
    first = create(Tag__1__Key="a", Tag__1__Value="1", Tag__2__Key="b", Tag__2__Value="2")
    second = create(Tag__1__Key="a", Tag__1__Value="1")
    kind = {"ResourceType": "imagecache"}
    rows = call("ListTagResources", kind)["TagResources"]
    assert len(rows) == 3
    assert rows[0] == {"ResourceId": second, "ResourceType": "ImageCache", "TagKey": "a", "TagValue": "1"}
    only = call("ListTagResources", {**kind, "ResourceId.1": second})["TagResources"]
    assert [row["ResourceId"] for row in only] == [second]
    tagged = call("ListTagResources", {**kind, "Tag.1.Key": "b", "Tag.1.Value": "2"})["TagResources"]
    assert {row["ResourceId"] for row in tagged} == {first}
    page = call("ListTagResources", {**kind, "Limit": "2"})
    rest = call("ListTagResources", {**kind, "Limit": "2", "NextToken": page["NextToken"]})
    assert page["TagResources"] + rest["TagResources"] == rows
    assert rest["NextToken"] == ""


def test_container_groups(call: Call, refusal: Refusal, create: Create, create_group: Create) -> None:
    """Container groups carry tags as caches do, and are another kind."""
    create(Tag__1__Key="a")
    group = create_group(Tag__1__Key="a", Tag__1__Value="1")
    on = {"ResourceType": "containergroup", "ResourceId.1": group}
    call("TagResources", {**on, "Tag.1.Key": "b", "Tag.1.Value": "2"})
    call("UntagResources", {**on, "TagKey.1": "a"})
    rows = call("ListTagResources", {"ResourceType": "ContainerGroup"})["TagResources"]
    expected = {"ResourceId": group, "ResourceType": "ContainerGroup", "TagKey": "b", "TagValue": "2"}
    assert rows == call("ListTagResources", on)["TagResources"] == [expected]
    other = {**on, "ResourceType": "ImageCache", "Tag.1.Key": "c"}
    assert refusal("TagResources", other) == (404, "InvalidParameter.NotFound")


def test_twenty_tags(cloud: Cloud, call: Call, refusal: Refusal, create: Create) -> None:
    """A cache carries 20 tags at most, and a call that would exceed it for one changes none."""
    full, empty = create(), create()
    twenty = {f"Tag.{n}.Key": f"k{n}" for n in range(20)}
    call("TagResources", {"ResourceType": "ImageCache", "ResourceId.1": full, **twenty})
    both = {"ResourceType": "ImageCache", "ResourceId.1": empty, "ResourceId.2": full}
    assert refusal("TagResources", {**both, "Tag.1.Key": "more"}) == (400, "NumberExceed.Tags")
    assert not cloud.eci.image_caches[empty].tags


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ResourceType": None}, (400, "MissingResourceType")),
        ({"ResourceType": "VirtualNode"}, (400, "InvalidParameter.ResourceType")),
        ({"ResourceId.1": None}, (400, "MissingResourceId")),
        ({"ResourceId.1": "imc-none"}, (404, "InvalidParameter.NotFound")),
        ({"Tag.1.Key": None}, (400, "MissingTag")),
        ({"Tag.1.Key": ""}, (400, "InvalidParameter.Tag.1.Key")),
    ],
)
def test_refused(
    refusal: Refusal, create: Create, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    """What is missing or isn't there is refused by name."""
    good = {"ResourceType": "ImageCache", "ResourceId.1": create(), "Tag.1.Key": "a"}
    assert refusal("TagResources", {**good, **changes}) == expected
