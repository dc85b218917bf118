"""Tests of the errors: their texts, their tree, and taking secrets out of texts."""

from __future__ import annotations

import pytest

from imagecache_provider import errors
from imagecache_provider.errors import (
    Cause,
    CloudError,
    FailedError,
    ProviderError,
    RefusedError,
    TimedOutError,
    redacted,
    redacted_quotes,
)
from imagecache_provider.resource import Observed, Phase


def test_text() -> None:
    """A text says what failed, why, which property, what to do, and the request."""
    cause = Cause("QuotaExceeded", "Too many.", "delete some", "images", "REQUEST-1")
    assert str(RefusedError("CreateImageCache", cause)) == (
        "CreateImageCache failed: QuotaExceeded: Too many.\n"
        "  property: images\n"
        "  what to do: delete some\n"
        "  RequestId: REQUEST-1"
    )


def test_short_text() -> None:
    """What isn't known isn't mentioned."""
    assert str(CloudError("CreateImageCache", Cause("", "no answer"))) == "CreateImageCache failed: no answer"


def test_tree() -> None:
    """The tree at the top of the module has every class, each under its base."""
    classes = {
        each.__name__: each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, ProviderError)
    }
    drawn = {line.strip("│├└─ ").split()[0] for line in str(errors.__doc__).splitlines() if "Error " in line}
    assert classes.keys() - {"CloudError"} == drawn & classes.keys()


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("ConfigurationError", "ProviderError"),
        ("RefusedError", "CloudError"),
        ("NotFoundError", "RefusedError"),
        ("TokenUsedError", "RefusedError"),
        ("TryAgainError", "CloudError"),
        ("NotReadyError", "ProviderError"),
        ("FailedError", "NotReadyError"),
        ("TimedOutError", "NotReadyError"),
        ("GoneError", "ProviderError"),
        ("StoppedError", "ProviderError"),
    ],
)
def test_bases(name: str, base: str) -> None:
    """Errors stand under what whoever catches them should do."""
    assert getattr(errors, name).__bases__[0].__name__ == base


def test_not_ready() -> None:
    """An error about a resource that exists knows how it was seen last, and its ID even if it wasn't."""
    seen = Observed("imc-1", Phase.FAILED, "Failed", "", {}, {})
    error = FailedError("it ended Failed", seen)
    assert (str(error), error.seen, error.id) == ("it ended Failed", seen, "imc-1")
    assert TimedOutError("it was accepted", None, "imc-2").id == "imc-2"


class TestRedacted:
    """Taking secrets out."""

    def test_everywhere(self) -> None:
        """A secret is taken out wherever it stands."""
        assert redacted("a hidden b, hidden", ["hidden"]) == "a [secret] b, [secret]"

    def test_longest_first(self) -> None:
        """Of two secrets, of which one holds the other, nothing is left."""
        assert redacted("hidden-token hidden", ["hidden", "hidden-token"]) == "[secret] [secret]"

    @pytest.mark.parametrize("form", ["p%2Fw%26d+%22", "p%2Fw%26d%20%22", 'p/w&d \\"'])
    def test_encoded(self, form: str) -> None:
        """A secret is taken out as it stands in a URL and in JSON, too."""
        assert redacted(f"a {form} b", ['p/w&d "']) == "a [secret] b"

    def test_short_ones(self) -> None:
        """A secret too short to be one isn't taken out of words that have it in them."""
        assert redacted("a cat sat", ["a", "", "cat"]) == "a cat sat"

    def test_none(self) -> None:
        """Without secrets a text stays."""
        assert redacted("hidden", []) == "hidden"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'a/Hidden' and 'a/hidden' and \"HIDDEN\"", "'[secret]' and '[secret]' and \"[secret]\""),
        ("'other' and hidden", "'other' and hidden"),
        ("a/Hidden", "[secret]"),
        ("'a' is no 'ab'", "'a' is no 'ab'"),
    ],
)
def test_redacted_quotes(text: str, shown: str) -> None:
    """What a text quotes of a secret is taken out, in either quotes and in any case; short parts stay."""
    assert redacted_quotes(text, ["a/Hidden"]) == shown
