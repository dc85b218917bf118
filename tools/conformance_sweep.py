"""Removes what runs of the conformance suite made on an account, found by their tag.

    python tools/conformance_sweep.py --cloud-region REGION            what runs older than 6 hours left
    python tools/conformance_sweep.py --cloud-region REGION --all      what any run left, a running one too
    python tools/conformance_sweep.py --cloud-region REGION --run ID   what one run left

Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET. The suite itself calls
`sweep` at its start, after each test and at its end; the command is for what a run that was killed left.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from alibabacloud_credentials.client import Client as CredentialClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from conformance_account import RUN_TAG, Access, Account, Cap, age_of

OLD = timedelta(hours=6)
_ROUNDS = 40
_KEYS = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")


class NoCredentialsError(Exception):
    """The environment names no access key."""


@dataclass(frozen=True)
class Kind:
    """A kind of resource that the suite makes: how it's listed and deleted, in the wire's names.

    Attributes:
        path: where the list is in the answer.
        paging: what the listing call pages by.
        also: further parameters of the deleting call.
    """

    product: str
    listing: str
    path: tuple[str, ...]
    id_field: str
    deletion: str
    paging: str = "PageNumber"
    also: dict[str, Any] = field(default_factory=dict)


# In an order in which nothing is deleted before what depends on it.
KINDS = (
    Kind("Eci", "DescribeContainerGroups", ("ContainerGroups",), "ContainerGroupId", "DeleteContainerGroup",
         paging="NextToken"),
    Kind("Eci", "DescribeImageCaches", ("ImageCaches",), "ImageCacheId", "DeleteImageCache",
         paging="NextToken"),
    Kind("Vpc", "DescribeNatGateways", ("NatGateways", "NatGateway"), "NatGatewayId", "DeleteNatGateway",
         also={"Force": True}),
    Kind("Ecs", "DescribeSecurityGroups", ("SecurityGroups", "SecurityGroup"), "SecurityGroupId",
         "DeleteSecurityGroup"),
    Kind("Vpc", "DescribeEipAddresses", ("EipAddresses", "EipAddress"), "AllocationId", "ReleaseEipAddress"),
    Kind("Vpc", "DescribeVSwitches", ("VSwitches", "VSwitch"), "VSwitchId", "DeleteVSwitch"),
    Kind("Vpc", "DescribeVpcs", ("Vpcs", "Vpc"), "VpcId", "DeleteVpc"),
)  # fmt: skip


def environment_access(region: str, endpoint: str = "") -> Access:
    """Return the access that the environment's key gives.

    Args:
        region: the region.
        endpoint: `host:port` of a simulator that stands in for the cloud; empty for the cloud.

    Raises:
        NoCredentialsError: the environment has no key, or half of one. Profiles in files don't count, so
            that nobody's account is used who didn't ask for it.
    """
    if missing := [name for name in _KEYS if not os.environ.get(name)]:
        raise NoCredentialsError(f"a real account needs {' and '.join(missing)} in the environment")
    return Access(region, CredentialClient(), endpoint)


def left_by(account: Account, wanted: Callable[[str], bool]) -> Iterator[tuple[Kind, str]]:
    """Yield everything on an account whose run is wanted, in the order in which it can be deleted."""
    for kind in KINDS:
        for row in _rows(account, kind):
            run = _tags(row).get(RUN_TAG, "")
            if run and wanted(run):
                yield kind, row[kind.id_field]


def sweep(
    account: Account,
    wanted: Callable[[str], bool],
    pause: Callable[[], None],
    told: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Delete everything whose run is wanted, as often as it takes: what is in use goes a round later.

    Args:
        account: the account.
        wanted: tells from the tag's value whether it's to go.
        pause: waits between two rounds.
        told: is told of every deletion.

    Returns:
        What couldn't be deleted, each with the reason; nothing if all is gone.
    """
    refused: list[str] = []
    for _ in range(_ROUNDS):
        found = list(left_by(account, wanted))
        if not found:
            return []
        refused = [reason for kind, each in found if (reason := _deleted(account, kind, each, told))]
        if refused:
            pause()
    return refused


def is_old(run: str) -> bool:
    """Tell whether a run is so long ago that it can't be going on; what isn't a run never is."""
    age = age_of(run)
    return age is not None and age > OLD


def of_run(run: str) -> Callable[[str], bool]:
    """Return what picks a run's resources, those of its tests included."""
    return lambda value: value == run or value.startswith(f"{run}.")


def _deleted(account: Account, kind: Kind, each: str, told: Callable[[str], None]) -> str:
    """Delete a resource; return why it couldn't be, an empty string if it's gone."""
    try:
        account.call(kind.product, kind.deletion, {kind.id_field: each, **kind.also})
    except AlibabaCloudException as error:
        return "" if "NotFound" in str(error.code) else f"{each}: {error.code}"
    told(f"{kind.deletion} {each}")
    return ""


def _rows(account: Account, kind: Kind) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] = {} if kind.paging == "NextToken" else {"PageNumber": 1, "PageSize": 50}
    while True:
        answer: Any = account.call(kind.product, kind.listing, page)
        rows = answer
        for name in kind.path:
            rows = rows.get(name) or []
        yield from rows
        if kind.paging == "NextToken":
            page = {"NextToken": answer.get("NextToken")}
            more = bool(page["NextToken"])
        else:
            more = page["PageNumber"] * page["PageSize"] < answer["TotalCount"]
            page = {**page, "PageNumber": page["PageNumber"] + 1}
        if not more:
            return


def _tags(row: dict[str, Any]) -> dict[str, str]:
    """Return a resource's tags, in whichever of the products' forms they stand."""
    tags = row.get("Tags") or []
    listed = tags if isinstance(tags, list) else tags.get("Tag") or []
    return {tag.get("Key") or tag.get("TagKey"): tag.get("Value") or tag.get("TagValue") for tag in listed}


def main() -> int:
    """Sweep an account, and say what was deleted; 1 if something is left, 2 without credentials."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cloud-region", required=True, help="the region to sweep")
    parser.add_argument("--cloud-endpoint", default="", help="host:port of a simulator instead of the cloud")
    parser.add_argument("--cloud-interval", type=float, default=10, help="seconds between two rounds")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--run", help="sweep what this run left")
    which.add_argument("--all", action="store_true", help="sweep what any run left, however young")
    options = parser.parse_args()
    wanted = of_run(options.run) if options.run else (lambda _: True) if options.all else is_old
    try:
        access = environment_access(options.cloud_region, options.cloud_endpoint)
    except NoCredentialsError as error:
        print(error, file=sys.stderr)
        return 2
    account = Account(access, "", Cap(0))
    left = sweep(account, wanted, lambda: time.sleep(options.cloud_interval), print)
    for each in left:
        print(f"left: {each}", file=sys.stderr)
    return bool(left)


if __name__ == "__main__":
    sys.exit(main())
