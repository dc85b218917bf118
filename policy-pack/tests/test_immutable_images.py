"""Tests of the policy that images are named by what doesn't move."""

from __future__ import annotations

import pytest

from imagecache_policies.immutable_images import POLICY
from imagecache_policies.resource_types import ALICLOUD, CONTAINER_GROUP, DYNAMIC
from judging import UNJUDGED, UNKNOWN, judge

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "image",
    [
        f"nginx@{DIGEST}",
        f"nginx:latest@{DIGEST}",
        f"registry.example.com:5000/team/web@{DIGEST}",
        "flink:1.20.3",
        "flink:1.20.3-scala_2.12-java17",
        "registry.example.com:5000/team/web:v2.4.0",
        "web:1.0.0_build.7",
        "flink:1.20.3-java17",
        "localhost:5000/web@sha384:" + "0" * 96,
        "[2001:db8::1]:5000/web@sha512:" + "f" * 128,
        "web:sha-1a2b3c4",
        "web:main-1a2b3c4",
        "web:1.20.3-dev-1a2b3c4",
        "web:0123456789abcdef0123456789abcdef01234567",
        "ubuntu:jammy-20261125",
        "web:2026-11-25",
        "web:jammy-2026-11-25-slim",
        "web:1.20.3-mainframe",  # a word is a part of its own
        "web:1.20.3-unstabled",
    ],
)
def test_what_stays(image: str) -> None:
    """A digest, a full version, a commit and a date are no fault."""
    assert judge(POLICY, {"images": [image]}) == []


MOVING = (
    "1", "1.20", "1.27-alpine", "v1", "stable", "stable-alpine", "stable-slim", "stable-alpine3.20-perl",
    "edge", "nightly", "main", "master", "dev", "develop", "latest", "lts", "alpine", "production",
    "release-1", "1.x",
    # These say a version, a commit or a date too; a word in them says that they are moved all the same.
    "stable-1a2b3c4", "stable-20261125", "nightly-2026-11-25", "latest-0123456789abcdef", "v2.0.0-latest",
    "1.20.3-SNAPSHOT", "1.20.3.stable", "1.20.3_edge", "1.20.3-dev", "1.20.3-master", "20261125-head",
    # Neither a commit nor a date: no figure, too short, too long, not only hexadecimal, no month.
    "defaced", "stable-effaced", "feature-facade", "1a2b3c", "0" * 41, "1a2b3c4g", "2026-25-11", "1999-11-25",
)  # fmt: skip


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("nginx", "latest"),
        ("registry.example.com:5000/team/web", "latest"),
        *((f"registry.example.com:5000/web:{tag}", tag) for tag in MOVING),
    ],
)
def test_what_moves(image: str, tag: str) -> None:
    """A tag that is moved, or no tag, is a fault that names the image, the tag and the remedy."""
    (message,) = judge(POLICY, {"images": ["flink:1.20.3", image]})
    assert message == (
        f"images[1] is {image!r}, whose tag {tag!r} can be moved to another image, which the cache won't"
        f" have: name a digest, {image}@sha256:…, or a tag that stays, such as a full version (1.20.3)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " nginx:1.20.3",
        "nginx@latest",
        "nginx@1.20.3",
        "nginx@",
        "nginx@sha256:",
        f"nginx@{DIGEST[:-1]}",
        f"nginx@{DIGEST}0",
        f"nginx@{DIGEST.upper().replace('SHA', 'sha')}",
        f"nginx@{DIGEST[:-1]}g",
        f"nginx@{DIGEST}@{DIGEST}",
        f"nginx@{DIGEST}:1.20.3",
        f"nginx@md5:{'0' * 32}",
        f"nginx@sha512:{'0' * 64}",
        f"@{DIGEST}",
        f"nginx:@{DIGEST}",
        ":1.20.3",
        "nginx:",
        "nginx:-1.20.3",
        "nginx:1.20.3+build",
        "nginx:1.20.3\n",
        "nginx:" + "1" * 129,
        "nginx:\u0661.\u0662.\u0663",  # digits, but not those of ASCII
        "Nginx:1.20.3",
        "team//web:1.20.3",
        "https://registry.example.com/web:1.20.3",
        "web:1.20.3/../x",
    ],
)
def test_no_reference(text: str) -> None:
    """What is no image reference stands for nothing that stays, whatever else is configured."""
    (message,) = judge(POLICY, {"images": [text]}, immutableTags=[".*"], movingTags=[])
    assert message == (
        f"images[0] is {text!r}, which is no image reference: write [registry/]repository:tag, or"
        " [registry/]repository@sha256:… with the digest's 64 hexadecimal digits"
    )


def test_digest_wins() -> None:
    """With a digest, a tag beside it says nothing: no runtime looks at it."""
    assert judge(POLICY, {"images": [f"nginx:latest@{DIGEST}"]}, immutableTags=[]) == []


def test_moving_tags_of_ones_own() -> None:
    """A platform team may trust dated channels, or distrust what the default trusts."""
    images = {"images": ["debian:stable-20261125", "web:1.20.3-qa"]}
    assert judge(POLICY, images, movingTags=[]) == []
    (message,) = judge(POLICY, images, movingTags=[".*-qa"])
    assert message.startswith("images[1] is 'web:1.20.3-qa'")
    (message,) = judge(POLICY, images, movingTags=["("])
    assert message.startswith("movingTags of this policy's configuration has '('")


def test_digests_only() -> None:
    """Without a pattern, only digests will do, and the message offers nothing else."""
    (message,) = judge(POLICY, {"images": ["flink:1.20.3", f"nginx@{DIGEST}"]}, immutableTags=[])
    assert message.endswith("name a digest, flink:1.20.3@sha256:…")


def test_patterns_of_ones_own() -> None:
    """A tag must match a configured pattern from end to end."""
    images = {"images": ["web:release-7", "web:release-7-next"]}
    assert len(judge(POLICY, images, immutableTags=[r"release-\d+"])) == 1


def test_broken_pattern() -> None:
    """A configuration that is no regular expression is told as such."""
    (message,) = judge(POLICY, {"images": ["nginx:1.27.1"]}, immutableTags=["("])
    assert message.startswith("immutableTags of this policy's configuration has '(', which is no regular")


def test_unknown_image_does_not_hide_others() -> None:
    """What is known is judged; that something isn't is told besides."""
    first, second = judge(POLICY, {"images": [UNKNOWN, "nginx"]})
    assert first.startswith("images[1] is 'nginx'")
    assert second == UNJUDGED
    assert judge(POLICY, {"images": UNKNOWN}) == [UNJUDGED]


def test_types() -> None:
    """The dynamic front's caches and pulumi-alicloud's are judged, other resources aren't."""
    assert len(judge(POLICY, {"images": ["nginx"]}, kind=DYNAMIC)) == 1
    for kind in ALICLOUD:
        assert len(judge(POLICY, {"images": ["nginx"]}, kind=kind)) == 1
    assert judge(POLICY, {"images": ["nginx"]}, kind=CONTAINER_GROUP) == []
