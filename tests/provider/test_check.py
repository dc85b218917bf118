"""Tests of check: what is wrong with inputs, all of it, where it is, and never what isn't known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.chance import examples

from imagecache_provider.check import CheckFailure, check
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.fields import UNKNOWN, fields

Inputs = dict[str, Any]
IMAGES = ["nginx"]


def failures(**inputs: Any) -> dict[str, str]:
    """Check inputs, of one image unless told otherwise; return the reasons by path."""
    found = check(ImageCacheArgs, {"images": IMAGES, **inputs}).failures
    return {failure.property: failure.reason for failure in found}


def with_unknowns(value: Any) -> Iterator[Any]:
    """Yield copies of a value, each with UNKNOWN in the place of one part of it, at any depth."""
    yield UNKNOWN
    if isinstance(value, dict):
        for key, member in value.items():
            yield from ({**value, key: changed} for changed in with_unknowns(member))
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in with_unknowns(member))


class TestRight:
    """Inputs that are right."""

    def test_everything(self, everything: Inputs) -> None:
        """Inputs that name every property pass, and come back as they were written."""
        assert everything.keys() == fields(ImageCacheArgs).keys()
        assert check(ImageCacheArgs, everything).failures == ()
        assert check(ImageCacheArgs, everything).inputs == everything

    def test_images_only(self) -> None:
        """Nothing but images is needed, and nothing is added."""
        assert check(ImageCacheArgs, {"images": IMAGES}).inputs == {"images": IMAGES}

    def test_numbers(self) -> None:
        """Pulumi's whole numbers become integers."""
        inputs = check(ImageCacheArgs, {"images": IMAGES, "imageCacheSize": 40.0}).inputs
        assert repr(inputs["imageCacheSize"]) == "40"

    def test_nulls(self) -> None:
        """A null counts as left out."""
        checked = check(ImageCacheArgs, {"images": IMAGES, "flash": None, "tags": None})
        assert checked.failures == ()
        assert checked.inputs == {"images": IMAGES}

    def test_null_images(self) -> None:
        """A null in the place of what is required is a failure."""
        assert "is required" in failures(images=None)["images"]

    def test_empty_lists(self) -> None:
        """A list of nothing is right wherever one member isn't needed."""
        empty: Inputs = {"imageRegistryCredentials": [], "acrRegistryInfos": [], "rebuildTriggers": []}
        assert failures(**empty, plainHttpRegistries=[], insecureRegistries=[], tags={}) == {}

    @pytest.mark.parametrize(
        "inputs",
        [
            {"images": [f"image-{number}" for number in range(20)]},
            {"imageCacheSize": 20},
            {"imageCacheSize": 32768},
            {"retentionDays": 1},
            {"retentionDays": 65536},
            {"flashCopyCount": 1},
            {"vswitchIds": [f"vsw-{number}" for number in range(10)]},
            {"tags": {f"tag-{number}": "" for number in range(18)}},
            {"tags": {"a" * 64: "b" * 128}},
            {"eliminationStrategy": ""},
            {"osType": "Linux"},
            {"regionId": "ap-southeast-1"},
            {"imageRegistryCredentials": [{"server": "a:5000", "userName": "", "password": ""}]},
        ],
    )
    def test_at_the_limit(self, inputs: Inputs) -> None:
        """The limits themselves are possible."""
        assert failures(**inputs) == {}


