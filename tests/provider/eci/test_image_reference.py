"""Tests of image references, by the grammar of github.com/distribution/reference."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.chance import examples

from imagecache_provider.eci.image_reference import canonical, problem

SHA256 = "sha256:" + 64 * "a"


@pytest.mark.parametrize(
    ("reference", "spelled_out"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("library/nginx", "docker.io/library/nginx:latest"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
        ("team/app", "docker.io/team/app:latest"),
        ("docker.io/team/app:v1", "docker.io/team/app:v1"),
        ("a/b/c/d:e", "docker.io/a/b/c/d:e"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        ("registry:5000/app", "registry:5000/app:latest"),
        ("registry.example.com/app", "registry.example.com/app:latest"),
        ("registry.example.com:443/team/app:v1", "registry.example.com:443/team/app:v1"),
        ("REGISTRY/app", "REGISTRY/app:latest"),
        ("127.0.0.1:5000/app", "127.0.0.1:5000/app:latest"),
        ("[2001:db8::1]:5000/app", "[2001:db8::1]:5000/app:latest"),
        ("[2001:db8::1]/app", "[2001:db8::1]/app:latest"),
        (f"nginx@{SHA256}", f"docker.io/library/nginx@{SHA256}"),
        (f"nginx:1.27@{SHA256}", f"docker.io/library/nginx@{SHA256}"),
        (f"a.example.com/b@sha512:{128 * 'b'}", f"a.example.com/b@sha512:{128 * 'b'}"),
        ("a_b/c__d/e-f/g---h/i.j", "docker.io/a_b/c__d/e-f/g---h/i.j:latest"),
        ("nginx:" + 128 * "a", "docker.io/library/nginx:" + 128 * "a"),
        ("nginx:_a.b-C", "docker.io/library/nginx:_a.b-C"),
        ("0/1:2", "docker.io/0/1:2"),
        (
            "registry.cn-hangzhou.aliyuncs.com/acs/pause:3.9",
            "registry.cn-hangzhou.aliyuncs.com/acs/pause:3.9",
        ),
    ],
)
def test_right(reference: str, spelled_out: str) -> None:
    """A right reference has no problem, and one form that spells it out."""
    assert problem(reference) is None
    assert canonical(reference) == spelled_out


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("", "is empty"),
        (" ", "is empty"),
        ("https://registry.example.com/app", "has a scheme: write 'registry.example.com/app'"),
        ("Nginx", "has upper-case letters in its repository: write 'nginx'"),
        ("registry.example.com/Team/App", "write 'team/app'"),
        ("a b", "has no valid repository"),
        (" nginx", "has no valid repository"),
        ("nginx ", "has no valid repository"),
        ("nginx\n", "has no valid repository"),
        ("a//b", "has no valid repository"),
        ("/a", "has no valid repository"),
        ("a/", "has no valid repository"),
        ("-a", "has no valid repository"),
        ("a-", "has no valid repository"),
        ("a..b", "has no valid repository"),
        ("a___b", "has no valid repository"),
        ("a._b", "has no valid repository"),
        (".a", "has no valid repository"),
        ("ä", "has no valid repository"),
        ("registry.example.com/", "has no valid repository"),
        ("nginx:", "has no valid tag: ''"),
        ("nginx:-a", "has no valid tag: '-a'"),
        ("nginx:.a", "has no valid tag"),
        ("nginx:a b", "has no valid tag"),
        ("nginx:ä", "has no valid tag"),
        ("nginx:a:b", "has no valid tag: 'a:b'"),
        ("nginx:" + 129 * "a", "has no valid tag"),
        ("nginx:1\n", "has no valid tag"),
        (f"nginx@{SHA256[:-1]}", "has 63 hex digits; sha256 has 64, write all of them"),
        (f"nginx@sha512:{127 * 'a'}", "has 127 hex digits; sha512 has 128"),
        (f"nginx@sha256:{64 * 'A'}", f"has upper-case letters; write '{SHA256}'"),
        (
            f"nginx@SHA256:{64 * 'a'}",
            "write one of sha256: and 64, sha384: and 96, sha512: and 128 hex digits",
        ),
        (f"nginx@md5:{32 * 'a'}", "is none that registries take"),
        (64 * "a", "is an image's ID, which no registry knows: write the image's name"),
        ("nginx@", "has no valid digest: ''"),
        ("nginx@sha256", "has no valid digest"),
        ("nginx@sha256:", "has no valid digest"),
        ("nginx@sha256:" + 31 * "a", "has no valid digest"),
        ("nginx@sha256:" + 64 * "g", "has no valid digest"),
        (f"nginx@{SHA256}@{SHA256}", "has no valid digest"),
        (f"nginx@{SHA256}:tag", "has no valid digest"),
        ("sha256:" + 64 * "A" + "/", "is not host[:port]"),
        ("registry.example.com:port/app", "'registry.example.com:port' is not host[:port]"),
        ("registry.example.com:/app", "is not host[:port]"),
        ("-registry.example.com/app", "is not host[:port]"),
        ("registry-.example.com/app", "is not host[:port]"),
        ("registry..example.com/app", "is not host[:port]"),
        ("user:password@registry.example.com/app", "has no valid"),
        ("a.example.com/" + "a" * 256, "has a repository of 256 characters; 255 are the most"),
        (
            "a" * 248,
            "has a repository of 256 characters, with the 'library/' of Docker Hub; 255 are the most",
        ),
    ],
)
def test_wrong(reference: str, words: str) -> None:
    """A wrong reference is answered with what is wrong with it."""
    assert words in str(problem(reference))


COMPONENT = st.from_regex(r"[a-z0-9]{1,6}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}", fullmatch=True)
REPOSITORY = st.lists(COMPONENT, min_size=1, max_size=3).map("/".join)
REGISTRY = st.sampled_from(["", "localhost/", "registry.example.com/", "r:5000/", "[::1]:80/", "Upper/"])
TAG = st.one_of(st.just(""), st.from_regex(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True))
DIGEST = st.one_of(st.just(""), st.from_regex(r"@sha256:[0-9a-f]{64}", fullmatch=True))


@examples(100)
@given(parts=st.tuples(REGISTRY, REPOSITORY, TAG, DIGEST))
def test_made_from_the_grammar(parts: tuple[str, str, str, str]) -> None:
    """Whatever the grammar makes is right, and so is its one form, which is its own."""
    assume(parts[0] or "." not in parts[1])  # a dot before the first slash makes a registry of it
    reference = "".join(parts)
    assert problem(reference) is None
    spelled_out = canonical(reference)
    assert problem(spelled_out) is None
    assert canonical(spelled_out) == spelled_out


@examples(100)
@given(text=st.text(alphabet="aA0.:/@-_ \n[]é", max_size=30))
def test_any_text(text: str) -> None:
    """Any text is right or has a problem; what is right has a form that stays as it is."""
    if problem(text) is None:
        assert canonical(canonical(text)) == canonical(text)
