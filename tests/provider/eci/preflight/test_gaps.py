"""Tests of what couldn't be asked: what stays off, and the lines that say so, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from imagecache_provider.eci.errors import refused
from imagecache_provider.eci.preflight.gaps import Gaps
from imagecache_provider.eci.products import ECI, ECS, RESOURCE_MANAGER, VPC, Product
from imagecache_provider.errors import Cause, ConfigurationError, RefusedError, TryAgainError
from imagecache_provider.preflight import Finding

UNANSWERED = TryAgainError("Any", Cause("", "no answer from https://vpc: timed out"))


def fails(error: Exception) -> Callable[[], Awaitable[str]]:
    """Make a question that ends so."""

    async def question() -> str:
        raise error

    return question


async def succeeds() -> str:
    """Answer."""
    return "answer"


def ask(
    gaps: Gaps,
    product: Product,
    action: str,
    question: Callable[[], Awaitable[str]],
    region: str = "cn-hangzhou",
) -> str | None:
    """Ask."""
    return asyncio.run(gaps.ask(product, action, question, region))


def refuse(code: str, message: str = "No.") -> Callable[[], Awaitable[str]]:
    """Make a question that the cloud refuses with a code."""
    return fails(refused("Any", code, message, 403, ""))


def lines(gaps: Gaps) -> list[str]:
    """Give the lines that are new."""
    return [gap.text() for gap in gaps.notes()]


def test_answer() -> None:
    """An answer is given, and leaves no line."""
    gaps = Gaps()
    assert ask(gaps, VPC, "DescribeVSwitches", succeeds) == "answer"
    assert (gaps.off, gaps.refusal, lines(gaps)) == (False, None, [])


def test_rights() -> None:
    """All rights that are missing are one line; a later one is another that names it alone."""
    gaps = Gaps()
    for product, action in ((VPC, "DescribeVSwitches"), (ECS, "DescribeSecurityGroups")):
        assert ask(gaps, product, action, refuse("Forbidden.RAM")) is None
    (line,) = lines(gaps)
    assert "grant ecs:DescribeSecurityGroups, vpc:DescribeVSwitches;" in line
    assert lines(gaps) == []
    assert ask(gaps, ECI, "ListUsage", refuse("NoPermission")) is None
    (line,) = lines(gaps)
    assert "grant eci:ListUsage;" in line


def test_one_product_is_silent() -> None:
    """A product that doesn't answer isn't asked again in that region; the others are, and other regions."""
    gaps = Gaps()
    assert ask(gaps, VPC, "DescribeVSwitches", fails(UNANSWERED)) is None
    assert ask(gaps, VPC, "DescribeEipAddresses", succeeds) is None
    assert ask(gaps, VPC, "DescribeEipAddresses", succeeds, "cn-beijing") == "answer"
    assert ask(gaps, ECI, "ListUsage", succeeds) == "answer"
    (line,) = lines(gaps)
    assert line.startswith("preflight left out what vpc would tell: no answer from https://vpc: timed out;")
    assert lines(gaps) == []


def test_proxy_that_refuses() -> None:
    """What lets no call through for good is told like what doesn't answer: one line, with the remedy."""
    gaps = Gaps()
    cause = Cause("", "the proxy http://proxy of HTTPS_PROXY wants a user", "set it", unsent=True)
    refusal = RefusedError("Any", cause)
    assert ask(gaps, VPC, "DescribeVSwitches", fails(refusal)) is None
    assert ask(gaps, VPC, "DescribeEipAddresses", fails(refusal)) is None
    (line,) = lines(gaps)
    assert "vpc would tell: the proxy http://proxy of HTTPS_PROXY wants a user (set it);" in line
    assert ask(gaps, ECI, "ListUsage", fails(refusal)) is None
    (line,) = lines(gaps)
    assert "nothing more: the proxy http://proxy of HTTPS_PROXY wants a user (set it);" in line
    assert gaps.refusal is None


def test_one_reason() -> None:
    """Whatever isn't told for one reason is one line; another reason is another."""
    gaps = Gaps()
    for action in ("ListUsage", "DescribeAvailableResource"):
        ask(gaps, ECI, action, refuse("Closed", "Enable it."))
    ask(gaps, VPC, "DescribeVSwitches", refuse("Odd"))
    assert lines(gaps) == [
        "preflight left out what eci:DescribeAvailableResource, eci:ListUsage would tell: Closed: Enable it.",
        "preflight left out what vpc:DescribeVSwitches would tell: Odd: No.",
    ]


