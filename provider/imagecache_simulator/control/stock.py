"""What the zones sell, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, boolean, number
from imagecache_simulator.stock import Goods

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud

_MOST = 100_000


def show_stock(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET stock`."""
    return cloud.stock.listing()


def set_stock(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST stock`, with a zone and OnSale, or its StatusCategory of one thing or of everything."""
    wanted = request.content(
        "ZoneId", "OnSale", "StatusCategory", "InstanceType", "Cores", "Memory", "DiskCategory"
    )
    zone_id = _text(wanted, "ZoneId")
    if ("OnSale" in wanted) == ("StatusCategory" in wanted):
        raise ControlError(400, "either OnSale or StatusCategory is said of a zone")
    try:
        if "OnSale" in wanted:
            on_sale = boolean("OnSale", wanted["OnSale"])
            (cloud.stock.open_zone if on_sale else cloud.stock.close_zone)(zone_id)
        else:
            cloud.stock.set(zone_id, _text(wanted, "StatusCategory"), _goods(wanted))
    except ValueError as error:
        raise ControlError(400, str(error)) from None
    return cloud.stock.listing()


def _goods(wanted: dict[str, Any]) -> Goods:
    return Goods(
        instance_type=_text(wanted, "InstanceType"),
        cores=number("Cores", wanted.get("Cores", 0), 0, _MOST),
        memory=number("Memory", wanted.get("Memory", 0), 0, _MOST),
        disk_category=_text(wanted, "DiskCategory"),
    )


def _text(wanted: dict[str, Any], name: str) -> str:
    value = wanted.get(name, "")
    if not isinstance(value, str):
        raise ControlError(400, f"{name} is a text")
    return value
