"""Tests of registries in fields of their own: what is one, and what is advised where a text is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import examples

from imagecache_provider.check import check
from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.eci.registry_host import canonical, is_host, problem

RIGHT = [
    "registry.example.com",
    "registry.example.com:5000",
    "a",
    "a:1",
    "a:65535",
    "localhost:5000",
    "10.0.0.9:5000",
    "[fd00::5]",
    "[fd00::5]:5000",
    "shop-registry-vpc.cn-hangzhou.cr.aliyuncs.com",
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
]
HUB = "write 'docker.io', which is Docker Hub"
WRONG = [
    ("", "is empty: write the registry as host[:port], such as registry.example.com:5000"),
    ("  ", "is empty"),
    # A path, a scheme, a user, spaces: the registry alone is advised.
    ("registry.example.com/team", "has a path: write 'registry.example.com'"),
    ("registry.example.com/", "has a path: write 'registry.example.com'"),
    ("registry.example.com:5000/team/app:1", "has a path: write 'registry.example.com:5000'"),
    ("registry.example.com?x=1", "has a path: write 'registry.example.com'"),
    ("registry.example.com#x", "has a path: write 'registry.example.com'"),
    ("https://registry.example.com", "has a scheme: write 'registry.example.com'"),
    ("http://registry.example.com:80/v2/", "has a scheme and a path: write 'registry.example.com:80'"),
    ("HTTPS://registry.example.com", "has a scheme: write 'registry.example.com'"),
    ("//registry.example.com/a", "has a scheme and a path: write 'registry.example.com'"),
    ("://registry.example.com", "has a scheme: write 'registry.example.com'"),
    ("hidden-1:hidden-2@registry.example.com", "has a user: write 'registry.example.com'"),
    (
        "https://hidden-1@registry.example.com/",
        "has a scheme, a path and a user: write 'registry.example.com'",
    ),
    (" registry.example.com", "has spaces around it: write 'registry.example.com'"),
    ("registry.example.com\n", "has spaces around it: write 'registry.example.com'"),
    ("Registry.Example.COM:5000", "has upper-case letters: write 'registry.example.com:5000'"),
    ("registry.example.com.", "has a dot at the host's end: write 'registry.example.com'"),
    ("registry.example.com.:5000", "has a dot at the host's end: write 'registry.example.com:5000'"),
    ("fd00::5", "has an IPv6 address without brackets: write '[fd00::5]'"),
    ("[FD00::5]:5000", "has upper-case letters: write '[fd00::5]:5000'"),
    # Docker Hub by its many names.
    ("https://index.docker.io/v1/", f"has a scheme and a path: {HUB}"),
    ("index.docker.io/v1", f"has a path: {HUB}"),
    ("https://index.docker.io/v1", HUB),
    ("https://registry-1.docker.io/v2/", HUB),
    ("https://docker.io", f"has a scheme: {HUB}"),
    ("docker.io/library", f"has a path: {HUB}"),
    ("Docker.io", f"has upper-case letters: {HUB}"),
    ("hub.docker.com", "is no registry, but a site of Docker Hub: write 'docker.io'"),
    ("https://hub.docker.com/u/team", "is no registry, but a site of Docker Hub: write 'docker.io'"),
    ("registry.hub.docker.com", "write 'docker.io'"),
    # What no right one can be read out of.
    ("https://", "is not host[:port]: there is no host in it"),
    ("/team", "is not host[:port]: there is no host in it"),
    (":5000", "is not host[:port]: a host has letters"),
    ("a b", "is not host[:port]: it is no single name; write each registry by itself"),
    ("a,b", "is not host[:port]: it is no single name"),
    ("a.example.com, b.example.com", "is not host[:port]: it is no single name"),
    ('"a"', "is not host[:port]: it is no single name"),
    ("a:", "is not host[:port]: its port is no number from 1 to 65535"),
    ("a:b", "is not host[:port]: its port is no number"),
    ("a:0", "is not host[:port]: its port is no number"),
    ("a:65536", "is not host[:port]: its port is no number"),
    ("a:-1", "is not host[:port]: its port is no number"),
    ("a:٣", "is not host[:port]: its port is no number"),
    ("a:" + 5000 * "9", "is not host[:port]: its port is no number"),
    ("a:1:2", "is not host[:port]: a host has letters"),
    ("a_b", "is not host[:port]: a host has letters a to z, digits, '-' and '.'"),
    ("-a", "is not host[:port]: a host has letters"),
    ("a-.b", "is not host[:port]: a host has letters"),
    ("a..b", "is not host[:port]: a host has letters"),
    ("a..", "is not host[:port]: a host has letters"),
    ("ä.example.com", "is not host[:port]: a host has letters"),
    ("*.example.com", "is not host[:port]: a host has letters"),
    ("[fd00::g]:5000", "is not host[:port]: there is no IPv6 address between its brackets"),
    ("[]", "is not host[:port]: there is no IPv6 address"),
    ("[fd00::5", "is not host[:port]"),
    ("[fe80::1%eth0]:5000", "is not host[:port]: there is no IPv6 address"),
    ("[::ffff:10.0.0.1]", "is not host[:port]: there is no IPv6 address"),
    # Where a password may have a slash or a question mark, nothing of it is advised.
    ("https://hidden-1:hidden/2@registry.example.com", "is not host[:port]: write the registry alone"),
    ("hidden-1:hidden?2@registry.example.com", "is not host[:port]: write the registry alone"),
    ("registry.example.com/a@sha256:1", "is not host[:port]: write the registry alone"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    """A host, with a port or without, is right."""
    assert problem(text) is None
    assert is_host(text)


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_wrong(text: str, words: str) -> None:
    """Anything else is told by what it has too much, with what to write, and without a user or a password."""
    found = str(problem(text))
    assert words in found
    assert "hidden" not in found


@pytest.mark.parametrize(("text", "_words"), WRONG)
def test_advice_is_right(text: str, _words: str) -> None:
    """What is advised is right itself."""
    _, advised, behind = str(problem(text)).partition(": write '")
    assert not advised or problem(behind.partition("'")[0]) is None


@examples(200)
@given(text=st.text(alphabet='aA0.:/@-_[] "?#', max_size=14))
def test_any_text(text: str) -> None:
    """Any text is right or has advice that is; a right one can be the registry of an image."""
    found = problem(text)
    if found is None:
        assert is_host(text)
        return
    _, advised, behind = found.partition(": write '")
    assert not advised or problem(behind.partition("'")[0]) is None


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        (lambda host: {"plainHttpRegistries": ["other.example.com", host]}, "plainHttpRegistries[1]"),
        (lambda host: {"insecureRegistries": [host]}, "insecureRegistries[0]"),
        (
            lambda host: {"imageRegistryCredentials": [{"server": host, "userName": "u", "password": "p"}]},
            "imageRegistryCredentials[0].server",
        ),
        (
            lambda host: {
                "acrRegistryInfos": [{"instanceId": "cri-1", "domains": ["other.example.com", host]}]
            },
            "acrRegistryInfos[0].domains[1]",
        ),
    ],
    ids=["plain HTTP", "insecure", "credential", "ACR"],
)
def test_every_field(inputs: Any, path: str) -> None:
    """Each field that holds a registry takes what is right, and refuses what isn't, at its place."""
    for text in RIGHT:
        assert check(ImageCacheArgs, {"images": ["nginx"], **inputs(text)}).failures == ()
    for text, words in WRONG:
        (failure,) = check(ImageCacheArgs, {"images": ["nginx"], **inputs(text)}).failures
        assert (failure.property, words in failure.reason) == (path, True)


@pytest.mark.parametrize("field", ["plainHttpRegistries", "insecureRegistries", "imageRegistryCredentials"])
def test_one_registry_by_two_names(field: str) -> None:
    """Docker Hub's two names are one registry, which stands in a list once."""
    hosts: list[Any] = ["docker.io", "index.docker.io"]
    if field == "imageRegistryCredentials":
        hosts = [{"server": host, "userName": "u", "password": "p"} for host in hosts]
    (failure,) = check(ImageCacheArgs, {"images": ["nginx"], field: hosts}).failures
    said = "has 'index.docker.io' twice, as 'docker.io' before: keep one of them"
    assert (failure.property, failure.reason) == (field, said)


def test_canonical() -> None:
    """A registry's one form is itself, but for Docker Hub's former name."""
    assert [canonical(host) for host in ("index.docker.io", "docker.io", "a:1")] == [
        "docker.io",
        "docker.io",
        "a:1",
    ]
