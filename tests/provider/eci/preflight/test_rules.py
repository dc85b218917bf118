"""Tests of how plans are looked at together: what fails for one of them leaves the others their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.provider.eci.preflight.plans import creating

from imagecache_provider.eci.preflight.rules import ImageCachePreflight
from imagecache_provider.eci.products import ECI, Product
from imagecache_provider.preflight import Judgement, Mode

if TYPE_CHECKING:
    from tests.provider.world import DrivenClock, DrivenLoop

NOTHING: Mapping[str, Any] = {}


class Account:
    """A cloud that answers every question in a second, with nothing unless it's told otherwise.

    Args:
        clock: what answers take time by.
        answers: by action.
    """

    def __init__(self, clock: DrivenClock, **answers: Mapping[str, Any]) -> None:
        self.clock = clock
        self.answers = answers
        self.asked: list[str] = []

    async def call(
        self, action: str, parameters: Mapping[str, str], *, paced: bool = False, product: Product = ECI
    ) -> dict[str, Any]:
        """Answer."""
        assert (parameters["RegionId"], paced, bool(product.name)) == ("cn-hangzhou", False, True)
        self.asked.append(action)
        await self.clock.sleep(1)
        return dict(self.answers.get(action, NOTHING))


def preflight(account: Account) -> ImageCachePreflight:
    """Return the preflight of an account."""
    return ImageCachePreflight(account, account.clock, Mode.WARN, 7, "cn-hangzhou")


def properties(judgement: Judgement | BaseException) -> set[str]:
    """Give the properties that something was found about."""
    assert isinstance(judgement, Judgement)
    return {finding.property for finding in judgement.findings}


def test_unreadable_answer(clock: DrivenClock, loop: DrivenLoop) -> None:
    """An answer that can't be read is noted as a gap; what the other answers tell is found all the same."""
    account = Account(clock, DescribeEipAddresses={"EipAddresses": {"EipAddress": [{"Status": "InUse"}]}})
    judged = loop.run_until_complete(preflight(account).judge(creating()))
    assert {"vswitchIds", "securityGroupId"} <= properties(judged)
    assert any("KeyError" in gap.closing for gap in judged.gaps)
    assert "ListUsage" in account.asked


def test_one_is_cancelled(clock: DrivenClock, loop: DrivenLoop) -> None:
    """Of plans that are looked at together one may be cancelled: the others get their answers."""
    ours = preflight(Account(clock))

    async def run() -> list[Judgement | BaseException]:
        judging = [asyncio.create_task(ours.judge(creating(key))) for key in ("one", "two", "three")]
        await clock.sleep(0.5)
        judging[0].cancel()
        return list(await asyncio.gather(*judging, return_exceptions=True))

    cancelled, *others = loop.run_until_complete(run())
    assert isinstance(cancelled, asyncio.CancelledError)
    assert all("vswitchIds" in properties(each) for each in others)


def test_round_is_cut_off(clock: DrivenClock, loop: DrivenLoop) -> None:
    """Plans that come after a round that was cut off are looked at in one of their own."""
    ours = preflight(Account(clock))

    async def run() -> list[Judgement | BaseException]:
        before = asyncio.all_tasks()
        first = asyncio.create_task(ours.judge(creating("one")))
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - before - {first}:
            task.cancel()
        ended = await asyncio.gather(first, return_exceptions=True)
        return [*ended, await ours.judge(creating("two"))]

    cut_off, later = loop.run_until_complete(run())
    assert isinstance(cut_off, asyncio.CancelledError)
    assert "vswitchIds" in properties(later)


class Strange(dict[str, Any]):
    """Inputs of which one can't be read."""

    def get(self, key: str, default: Any = None) -> Any:
        """Read one."""
        if key == "securityGroupId":
            raise ZeroDivisionError
        return super().get(key, default)


def test_strange_plan(clock: DrivenClock, loop: DrivenLoop) -> None:
    """A plan of a form that nobody foresaw fails no other that is looked at with it."""
    ours = preflight(Account(clock))
    strange = creating("strange")

    async def run() -> list[Judgement | BaseException]:
        plans = [replace(strange, inputs=Strange(strange.inputs)), creating("right")]
        return list(await asyncio.gather(*map(ours.judge, plans), return_exceptions=True))

    _, right = loop.run_until_complete(run())
    assert {"vswitchIds", "eipInstanceId"} <= properties(right)
