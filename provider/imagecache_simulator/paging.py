"""Paging by PageNumber and PageSize, as VPC, ECS and ResourceManager do it; `responses` modules call it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imagecache_simulator.wire import Parameters

_LAST_PAGE = 1_000_000


def page_of(
    rows: Sequence[dict[str, Any]], parameters: Parameters, size: int = 10, largest: int = 50
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the page that a call asks for, and the numbers that stand beside it.

    Args:
        rows: everything that matches.
        parameters: the call's, of which PageNumber and PageSize are read.
        size: rows of a page when the call names none.
        largest: the most rows that a page may have.

    Returns:
        The rows, and `{"TotalCount": …, "PageNumber": …, "PageSize": …}`.
    """
    page_size = parameters.integer("PageSize", 1, largest) or size
    number = parameters.integer("PageNumber", 1, _LAST_PAGE) or 1
    start = (number - 1) * page_size
    numbers = {"TotalCount": len(rows), "PageNumber": number, "PageSize": page_size}
    return list(rows[start : start + page_size]), numbers
