"""Pages: by number as VPC, ECS and ResourceManager have them, by token as ECI does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from imagecache_simulator.wire import Parameters

_LAST_PAGE = 1_000_000


class Numbered(Protocol):
    """Something that pages are cut by the number of."""

    @property
    def number(self) -> int:
        """Higher for what is newer."""


NumberedT = TypeVar("NumberedT", bound=Numbered)


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


def newest_page(
    found: Sequence[NumberedT], parameters: Parameters, largest: int
) -> tuple[list[NumberedT], str]:
    """Return the page that a call asks for by Limit and NextToken, and the next page's token.

    A token is the number of the page's last row, as rows may come and go on the way; it's empty on the last
    page.

    Args:
        found: everything that matches, the highest number first.
        parameters: the call's.
        largest: the most rows that a page may have, and as many as it has when the call names none.
    """
    limit = read_limit(parameters, largest)
    below = parameters.integer("NextToken", 1, 10**17)
    rest = [row for row in found if below is None or row.number < below]
    return rest[:limit], str(rest[limit - 1].number) if len(rest) > limit else ""


def read_limit(parameters: Parameters, largest: int) -> int:
    """Return the rows of a page: `Limit`, the most that there may be if it's larger or isn't named."""
    return min(parameters.integer("Limit", 1, _LAST_PAGE) or largest, largest)
