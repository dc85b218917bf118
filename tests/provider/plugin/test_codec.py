"""Tests of the codec: Pulumi's property values on the wire and plain Python, there and back."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.plugin.codec import Properties, decode, encode, secret_places

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"


def struct(**properties: Any) -> Struct:
    """Return an object as it stands on the wire, from JSON's values."""
    return json_format.ParseDict(properties, Struct())


def json(message: Struct) -> Any:
    """Return what stands on the wire as JSON's values."""
    return json_format.MessageToDict(message)


def special(signature: str, **parts: Any) -> dict[str, Any]:
    """Return an object with a signature."""
    return {SIGNATURE: signature, **parts}


class TestDecode:
    """Off the wire."""

    @pytest.mark.parametrize(
        ("wire", "plain"),
        [
            ("text", "text"),
            ("", ""),
            (True, True),
            (20.0, 20),
            (0.5, 0.5),
            ([1, "a", [False]], [1, "a", [False]]),
            ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ],
    )
    def test_plain(self, wire: Any, plain: Any) -> None:
        """Plain values stay as they are; whole numbers are integers."""
        found = decode(struct(value=wire)).plain["value"]
        assert found == plain
        assert type(found) is type(plain)

    def test_null(self) -> None:
        """A null in an object is a property that isn't there."""
        assert decode(struct(a=None, b={"c": None})).plain == {"b": {}}

    @pytest.mark.parametrize(
        "text",
        [
            rpc.UNKNOWN,
            "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
            "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
            "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
            "030794c1-ac77-496b-92df-f27374a8bd58",
            "e48ece36-62e2-4504-bad9-02848725956a",
            "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        ],
    )
    def test_unknown(self, text: str) -> None:
        """What isn't known is UNKNOWN at any depth, whatever its type is going to be."""
        found = decode(struct(a=text, b=[text, {"c": text}])).plain
        assert found == {"a": UNKNOWN, "b": [UNKNOWN, {"c": UNKNOWN}]}

    def test_secret(self) -> None:
        """A secret is plain here, and its place is known."""
        found = decode(struct(a=special(SECRET, value="x"), b=[{"c": special(SECRET, value=[1, 2])}]))
        assert found == Properties({"a": "x", "b": [{"c": [1, 2]}]}, frozenset({("a",), ("b", 0, "c")}))

    def test_unknown_secret(self) -> None:
        """What isn't known yet may be a secret already."""
        found = decode(struct(a=special(SECRET, value=rpc.UNKNOWN)))
        assert found == Properties({"a": UNKNOWN}, frozenset({("a",)}))

    def test_secret_in_a_secret(self) -> None:
        """Secrets within secrets are told, too."""
        found = decode(struct(a=special(SECRET, value={"b": special(SECRET, value="x")})))
        assert found == Properties({"a": {"b": "x"}}, frozenset({("a",), ("a", "b")}))
        assert set(found.secret_texts()) == {"x"}

    @pytest.mark.parametrize(
        ("parts", "plain", "secret"),
        [
            ({"value": "x"}, "x", False),
            ({"value": "x", "secret": True, "dependencies": ["urn"]}, "x", True),
            ({}, UNKNOWN, False),
            ({"secret": True}, UNKNOWN, True),
        ],
    )
    def test_output(self, parts: dict[str, Any], plain: Any, secret: bool) -> None:
        """An output is its value; one without a value isn't known."""
        found = decode(struct(a=special(OUTPUT, **parts)))
        assert (found.plain["a"], bool(found.secrets)) == (plain, secret)

    def test_resource(self) -> None:
        """A reference to a resource is that resource's ID, or unknown before it is made; else its URN."""
        assert decode(struct(a=special(RESOURCE, urn="urn:x", id="vsw-1"))).plain == {"a": "vsw-1"}
        assert decode(struct(a=special(RESOURCE, urn="urn:x", id=rpc.UNKNOWN))).plain == {"a": UNKNOWN}
        assert decode(struct(a=special(RESOURCE, urn="urn:x"))).plain == {"a": "urn:x"}

    def test_asset(self) -> None:
        """An asset stays an object, for Check to refuse where a text belongs."""
        asset = special("c44067f5952c0a294b673a41bacd8c17", text="x")
        assert isinstance(decode(struct(a=asset)).plain["a"], dict)

    def test_unset(self) -> None:
        """A value without any kind counts as null."""
        message = Struct()
        message.fields["a"].SetInParent()
        assert decode(message).plain == {}


class TestEncode:
    """Onto the wire."""

    def test_as_pulumi(self) -> None:
        """Pulumi's own SDK reads what is written."""
        message = encode({"a": [1, True, None, "x"], "b": {"c": UNKNOWN}, "d": None})
        assert json(message) == {"a": [1.0, True, None, "x"], "b": {"c": rpc.UNKNOWN}}

    def test_secrets(self) -> None:
        """Each secret place is marked once, places that aren't there are passed over."""
        message = encode({"a": {"b": "x"}, "c": ["y"]}, {("a",), ("a", "b"), ("c", 0), ("c", 7), ("z",)})
        assert json(message) == {"a": special(SECRET, value={"b": "x"}), "c": [special(SECRET, value="y")]}

    def test_places(self) -> None:
        """A model says which places are secret, wherever they stand in a list."""
        credentials = [{"server": "a", "password": "1"}, UNKNOWN, {"password": UNKNOWN}]
        inputs = {"images": ["nginx"], "imageRegistryCredentials": credentials}
        places = set(secret_places(ImageCacheArgs, inputs))
        where = "imageRegistryCredentials"
        assert places == {(where, 0, "password"), (where, 2, "password")}


_scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False).filter(lambda number: not number.is_integer()),
    st.text(),
    st.just(UNKNOWN),
)
_names = st.text().filter(lambda name: name != SIGNATURE)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_names, inner, max_size=4)),
    max_leaves=12,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in steps for place in _places(part, (*path, key)))]


@given(st.dictionaries(_names, _values, max_size=4), st.data())
def test_there_and_back(plain: dict[str, Any], data: st.DataObject) -> None:
    """Whatever is written is read back the same, with its secrets."""
    places = _places(plain)[1:]
    chosen = data.draw(st.sets(st.sampled_from(places), max_size=3)) if places else set()
    outermost = {place for place in chosen if not any(place[: len(o)] == o for o in chosen - {place})}
    assert decode(encode(plain, chosen)) == Properties(plain, frozenset(outermost))


_signatures = st.sampled_from(
    [SECRET, OUTPUT, RESOURCE, "c44067f5952c0a294b673a41bacd8c17", "unheard of", 7, None]
)
_wire = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.just(rpc.UNKNOWN)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(), inner, max_size=3),
        st.builds(
            lambda signature, parts: {SIGNATURE: signature, **parts},
            _signatures,
            st.dictionaries(st.sampled_from(["value", "secret", "id", "urn"]), inner, max_size=3),
        ),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), _wire, max_size=4))
def test_anything(wire: dict[str, Any]) -> None:
    """Nothing that stands on the wire makes reading fail, and what was read can be written."""
    message = Struct()
    message.update(wire)
    found = decode(message)
    encode(found.plain, found.secrets)
    list(found.secret_texts())
