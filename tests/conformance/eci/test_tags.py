"""ECI's tags: TagResources, UntagResources, ListTagResources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import RUN_TAG, Account, Product

pytestmark = pytest.mark.costs("a transit instance, its disk and a snapshot, for minutes")


@pytest.fixture
def cache(image_cache: Callable[..., str]) -> dict[str, Any]:
    """Return what names an image cache in these actions."""
    return {"ResourceType": "ImageCache", "ResourceId": [image_cache(until="")]}


def tags_of(answer: dict[str, Any]) -> dict[str, str]:
    """Return the tags in an answer of ListTagResources, without the suite's own."""
    rows = answer["TagResources"]
    return {row["TagKey"]: row["TagValue"] for row in rows if row["TagKey"] != RUN_TAG}


def test_tag(eci: Product, cache: dict[str, Any]) -> None:
    """Tags are put on, changed by putting them on again, and listed one by one."""
    eci("TagResources", **cache, Tag=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    eci("TagResources", **cache, Tag=[{"Key": "a", "Value": "2"}])
    answer = eci("ListTagResources", **cache)
    assert tags_of(answer) == {"a": "2", "b": ""}
    assert {row["ResourceId"] for row in answer["TagResources"]} == set(cache["ResourceId"])
    assert {row["ResourceType"].lower() for row in answer["TagResources"]} == {"imagecache"}


def test_untag(eci: Product, cache: dict[str, Any], account: Account) -> None:
    """Tags are taken off by key; the same ClientToken may repeat it."""
    eci("TagResources", **cache, Tag=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    eci("UntagResources", **cache, TagKey=["a"], ClientToken=account.run)
    eci("UntagResources", **cache, TagKey=["a"], ClientToken=account.run)
    assert tags_of(eci("ListTagResources", **cache)) == {"b": "2"}


@pytest.mark.simulator_only("it takes the tag off by which the sweep finds the cache")
def test_untag_all(eci: Product, cache: dict[str, Any]) -> None:
    """All takes every tag off."""
    eci("TagResources", **cache, Tag=[{"Key": "a", "Value": "1"}])
    eci("UntagResources", **cache, All=True)
    assert eci("ListTagResources", **cache)["TagResources"] == []


def test_list_by_tag(eci: Product, cache: dict[str, Any], account: Account) -> None:
    """Without an ID, resources are listed by their tags."""
    mark = [{"Key": "conformance", "Value": account.run}]
    eci("TagResources", **cache, Tag=mark)
    rows = eci("ListTagResources", ResourceType="ImageCache", Tag=mark)["TagResources"]
    assert {row["ResourceId"] for row in rows} == set(cache["ResourceId"])


def test_pages(eci: Product, cache: dict[str, Any]) -> None:
    """Limit, which is a string here, cuts pages; NextToken leads on."""
    eci("TagResources", **cache, Tag=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    first = eci("ListTagResources", **cache, Limit="2")
    second = eci("ListTagResources", **cache, Limit="2", NextToken=first["NextToken"])
    assert (len(first["TagResources"]), len(second["TagResources"])) == (2, 1)
    assert not second.get("NextToken")
    assert {**tags_of(first), **tags_of(second)} == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("TagResources", {"Tag": None}, (400, "MissingTag")),
        ("TagResources", {"ResourceId": None}, (400, "MissingResourceId")),
        ("TagResources", {"ResourceType": None}, (400, "MissingResourceType")),
        ("TagResources", {"ResourceType": "Pumpkin"}, (400, "InvalidParameter.ResourceType")),
        ("TagResources", {"ResourceId": ["imc-none"]}, (404, "InvalidParameter.NotFound")),
        ("TagResources", {"Tag": [{"Key": f"key-{number}", "Value": ""} for number in range(20)]},
         (400, "NumberExceed.Tags")),
        ("TagResources", {"RegionId": None}, (400, "MissingRegionId")),
        ("UntagResources", {"Tag": None}, (400, "MissingTagKey")),
        ("UntagResources", {"Tag": None, "TagKey": ["a"], "ResourceId": ["imc-none"]},
         (404, "InvalidParameter.NotFound")),
        ("ListTagResources", {"ResourceType": None}, (400, "MissingResourceType")),
        ("ListTagResources", {"Limit": "0"}, (400, "InvalidParameter.Limit")),
    ],
)  # fmt: skip
def test_refused(
    eci: Product, cache: dict[str, Any], action: str, parameters: dict[str, Any], refusal: tuple[int, str]
) -> None:
    """What is missing, too much or not there is refused."""
    named = {**cache, "Tag": [{"Key": "a", "Value": "1"}], **parameters}
    assert eci.refused(action, **named) == refusal
