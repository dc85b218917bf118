"""Image references on both sides: what the provider's Check takes is what the simulated cloud takes.

The measure is the grammar of github.com/distribution/reference, as its normalised names have it, and the
digests of github.com/opencontainers/go-digest. Provider and simulator read them by code of their own; the
tables here hold both to each rule, and hypothesis looks for a text in which they differ.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.chance import examples

from imagecache_provider.eci import image_reference
from imagecache_simulator.references import parse_reference

HEX = "0123456789abcdef"
SHA256, SHA384, SHA512 = f"sha256:{4 * HEX}", f"sha384:{6 * HEX}", f"sha512:{8 * HEX}"
HUB = "docker.io/library"

RIGHT = [
    # The registry of an image that names none, and Docker Hub's two names.
    ("redis", f"{HUB}/redis:latest"),
    ("library/redis", f"{HUB}/redis:latest"),
    ("docker.io/redis", f"{HUB}/redis:latest"),
    ("docker.io/library/redis:7", f"{HUB}/redis:7"),
    ("index.docker.io/redis", f"{HUB}/redis:latest"),
    ("index.docker.io/team/redis", "docker.io/team/redis:latest"),
    ("team/redis", "docker.io/team/redis:latest"),
    ("library/a/b", f"{HUB}/a/b:latest"),
    ("registry-1.docker.io/library/redis", "registry-1.docker.io/library/redis:latest"),
    # What makes the first part a registry: a dot, a colon, an upper-case letter, or localhost.
    ("a.b/c", "a.b/c:latest"),
    ("a:1/c", "a:1/c:latest"),
    ("Team/c", "Team/c:latest"),
    ("TEAM/c", "TEAM/c:latest"),
    ("localhost/c", "localhost/c:latest"),
    ("localhost", f"{HUB}/localhost:latest"),
    ("localhost:5000", f"{HUB}/localhost:5000"),
    ("a.b", f"{HUB}/a.b:latest"),
    ("a.b:5000", f"{HUB}/a.b:5000"),
    ("10.0.0.1", f"{HUB}/10.0.0.1:latest"),
    ("a-b/c", "docker.io/a-b/c:latest"),
    ("a_b/c", "docker.io/a_b/c:latest"),
    # A first part with a dot that can be no host is a part of the repository.
    ("a_b.c/d", "a_b.c/d:latest"),
    # Hosts and ports.
    ("a--b.c-d.e/f", "a--b.c-d.e/f:latest"),
    ("xn--bcher-kva.example/f", "xn--bcher-kva.example/f:latest"),
    ("10.0.0.1:5000/f:1", "10.0.0.1:5000/f:1"),
    ("A.Example.COM:443/f", "A.Example.COM:443/f:latest"),
    ("a.b:0/f", "a.b:0/f:latest"),
    ("a.b:123456/f", "a.b:123456/f:latest"),
    ("1.2/3:4", "1.2/3:4"),
    ("[fd00::5]:5000/a", "[fd00::5]:5000/a:latest"),
    ("[fd00::5]/a:1", "[fd00::5]/a:1"),
    ("[FD00:0:0:0:0:0:0:5]:5000/a/b", "[FD00:0:0:0:0:0:0:5]:5000/a/b:latest"),
    ("[::1]:5000/a", "[::1]:5000/a:latest"),
    # Separators within a component of the path: one dot, one or two underscores, any hyphens.
    ("a.b_c__d-e---f/g", "a.b_c__d-e---f/g:latest"),
    ("x/a.b_c__d-e---f", "docker.io/x/a.b_c__d-e---f:latest"),
    ("0/1", "docker.io/0/1:latest"),
    # Tags.
    ("a:T", f"{HUB}/a:T"),
    ("a:_", f"{HUB}/a:_"),
    ("a:0.1-2_3", f"{HUB}/a:0.1-2_3"),
    ("a:" + 128 * "t", f"{HUB}/a:" + 128 * "t"),
    # Digests, which are stronger than a tag beside them.
    (f"a@{SHA256}", f"{HUB}/a@{SHA256}"),
    (f"a@{SHA384}", f"{HUB}/a@{SHA384}"),
    (f"a@{SHA512}", f"{HUB}/a@{SHA512}"),
    (f"a:1@{SHA256}", f"{HUB}/a@{SHA256}"),
    (f"[fd00::5]:5000/a:1@{SHA512}", f"[fd00::5]:5000/a@{SHA512}"),
    # Lengths: of the repository as it is asked for, not of the registry, the tag or the digest.
    ("a.b/" + 255 * "c", "a.b/" + 255 * "c" + ":latest"),
    (247 * "c", f"{HUB}/" + 247 * "c" + ":latest"),
    ("a.b/" + "/".join(128 * "c"), "a.b/" + "/".join(128 * "c") + ":latest"),
    (300 * "h" + ".h/" + 255 * "c" + f":{128 * 't'}@{SHA512}", 300 * "h" + ".h/" + 255 * "c" + f"@{SHA512}"),
    # 64 hex digits are an image's ID only where they are all there is, and in lower case.
    (4 * HEX + "0", f"{HUB}/{4 * HEX}0:latest"),
    ((4 * HEX)[1:], f"{HUB}/{(4 * HEX)[1:]}:latest"),
    (f"docker.io/{4 * HEX}", f"{HUB}/{4 * HEX}:latest"),
    (f"{4 * HEX}:1", f"{HUB}/{4 * HEX}:1"),
    (f"library/{4 * HEX}", f"{HUB}/{4 * HEX}:latest"),
    (SHA256, f"{HUB}/{SHA256}"),
    (4 * "fedcba987654321g", f"{HUB}/{4 * 'fedcba987654321g'}:latest"),
]

WRONG = [
    *("", " ", ":1", "@", f"@{SHA256}", "/", "/a", "a/", "a//b", "a.b/", "a.b//c", "a.b/c/"),
    # Upper case in the path.
    *("A", "A:1", "a/B", "a.b/C", "a.b:1/c/D", "Team/C", "A_b.c/d"),
    # Hosts and ports.
    *("a.b:/c", "a.b:x/c", "a.b:-1/c", "a.b:1:2/c", "-a.b/c", "a-.b/c", "a.-b/c", "a..b/c", ".a/c", "a./c"),
    *("a_b.c:1/d", "a b.c/d", "a.b /c", "ä.b/c", "u@a.b/c", "https://a.b/c", "a.b:1x/c", "a,b.c/d"),
    *(
        "[fd00::5]",
        "[fd00::5]:5000",
        "[fd00::5]:1/",
        "fd00::5/a",
        "fd00::5:5000/a",
        "[fd00::5/a",
        "fd00::5]/a",
    ),
    *("[]/a", "[fe80::1%eth0]/a", "[::ffff:10.0.0.1]/a", "[fd00::g]/a", "[fd00::5]x/a", "[fd00::5]:/a"),
    # Components of the path.
    *(
        "-a",
        "a-",
        "_a",
        "a_",
        ".a",
        "a.",
        "a..b",
        "a___b",
        "a._b",
        "a_.b",
        "a-_b",
        "a.-b",
        "a-.b",
        "a b",
        "ä",
    ),
    *("x/-a", "x/a-", "x/_a", "x/a.", "x/.", "a/..", "a+b", "a*", "a\n", "\na", "a/b\n", "٣"),
    # Tags.
    *("a:", "a:-", "a:.", "a:.1", "a:-1", "x/a:1/b", "a:1:2", "a:ä", "a:٣", "a: 1", "a:1 ", "a:1\n", "a:+"),
    "a:" + 129 * "t",
    # Digests: their algorithm, their digits, their case.
    *(
        "a@",
        "a@sha256",
        "a@sha256:",
        f"a@{4 * HEX}",
        f"a@:{4 * HEX}",
        f"a@{SHA256}:1",
        f"a@{SHA256}@{SHA256}",
    ),
    *(
        f"a@{SHA256[:-1]}",
        f"a@{SHA256}0",
        f"a@{SHA384[:-1]}",
        f"a@{SHA384}0",
        f"a@{SHA512[:-1]}",
        f"a@{SHA512}0",
    ),
    *(f"a@sha256:{6 * HEX}", f"a@sha384:{4 * HEX}", f"a@sha512:{4 * HEX}", f"a@sha256:{2 * HEX}"),
    *(f"a@md5:{2 * HEX}", f"a@sha1:{HEX}01234567", f"a@blake3:{4 * HEX}", f"a@sha224:{3 * HEX}01234567"),
    *(f"a@sha256+b64:{4 * HEX}", f"a@sha256.x:{4 * HEX}", f"a@x-sha256:{4 * HEX}", f"a@256:{4 * HEX}"),
    *(f"a@SHA256:{4 * HEX}", f"a@sha256:{4 * HEX.upper()}", f"a@sha256:{4 * HEX[:-1]}ffg", f"a@{SHA256}\n"),
    *(f"a@sha256: {4 * HEX}", f"a@sha256:{'٣' * 64}", f"a @{SHA256}", f"a:@{SHA256}", f"A@{SHA256}"),
    # Lengths.
    *("a.b/" + 256 * "c", 248 * "c", "docker.io/" + 248 * "c", "library/" + 248 * "c", "a_b.c/" + 250 * "d"),
    # An image's ID.
    4 * HEX,
]


@pytest.mark.parametrize(("text", "completed"), RIGHT)
def test_right(text: str, completed: str) -> None:
    """What the grammar takes passes on both sides, and means the same image to both."""
    assert image_reference.problem(text) is None
    assert image_reference.canonical(text) == completed
    assert str(parse_reference(text)) == completed


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    """What the grammar doesn't take is refused on both sides."""
    assert image_reference.problem(text)
    assert parse_reference(text) is None


