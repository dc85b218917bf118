"""Tests of what makes a resource itself: identity, tokens, records and builds, the same in every process."""

from __future__ import annotations

from typing import Any

import pytest

from imagecache_provider.diff import diff
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.fields import Change, fields
from imagecache_provider.resource import (
    RESOURCE_TAG,
    Identity,
    Record,
    Token,
    build_id,
    digest,
    fixed_build,
    update_token,
)

IDENTITY = Identity.of("project", "dev", "imagecache:eci:ImageCache", "web")
REQUEST = {"RegionId": "cn-hangzhou", "Image.1": "nginx"}
LONGEST_TOKEN = 64
LONGEST_TAG = 128


class TestForever:
    """Values that stand in clouds and states, and must not change in a later version."""

    def test_identity(self) -> None:
        """An identity is what it has always been."""
        assert str(IDENTITY) == "aad150f71c1c1970.6c0dc23131c0f636"

    def test_token(self) -> None:
        """A token is what it has always been."""
        assert Token.of(IDENTITY, REQUEST, "").text == "5cdf6b561a0623e8a818f546312cb3063bc0e8eb"

    def test_build_id(self, everything: dict[str, Any]) -> None:
        """A build ID is what it has always been."""
        assert build_id(ImageCacheArgs, everything) == "20c9828d24306c41-94f1e97237680d0d"

    def test_build_id_of_0_1_0(self, everything: dict[str, Any]) -> None:
        """A build that was recorded when what is empty still counted is still the program's."""
        roles = [{"instanceId": "cri-1", "arnService": "", "domains": []}]
        inputs = {**everything, "zoneId": "", "annotations": "", "acrRegistryInfos": roles}
        recorded = "0123456789abcdef-03faf55ef9329e60"
        news = {**inputs, "images": ["redis"]}
        assert not diff(ImageCacheArgs, inputs, news, recorded).replaces


class TestIdentity:
    """Identity."""

    def test_told_apart(self) -> None:
        """Project, stack, type, name and parents each make another identity; joined texts don't mix."""
        identities = {
            Identity.of("a", "b", "type", "name"),
            Identity.of("b", "a", "type", "name"),
            Identity.of("a", "b", "type", "other"),
            Identity.of("a", "b", "other", "name"),
            Identity.of("a", "b", "parent", "type", "name"),
            Identity.of("a", "b", "typename"),
            Identity.of("a", "b", "type", "na", "me"),
        }
        assert len({str(identity) for identity in identities}) == 7

    def test_stack(self) -> None:
        """Resources of one stack share its hash."""
        assert Identity.of("a", "b", "c").stack == Identity.of("a", "b", "d").stack
        assert Identity.of("a", "b", "c").stack != Identity.of("a", "c", "c").stack

    def test_read_back(self) -> None:
        """It's read back from its text."""
        assert Identity.parse(str(IDENTITY)) == IDENTITY


class TestToken:
    """ClientToken."""

    def test_repeats(self) -> None:
        """The same identity, request and salt give the same token, in whatever order the request is."""
        again = Token.of(IDENTITY, dict(reversed(REQUEST.items())), "")
        assert Token.of(IDENTITY, REQUEST, "") == again

    def test_told_apart(self) -> None:
        """Another identity, request or salt gives another token."""
        other = Identity.of("project", "dev", "imagecache:eci:ImageCache", "other")
        tokens = {
            Token.of(IDENTITY, REQUEST, ""),
            Token.of(other, REQUEST, ""),
            Token.of(IDENTITY, {**REQUEST, "Image.1": "redis"}, ""),
            Token.of(IDENTITY, REQUEST, "imc-1"),
            Token.of(IDENTITY, REQUEST, "imc-2"),
        }
        assert len(tokens) == 5

    def test_request(self) -> None:
        """Creates of one request share half of their token."""
        one, two = Token.of(IDENTITY, REQUEST, ""), Token.of(IDENTITY, REQUEST, "imc-1")
        other = Token.of(IDENTITY, {**REQUEST, "Image.1": "redis"}, "")
        assert one.request == two.request
        assert one.request != other.request

    def test_limits(self) -> None:
        """Tokens are ASCII of at most 64 characters, those of updates too."""
        for token in (Token.of(IDENTITY, REQUEST, "imc-1").text, update_token(IDENTITY, ["a", {"b": "ü"}])):
            assert token.isascii()
            assert len(token) <= LONGEST_TOKEN

    def test_updates(self) -> None:
        """Updates with other parts have other tokens."""
        assert update_token(IDENTITY, ["a"]) != update_token(IDENTITY, ["b"])
        assert update_token(IDENTITY, ["a"]) == update_token(IDENTITY, ["a"])


