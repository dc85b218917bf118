"""Tests of names of images and registries; tests/test_references.py holds them to the whole grammar."""

from __future__ import annotations

import pytest

from imagecache_simulator.references import image_key, is_registry, parse_reference, split_port


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.25", "docker.io/library/nginx:1.25"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("bitnami/redis", "docker.io/bitnami/redis:latest"),
        ("localhost:5000/a/b:c", "localhost:5000/a/b:c"),
        ("localhost/a", "localhost/a:latest"),
        ("ghcr.io/a/b__c-d.e:V1", "ghcr.io/a/b__c-d.e:V1"),
        ("nginx@sha256:" + "0a" * 32, "docker.io/library/nginx@sha256:" + "0a" * 32),
        ("nginx:1.25@sha256:" + "0a" * 32, "docker.io/library/nginx@sha256:" + "0a" * 32),
    ],
)
def test_reference(text: str, completed: str) -> None:
    """A short name is completed as container runtimes do it."""
    assert str(parse_reference(text)) == completed


@pytest.mark.parametrize(
    "text", ["", "Nginx", "nginx:", ":1", "a//b", "nginx:-x", "nginx@sha256:xyz", "a b", "nginx\n"]
)
def test_no_reference(text: str) -> None:
    """What isn't an image's name is recognised."""
    assert parse_reference(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1", "docker.io/library/nginx:1"),
        ("[fd00::5]:5000/a", "[fd00::5]:5000/a"),
        ("[fd00::5]:5000/a:1", "[fd00::5]:5000/a:1"),
        ("nginx@sha256:" + "0a" * 32, "docker.io/library/nginx@sha256:" + "0a" * 32),
    ],
)
def test_image_key(text: str, key: str) -> None:
    """What has no tag stands for its whole repository."""
    assert image_key(text) == key


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("a.example.com", "a.example.com", ""),
        ("a.example.com:5000", "a.example.com", "5000"),
        ("a", "a", ""),
        ("[fd00::5]", "[fd00::5]", ""),
        ("[fd00::5]:5000", "[fd00::5]", "5000"),
    ],
)
def test_registry(text: str, host: str, port: str) -> None:
    """A registry is a host, which may be an IPv6 address in brackets, and a port if it has one."""
    assert is_registry(text)
    assert split_port(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    ["", ":1", "a:", "a:b", "a/b", "a/", "https://a", "u@a", "a b", "a,b", "a_b", "fd00::5", "[x]", "[a:1"],
)
def test_no_registry(text: str) -> None:
    """What has a scheme, a path, a user or anything else beside host and port is no registry."""
    assert not is_registry(text)