class TestUnknown:
    """What a preview doesn't know."""

    def test_everywhere(self, everything: Inputs) -> None:
        """Nothing unknown is a failure, wherever it is, and it stays where it is."""
        places = list(with_unknowns(everything))[1:]
        assert len(places) > 50
        for inputs in places:
            checked = check(ImageCacheArgs, inputs)
            assert (checked.failures, checked.inputs) == ((), inputs)

    def test_all_at_once(self, everything: Inputs) -> None:
        """Inputs of which nothing is known pass."""
        inputs = dict.fromkeys(everything, UNKNOWN)
        assert check(ImageCacheArgs, inputs).failures == ()

    def test_the_rest_is_checked(self) -> None:
        """What is known beside it is checked."""
        found = failures(images=[UNKNOWN, "a b"], tags={"a": UNKNOWN, "acs:b": "1"}, vswitchIds=UNKNOWN)
        assert found.keys() == {"images[1]", 'tags["acs:b"]'}

    def test_counts(self) -> None:
        """A list's length is known, though its members aren't."""
        assert failures(images=[UNKNOWN] * 21).keys() == {"images"}
        assert failures(vswitchIds=[UNKNOWN] * 11).keys() == {"vswitchIds"}

    def test_two_unknowns(self) -> None:
        """Two members that aren't known are not one member twice."""
        credential = {"server": UNKNOWN, "userName": "a", "password": "b"}
        assert failures(images=[UNKNOWN, UNKNOWN], imageRegistryCredentials=[credential, credential]) == {}


