"""What the tests of ECI share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance_account import Account, Product


@pytest.fixture
def shown(eci: Product) -> Callable[[str], dict[str, Any]]:
    """Return a function that shows one image cache, which must be there."""

    def show(image_cache_id: str) -> dict[str, Any]:
        (cache,) = eci("DescribeImageCaches", ImageCacheId=image_cache_id)["ImageCaches"]
        found: dict[str, Any] = cache
        return found

    return show


@pytest.fixture
def account_id(background: Account) -> str:
    """Return the ID of the account."""
    found: str = background.plain_call("Sts", "GetCallerIdentity", {})["AccountId"]
    return found
