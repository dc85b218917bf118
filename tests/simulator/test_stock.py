"""Tests of what zones sell, as tests of users set it, and over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagecache_simulator import Cloud, control
from imagecache_simulator.stock import CATEGORIES, NOT_OFFERED, Goods, Stock, best

ZONE = "cn-hangzhou-h"
SIZE = Goods(cores=2, memory=4)


@pytest.fixture
def stock() -> Stock:
    """Return the stock of a small cloud."""
    return Stock({"cn-hangzhou": [ZONE, "cn-hangzhou-i"]})


def test_everything_is_there(stock: Stock) -> None:
    """At first all zones are open and have everything."""
    assert stock.is_open(ZONE)
    assert stock.category(ZONE, SIZE) == "WithStock"
    assert stock.category(ZONE, Goods(disk_category="cloud_essd")) == "WithStock"
    assert stock.listing() == []


def test_size_covers_its_types(stock: Stock) -> None:
    """A size that is sold out is so in each type of that size, unless more is said of the type."""
    stock.set(ZONE, "WithoutStock", SIZE)
    assert stock.category(ZONE, Goods(instance_type="ecs.c6.large")) == "WithoutStock"
    assert stock.category(ZONE, Goods(instance_type="ecs.g6.large")) == "WithStock"
    stock.set(ZONE, "ClosedWithStock", Goods(instance_type="ecs.c6.large"))
    assert stock.category(ZONE, Goods(instance_type="ecs.c6.large")) == "ClosedWithStock"
    assert stock.category(ZONE, SIZE) == "WithoutStock"
    assert stock.category("cn-hangzhou-i", SIZE) == "WithStock"


def test_everything_at_once(stock: Stock) -> None:
    """What is said of everything takes the place of what was said before; more can be said after it."""
    stock.set(ZONE, "NotOffered", SIZE)
    stock.set(ZONE, "WithoutStock")
    assert stock.category(ZONE, SIZE) == "WithoutStock"
    stock.set(ZONE, "WithStock", SIZE)
    assert stock.category(ZONE, SIZE) == "WithStock"
    assert stock.category(ZONE, Goods(disk_category="cloud_essd")) == "WithoutStock"


def test_closed_zone(stock: Stock) -> None:
    """Nothing is left in a closed zone; opened again it has what it had."""
    stock.set(ZONE, "ClosedWithStock", SIZE)
    stock.close_zone(ZONE)
    assert stock.category(ZONE, SIZE) == "ClosedWithoutStock"
    assert stock.listing() == [
        {"ZoneId": ZONE, "OnSale": False},
        {"ZoneId": ZONE, "Cores": 2, "Memory": 4, "StatusCategory": "ClosedWithStock"},
    ]
    stock.open_zone(ZONE)
    assert stock.category(ZONE, SIZE) == "ClosedWithStock"


def test_best() -> None:
    """The best of several categories is the one with most left."""
    assert best(["ClosedWithoutStock", "WithoutStock", "ClosedWithStock"]) == "ClosedWithStock"
    assert best([*CATEGORIES, NOT_OFFERED]) == "WithStock"
    assert best([]) == NOT_OFFERED


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cn-nowhere-a", "WithStock"), "cn-nowhere-a"),
        ((ZONE, "Plenty"), "Plenty"),
        ((ZONE, "WithStock", Goods(instance_type="ecs.none")), "ecs.none"),
        ((ZONE, "WithStock", Goods(disk_category="tape")), "tape"),
        ((ZONE, "WithStock", Goods(cores=2)), "memory"),
        ((ZONE, "WithStock", Goods(cores=2, memory=4, disk_category="cloud_essd")), "not two"),
    ],
)
def test_what_can_t_be_said(stock: Stock, arguments: Any, words: str) -> None:
    """What makes no sense is refused with its name, and changes nothing."""
    with pytest.raises(ValueError, match=words):
        stock.set(*arguments)
    assert stock.listing() == []


def test_over_http(cloud: Cloud) -> None:
    """Zones are closed and things sold out over HTTP, and the answer is what differs from plenty."""

    def post(content: Any) -> tuple[int, Any]:
        answer = control.handle(cloud, "POST", "/_simulator/stock", json.dumps(content).encode())
        return answer.status, json.loads(answer.body)

    closed = {"ZoneId": ZONE, "OnSale": False}
    sold_out = {"ZoneId": ZONE, "Cores": 2, "Memory": 4, "StatusCategory": "WithoutStock"}
    assert post(closed) == (200, [closed])
    assert post(sold_out) == (200, [closed, sold_out])
    assert post({**closed, "OnSale": True}) == (200, [sold_out])
    for bad in (
        {"ZoneId": "x", "OnSale": False},
        {"ZoneId": ZONE},
        {"ZoneId": ZONE, "OnSale": 0},
        {"ZoneId": ZONE, "OnSale": False, "StatusCategory": "WithStock"},
        {"ZoneId": ZONE, "StatusCategory": ["WithStock"]},
        {"ZoneId": ZONE, "StatusCategory": "WithStock", "Cores": "2"},
        {"Zone": ZONE},
    ):
        status, answer = post(bad)
        assert status == 400
        assert answer["error"]
    assert json.loads(control.handle(cloud, "GET", "/_simulator/stock").body) == [sold_out]