class TestWrong:
    """Inputs that are wrong."""

    @pytest.mark.parametrize(
        ("inputs", "path", "reason"),
        [
            ({"images": []}, "images", "has 0 images; 1 to 20 are possible"),
            ({"images": ["nginx"] * 1 + [f"a{n}" for n in range(20)]}, "images", "has 21 images"),
            ({"images": "nginx"}, "images", "should be a valid list"),
            ({"images": [5]}, "images[0]", "should be a valid string"),
            ({"images": ["nginx", "a b"]}, "images[1]", "'a b' has no valid repository"),
            ({"images": ["https://nginx"]}, "images[0]", "has a scheme"),
            ({"imageCacheName": " "}, "imageCacheName", "leave it out for an automatic name"),
            ({"regionId": "Hangzhou"}, "regionId", "'Hangzhou' is no region ID, such as cn-hangzhou"),
            ({"vswitchIds": [f"v{n}" for n in range(11)]}, "vswitchIds", "has 11 vSwitches"),
            ({"vswitchIds": ["v", "v"]}, "vswitchIds", "has 'v' twice"),
            ({"imageCacheSize": 19}, "imageCacheSize", "should be greater than or equal to 20"),
            ({"imageCacheSize": 32769}, "imageCacheSize", "should be less than or equal to 32768"),
            ({"imageCacheSize": 20.5}, "imageCacheSize", "should be a valid integer"),
            ({"imageCacheSize": float("nan")}, "imageCacheSize", "should be a finite number"),
            ({"retentionDays": 0}, "retentionDays", "should be greater than or equal to 1"),
            ({"retentionDays": 65537}, "retentionDays", "should be less than or equal to 65536"),
            ({"retentionDays": True}, "retentionDays", "is true, which is no number"),
            ({"flashCopyCount": 0}, "flashCopyCount", "should be greater than or equal to 1"),
            ({"standardCopyCount": 0}, "standardCopyCount", "should be greater than or equal to 1"),
            ({"flash": "perhaps"}, "flash", "should be a valid boolean"),
            ({"eliminationStrategy": "lru"}, "eliminationStrategy", "should be '' or 'LRU'"),
            ({"osType": "linux"}, "osType", "should be 'Linux' or 'Windows'"),
            ({"tags": {f"t{n}": "" for n in range(19)}}, "tags", "has 19 tags; 0 to 18"),
            ({"tags": {"": "a"}}, 'tags[""]', "has a key of 0 characters"),
            ({"tags": {"a" * 65: "a"}}, f"tags.{'a' * 65}", "has a key of 65 characters"),
            ({"tags": {"aliyun-a": "a"}}, 'tags["aliyun-a"]', "the cloud reserves"),
            ({"tags": {"ACS:a": "a"}}, 'tags["ACS:a"]', "the cloud reserves"),
            ({"tags": {"see http://a": "a"}}, 'tags["see http://a"]', "the cloud reserves"),
            ({"tags": {"a": "b" * 129}}, "tags.a", "has a value of 129 characters"),
            ({"tags": {"a": "acs:b"}}, "tags.a", "begins with acs:"),
            ({"plainHttpRegistries": ["http://a"]}, "plainHttpRegistries[0]", "has a scheme: write 'a'"),
            ({"insecureRegistries": ["a,b"]}, "insecureRegistries[0]", "is not host[:port]"),
            ({"insecureRegistries": ["a", "a"]}, "insecureRegistries", "has 'a' twice"),
            ({"acrRegistryInfos": [{}]}, "acrRegistryInfos[0].instanceId", "is required: The "),
            (
                {"acrRegistryInfos": [{"instanceId": "c"}, {"instanceId": "c"}]},
                "acrRegistryInfos",
                "has 'c' twice",
            ),
            (
                {"acrRegistryInfos": [{"instanceId": "c", "domains": ["https://a"]}]},
                "acrRegistryInfos[0].domains[0]",
                "has a scheme",
            ),
            (
                {"imageRegistryCredentials": [{"server": "http://a", "userName": "b", "password": "c"}]},
                "imageRegistryCredentials[0].server",
                "has a scheme: write 'a'",
            ),
            (
                {"imageRegistryCredentials": [{"server": "a", "userName": "b"}]},
                "imageRegistryCredentials[0].password",
                "is required: The password",
            ),
            (
                {"imageRegistryCredentials": [{"server": "a", "userName": "b", "password": "c"}] * 2},
                "imageRegistryCredentials",
                "has 'a' twice",
            ),
        ],
    )
    def test_reason(self, inputs: Inputs, path: str, reason: str) -> None:
        """Each limit has its failure, at the right place, with a reason that a person can act on."""
        found = failures(**inputs)
        assert list(found) == [path]
        assert reason in found[path]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("nginx", "nginx"),
            ("nginx", "nginx:latest"),
            ("nginx:1", "docker.io/library/nginx:1"),
            ("registry.example.com/a", "registry.example.com/a:latest"),
        ],
    )
    def test_images_twice(self, one: str, other: str) -> None:
        """One image listed twice is found however it is spelled, and both spellings are named."""
        (reason,) = failures(images=[one, "busybox", other]).values()
        assert f"as {one!r} and as {other!r}" in reason

    @pytest.mark.parametrize(
        ("key", "path"),
        [
            ("a_b", "tags.a_b"),
            ("größe", "tags.größe"),
            ("a.b", 'tags["a.b"]'),
            ('a"]b', 'tags["a\\"]b"]'),
            ("a\\", 'tags["a\\\\"]'),
            ("a\nb é", 'tags["a\\nb é"]'),
        ],
    )
    def test_paths_of_keys(self, key: str, path: str) -> None:
        """A key that is no plain name is quoted in the path, as Pulumi writes it, on one line."""
        assert set(failures(tags={key: [1]})) == {path}

    def test_all_at_once(self) -> None:
        """Every failure is told at once."""
        found = failures(
            images=["a b", "c d"], imageCacheSize=5, tags={"acs:a": "1"}, vswitchIds=["v", "v"], color="red"
        )
        assert found.keys() == {
            "images[0]",
            "images[1]",
            "imageCacheSize",
            'tags["acs:a"]',
            "vswitchIds",
            "color",
        }

    def test_nothing(self) -> None:
        """Without inputs, what is required is named with its description."""
        (failure,) = check(ImageCacheArgs, {}).failures
        assert failure == CheckFailure("images", failure.reason)
        assert failure.reason.startswith("is required: The images to cache, 1 to 20")

    def test_text(self) -> None:
        """A failure's text is its path and its reason, or the reason alone where it is about no property."""
        assert CheckFailure("tags.a", "has a key").text() == "tags.a has a key"
        assert CheckFailure("", "secretKey is missing").text() == "secretKey is missing"

    def test_inputs_stay(self) -> None:
        """Inputs that are wrong come back as they came."""
        inputs = {"images": [], "imageCacheSize": 5.0, "flash": None}
        assert check(ImageCacheArgs, inputs).inputs == inputs

    @pytest.mark.parametrize(
        ("name", "near"),
        [
            ("image", "images"),
            ("vswitchId", "vswitchIds"),
            ("vSwitchIds", "vswitchIds"),
            ("image_cache_name", "imageCacheName"),
            ("imageRegistryCredential", "imageRegistryCredentials"),
            ("retentionDay", "retentionDays"),
            ("securitygroupid", "securityGroupId"),
        ],
    )
    def test_nearest_name(self, name: str, near: str) -> None:
        """A name that doesn't exist is answered with the nearest one that does."""
        assert failures(**{name: "x"})[name] == f"is no property of ImageCache; did you mean {near}?"

    def test_no_near_name(self) -> None:
        """A name that is near to none is answered with all that exist."""
        reason = failures(zzz="x")["zzz"]
        assert reason.endswith(", ".join(fields(ImageCacheArgs)))

    def test_nearest_part(self) -> None:
        """In an object, the nearest name is that of one of its own parts."""
        credential = {"server": "a", "username": "b", "password": "c"}
        found = failures(imageRegistryCredentials=[credential])
        assert "did you mean userName?" in found["imageRegistryCredentials[0].username"]
        assert found["imageRegistryCredentials[0].userName"].startswith("is required: The user name")

    def test_client_token(self) -> None:
        """ClientToken is no input: the provider makes it."""
        assert "is no property" in failures(clientToken="x")["clientToken"]