@pytest.mark.parametrize(("text", "completed"), RIGHT)
def test_another_spelling(text: str, completed: str) -> None:
    """An image in its longest spelling is right again, and names the same registry and repository."""
    assert image_reference.problem(completed) is None
    assert image_reference.canonical(completed) == image_reference.canonical(text)
    found = parse_reference(text)
    assert found is not None
    assert image_reference.registry(completed) == found.registry
    assert image_reference.repository(completed) == found.name


COUNTS = (63, 64, 65, 96, 128)
ALPHABET = "aZ09.:/@-_[] \né"
HOST = st.one_of(
    st.sampled_from(["", "localhost/", "docker.io/", "index.docker.io/", "[::1]:80/", "[fd00::5]/", "A/"]),
    st.from_regex(r"[aZ0._-]{1,6}(:[0-9x]{0,3})?/", fullmatch=True),
)
PATH = st.from_regex(r"[aZ09._-]{1,5}(/[a9._-]{1,5}){0,2}", fullmatch=True)
TAG = st.one_of(st.just(""), st.from_regex(r":[aZ9._-]{0,4}", fullmatch=True))
DIGEST = st.one_of(
    st.just(""),
    st.builds(
        "@{}:{}".format,
        st.sampled_from(["sha256", "sha384", "sha512", "sha1", "SHA256", "sha256+b64", ""]),
        st.builds(lambda digit, count: digit * count, st.sampled_from("a0Fg"), st.sampled_from(COUNTS)),
    ),
)
PARTS = st.builds("".join, st.tuples(HOST, PATH, TAG, DIGEST))


@examples(300)
@given(text=st.one_of(PARTS, st.text(alphabet=ALPHABET, max_size=12)))
@example(text=4 * HEX)
def test_both_sides_agree(text: str) -> None:
    """A text passes Check exactly if the simulated cloud takes it, and then both read the same image."""
    found = parse_reference(text)
    assert (image_reference.problem(text) is None) == (found is not None)
    if found is not None:
        assert image_reference.canonical(text) == str(found)
