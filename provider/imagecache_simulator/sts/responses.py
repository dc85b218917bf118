"""The one action of Sts that clients need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


def get_caller_identity(cloud: Cloud, _: Parameters) -> dict[str, Any]:
    """Tell whose access key this is: the account's own.

    Source: spec/networking.md section 5, item 7.
    """
    return {
        "AccountId": cloud.account_id,
        "UserId": cloud.account_id,
        "PrincipalId": cloud.account_id,
        "IdentityType": "Account",
        "Arn": f"acs:ram::{cloud.account_id}:root",
    }