@pytest.mark.parametrize("error", [ConfigurationError("none"), UNANSWERED], ids=["no credentials", "silence"])
def test_off(error: Exception) -> None:
    """Without credentials, or an ECI that answers, nothing more is asked: one line says so."""
    gaps = Gaps()
    ask(gaps, VPC, "DescribeEipAddresses", refuse("Odd"))
    assert ask(gaps, ECI, "ListUsage", fails(error)) is None
    assert gaps.off
    assert ask(gaps, VPC, "DescribeVSwitches", succeeds) is None
    (line,) = lines(gaps)
    assert line.startswith("preflight looked at nothing more: ")
    assert (lines(gaps), gaps.refusal) == ([], None)


@pytest.mark.parametrize(
    ("code", "fact", "remedy"),
    [
        ("InvalidAccessKeyId.NotFound", "the credentials are refused", "check the access key"),
        ("SignatureDoesNotMatch", "the credentials are refused", "the access key's secret is wrong"),
        ("InvalidSecurityToken.Expired", "the credentials are refused", "get new ones"),
        ("InvalidTimeStamp.Expired", "the time of the calls is refused", "this machine's clock is wrong"),
    ],
)
def test_refused_caller(code: str, fact: str, remedy: str) -> None:
    """What every call is refused for is a finding, without the cloud's words; nothing else is told."""
    gaps = Gaps()
    ask(gaps, VPC, "DescribeEipAddresses", refuse("Odd"))
    assert ask(gaps, VPC, "DescribeVSwitches", refuse(code, "POST&%2F&AccessKeyId")) is None
    assert gaps.refusal is not None
    assert gaps.refusal.fact == f"{fact}: {code}; nothing more was looked at"
    assert remedy in gaps.refusal.remedy
    assert (gaps.refusal.certain, gaps.refusal.everywhere) == (True, True)
    assert ask(gaps, ECI, "ListUsage", succeeds) is None
    assert lines(gaps) == []


def test_wrong_protocol() -> None:
    """So is an endpoint of ECI that can't be spoken to as it's set; another product's is a gap."""
    wrong = RefusedError("Any", Cause("", "no answer from https://host: [SSL] wrong version", "check it"))
    gaps = Gaps()
    ask(gaps, VPC, "DescribeVSwitches", fails(wrong))
    assert gaps.refusal is None
    (line,) = lines(gaps)
    assert line.startswith("preflight left out what vpc would tell: no answer from https://host: [SSL]")
    ask(gaps, ECI, "ListUsage", fails(wrong))
    assert gaps.refusal == Finding(
        "imagecache:endpoint", "no answer from https://host: [SSL] wrong version", "check it", everywhere=True
    )


UNRESOLVED = TryAgainError("Any", Cause("", "no answer from https://vpc: no such name", unresolved=True))


@pytest.mark.parametrize(
    ("product", "question"),
    [
        (ECI, refuse("InvalidRegionId.NotFound")),
        (ECI, refuse("RegionNotSupported")),
        (VPC, fails(UNRESOLVED)),
    ],
)
def test_doubt(product: Product, question: Callable[[], Awaitable[str]]) -> None:
    """A code or a name without an address makes a region doubtful; what is left out depends on what it is."""
    for unknown in (True, False):
        gaps = Gaps()
        ask(gaps, product, "Any", question, "cn-hangzou")
        assert (gaps.doubted("cn-hangzou"), gaps.doubted("cn-beijing"), lines(gaps)) == (True, False, [])
        gaps.settle("cn-hangzou", unknown=unknown)
        assert not gaps.doubted("cn-hangzou")
        assert len(lines(gaps)) == (not unknown)
        ask(gaps, ECI, "Other", refuse("InvalidRegionId.NotFound"), "cn-hangzou")
        assert gaps.doubted("cn-hangzou") is unknown


def test_silence_is_no_doubt() -> None:
    """A host that has an address, or one that isn't of the region, says nothing of the region."""
    gaps = Gaps()
    ask(gaps, VPC, "DescribeVSwitches", fails(UNANSWERED), "cn-hangzou")
    ask(gaps, RESOURCE_MANAGER, "ListResourceGroups", fails(UNRESOLVED), "cn-hangzou")
    assert not gaps.doubted("cn-hangzou")
    assert len(lines(gaps)) == 2


def test_unforeseen() -> None:
    """An answer of a form that nobody foresaw ends no preview; what it said isn't shown."""
    gaps = Gaps()
    assert ask(gaps, VPC, "DescribeVSwitches", fails(KeyError("secret-1"))) is None
    (line,) = lines(gaps)
    assert "vpc:DescribeVSwitches would tell: KeyError at" in line
    assert "secret-1" not in line