class TestSecrets:
    """What a reason never shows."""

    @pytest.mark.parametrize(
        "credentials",
        [
            [{"server": "a", "userName": "b", "password": ["hidden-1"]}],
            [{"server": "a", "userName": "b", "password": {"a": "hidden-1"}}],
            [{"server": "http://a", "userName": 5, "password": "hidden-1", "color": "red"}],
            [{"password": "hidden-1"}],
            [{"server": "a", "userName": "b", "password": "hidden-1"}] * 2,
            {"password": "hidden-1"},
            ["hidden-1"],
            "hidden-1",
        ],
    )
    def test_password(self, credentials: Any) -> None:
        """Whatever is wrong with credentials, the password isn't in the reasons."""
        found = failures(imageRegistryCredentials=credentials)
        assert found
        assert "hidden" not in str(found)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.just(UNKNOWN),
    st.sampled_from(["nginx", "http://a", "", "a@b", "a:b:c", "vsw-1"]),
)
NAMES = st.one_of(
    st.sampled_from(
        [
            *fields(ImageCacheArgs),
            "server",
            "userName",
            "password",
            "instanceId",
            "domains",
            "color",
            "[key]",
        ]
    ),
    st.text(max_size=8),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@examples(100)
@example(inputs={"vswitchIds": [{}, {}]})
@example(inputs={"imageRegistryCredentials": [[], {}, "", {"server": []}, {"server": []}]})
@given(inputs=st.dictionaries(NAMES, VALUES, max_size=6))
def test_any_input(inputs: Inputs) -> None:
    """No input makes check fail itself; what is wrong has a reason, and what is right stays."""
    checked = check(ImageCacheArgs, inputs)
    assert all(failure.reason for failure in checked.failures)
    if not checked.failures:
        assert checked.inputs.keys() == {name for name, value in inputs.items() if value is not None}


@pytest.mark.parametrize(
    ("inputs", "property_"),
    [
        ({"images": []}, "images"),
        ({"imageCacheSize": ""}, "imageCacheSize"),
        ({"flash": ""}, "flash"),
        ({"zoneId": []}, "zoneId"),
        ({"zoneId": {}}, "zoneId"),
        ({"vswitchIds": ""}, "vswitchIds"),
        ({"tags": []}, "tags"),
        ({"imageCacheName": " "}, "imageCacheName"),
        ({"acrRegistryInfos": [{"instanceId": "cri-1", "domains": ""}]}, "acrRegistryInfos[0].domains"),
    ],
)
def test_wrongly_empty(inputs: Inputs, property_: str) -> None:
    """Only an optional text, list or map may be empty, and only in its own way."""
    assert list(failures(**inputs)) == [property_]