class TestRecord:
    """The hidden tag."""

    @pytest.mark.parametrize("pending", [False, True])
    def test_read_back(self, everything: dict[str, Any], pending: bool) -> None:
        """It's read back from the tags, and fits into one."""
        token = Token.of(IDENTITY, REQUEST, "imc-1")
        record = Record(IDENTITY.resource, token, build_id(ImageCacheArgs, everything), pending)
        assert Record.read({RESOURCE_TAG: str(record), "a": "b"}) == record
        assert len(str(record)) <= LONGEST_TAG

    @pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e", "pending"])
    def test_not_ours(self, text: str) -> None:
        """A tag of another form is nothing."""
        assert Record.read({RESOURCE_TAG: text}) is None
        assert Record.read({}) is None


class TestBuildId:
    """Build IDs."""

    def test_meaning(self) -> None:
        """Other spellings, and defaults that are spelled out, are the same build."""
        one = build_id(ImageCacheArgs, {"images": ["nginx", "redis:7"]})
        two = build_id(
            ImageCacheArgs, {"images": ["docker.io/redis:7", "nginx:latest"], "imageCacheSize": 20}
        )
        assert one == two

    def test_first_part(self, everything: dict[str, Any]) -> None:
        """BUILD properties, and no others, make its first part."""
        before = build_id(ImageCacheArgs, everything).partition("-")[0]
        for name, field in fields(ImageCacheArgs).items():
            without = {key: value for key, value in everything.items() if key != name}
            changed = build_id(ImageCacheArgs, without).partition("-")[0] != before
            assert changed == (field.property.change is Change.BUILD)

    def test_second_part(self, everything: dict[str, Any]) -> None:
        """RECORD properties that an update can't carry, and no others, make its second part."""
        before = fixed_build(build_id(ImageCacheArgs, everything))
        for name in everything:
            without = {key: value for key, value in everything.items() if key != name}
            changed = fixed_build(build_id(ImageCacheArgs, without)) != before
            fixed = {
                "zoneId",
                "annotations",
                "plainHttpRegistries",
                "insecureRegistries",
                "acrRegistryInfos",
            }
            assert changed == (name in fixed)

    def test_secrets(self, everything: dict[str, Any]) -> None:
        """A password is no part of it."""
        (first, second) = everything["imageRegistryCredentials"]
        rotated = {**everything, "imageRegistryCredentials": [{**first, "password": "x"}, second]}
        assert build_id(ImageCacheArgs, rotated) == build_id(ImageCacheArgs, everything)

    @pytest.mark.parametrize(
        "nothing", [{"acrRegistryInfos": []}, {"acrRegistryInfos": [{"instanceId": "c"}]}]
    )
    def test_nothing_fixed(self, nothing: dict[str, Any]) -> None:
        """Registries without roles are no reason for another cache."""
        one = build_id(ImageCacheArgs, {"images": ["nginx"], **nothing})
        assert fixed_build(one) == fixed_build(build_id(ImageCacheArgs, {"images": ["nginx"]}))


def test_digest() -> None:
    """A digest doesn't depend on the order of keys, but on that of lists and on every value."""
    assert digest({"a": 1, "b": [1, 2]}, 16) == digest({"b": [1, 2], "a": 1}, 16)
    assert digest([1, 2], 16) != digest([2, 1], 16)
    assert digest("1", 16) != digest(1, 16)
    assert len(digest("ü", 7)) == 7
