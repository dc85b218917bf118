"""Tests of the environment's variables: their order, and what is said where two of them disagree."""

from __future__ import annotations

import pytest

from imagecache_provider.eci import environment as variables
from imagecache_provider.eci.account import read_account


@pytest.mark.parametrize(
    ("names", "field"),
    [
        (("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID"), "region"),
        (("ALIBABA_CLOUD_ENDPOINT_ECI", "ECI_ENDPOINT"), "endpoint"),
    ],
)
def test_order(names: tuple[str, ...], field: str) -> None:
    """Of several variables the first one is used; each other one that disagrees is named, once, with it."""
    given = {name: f"place-{number}" for number, name in enumerate(names)}
    account = read_account({}, given)
    assert getattr(account, field) == "place-0"
    (note,) = account.notes
    assert note.startswith(f"{names[0]} and {', '.join(names[1:])} disagree: {names[0]} is used; ")
    assert "place-" not in note
    assert read_account({}, dict.fromkeys(names, "same")).notes == ()
    assert read_account({f"imagecache:{field}": "ours"}, given).notes == ()


def test_endpoints() -> None:
    """So it is with the hosts of the other products."""
    account = read_account({}, {"ALIBABA_CLOUD_ENDPOINT_VPC": "a", "VPC_ENDPOINT": "b"})
    assert account.endpoints == {"vpc": "a"}
    assert [note.partition(":")[0] for note in account.notes] == [
        "ALIBABA_CLOUD_ENDPOINT_VPC and VPC_ENDPOINT disagree"
    ]


def test_families() -> None:
    """A variable's family is the prefix that one tool's variables have."""
    assert variables.family("ALICLOUD_PROFILE") == "ALICLOUD_"
    assert variables.family("ALIBABACLOUD_ACCESS_KEY_ID") == "ALIBABACLOUD_"
    assert variables.family("imagecache:profile") == ""
