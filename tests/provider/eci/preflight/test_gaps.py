"""Tests of what couldn't be asked: what stays off, and the lines that say so, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from imagecache_provider.eci.errors import refused
from imagecache_provider.eci.preflight.gaps import Gaps
from imagecache_provider.eci.products import ECI, ECS, VPC, Product
from imagecache_provider.errors import Cause, ConfigurationError, RefusedError, TryAgainError

UNANSWERED = TryAgainError("Any", Cause("", "no answer from https://vpc: timed out"))


def fails(error: Exception) -> Callable[[], Awaitable[str]]:
    """Make a question that ends so."""

    async def question() -> str:
        raise error

    return question


async def succeeds() -> str:
    """Answer."""
    return "answer"


def ask(gaps: Gaps, product: Product, action: str, question: Callable[[], Awaitable[str]]) -> str | None:
    """Ask."""
    return asyncio.run(gaps.ask(product, action, question))


def test_answer() -> None:
    """An answer is given, and leaves no line."""
    gaps = Gaps()
    assert ask(gaps, VPC, "DescribeVSwitches", succeeds) == "answer"
    assert (gaps.off, gaps.notes()) == ("", ())


def test_rights() -> None:
    """All rights that are missing are one line; a later one is another that names it alone."""
    gaps = Gaps()
    refusal = refused("Any", "Forbidden.RAM", "No.", 403, "")
    for product, action in ((VPC, "DescribeVSwitches"), (ECS, "DescribeSecurityGroups")):
        assert ask(gaps, product, action, fails(refusal)) is None
    (line,) = gaps.notes()
    assert "grant ecs:DescribeSecurityGroups, vpc:DescribeVSwitches;" in line
    assert gaps.notes() == ()
    assert ask(gaps, ECI, "ListUsage", fails(refused("Any", "NoPermission", "No.", 403, ""))) is None
    (line,) = gaps.notes()
    assert "grant eci:ListUsage;" in line


def test_one_product_is_silent() -> None:
    """A product that doesn't answer isn't asked again; the others are."""
    gaps = Gaps()
    assert ask(gaps, VPC, "DescribeVSwitches", fails(UNANSWERED)) is None
    assert ask(gaps, VPC, "DescribeEipAddresses", succeeds) is None
    assert ask(gaps, ECI, "ListUsage", succeeds) == "answer"
    (line,) = gaps.notes()
    assert line.startswith("preflight left out what vpc would tell: no answer from https://vpc: timed out;")
    assert gaps.notes() == ()


def test_proxy_that_refuses() -> None:
    """What lets no call through for good is told like what doesn't answer: one line, with the remedy."""
    gaps = Gaps()
    refusal = RefusedError("Any", Cause("", "the proxy http://proxy of HTTPS_PROXY wants a user", "set it"))
    assert ask(gaps, VPC, "DescribeVSwitches", fails(refusal)) is None
    assert ask(gaps, VPC, "DescribeEipAddresses", fails(refusal)) is None
    (line,) = gaps.notes()
    assert "vpc would tell: the proxy http://proxy of HTTPS_PROXY wants a user (set it);" in line


def test_off() -> None:
    """Without credentials, or an ECI that answers, nothing more is asked."""
    for error in (
        ConfigurationError("none"),
        UNANSWERED,
        refused("", "InvalidAccessKeyId.NotFound", "", 404, ""),
    ):
        gaps = Gaps()
        assert ask(gaps, ECI, "ListUsage", fails(error)) is None
        assert gaps.off
        assert ask(gaps, VPC, "DescribeVSwitches", succeeds) is None
        assert len(gaps.notes()) == 1
        assert gaps.notes() == ()


def test_unforeseen() -> None:
    """An answer of a form that nobody foresaw ends no preview; what it said isn't shown."""
    gaps = Gaps()
    assert ask(gaps, VPC, "DescribeVSwitches", fails(KeyError("secret-1"))) is None
    (line,) = gaps.notes()
    assert "vpc:DescribeVSwitches tells: KeyError at" in line
    assert "secret-1" not in line
