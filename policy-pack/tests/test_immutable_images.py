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
        "web:1.0.0+build.7",
        "web:sha-1a2b3c4",
        "web:0123456789abcdef0123456789abcdef01234567",
        "ubuntu:jammy-20261125",
    ],
)
def test_what_stays(image: str) -> None:
    """A digest, a full version, a commit and a date are no fault."""
    assert judge(POLICY, {"images": [image]}) == []


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("nginx", "latest"),
        ("nginx:latest", "latest"),
        ("registry.example.com:5000/team/web", "latest"),
        ("flink:1", "1"),
        ("flink:1.20", "1.20"),
        ("web:stable", "stable"),
        ("web:main", "main"),
        ("web:1.20.3/../x", "latest"),
    ],
)
def test_what_moves(image: str, tag: str) -> None:
    """A tag that is moved, or no tag, is a fault that names the image, the tag and the remedy."""
    (message,) = judge(POLICY, {"images": ["flink:1.20.3", image]})
    assert message == (
        f"images[1] is {image!r}, whose tag {tag!r} can be moved to another image, which the cache won't"
        f" have: name a digest, {image}@sha256:…, or a tag that stays, such as a full version (1.20.3)"
    )


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
    assert len(judge(POLICY, {"images": ["nginx"]}, kind=ALICLOUD)) == 1
    assert judge(POLICY, {"images": ["nginx"]}, kind=CONTAINER_GROUP) == []
